from odoo import fields, models


class SaleOrder(models.Model):
    """What a sale order needs to be bought."""

    _inherit = "sale.order"

    def action_itscope_best_offers(self):
        """Find the best offers for what this order needs."""
        self.ensure_one()
        return self.env["itscope.best.offers"]._open_for(self, "sale_order_id")

    def _itscope_needs(self):
        """What is still to be bought, as ``itscope.best.offers`` takes it, and how many
        lines were left out since their product is not linked."""
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
        wanted = lines.filtered(lambda line: line in linked)
        quantities, open_needs = self._itscope_open_quantities(wanted)
        needs = []
        for line in wanted:
            quantity = quantities.get(line, 0.0)
            if line.product_id.uom_id.compare(quantity, 0.0) > 0:
                needs.append(
                    {
                        "product": line.product_id,
                        "quantity": quantity,
                        "date": day,
                        "sale_line": line,
                        "need": open_needs.get(line),
                        "origin": self.name,
                        "offer": line.itscope_offer_id,
                    }
                )
        return needs, len(lines) - len(linked)

    def _itscope_open_quantities(self, lines):
        """What is still to be bought for these lines, in the products' units, and the
        basket's needs of them: a sale that is confirmed asks as the basket does."""
        # sudo: a salesperson need not see purchase orders to know what is ordered.
        Need = self.env["itscope.need"].sudo()
        if self.state == "sale":
            Need._gather(self.company_id)
            found = Need.search(
                [("sale_line_id", "in", lines.ids), ("state", "=", "open")]
            ).with_env(self.env)
            needs = found.grouped("sale_line_id")
            return {line: need.quantity for line, need in needs.items()}, needs
        if self.state == "cancel":
            return {}, {}
        bought = Need._bought(lines)
        return {
            line: line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, round=False
            )
            - sum(bought[line.id][:2])
            for line in lines
        }, {}
