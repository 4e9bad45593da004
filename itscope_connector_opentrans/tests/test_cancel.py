"""What was sent can't be taken back here."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OpentransCase


@tagged("post_install", "-at_install")
class TestCancel(OpentransCase):
    def test_sent_order_is_not_cancelled(self):
        order = self.make_order()
        deal = self.sent_deal(order)
        with self.assertRaises(UserError) as caught:
            order.button_cancel()
        self.assertIn("no recall", str(caught.exception))
        deal.status = "CANCELLED"
        order.button_cancel()
        self.assertEqual(order.state, "cancel")

    def test_cancelled_by_phone(self):
        order = self.make_order()
        self.sent_deal(order).action_cancelled_by_phone()
        order.button_cancel()
        self.assertEqual(order.state, "cancel")

    def test_waiting_order_is_withdrawn(self):
        order = self.make_order()
        deal = order._itscope_queue()
        order.button_cancel()
        self.assertEqual(deal.send_state, "withdrawn")

    def test_change_after_sending_shows(self):
        order = self.make_order()
        self.sent_deal(order)
        self.assertFalse(order.itscope_changed)
        self.line(order, "123003").product_qty = 5
        self.assertTrue(order.itscope_changed)
