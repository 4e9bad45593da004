"""Who may do what, and where."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ARTICLES, OpentransCase
from .documents import response

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]


@tagged("post_install", "-at_install")
class TestSecurity(OpentransCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)
        self.document = self.receive(
            self.deal, "ORDERRESPONSE", response("PTEST1", AS_ORDERED[:1])
        )

    def test_who_buys_receives_or_pays_reads(self):
        for groups in (
            "purchase.group_purchase_user",
            "stock.group_stock_user",
            "account.group_account_invoice",
        ):
            user = new_test_user(self.env, groups.replace(".", "-"), groups=groups)
            document = self.document.with_user(user)
            self.assertEqual(document.number, "PTEST1")
            for action in (
                "action_apply_again",
                "action_accept",
                "action_settle",
                "action_ignore",
                "action_unlink_orders",
            ):
                with self.subTest(action=action), self.assertRaises(AccessError):
                    getattr(document, action)()
            with self.assertRaises(AccessError):
                document.unlink()

    def test_prices_are_not_for_everybody(self):
        user = new_test_user(self.env, "internal", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.document.with_user(user).read(["number"])

    def test_deal_actions_need_the_right(self):
        user = new_test_user(
            self.env, "purchaser", groups="purchase.group_purchase_manager"
        )
        deal = self.deal.with_user(user)
        for action in (
            "action_look_up",
            "action_not_there",
            "action_withdraw",
            "action_cancelled_by_phone",
        ):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(deal, action)()
        with self.assertRaises(AccessError):
            self.make_order(name="PTEST2").with_user(user).action_itscope_send()

    def test_companies_are_separate(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "other-company",
            groups="itscope_connector.group_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.env["itscope.document"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.document.with_user(user).read(["number"])
