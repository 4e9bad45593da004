"""Orders above the account's limits wait until somebody has approved them."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OpentransSimulatorCase


@tagged("post_install", "-at_install")
class TestApproval(OpentransSimulatorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(
            cls.env,
            "itscope-boss",
            groups="itscope_connector.group_manager,purchase.group_purchase_manager",
        )
        cls.account.responsible_id = cls.boss

    def reasons(self, order):
        check = self.env["itscope.order.check"]
        return [p.text for p in check._problems(order) if p.code == "approval"]

    def test_order_total(self):
        order = self.make_order()
        self.account.order_limit = 1401
        self.assertFalse(self.reasons(order))
        self.account.order_limit = 1400
        self.assertEqual(len(self.reasons(order)), 1)

    def test_total_in_another_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "currency_id": dollar.id,
                "rate": 2.0,
                "company_id": self.company.id,
            }
        )
        order = self.make_order(currency_id=dollar.id)
        self.account.order_limit = 701
        self.assertFalse(self.reasons(order))
        self.account.order_limit = 700
        self.assertTrue(self.reasons(order))

    def test_price_and_quantity(self):
        self.account.deviation_limit = 10
        self.account.quantity_limit = 3
        order = self.make_order()
        self.assertFalse(self.reasons(order))
        self.line(order, "123001").price_unit = 103.4
        self.assertFalse(self.reasons(order))
        self.line(order, "123001").price_unit = 104
        self.line(order, "123003").product_qty = 4
        price, quantity = self.reasons(order)
        self.assertIn("10.6 %", price)
        self.assertIn("4 are more than 3", quantity)

    def test_waits_approved_sent(self):
        self.account.order_limit = 100
        order = self.make_order().with_user(self.buyer)
        page = self.env["itscope.send"].browse(order.action_itscope_send()["res_id"])
        self.assertEqual(order.itscope_approval, "waiting")
        self.assertEqual(order.sudo().activity_ids.user_id, self.boss)
        page.action_send()
        self.assertFalse(order.itscope_deal_id)
        with self.assertRaises(AccessError):
            order.action_itscope_approve()
        with self.assertRaises(AccessError):
            order.itscope_approved_content = order._itscope_content_digest()
        order.with_user(self.boss).action_itscope_approve()
        self.assertEqual(order.itscope_approval, "approved")
        self.assertEqual(order.itscope_approved_by_id, self.boss)
        self.assertFalse(order.sudo().activity_ids)
        order.action_itscope_send()
        self.assertEqual(order.itscope_send_state, "sent")

    def test_change_makes_it_void(self):
        self.account.order_limit = 100
        order = self.make_order(confirm=False)
        order.action_itscope_send()
        for change in (
            lambda: setattr(order.order_line[0], "product_qty", 2),
            lambda: setattr(order.order_line[0], "price_unit", 9),
            lambda: setattr(order, "itscope_remarks", "more"),
            lambda: order.order_line[0].unlink(),
        ):
            order.with_user(self.boss).action_itscope_approve()
            self.assertFalse(self.reasons(order))
            change()
            self.assertEqual(order.itscope_approval, "waiting")
            self.assertTrue(self.reasons(order))

    def test_changed_after_queueing(self):
        """The outbox looks once more before anything leaves."""
        self.account.order_limit = 100
        order = self.make_order()
        order.action_itscope_send()
        order.with_user(self.boss).action_itscope_approve()
        deal = order._itscope_queue()
        order.order_line[0].product_qty = 50
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "withdrawn")
        self.assertFalse(self.at_itscope(order))

    def test_what_does_not_wait(self):
        with self.assertRaises(UserError):
            self.make_order().action_itscope_approve()
