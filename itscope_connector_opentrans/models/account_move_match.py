from markupsafe import Markup

from odoo import fields, models
from odoo.tools import float_compare, formatLang

from ..tools import html_list, plain

MATCHES = [
    ("match", "Matches"),
    ("wait", "Goods not received yet"),
    ("deviates", "Deviates"),
]


class AccountMove(models.Model):
    """Order, receipt and bill side by side, as they are now: goods arrive later."""

    _inherit = "account.move"

    itscope_match = fields.Selection(
        MATCHES,
        string="Order and receipt",
        compute="_compute_itscope_match",
        # Whoever may read the bill may know how it compares.
        compute_sudo=True,
        help="Whether quantities and prices of this bill are those of the orders and, "
        "for products that are billed on received quantities, of the receipts.",
    )
    # Not sanitised again: html_list escapes.
    itscope_match_text = fields.Html(
        string="Deviations",
        compute="_compute_itscope_match",
        compute_sudo=True,
        sanitize=False,
    )

    def _compute_itscope_match(self):
        for move in self:
            lines = move.invoice_line_ids.filtered("purchase_line_id")
            states = set(lines.mapped("itscope_match"))
            move.itscope_match = next(
                (s for s in ("deviates", "wait", "match") if s in states), False
            )
            texts = [
                f"{line.product_id.display_name or line.name}: "
                f"{line.itscope_match_text}"
                for line in lines
                if line.itscope_match != "match"
            ]
            title = self.env._("Order and receipt say something else:")
            move.itscope_match_text = html_list(title, texts) if texts else Markup()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    itscope_match = fields.Selection(
        MATCHES, string="Match", compute="_compute_itscope_match", compute_sudo=True
    )
    itscope_match_text = fields.Char(
        string="Deviation", compute="_compute_itscope_match", compute_sudo=True
    )

    def _compute_itscope_match(self):
        for line in self:
            state, texts = False, []
            if line.purchase_line_id and line.move_id.is_purchase_document():
                state, texts = line._itscope_compare()
            line.itscope_match = state
            line.itscope_match_text = "; ".join(texts)

    def _itscope_compare(self):
        """``(state, [text])`` against the order line."""
        self.ensure_one()
        ordered = self.purchase_line_id
        quantity_state, texts = self._itscope_compare_quantity(ordered)
        if price := self._itscope_price_deviation(ordered):
            return "deviates", [*texts, price]
        return quantity_state, texts

    def _itscope_compare_quantity(self, ordered):
        digits = self.env["decimal.precision"].precision_get("Product Unit")

        def more(one, other):
            return float_compare(one, other, precision_digits=digits) > 0

        # Of all bills of this order line, credit notes taken off.
        billed = ordered.qty_invoiced
        values = {
            "billed": plain(billed),
            "ordered": plain(ordered.product_qty),
            "received": plain(ordered.qty_received),
        }
        if more(0.0, billed):
            return "deviates", [self.env._("more is credited than was billed")]
        if more(billed, ordered.product_qty):
            text = self.env._("billed %(billed)s, ordered %(ordered)s", **values)
            return "deviates", [text]
        if ordered.product_id.purchase_method == "receive" and more(
            billed, ordered.qty_received
        ):
            text = self.env._("billed %(billed)s, received %(received)s", **values)
            return "wait", [text]
        return "match", []

    def _itscope_price_deviation(self, ordered):
        """Text where the net price is not the ordered (and confirmed) one.

        Credit notes may be over a part of the price.
        """
        move = self.move_id
        if move.move_type != "in_invoice" or not self.quantity:
            return ""
        price = ordered.product_uom_id._compute_price(
            ordered._itscope_net(), self.product_uom_id
        )
        expected = ordered.currency_id._convert(
            price * self.quantity,
            self.currency_id,
            move.company_id,
            move.invoice_date or fields.Date.context_today(self),
        )
        # A cent is rounding.
        if abs(expected - self.price_subtotal) < 1.5 * self.currency_id.rounding:
            return ""

        def money(amount):
            return formatLang(
                self.env, amount / self.quantity, currency_obj=self.currency_id
            )

        return self.env._(
            "billed at %(billed)s, ordered at %(ordered)s",
            billed=money(self.price_subtotal),
            ordered=money(expected),
        )
