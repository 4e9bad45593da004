from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ..tools import ENDED, html_list

#: So many orders are sent while the user waits; more are left to the scheduled action.
SENT_AT_ONCE = 10


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    itscope_ambiguous = fields.Boolean(
        string="Several ITscope suppliers",
        compute="_compute_itscope_ambiguous",
        help="The vendor is mapped to several: the buyer has to choose.",
    )
    itscope_partial_shipment = fields.Boolean(
        string="Partial shipment",
        compute="_compute_itscope_terms",
        store=True,
        readonly=False,
        help="The supplier may deliver in parts.",
    )
    itscope_own_delivery_note = fields.Boolean(
        string="Own delivery note",
        compute="_compute_itscope_terms",
        store=True,
        readonly=False,
        help="The supplier ships with your delivery note. Must be agreed with the "
        "supplier.",
    )
    itscope_customer_reference = fields.Char(
        string="Customer's order number",
        compute="_compute_itscope_customer_reference",
        store=True,
        readonly=False,
        help="The number that the end customer knows the order by.",
    )
    itscope_remarks = fields.Text(
        string="Remarks for the supplier",
        copy=False,
        help="Goes with the order. It may keep the supplier from processing it by "
        "itself.",
    )
    itscope_delivery_date_type = fields.Selection(
        [("none", "Do not send"), ("optional", "As a wish"), ("fixed", "As fixed")],
        string="Delivery dates",
        required=True,
        default="none",
        help="Whether the expected arrival of each line goes with the order.",
    )
    itscope_partner_ref = fields.Char(
        string="Reference from documents",
        readonly=True,
        copy=False,
        help="What documents said last; another vendor reference was entered by hand.",
    )
    itscope_changed = fields.Boolean(
        string="Changed after sending",
        compute="_compute_itscope_changed",
        help="The order differs from what was sent.",
    )

    @api.depends("partner_id", "company_id", "itscope_supplier_id")
    def _compute_itscope_ambiguous(self):
        for order in self:
            order.itscope_ambiguous = (
                not order.itscope_supplier_id and len(order._itscope_suppliers()) > 1
            )

    @api.depends("itscope_supplier_id", "company_id")
    def _compute_itscope_terms(self):
        for order in self:
            supplier = order.itscope_supplier_id.with_company(order.company_id)
            order.itscope_partial_shipment = supplier.partial_shipment
            order.itscope_own_delivery_note = supplier.own_delivery_note

    @api.depends("origin")
    def _compute_itscope_customer_reference(self):
        for order in self:
            names = [name.strip() for name in (order.origin or "").split(",")]
            sale = self.env["sale.order"].search(
                [
                    ("name", "in", names),
                    ("company_id", "=", order.company_id.id),
                    ("client_order_ref", "!=", False),
                ],
                limit=1,
            )
            order.itscope_customer_reference = sale.client_order_ref or order.origin

    @api.depends("itscope_deal_id.send_state", "order_line.product_qty")
    def _compute_itscope_changed(self):
        for order in self:
            order.itscope_changed = order.itscope_deal_id.send_state == "sent" and any(
                line.itscope_line_id
                and line._itscope_quantity()
                != line._itscope_decimal("itscope_sent_quantity")
                or not line.itscope_line_id
                for line in order.order_line._itscope_sendable()
            )

    # ------------------------------------------------------------------ sending

    def action_itscope_send(self):
        """Send these orders; says what came of each."""
        self.check_access("write")
        if len(self) == 1:
            problems = self.env["itscope.order.check"]._problems(self)
            if problems:
                raise UserError(
                    self.env._(
                        "%(order)s can't be sent to ITscope:\n%(problems)s",
                        order=self.name,
                        problems="\n".join(f"• {problem}" for problem in problems),
                    )
                )
        deals, outcomes, failed = self.env["itscope.deal"], [], False
        for order in self:
            problems = self.env["itscope.order.check"]._problems(order)
            if problems:
                failed = True
                title = self.env._("Not sent to ITscope:")
                order.message_post(body=html_list(title, problems))
                outcomes.append(f"{order.name}: {problems[0]}")
                continue
            try:
                deals |= order._itscope_queue()
            except LockError:
                failed = True
                outcomes.append(
                    self.env._("%s is being sent by somebody else.", order.name)
                )
        deals._send_queued(limit=SENT_AT_ONCE)
        outcomes += [deal._outcome() for deal in deals]
        failed = failed or any(deal.send_state != "sent" for deal in deals)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("ITscope"),
                "message": "\n".join(outcomes),
                "type": "warning" if failed else "success",
                "sticky": failed,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _itscope_queue(self):
        """Put this order into the outbox; :return: its deal. Nothing leaves here."""
        self.ensure_one()
        # Two users, two tabs or two clicks: the first one wins, the deal's unique index
        # holds even where this lock could not.
        self.lock_for_update()
        values = {
            "send_state": "to_send",
            "own_order_id": self.name,
            "supplier_id": self.itscope_supplier_id.id,
            "next_look": False,
            "answer": False,
        }
        deal = self.itscope_deal_id
        if deal:
            deal.write({**values, "account_id": self._itscope_account().id})
            return deal
        return deal.create(
            {
                **values,
                "account_id": self._itscope_account().id,
                "purchase_order_id": self.id,
            }
        )

    def _itscope_account(self):
        """The account that orders this; empty where the company has none."""
        self.ensure_one()
        try:
            return self.env["itscope.account"]._for_job(self.company_id)
        except AccessError:
            raise
        except UserError:
            return self.env["itscope.account"]

    def _itscope_delivery_partner(self):
        self.ensure_one()
        return (
            self.dest_address_id
            or self.picking_type_id.warehouse_id.partner_id
            or self.company_id.partner_id
        )

    def _itscope_responsible(self):
        """Who is told when this order needs a person, or no user."""
        self.ensure_one()
        user = self.user_id or self.itscope_deal_id.account_id.responsible_id
        return user.filtered("active")

    def _itscope_note_sent(self):
        """Remember what is sent of each line."""
        numbers = self.env["itscope.order.builder"]._numbered_lines(self)
        for line, number in numbers.items():
            line._itscope_note_sent(number)

    # ------------------------------------------------------------------ what was sent

    def button_cancel(self):
        for order in self:
            deal = order.itscope_deal_id
            if deal.send_state == "to_send":
                deal._withdraw()
            elif (
                deal.send_state in ("sending", "unknown", "sent")
                and (deal.status or "").upper() not in ENDED
                and not deal.cancelled_by_phone
            ):
                raise UserError(
                    self.env._(
                        "%(order)s was sent to ITscope, and ITscope has no recall. "
                        "Call %(supplier)s. The order can be cancelled here as soon "
                        "as ITscope shows it as cancelled, or after you have marked "
                        "the ITscope order %(deal)s as cancelled with the supplier.",
                        order=order.name,
                        supplier=deal.supplier_id.name or order.partner_id.display_name,
                        deal=deal.display_name,
                    )
                )
        return super().button_cancel()
