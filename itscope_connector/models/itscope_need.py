from odoo import api, fields, models


class ItscopeNeed(models.Model):
    """Something to be bought: for a confirmed sale, for a reordering rule, or because a
    person says so. What sales and rules ask for is kept in step by ``_gather``."""

    _name = "itscope.need"
    _description = "ITscope need"
    _check_company_auto = True
    _order = "date, id"
    _rec_name = "product_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    source = fields.Selection(
        [
            ("sale", "Sales order"),
            ("rule", "Reordering rule"),
            ("manual", "By hand"),
        ],
        string="Needed for",
        required=True,
        default="manual",
        readonly=True,
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sales order line",
        ondelete="cascade",
        readonly=True,
        index="btree_not_null",
    )
    # A number, since the rules belong to the inventory app, which need not be there.
    rule_ref = fields.Integer(string="Id of the reordering rule", readonly=True)
    origin = fields.Char(string="Source", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        domain="[('purchase_ok', '=', True)]",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        digits="Product Unit",
        required=True,
        default=1.0,
        help="Still to be bought: what is in stock, on its way or in a request for "
        "quotation is taken off.",
    )
    date = fields.Date(
        string="Needed on", required=True, default=fields.Date.context_today
    )
    state = fields.Selection(
        [("open", "Open"), ("dismissed", "Dismissed"), ("ordered", "Ordered")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    reason = fields.Char(string="Dismissed because", readonly=True)

    chosen_offer_id = fields.Many2one(
        "itscope.offer",
        string="Offer chosen by hand",
        ondelete="set null",
        readonly=True,
    )
    offer_id = fields.Many2one(
        "itscope.offer",
        compute="_compute_offer_id",
        inverse="_inverse_offer_id",
        store=True,
        ondelete="set null",
        check_company=True,
        domain="[('product_id', '=', product_id), ('company_id', '=', company_id)]",
        help="What is ordered: the offer that you choose, else that of the sales "
        "order's line, else the best one.",
    )
    supplier_id = fields.Many2one(related="offer_id.supplier_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_quantity = fields.Float(
        string="To order",
        digits="Product Unit",
        compute="_compute_amount",
        store=True,
        aggregator=False,
        help="What is needed, rounded up to what the supplier sells.",
    )
    price = fields.Float(
        string="Unit price",
        digits="Product Price",
        compute="_compute_amount",
        store=True,
        aggregator=False,
        help="Net, for one of the product's unit.",
    )
    amount = fields.Monetary(compute="_compute_amount", store=True)
    stock = fields.Integer(related="offer_id.stock", aggregator=False)
    stock_status = fields.Selection(related="offer_id.stock_status")
    age = fields.Char(related="offer_id.age")

    # Of the sale line, when this was gathered last: what is received later must not
    # pass for what was delivered by then.
    delivered_elsewhere = fields.Float(digits="Product Unit", readonly=True)
    purchase_line_id = fields.Many2one(
        "purchase.order.line",
        string="Purchase order line",
        ondelete="set null",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    purchase_order_id = fields.Many2one(
        related="purchase_line_id.order_id", string="Purchase order"
    )

    _sale_line_uniq = models.UniqueIndex(
        "(sale_line_id) WHERE sale_line_id IS NOT NULL AND state != 'ordered'",
        "This line of a sales order is in the basket already.",
    )
    _rule_uniq = models.UniqueIndex(
        "(rule_ref) WHERE rule_ref IS NOT NULL AND rule_ref != 0 "
        "AND state != 'ordered'",
        "This reordering rule is in the basket already.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "What is needed must be more than nothing."
    )

    # Not by the product's best offer: it changes with every import, whose work should
    # not grow with the basket. It is looked at again by each gathering.
    @api.depends("product_id", "sale_line_id", "chosen_offer_id")
    def _compute_offer_id(self):
        for company, needs in self.grouped("company_id").items():
            for need in needs.with_company(company):
                if need.state == "ordered":
                    need.offer_id = need.offer_id
                    continue
                offers = (
                    need.chosen_offer_id,
                    need.sale_line_id.itscope_offer_id,
                    need.product_id.itscope_link_id.best_offer_id,
                )
                need.offer_id = next(
                    (
                        offer
                        for offer in offers
                        if offer.active and offer.product_id == need.product_id
                    ),
                    False,
                )

    def _inverse_offer_id(self):
        for need in self:
            need.chosen_offer_id = need.offer_id

    @api.depends("offer_id", "quantity")
    def _compute_amount(self):
        for need in self:
            offer, quantity = need.offer_id, need.quantity
            need.order_quantity = offer._orderable(quantity) if offer else quantity
            need.price = offer._company_price_for(need.order_quantity) if offer else 0.0
            need.amount = need.price * need.order_quantity

    def _key(self):
        """What this need is for: at most one of each that is not ordered yet."""
        self.ensure_one()
        if self.source == "sale":
            return "sale", self.sale_line_id.id
        return self.source, self.rule_ref or self.id

    def _look_again(self):
        """Take the offers and prices as they are now."""
        waiting = self.filtered(lambda need: need.state != "ordered")
        for name in ("offer_id", "supplier_id", "order_quantity", "price", "amount"):
            self.env.add_to_compute(self._fields[name], waiting)
