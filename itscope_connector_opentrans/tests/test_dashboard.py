from odoo.tests import new_test_user, tagged

from .common import OpentransCase


@tagged("post_install", "-at_install")
class TestDashboard(OpentransCase):
    """Orders, documents and bills on the app's first page."""

    def deal(self, send_state, **values):
        return self.env["itscope.deal"].create(
            {"account_id": self.account.id, "send_state": send_state, **values}
        )

    def document(self, state, **values):
        return self.env["itscope.document"].create(
            {
                "company_id": self.company.id,
                "type": "INVOICE",
                "direction": "in",
                "source": "upload",
                "state": state,
                "content_hash": f"{state}{values}",
                **values,
            }
        )

    def opened(self, key):
        action = self.account.action_open_waiting(key)
        return self.env[action["res_model"]].search(action["domain"])

    def test_orders_that_wait(self):
        before = self.waiting()
        order = self.make_order(confirm=False)
        order.itscope_approval_asked = True
        cancelled = self.make_order("PTEST2", confirm=False)
        cancelled.button_cancel()
        deals = {
            "unknown_orders": self.deal("unknown"),
            "rejected_orders": self.deal("rejected", purchase_order_id=order.id),
            "outbox": self.deal("to_send"),
            "platform_orders": self.deal("external", order_id="1", status="SENT"),
            "platform_problems": self.deal(
                "external", order_id="2", order_problem="No vendor."
            ),
        }
        self.deal("sent")
        self.deal("external", order_id="3", status="CANCELLED")
        self.deal("external", order_id="4", archived=True)
        self.deal("rejected", purchase_order_id=cancelled.id)
        waiting = self.waiting()
        for key, deal in deals.items():
            self.assertEqual(waiting[key], 1 + before.get(key, 0), key)
            self.assertIn(deal, self.opened(key))
        self.assertIn(order, self.opened("approvals"))
        self.account.invalidate_recordset(["dashboard"])
        first = self.account.dashboard["waiting"][0]
        self.assertEqual(first["key"], "unknown_orders", "most urgent first")

    def test_a_block_names_the_orders_that_wait_for_its_end(self):
        self.deal("to_send")
        self.env["itscope.request.budget"].create(
            {"host": self.account._host(), "blocked_until": "2099-01-01"}
        )
        blocked = self.account.dashboard["blocked"]
        self.assertEqual([entry["key"] for entry in blocked], ["outbox"])

    def test_documents_and_bills(self):
        documents = {
            "failed_documents": self.document("failed"),
            "documents": self.document("attention"),
            "unassigned_documents": self.document("waiting"),
        }
        self.document("applied")
        self.document("failed", direction="out")
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.test_vendor.id,
                "itscope_invoice_key": "1|2|in_invoice|RE-1",
            }
        )
        waiting = self.waiting()
        for key, document in documents.items():
            self.assertEqual(waiting[key], 1)
            self.assertEqual(self.opened(key), document)
        self.assertEqual(self.opened("draft_bills"), bill)
        self.assertEqual(waiting["draft_bills"], 1)

    def test_who_does_not_see_purchases_and_bills_sees_the_page(self):
        user = new_test_user(
            self.env, "only-itscope", groups="itscope_connector.group_user"
        )
        self.deal("unknown")
        account = self.account.with_user(user)
        keys = {waiting.key for waiting in account._readable_lists()}
        self.assertFalse(
            keys & {"unknown_orders", "approvals", "outbox", "draft_bills"}
        )
        self.assertIn("links", keys)
        self.assertTrue(account.dashboard["leading"])
