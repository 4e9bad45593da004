from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestVendorPrices(ItscopeCase):
    def prices(self, product):
        return self.env["product.supplierinfo"].search(
            [("product_id", "=", product.id)]
        )

    def test_new_goods_of_mapped_suppliers_only(self):
        links, _counts = self.import_records(
            self.record(
                self.offer(),
                self.offer(id="2", supplier_id="10008888"),
                self.offer(id="3", condition=2, price=Decimal(10)),
                self.offer(id="4", price=None),
            )
        )
        price = self.prices(links.product_id)
        self.assertEqual(len(price), 1)
        self.assertEqual(price.partner_id, self.vendor)
        self.assertEqual(price.product_code, "BD-1")
        self.assertEqual(price.price, 100.0)
        self.assertEqual(price.company_id, self.company)

    def test_currency_and_article_number_can_be_changed_by_hand_too(self):
        links, _counts = self.import_records(self.record(self.offer()))
        price = self.prices(links.product_id)
        price.product_code = "OWN-1"
        self.assertTrue(price.itscope_own)
        self.import_records(self.record(self.offer(price=Decimal(88))))
        self.assertEqual((price.product_code, price.price), ("OWN-1", 100.0))

    def test_a_deleted_vendor_price_is_not_said_to_be_there(self):
        links, _counts = self.import_records(self.record(self.offer()))
        self.prices(links.product_id).unlink()
        offer = links.offer_ids
        offer.invalidate_recordset()
        self.assertEqual(offer.price_rule, "removed")
        self.assertIn("deleted", offer.explanation)
        self.import_records(self.record(self.offer(price=Decimal(88))))
        offer.invalidate_recordset()
        self.assertEqual(offer.price_rule, "vendor_price")

    def test_mapping_many_suppliers_looks_for_offers_and_orders_once(self):
        def queries(count):
            rows = self.env["itscope.supplier"].create(
                [
                    {"itscope_id": f"7{count}{n}", "name": f"Many {count} {n}"}
                    for n in range(count)
                ]
            )
            self.env["res.partner"].create(
                [
                    {"name": f"Many {count} {n}", "is_company": True}
                    for n in range(count)
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            rows.action_suggest_partners()
            self.env.flush_all()
            self.assertEqual(len(rows.partner_id), count)
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertLess(queries(12) - queries(3), 18, "two searches less for each")

    def test_price_follows_the_offer(self):
        links, _counts = self.import_records(self.record(self.offer()))
        self.import_records(self.record(self.offer(price=Decimal("88.5"))))
        self.assertEqual(self.prices(links.product_id).price, 88.5)

    def test_price_ends_with_the_offer_and_comes_back(self):
        links, _counts = self.import_records(self.record(self.offer()))
        self.import_records(self.record())
        price = self.prices(links.product_id)
        self.assertLess(price.date_end, fields.Date.today())
        self.assertFalse(
            links.product_id._select_seller(partner_id=self.vendor, quantity=1)
        )
        self.import_records(self.record(self.offer()))
        self.assertFalse(price.date_end)

    def test_price_changed_by_hand_is_left_alone(self):
        links, _counts = self.import_records(self.record(self.offer()))
        price = self.prices(links.product_id)
        price.price = 77
        self.assertTrue(price.itscope_own)
        self.import_records(self.record(self.offer(price=Decimal(60))))
        self.assertEqual(self.prices(links.product_id), price)
        self.assertEqual(price.price, 77)

    def test_price_made_by_hand_is_never_touched(self):
        links, _counts = self.import_records(self.record())
        own = self.env["product.supplierinfo"].create(
            {
                "partner_id": self.vendor.id,
                "product_id": links.product_id.id,
                "product_tmpl_id": links.product_id.product_tmpl_id.id,
                "price": 42,
            }
        )
        self.import_records(self.record(self.offer()))
        self.import_records(self.record())
        self.assertEqual(own.price, 42)
        self.assertFalse(own.date_end)

    def test_mapping_later_brings_prices_and_orders_their_supplier(self):
        links, _counts = self.import_records(
            self.record(self.offer(supplier_id="10008888"))
        )
        partner = self.env["res.partner"].create({"name": "Fremd AG"})
        order = self.env["purchase.order"].create({"partner_id": partner.id})
        self.assertFalse(self.prices(links.product_id))
        self.assertFalse(order.itscope_supplier_id)
        self.unmapped.partner_id = partner
        self.assertEqual(self.prices(links.product_id).partner_id, partner)
        self.assertEqual(order.itscope_supplier_id, self.unmapped)
