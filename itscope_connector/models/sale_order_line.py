from odoo import models


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "itscope.line.mixin"]

    def _itscope_choose(self, offer):
        """This offer is what the line stands on from now on."""
        self.ensure_one()
        values = {"itscope_offer_id": offer.id}
        # Only with sale_margin, which this addon does not need.
        if "purchase_price" in self._fields and offer.has_price:
            quantity = self.product_uom_id._compute_quantity(
                self.product_uom_qty, self.product_id.uom_id, round=False
            )
            price = self.product_id.uom_id._compute_price(
                offer._price_for(quantity), self.product_uom_id
            )
            values["purchase_price"] = self._convert_to_sol_currency(
                price, offer.currency_id
            )
        self.write(values)
