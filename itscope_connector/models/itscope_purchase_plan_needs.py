from odoo import api, models


class ItscopePurchasePlan(models.AbstractModel):
    """Needs of the basket that were bought, from wherever that was decided."""

    _inherit = "itscope.purchase.plan"

    @api.model
    def _buy(self, company, picks, fill=True):
        """:param picks: may have a ``need`` each, which is ordered then"""
        picks = [
            {**pick, **pick["need"]._sources()} if pick.get("need") else pick
            for pick in picks
        ]
        orders = super()._buy(company, picks, fill)
        # Filled or made just now: it takes more.
        lines = self._lines_by_key(orders.order_line)
        for pick in picks:
            if need := pick.get("need"):
                need._ordered(lines[self._pick_key(pick)])
        return orders
