from decimal import Decimal

from odoo import api, fields, models

from .. import buying


class ItscopeBestRules(models.AbstractModel):
    """What makes one offer better than another: an account's rules, and those of a
    single choice."""

    _name = "itscope.best.rules"
    _description = "Rules of the best offers"

    best_tolerance = fields.Float(
        string="Others only if cheaper by more than (%)",
        digits=(5, 2),
        help="A supplier that is not preferred, or less so, takes a line "
        "only where it is cheaper by more than this.",
    )
    best_available_days = fields.Integer(
        string="Available within",
        default=2,
        help="Goods that arrive within so many days count as available. What is "
        "available comes before what is cheaper.",
    )
    best_price_days = fields.Integer(
        string="Prices count for",
        default=7,
        help="Prices that are older in days don't count; 0: any age.",
    )
    best_order_cost = fields.Float(
        string="One more order costs",
        digits="Product Price",
        help="In the company's currency: what an order costs you besides shipping. The "
        "higher, the fewer orders are proposed.",
    )
    best_by_date = fields.Boolean(
        string="The needed-on date decides",
        default=True,
        help="Where a line has one, what arrives by then counts as available.",
    )
    best_late_never = fields.Boolean(
        string="Never too late",
        help="Goods that come too late are not proposed, even where there are no "
        "others.",
    )

    _tolerance_range = models.Constraint(
        "CHECK(best_tolerance >= 0 AND best_tolerance < 100)",
        "The percentage lies between 0 and 100.",
    )
    _not_negative = models.Constraint(
        "CHECK(best_available_days >= 0 AND best_price_days >= 0 "
        "AND best_order_cost >= 0)",
        "Days and costs of the best offers can't be negative.",
    )

    @api.model
    def _rule_names(self):
        """Names of the fields that are the rules."""
        return [name for name in self._fields if name.startswith("best_")]

    def _buying_rules(self, company):
        """These rules as :mod:`buying` takes them."""
        self.ensure_one()
        return buying.Rules(
            today=fields.Date.context_today(self),
            tolerance=Decimal(str(round(self.best_tolerance, 2))),
            available_within=self.best_available_days,
            by_date=self.best_by_date,
            late_never=self.best_late_never,
            price_age=self.best_price_days or None,
            order_cost=Decimal(str(self.best_order_cost)),
            digits=company.currency_id.decimal_places,
        )
