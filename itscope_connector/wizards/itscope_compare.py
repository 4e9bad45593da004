from odoo import api, fields, models


class ItscopeCompare(models.TransientModel):
    """What ITscope says beside what stands in Odoo, field by field."""

    _name = "itscope.compare"
    _description = "ITscope and Odoo compared"

    link_id = fields.Many2one("itscope.product", required=True, ondelete="cascade")
    line_ids = fields.One2many("itscope.compare.line", "compare_id")

    @api.model
    def _open(self, link):
        link._check_user()
        link.check_access("read")
        compare = self.create({"link_id": link.id})
        compare._fill()
        return compare._show()

    def _fill(self):
        self.ensure_one()
        link = self.link_id
        account = self.env["itscope.account"]._of_company(link.company_id)
        labels = dict(
            self.env["itscope.field.mapping"]
            ._fields["source"]
            ._description_selection(self.env)
        )
        self.line_ids = [fields.Command.clear()] + [
            fields.Command.create(
                {
                    "field_name": name,
                    "source": labels[source],
                    "policy": policy,
                }
            )
            for source, name, policy in account._rules()
            if name in (link.said or {})
        ]

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare with ITscope"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
