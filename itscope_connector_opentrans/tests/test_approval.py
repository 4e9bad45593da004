"""Orders above the account's limits wait until somebody has approved them."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

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
        self.assertEqual(order.sudo().activity_ids.user_id, self.buyer)
        order.action_itscope_send()
        self.assertEqual(order.itscope_send_state, "sent")

    def test_change_makes_it_void(self):
        self.account.order_limit = 100
        order = self.make_order(confirm=False)
        offer = self.link("123002", supplier_sku="another")
        # What the line's offer asks for is computed first.
        self.env.flush_all()
        parameter = self.env["itscope.line.parameter"].create(
            {"line_id": order.order_line[1].id, "name": "contract", "value": "old"}
        )
        order.action_itscope_send()
        for change in (
            lambda: setattr(order.order_line[0], "product_qty", 2),
            lambda: setattr(order.order_line[0], "price_unit", 9),
            lambda: setattr(order, "itscope_remarks", "more"),
            lambda: setattr(order, "itscope_customer_reference", "K-1"),
            lambda: setattr(order, "dest_address_id", self.customer()),
            lambda: setattr(order.dest_address_id, "street", "Elsewhere 1"),
            lambda: setattr(order.order_line[0], "itscope_offer_id", offer),
            lambda: setattr(order.order_line[0], "tax_ids", False),
            lambda: setattr(order, "itscope_delivery_date_type", "fixed"),
            lambda: setattr(order.order_line[0], "date_planned", "2099-01-01"),
            lambda: setattr(
                order.order_line[0], "itscope_project_supplier_number", "S-1"
            ),
            lambda: setattr(order.order_line[0], "itscope_project_customer", "Kunde"),
            lambda: parameter.write({"value": "new"}),
            lambda: order.order_line[0].unlink(),
        ):
            order.with_user(self.boss).action_itscope_approve()
            self.assertFalse(self.reasons(order))
            change()
            self.assertEqual(order.itscope_approval, "waiting")
            self.assertTrue(self.reasons(order))

    def customer(self):
        return self.company.partner_id.copy({"name": "Kunde GmbH"})

    def test_approved_order_in_a_form(self):
        """An approved order can be edited, and the form shows what becomes of it."""
        self.account.order_limit = 100
        order = self.make_order(confirm=False)
        order.action_itscope_send()
        order.with_user(self.boss).action_itscope_approve()
        with Form(order) as form:
            form.partner_ref = "nothing that counts"
            self.assertEqual(form.itscope_approval, "approved")
            with form.order_line.edit(0) as line:
                line.product_qty = 5
            self.assertEqual(form.itscope_approval, "waiting")

    def test_below_the_limit_after_all(self):
        """Nobody waits any more, and the administrator has nothing to do."""
        self.account.order_limit = 100
        order = self.make_order()
        order.action_itscope_send()
        self.assertEqual(order.itscope_approval, "waiting")
        self.account.order_limit = 0
        order.action_itscope_send()
        self.assertEqual(order.itscope_approval, "none")
        self.assertFalse(order.activity_ids.filtered(lambda a: a.user_id == self.boss))

    def test_buyer_is_told(self):
        self.account.order_limit = 100
        order = self.make_order()
        order.action_itscope_send()
        order.with_user(self.boss).action_itscope_approve()
        self.assertEqual(order.activity_ids.user_id, self.buyer)
        order.action_itscope_send()
        self.assertEqual(order.itscope_send_state, "sent")
        self.assertFalse(order.activity_ids)

    def test_leaves_by_itself_when_approved(self):
        """Confirmed orders are sent by themselves: also those that had to wait."""
        self.account.order_limit = 100
        self.test_supplier.send_on_confirmation = True
        order = self.make_order()
        self.assertFalse(order.itscope_deal_id)
        order.with_user(self.boss).action_itscope_approve()
        self.assertEqual(order.itscope_send_state, "to_send")
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(order.itscope_send_state, "sent")
        self.assertFalse(order.activity_ids)

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
