from decimal import Decimal

from odoo.tests import tagged

from ..itscope_api import Packaging
from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestPrices(ItscopeCase):
    """One rule for the best price: in search, paste, Share, cost and vendor prices."""

    def best(self, *offers, **values):
        record = self.record(*offers, **values)
        links, _counts = self.import_records(record)
        told = self.account._prices().best(record)
        self.assertAlmostEqual(told or 0.0, links.product_id.standard_price, places=2)
        offer = links.best_offer_id
        self.assertAlmostEqual(told or 0.0, offer.company_price, places=2)
        return told

    def test_used_goods_give_no_cost(self):
        used = self.offer(condition=2, price=Decimal(50))
        self.assertIsNone(self.best(used, price=Decimal(50)))

    def test_doubtful_matches_give_no_cost(self):
        doubtful = self.offer(price=Decimal(50), match_quality=60)
        self.assertEqual(self.best(doubtful, self.offer(id="2")), 100.0)

    def test_prices_for_several_count_by_the_unit(self):
        hundred = self.offer(
            price=Decimal(1200), packaging=Packaging(price_quantity=100)
        )
        self.assertEqual(self.best(hundred, self.offer(id="2")), 12.0)

    def test_prices_come_in_the_companys_currency(self):
        own = self.company.currency_id
        other = self.env.ref("base.USD" if own.name != "USD" else "base.EUR")
        other.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "rate": 2.0,
                "company_id": self.company.id,
                "name": "2020-01-01",
            }
        )
        foreign = self.offer(id="2", price=Decimal(150), currency=other.name)
        self.assertEqual(
            self.best(self.offer(currency=own.name), foreign, currency=other.name), 75.0
        )
        product = self.env["itscope.product"].search([("puid", "=", "777000")])
        self.assertEqual(product.product_id.list_price, 74.5, "calculated by ITscope")

    def test_an_unknown_currency_is_no_price(self):
        self.assertIsNone(self.best(self.offer(currency="XXQ")))

    def test_one_rule_for_a_companys_users(self):
        own = self.account.copy({"user_id": self.user.id, "min_match_quality": 0})
        own.mapping_ids.filtered(lambda m: m.field_id.name == "name").unlink()
        doubtful = self.offer(price=Decimal(50), match_quality=60)
        links, _counts = self.env["itscope.product.importer"]._import(
            own,
            [self.record(doubtful, self.offer(id="2"))],
            {"777000": self.env["product.product"]},
        )
        self.assertEqual(links.best_price, 100.0)
        self.assertIn("name", links.said, "the company's mapping")
