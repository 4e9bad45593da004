from odoo import api, fields, models


class ItscopeOffer(models.Model):
    """One distributor's offer of one linked product for one company: facts, replaced by
    each refresh. Written by the connector only, in batches."""

    _name = "itscope.offer"
    _description = "ITscope offer"
    _order = "is_new desc, has_price desc, price, id"

    link_id = fields.Many2one(
        "itscope.product", required=True, ondelete="cascade", index=True, readonly=True
    )
    active = fields.Boolean(default=True, readonly=True)
    company_id = fields.Many2one(related="link_id.company_id", store=True, index=True)
    product_id = fields.Many2one(related="link_id.product_id", store=True, index=True)
    puid = fields.Char(related="link_id.puid")
    offer_id = fields.Char(
        string="ITscope offer", required=True, readonly=True, help="ITscope's offer id."
    )
    supplier_id = fields.Many2one(
        "itscope.supplier",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    supplier_sku = fields.Char(string="Supplier article number", readonly=True)
    name = fields.Char(string="Supplier's name of the article", readonly=True)
    ean = fields.Char(string="EAN", readonly=True)
    contract_type = fields.Selection(
        [
            ("0", "Physical"),
            ("1", "Electronic software delivery"),
            ("2", "Service"),
            ("3", "Licence"),
            ("4", "Configured to order"),
            ("5", "Spare part"),
        ],
        string="Kind of article",
        readonly=True,
        help="As this supplier has it.",
    )
    condition = fields.Selection(
        [
            ("1", "New"),
            ("2", "Used"),
            ("3", "B-stock"),
            ("4", "Refurbished"),
            ("5", "RMA"),
            ("6", "Demonstration model"),
            ("7", "Build to order"),
            ("8", "Electronic delivery"),
            ("9", "Not for resale"),
            ("10", "Bulk"),
            ("11", "Factory refurbished"),
            ("12", "Spare part from new device"),
        ],
        readonly=True,
    )
    condition_name = fields.Char(
        readonly=True, help="As ITscope names it, for conditions not known here."
    )
    is_new = fields.Boolean(
        readonly=True, help="Only new goods become vendor prices and are proposed."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    price = fields.Float(
        digits="Product Price",
        readonly=True,
        help="Net purchase price of this company.",
    )
    has_price = fields.Boolean(
        string="Price known",
        readonly=True,
        help="A missing price and a price of 0 both mean unknown, never free.",
    )
    price_date = fields.Datetime(string="Price of", readonly=True)
    stock_status = fields.Selection(
        [
            ("1", "In stock"),
            ("2", "In transit"),
            ("3", "In field warehouse"),
            ("4", "Order-related"),
            ("6", "Not available"),
            ("8", "Unknown"),
        ],
        string="Availability",
        readonly=True,
    )
    stock = fields.Integer(readonly=True)
    stock_date = fields.Datetime(string="Stock of", readonly=True)
    availability_date = fields.Datetime(string="Available on", readonly=True)
    age = fields.Char(
        compute="_compute_age", help="How old the price is: as important as the price."
    )
    match_quality = fields.Integer(
        readonly=True,
        help="How sure ITscope is that this article is this product: up to 80 is "
        "doubtful, "
        "100 and more is safe.",
    )
    end_of_life = fields.Boolean(readonly=True)
    special_offer = fields.Boolean(readonly=True)
    company_price = fields.Float(
        string="Price in company currency",
        digits="Product Price",
        readonly=True,
        help="For comparison, at the rate of the day it was fetched.",
    )
    min_quantity = fields.Integer(string="Minimum quantity", readonly=True)
    interval_quantity = fields.Integer(
        string="Packaging quantity", readonly=True, help="Ordered in steps of this."
    )
    external_stock = fields.Integer(string="Field warehouse", readonly=True)
    incoming_stock = fields.Integer(string="Incoming", readonly=True)
    stock_text = fields.Char(string="Supplier's word on the stock", readonly=True)
    promotion = fields.Char(readonly=True)
    copyright_levy = fields.Float(
        digits="Product Price", readonly=True, help="Net, added to the price by law."
    )
    recommended_retail_price = fields.Float(digits="Product Price", readonly=True)
    warranty_text = fields.Char(string="Warranty", readonly=True)
    deeplink = fields.Char(string="Page at the supplier", readonly=True)
    scales = fields.Json(
        readonly=True, help="Volume prices: [[quantity, price per unit]]."
    )
    projects = fields.Json(
        readonly=True,
        help="Project prices as ITscope names them; only for the project they were "
        "granted for, so never a normal vendor price.",
    )
    contract_parameters = fields.Json(
        readonly=True, help="What an order of this licence or service must state."
    )

    _offer_uniq = models.Constraint(
        "unique(company_id, offer_id)", "This offer is known already."
    )

    @api.depends("supplier_id", "supplier_sku")
    def _compute_display_name(self):
        for offer in self:
            offer.display_name = " · ".join(
                filter(None, (offer.supplier_id.name, offer.supplier_sku))
            )

    @api.depends("price_date")
    @api.depends_context("lang")
    def _compute_age(self):
        now = fields.Datetime.now()
        for offer in self:
            if not offer.price_date:
                offer.age = False
                continue
            hours = max(int((now - offer.price_date).total_seconds() // 3600), 0)
            if hours < 1:
                offer.age = self.env._("under an hour")
            elif hours < 48:
                offer.age = self.env._("%s h", hours)
            else:
                offer.age = self.env._("%s days", hours // 24)

    def _price_for(self, quantity):
        """What one costs where this many are bought, in the offer's currency; 0 where
        it is unknown, or where there is no offer.

        :param quantity: in the product's unit
        """
        if not self.has_price:
            return 0.0
        price = self.price
        for scale, scaled in self.scales or ():
            # A volume price that is not lower is a leftover of an older price.
            if scale <= quantity and 0 < scaled < price:
                price = scaled
        return price
