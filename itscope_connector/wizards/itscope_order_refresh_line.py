from odoo import api, fields, models
from odoo.tools import float_compare

from ..models.itscope_line_refresh import COSTS

#: News that are told and change nothing: there is nothing to take.
TOLD = ("vanished", "end_of_life", "price_unknown")


class ItscopeOrderRefreshLine(models.TransientModel):
    _name = "itscope.order.refresh.line"
    _description = "Piece of news for a line of an order"

    refresh_id = fields.Many2one(
        "itscope.order.refresh", required=True, ondelete="cascade", index=True
    )
    sale_line_id = fields.Many2one("sale.order.line", readonly=True, ondelete="cascade")
    purchase_line_id = fields.Many2one(
        "purchase.order.line", readonly=True, ondelete="cascade"
    )
    order = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", compute="_compute_product_id")
    kind = fields.Selection(
        [
            ("price_up", "Cost rose"),
            ("price_down", "Cost fell"),
            ("price_known", "Cost is known now"),
            ("price_unknown", "Cost no longer known"),
            ("stock_short", "Stock no longer enough"),
            ("stock_back", "Stock enough again"),
            ("end_of_life", "End of life"),
            ("offer_gone", "No longer offered"),
            ("offered", "Offered now"),
            ("vanished", "No longer at ITscope"),
            ("sales_price", "Sales price changed"),
        ],
        string="News",
        required=True,
        readonly=True,
    )
    offer_id = fields.Many2one("itscope.offer", readonly=True)
    before = fields.Char(readonly=True)
    now = fields.Char(readonly=True)
    difference = fields.Float(readonly=True)
    value = fields.Float(
        readonly=True, help="The new price or stock: only what was shown is taken over."
    )
    is_open = fields.Boolean(
        readonly=True, help="Off: the order is confirmed, its lines do not change."
    )
    can_take = fields.Boolean(compute="_compute_can_take")
    take = fields.Boolean(string="Take over")

    @api.depends("sale_line_id", "purchase_line_id")
    def _compute_product_id(self):
        for row in self:
            row.product_id = row._order_line().product_id

    @api.depends("kind", "is_open", "value")
    def _compute_can_take(self):
        for row in self:
            # An unknown price is nothing to take; neither is an offer that ended
            # without another one.
            nothing = row.kind in COSTS and not row.value
            row.can_take = row.is_open and row.kind not in TOLD and not nothing

    def _order_line(self):
        """The line of the quotation or purchase order that this is about."""
        self.ensure_one()
        return self.sale_line_id or self.purchase_line_id

    def _is_news(self, news):
        """Whether this is still so.

        :param news: see ``_itscope_news``, as it is now
        """
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return any(
            piece["kind"] == self.kind
            and piece["offer"] == self.offer_id
            and not float_compare(piece["new"], self.value, precision_digits=digits)
            for piece in news
        )

    def _words(self):
        """The news in words, for the order's chatter."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        words = kinds[self.kind]
        if self.before or self.now:
            words += f" ({self.before or '–'} → {self.now or '–'})"
        return f"{words}, {self.offer_id.display_name}" if self.offer_id else words
