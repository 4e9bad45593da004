from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestRights(ItscopeCase):
    def test_the_key_is_for_managers_only(self):
        account = self.account.with_user(self.user)
        self.assertNotIn("api_key", account.fields_get())
        with self.assertRaises(AccessError):
            account.read(["api_key"])
        self.user.group_ids += self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            account.export_data(["api_key"])

    def test_the_key_is_not_copied_and_not_tracked(self):
        self.assertFalse(self.account.copy({"user_id": self.user.id}).api_key)
        self.account.api_key = "another-secret"
        self.env.flush_all()
        self.assertNotIn(
            "another-secret", "".join(map(str, self.account.message_ids.mapped("body")))
        )

    def strangers(self):
        return (
            new_test_user(self.env, "visitor", groups="base.group_portal"),
            new_test_user(self.env, "outsider", groups="base.group_user"),
        )

    def test_runs_are_steered_by_users_and_undone_by_managers(self):
        run = self.env["itscope.sync"]._start(self.account, "refresh", puids=["1"])
        for stranger in self.strangers():
            own = run.with_user(stranger)
            for method in ("action_cancel", "action_resume", "action_undo"):
                with self.subTest(method=method), self.assertRaises(AccessError):
                    getattr(own, method)()
        company = self.env["res.company"].create({"name": "Foreign"})
        foreign = new_test_user(
            self.env,
            "foreign",
            groups="itscope_connector.group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        with self.assertRaises(AccessError):
            run.with_user(foreign).with_company(company).action_cancel()
        run.with_user(self.user).action_cancel()
        self.assertEqual(run.state, "cancelled")
        with self.assertRaises(AccessError):
            run.with_user(self.user).action_undo()

    def test_pictures_are_fetched_again_by_users_only(self):
        links, _counts = self.import_records(
            self.record(images=("https://api.itscope.com/2.1/images/1.png",))
        )
        for stranger in self.strangers():
            with self.assertRaises(AccessError):
                links.media_ids.with_user(stranger).action_retry()
        links.media_ids.with_user(self.user).action_retry()

    def test_the_comparison_writes_only_what_itscope_says(self):
        links, _counts = self.import_records(self.record())
        with self.assertRaises(AccessError):
            links.with_user(self.user).said = {"list_price": 0.01}
        compare = self.env["itscope.compare"].with_user(self.user)
        wizard = compare.create(
            {
                "link_id": links.id,
                "line_ids": [
                    Command.create({"field_name": "active"}),
                    Command.create({"field_name": "name"}),
                ],
            }
        )
        bad, good = wizard.line_ids
        with self.assertRaises(UserError):
            bad.action_take_over()
        links.product_id.name = "Own"
        good.action_take_over()
        self.assertEqual(links.product_id.name, "Musterwerke Notebook AB100")

    def test_the_comparison_speaks_of_the_links_company(self):
        mine, _counts = self.import_records(self.record(self.offer()))
        company = self.env["res.company"].create({"name": "Second"})
        self.user.company_ids += company
        other = self.account.copy({"company_id": company.id})
        link, _counts = self.env["itscope.product.importer"]._import(
            other, [self.record(self.offer(id="9"))], {"777000": mine.product_id}
        )
        product = mine.product_id
        product.with_company(company).standard_price = 5
        product.standard_price = 7
        companies = [self.company.id, company.id]
        own = link.with_user(self.user).with_context(allowed_company_ids=companies)
        wizard = own.env["itscope.compare"].browse(own.action_compare()["res_id"])
        line = wizard.line_ids.filtered(lambda li: li.field_name == "standard_price")
        self.assertEqual(line.own, "5")
        line.action_take_over()
        self.assertEqual(product.with_company(company).standard_price, 100)
        self.assertEqual(product.standard_price, 7)

    def test_a_manager_without_purchase_rights_maps_suppliers(self):
        order = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        self.supplier.partner_id = False
        order.itscope_supplier_id = False
        manager = new_test_user(
            self.env, "mapper", groups="itscope_connector.group_manager"
        )
        self.assertFalse(order.with_user(manager).has_access("read"))
        self.supplier.with_user(manager).partner_id = self.vendor
        self.assertEqual(order.itscope_supplier_id, self.supplier)

    def test_users_do_not_map_and_internal_users_only_look(self):
        with self.assertRaises(AccessError):
            self.supplier.with_user(self.user).partner_id = self.vendor
        internal = new_test_user(self.env, "internal", groups="base.group_user")
        links, _counts = self.import_records(self.record(self.offer()))
        self.assertTrue(links.with_user(internal).offer_ids)
        with self.assertRaises(AccessError):
            self.account.with_user(internal).read(["name"])
        with self.assertRaises(AccessError):
            links.with_user(internal).write({"name": "x"})
