from odoo import api, fields, models


class ItscopeSearchLine(models.TransientModel):
    """A product that a search found."""

    _name = "itscope.search.line"
    _description = "Product found by a search at ITscope"
    _inherit = ["itscope.choice.mixin"]

    search_id = fields.Many2one(
        "itscope.search", required=True, ondelete="cascade", index=True
    )
    purchase_order_id = fields.Many2one(related="search_id.purchase_order_id")
    chosen = fields.Boolean()
    quantity = fields.Float(default=1.0, digits="Product Unit")
    picture_url = fields.Char(string="Picture", readonly=True)
    currency_id = fields.Many2one(related="search_id.company_id.currency_id")
    price = fields.Float(
        string="Best price",
        digits="Product Price",
        readonly=True,
        help="Of new goods, in the company's currency; 0: unknown.",
    )
    stock = fields.Integer(readonly=True)
    supplier_count = fields.Integer(string="Suppliers", readonly=True)
    action = fields.Selection(
        [
            ("refresh", "In Odoo already"),
            ("link", "Link product"),
            ("create", "Create product"),
            ("ask", "To decide"),
        ],
        required=True,
        default="create",
    )
    reason = fields.Char(readonly=True)
    hint = fields.Char(compute="_compute_hint")
    offer_ids = fields.One2many("itscope.search.offer", "line_id", readonly=True)

    @api.depends("reason", "offer_ids.supplier_id", "purchase_order_id.partner_id")
    def _compute_hint(self):
        suppliers_of = self.purchase_order_id._itscope_suppliers_by_order()
        for line in self:
            order = line.purchase_order_id
            hint = line.reason or ""
            if order:
                suppliers = suppliers_of[order]
                if not suppliers & line.offer_ids.filtered("is_new").supplier_id:
                    hint = self.env._("%s does not offer this.", order.partner_id.name)
            line.hint = hint

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.product_id and self.action in ("ask", "create"):
            self.action = "link"
