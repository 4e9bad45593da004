from odoo import api, fields, models


class ItscopeAccount(models.Model):
    _inherit = "itscope.account"

    price_tolerance = fields.Float(
        string="Price tolerance (%)",
        default=10.0,
        help="A confirmed price that differs from the ordered one by no more than "
        "this is taken over by itself. A larger difference waits for the buyer.",
    )
    date_tolerance = fields.Integer(
        string="Date tolerance (days)",
        default=14,
        help="A confirmed delivery date that is later than the expected one by no more "
        "days than this is taken over by itself. A later one waits for the buyer.",
    )
    receipt_validation = fields.Selection(
        [
            ("never", "Never"),
            ("dropship", "Of drop shipments"),
            ("all", "Always"),
        ],
        string="Validate receipts",
        required=True,
        default="never",
        help="Whether a dispatch notification validates the receipt that it prepares. "
        "Otherwise the warehouse does when the goods are there.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_limit = fields.Monetary(
        string="Approval from order total",
        help="An order with a higher net total waits until an ITscope administrator "
        "has approved it. 0: no limit.",
    )
    deviation_limit = fields.Float(
        string="Approval from price difference (%)",
        help="An order with a price that differs by more than this from the supplier's "
        "price in Odoo waits for approval. 0: no limit.",
    )
    quantity_limit = fields.Float(
        string="Approval from quantity",
        digits="Product Unit",
        help="An order with a line of a larger quantity waits for approval. 0: no "
        "limit.",
    )
    price_age_days = fields.Integer(
        string="Warn of prices older than (days)",
        default=14,
        help="Before an order is sent. 0: never.",
    )
    platform_orders = fields.Selection(
        [
            ("never", "Only list them"),
            ("draft", "Create a draft"),
            ("confirmed", "Create and confirm"),
        ],
        string="Orders placed on the platform",
        required=True,
        default="never",
        help="Whether an order that somebody placed on ITscope's platform becomes a "
        "purchase order by itself. It is never sent again. Otherwise a button on the "
        "ITscope order does it.",
    )
    platform_orders_from = fields.Date(
        string="Placed from",
        default=fields.Date.context_today,
        help="Older ones are only listed.",
    )

    platform_quotes = fields.Selection(
        [("never", "Only list them"), ("draft", "Create a draft")],
        string="Quotes of the platform",
        required=True,
        default="never",
        help="Whether a quote that is in negotiation or won on ITscope's platform "
        "becomes a quotation by itself. Otherwise a button on the quote does it.",
    )
    platform_quotes_from = fields.Date(
        string="Changed from",
        default=fields.Date.context_today,
        help="Older ones are only listed.",
    )

    @api.onchange("platform_quotes")
    def _onchange_platform_quotes(self):
        if self._origin.platform_quotes == "never" != self.platform_quotes:
            self.platform_quotes_from = fields.Date.context_today(self)

    @api.onchange("platform_orders")
    def _onchange_platform_orders(self):
        if self._origin.platform_orders == "never" != self.platform_orders:
            self.platform_orders_from = fields.Date.context_today(self)
