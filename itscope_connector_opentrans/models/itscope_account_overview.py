from odoo import api, models

from odoo.addons.itscope_connector.models.itscope_account_overview import Waiting
from odoo.addons.itscope_connector.models.itscope_deal import ENDED

DEALS = "itscope_connector.itscope_deal_action"
DOCUMENTS = "itscope_connector_opentrans.itscope_document_action"
#: Whoever does not see purchase orders has nothing to do with what becomes of them.
ORDERS = ("purchase.order",)


class ItscopeAccount(models.Model):
    """Orders, documents and bills that wait, on the app's first page."""

    _inherit = "itscope.account"

    @api.model
    def _waiting_lists(self):
        return [
            *self._waiting_orders(),
            *self._waiting_documents(),
            *super()._waiting_lists(),
        ]

    @api.model
    def _waiting_orders(self):
        # What was placed on the platform and is still wanted in Odoo.
        placed = [
            ("send_state", "=", "external"),
            ("purchase_order_id", "=", False),
            ("archived", "=", False),
            ("status", "not in", sorted(ENDED)),
        ]
        unknown = [("send_state", "=", "unknown")]
        refused = [
            ("send_state", "=", "rejected"),
            ("purchase_order_id.state", "!=", "cancel"),
        ]
        to_approve = [("itscope_approval", "=", "waiting"), ("state", "!=", "cancel")]
        problems = [*placed, ("order_problem", "!=", False)]
        outbox = [("send_state", "in", ("to_send", "sending"))]
        elsewhere = [*placed, ("order_problem", "=", False)]
        return [
            Waiting(
                "unknown_orders",
                self.env._("Orders without an answer"),
                "itscope.deal",
                unknown,
                DEALS,
                "danger",
                needs=ORDERS,
            ),
            Waiting(
                "rejected_orders",
                self.env._("Orders that were refused"),
                "itscope.deal",
                refused,
                DEALS,
                "danger",
                needs=ORDERS,
            ),
            Waiting(
                "approvals",
                self.env._("Orders to approve"),
                "purchase.order",
                to_approve,
                "purchase.purchase_rfq",
            ),
            Waiting(
                "platform_problems",
                self.env._("Platform orders that could not be taken over"),
                "itscope.deal",
                problems,
                DEALS,
                needs=ORDERS,
            ),
            Waiting(
                "outbox",
                self.env._("Orders to send"),
                "itscope.deal",
                outbox,
                DEALS,
                "info",
                blocked=True,
                needs=ORDERS,
            ),
            Waiting(
                "platform_orders",
                self.env._("Platform orders that are not in Odoo"),
                "itscope.deal",
                elsewhere,
                DEALS,
                "fact",
                needs=ORDERS,
            ),
        ]

    @api.model
    def _waiting_documents(self):
        received = ("direction", "=", "in")
        failed = [received, ("state", "=", "failed")]
        attention = [received, ("state", "=", "attention")]
        waiting = [received, ("state", "=", "waiting")]
        bills = [("itscope_invoice_key", "!=", False), ("state", "=", "draft")]
        return [
            Waiting(
                "failed_documents",
                self.env._("Documents that failed"),
                "itscope.document",
                failed,
                DOCUMENTS,
                "danger",
            ),
            Waiting(
                "documents",
                self.env._("Documents that need attention"),
                "itscope.document",
                attention,
                DOCUMENTS,
            ),
            Waiting(
                "unassigned_documents",
                self.env._("Documents without an order"),
                "itscope.document",
                waiting,
                DOCUMENTS,
            ),
            Waiting(
                "draft_bills",
                self.env._("Draft bills to check"),
                "account.move",
                bills,
                "account.action_move_in_invoice_type",
            ),
        ]
