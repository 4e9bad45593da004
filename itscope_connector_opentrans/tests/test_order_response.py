"""Confirmed quantities, prices and dates."""

from datetime import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ARTICLES, OpentransCase, needs_examples
from .documents import response

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]


@tagged("post_install", "-at_install")
class TestOrderResponse(OpentransCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)

    def apply(self, lines, **values):
        transaction = values.pop("transaction", "T1")
        content = response(values.pop("number", "PTEST1"), lines, **values)
        return self.receive(self.deal, "ORDERRESPONSE", content, transaction)

    def test_as_ordered(self):
        document = self.apply(AS_ORDERED, supplier_order="4711")
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(self.order.partner_ref, "4711")
        for line in self.order.order_line:
            self.assertEqual(line.itscope_confirmed_quantity, line.product_qty)
            self.assertEqual(
                line.date_planned.date(), fields.Date.to_date("2026-02-03")
            )
            self.assertEqual(
                line.move_ids.date_deadline.date(), fields.Date.to_date("2026-02-03")
            )
            self.assertFalse(line.itscope_deviates)
        self.assertFalse(document.activity_ids)

    def test_price_within_tolerance(self):
        lines = [(s, q, p * 1.05 if s == "123001" else p) for s, q, p in AS_ORDERED]
        document = self.apply(lines)
        self.assertEqual(document.state, "applied", document.messages)
        self.assertAlmostEqual(self.line(self.order, "123001").price_unit, 98.7)

    def test_price_beyond_tolerance(self):
        lines = [(s, q, p * 2 if s == "123001" else p) for s, q, p in AS_ORDERED]
        document = self.apply(lines)
        line = self.line(self.order, "123001")
        self.assertEqual(document.state, "attention")
        self.assertIn("188", document.messages)
        self.assertEqual(line.price_unit, 94.0)
        self.assertEqual(line.itscope_confirmed_price, 188.0)
        self.assertTrue(line.itscope_deviates)
        self.assertEqual(document.activity_ids.user_id, self.buyer)
        document.with_user(self.buyer).action_accept()
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(line.price_unit, 188.0)
        self.assertFalse(document.activity_ids)

    def test_quantity_differs(self):
        lines = [(s, 1.0 if s == "123003" else q, p) for s, q, p in AS_ORDERED]
        document = self.apply(lines)
        line = self.line(self.order, "123003")
        self.assertEqual(document.state, "attention")
        self.assertIn("ordered 3, confirmed 1", document.messages)
        self.assertEqual(line.product_qty, 3)
        document.action_accept()
        self.assertEqual(line.product_qty, 1)
        self.assertEqual(document.state, "applied", document.messages)

    def test_missing_and_split_lines(self):
        document = self.apply(
            [AS_ORDERED[0], ("123003", 1.0, 217.0), ("123003", 2.0, 217.0)]
        )
        # Normal in this trade: worth knowing, nothing to do.
        self.assertEqual(document.state, "applied", document.messages)
        self.assertIn("Not confirmed yet", document.messages)
        self.assertIn("in 2 parts", document.messages)
        self.assertEqual(self.line(self.order, "123003").itscope_confirmed_quantity, 3)
        rest = self.apply(
            [AS_ORDERED[1]], transaction="T2", moment=datetime(2026, 1, 6)
        )
        self.assertEqual(rest.state, "applied", rest.messages)

    def test_unknown_line_is_reported(self):
        document = self.apply([*AS_ORDERED, ("999", 1.0, 5.0)])
        self.assertEqual(document.state, "attention")
        self.assertIn("999", document.messages)

    def test_newest_by_its_own_date(self):
        self.apply(AS_ORDERED, moment=datetime(2026, 1, 9), delivery="2026-03-09")
        self.apply(
            AS_ORDERED,
            moment=datetime(2026, 1, 7),
            delivery="2026-03-07",
            transaction="T0",
        )
        self.assertEqual(
            {str(line.itscope_confirmed_date) for line in self.order.order_line},
            {"2026-03-09"},
        )

    def test_new_version_of_a_transaction(self):
        first = self.apply(AS_ORDERED, delivery="2026-03-07")
        second = self.apply(
            AS_ORDERED, delivery="2026-03-09", moment=datetime(2026, 1, 9)
        )
        self.assertNotEqual(first, second)
        self.assertEqual((first.state, second.state), ("replaced", "applied"))

    def test_repetition_is_one_document(self):
        first = self.apply(AS_ORDERED)
        self.assertEqual(self.apply(AS_ORDERED), first)

    def test_other_numbers(self):
        """ITscope's number, or one that nobody knows: it came with this order."""
        for number in ("SIM0001-260101-0900", "WHATEVER"):
            document = self.apply(AS_ORDERED, number=number, transaction=number)
            self.assertEqual(document.state, "applied", document.messages)

    def test_reference_by_hand_stays(self):
        self.order.partner_ref = "my own"
        self.apply(AS_ORDERED, supplier_order="4711")
        self.assertEqual(self.order.partner_ref, "my own")

    def test_unreadable(self):
        for number, content in enumerate((b"<html>", b"", b"\xff\xfe\x00", b"<A/>")):
            document = self.receive(
                self.deal, "ORDERRESPONSE", content or b" ", f"BAD{number}"
            )
            self.assertEqual(document.state, "failed")
            self.assertTrue(document.messages)
            self.assertEqual(len(document.activity_ids), 1)
            document.action_apply_again()
            self.assertEqual(document.state, "failed")
            self.assertEqual(len(document.activity_ids), 1)

    def test_settled_stays_settled(self):
        document = self.apply([*AS_ORDERED, ("999", 1.0, 5.0)])
        self.assertEqual(document.state, "attention")
        document.with_user(self.buyer).action_settle()
        self.assertEqual(document.state, "applied")
        document.action_apply_again()
        self.assertEqual(document.state, "applied")
        # Something else than what was settled asks again.
        self.line(self.order, "123001").product_qty = 7
        document.action_apply_again()
        self.assertEqual(document.state, "attention")

    def test_accepting_needs_the_right_to_change_orders(self):
        document = self.apply(AS_ORDERED[:2])
        user = new_test_user(
            self.env, "only-itscope", groups="itscope_connector.group_user"
        )
        with self.assertRaises(AccessError):
            document.with_user(user).action_accept()

    @needs_examples
    def test_original_example(self):
        order = self.make_order(name="GWAHJV-160131-1470")
        deal = self.sent_deal(order, order_id="GWAHJV-160131-1470")
        document = self.receive(deal, "ORDERRESPONSE", self.example("ORDERRESPONSE"))
        # Its prices are a hundred times the invoice's: not taken over by themselves.
        self.assertEqual(document.state, "attention")
        self.assertEqual(
            [
                (line.price_unit, line.itscope_confirmed_price)
                for line in order.order_line
            ],
            [(562.0, 103571.0), (94.0, 364413.0), (217.0, 574419.0)],
        )
        self.assertEqual(order.partner_ref, "GWAHJV-160131-1470")
        self.assertEqual(
            {str(line.date_planned.date()) for line in order.order_line}, {"2018-06-27"}
        )
        document.action_accept()
        self.assertEqual(order.order_line[0].price_unit, 103571.0)
