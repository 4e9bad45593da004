from odoo import api, models


class ItscopePurchasePlan(models.AbstractModel):
    """Needs of the basket that were bought, from wherever that was decided."""

    _inherit = "itscope.purchase.plan"

    @api.model
    def _buy(self, company, picks, fill=True):
        """:param picks: may have a ``need`` each, which is ordered then"""
        picks = self._with_sources(picks)
        orders = super()._buy(company, picks, fill)
        # Filled or made just now: it takes more.
        lines = self._lines_by_key(orders.order_line)
        for pick in picks:
            if need := pick.get("need"):
                need._ordered(lines[self._pick_key(pick)])
        return orders

    @api.model
    def _orders_to_fill(self, company, picks):
        return super()._orders_to_fill(company, self._with_sources(picks))

    @api.model
    def _with_sources(self, picks):
        """What asks for a need says where it is received."""
        return [
            {**pick, **pick["need"]._sources()} if pick.get("need") else pick
            for pick in picks
        ]
