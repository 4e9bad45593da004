from urllib.parse import urlencode

from odoo.tests import HttpCase, new_test_user, tagged

from .common import SimulatorCase

COUNTED = ("product.product", "itscope.product", "itscope.offer", "sale.order.line")


@tagged("post_install", "-at_install")
class TestShare(HttpCase, SimulatorCase):
    def setUp(self):
        super().setUp()
        new_test_user(
            self.env,
            "share-user",
            password="share-user-1",
            groups="itscope_connector.group_user,sales_team.group_sale_salesman_all_leads",
        )

    def open(self, **values):
        return self.url_open(f"/itscope/share?{urlencode(values)}", timeout=60)

    def counts(self):
        return [self.env[model].search_count([]) for model in COUNTED]

    def test_a_visitor_is_asked_to_log_in_and_comes_back(self):
        answer = self.open(puid="4012827000")
        self.assertIn("/web/login", answer.url)
        self.assertIn("share", answer.url)

    def test_a_get_shows_and_changes_nothing(self):
        self.authenticate("share-user", "share-user-1")
        before = self.counts()
        answer = self.open(puid="4012827000", ean="<ean>", name="")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("HP Color LaserJet", answer.text)
        self.assertIn("ITscope Partner-Test", answer.text)
        self.assertIn("Import", answer.text)
        self.assertEqual(self.counts(), before)

    def test_every_placeholder_leads_to_the_product(self):
        self.authenticate("share-user", "share-user-1")
        for values in (
            {"ean": "0888793383537"},
            {"sku": "CF379A#B19", "manufacturer": "HP"},
            {"name": "HP Color LaserJet Pro MFP M477fdw"},
            {"puid": "<id>", "ean": "0888793383537"},
            {"info": "HP Color LaserJet Pro"},
            {"manufacturer": "HP", "ean": "1"},
        ):
            with self.subTest(values=values):
                self.assertIn("123001", self.open(**values).text)

    def test_hostile_values_are_shown_as_text(self):
        self.authenticate("share-user", "share-user-1")
        answer = self.open(name="<script>alert(1)</script>" * 100, puid="1 or 1=1")
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("<script>alert", answer.text)
        self.assertEqual(self.open(puid="9" * 500).status_code, 200)
        self.assertEqual(self.open().status_code, 200)

    def test_import_on_confirmation_into_a_quotation(self):
        self.authenticate("share-user", "share-user-1")
        order = self.env["sale.order"].create({"partner_id": self.vendor.id})
        page = self.open(puid="4012827000").text
        self.assertIn(order.name, page)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        body = {"csrf_token": token, "puid": "4012827000", "choice": "create"}
        answer = self.url_open(
            "/itscope/share/do",
            data={**body, "order_id": str(order.id)},
            timeout=60,
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"/sale.order/{order.id}"))
        self.assertEqual(order.order_line.product_id.itscope_link_id.puid, "4012827000")

    def test_import_into_a_new_quotation(self):
        self.authenticate("share-user", "share-user-1")
        customer = self.env["res.partner"].create(
            {"name": "Kunde 100% AG", "customer_rank": 1}
        )
        page = self.open(puid="4012827000").text
        self.assertIn(customer.name, page)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        body = {"csrf_token": token, "puid": "4012827000", "choice": "create"}
        answer = self.url_open(
            "/itscope/share/do",
            data={**body, "order_id": "new", "customer": customer.name},
            timeout=60,
            allow_redirects=False,
        )
        order = self.env["sale.order"].search([("partner_id", "=", customer.id)])
        self.assertTrue(answer.headers["Location"].endswith(f"/sale.order/{order.id}"))
        self.assertEqual(order.order_line.product_id.itscope_link_id.puid, "4012827000")
        answer = self.url_open(
            "/itscope/share/do",
            data={**body, "order_id": "new", "customer": "Kunde %"},
            timeout=60,
        )
        self.assertIn("No single customer", answer.text)

    def test_hostile_choices_do_nothing_worse_than_say_so(self):
        self.authenticate("share-user", "share-user-1")
        page = self.open(puid="4012827000").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        for values in (
            {"choice": "²"},
            {"choice": "9" * 30},
            {"choice": "create", "order_id": "²"},
            {"choice": "create", "order_id": "9" * 30},
            {"puid": "²", "choice": "create"},
        ):
            with self.subTest(values=values):
                answer = self.url_open(
                    "/itscope/share/do",
                    data={"csrf_token": token, "puid": "4012827000", **values},
                    timeout=60,
                )
                self.assertEqual(answer.status_code, 200)

    def test_a_price_list_line(self):
        self.authenticate("share-user", "share-user-1")
        (product,) = self.control("products", numbers=[40])
        puid = str(product["puid"])
        page = self.open(puid=puid, name=product["productName"]).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        hidden = {
            name: page.split(f'name="{name}" value="')[1].split('"')[0]
            for name in ("puid", "supplier", "article")
        }
        self.assertEqual(hidden["puid"], puid)
        self.url_open(
            "/itscope/share/do",
            data={"csrf_token": token, "choice": "create", **hidden},
            timeout=60,
            allow_redirects=False,
        )
        self.assertTrue(self.env["itscope.product"].search([("puid", "=", puid)]))

    def test_without_the_token_nothing_happens(self):
        self.authenticate("share-user", "share-user-1")
        before = self.counts()
        with self.assertLogs("odoo.http", "WARNING"):
            answer = self.url_open(
                "/itscope/share/do", data={"puid": "4012827000", "choice": "create"}
            )
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.counts(), before)

    def test_without_the_right_it_says_so(self):
        new_test_user(
            self.env, "no-share", password="no-share-12", groups="base.group_user"
        )
        self.authenticate("no-share", "no-share-12")
        answer = self.open(puid="4012827000")
        self.assertEqual(answer.status_code, 403)

    def test_the_address_to_enter_at_itscope(self):
        self.assertIn("/itscope/share?puid=<id>", self.account.share_address)
