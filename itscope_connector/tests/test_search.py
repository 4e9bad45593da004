from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SimulatorCase

SHARED_EAN = "4260000000059"


@tagged("post_install", "-at_install")
class TestSearch(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.Search = self.env["itscope.search"].with_user(self.user)

    def search(self, **criteria):
        context = criteria.pop("context", {})
        form = Form(self.Search.with_context(**context))
        for name, value in criteria.items():
            form[name] = value
        search = form.save()
        search.action_search()
        return search

    def test_pages_and_what_was_chosen_on_them(self):
        search = self.search(keywords="a")
        self.assertEqual(len(search.line_ids), 50)
        self.assertTrue(search.has_next)
        first = search.line_ids[0]
        first.chosen = True
        search.action_next()
        self.assertEqual(search.page, 2)
        self.assertIn(first, search.line_ids)
        self.assertEqual(search.chosen_count, 1)
        search.action_previous()
        self.assertEqual(len(search.line_ids.filtered(lambda li: li == first)), 1)
        self.assertFalse(self.env["itscope.product"].search([]), "nothing is imported")

    def test_an_orders_search_asks_by_the_account_of_its_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        account = self.account.copy({"company_id": other.id, "name": "Other"})
        account.api_key = self.account.api_key
        self.env.user.company_ids += other
        both = [self.company.id, other.id]
        env = self.env(context={**self.env.context, "allowed_company_ids": both})
        for model, partner in (
            ("purchase.order", self.vendor),
            ("sale.order", self.vendor),
        ):
            order = env[model].create(
                {"partner_id": partner.id, "company_id": other.id}
            )
            search = env["itscope.search"].browse(
                order.action_itscope_search()["res_id"]
            )
            self.assertEqual(search.account_id, account)
        link, _counts = env["itscope.product.importer"]._import(
            account, [self.record()], {"777000": env["product.product"]}
        )
        link.accessory_puids = {"6676919000": "x"}
        action = link.with_env(env).action_accessories()
        self.assertEqual(
            env[action["res_model"]].browse(action["res_id"]).company_id, other
        )

    def test_offers_of_a_row_at_a_glance(self):
        line = self.search(ean="0888793383537").line_ids
        self.assertEqual(line.price, 386.0)
        self.assertEqual(line.supplier_count, 4)
        self.assertEqual(line.offer_ids[0].supplier_sku, "123001")
        self.assertIn("/images/", line.picture_url)

    def test_by_each_criterion(self):
        self.account.action_sync_metadata()
        supplier = self.env["itscope.supplier"].search(
            [("itscope_id", "=", "10000735")]
        )
        maker = self.env["itscope.manufacturer"].search([("name", "=", "HP")], limit=1)
        for criteria in (
            {"manufacturer_sku": "CF379A#B19"},
            {"supplier_sku": "123001", "supplier_id": supplier},
            {"keywords": "laserjet", "manufacturer_id": maker},
        ):
            with self.subTest(criteria=criteria):
                self.assertIn(
                    "4012827000", self.search(**criteria).line_ids.mapped("puid")
                )

    def test_import_and_what_is_to_be_decided(self):
        search = self.search(ean=SHARED_EAN)
        self.env["product.product"].create({"name": "Mine", "barcode": SHARED_EAN})
        search.action_search()
        self.assertEqual(set(search.line_ids.mapped("action")), {"ask"})
        line = search.line_ids[0]
        line.chosen = True
        with self.assertRaisesRegex(UserError, "Decide first"):
            search.action_import()
        line.action = "create"
        search.action_import()
        self.assertTrue(self.env["itscope.product"].search([("puid", "=", line.puid)]))

    def test_into_a_quotation(self):
        order = self.env["sale.order"].create({"partner_id": self.vendor.id})
        user = self.user
        user.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        action = order.with_user(user).action_itscope_search()
        search = self.Search.browse(action["res_id"])
        search.keywords = "laserjet"
        search.action_search()
        line = search.line_ids.filtered(lambda li: li.puid == "4012827000")
        line.write({"chosen": True, "quantity": 3})
        search.action_add_to_order()
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(order.order_line.product_id.itscope_link_id.puid, "4012827000")
        self.assertTrue(order.order_line.price_unit)

    def test_into_a_purchase_order_with_a_hint(self):
        order = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        user = self.user
        user.group_ids += self.env.ref("purchase.group_purchase_user")
        action = order.with_user(user).action_itscope_search()
        search = self.Search.browse(action["res_id"])
        search.ean = "0888793383537"
        search.action_search()
        self.assertIn(self.vendor.name, search.line_ids.hint)
        search.line_ids.chosen = True
        search.action_add_to_order()
        self.assertEqual(order.order_line.product_qty, 1)

    def test_the_hints_of_a_page_take_few_queries(self):
        order = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        search = self.env["itscope.search"].create(
            {"keywords": "a", "purchase_order_id": order.id}
        )
        search.action_search()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertTrue(any(search.line_ids.mapped("hint")))
        self.assertLess(self.env.cr.sql_log_count - before, 20, "not one for each row")

    def test_from_the_catalogue_of_an_order(self):
        order = self.env["sale.order"].create({"partner_id": self.vendor.id})
        context = order.action_add_from_catalog()["context"]
        action = (
            self.env["product.product"].with_context(**context).action_itscope_search()
        )
        self.assertEqual(
            self.env["itscope.search"].browse(action["res_id"]).sale_order_id, order
        )

    def test_by_product_type(self):
        self.account.action_sync_metadata()
        (product,) = self.control("products", numbers=[0])
        kind = self.env["itscope.product.type"].search(
            [("itscope_id", "=", str(product["productTypeId"]))]
        )
        search = self.search(product_type_id=kind)
        self.assertIn(str(product["puid"]), search.line_ids.mapped("puid"))

    def test_too_many_numbers_are_explained(self):
        with self.assertRaisesRegex(UserError, "EAN: 51 numbers"):
            self.search(ean=",".join(map(str, range(1000, 1051))))

    def test_the_catalogue_of_another_document_has_no_search(self):
        products = self.env["product.product"].with_context(
            product_catalog_order_model="account.move", product_catalog_order_id=1
        )
        with self.assertRaisesRegex(UserError, "quotations and purchase orders"):
            products.action_itscope_search()

    def test_nothing_found_and_nothing_asked(self):
        search = self.search(keywords="zzzz gibt es nicht")
        self.assertTrue(search.searched)
        self.assertFalse(search.line_ids)
        with self.assertRaisesRegex(UserError, "what you are looking for"):
            self.search()

    def test_price_list_line_products_on_request(self):
        number = 40
        (product,) = self.control("products", numbers=[number])
        found = self.search(keywords=product["productName"])
        self.assertFalse(found.line_ids)
        found = self.search(keywords=product["productName"], price_list_products=True)
        self.assertEqual(found.line_ids.mapped("puid"), [str(product["puid"])])
