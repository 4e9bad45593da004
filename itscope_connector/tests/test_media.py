import base64

from odoo.tests import tagged

from .common import SimulatorCase

PRINTER, TABLET = "4012827000", "6676919000"


@tagged("post_install", "-at_install")
class TestMedia(SimulatorCase):
    def bring(self, *puids, **policies):
        self.account.write(policies)
        return self.env["itscope.product"]._fetch_products(
            self.account, puids, {puid: self.env["product.product"] for puid in puids}
        )

    def fetch(self):
        self.env["itscope.media"]._cron_fetch()

    def test_the_main_picture_becomes_the_products(self):
        link = self.bring(PRINTER)
        self.assertEqual(
            link.media_ids.filtered(lambda m: m.kind == "image").state, "waiting"
        )
        self.assertFalse(link.product_id.image_1920)
        self.fetch()
        self.assertTrue(link.product_id.image_1920)
        self.control("reset")
        self.bring(PRINTER)
        self.fetch()
        asked = [r for r in self.observe("requests") if "images" in r["path"]]
        self.assertFalse(asked, "an address that did not change is not fetched again")

    def test_an_own_picture_stays(self):
        link = self.bring(PRINTER)
        own = base64.b64encode(
            base64.b64decode(
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
                "hgGAWjR9awAAAABJRU5ErkJggg=="
            )
        )
        link.product_id.image_1920 = own
        before = link.product_id.image_1920
        self.fetch()
        self.assertEqual(link.product_id.image_1920, before)
        self.assertEqual(
            link.media_ids.filtered(lambda m: m.kind == "image").state, "own"
        )

    def test_what_is_no_picture_is_refused_and_its_neighbour_comes(self):
        self.control("change", puid=PRINTER, values={})
        links = self.bring(PRINTER, TABLET)
        bad = links.media_ids.filtered(
            lambda m: m.kind == "image" and m.link_id.puid == PRINTER
        )
        bad.url = bad.url.rsplit("/", 1)[0] + "/html.png"
        self.fetch()
        self.assertEqual(bad.state, "refused")
        self.assertTrue(bad.message)
        good = links.filtered(lambda li: li.puid == TABLET)
        self.assertTrue(good.product_id.image_1920)

    def test_50_megabytes_are_refused(self):
        link = self.bring(PRINTER)
        media = link.media_ids.filtered(lambda m: m.kind == "image")
        media.url = media.url.rsplit("/", 1)[0] + "/huge.png"
        self.fetch()
        self.assertEqual(media.state, "refused")
        self.assertFalse(link.product_id.image_1920)

    def test_another_host_is_refused(self):
        link = self.bring(PRINTER)
        media = link.media_ids.filtered(lambda m: m.kind == "image")
        media.url = "https://evil.example/x.png"
        self.fetch()
        self.assertEqual(media.state, "refused")

    def test_further_pictures_reach_the_web_shop(self):
        if "product.image" not in self.env:
            self.skipTest("website_sale is not installed")
        link = self.bring(PRINTER, picture_policy="all")
        self.fetch()
        template = link.product_tmpl_id
        further = link.media_ids.filtered(lambda m: m.kind == "image" and m.sequence)
        self.assertTrue(further)
        self.assertEqual(len(template.product_template_image_ids), len(further))
        template.product_template_image_ids.unlink()
        further.action_retry()
        self.fetch()
        self.assertFalse(template.product_template_image_ids, "removed by a person")

    def test_no_pictures_at_all(self):
        link = self.bring(PRINTER, picture_policy="none", datasheet_policy="none")
        self.assertFalse(link.media_ids)

    def test_a_block_leaves_everything_waiting(self):
        link = self.bring(PRINTER)
        self.control(
            "faults",
            rules=[{"match": "images", "kind": "status", "status": 503, "count": 9}],
        )
        self.fetch()
        self.assertEqual(set(link.media_ids.mapped("state")), {"waiting"})


@tagged("post_install", "-at_install")
class TestAccessories(SimulatorCase):
    def setUp(self):
        super().setUp()
        number = next(
            p
            for p in self.control("products", numbers=list(range(20)))
            if p["accessories"]
        )
        self.main = str(number["puid"])
        self.accessory = str(number["accessories"][0]["referencedProductId"])

    def bring(self, *puids):
        return self.env["itscope.product"]._fetch_products(
            self.account, puids, {puid: self.env["product.product"] for puid in puids}
        )

    def test_known_accessories_become_optional_products(self):
        for order in ((self.main, self.accessory), (self.accessory, self.main)):
            with self.subTest(order=order), self.env.cr.savepoint() as savepoint:
                first = self.bring(order[0])
                second = self.bring(order[1])
                links = first | second
                main = links.filtered(lambda li: li.puid == self.main)
                accessory = links - main
                self.assertIn(
                    accessory.product_tmpl_id, main.product_tmpl_id.optional_product_ids
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_one_that_was_taken_away_does_not_come_back(self):
        links = self.bring(self.main, self.accessory)
        template = links.filtered(lambda li: li.puid == self.main).product_tmpl_id
        template.optional_product_ids = False
        self.bring(self.main, self.accessory)
        self.assertFalse(template.optional_product_ids)

    def test_unknown_ones_are_offered(self):
        link = self.bring(self.main)
        action = link.action_accessories()
        wizard = self.env["itscope.product.add"].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.mapped("puid"), [self.accessory])
        self.assertEqual(wizard.line_ids.action, "create")
