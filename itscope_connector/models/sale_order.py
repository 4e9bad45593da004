from odoo import models

from .itscope_price_alarm_check import OPEN_QUOTATIONS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") not in (None, *OPEN_QUOTATIONS):
            self.env["itscope.price.alarm"]._end_of_orders(self)
        return result

    def action_itscope_search(self):
        """Search at ITscope; what is chosen becomes lines."""
        self.ensure_one()
        return self.env["itscope.search"]._open_for(self)

    def action_itscope_refresh(self):
        """Fetch the products of these orders from ITscope now, and show what changed
        for their lines."""
        return self.env["itscope.order.refresh"]._open_for(self)
