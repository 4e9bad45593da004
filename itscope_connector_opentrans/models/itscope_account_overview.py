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
        return [
            Waiting(
                "unknown_orders",
                self.env._("Orders without an answer"),
                "itscope.deal",
                [("send_state", "=", "unknown")],
                DEALS,
                "danger",
                needs=ORDERS,
            ),
            Waiting(
                "rejected_orders",
                self.env._("Orders that were refused"),
                "itscope.deal",
                [
                    ("send_state", "=", "rejected"),
                    ("purchase_order_id.state", "!=", "cancel"),
                ],
                DEALS,
                "danger",
                needs=ORDERS,
            ),
            Waiting(
                "approvals",
                self.env._("Orders to approve"),
                "purchase.order",
                [("itscope_approval", "=", "waiting"), ("state", "!=", "cancel")],
                "purchase.purchase_rfq",
            ),
            Waiting(
                "platform_problems",
                self.env._("Platform orders that could not be taken over"),
                "itscope.deal",
                [*placed, ("order_problem", "!=", False)],
                DEALS,
                needs=ORDERS,
            ),
            Waiting(
                "outbox",
                self.env._("Orders to send"),
                "itscope.deal",
                [("send_state", "in", ("to_send", "sending"))],
                DEALS,
                "info",
                blocked=True,
                needs=ORDERS,
            ),
            Waiting(
                "platform_orders",
                self.env._("Platform orders that are not in Odoo"),
                "itscope.deal",
                [*placed, ("order_problem", "=", False)],
                DEALS,
                "fact",
                needs=ORDERS,
            ),
        ]

    @api.model
    def _waiting_documents(self):
        received = ("direction", "=", "in")
        return [
            Waiting(
                "failed_documents",
                self.env._("Documents that failed"),
                "itscope.document",
                [received, ("state", "=", "failed")],
                DOCUMENTS,
                "danger",
            ),
            Waiting(
                "documents",
                self.env._("Documents that need attention"),
                "itscope.document",
                [received, ("state", "=", "attention")],
                DOCUMENTS,
            ),
            Waiting(
                "unassigned_documents",
                self.env._("Documents without an order"),
                "itscope.document",
                [received, ("state", "=", "waiting")],
                DOCUMENTS,
            ),
            Waiting(
                "draft_bills",
                self.env._("Draft bills to check"),
                "account.move",
                [("itscope_invoice_key", "!=", False), ("state", "=", "draft")],
                "account.action_move_in_invoice_type",
            ),
        ]
