"""What reaches fields and pictures that other addons bring; run beside them."""

import unittest

from odoo.tests import tagged

from .common import SimulatorCase

PRINTER = "4012827000"


@tagged("post_install", "-at_install")
class TestShop(SimulatorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if (
            "product.image" not in cls.env
            or "hs_code" not in cls.env["product.product"]
        ):
            raise unittest.SkipTest("needs website_sale and stock_delivery")

    def bring(self, **policies):
        self.account.write(policies)
        return self.env["itscope.product"]._fetch_products(
            self.account, [PRINTER], {PRINTER: self.env["product.product"]}
        )

    def tell(self, **facts):
        self.control("change", puid=PRINTER, facts=facts)

    def pictures(self, link):
        return link.product_tmpl_id.product_template_image_ids

    def test_nothing_hostile_reaches_the_shop(self):
        self.assertTrue(
            self.env.user.has_group("base.group_sanitize_override"),
            "the scheduler may write what it likes: nothing else holds it back",
        )
        self.tell(
            longDescription="<p onclick='x()'>good</p><script>alert(1)</script>"
            "<iframe src='//evil.example'></iframe><img src='https://evil.example/x'>"
        )
        link = self.bring()
        text = link.product_id.description_ecommerce
        self.assertIn("good", text)
        for bad in ("script", "onclick", "iframe", "evil"):
            self.assertNotIn(bad, text)

    def test_customs_number_and_country(self):
        product = self.bring().product_id
        self.assertEqual(product.hs_code, "84713000")
        self.assertEqual(product.country_of_origin.code, "CN")

    def test_further_pictures_reach_the_gallery(self):
        self.tell(image2="/images/second.png", image3="/images/third.png")
        link = self.bring(picture_policy="all")
        self.env["itscope.media"]._cron_fetch()
        further = link.media_ids.filtered(lambda m: m.kind == "image" and m.sequence)
        self.assertEqual(len(further), 2)
        self.assertEqual(len(self.pictures(link)), 2)
        self.pictures(link).unlink()
        further.action_retry()
        self.env["itscope.media"]._cron_fetch()
        self.assertFalse(self.pictures(link), "removed by a person")

    def test_a_gallery_picture_stays_until_its_successor_is_there(self):
        self.tell(image2="/images/second.png")
        link = self.bring(picture_policy="all")
        self.env["itscope.media"]._cron_fetch()
        picture, before = self.pictures(link), self.pictures(link).image_1920
        self.tell(image2="/images/newer.png")
        link.action_refresh()
        self.assertEqual(self.pictures(link).image_1920, before)
        self.env["itscope.media"]._cron_fetch()
        self.assertEqual(self.pictures(link), picture)
        self.assertNotEqual(picture.image_1920, before)
        self.tell(image2=None)
        link.action_refresh()
        self.assertFalse(self.pictures(link), "ITscope names no successor")

    def test_two_companies_share_the_gallery(self):
        self.tell(image2="/images/second.png")
        link = self.bring(picture_policy="all")
        self.env["itscope.media"]._cron_fetch()
        company = self.env["res.company"].create({"name": "Second"})
        other = self.account.copy({"company_id": company.id})
        other.api_key = self.account.api_key
        links = self.env["itscope.product"].with_company(company)
        theirs = links._fetch_products(other, [PRINTER], {PRINTER: link.product_id})
        self.env["itscope.media"]._cron_fetch()
        self.assertEqual(len(self.pictures(link)), 1)
        theirs.media_ids._drop()
        self.assertEqual(len(self.pictures(link)), 1, "the other company has it, too")

    def test_pictures_in_another_order_change_their_places(self):
        self.tell(imageHighRes1="/images/first.png", image2="/images/second.png")
        link = self.bring(picture_policy="all")
        self.env["itscope.media"]._cron_fetch()
        first, second = link.product_id.image_1920, self.pictures(link).image_1920
        self.assertNotEqual(first, second)
        self.tell(imageHighRes1="/images/second.png", image2="/images/first.png")
        link.action_refresh()
        self.env["itscope.media"]._cron_fetch()
        self.assertEqual(link.product_id.image_1920, second)
        self.assertEqual(self.pictures(link).image_1920, first)
        self.tell(imageHighRes1="/images/first.png", image2=None)
        link.action_refresh()
        self.env["itscope.media"]._cron_fetch()
        self.assertEqual(link.product_id.image_1920, first)
        self.assertFalse(self.pictures(link))
