from odoo import fields, models
from odoo.exceptions import UserError


class ItscopeProductAddLine(models.TransientModel):
    """A product that was found for a number, or a number that nothing was found for."""

    _name = "itscope.product.add.line"
    _description = "Product found at ITscope"
    _inherit = ["itscope.choice.mixin"]

    wizard_id = fields.Many2one(
        "itscope.product.add", required=True, ondelete="cascade", index=True
    )
    number = fields.Char(readonly=True)
    currency_id = fields.Many2one(related="wizard_id.company_id.currency_id")
    price = fields.Float(
        string="Best price",
        digits="Product Price",
        readonly=True,
        help="Of new goods, in the company's currency; 0: unknown.",
    )
    stock = fields.Integer(readonly=True)
    supplier_count = fields.Integer(string="Suppliers", readonly=True)
    action = fields.Selection(
        [
            ("create", "Create product"),
            ("link", "Link product"),
            ("refresh", "Refresh"),
            ("skip", "Leave out"),
        ],
        required=True,
        default="skip",
    )
    reason = fields.Char(readonly=True)

    def _check_before_import(self):
        """Raise with all lines that can't be done as they stand."""
        problems = []
        seen = set()
        for line in self:
            if not line.puid:
                problems.append(
                    self.env._("%s: nothing was found, leave it out.", line.number)
                )
            if line.puid in seen:
                problems.append(
                    self.env._(
                        "%(number)s: the same ITscope product is chosen twice.",
                        number=line.number,
                    )
                )
            seen.add(line.puid)
        if problems:
            raise UserError("\n".join(problems))
