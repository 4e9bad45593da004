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

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self._forget_digests()
        return result

    @api.model
    def _values_from_record(self, record):
        return {
            **super()._values_from_record(record),
            "short_name": record.short_name,
            "deeplink": record.deeplink,
        }

    def action_suggest_partners(self):
        """Fill empty contacts by name; without a choice, for all that are in use."""
        chosen = self or self.search([("in_use", "=", True)])
        open_rows = chosen.filtered(lambda row: not row.partner_id)
        Supplier = self.env["itscope.supplier"]
        index = Supplier._partners_by(
            lambda partner: Supplier._normal_name(partner.name),
            self.env["res.partner"],
        )
        by_partner = {}
        for row in open_rows:
            found = index.get(Supplier._normal_name(row.name))
            # Two partners of one name are a question, not an answer.
            if found and len(found) == 1:
                by_partner[found] = by_partner.get(found, self.browse()) | row
        for partner, rows in by_partner.items():
            rows.partner_id = partner
        guessed = open_rows.filtered("partner_id")
        return self._notify(
            self.env._(
                "%(found)s of %(open)s open manufacturers were given a contact.",
                found=len(guessed),
                open=len(open_rows),
            ),
            "success" if guessed else "warning",
        )
