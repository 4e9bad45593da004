"""Which orders a document is about, and what a person may change about that."""

from datetime import datetime

from odoo.tests import tagged

from .common import ARTICLES, OpentransCase
from .documents import dispatch, invoice

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]


@tagged("post_install", "-at_install")
class TestDocumentOrders(OpentransCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)

    def prepared(self, order):
        skus = {product: sku for sku, product in self.products.items()}
        return {skus[m.product_id]: m.quantity for m in order.picking_ids.move_ids}

    def test_one_notification_for_two_orders(self):
        other = self.make_order(name="POTHER")
        self.sent_deal(other, order_id="SIM9")
        content = dispatch(
            "PTEST1", "1", [("123002", 1.0, ()), ("123003", 2.0, (), "POTHER")]
        )
        document = self.receive(self.deal, "DISPATCHNOTIFICATION", content)
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(document.order_ids, self.order | other)
        self.assertEqual(
            self.prepared(self.order), {"123002": 1, "123001": 0, "123003": 0}
        )
        self.assertEqual(self.prepared(other), {"123002": 0, "123001": 0, "123003": 2})
        self.assertEqual(document.picking_ids, (self.order | other).picking_ids)

    def test_the_same_notification_with_both_orders(self):
        """ITscope may give it with each of them: it counts once."""
        other = self.make_order(name="POTHER")
        other_deal = self.sent_deal(other, order_id="SIM9")
        content = dispatch(
            "PTEST1", "1", [("123002", 1.0, ()), ("123003", 2.0, (), "POTHER")]
        )
        self.receive(self.deal, "DISPATCHNOTIFICATION", content, "A")
        self.receive(other_deal, "DISPATCHNOTIFICATION", content, "B")
        self.assertEqual(self.prepared(other), {"123002": 0, "123001": 0, "123003": 2})
        self.assertEqual(
            self.prepared(self.order), {"123002": 1, "123001": 0, "123003": 0}
        )

    def test_the_same_notification_in_another_transaction(self):
        lines = [("123003", 2.0, ())]
        first = self.receive(
            self.deal, "DISPATCHNOTIFICATION", dispatch("PTEST1", "1", lines), "A"
        )
        again = dispatch("PTEST1", "1", lines, datetime(2026, 1, 6))
        second = self.receive(self.deal, "DISPATCHNOTIFICATION", again, "B")
        self.assertEqual((first.state, second.state), ("replaced", "applied"))
        self.assertEqual(self.prepared(self.order)["123003"], 2)

    def test_ignored_and_brought_back(self):
        document = self.receive(
            self.deal,
            "DISPATCHNOTIFICATION",
            dispatch("PTEST1", "1", [("123003", 2.0, ("S1", "S2"))]),
        )
        document.with_user(self.buyer).action_ignore()
        self.assertEqual(document.state, "ignored")
        # As if it had never come: the receipt expects everything.
        self.assertEqual(
            self.prepared(self.order), {"123002": 1, "123001": 2, "123003": 3}
        )
        document.with_user(self.buyer).action_apply_again()
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(self.prepared(self.order)["123003"], 2)

    def test_ignored_invoice(self):
        document = self.receive(
            self.deal, "INVOICE", invoice("PTEST1", "R1", AS_ORDERED)
        )
        document.action_ignore()
        self.assertFalse(self.order.invoice_ids)
        self.deal._apply_documents(force=True)
        self.assertFalse(self.order.invoice_ids)

    def test_a_posted_bill_stays(self):
        document = self.receive(
            self.deal, "INVOICE", invoice("PTEST1", "R1", AS_ORDERED)
        )
        bill = document.move_ids
        bill.action_post()
        document.action_ignore()
        self.assertEqual(bill.state, "posted")
        self.assertEqual(self.order.invoice_ids, bill)

    def test_link_undone_and_assigned_by_hand(self):
        other = self.make_order(name="POTHER")
        document = self.receive(
            self.deal, "INVOICE", invoice("PTEST1", "R1", AS_ORDERED)
        )
        document.with_user(self.buyer).action_unlink_orders()
        self.assertEqual(document.state, "waiting")
        self.assertFalse(document.order_ids)
        self.assertFalse(self.order.invoice_ids)
        self.env["itscope.document"]._assign_waiting()
        self.assertFalse(document.order_ids, "a person took it away")
        wizard = (
            self.env["itscope.document.assign"]
            .with_user(self.buyer)
            .with_context(active_ids=document.ids)
            .create({"order_ids": other.ids})
        )
        wizard.action_assign()
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(document.order_ids, other)
        self.assertEqual(other.invoice_ids, document.move_ids)
        self.assertFalse(self.order.invoice_ids)

    def test_content_for_people(self):
        content = (
            dispatch("PTEST1", "1", [("123003", 2.0, ("<script>S1</script>",))])
            .replace("<script>", "&lt;script&gt;")
            .replace("</script>", "&lt;/script&gt;")
        )
        document = self.receive(self.deal, "DISPATCHNOTIFICATION", content)
        html = document.content_text
        self.assertIn("Nordpaket", html)
        self.assertIn("123003", html)
        self.assertIn("&lt;script&gt;S1", html)
        self.assertNotIn("<script>", html)

    def test_unprocessed_are_counted(self):
        self.receive(
            self.deal, "INVOICE", invoice("PTEST1", "R1", AS_ORDERED, offset=5.0), "A"
        )
        self.receive(
            self.deal,
            "DISPATCHNOTIFICATION",
            dispatch("PTEST1", "1", [("123003", 2.0, ())]),
            "B",
        )
        self.order.invalidate_recordset()
        self.assertEqual(self.order.itscope_document_count, 2)
        self.assertEqual(self.order.itscope_open_document_count, 1)
