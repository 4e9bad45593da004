from odoo import fields, models

#: Words in the types and names of charges, as suppliers write them, by kind.
CHARGE_WORDS = {
    "freight": (
        "freight",
        "fracht",
        "shipping",
        "versand",
        "delivery",
        "transport",
        "porto",
        "express",
        "packing",
        "verpackung",
        "toll",
        "maut",
    ),
    "eco": ("eco", "umwelt", "recycl", "disposal", "entsorg", "weee", "energy"),
    "insurance": ("insurance", "versicherung"),
}


class ItscopeAccount(models.Model):
    """How the bills of ITscope's invoices are made."""

    _inherit = "itscope.account"

    freight_product_id = fields.Many2one(
        "product.product",
        string="Freight",
        domain=[("purchase_ok", "=", True)],
        check_company=True,
        help="Freight, packing and other transport on an invoice is billed as this "
        "product. Leave empty to bill it without product.",
    )
    eco_product_id = fields.Many2one(
        "product.product",
        string="Environment",
        domain=[("purchase_ok", "=", True)],
        check_company=True,
        help="Eco and disposal charges on an invoice are billed as this product.",
    )
    insurance_product_id = fields.Many2one(
        "product.product",
        string="Insurance",
        domain=[("purchase_ok", "=", True)],
        check_company=True,
        help="Insurance on an invoice is billed as this product.",
    )
    charge_product_id = fields.Many2one(
        "product.product",
        string="Other charges",
        domain=[("purchase_ok", "=", True)],
        check_company=True,
        help="All other surcharges on an invoice are billed as this product.",
    )
    reverse_charge_tax_id = fields.Many2one(
        "account.tax",
        string="Reverse charge",
        domain=[("type_tax_use", "=", "purchase")],
        check_company=True,
        help="The tax of lines that an invoice states with 0 % although the order has "
        "a tax, as domestic suppliers do where you owe it yourself (in Germany e.g. "
        "for tablets and phones). Without it such lines have no tax and are reported.",
    )
    rounding_limit = fields.Float(
        string="Rounding limit",
        digits=(16, 2),
        default=0.05,
        help="A bill that differs from its invoice's total by no more than this gets "
        "a line for the difference. A larger one is reported.",
    )
    rounding_account_id = fields.Many2one(
        "account.account",
        string="Rounding account",
        check_company=True,
        help="Of the line for rounding differences; the journal's usual one if empty.",
    )

    def _charge_product(self, charge):
        """The product that a charge is billed as; may be empty.

        :param charge: :class:`opentrans.Charge`
        """
        kind = f"{charge.type} {charge.description}".lower()
        for name, words in CHARGE_WORDS.items():
            if any(word in kind for word in words):
                return self[f"{name}_product_id"]
        # A discount is no charge.
        return (
            self.charge_product_id if charge.amount > 0 else self.charge_product_id[:0]
        )
