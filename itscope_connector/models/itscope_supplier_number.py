from odoo import api, fields, models


class ItscopeSupplierNumber(models.Model):
    """A customer number of a company with a supplier; some have several, for branches
    or terms."""

    _name = "itscope.supplier.number"
    _description = "Customer number with an ITscope supplier"
    _order = "is_default desc, number, id"
    _rec_name = "number"

    supplier_id = fields.Many2one(
        "itscope.supplier", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    number = fields.Char(string="Customer number", required=True)
    label = fields.Char(help="What you use this number for.")
    is_default = fields.Boolean(
        string="Default", help="Orders state this one unless another is chosen."
    )

    _number_uniq = models.Constraint(
        "unique(supplier_id, company_id, number)",
        "This customer number is there already.",
    )
    _default_uniq = models.UniqueIndex(
        "(supplier_id, company_id) WHERE is_default",
        "A supplier has one default customer number in each company.",
    )

    @api.depends("number", "label")
    def _compute_display_name(self):
        for row in self:
            row.display_name = (
                f"{row.number} ({row.label})" if row.label else row.number or ""
            )
