"""Side by side: what waits for the buyer, and what the buyer does about it."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ARTICLES, OpentransCase
from .documents import response

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]


def changed(sku, quantity=None, price=None):
    """The order's lines with one confirmed differently."""
    return [
        (s, q if quantity is None else quantity, p if price is None else price)
        if s == sku
        else (s, q, p)
        for s, q, p in AS_ORDERED
    ]


@tagged("post_install", "-at_install")
class TestConfirmation(OpentransCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)

    def apply(self, lines, transaction="T1", **values):
        content = response("PTEST1", lines, **values)
        return self.receive(self.deal, "ORDERRESPONSE", content, transaction)

    def test_a_late_date_waits(self):
        planned = self.order.order_line[0].date_planned.date()
        late = planned + timedelta(days=self.account.date_tolerance + 1)
        document = self.apply(AS_ORDERED, delivery=str(late))
        line = self.order.order_line[0]
        self.assertEqual(document.state, "attention")
        self.assertEqual(line.itscope_confirmation, "deviates")
        self.assertEqual(line.itscope_confirmed_date, late)
        self.assertEqual(line.date_planned.date(), planned)
        line.with_user(self.buyer).action_itscope_accept()
        self.assertEqual(line.date_planned.date(), late)
        self.assertEqual(line.itscope_confirmation, "accepted")
        # The other lines still wait.
        self.assertEqual(document.state, "attention")
        self.order.with_user(self.buyer).action_itscope_accept()
        self.assertEqual(document.state, "applied", document.messages)

    def test_a_date_within_the_tolerance(self):
        planned = self.order.order_line[0].date_planned.date()
        later = planned + timedelta(days=self.account.date_tolerance)
        document = self.apply(AS_ORDERED, delivery=str(later))
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(self.order.order_line[0].date_planned.date(), later)

    def test_accepting_one_document_leaves_the_others(self):
        first = self.apply([("123001", 2.0, 300.0)])
        second = self.apply([("123002", 1.0, 900.0)], "T2", moment=datetime(2026, 1, 8))
        second.with_user(self.buyer).action_accept()
        self.assertEqual((first.state, second.state), ("attention", "applied"))
        self.assertEqual(self.line(self.order, "123002").price_unit, 900.0)
        self.assertEqual(self.line(self.order, "123001").price_unit, 94.0)

    def test_a_superseded_response_accepts_nothing(self):
        first = self.apply(changed("123001", price=300.0))
        first.messages = "still open"
        second = self.apply(
            changed("123001", price=400.0), "T2", moment=datetime(2026, 1, 8)
        )
        first.with_user(self.buyer).action_accept()
        self.assertEqual(second.state, "attention")
        self.assertEqual(self.line(self.order, "123001").price_unit, 94.0)

    def test_accepted_anew_after_it_was_sent_again(self):
        self.apply(changed("123001", quantity=1.0)).action_accept()
        line = self.line(self.order, "123001")
        self.assertEqual(line.product_qty, 1)
        self.deal.replaced = True
        self.deal.flush_recordset()
        line.product_qty = 2
        self.deal = self.sent_deal(self.order, order_id="SIM2")
        document = self.apply(changed("123001", quantity=1.0), "T2")
        self.assertEqual(line.itscope_confirmation, "deviates")
        self.assertEqual(document.state, "attention")

    def test_tolerances_are_read_once(self):
        """Not for every line."""
        Order = type(self.order)
        read = Order._itscope_policy
        with patch.object(Order, "_itscope_policy", autospec=True) as policy:
            policy.side_effect = read
            self.apply(AS_ORDERED)
        policy.assert_called_once()

    def test_other_values_ask_again(self):
        self.apply(changed("123001", price=300.0)).action_accept()
        line = self.line(self.order, "123001")
        self.assertEqual(line.price_unit, 300.0)
        newer = self.apply(
            changed("123001", price=400.0), "T2", moment=datetime(2026, 1, 8)
        )
        self.assertEqual(newer.state, "attention")
        self.assertEqual(line.itscope_confirmation, "deviates")

    def test_own_price_stays(self):
        line = self.line(self.order, "123001")
        line.price_unit = 90.0
        document = self.apply(changed("123001", price=95.0))
        self.assertEqual(line.price_unit, 90.0)
        self.assertIn("changed by hand", document.messages)
        document.action_apply_again()
        self.assertEqual(line.price_unit, 90.0)

    def test_cancelled_line(self):
        document = self.apply(changed("123003", quantity=0.0))
        line = self.line(self.order, "123003")
        self.assertEqual(line.itscope_confirmation, "cancelled")
        self.assertIn("cancelled by the supplier", document.messages)
        line.with_user(self.buyer).action_itscope_accept()
        self.assertEqual(line.product_qty, 0)
        self.assertEqual(document.state, "applied", document.messages)

    def test_foreign_currency(self):
        document = self.apply(changed("123001", price=95.0), currency="USD")
        self.assertEqual(document.state, "attention")
        self.assertIn("USD", document.messages)
        self.assertEqual(self.line(self.order, "123001").price_unit, 94.0)

    def test_ask(self):
        self.apply(changed("123003", quantity=1.0))
        order = self.order.with_user(self.buyer)
        action = order.action_itscope_ask()
        composer = Form(
            self.env["mail.compose.message"].with_context(**action["context"])
        ).save()
        self.assertIn("confirmed 1 at 217", composer.body)
        composer.action_send_mail()
        message = self.order.message_ids[0]
        self.assertIn(self.test_vendor, message.partner_ids)
        self.assertIn("ordered 3", message.body)

    # ------------------------------------------------------------------ elsewhere

    def other_offer(self, name, price, stock=10, **values):
        vendor = self.env["res.partner"].create({"name": name, "is_company": True})
        supplier = self.env["itscope.supplier"].create(
            {
                "itscope_id": values.pop("itscope_id"),
                "name": name,
                "partner_id": vendor.id,
            }
        )
        product = self.products["123003"]
        link = product.itscope_link_ids or self.env["itscope.product"].create(
            {
                "company_id": self.company.id,
                "puid": "4711000",
                "product_id": product.id,
            }
        )
        return self.env["itscope.offer"].create(
            {
                "link_id": link.id,
                "offer_id": name,
                "supplier_id": supplier.id,
                "supplier_sku": f"SKU-{name}",
                "is_new": True,
                "condition": "1",
                "currency_id": self.currency.id,
                "price": price,
                "company_price": price,
                "has_price": True,
                "stock": stock,
                "match_quality": 100,
                **values,
            }
        )

    def test_the_rest_elsewhere(self):
        self.other_offer("Cheap", 200.0, stock=0, itscope_id="1")
        best = self.other_offer("Best", 210.0, itscope_id="2")
        self.other_offer("Dear", 230.0, itscope_id="3")
        self.other_offer("Used", 100.0, itscope_id="4", is_new=False)
        document = self.apply(changed("123003", quantity=1.0))
        line = self.line(self.order, "123003")
        action = line.with_user(self.buyer).action_itscope_elsewhere()
        order = self.env["purchase.order"].browse(action["res_id"])
        self.assertEqual(order.partner_id, best.supplier_id.partner_id)
        self.assertEqual(order.order_line.product_qty, 2)
        self.assertEqual(order.order_line.itscope_offer_id, best)
        self.assertEqual(order.order_line.price_unit, 210.0)
        self.assertEqual(order.origin, self.order.name)
        self.assertEqual(line.product_qty, 1)
        self.assertEqual(document.state, "applied", document.messages)

    def test_no_rest_and_nobody_else(self):
        self.apply(AS_ORDERED)
        line = self.line(self.order, "123003")
        with self.assertRaises(UserError) as caught:
            line.action_itscope_elsewhere()
        self.assertIn("no rest", str(caught.exception))
        self.apply(changed("123003", quantity=1.0), "T2", moment=datetime(2026, 1, 8))
        with self.assertRaises(UserError) as caught:
            line.action_itscope_elsewhere()
        self.assertIn("no other mapped supplier", str(caught.exception))

    def test_without_any_document_the_order_is_as_sent(self):
        planned = self.order.order_line[0].date_planned
        document = self.apply(changed("123001", price=95.0), supplier_order="4711")
        line = self.line(self.order, "123001")
        self.assertEqual(line.price_unit, 95.0)
        document.action_ignore()
        self.assertEqual(document.state, "ignored")
        self.assertEqual(line.price_unit, 94.0)
        self.assertFalse(line.itscope_confirmation)
        self.assertEqual(self.order.order_line[0].date_planned.date(), planned.date())
        document.action_apply_again()
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(line.price_unit, 95.0)
