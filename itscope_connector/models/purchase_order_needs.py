from odoo import fields, models


class PurchaseOrder(models.Model):
    """What a request for quotation asks for, and who else has it."""

    _inherit = "purchase.order"

    def action_itscope_best_offers(self):
        """Find the best offers for the lines of this order."""
        self.ensure_one()
        return self.env["itscope.best.offers"]._open_for(self, "purchase_order_id")

    def _itscope_needs(self):
        """The lines as ``itscope.best.offers`` takes them, and how many were left out
        since their product is not linked."""
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: line.product_id and not line.display_type
        )
        linked = lines._itscope_links()
        today = fields.Date.context_today(self)
        needs = []
        for line in lines.filtered(lambda line: line in linked):
            planned = line.date_planned and (
                fields.Datetime.context_timestamp(self, line.date_planned).date()
            )
            needs.append(
                {
                    "product": line.product_id,
                    "quantity": line.product_uom_qty,
                    # Today is what Odoo writes where nobody chose a day.
                    "date": planned if planned and planned > today else False,
                    "purchase_line": line,
                    "origin": self.origin,
                    "offer": line.itscope_offer_id,
                }
            )
        return needs, len(lines) - len(linked)
