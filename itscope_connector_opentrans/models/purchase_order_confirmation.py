from odoo import api, fields, models

from ..tools import html_list, plain


class PurchaseOrder(models.Model):
    """What the supplier confirmed, side by side with the order."""

    _inherit = "purchase.order"

    itscope_confirmation_line_ids = fields.Many2many(
        "purchase.order.line",
        string="Confirmed by the supplier",
        compute="_compute_itscope_confirmation_line_ids",
    )
    itscope_deviates = fields.Boolean(
        string="Confirmed differently", compute="_compute_itscope_confirmation_line_ids"
    )

    @api.depends("order_line.itscope_confirmation")
    def _compute_itscope_confirmation_line_ids(self):
        for order in self:
            lines = order.order_line.filtered("itscope_confirmation")
            order.itscope_confirmation_line_ids = lines
            order.itscope_deviates = any(lines.mapped("itscope_deviates"))

    def action_itscope_accept(self):
        """The buyer accepts everything that is confirmed differently."""
        lines = self.order_line.filtered("itscope_deviates")
        return lines.action_itscope_accept()

    def action_itscope_ask(self):
        """Write to the supplier about all that was confirmed differently."""
        self.ensure_one()
        return self._itscope_ask(self.order_line.filtered("itscope_deviates"))

    def _itscope_ask(self, lines):
        """A message to the vendor, to be looked through and sent by the buyer."""
        self.ensure_one()
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        number = self.partner_ref or self.name
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask the supplier"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.partner_id.ids,
                "default_subject": order.env._(
                    "Your confirmation of our order %s", number
                ),
                "default_body": html_list(
                    order.env._(
                        "You confirmed our order %s differently from what we ordered. "
                        "Please tell us whether you can deliver as ordered:",
                        number,
                    ),
                    [order._itscope_difference(line) for line in lines],
                ),
            },
        }

    def _itscope_difference(self, line):
        """Ordered and confirmed in one sentence, in the language of ``self``."""
        return self.env._(
            "%(sku)s %(product)s: ordered %(ordered)s at %(ordered_price)s "
            "%(currency)s, confirmed %(confirmed)s at %(confirmed_price)s "
            "%(currency)s%(delivery)s",
            sku=line._itscope_supplier_sku(),
            product=line.product_id.name or line.name,
            ordered=plain(line._itscope_quantity()),
            ordered_price=plain(line._itscope_decimal("itscope_sent_price")),
            confirmed=plain(line._itscope_decimal("itscope_confirmed_quantity")),
            confirmed_price=plain(line._itscope_decimal("itscope_confirmed_price")),
            currency=line.currency_id.name,
            delivery=f" ({line.with_env(self.env).itscope_delivery})"
            if line.itscope_delivery
            else "",
        )
