from odoo import api, fields, models


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "itscope.line.mixin"]

    itscope_offer_id = fields.Many2one(
        help="The supplier's offer that this line is ordered by."
    )

    _itscope_quantity_fields = ("product_qty", "product_uom_id")

    @api.depends("product_id", "order_id.itscope_supplier_id")
    def _compute_itscope_offer_id(self):
        """The offer of the order's supplier."""
        offers_of = self._itscope_offers_by_line()
        for line in self:
            line.itscope_offer_id = offers_of[line][:1]

    @api.depends("product_id", "order_id.itscope_supplier_id")
    def _compute_itscope_chosen_date(self):
        return super()._compute_itscope_chosen_date()

    def _itscope_needed(self):
        return self.product_uom_id._compute_quantity(
            self.product_qty, self.product_id.uom_id, round=False
        )

    def _itscope_offers_by_line(self):
        """``{line: offers}`` of each line's product by its order's supplier, the one to
        order first, by one search."""
        offers = self.env["itscope.offer"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("supplier_id", "in", self.order_id.itscope_supplier_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("is_new", "=", True),
                ("supplier_sku", "!=", False),
            ],
            order="has_price desc, price, id",
        )
        found = offers.grouped(
            lambda offer: (offer.company_id, offer.supplier_id, offer.product_id)
        )
        return {
            line: found.get(
                (line.company_id, line.order_id.itscope_supplier_id, line.product_id),
                offers.browse(),
            )
            for line in self
        }

    # ------------------------------------------------------------------ taxes in prices

    def _itscope_without_taxes(self, price):
        """What is left of one of the line's unit at this price without the taxes that
        it includes, not rounded."""
        self.ensure_one()
        return self.tax_ids.with_context(round=False, round_base=False).compute_all(
            price,
            currency=self.currency_id,
            quantity=1.0,
            product=self.product_id,
            partner=self.order_id.partner_id,
        )["total_excluded"]

    def _itscope_with_taxes(self, net):
        """The unit price of this line that comes to this net price."""
        without = self._itscope_without_taxes(net)
        # Only where taxes are included in this line's price.
        return net * net / without if without and without != net else net

    # ------------------------------------------------------------------ articles

    def _itscope_supplier_sku(self):
        """The supplier's article number: of the offer, else of the vendor price, else
        "".
        """
        self.ensure_one()
        if self.itscope_offer_id.supplier_sku:
            return self.itscope_offer_id.supplier_sku
        seller = self.product_id._select_seller(
            partner_id=self.order_id.partner_id,
            quantity=None,
            date=False,
            uom_id=self.product_uom_id,
        )
        return seller.product_code or ""
