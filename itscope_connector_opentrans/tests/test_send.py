"""An order leaves once, whatever happens on the way."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itscope_connector.itscope_api import InvalidRequestError

from .common import OpentransSimulatorCase

LOGGERS = (
    "odoo.addons.itscope_connector.itscope_api.transport",
    "urllib3.connectionpool",
)


@tagged("post_install", "-at_install")
class TestSend(OpentransSimulatorCase):
    def test_whole_way(self):
        """Sent, confirmed, dispatched, invoiced: each step arrives at its record."""
        order = self.make_order().with_user(self.buyer)
        order.action_itscope_send()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "sent", deal.answer)
        self.assertTrue(deal.order_id)
        self.assertTrue(deal.deeplink)
        self.assertEqual(deal.attempts, 1)
        self.assertEqual([row["times"] for row in self.at_itscope(order)], [1])
        sent = order.itscope_document_ids
        self.assertEqual(
            (sent.type, sent.direction, sent.state), ("ORDER", "out", "sent")
        )
        self.assertEqual(sent._read().number, "PTEST1")
        self.assertEqual(
            self.at_itscope(order)[0]["body"].encode(),
            base64.b64decode(sent.content),
        )

        self.advance(deal, "accept")
        order.action_itscope_fetch_news()
        self.assertEqual(deal.status, "ACCEPTED")

        soon = fields.Date.today() + timedelta(days=5)
        self.advance(deal, "confirm", delivery=str(soon))
        order.action_itscope_fetch_news()
        documents = order.itscope_document_ids
        response = documents.filtered(lambda d: d.type == "ORDERRESPONSE")
        self.assertEqual(response.state, "applied", response.messages)
        self.assertTrue(order.partner_ref.startswith("4256"))
        self.assertEqual(
            {line.itscope_confirmed_date for line in order.order_line}, {soon}
        )
        self.assertEqual(
            {line.date_planned.date() for line in order.order_line}, {soon}
        )

        self.advance(deal, "dispatch", quantities={"123003": "2"})
        order.action_itscope_fetch_news()
        picking = order.sudo().picking_ids
        prepared = {m.product_id: m.quantity for m in picking.move_ids}
        self.assertEqual(prepared[self.products["123003"]], 2)
        self.assertEqual(picking.itscope_carrier, "Nordpaket GmbH & Co. KG")

        self.advance(deal, "invoice")
        order.action_itscope_fetch_news()
        bill = order.sudo().invoice_ids
        self.assertEqual(bill.state, "draft")
        invoice = order.itscope_document_ids.filtered(lambda d: d.type == "INVOICE")
        self.assertEqual(invoice.state, "applied", invoice.messages)
        self.assertAlmostEqual(bill.amount_total, float(invoice._read().total_amount))

    def test_second_click(self):
        order = self.make_order()
        order.action_itscope_send()
        with self.assertRaises(UserError) as caught:
            order.action_itscope_send()
        self.assertIn("no recall", str(caught.exception))
        self.assertEqual(len(self.at_itscope(order)), 1)

    def test_sent_only_from_to_send(self):
        """The state alone guards: whoever comes later sends nothing."""
        order = self.make_order()
        deal = order._itscope_queue()
        with self.account._open_client() as client:
            for state in ("sending", "unknown", "sent", "rejected", "withdrawn"):
                deal.send_state = state
                deal._send(client)
        self.assertFalse(self.at_itscope(order))

    @mute_logger(*LOGGERS)
    def test_answer_lost_after_processing(self):
        order = self.make_order()
        self.fault("drop_after")
        order.action_itscope_send()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "unknown")
        with self.assertRaises(UserError):
            order.action_itscope_send()
        deal.next_look = fields.Datetime.now()
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "sent")
        self.assertEqual(deal.order_id, self.at_itscope(order)[0]["order_id"])
        self.assertEqual(len(self.at_itscope(order)), 1)

    @mute_logger(*LOGGERS)
    def test_answer_lost_and_found_by_news(self):
        order = self.make_order()
        self.fault("cut")
        order.action_itscope_send()
        self.assertEqual(order.itscope_deal_id.send_state, "unknown")
        self.env["itscope.deal"]._cron_fetch_news()
        self.assertEqual(order.itscope_deal_id.send_state, "sent")
        self.assertEqual(len(order.itscope_deal_ids), 1)

    @mute_logger(*LOGGERS)
    def test_lost_before_processing(self):
        """Never sent again by itself; a person decides, after some looks."""
        order = self.make_order()
        self.fault("drop_before")
        order.action_itscope_send()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "unknown")
        with self.assertRaises(UserError):
            deal.action_not_there()
        for _look in range(3):
            deal.left_date = fields.Datetime.now() - timedelta(hours=1)
            deal.next_look = fields.Datetime.now()
            self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "unknown")
        self.assertFalse(self.at_itscope(order))
        activity = order.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.buyer)
        deal.action_not_there()
        self.assertEqual(deal.send_state, "withdrawn")
        self.assertFalse(order.activity_ids)
        order.action_itscope_send()
        self.assertEqual(deal.send_state, "sent")
        self.assertEqual(len(self.at_itscope(order)), 1)

    @mute_logger(*LOGGERS)
    def test_looked_for_before_a_new_attempt(self):
        """It turned up after a person had given up on it."""
        order = self.make_order()
        self.fault("drop_after")
        order.action_itscope_send()
        deal = order.itscope_deal_id
        deal.send_state = "withdrawn"
        order.action_itscope_send()
        self.assertEqual(deal.send_state, "sent")
        self.assertEqual(len(self.at_itscope(order)), 1)

    @mute_logger(*LOGGERS)
    def test_unreadable_answers(self):
        for number, kind in enumerate(("html", "truncate", "garbage")):
            order = self.make_order(name=f"PANSWER{number}")
            self.fault(kind)
            order.action_itscope_send()
            deal = order.itscope_deal_id
            self.assertIn(deal.send_state, ("unknown", "sent"), kind)
            deal.action_look_up()
            self.assertEqual(deal.send_state, "sent", kind)
            self.assertEqual(len(self.at_itscope(order)), 1, kind)

    @mute_logger(*LOGGERS)
    def test_server_error(self):
        order = self.make_order()
        self.fault("status", status=500)
        order.action_itscope_send()
        self.assertEqual(order.itscope_deal_id.send_state, "unknown")
        posts = [r for r in self.observe("requests") if r["method"] == "POST"]
        self.assertEqual(len(posts), 1)

    @mute_logger(*LOGGERS)
    def test_block(self):
        """Certainly not processed: it leaves when the block has ended."""
        order = self.make_order()
        self.fault("status", status=503, body="Rate Limit Exceeded.")
        result = order.action_itscope_send()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "to_send")
        self.assertGreater(
            deal.next_look, fields.Datetime.now() + timedelta(minutes=25)
        )
        self.assertIn("waits", result["params"]["message"])
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "to_send")
        self.env["itscope.request.budget"].search([]).unlink()
        deal.next_look = fields.Datetime.now()
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "sent")
        self.assertEqual(len(order.itscope_document_ids), 1)

    @mute_logger(*LOGGERS)
    def test_wrong_key(self):
        order = self.make_order()
        self.account.api_key = "wrong"
        order.action_itscope_send()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "to_send")
        self.assertNotIn("wrong", deal.answer)
        deal.next_look = fields.Datetime.now()
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(self.account.state, "error")
        self.assertFalse(self.at_itscope(order))

    @mute_logger(*LOGGERS)
    def test_refused(self):
        order = self.make_order()
        self.line(order, "123001")
        self.products["123001"].seller_ids.product_code = "nowhere"
        order.action_itscope_send()
        deal = order.itscope_deal_id
        self.assertEqual(deal.send_state, "rejected")
        self.assertIn("nowhere", deal.answer)
        self.assertEqual(len(order.activity_ids), 1)
        self.assertEqual(order.itscope_document_ids.state, "failed")
        self.products["123001"].seller_ids.product_code = "123001"
        order.action_itscope_send()
        self.assertEqual(deal.send_state, "sent")
        self.assertFalse(order.activity_ids)
        self.assertEqual([row["times"] for row in self.at_itscope(order)], [1])

    def test_several_orders(self):
        """Good ones leave, the others say why."""
        good, bad = (
            self.make_order(name="PGOOD"),
            self.make_order(name="PBAD", confirm=False),
        )
        result = (good | bad).action_itscope_send()
        self.assertEqual(good.itscope_deal_id.send_state, "sent")
        self.assertFalse(bad.itscope_deal_id)
        self.assertIn("PBAD", result["params"]["message"])
        self.assertIn("not confirmed", bad.message_ids[0].body)

    def test_supplier_refuses_later(self):
        """One activity tells the buyer, who may cancel then."""
        order = self.make_order()
        order.action_itscope_send()
        self.advance(order.itscope_deal_id, "reject")
        for _time in range(2):
            order.action_itscope_fetch_news()
        self.assertEqual(order.activity_ids.user_id, self.buyer)
        self.assertEqual(len(order.activity_ids), 1)
        order.button_cancel()
        self.assertEqual(order.state, "cancel")

    def test_changed_since_it_was_queued(self):
        order = self.make_order()
        deal = order._itscope_queue()
        order.order_line[0].price_unit = 0
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "withdrawn")
        self.assertFalse(self.at_itscope(order))
        self.assertEqual(len(order.activity_ids), 1)

    def test_worker_died(self):
        order = self.make_order()
        deal = order._itscope_queue()
        deal.write(
            {
                "send_state": "sending",
                "attempts": 1,
                "left_date": fields.Datetime.now() - timedelta(hours=1),
            }
        )
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "unknown")
        self.assertFalse(self.at_itscope(order))

    def test_news_before_the_answer(self):
        """The confirmation is there before the send call has returned."""
        order = self.make_order()
        deal = order._itscope_queue()
        deal.write({"send_state": "sending", "left_date": fields.Datetime.now()})
        order._itscope_note_sent()
        with self.account._open_client() as client:
            record = client.send_order(self.env["itscope.order.builder"]._xml(order))
            self.control("advance", order_id=record.order_id, step="confirm")
            self.env["itscope.deal"]._cron_fetch_news()
            self.assertEqual(deal.send_state, "sent")
            self.assertTrue(order.partner_ref)
            deal._note_found([record])
        self.assertEqual(deal.send_state, "sent")
        self.assertEqual(
            len(self.env["itscope.deal"].search([("order_id", "=", record.order_id)])),
            1,
        )

    def test_document_that_is_not_there_yet(self):
        order = self.make_order()
        order.action_itscope_send()
        deal = order.itscope_deal_id
        self.advance(deal, "confirm")
        self.fault("status", match="GET .*ORDERRESPONSE", status=404, count=3)
        Deal = self.env["itscope.deal"]
        Deal._cron_fetch_news()
        document = order.itscope_document_ids.filtered(lambda d: d.direction == "in")
        self.assertEqual(document.state, "failed")
        self.assertFalse(document.activity_ids)
        # The other news do not wait for it: it is asked for by itself.
        self.assertTrue(self.account.deals_date)
        self.assertGreater(document.next_try, fields.Datetime.now())
        self.control("faults", rules=[])
        document.next_try = fields.Datetime.now()
        self.account.deals_date = fields.Datetime.now() + timedelta(hours=1)
        Deal._cron_fetch_news()
        self.assertFalse(document.next_try)
        self.assertEqual(document.state, "applied", document.messages)
        self.assertTrue(self.account.deals_date)
        self.assertEqual(len(order.itscope_document_ids), 2)

    def test_account_of_the_user_only(self):
        """The scheduled action uses the account that the order was queued with."""
        self.account.user_id = self.buyer
        deal = self.make_order().with_user(self.buyer)._itscope_queue()
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(deal.send_state, "sent", deal.answer)

    def test_late_answer_of_an_older_attempt(self):
        order = self.make_order()
        deal = order._itscope_queue()
        deal.write({"send_state": "sending", "attempts": 2})
        deal._note_send_error(InvalidRequestError("no"), 1)
        self.assertEqual(deal.send_state, "sending")
