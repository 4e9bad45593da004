import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import APPROVAL_ACTIVITY, html_list


class PurchaseOrder(models.Model):
    """Orders above the account's limits wait until they are approved as they are."""

    _inherit = "purchase.order"

    itscope_approval = fields.Selection(
        [("none", "None"), ("waiting", "Waits for approval"), ("approved", "Approved")],
        string="ITscope approval",
        compute="_compute_itscope_approval",
        store=True,
        help="Any change of the order makes an approval void.",
    )
    itscope_approval_asked = fields.Boolean(readonly=True, copy=False)
    # For administrators: who can write it can approve.
    itscope_approved_content = fields.Char(
        readonly=True,
        copy=False,
        groups="itscope_connector.group_manager",
        help="Digest of what was approved.",
    )
    itscope_approved_by_id = fields.Many2one(
        "res.users", string="Approved by", readonly=True, copy=False
    )
    itscope_approved_date = fields.Datetime(
        string="Approved on", readonly=True, copy=False
    )

    # Counted on the first page; most orders need none.
    _itscope_waiting_idx = models.Index(
        "(company_id) WHERE itscope_approval = 'waiting'"
    )

    @api.depends(
        "itscope_approval_asked",
        "itscope_approved_content",
        "itscope_supplier_id",
        "itscope_customer_number_id",
        "itscope_own_delivery_note",
        "itscope_partial_shipment",
        "itscope_remarks",
        "itscope_customer_reference",
        "itscope_delivery_date_type",
        "currency_id",
        "dest_address_id.name",
        "dest_address_id.street",
        "dest_address_id.street2",
        "dest_address_id.zip",
        "dest_address_id.city",
        "dest_address_id.country_id",
        "picking_type_id",
        "order_line.product_id",
        "order_line.product_qty",
        "order_line.product_uom_id",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
        "order_line.date_planned",
        "order_line.itscope_offer_id.supplier_sku",
        "order_line.itscope_project_number",
        "order_line.itscope_project_supplier_number",
        "order_line.itscope_project_customer",
        "order_line.itscope_remark",
        "order_line.itscope_licensee_id",
        "order_line.itscope_parameter_ids.value",
    )
    def _compute_itscope_approval(self):
        for order in self:
            if order._itscope_is_approved():
                order.itscope_approval = "approved"
            elif order.itscope_approval_asked:
                order.itscope_approval = "waiting"
            else:
                order.itscope_approval = "none"

    def _itscope_content_digest(self):
        """What an approval stands for."""
        self.ensure_one()
        content = [
            self.itscope_supplier_id.id,
            self.itscope_customer_number_id.id,
            self.itscope_own_delivery_note,
            self.itscope_partial_shipment,
            self.itscope_remarks or "",
            self.itscope_customer_reference or "",
            self.itscope_delivery_date_type,
            self.currency_id.id,
            self.dest_address_id.id,
            self._itscope_address_text() if self.dest_address_id else "",
            self.picking_type_id.id,
            sorted(
                line._itscope_content() for line in self.order_line._itscope_sendable()
            ),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def _itscope_is_approved(self):
        self.ensure_one()
        # sudo: everybody may know whether, nobody else may say so.
        approved = self.sudo().itscope_approved_content
        return bool(approved) and approved == self._itscope_content_digest()

    def _itscope_over_limits(self, account):
        """Why this order needs an approval, in words; [] where it does not."""
        self.ensure_one()
        reasons = []
        total = self.currency_id._convert(
            self.amount_untaxed,
            account.currency_id,
            self.company_id,
            self.date_order or fields.Date.context_today(self),
        )
        if (
            account.order_limit
            and account.currency_id.compare_amounts(total, account.order_limit) > 0
        ):
            reasons.append(
                self.env._(
                    "its total of %(total)s is above %(limit)s",
                    total=account.currency_id.format(total),
                    limit=account.currency_id.format(account.order_limit),
                )
            )
        for line in self.order_line._itscope_sendable():
            reasons += line._itscope_over_limits(account)
        return reasons

    def _itscope_ask_for_approval(self, reasons):
        """Wait for an administrator, who is told once."""
        self.ensure_one()
        # sudo: the marks are the connector's; who may send may ask.
        order = self.sudo()
        order.itscope_approval_asked = True
        user = order._itscope_account().responsible_id or order._itscope_responsible()
        if user and not order.activity_search([APPROVAL_ACTIVITY]):
            order.activity_schedule(
                APPROVAL_ACTIVITY,
                summary=self.env._("Approve this order for ITscope"),
                note=html_list(self.env._("It waits, because"), reasons),
                user_id=user.id,
            )

    def _itscope_end_approval(self):
        """Nothing is above the limits any more: nobody waits."""
        # sudo: see _itscope_ask_for_approval.
        order = self.sudo()
        order.itscope_approval_asked = False
        order.activity_unlink([APPROVAL_ACTIVITY])

    def action_itscope_approve(self):
        """An administrator lets these orders go as they are now."""
        if not self.env.user.has_group("itscope_connector.group_manager"):
            raise AccessError(
                self.env._("Only ITscope administrators approve orders for ITscope.")
            )
        self.check_access("write")
        for order in self:
            if order.itscope_approval != "waiting":
                raise UserError(
                    self.env._("%s does not wait for approval.", order.name)
                )
            order.write(
                {
                    "itscope_approved_content": order._itscope_content_digest(),
                    "itscope_approved_by_id": self.env.uid,
                    "itscope_approved_date": fields.Datetime.now(),
                }
            )
            order.activity_feedback([APPROVAL_ACTIVITY])
            text = self.env._("Approved for ITscope by %s.", self.env.user.name)
            order.message_post(body=text)
            # sudo: see button_approve; who approves orders need not send them.
            order.sudo()._itscope_after_approval(text)

    def _itscope_after_approval(self, text):
        """What waited for its approval leaves by itself, or the buyer is told."""
        if self.state == "purchase" and self._itscope_send_confirmed():
            return
        user = self._itscope_responsible()
        if user and user != self.env.user:
            self._itscope_remind(
                self.env._("Approved: send this order to ITscope"), text
            )
