import base64
from unittest.mock import patch

from odoo.tests import tagged

from .common import SimulatorCase

PRINTER, TABLET = "4012827000", "6676919000"
SHEET = f"/products/datasheet/id/{PRINTER}/datasheet.pdf"


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

    def test_a_picture_that_unpacks_without_end_leaves_its_neighbours(
        self,
    ):
        self.control(
            "change", puid=PRINTER, facts={"imageHighRes1": "/images/bomb.png"}
        )
        links = self.bring(PRINTER, TABLET)
        self.fetch()
        bad, good = (
            links.filtered(lambda li, p=puid: li.puid == p)
            for puid in (PRINTER, TABLET)
        )
        picture = bad.media_ids.filtered(lambda m: m.kind == "image")
        self.assertEqual(picture.state, "refused")
        self.assertTrue(good.product_id.image_1920)

    def test_the_same_content_is_not_taken_twice_and_a_new_one_is(self):
        link = self.bring(PRINTER)
        self.fetch()
        media = link.media_ids.filtered(lambda m: m.kind == "image")
        before, fetched = link.product_id.image_1920, media.image
        media.next_date = "2020-01-01"
        self.fetch()
        self.assertEqual(self.observe("requests")[-1]["status"], 304)
        self.assertEqual(media.state, "done")
        self.assertEqual(media.image, fetched)
        self.control("repaint", name=f"{PRINTER}.png")
        media.next_date = "2020-01-01"
        self.fetch()
        self.assertNotEqual(link.product_id.image_1920, before)

    def test_a_changed_address_replaces_what_came_from_the_old_one(self):
        self.control(
            "change",
            puid=PRINTER,
            facts={
                "imageHighRes1": "/images/before.png",
                "standardPdfDatasheet": f"{SHEET}?a=1",
            },
        )
        link = self.bring(PRINTER)
        self.fetch()
        documents, before = link.media_ids.document_id, link.product_id.image_1920
        self.assertEqual(len(documents), 1)
        self.control(
            "change",
            puid=PRINTER,
            facts={
                "imageHighRes1": "/images/after.png",
                "standardPdfDatasheet": f"{SHEET}?a=2",
            },
        )
        link.action_refresh()
        self.assertEqual(
            link.product_id.image_1920, before, "until the new one is here"
        )
        self.fetch()
        self.assertNotEqual(link.product_id.image_1920, before)
        self.assertEqual(
            self.env["product.document"].search(
                [("res_id", "=", link.product_tmpl_id.id)]
            ),
            documents,
        )
        self.assertTrue(documents.url.endswith("a=2"))

    def test_data_sheets_as_links_and_as_files(self):
        self.control(
            "change",
            puid=PRINTER,
            facts={
                "standardPdfDatasheet": SHEET,
                "manufacturerDatasheet": "https://maker.example/sheet.pdf",
            },
        )
        link = self.bring(PRINTER, datasheet_policy="link")
        self.fetch()
        sheets = link.media_ids.filtered(lambda m: m.kind == "datasheet")
        self.assertEqual(sheets.mapped("state"), ["link", "link"])
        self.assertEqual(set(sheets.document_id.mapped("type")), {"url"})
        self.account.datasheet_policy = "attachment"
        self.fetch()
        own, foreign = sheets.sorted("sequence")
        self.assertEqual((own.state, own.document_id.type), ("done", "binary"))
        self.assertTrue(own.document_id.raw.startswith(b"%PDF"))
        self.assertEqual((foreign.state, foreign.document_id.type), ("link", "url"))
        self.account.datasheet_policy = "link"
        self.fetch()
        self.assertEqual((own.state, own.document_id.type), ("link", "url"))
        self.assertFalse(own.document_id.raw)
        self.assertEqual(len(sheets.document_id), 2)

    def test_another_policy_concerns_products_that_did_not_change(self):
        link = self.bring(PRINTER, picture_policy="none")
        for policy in (
            {"picture_policy": "main"},
            {"datasheet_policy": "none"},
            {"accessory_policy": "none"},
        ):
            link.digest = "seen"
            self.account.write(policy)
            self.assertFalse(link.digest, policy)

    def test_two_companies_share_a_product_and_its_data_sheet(self):
        self.control(
            "change",
            puid=PRINTER,
            facts={"standardPdfDatasheet": SHEET},
        )
        link = self.bring(PRINTER)
        self.fetch()
        company = self.env["res.company"].create({"name": "Second"})
        other = self.account.copy({"company_id": company.id})
        other.api_key = self.account.api_key
        links = self.env["itscope.product"].with_company(company)
        theirs = links._fetch_products(other, [PRINTER], {PRINTER: link.product_id})
        self.fetch()
        self.assertEqual(theirs.media_ids.document_id, link.media_ids.document_id)
        self.assertFalse(link.media_ids.document_id.company_id)

    def test_a_company_without_a_key_takes_nobodys_turn(self):
        link = self.bring(PRINTER)
        self.account.api_key = False
        crons = self.env["ir.cron.trigger"].search([])
        with patch("odoo.addons.itscope_connector.models.itscope_media.TURN", 1):
            self.fetch()
        self.assertEqual(set(link.media_ids.mapped("state")), {"waiting"})
        self.assertEqual(self.env["ir.cron.trigger"].search([]), crons)

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
