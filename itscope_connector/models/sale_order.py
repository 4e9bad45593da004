from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_itscope_search(self):
        """Search at ITscope; what is chosen becomes lines."""
        self.ensure_one()
        return self.env["itscope.search"]._open_for(self)

    def action_itscope_refresh(self):
        """Fetch the products of these orders from ITscope now, and show what changed
        for their lines."""
        return self.env["itscope.order.refresh"]._open_for(self)
