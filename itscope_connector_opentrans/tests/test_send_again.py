"""Lost, refused and ended orders: found where ITscope keeps them, sent again once."""

from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.itscope_connector.itscope_api import Deal, InvalidRequestError

from .common import ARTICLES, OpentransSimulatorCase
from .documents import response

LOGGERS = (
    "odoo.addons.itscope_connector.itscope_api.transport",
    "odoo.addons.itscope_connector_opentrans.models.itscope_deal_outbox",
    "urllib3.connectionpool",
)


@tagged("post_install", "-at_install")
class TestSendAgain(OpentransSimulatorCase):
    def again(self, order):
        """Send an order that ended, with the warning confirmed."""
        page = self.env["itscope.send"].browse(order.action_itscope_send()["res_id"])
        self.assertEqual(page.line_ids.mapped("code"), ["again"])
        page.action_send()

    # ------------------------------------------------------------------ lost

    @mute_logger(*LOGGERS)
    def test_number_kept_as_the_customers(self):
        """Our number is found where ITscope's older way keeps it."""
        self.control("settings", number_kept="customer")
        order = self.make_order()
        self.fault("drop_after")
        order.action_itscope_send()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "unknown")
        deal.action_look_up()
        self.assertEqual(deal.send_state, "sent")
        self.assertEqual(deal.order_id, self.at_itscope(order)[0]["order_id"])

    @mute_logger(*LOGGERS)
    def test_number_kept_as_the_customers_found_by_news(self):
        self.control("settings", number_kept="customer")
        order = self.make_order()
        self.fault("drop_after")
        order.action_itscope_send()
        Deal = self.env["itscope.deal"]
        before = Deal.search_count([])
        Deal._cron_fetch_news()
        self.assertEqual(order.itscope_send_state, "sent")
        self.assertEqual(Deal.search_count([]), before)

    def test_customers_number_of_another_supplier(self):
        """The same number by chance is no answer."""
        order = self.make_order()
        deal = order._itscope_queue()
        deal.write({"send_state": "unknown", "attempts": 1})
        for supplier, ours in (("10009999", deal.browse()), ("10000735", deal)):
            record = Deal("X-1", customer_order_id=order.name, supplier_id=supplier)
            candidates = deal._candidates(self.account, [record])
            self.assertEqual(candidates._find_for(record), ours)

    # ------------------------------------------------------------------ refused

    @mute_logger(*LOGGERS)
    def test_refused_and_there_all_the_same(self):
        """ITscope said no and lists it: it is ours, and is not sent once more."""
        order = self.make_order()
        deal = order._itscope_queue()
        with self.account._open_client() as client:
            record = client.send_order(self.env["itscope.order.builder"]._xml(order))
        deal.write({"send_state": "sending", "attempts": 1})
        deal._note_send_error(InvalidRequestError("no"), 1)
        self.assertEqual(deal.send_state, "rejected")
        order.action_itscope_send()
        self.assertEqual((deal.send_state, deal.order_id), ("sent", record.order_id))
        self.assertEqual(len(self.at_itscope(order)), 1)

    def test_refused_and_listed_by_news(self):
        """No row of its own, which would block the number for good."""
        order = self.make_order()
        deal = order._itscope_queue()
        deal.write({"send_state": "rejected", "attempts": 1})
        listed = Deal("X-1", order.name, status="REJECTED", supplier_id="10000735")
        self.env["itscope.deal"]._synchronise(self.account, [listed])
        self.assertEqual((deal.send_state, deal.order_id), ("rejected", "X-1"))
        self.assertFalse(
            self.env["itscope.deal"].search(
                [("own_order_id", "=", order.name), ("id", "!=", deal.id)]
            )
        )
        self.again(order)
        self.assertEqual(order.itscope_send_state, "sent")
        self.assertNotEqual(order.itscope_deal_id, deal)
        self.assertEqual(len(self.at_itscope(order)), 1)

    def test_refused_and_sent_as_news_say(self):
        order = self.make_order()
        deal = order._itscope_queue()
        deal.write({"send_state": "rejected", "attempts": 1})
        listed = Deal("X-1", order.name, status="SENT", supplier_id="10000735")
        self.env["itscope.deal"]._synchronise(self.account, [listed])
        self.assertEqual(deal.send_state, "sent")

    # ------------------------------------------------------------------ ended

    def test_ended_and_sent_again(self):
        order = self.make_order()
        order.action_itscope_send()
        first = order.itscope_deal_id
        with self.assertRaises(UserError):
            order.action_itscope_send()
        self.advance(first, "reject")
        order.action_itscope_fetch_news()
        order.order_line[0].product_qty = 7
        self.again(order)
        second = order.itscope_deal_id
        self.assertNotEqual(first, second)
        self.assertTrue(first.replaced)
        self.assertEqual(second.send_state, "sent")
        self.assertEqual(first.status, "REJECTED")
        orders = self.at_itscope(order)
        self.assertEqual(
            {row["order_id"] for row in orders}, {first.order_id, second.order_id}
        )
        self.assertFalse(order.itscope_changed)
        # News of the dead one change nothing.
        self.env["itscope.deal"]._cron_fetch_news()
        self.assertEqual(order.itscope_deal_id, second)
        with self.assertRaises(UserError):
            order.action_itscope_send()

    @mute_logger(*LOGGERS)
    def test_second_one_is_lost(self):
        """The known dead order is not taken for the lost new one."""
        order = self.make_order()
        order.action_itscope_send()
        first = order.itscope_deal_id
        self.advance(first, "cancel")
        order.action_itscope_fetch_news()
        self.fault("drop_before")
        self.again(order)
        second = order.itscope_deal_id
        self.assertEqual(second.send_state, "unknown")
        second.action_look_up()
        self.assertEqual(second.send_state, "unknown")
        for _look in range(3):
            second.left_date = fields.Datetime.now() - timedelta(hours=1)
            second.action_look_up()
        second.action_not_there()
        order.action_itscope_send()
        self.assertEqual(second.send_state, "sent")
        self.assertEqual(len(self.at_itscope(order)), 2)

    def place(self, order, **options):
        """The same order, placed on the platform by a person."""
        lines = [
            [sku, str(quantity), str(price)] for sku, quantity, price in ARTICLES[:1]
        ]
        return self.control("place", lines=lines, **options)["order_id"]

    def test_placed_there_with_our_number(self):
        """Looked for before the first attempt: whoever ordered by hand ordered."""
        for options in ({"number": "PTEST1"}, {"customer_order": "PTEST1"}):
            with self.subTest(options), closing(self.env.cr.savepoint()):
                self.control("reset")
                order = self.make_order()
                placed = self.place(order, **options)
                order.action_itscope_send()
                deal = order.itscope_deal_id
                self.assertEqual(deal.send_state, "withdrawn")
                self.assertIn(placed, deal.answer)
                self.assertFalse(deal.attempts)
                self.assertEqual(len(order.activity_ids), 1)
                self.assertEqual(len(self.observe("orders")), 1)
                # Once Odoo has it too, nothing is asked any more.
                self.env["itscope.deal"]._cron_fetch_news()
                codes = [
                    problem.code
                    for problem in self.env["itscope.order.check"]._problems(order)
                ]
                self.assertEqual(codes, ["number_used"])
                # The two are linked, and the withdrawn one is not in the way.
                other = self.env["itscope.deal"].search([("order_id", "=", placed)])
                other.action_create_purchase_order()
                self.assertFalse(other.order_problem)
                self.assertEqual(order.itscope_deal_id, other)
                with self.assertRaisesRegex(UserError, "no recall"):
                    order.action_itscope_send()
            self.env.invalidate_all()

    def test_placed_there_and_cancelled_since(self):
        order = self.make_order()
        placed = self.place(order, number=order.name)
        self.control("advance", order_id=placed, step="cancel")
        order.action_itscope_send()
        self.assertEqual(order.itscope_deal_id.send_state, "sent")
        self.assertNotEqual(order.itscope_deal_id.order_id, placed)

    def test_ended_one_is_alive_again(self):
        """Its goods may come: nothing is sent until a person has looked."""
        order = self.make_order()
        order.action_itscope_send()
        first = order.itscope_deal_id
        self.advance(first, "reject")
        order.action_itscope_fetch_news()
        order.activity_ids.unlink()
        self.advance(first, "accept")
        self.again(order)
        second = order.itscope_deal_id
        self.assertEqual(second.send_state, "withdrawn")
        self.assertIn(first.order_id, second.answer)
        self.assertEqual(len(self.at_itscope(order)), 1)
        # News tell it once, and the check knows.
        messages = len(order.message_ids)
        for _time in range(2):
            self.env["itscope.deal"]._cron_fetch_news()
        self.assertEqual(first.status, "ACCEPTED")
        self.assertEqual(len(order.message_ids), messages + 1)
        order.action_itscope_send()
        self.assertEqual(order.itscope_deal_id.send_state, "withdrawn")
        first.action_cancelled_by_phone()
        order.action_itscope_send()
        self.assertEqual(order.itscope_deal_id.send_state, "sent")
        self.assertEqual(len(self.at_itscope(order)), 2)

    def test_confirmed_again_leaves_again(self):
        """Cancelled before it left, and confirmed once more."""
        self.test_supplier.send_on_confirmation = True
        order = self.make_order()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "to_send")
        order.button_cancel()
        self.assertEqual(deal.send_state, "withdrawn")
        order.button_draft()
        order.button_confirm()
        self.assertEqual((order.itscope_deal_id, deal.send_state), (deal, "to_send"))

    def test_what_left_is_not_deleted(self):
        boss = new_test_user(self.env, "boss", groups="itscope_connector.group_manager")
        order = self.make_order()
        deal = order._itscope_queue().with_user(boss)
        deal.write({"send_state": "unknown", "attempts": 1})
        with self.assertRaisesRegex(UserError, "sent twice"):
            deal.unlink()
        deal.write({"send_state": "external", "attempts": 0, "order_id": "X-1"})
        with self.assertRaisesRegex(UserError, "sent twice"):
            deal.unlink()
        deal.write({"send_state": "to_send", "order_id": False})
        deal.unlink()

    def test_suppliers_text_is_no_html(self):
        order = self.make_order()
        deal = order._itscope_queue()
        deal._note_rejected("<b>No</b> <a href='https://example.com'>here</a>")
        self.assertIn("&lt;b&gt;No", order.activity_ids.note)
        self.assertNotIn("<a", order.activity_ids.note)

    def test_two_at_once_send_again_once(self):
        """A purchase order has one way out, also the second time."""
        order = self.make_order()
        first = self.sent_deal(order, status="REJECTED")
        order._itscope_queue()
        with self.assertRaises(UserError):
            order.action_itscope_send()
        self.assertEqual(len(order.itscope_deal_ids - first), 1)

    # ------------------------------------------------------------------ changed

    def test_what_counts_as_changed(self):
        order = self.make_order(
            itscope_delivery_date_type="optional", date_planned="2099-03-01 10:00:00"
        )
        self.sent_deal(order)
        line = order.order_line[0]
        other = self.company.partner_id.copy({"name": "Elsewhere"})
        for record, values in (
            (line, {"product_qty": 9}),
            (line, {"price_unit": 9}),
            (line, {"discount": 9}),
            (line, {"date_planned": "2099-04-01 10:00:00"}),
            (order, {"dest_address_id": other.id}),
            (order.company_id.partner_id, {"street": "Other street 2"}),
        ):
            before = {
                name: record[name].id if name.endswith("_id") else record[name]
                for name in values
            }
            order.invalidate_recordset()
            self.assertFalse(order.itscope_changed, values)
            record.write(values)
            order.invalidate_recordset()
            self.assertTrue(order.itscope_changed, values)
            record.write(before)

    def test_accepted_is_not_changed(self):
        """The buyer accepts a smaller confirmed quantity: that is what was agreed."""
        order = self.make_order()
        deal = self.sent_deal(order)
        lines = [("123002", 1, 562), ("123001", 1, 94), ("123003", 3, 217)]
        document = self.receive(deal, "ORDERRESPONSE", response(order.name, lines))
        document.action_accept()
        self.assertEqual(self.line(order, "123001").product_qty, 1)
        self.assertFalse(order.itscope_changed)
        self.line(order, "123001").product_qty = 3
        self.assertTrue(order.itscope_changed)

    # ------------------------------------------------------------------ one breaks

    @mute_logger(*LOGGERS)
    def test_one_that_breaks_does_not_stop_the_others(self):
        orders = [self.make_order(name=f"PBREAK{number}") for number in range(3)]
        deals = [order._itscope_queue() for order in orders]
        builder = self.env.registry["itscope.order.builder"]
        build = builder._xml

        def broken(self, order):
            if order == orders[0]:
                raise ZeroDivisionError("secret")
            return build(self, order)

        # An error of Odoo's own has to come from within Odoo.
        with patch.object(builder, "_xml", broken):
            self.env["itscope.deal"]._cron_send()
        self.assertEqual([d.send_state for d in deals], ["to_send", "sent", "sent"])
        self.assertIn("ZeroDivisionError", deals[0].answer)
        self.assertNotIn("secret", deals[0].answer)
        self.assertGreater(deals[0].next_look, fields.Datetime.now())
        self.assertEqual(len(orders[0].activity_ids), 1)
        deals[0].next_look = fields.Datetime.now()
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deals[0].send_state, "sent")

    # ------------------------------------------------------------------ log

    @mute_logger(*LOGGERS)
    def test_sending_log(self):
        """Each time that it left, what came back, and the very document."""
        order = self.make_order().with_user(self.buyer)
        self.products["123001"].seller_ids.product_code = "nowhere"
        order.action_itscope_send()
        self.products["123001"].seller_ids.product_code = "123001"
        self.fault("drop_after")
        order.action_itscope_send()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "unknown")
        deal.action_look_up()
        second, first = deal.attempt_ids
        self.assertEqual((first.number, first.result), (1, "rejected"))
        self.assertIn("HTTP 400", first.answer)
        self.assertIn("nowhere", first.answer)
        self.assertEqual((second.number, second.result), (2, "found"))
        self.assertEqual(second.user_id, self.buyer)
        self.assertNotEqual(first.document_id, second.document_id)
        self.assertEqual(
            second.document_id._read().lines[1].product.supplier_pid, "123001"
        )
        for attempt in deal.attempt_ids:
            self.assertLessEqual(attempt.left_date, attempt.answer_date)
            self.assertNotIn(self.account.sudo().api_key, attempt.answer)
