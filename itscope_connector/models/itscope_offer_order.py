from odoo import fields, models
from odoo.tools import float_round


class ItscopeOffer(models.Model):
    """What an order of an offer comes to."""

    _inherit = "itscope.offer"

    def _price_of(self, quantity):
        """What one costs where so many are ordered: net, in the offer's currency; 0.0
        where it is unknown."""
        self.ensure_one()
        if not self.has_price:
            return 0.0
        price = self.price
        for scale, scaled in self.scales or ():
            # A volume price that is not lower is a leftover of an older price.
            if scale <= quantity and 0 < scaled < price:
                price = scaled
        return price

    def _orderable(self, quantity):
        """The least quantity from this one on that the supplier sells."""
        self.ensure_one()
        quantity = max(quantity, self.min_quantity)
        step = self.interval_quantity
        if step <= 1:
            return quantity
        packs = float_round(quantity / step, precision_digits=0, rounding_method="UP")
        return packs * step

    def _arrival(self, quantity):
        """The day from which on so many can be on their way: today where they are in
        stock or nothing is known; else the day that the supplier names."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        if self.stock >= quantity or not self.availability_date:
            return today
        named = fields.Datetime.context_timestamp(self, self.availability_date)
        return max(named.date(), today)
