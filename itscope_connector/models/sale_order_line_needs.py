from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _itscope_open_quantity(self):
        """What is neither delivered nor in a purchase order yet, in the product's
        unit."""
        self.ensure_one()
        unit = self.product_id.uom_id

        def own(uom, quantity):
            return uom._compute_quantity(quantity, unit, round=False)

        # sudo: a salesperson need not see purchase orders to know what is ordered.
        bought = self.sudo()._itscope_purchase_lines()
        bought = bought.filtered(lambda line: line.state != "cancel")
        received = sum(own(li.product_uom_id, li.qty_received) for li in bought)
        coming = sum(
            own(li.product_uom_id, max(li.product_qty - li.qty_received, 0.0))
            for li in bought
        )
        delivered = own(self.product_uom_id, self.qty_delivered)
        # What was delivered is among what was received, as far as it can be.
        here = max(delivered, received)
        wanted = own(self.product_uom_id, self.product_uom_qty)
        return max(wanted - here - coming, 0.0)

    def _itscope_purchase_lines(self):
        """What is bought for this line, by Odoo's own links as far as there are any."""
        lines = self.env["purchase.order.line"]
        if "purchase_line_ids" in self._fields:
            lines |= self.purchase_line_ids
        if "created_purchase_line_ids" in self.env.get("stock.move", lines)._fields:
            lines |= self.move_ids.created_purchase_line_ids
        return lines
