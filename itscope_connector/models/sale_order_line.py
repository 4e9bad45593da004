from odoo import models


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

    def _itscope_purchase_price(self, offer):
        """What one of the line's unit costs by this offer, in the line's currency."""
        price = self.product_id.uom_id._compute_price(
            offer._price_for(self._itscope_needed()), self.product_uom_id
        )
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
            offer = line.itscope_offer_id
            if not (offer.has_price and line._itscope_is_open()):
                continue
            product = line.product_id.with_company(line.company_id)
            if line.itscope_chosen_date or not product.standard_price:
                line.purchase_price = line._itscope_purchase_price(offer)
