from odoo import api, fields, models
from odoo.tools import float_round


class ItscopeOffer(models.Model):
    """What an order of an offer comes to."""

    _inherit = "itscope.offer"
    _rec_names_search = ["supplier_id", "supplier_sku"]

    @api.depends_context("formatted_display_name", "itscope_quantity")
    def _compute_display_name(self):
        """Where one is chosen for a quantity, with what matters then."""
        result = super()._compute_display_name()
        quantity = self.env.context.get("itscope_quantity")
        if quantity and self.env.context.get("formatted_display_name"):
            for offer in self.filtered("has_price"):
                price = offer._company_price_for(offer._orderable(quantity))
                details = self.env._(
                    "%(price)s, %(stock)s in stock",
                    price=offer.company_id.currency_id.format(price),
                    stock=offer.stock,
                )
                offer.display_name = f"{offer.display_name}\t--{details}--"
        return result

    def _price_for(self, quantity):
        """What one costs where so many are ordered, in the product's unit: net, in the
        offer's currency; 0.0 where it is unknown, or where there is no offer."""
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

    def _company_price_for(self, quantity, agreed=None):
        """The same in the company's currency, at the rate of the day it was fetched.

        :param agreed: a price in the offer's currency, instead of its own
        """
        self.ensure_one()
        price = self._price_for(quantity) if agreed is None else agreed
        if not price:
            return 0.0
        if self.price:
            price *= self.company_price / self.price
        else:
            company = self.company_id
            price = self.currency_id._convert(
                price, company.currency_id, company, round=False
            )
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return float_round(price, precision_digits=digits)

    def _arrival(self, quantity):
        """The day from which on so many can be on their way: today where they are in
        stock or nothing is known; else the day that the supplier names."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        if self.stock >= quantity:
            return today
        return max(self._day("availability_date") or today, today)

    def _day(self, name):
        """The day of a time, as the user's clock has it, or None."""
        moment = self[name]
        return moment and fields.Datetime.context_timestamp(self, moment).date() or None
