from odoo import fields, models


class ItscopeSupplier(models.Model):
    _inherit = "itscope.supplier"

    minimum_order = fields.Float(company_dependent=True)
    carriage_free_amount = fields.Float(company_dependent=True)
