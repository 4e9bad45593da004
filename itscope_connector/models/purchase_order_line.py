from odoo import api, fields, models


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "itscope.line.mixin"]

    itscope_offer_id = fields.Many2one(
        help="The supplier's offer that this line is ordered by."
    )

    @api.depends("product_id", "order_id.itscope_supplier_id")
    def _compute_itscope_offer_id(self):
        """The offer of the order's supplier."""
        for line in self:
            line.itscope_offer_id = line._itscope_offers()[:1]

    def _itscope_offers(self):
        """Offers of this line's product by this order's supplier, the one to order
        first.
        """
        self.ensure_one()
        supplier = self.order_id.itscope_supplier_id
        if not supplier or not self.product_id:
            return self.env["itscope.offer"]
        return self.env["itscope.offer"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("supplier_id", "=", supplier.id),
                ("company_id", "=", self.company_id.id),
                ("is_new", "=", True),
                ("supplier_sku", "!=", False),
            ],
            order="has_price desc, price, id",
        )

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
