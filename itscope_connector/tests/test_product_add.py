from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SimulatorCase

SHARED_EAN = "4260000000059"
TEST_EANS = {
    "123001": "0888793383537",
    "123002": "0190198870803",
    "123003": "8806084080233",
}


@tagged("post_install", "-at_install")
class TestProductAdd(SimulatorCase):
    def setUp(self):
        super().setUp()
        self.account.action_sync_metadata()
        self.test_supplier = self.env["itscope.supplier"].search(
            [("itscope_id", "=", "10000735")]
        )
        self.test_supplier.partner_id = self.env["res.partner"].create(
            {"name": "ITscope Partner-Test", "is_company": True}
        )

    def find(self, kind, *numbers, **values):
        form = Form(self.env["itscope.product.add"].with_user(self.user))
        form.kind = kind
        form.text = "\n".join(numbers)
        wizard = form.save()
        wizard.write(values)
        wizard.action_find()
        return wizard

    def add(self, kind, *numbers, **values):
        wizard = self.find(kind, *numbers, **values)
        wizard.action_import()
        return self.env["itscope.product"].search(
            [("puid", "in", wizard.line_ids.mapped("puid"))]
        )

    def test_by_every_kind_of_number(self):
        for kind, number in (
            ("puid", "4012827000"),
            ("ean", TEST_EANS["123002"]),
            ("manufacturer_sku", "24BK550Y-B"),
        ):
            with self.subTest(kind=kind):
                link = self.add(kind, number)
                self.assertEqual(len(link), 1)
                self.assertIn(
                    "ITscope Partner-Test", link.offer_ids.supplier_id.mapped("name")
                )

    def test_by_supplier_article_number(self):
        links = self.add(
            "supplier_sku",
            "123001",
            "123002",
            "123003",
            supplier_id=self.test_supplier.id,
        )
        self.assertEqual(len(links), 3)
        prices = self.env["product.supplierinfo"].search(
            [("partner_id", "=", self.test_supplier.partner_id.id)]
        )
        self.assertEqual(
            dict(
                zip(prices.mapped("product_code"), prices.mapped("price"), strict=True)
            ),
            {"123001": 386.0, "123002": 868.0, "123003": 136.0},
        )

    def test_numbers_with_reserved_characters_are_found(self):
        links = self.add("manufacturer_sku", "CF379A#B19", "MTXR2FD/A")
        self.assertEqual(len(links), 2)

    def test_hundreds_in_requests_of_fifty(self):
        numbers = [str(12345678000 + n * 1000) for n in range(230)]
        self.control("reset")
        wizard = self.find("puid", *numbers)
        self.assertEqual(len(wizard.line_ids), 230)
        wizard.action_import()
        self.assertGreater(
            self.env["itscope.product"].search_count([("puid", "in", numbers)]), 200
        )
        # Five requests to find, five to import.
        self.assertLessEqual(len(self.observe("requests")), 10)

    def test_an_ean_that_three_products_share_is_a_question(self):
        wizard = self.find("ean", SHARED_EAN)
        self.assertEqual(len(wizard.line_ids), 3)
        self.assertEqual(set(wizard.line_ids.mapped("action")), {"skip"})
        self.assertIn("3 products", wizard.line_ids[0].reason)
        with self.assertRaisesRegex(UserError, "Nothing is chosen"):
            wizard.action_import()
        wizard.line_ids[1].action = "create"
        wizard.action_import()
        link = self.env["itscope.product"].search(
            [("puid", "=", wizard.line_ids[1].puid)]
        )
        self.assertEqual(len(link), 1)

    def test_unknown_number_says_so(self):
        wizard = self.find("ean", "4000000000006")
        self.assertEqual(wizard.line_ids.action, "skip")
        self.assertIn("does not know", wizard.line_ids.reason)

    def test_nothing_entered(self):
        with self.assertRaisesRegex(UserError, "at least one number"):
            self.find("ean", " ", "")

    def test_a_product_that_is_there_is_linked_not_doubled(self):
        mine = self.env["product.product"].create(
            {"name": "Mein Drucker", "barcode": TEST_EANS["123001"]}
        )
        wizard = self.find("supplier_sku", "123001", supplier_id=self.test_supplier.id)
        self.assertEqual(wizard.line_ids.action, "link")
        self.assertEqual(wizard.line_ids.product_id, mine)
        wizard.action_import()
        self.assertEqual(mine.itscope_link_id.puid, "4012827000")
        self.assertEqual(mine.name, "Mein Drucker")
        again = self.find("puid", "4012827000")
        self.assertEqual(again.line_ids.action, "refresh")

    def test_two_products_of_ours_that_could_be_it_are_a_question(self):
        for name in ("A", "B"):
            self.env["product.product"].create(
                {"name": name, "default_code": "24BK550Y-B"}
            )
        wizard = self.find("puid", "5289817000")
        self.assertEqual(wizard.line_ids.action, "skip")
        self.assertIn("Several products of yours", wizard.line_ids.reason)

    def test_link_from_the_product(self):
        product = self.env["product.product"].create(
            {"name": "Mein Monitor", "default_code": "24BK550Y-B"}
        )
        action = product.product_tmpl_id.action_itscope_link()
        wizard = self.env["itscope.product.add"].browse(action["res_id"])
        wizard.action_find()
        self.assertEqual(wizard.line_ids.product_id, product)
        wizard.action_import()
        self.assertTrue(product.product_tmpl_id.itscope_linked)
        self.assertEqual(product.product_tmpl_id.itscope_best_price, 136.0)

    def test_article_without_price_gets_no_vendor_price(self):
        self.control(
            "change", puid="4012827000", supplier="10000735", values={"price": 0}
        )
        link = self.add("puid", "4012827000")
        offer = link.offer_ids.filtered(lambda o: o.supplier_id == self.test_supplier)
        self.assertFalse(offer.has_price)
        self.assertFalse(
            self.env["product.supplierinfo"].search(
                [("itscope_offer_id", "=", offer.id)]
            )
        )

    def test_refresh_brings_new_prices_and_marks_what_vanished(self):
        links = self.add("puid", "4012827000", "6676919000")
        self.control("change", puid="4012827000", values={"price": 300.0, "stock": 2})
        self.control("change", puid="6676919000", gone=True)
        links.product_id.product_tmpl_id.action_itscope_refresh()
        printer = links.filtered(lambda link: link.puid == "4012827000")
        tablet = links - printer
        self.assertEqual(printer.best_price, 300.0)
        self.assertEqual(tablet.state, "vanished")
        self.assertFalse(tablet.offer_ids)
        self.assertTrue(tablet.product_id.active)

    def test_a_user_refreshes_what_vanished(self):
        links = self.add("ean", TEST_EANS["123002"])
        self.control("change", puid=links.puid, gone=True)
        links.with_user(self.user).action_refresh()
        self.assertEqual(links.state, "vanished")
        self.assertFalse(links.offer_ids)

    def test_refresh_of_what_is_not_linked_says_what_to_do(self):
        product = self.env["product.product"].create({"name": "Anything"})
        with self.assertRaisesRegex(UserError, "Link with ITscope"):
            product.action_itscope_refresh()

    def test_suppliers_are_asked_live(self):
        links = self.add("puid", "4012827000", "6676919000")
        printer = links.filtered(lambda link: link.puid == "4012827000")
        self.control(
            "change", puid="4012827000", live=True, values={"price": 311.5, "stock": 4}
        )
        product = printer.product_id.with_user(self.user)
        product.action_itscope_refresh()
        self.assertNotEqual(printer.best_price, 311.5)
        message = product.action_itscope_ask_live()["params"]["message"]
        self.assertIn("Answered live: ", message)
        self.assertIn("ITscope Partner-Test", message)
        self.assertEqual(printer.best_price, 311.5)
        noted = self.test_supplier.record_ids.filtered(lambda r: r.kind == "realtime")
        self.assertEqual(noted.count, 1)

    def test_asking_live_says_what_does_not_answer_or_is_gone(self):
        links = self.add("puid", "4012827000", "6676919000")
        self.control("change", puid="4012827000", gone=True)
        self.control("change", puid="6676919000", gone=True)
        params = links.with_user(self.user).action_ask_live()["params"]
        self.assertIn("No supplier answered live", params["message"])
        self.assertIn("No longer at ITscope", params["message"])
        self.assertEqual(params["type"], "warning")
        self.assertEqual(links.mapped("state"), ["vanished"] * 2)

    def test_only_a_few_products_are_asked_live(self):
        products = self.env["product.product"].create(
            [{"name": f"Product {number}"} for number in range(11)]
        )
        links = self.env["itscope.product"].create(
            [
                {
                    "company_id": self.company.id,
                    "product_id": product.id,
                    "puid": f"77{number:02}000",
                }
                for number, product in enumerate(products)
            ]
        )
        before = len(self.control("requests"))
        with self.assertRaisesRegex(UserError, "10 products at most; 11 were"):
            links.action_ask_live()
        self.assertEqual(len(self.control("requests")), before)
        with self.assertRaisesRegex(UserError, "Link with ITscope"):
            self.env["product.product"].create({"name": "X"}).action_itscope_ask_live()

    def test_malformed_answer_leaves_nothing_half_written(self):
        for kind in ("truncate", "garbage", "html", "cut"):
            with self.subTest(kind=kind):
                wizard = self.find("puid", "5289817000")
                self.control(
                    "faults",
                    rules=[{"match": "products/ids", "kind": kind, "count": 9}],
                )
                with self.assertRaises(UserError):
                    wizard.action_import()
                self.assertFalse(
                    self.env["itscope.product"].search([("puid", "=", "5289817000")])
                )
                self.control("faults", rules=[])

    def test_server_error_is_tried_three_times(self):
        self.control(
            "faults",
            rules=[
                {"match": "products/ids", "kind": "status", "status": 502, "count": 2}
            ],
        )
        self.assertEqual(len(self.find("puid", "5289817000").line_ids), 1)
