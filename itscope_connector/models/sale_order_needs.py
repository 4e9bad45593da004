from odoo import fields, models


class SaleOrder(models.Model):
    """What a sale order needs to be bought."""

    _inherit = "sale.order"

    def action_itscope_best_offers(self):
        """Find the best offers for what this order needs."""
        self.ensure_one()
        return self.env["itscope.best.offers"]._open_for(self, "sale_order_id")

    def _itscope_needs(self):
        """What is neither delivered nor ordered yet, as ``itscope.best.offers`` takes
        it, and how many lines were left out since their product is not linked."""
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: (
                line.product_id and not line.display_type and not line.is_downpayment
            )
        )
        linked = lines._itscope_links()
        day = self.commitment_date and (
            fields.Datetime.context_timestamp(self, self.commitment_date).date()
        )
        needs = []
        for line in lines.filtered(lambda line: line in linked):
            quantity = line._itscope_open_quantity()
            if line.product_id.uom_id.compare(quantity, 0.0) > 0:
                needs.append(
                    {
                        "product": line.product_id,
                        "quantity": quantity,
                        "date": day,
                        "sale_line": line,
                        "origin": self.name,
                        "offer": line.itscope_offer_id,
                    }
                )
        return needs, len(lines) - len(linked)
