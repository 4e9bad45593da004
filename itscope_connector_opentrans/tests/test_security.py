"""Who may do what, and where."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .common import ARTICLES, OpentransCase
from .documents import response
from .uploads import attached, from_supplier

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

    def test_the_mail_gateways_methods_are_not_for_clients(self):
        """They import files for whichever company they are told."""
        for model, name in (
            ("account.move", "message_new"),
            ("itscope.account", "message_update"),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                get_public_method(self.env[model], name)

    def test_nothing_is_kept_of_who_may_not_upload(self):
        user = new_test_user(self.env, "only-internal", groups="base.group_user")
        text = from_supplier(response("PTEST1", AS_ORDERED))
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "purchase")], limit=1
        )
        before = self.env["itscope.document"].search_count([])
        for model in (self.env["purchase.order"], journal):
            model = model.with_user(user).with_context(default_move_type="in_invoice")
            files = attached(model.env, {"r.xml": text})
            # As soon as it is asked for: what is kept before would be committed.
            take = self.patched_take()
            with self.subTest(model=model._name), take as taken:
                with self.assertRaises(AccessError):
                    model.create_document_from_attachment(files.ids)
                taken.assert_not_called()
        self.assertEqual(self.env["itscope.document"].search_count([]), before)

    def patched_take(self):
        return patch.object(
            type(self.env["itscope.document"]), "_import_attachments", autospec=True
        )

    def test_nothing_is_billed_for_who_may_not_write(self):
        user = new_test_user(
            self.env, "accountant", groups="account.group_account_invoice"
        )
        document = self.env["itscope.document"].create(
            {
                "deal_id": self.deal.id,
                "company_id": self.company.id,
                "order_ids": self.order.ids,
                "type": "INVOICE",
                "direction": "in",
                "transaction_id": "P1",
                "pdf": b"JVBERg==",
            }
        )
        bill = patch.object(type(document), "_bill_from_pdf", autospec=True)
        with bill as billed, self.assertRaises(AccessError):
            document.with_user(user).action_apply_again()
        billed.assert_not_called()

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
