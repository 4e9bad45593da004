from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"partner_id", "itscope_supplier_id"}:
            # Another vendor has other offers: its lines stand on those now.
            self.order_line.itscope_offer_id._follow()
        return result
