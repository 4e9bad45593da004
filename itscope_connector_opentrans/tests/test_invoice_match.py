"""Order, receipt and bill side by side; and what keeps bills from being two."""

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ARTICLES, OpentransCase
from .documents import invoice

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]


@tagged("post_install", "-at_install")
class TestInvoiceMatch(OpentransCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)

    def apply(self, lines=AS_ORDERED, number="R1", **values):
        content = invoice("PTEST1", number, lines, **values)
        return self.receive(self.deal, "INVOICE", content, number)

    def match(self, bill):
        bill.invalidate_recordset()
        bill.invoice_line_ids.invalidate_recordset()
        return bill.itscope_match, [
            line.itscope_match for line in bill.invoice_line_ids
        ]

    def test_as_ordered(self):
        bill = self.apply(charges=[("freight", 5.0)]).move_ids
        self.assertEqual(
            self.match(bill), ("match", ["match", "match", "match", False])
        )
        self.assertFalse(bill.itscope_match_text)

    def test_goods_arrive_later(self):
        self.products["123003"].purchase_method = "receive"
        bill = self.apply().move_ids
        self.assertEqual(self.match(bill), ("wait", ["match", "match", "wait"]))
        self.assertIn("billed 3, received 0", bill.itscope_match_text)
        picking = self.order.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(self.match(bill)[0], "match")

    def test_other_price_and_quantity(self):
        lines = [("123002", 1.0, 570.0), ("123001", 5.0, 94.0), AS_ORDERED[2]]
        bill = self.apply(lines).move_ids
        self.assertEqual(
            self.match(bill), ("deviates", ["deviates", "deviates", "match"])
        )
        self.assertIn("billed 5, ordered 2", bill.itscope_match_text)
        self.assertIn("570.00", bill.itscope_match_text)
        self.assertIn("562.00", bill.itscope_match_text)

    def test_two_bills_are_too_many(self):
        first = self.apply().move_ids
        second = self.apply(AS_ORDERED[:1], "R2").move_ids
        self.assertEqual(self.match(second)[0], "deviates")
        self.assertEqual(self.match(first)[0], "deviates")
        second.button_cancel()
        self.assertEqual(self.match(first)[0], "match")

    def test_credit_note(self):
        self.apply()
        refund = self.apply(AS_ORDERED[:1], "G1", credit=True).move_ids
        self.assertEqual(self.match(refund)[0], "match")
        again = self.apply(AS_ORDERED[:1], "G2", credit=True).move_ids
        self.assertEqual(self.match(again)[0], "deviates")

    def test_accountant_sees_it(self):
        bill = self.apply([("123002", 1.0, 570.0)]).move_ids
        accountant = new_test_user(
            self.env, "itscope-accountant", groups="account.group_account_invoice"
        )
        seen = bill.with_user(accountant)
        self.assertEqual(seen.itscope_match, "deviates")
        self.assertIn("570.00", seen.itscope_match_text)

    # ------------------------------------------------------------------ twice

    def test_another_worker_made_it(self):
        """It is not to be seen yet: this one's turn comes again."""
        bill = self.apply().move_ids
        bill.flush_recordset()
        hidden = type(self.env["itscope.apply.invoice"])
        self.patch(hidden, "_find_bill", lambda *_args: self.env["account.move"])
        content = invoice("PTEST1", "r1", AS_ORDERED)
        self.env["itscope.document"]._store(
            self.deal, "INVOICE", "T2", content.encode()
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self.deal._apply_documents()

    def test_key_holds_while_the_bill_lives(self):
        bill = self.apply().move_ids
        key = bill.itscope_invoice_key
        self.assertTrue(key)
        values = {
            "move_type": "in_invoice",
            "partner_id": self.test_vendor.id,
            "itscope_invoice_key": key,
            "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1.0})],
        }
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["account.move"].create(values)
        bill.button_cancel()
        bill.flush_recordset()
        self.assertTrue(self.env["account.move"].create(values))

    def test_reference_changed_by_hand(self):
        first = self.apply()
        first.move_ids.ref = "R1/corrected"
        again = self.apply(number="R1", moment=None, offset=0.01)
        self.assertEqual(again.move_ids, first.move_ids)
        self.assertEqual(len(self.order.invoice_ids), 1)

    # ------------------------------------------------------------------ taken back

    def test_deleted_draft_comes_again(self):
        document = self.apply()
        document.move_ids.unlink()
        document.action_apply_again()
        self.assertEqual(len(self.order.invoice_ids), 1)

    def test_ignored_stays_away(self):
        document = self.apply()
        document.action_ignore()
        self.assertFalse(self.order.invoice_ids)
        self.order._itscope_apply_documents(force=True)
        self.assertFalse(self.order.invoice_ids)
        self.assertEqual(document.state, "ignored")
