from odoo import api, fields, models


class PurchaseOrder(models.Model):
    """What was sent, and how the order differs from it by now."""

    _inherit = "purchase.order"

    itscope_sent_address = fields.Text(
        string="Sent delivery address", readonly=True, copy=False
    )
    itscope_sent_lines = fields.Json(readonly=True, copy=False)
    itscope_changed = fields.Boolean(
        string="Changed after sending",
        compute="_compute_itscope_changed",
        help="The order differs from what was sent and from what was confirmed.",
    )

    @api.depends(
        "itscope_deal_id.send_state",
        "itscope_sent_address",
        "itscope_sent_lines",
        "dest_address_id",
        "picking_type_id",
        "order_line.product_qty",
        "order_line.product_uom_id",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
        "order_line.date_planned",
        "order_line.itscope_line_id",
        "order_line.itscope_confirmed",
        "order_line.itscope_confirmed_quantity",
        "order_line.itscope_confirmed_price",
        "order_line.itscope_confirmed_date",
    )
    def _compute_itscope_changed(self):
        for order in self:
            at_itscope = order.itscope_deal_id.send_state in ("sent", "external")
            order.itscope_changed = at_itscope and order._itscope_differs()

    def _itscope_differs(self):
        self.ensure_one()
        lines = self.order_line._itscope_sendable()
        # Orders of an earlier version have their lines only.
        if self.itscope_sent_lines and (
            set(self.itscope_sent_lines) - set(lines.ids)
            or (self.itscope_sent_address or "") != self._itscope_address_text()
        ):
            return True
        return any(line._itscope_differs() for line in lines)

    def _itscope_address_text(self):
        """The delivery address as a change of it shows."""
        partner = self._itscope_delivery_partner()
        return "\n".join(
            text
            for text in (
                partner.commercial_company_name or partner.commercial_partner_id.name,
                partner.name,
                partner.street2,
                partner.street,
                " ".join(filter(None, (partner.zip, partner.city))),
                partner.country_id.code,
            )
            if text
        )

    def _itscope_note_sent(self):
        """Remember what is sent."""
        self.ensure_one()
        numbers = self.env["itscope.order.builder"]._numbered_lines(self)
        for line, number in numbers.items():
            line._itscope_note_sent(number)
        self.write(
            {
                "itscope_sent_address": self._itscope_address_text(),
                "itscope_sent_lines": [line.id for line in numbers],
            }
        )
