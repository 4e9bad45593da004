"""Orders that were placed on ITscope's platform become purchase orders, once."""

import itertools
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ARTICLES, TEST_SUPPLIER, OpentransSimulatorCase

LINES = [[sku, str(quantity), str(price)] for sku, quantity, price in ARTICLES]


@tagged("post_install", "-at_install")
class TestPlatformOrders(OpentransSimulatorCase):
    def setUp(self):
        super().setUp()
        self.account.platform_orders_from = fields.Date.today() - timedelta(days=2)

    def place(self, lines=LINES, **options):
        return self.control("place", lines=lines, **options)["order_id"]

    def news(self):
        self.env["itscope.deal"]._cron_fetch_news()

    def deal(self, order_id):
        return self.env["itscope.deal"].search([("order_id", "=", order_id)])

    def orders(self):
        return self.env["purchase.order"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "=", self.test_vendor.id),
            ]
        )

    def document(self, deal, kind="ORDER"):
        return deal.document_ids.filtered(lambda document: document.type == kind)

    def test_listed_only(self):
        deal = self.deal_placed("never")
        self.assertFalse(deal.purchase_order_id)
        self.assertFalse(deal.document_ids)
        self.assertEqual(deal.send_state, "external")

    def deal_placed(self, policy, **options):
        self.account.platform_orders = policy
        order_id = self.place(**options)
        self.news()
        return self.deal(order_id)

    def test_becomes_an_order_by_the_button(self):
        deal = self.deal_placed(
            "never", customer_order="K-77", remark="Bitte anrufen", number="WEB/2026-9"
        )
        action = deal.with_user(self.buyer).action_create_purchase_order()
        order = deal.purchase_order_id
        self.assertEqual(action["res_id"], order.id)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.partner_id, self.test_vendor)
        self.assertEqual(order.currency_id, self.currency)
        self.assertEqual(order.partner_ref, deal.order_id)
        self.assertEqual(order.itscope_customer_reference, "K-77")
        self.assertEqual(order.itscope_remarks, "Bitte anrufen")
        self.assertTrue(order.itscope_partial_shipment)
        self.assertEqual(
            [
                (
                    line.product_id,
                    line.product_qty,
                    line.price_unit,
                    line.itscope_line_id,
                    line.itscope_sent_quantity,
                    line.itscope_sent_price,
                )
                for line in order.order_line
            ],
            [
                (self.products[sku], quantity, price, str(place), quantity, price)
                for place, (sku, quantity, price) in enumerate(ARTICLES, 1)
            ],
        )
        self.assertEqual(self.document(deal).state, "applied")
        with self.assertRaises(UserError):
            deal.action_create_purchase_order()

    def test_is_never_sent(self):
        deal = self.deal_placed("confirmed")
        order = deal.purchase_order_id
        self.assertEqual(order.state, "purchase")
        before = len(self.observe("orders"))
        with self.assertRaisesRegex(UserError, "sent to ITscope already"):
            order.action_itscope_send()
        self.env["itscope.deal"]._cron_send()
        self.assertEqual(len(self.observe("orders")), before)
        self.assertEqual(deal.send_state, "external")
        with self.assertRaisesRegex(UserError, "no recall"):
            order.button_cancel()
        deal.action_cancelled_by_phone()
        order.button_cancel()
        self.assertEqual(order.state, "cancel")

    def test_linked_before_it_is_confirmed(self):
        """Whatever sends orders when they are confirmed finds that this one was."""
        seen = []
        Order = type(self.env["purchase.order"])
        confirm = Order.button_confirm

        def watched(order):
            problems = self.env["itscope.order.check"]._problems(order)
            seen.append((order.itscope_deal_id.send_state, len(problems)))
            return confirm(order)

        with patch.object(Order, "button_confirm", watched):
            self.deal_placed("confirmed")
        self.assertEqual(seen, [("external", 1)])

    def test_what_keeps_it_from_being_confirmed(self):
        Order = type(self.env["purchase.order"])
        with patch.object(Order, "button_confirm", side_effect=UserError("Not now.")):
            deal = self.deal_placed("confirmed")
        order = deal.purchase_order_id
        self.assertEqual(order.state, "draft")
        self.assertIn("Not now.", order.activity_ids.note)

    def test_another_worker_is_at_it(self):
        """Nothing is made, and the same news come again."""
        Deal = type(self.env["itscope.deal"])
        with patch.object(Deal, "_lock", return_value=False):
            deal = self.deal_placed("draft")
        self.assertFalse(deal.purchase_order_id)
        self.assertFalse(self.account.deals_date)
        self.news()
        self.assertEqual(self.orders(), deal.purchase_order_id)

    def test_included_taxes(self):
        self.tax.price_include_override = "tax_included"
        order = self.deal_placed("draft").purchase_order_id
        self.assertEqual(order.amount_untaxed, 1401.0)
        self.assertEqual(order.order_line.mapped("itscope_sent_price"), [562, 94, 217])

    def outcome(self, moments):
        """What stands in Odoo where news are asked for at these moments.

        :param moments: True for each step after which they are
        """
        savepoint = self.env.cr.savepoint()
        self.control("reset")
        self.account.deals_date = False
        order_id = self.place()
        for step, asked in zip(
            ("", "accept", "confirm", "dispatch", "invoice"), moments, strict=True
        ):
            if step:
                self.control("advance", order_id=order_id, step=step)
            if asked:
                self.news()
        self.news()
        (order,) = self.orders()
        result = (
            order.state,
            order.partner_ref,
            [
                (
                    line.product_id.id,
                    line.price_unit,
                    line.itscope_confirmation,
                    line.qty_invoiced,
                )
                for line in order.order_line
            ],
            [
                (move.product_id.id, move.quantity)
                for move in order.picking_ids.move_ids
            ],
            order.invoice_ids.mapped("amount_total"),
            order.itscope_document_ids.sorted("type").mapped("state"),
        )
        self.assertFalse(order.activity_ids)
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        return result

    def test_documents_before_the_order(self):
        """Whenever news are asked for, the end is the same."""
        self.account.platform_orders = "confirmed"
        expected = self.outcome([True] * 5)
        self.assertEqual(expected[0], "purchase")
        self.assertEqual([line[2] for line in expected[2]], ["same"] * 3)
        self.assertEqual([line[3] for line in expected[2]], [1.0, 2.0, 3.0])
        self.assertEqual(len(expected[3]), 3)
        self.assertEqual(len(expected[4]), 1)
        self.assertEqual(set(expected[5]), {"applied"})
        for moments in itertools.product([False, True], repeat=5):
            if sum(moments) in (0, 1, 3):
                with self.subTest(moments=moments):
                    self.assertEqual(self.outcome(moments), expected)

    def test_documents_before_it_is_confirmed(self):
        deal = self.deal_placed("draft")
        order = deal.purchase_order_id
        for step in ("confirm", "dispatch", "invoice"):
            self.advance(deal, step)
        self.news()
        self.assertEqual(order.state, "draft")
        order.button_confirm()
        self.assertEqual(order.picking_ids.move_ids.mapped("quantity"), [1.0, 2.0, 3.0])
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(order.order_line.mapped("qty_invoiced"), [1.0, 2.0, 3.0])

    def test_only_linked_where_the_order_is_there(self):
        order = self.make_order(name="PTEST9", confirm=False)
        order.order_line[0].product_qty = 5
        deal = self.deal_placed("draft", number="PTEST9")
        self.assertEqual(deal.purchase_order_id, order)
        self.assertEqual(self.orders(), order)
        self.assertEqual(len(order.order_line), 3)
        self.assertEqual(order.order_line[0].product_qty, 5)
        self.assertEqual(order.order_line.mapped("itscope_sent_quantity"), [1, 2, 3])
        self.assertEqual(order.order_line.mapped("itscope_line_id"), ["1", "2", "3"])
        # More than was ordered there: the order says so.
        self.assertTrue(order.itscope_changed)
        order.order_line[0].product_qty = 1
        self.assertFalse(order.itscope_changed)

    def test_another_vendors_order_is_not_linked(self):
        order = self.make_order(name="PTEST9", partner_id=self.vendor.id)
        deal = self.deal_placed("draft", number="PTEST9")
        self.assertFalse(deal.purchase_order_id)
        self.assertIn("is for Beispiel Distribution", deal.order_problem)
        self.assertFalse(order.itscope_deal_id)

    def test_ordered_twice_is_told(self):
        order = self.make_order()
        order.action_itscope_send()
        deal = self.deal_placed("draft", number=order.name)
        self.assertIn("ordered twice", deal.order_problem)
        self.assertEqual(self.orders(), order)

    def test_an_order_without_answer_is_left_to_the_outbox(self):
        order = self.make_order()
        self.fault("drop_before")
        order.action_itscope_send()
        self.assertEqual(order.itscope_deal_id.send_state, "unknown")
        deal = self.deal_placed("draft", customer_order=order.name)
        deal -= order.itscope_deal_id
        self.assertFalse(deal.purchase_order_id)
        self.assertEqual(self.orders(), order)

    def test_unmapped_supplier(self):
        self.test_supplier.partner_id = False
        deal = self.deal_placed("draft")
        self.assertIn("not mapped to a vendor", deal.order_problem)
        self.assertEqual(len(deal.activity_ids), 1)
        self.news()
        self.assertEqual(len(deal.activity_ids), 1)
        self.test_supplier.partner_id = self.test_vendor
        self.news()
        self.assertTrue(deal.purchase_order_id)
        self.assertFalse(deal.order_problem)
        self.assertFalse(deal.activity_ids)
        self.assertEqual(self.document(deal).state, "applied")
        self.assertFalse(self.document(deal).activity_ids)

    def test_missing_products_come_from_itscope(self):
        for product in self.products.values():
            product.seller_ids.unlink()
        order = self.deal_placed("confirmed").purchase_order_id
        self.assertEqual(order.state, "purchase")
        links = order.order_line.product_id.itscope_link_ids
        self.assertEqual(len(links), 3)
        self.assertTrue(all(links.mapped("created")))
        self.assertEqual(
            order.order_line.itscope_offer_id.mapped("supplier_sku"),
            [sku for sku, _quantity, _price in ARTICLES],
        )
        self.assertEqual(order.order_line.mapped("price_unit"), [562, 94, 217])

    def test_an_article_that_nobody_knows(self):
        lines = [LINES[0], ["999999", "4", "10.0"]]
        deal = self.deal_placed("confirmed", lines=lines)
        order, document = deal.purchase_order_id, self.document(deal)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.mapped("display_type"), [False, "line_note"])
        self.assertEqual(document.state, "attention")
        self.assertIn("999999", document.messages)
        product = self.env["product.product"].create(
            {
                "name": "Special",
                "seller_ids": [
                    Command.create(
                        {"partner_id": self.test_vendor.id, "product_code": "999999"}
                    )
                ],
            }
        )
        document.action_apply_again()
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(order.order_line[-1].product_id, product)
        self.assertEqual(len(order.order_line), 2)
        self.assertEqual(order.amount_untaxed, 602.0)
        document.action_apply_again()
        self.assertEqual(len(order.order_line), 2)

    def test_confirmed_as_soon_as_nothing_is_missing(self):
        lines = [LINES[0], ["999999", "4", "10.0"]]
        deal = self.deal_placed("confirmed", lines=lines)
        self.products["123001"].seller_ids.product_code = "999999"
        self.document(deal).action_apply_again()
        order = deal.purchase_order_id
        self.assertFalse(order._itscope_placeholders())
        self.assertEqual(order.state, "purchase")
        self.assertEqual(self.document(deal).state, "applied")

    def test_cancelled_while_something_was_missing(self):
        """It does not become an order any more by itself."""
        self.test_supplier.partner_id = False
        deal = self.deal_placed("confirmed")
        self.assertTrue(deal.order_problem)
        self.advance(deal, "cancel")
        self.test_supplier.partner_id = self.test_vendor
        for _time in range(2):
            self.news()
        self.assertFalse(deal.purchase_order_id)
        self.assertFalse(deal.order_problem)
        self.assertFalse(deal.activity_ids)

    def test_cancelled_before_its_document_came(self):
        self.fault("status", match="GET .*/ORDER.xml", status=404, count=1)
        deal = self.deal_placed("confirmed")
        self.advance(deal, "cancel")
        self.document(deal).next_try = fields.Datetime.now()
        self.news()
        self.assertTrue(self.document(deal).content_hash)
        self.assertFalse(deal.purchase_order_id)

    def test_of_an_order_that_is_about_to_leave(self):
        """Only the outbox finds out whether it is that one."""
        self.test_supplier.partner_id = False
        deal = self.deal_placed("draft", number="PTEST1")
        self.assertTrue(deal.order_problem)
        self.test_supplier.partner_id = self.test_vendor
        self.make_order()._itscope_queue().write(
            {"send_state": "unknown", "attempts": 1, "was_unknown": True}
        )
        self.env["itscope.deal"]._retry_orders(None, self.account)
        self.assertIn("not mapped to a vendor", deal.order_problem)

    def test_older_problems_are_tried_less_often(self):
        self.test_supplier.partner_id = False
        deal = self.deal_placed("draft")
        self.assertLessEqual(deal.next_order_try, fields.Datetime.now())
        with patch.object(
            fields.Datetime,
            "now",
            return_value=fields.Datetime.now() + timedelta(hours=10),
        ):
            deal._note_order_problem("Still not.")
        wait = deal.next_order_try - fields.Datetime.now()
        self.assertAlmostEqual(wait / timedelta(hours=1), 20, places=0)
        self.test_supplier.partner_id = self.test_vendor
        self.env["itscope.deal"]._retry_orders(None, self.account)
        self.assertFalse(deal.purchase_order_id)
        deal.action_create_purchase_order()
        self.assertTrue(deal.purchase_order_id)

    @mute_logger("odoo.addons.itscope_connector_opentrans.models.itscope_deal_platform")
    def test_one_that_breaks_does_not_stop_the_others(self):
        self.account.platform_orders = "draft"
        ids = [self.place() for _number in range(3)]
        importer = self.env.registry["itscope.order.import"]
        create = importer._create

        def broken(self, deal, content):
            if deal.order_id == ids[0]:
                raise ZeroDivisionError("secret")
            return create(self, deal, content)

        with patch.object(importer, "_create", broken):
            self.news()
        first, *others = [self.deal(order_id) for order_id in ids]
        self.assertIn("ZeroDivisionError", first.order_problem)
        self.assertNotIn("secret", first.order_problem)
        self.assertEqual(len(first.activity_ids), 1)
        self.assertTrue(all(deal.purchase_order_id for deal in others))
        self.assertTrue(self.account.deals_date)
        self.news()
        self.assertTrue(first.purchase_order_id)
        self.assertFalse(first.activity_ids)

    def test_problems_are_no_html(self):
        deal = self.deal_placed("never")
        deal._note_order_problem("The vendor <b>Evil</b>")
        self.assertIn("&lt;b&gt;", deal.activity_ids.note)

    def test_nothing_is_added_to_it(self):
        """What replenishment or a merge adds would never be ordered."""
        order = self.deal_placed("draft").purchase_order_id
        product = self.products["123001"]
        other = self.make_order(confirm=False, user_id=False)
        order.user_id = False
        with self.assertRaisesRegex(UserError, "ordered at ITscope already"):
            (order | other).action_merge()
        self.assertEqual(order.state, "draft")
        other.button_cancel()
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "warehouse_id": warehouse.id,
                "location_id": warehouse.lot_stock_id.id,
                "product_min_qty": 50,
                "product_max_qty": 50,
                "route_id": self.env.ref("purchase_stock.route_warehouse0_buy").id,
            }
        ).action_replenish()
        self.assertEqual(order.order_line.mapped("product_qty"), [1, 2, 3])
        added = (self.orders() - order - other).order_line
        self.assertEqual(added.product_id, product)

    def test_two_products_that_it_could_be(self):
        """A person decides; nothing is guessed."""
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.test_vendor.id,
                "product_code": "123002",
                "product_tmpl_id": self.products["123001"].product_tmpl_id.id,
            }
        )
        deal = self.deal_placed("draft", lines=LINES[:1])
        self.assertFalse(deal.purchase_order_id.order_line.product_id)
        self.assertEqual(self.document(deal).state, "attention")
        decision = self.env["itscope.decision"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertIn("Several products", decision.reason)

    def test_document_comes_later(self):
        self.fault("status", match="GET .*/ORDER.xml", status=404, count=1)
        deal = self.deal_placed("draft")
        self.assertFalse(deal.purchase_order_id)
        self.assertFalse(deal.activity_ids)
        self.assertTrue(self.account.deals_date)
        document = self.document(deal)
        document.next_try = fields.Datetime.now()
        self.account.deals_date = fields.Datetime.now() + timedelta(hours=1)
        self.news()
        self.assertTrue(deal.purchase_order_id)

    def test_entered_by_hand_there(self):
        deal = self.deal_placed("draft", by_hand=True, number="PTEST9")
        self.assertIn("no order document", deal.order_problem)
        order = self.make_order(name="PTEST9")
        deal.with_user(self.buyer).action_create_purchase_order()
        self.assertEqual(deal.purchase_order_id, order)

    def test_older_ones_are_only_listed(self):
        self.account.platform_orders_from = fields.Date.today() + timedelta(days=2)
        self.assertFalse(self.deal_placed("draft").purchase_order_id)

    def test_cancelled_ones_are_only_listed(self):
        self.account.platform_orders = "draft"
        order_id = self.place()
        self.control("advance", order_id=order_id, step="cancel")
        self.news()
        self.assertFalse(self.deal(order_id).purchase_order_id)

    def test_another_address(self):
        delivery = ["Kunde GmbH", "Seeweg 5", "78462", "Konstanz"]
        deal = self.deal_placed("draft", delivery=delivery)
        order = deal.purchase_order_id
        types = self.env["stock.picking.type"]
        if "dropship" in dict(types._fields["code"]._description_selection(self.env)):
            self.assertEqual(order.picking_type_id.code, "dropship")
            self.assertEqual(order.dest_address_id.name, "Kunde GmbH")
            self.assertEqual(order.dest_address_id.city, "Konstanz")
            again = self.deal_placed("draft", delivery=delivery).purchase_order_id
            self.assertEqual(again.dest_address_id, order.dest_address_id)
        else:
            self.assertEqual(self.document(deal).state, "attention")
            self.assertIn("Konstanz", self.document(deal).messages)

    def test_repeated(self):
        deal = self.deal_placed("draft")
        order = deal.purchase_order_id
        self.account.deals_date = False
        self.news()
        with self.account._open_client() as client:
            record = client.deal(deal.order_id)
            deal._take_over(client, record.documents)
        self.assertEqual(deal.purchase_order_id, order)
        self.assertEqual(self.orders(), order)
        self.assertEqual(len(deal.document_ids), 1)

    def test_needs_the_right_to_order(self):
        user = new_test_user(self.env, "reader", groups="itscope_connector.group_user")
        deal = self.deal_placed("never")
        if not self.env["purchase.order"].with_user(user).has_access("create"):
            with self.assertRaises(AccessError):
                deal.with_user(user).action_create_purchase_order()
        outsider = new_test_user(self.env, "outsider", groups="base.group_user")
        with self.assertRaises(AccessError):
            deal.with_user(outsider).action_create_purchase_order()

    def test_what_was_seen(self):
        deal = self.deal_placed("confirmed")
        for step in ("confirm", "dispatch", "invoice"):
            self.advance(deal, step)
        self.news()
        self.news()
        seen = {row.kind: row.count for row in self.test_supplier.record_ids}
        self.assertEqual(self.test_supplier.itscope_id, TEST_SUPPLIER)
        seen.pop("prices", None)
        self.assertEqual(
            seen,
            {
                "order": 1,
                "orderresponse": 1,
                "dispatchnotification": 1,
                "invoice": 1,
            },
        )
