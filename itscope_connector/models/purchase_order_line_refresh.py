from odoo import fields, models
from odoo.tools import float_compare

from .itscope_line_refresh import COSTS


class PurchaseOrderLine(models.Model):
    """What an order that is not placed yet takes over of a refresh."""

    _inherit = "purchase.order.line"

    def _itscope_is_open(self):
        return super()._itscope_is_open() and not self.order_id._itscope_is_given()

    def _itscope_next_offer(self, link):
        """Another offer of the order's supplier: an order has one."""
        # By the link, whose offers are read together with those of the other lines.
        supplier = self.order_id.itscope_supplier_id
        own = link.offer_ids.filtered(
            lambda offer: (
                offer.supplier_id == supplier and offer.is_new and offer.supplier_sku
            )
        )
        return own.sorted(lambda offer: (not offer.has_price, offer.price, offer.id))[
            :1
        ]

    def _itscope_compared(self, offer):
        """The net price of the line's unit, in the order's currency. A price that a
        person agreed on is news only where ITscope's own one moved."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        if (
            offer == self.itscope_offer_id
            and self._itscope_price_is_typed()
            and not float_compare(
                offer.company_price, self.itscope_cost, precision_digits=digits
            )
        ):
            return None
        old = self._itscope_rounded_price(self._itscope_untaxed_price())
        return old, self._itscope_price_by(offer), self.currency_id

    def _itscope_news(self, link):
        news = super()._itscope_news(link)
        if self._itscope_price_is_agreed():
            # What was agreed on is told of, never overwritten without being asked.
            for piece in news:
                piece["take"] = piece["take"] and piece["kind"] not in COSTS
        return news

    def _itscope_price_is_agreed(self):
        """Whether a person entered a price that is not the one of the kept offer."""
        if not self._itscope_price_is_typed():
            return False
        company = self.company_id or self.env.company
        kept = company.currency_id._convert(
            self.product_id.uom_id._compute_price(
                self.itscope_cost, self.product_uom_id
            ),
            self.currency_id,
            company,
            self.order_id.date_order or fields.Date.context_today(self),
            round=False,
        )
        return bool(
            self.currency_id.compare_amounts(kept, self._itscope_untaxed_price())
        )

    def _itscope_untaxed_price(self):
        """What one unit of the line costs after discount, without taxes."""
        return self._itscope_without_taxes(self.price_unit_discounted)

    def _itscope_price_by(self, offer):
        """What one of the line's unit costs by an offer, at the line's quantity; 0
        where it is unknown."""
        if not offer.has_price:
            return 0.0
        return self._itscope_rounded_price(self._itscope_net_price_by(offer))

    def _itscope_cost_written(self, offer, keep_margin):
        price, old = self._itscope_price_by(offer), self._itscope_untaxed_price()
        values = {}
        if not old:
            # There is nothing that a discount was given on.
            values["discount"] = 0.0
        elif self.price_unit:
            # Discount and included taxes stay: the price moves as the net price does.
            price = self._itscope_rounded_price(self.price_unit * price / old)
        values["price_unit"] = price
        if not self._itscope_price_is_typed():
            # It goes on following vendor prices when the quantity changes.
            values["technical_price_unit"] = price
        return values
