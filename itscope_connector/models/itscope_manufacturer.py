from odoo import api, fields, models


class ItscopeManufacturer(models.Model):
    _name = "itscope.manufacturer"
    _description = "ITscope manufacturer"
    _inherit = ["itscope.metadata"]

    short_name = fields.Char(readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        company_dependent=True,
        domain="[('is_company', '=', True)]",
    )

    _itscope_id_uniq = models.Constraint(
        "unique(itscope_id)", "This ITscope manufacturer exists already."
    )

    @api.model
    def _values_from_record(self, record):
        return {
            **super()._values_from_record(record),
            "short_name": record.short_name,
            "deeplink": record.deeplink,
        }
