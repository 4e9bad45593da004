from odoo import fields, models
from odoo.tools import float_compare

from .itscope_line_refresh import COSTS

#: The price by Odoo's own price lists is another one.
SALES_PRICE = "sales_price"


class SaleOrderLine(models.Model):
    """What a quotation takes over of a refresh."""

    _inherit = "sale.order.line"

    def _itscope_next_offer(self, link):
        return link.best_offer_id

    def _itscope_compared(self, offer):
        """The line's cost where Odoo's margins show one, else what was kept. A cost
        that a person entered is news only where ITscope's price moved, or may have."""
        if self._itscope_has_own_cost():
            digits = self.env["decimal.precision"].precision_get("Product Price")
            if (
                offer == self.itscope_offer_id
                and not offer.scales
                and self._itscope_cost_is_typed()
                and not float_compare(
                    offer.company_price, self.itscope_cost, precision_digits=digits
                )
            ):
                return None
            new = self._itscope_purchase_price(offer) if offer.has_price else 0.0
            return self.purchase_price, new, self.currency_id
        currency = (self.company_id or self.env.company).currency_id
        return self.itscope_cost, offer.company_price, currency

    def _itscope_has_own_cost(self):
        """Whether the line's cost comes from offers: not where Odoo reckons what goods
        in stock have cost, unless a person chose the offer."""
        if "purchase_price" not in self._fields:
            return False
        product = self.product_id.with_company(self.company_id)
        reckoned = "cost_method" in product._fields and (
            product.cost_method != "standard"
        )
        return bool(self.itscope_chosen_date) or not reckoned

    def _itscope_cost_is_typed(self):
        """Whether the line's cost is neither the product's nor the kept offer's."""
        if "purchase_price" not in self._fields or not self.purchase_price:
            return False
        product = self.product_id.with_company(self.company_id)
        return all(
            self.currency_id.compare_amounts(
                self.purchase_price, self._itscope_line_cost(cost)
            )
            for cost in (self.itscope_cost, product.standard_price)
        )

    # ------------------------------------------------------------------ cost, margin

    def _itscope_line_cost(self, cost):
        """A cost as the line counts: for its unit, in its currency."""
        line = self.with_company(self.company_id)
        return line._convert_to_sol_currency(
            line.product_id.uom_id._compute_price(cost, line.product_uom_id),
            line.company_id.currency_id,
        )

    def _itscope_cost_written(self, offer, keep_margin):
        after = self._itscope_purchase_price(offer)
        values, before = {}, 0.0
        # Odoo's margins are an addon of their own.
        if "purchase_price" in self._fields:
            values["purchase_price"] = after
            # A person took it: another unit must not bring the product's cost back.
            values["itscope_chosen_date"] = fields.Datetime.now()
            before = self.purchase_price
        before = before or self._itscope_line_cost(self.itscope_cost)
        if keep_margin and before and after:
            # The same percentage: the price moves as the cost does, whatever discount
            # and taxes are. From now on it is a price of its own for Odoo.
            values["price_unit"] = self.currency_id.round(
                self.price_unit * after / before
            )
        return values

    # ------------------------------------------------------------------ sales price

    def _itscope_news(self, link):
        news = super()._itscope_news(link)
        if self._itscope_cost_is_typed():
            # Told of, never overwritten without being asked.
            for piece in news:
                piece["take"] = piece["take"] and piece["kind"] not in COSTS
        if not self._itscope_is_open() or self._itscope_price_is_typed():
            return news
        price = self._itscope_listed_price()
        if price and self.currency_id.compare_amounts(price, self.price_unit):
            news.append(
                self._itscope_piece_of_news(
                    SALES_PRICE,
                    old=self.price_unit,
                    new=price,
                    currency=self.currency_id,
                )
            )
        return news

    def _itscope_listed_price(self):
        """The price that Odoo would give this line now."""
        line = self.with_company(self.company_id)
        taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            line._get_display_price(),
            product_taxes=taxes,
            fiscal_position=line.order_id.fiscal_position_id,
        )

    def _itscope_take(self, news, keep_margin=False):
        listed = SALES_PRICE in news
        # The price by the price list was asked for by itself.
        result = super()._itscope_take(
            {kind: offer for kind, offer in news.items() if kind != SALES_PRICE},
            keep_margin and not listed,
        )
        if listed:
            self._reset_price_unit()
        return result
