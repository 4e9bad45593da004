from decimal import Decimal

from odoo import api, fields, models

from .. import buying


class ItscopeSupplier(models.Model):
    """What an order to a supplier costs a company, and how much it is preferred."""

    _inherit = "itscope.supplier"

    preferred_rank = fields.Integer(
        string="Preferred",
        company_dependent=True,
        help="1 is preferred most, then 2 and so on; 0: not preferred.",
    )
    minimum_order = fields.Float(
        company_dependent=True,
        help="Net value of goods that an order needs at least, in the company's "
        "currency.",
    )
    shipping_cost = fields.Float(
        string="Shipping",
        company_dependent=True,
        help="What the supplier charges for an order, net, in the company's currency.",
    )
    carriage_free_amount = fields.Float(
        string="Carriage free from",
        company_dependent=True,
        help="Net value of goods from which on no shipping is charged; 0: it is always "
        "charged.",
    )
    company_currency_id = fields.Many2one(
        "res.currency", compute="_compute_company_currency_id"
    )

    @api.depends_context("company")
    def _compute_company_currency_id(self):
        self.company_currency_id = self.env.company.currency_id

    def _buying_terms(self, open_goods=None):
        """This supplier's terms in the current company as :mod:`buying` takes them.

        :param open_goods: value of an order that would be filled, or None
        """
        self.ensure_one()

        def money(amount):
            return Decimal(str(max(amount, 0.0)))

        free = self.carriage_free_amount
        return buying.Supplier(
            id=self.id,
            rank=self.preferred_rank if self.preferred_rank > 0 else None,
            shipping=money(self.shipping_cost),
            minimum=money(self.minimum_order),
            carriage_free=money(free) if free > 0 else None,
            open_goods=None if open_goods is None else money(open_goods),
        )
