"""Which orders a document is about, and what a person may change about that."""

from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ARTICLES, OpentransCase
from .documents import dispatch, invoice, response

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

    def test_given_to_another_order_from_the_list(self):
        """What it did to the first one goes; what was sent stays where it is."""
        other = self.make_order(name="POTHER")
        document = self.receive(
            self.deal, "INVOICE", invoice("PTEST1", "R1", AS_ORDERED), "A"
        )
        ignored = self.receive(
            self.deal, "INVOICE", invoice("PTEST1", "R2", AS_ORDERED), "B"
        )
        ignored.action_ignore()
        sent = self.env["itscope.document"]._store_order(self.deal, b"<ORDER/>")
        sent.state = "sent"
        bill = document.move_ids
        self.assign(document | ignored | sent, other)
        self.assertFalse(bill.exists())
        self.assertFalse(self.order.invoice_ids)
        self.assertEqual((document | ignored).order_ids, other)
        self.assertEqual(other.invoice_ids, (document | ignored).move_ids)
        self.assertEqual(document.state, "applied", document.messages)
        self.assertNotEqual(ignored.state, "ignored")
        self.assertEqual((sent.order_ids, sent.state), (self.order, "sent"))
        with self.assertRaisesRegex(UserError, "were sent"):
            self.assign(sent, other)

    def assign(self, documents, order):
        wizard = (
            self.env["itscope.document.assign"]
            .with_user(self.buyer)
            .with_context(active_ids=documents.ids)
            .create({"order_ids": order.ids})
        )
        wizard.action_assign()

    def test_nothing_is_taken_back_of_an_order_in_work(self):
        document = self.receive(
            self.deal, "INVOICE", invoice("PTEST1", "R1", AS_ORDERED)
        )
        bill = document.move_ids
        other = self.make_order(name="POTHER")
        Order = type(self.order)
        nothing = self.order.browse()
        busy = patch.object(Order, "try_lock_for_update", return_value=nothing)
        for action in (
            document.action_ignore,
            document.action_unlink_orders,
            lambda: self.assign(document, other),
        ):
            with busy, self.assertRaisesRegex(UserError, "Try again"):
                action()
            self.assertEqual(document.state, "applied")
            self.assertEqual(document.order_ids, self.order)
            self.assertEqual(self.order.invoice_ids, bill)

    def test_documents_of_a_replaced_order_at_itscope(self):
        """Nothing is made of them, and they say so instead of waiting for ever."""
        self.deal.replaced = True
        self.deal.flush_recordset()
        self.sent_deal(self.order, order_id="SIM9")
        late = self.receive(
            self.deal, "INVOICE", invoice("PTEST1", "R1", AS_ORDERED), "A"
        )
        answer = self.receive(
            self.deal, "ORDERRESPONSE", response("PTEST1", AS_ORDERED), "B"
        )
        self.assertFalse(self.order.invoice_ids)
        self.assertEqual((late.state, answer.state), ("attention", "applied"))
        for document in late | answer:
            self.assertIn(self.deal.order_id, document.messages)
            self.assertIn("SIM9", document.messages)
        self.assertFalse(any(self.order.order_line.mapped("itscope_confirmed")))
        self.env["purchase.order"]._cron_itscope_apply_documents()
        self.assertEqual(late.state, "attention")

    def test_two_orders_for_one_customers_order(self):
        """The customer's number is said of both: it tells nothing."""
        self.order.itscope_customer_reference = "S00012"
        other = self.make_order(name="POTHER", itscope_customer_reference="S00012")
        self.sent_deal(other, order_id="SIM9")
        lines = [("123002", 1.0, ()), ("123003", 2.0, (), "POTHER")]
        content = dispatch("PTEST1", "1", lines).replace(
            "</ORDER_REFERENCE>",
            "</ORDER_REFERENCE><CUSTOMER_ORDER_REFERENCE><ORDER_ID>S00012</ORDER_ID>"
            "</CUSTOMER_ORDER_REFERENCE>",
        )
        document = self.receive(self.deal, "DISPATCHNOTIFICATION", content)
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(
            self.prepared(self.order), {"123002": 1, "123001": 0, "123003": 0}
        )
        self.assertEqual(self.prepared(other), {"123002": 0, "123001": 0, "123003": 2})

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
