"""Quotes of the platform become quotations through their documents."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..tools import QUOTE_ACTIVITY
from .common import OpentransSimulatorCase

LINES = [["123001", "2", "420"], ["123003", "1", "150", "optional"]]


@tagged("post_install", "-at_install")
class TestQuotationOfQuotes(OpentransSimulatorCase):
    def setUp(self):
        super().setUp()
        self.account.platform_quotes_from = fields.Date.today() - timedelta(days=1)
        self.seller = new_test_user(
            self.env,
            "quote-taker",
            groups="itscope_connector.group_user,sales_team.group_sale_salesman,"
            "base.group_partner_manager",
        )

    def quote(self, **values):
        return self.control("quote", **{"lines": LINES, **values})

    def news(self):
        self.env["itscope.quote"]._cron_fetch_news()

    def of(self, made):
        return self.env["itscope.quote"].search([("quote_id", "=", made["quote_id"])])

    def pdfs(self, order):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("mimetype", "=", "application/pdf"),
            ]
        )

    def test_listed_only(self):
        made = self.quote()
        self.news()
        self.assertFalse(self.of(made).sale_order_id)
        self.assertFalse(self.of(made).document_ids)

    def test_by_the_button_with_products_and_pdf(self):
        made = self.quote(remark="Bitte anrufen")
        self.news()
        quote = self.of(made)
        action = quote.with_user(self.seller).action_create_quotation()
        order = quote.sale_order_id
        self.assertEqual(action["res_id"], order.id)
        self.assertEqual(order.user_id, self.seller)
        self.assertEqual(order.itscope_quote_id, quote)
        self.assertEqual(self.pdfs(order).raw[:4], b"%PDF")
        line = order.order_line.filtered(lambda one: one.price_unit == 420)
        self.assertEqual(line.product_id, self.products["123001"])
        again = quote.with_user(self.seller).action_create_quotation()
        self.assertEqual(again["res_id"], order.id)
        self.assertEqual(len(self.pdfs(order)), 1)
        self.assertEqual(len(quote.document_ids), 1)

    def test_unknown_products_come_from_itscope(self):
        row = self.control("products", numbers=[7])[0]
        offer = row["supplierItems"][0]
        made = self.quote(lines=[[offer["supplierSKU"], "1", "99"]])
        self.news()
        self.of(made).with_user(self.seller).action_create_quotation()
        line = self.of(made).sale_order_id.order_line.filtered("product_id")
        self.assertEqual(line.product_id.itscope_link_id.puid, str(row["puid"]))
        self.assertEqual(line.itscope_offer_id.offer_id, str(offer["id"]))
        self.assertEqual(line.price_unit, 99)

    def test_by_itself_where_the_account_says_so(self):
        self.account.platform_quotes = "draft"
        made = self.quote()
        self.news()
        order = self.of(made).sale_order_id
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.user_id, self.account.responsible_id)
        drafts = self.env["itscope.quote"].search([("status", "=", "DRAFT")])
        self.assertTrue(drafts)
        self.assertFalse(drafts.sale_order_id)
        self.news()
        self.assertEqual(len(self.of(made).document_ids), 1)

    def test_a_later_version_updates_the_draft(self):
        made = self.quote()
        self.news()
        self.of(made).action_create_quotation()
        order = self.of(made).sale_order_id
        self.quote(quote_id=made["quote_id"], lines=[["123001", "3", "399"]])
        self.news()
        self.assertEqual(self.of(made).sale_order_id, order)
        line = order.order_line.filtered("product_id")
        self.assertEqual((line.product_uom_qty, line.price_unit), (3, 399))
        self.assertEqual(len(self.pdfs(order)), 2)
        self.assertEqual(
            self.of(made).document_ids.sorted("id").mapped("state"),
            ["replaced", "applied"],
        )
        # Back to what it was: the first file is the newest again.
        self.quote(quote_id=made["quote_id"], lines=LINES)
        self.news()
        line = order.order_line.filtered(lambda one: one.product_uom_qty)
        self.assertEqual((line.product_uom_qty, line.price_unit), (2, 420))

    def test_won_and_lost_are_proposals(self):
        for status, proposal, button, state in (
            ("WON", "won", "action_confirm", "sale"),
            ("LOST", "lost", "action_cancel", "cancel"),
        ):
            with self.subTest(status=status):
                made = self.quote()
                self.news()
                self.of(made).with_user(self.seller).action_create_quotation()
                order = self.of(made).sale_order_id
                self.assertFalse(order.itscope_proposal)
                self.quote(quote_id=made["quote_id"], status=status)
                self.news()
                self.news()
                self.assertEqual(order.state, "draft")
                self.assertEqual(order.itscope_proposal, proposal)
                activity = order.activity_search([QUOTE_ACTIVITY])
                self.assertEqual(activity.user_id, self.seller)
                self.assertEqual(len(activity), 1)
                getattr(order.with_user(self.seller), button)()
                self.assertEqual(order.state, state)
                self.assertFalse(order.itscope_proposal)
                self.assertFalse(order.activity_search([QUOTE_ACTIVITY]))

    def test_a_proposal_is_declined(self):
        made = self.quote(status="WON")
        self.news()
        self.of(made).action_create_quotation()
        order = self.of(made).sale_order_id
        self.assertEqual(order.itscope_proposal, "won")
        order.action_itscope_decline()
        self.assertFalse(order.itscope_proposal)
        self.quote(quote_id=made["quote_id"], name="Other title")
        self.news()
        self.assertFalse(order.activity_search([QUOTE_ACTIVITY]))
        self.quote(quote_id=made["quote_id"], status="LOST")
        self.news()
        self.assertEqual(order.itscope_proposal, "lost")
        self.quote(quote_id=made["quote_id"], status="PROGRESS")
        self.news()
        self.assertFalse(order.activity_search([QUOTE_ACTIVITY]))
        self.assertEqual(order.state, "draft")

    def test_no_document(self):
        made = self.quote(listed=False)
        self.news()
        with self.assertRaisesRegex(UserError, "no document"):
            self.of(made).action_create_quotation()

    def test_a_document_that_fails_is_tried_again(self):
        self.account.platform_quotes = "draft"
        made = self.quote()
        self.control("faults", rules=[{"match": "QUOTATION.xml", "kind": "garbage"}])
        self.news()
        quote = self.of(made)
        self.assertFalse(quote.sale_order_id)
        self.assertTrue(quote.problem)
        # Not with each run: after a while, and then less and less often.
        self.news()
        self.assertFalse(quote.sale_order_id)
        quote.next_try = fields.Datetime.now()
        self.news()
        self.assertTrue(quote.sale_order_id)
        self.assertFalse(quote.problem)
        self.assertFalse(quote.has_news)

    def test_news_outlive_what_goes_wrong(self):
        self.account.platform_quotes = "draft"
        self.account.responsible_id = self.seller
        first, second = self.quote(), self.quote()
        rules = [{"match": "QUOTATION.xml", "kind": "drop_before", "count": 99}]
        self.control("faults", rules=rules)
        self.news()
        both = self.of(first) | self.of(second)
        self.assertEqual(both.mapped("has_news"), [True, True])
        self.assertFalse(both.sale_order_id)
        self.control("faults", rules=[])
        both.next_try = False
        self.news()
        self.assertEqual(len(both.sale_order_id), 2)
        self.assertEqual(both.mapped("has_news"), [False, False])
        # Of one whose PDF does not come, the status is told all the same.
        rules = [{"match": "pdf", "kind": "drop_before", "count": 99}]
        self.control("faults", rules=rules)
        self.quote(quote_id=first["quote_id"], status="WON")
        self.news()
        order = self.of(first).sale_order_id
        self.assertTrue(order.activity_search([QUOTE_ACTIVITY]))
        self.assertEqual(len(self.pdfs(order)), 1)
        self.control("faults", rules=[])
        self.of(first).next_try = False
        self.news()
        self.assertEqual(len(self.pdfs(order)), 2)

    def test_one_that_fails_does_not_stop_the_others(self):
        self.account.platform_quotes = "draft"
        first, second = self.quote(), self.quote()
        Quote = type(self.env["itscope.quote"])
        take = Quote._take

        def fail_at_first(quote, client, user=None):
            if quote.quote_id == first["quote_id"]:
                raise TypeError("what nobody thought of")
            return take(quote, client, user)

        with (
            patch.object(Quote, "_take", fail_at_first),
            self.assertLogs("odoo.addons.itscope_connector_opentrans", "ERROR"),
        ):
            self.news()
        self.assertTrue(self.of(second).sale_order_id)
        self.assertTrue(self.of(first).has_news)
        self.of(first).next_try = False
        self.news()
        self.assertTrue(self.of(first).sale_order_id)

    def test_an_upload_and_the_quote_are_one(self):
        made = self.quote()
        self.news()
        files = (
            self.env["ir.attachment"]
            .with_user(self.seller)
            .create({"name": "q.xml", "raw": made["document"].encode()})
        )
        Order = self.env["sale.order"].with_user(self.seller)
        action = Order.create_document_from_attachment(files.ids)
        self.assertEqual(self.of(made).sale_order_id.id, action["res_id"])
        again = self.of(made).with_user(self.seller).action_create_quotation()
        self.assertEqual(again["res_id"], action["res_id"])
        self.assertEqual(len(self.of(made).document_ids), 1)

    def test_rights(self):
        made = self.quote()
        self.news()
        user = new_test_user(
            self.env, "quote-reader", groups="itscope_connector.group_user"
        )
        with self.assertRaises(AccessError):
            self.of(made).with_user(user).action_create_quotation()
