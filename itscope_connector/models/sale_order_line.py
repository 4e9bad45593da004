from odoo import api, models


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "itscope.line.mixin"]

    _itscope_quantity_fields = ("product_uom_qty", "product_uom_id")

    def _itscope_needed(self):
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )

    # ------------------------------------------------------------------ choosing

    def _itscope_choice_hindrance(self):
        if self._itscope_is_open():
            return False
        return self.env._(
            "%s is no quotation any more: its lines stay as they are.",
            self.order_id.display_name,
        )

    def _itscope_choice_values(self, offer):
        values = super()._itscope_choice_values(offer)
        # Only with sale_margin, which this addon does not need.
        if "purchase_price" in self._fields and offer.has_price:
            values["purchase_price"] = self._itscope_purchase_price(offer)
        return values

    def _itscope_purchase_price(self, offer, price=None):
        """What one of the line's unit costs by this offer, in the line's currency.

        :param price: another one of the offer's than that for this quantity
        """
        if price is None:
            price = offer._price_for(self._itscope_needed())
        price = self.product_id.uom_id._compute_price(price, self.product_uom_id)
        return self._convert_to_sol_currency(price, offer.currency_id)

    def _compute_field_value(self, field):
        result = super()._compute_field_value(field)
        # Not by overriding sale_margin's method: the two addons do not depend on each
        # other, so nobody knows whose class comes first.
        if field.name == "purchase_price":
            self._itscope_take_cost()
        return result

    def _itscope_take_cost(self):
        """sale_margin computed the cost by the product's: the offer's price counts
        where a person chose the offer, or where the product has no cost."""
        for line in self:
            if line._itscope_costs_by_offer():
                offer = line.itscope_offer_id
                line.purchase_price = line._itscope_purchase_price(offer)

    def _itscope_costs_by_offer(self):
        self.ensure_one()
        if not (self.itscope_offer_id.has_price and self._itscope_is_open()):
            return False
        product = self.product_id.with_company(self.company_id)
        return bool(self.itscope_chosen_date) or not product.standard_price

    # ------------------------------------------------------------------ volume prices

    def write(self, vals):
        result = super().write(vals)
        if "product_uom_qty" in vals and "purchase_price" not in vals:
            self._itscope_take_volume_price()
        return result

    @api.onchange("product_uom_qty")
    def _itscope_take_volume_price(self):
        """Another quantity may have another price of the offer; sale_margin keeps the
        cost. One that is none of the offer's was entered, and stays."""
        if "purchase_price" not in self._fields:
            return
        for line in self:
            offer = line.itscope_offer_id
            if not (offer.scales and line._itscope_costs_by_offer()):
                continue
            price = line._itscope_purchase_price(offer)
            if line.currency_id.compare_amounts(price, line.purchase_price) and any(
                not line.currency_id.compare_amounts(
                    line._itscope_purchase_price(offer, known), line.purchase_price
                )
                for known in (offer.price, *(scaled for _from, scaled in offer.scales))
            ):
                line.purchase_price = price
