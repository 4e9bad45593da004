from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from odoo.addons.itscope_connector.tests.common import ItscopeCase


@tagged("post_install", "-at_install")
class TestOrderRefreshMargin(ItscopeCase):
    """A refresh with Odoo's margins, valued stock and project prices beside it."""

    def told(self, price, **values):
        links, _counts = self.import_records(
            self.record(self.offer(price=Decimal(price)), **values)
        )
        return links

    def quote(self, link, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": link.product_id.id, **values})
                ],
            }
        )
        self.env.flush_all()
        return order.order_line

    def taken(self, line, link, keep_margin):
        news = {piece["kind"]: piece["offer"] for piece in line._itscope_news(link)}
        line._itscope_take(news, keep_margin)
        return set(news)

    # ------------------------------------------------------------------ margins

    def test_the_price_is_kept_and_the_margin_shrinks(self):
        link = self.told(100)
        line = self.quote(link)
        self.assertEqual((line.purchase_price, line.price_unit), (100, 149))
        self.told(120)
        self.assertEqual(self.taken(line, link, False), {"price_up"})
        self.assertEqual((line.purchase_price, line.price_unit), (120, 149))
        self.assertAlmostEqual(line.margin, 29)

    def test_the_margin_is_kept(self):
        link = self.told(100)
        line = self.quote(link, discount=10)
        percent = line.margin_percent
        self.told(120)
        self.taken(line, link, True)
        self.assertEqual(line.purchase_price, 120)
        self.assertEqual(line.price_unit, 178.8)
        self.assertEqual(line.discount, 10)
        self.assertAlmostEqual(line.margin_percent, percent, places=4)

    def test_the_margin_that_is_shown_counts(self):
        link = self.told(100)
        line = self.quote(link)
        # What Odoo keeps as the product's cost is older than the offer.
        line.purchase_price = 80
        percent = line.margin_percent
        self.told(120)
        self.taken(line, link, True)
        self.assertAlmostEqual(line.margin_percent, percent, places=4)

    def test_a_cost_that_was_entered_is_told_of_and_not_ticked(self):
        link = self.told(100)
        line = self.quote(link)
        line.purchase_price = 90
        self.assertEqual(line._itscope_news(link), [])
        self.told(101)
        (news,) = line._itscope_news(link)
        self.assertEqual((news["kind"], news["old"]), ("price_up", 90))
        self.assertFalse(news["take"])

    def test_a_cost_counts_for_the_lines_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        link = self.told(100)
        line = self.quote(link, product_uom_id=dozen.id)
        self.assertEqual(line.purchase_price, 1200)
        self.told(110)
        self.taken(line, link, False)
        self.assertEqual(line.purchase_price, 1320)

    def test_a_cost_counts_in_the_lines_currency(self):
        other = self.env.ref(
            "base.USD" if self.company.currency_id.name != "USD" else "base.EUR"
        )
        other.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "rate": 2.0,
                "company_id": self.company.id,
                "name": "2020-01-01",
            }
        )
        prices = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": other.id}
        )
        link = self.told(100)
        line = self.quote(link)
        line.order_id.pricelist_id = prices
        self.env.flush_all()
        self.told(110)
        self.taken(line, link, False)
        self.assertEqual(line.purchase_price, 220)

    def test_a_products_cost_that_is_older_than_the_offer(self):
        self.told(100)
        link = self.told(130)
        self.assertEqual(link.product_id.standard_price, 100)
        line = self.quote(link)
        self.assertEqual((line.purchase_price, line.itscope_cost), (100, 130))
        self.assertEqual(self.taken(line, link, False), {"price_up"})
        self.assertEqual(line.purchase_price, 130)
        self.assertEqual(line._itscope_news(link), [])
        # It stays the offer's.
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(line.purchase_price, 1560)

    def test_taking_a_price_leaves_the_stock(self):
        link = self.told(100)
        line = self.quote(link)
        stock = line.itscope_cost_stock
        line.itscope_offer_id.sudo().stock = stock + 5
        self.told(120)
        line.itscope_offer_id.sudo().stock = stock + 5
        line._itscope_take({"price_up": line.itscope_offer_id})
        self.env.flush_all()
        self.assertEqual((line.itscope_cost, line.itscope_cost_stock), (120, stock))

    def test_another_quantity_has_another_cost(self):
        link = self.told(10)
        offer = link.best_offer_id
        offer.sudo().scales = [[100, 8.0]]
        line = self.quote(link, product_uom_qty=100)
        line._itscope_choose(offer)
        self.assertEqual(line.purchase_price, 8)
        self.assertEqual(line._itscope_news(link), [])
        line.product_uom_qty = 1
        self.assertEqual(line.purchase_price, 10)
        line.purchase_price = 9
        line.product_uom_qty = 100
        self.assertEqual(line.purchase_price, 9, "entered by hand")

    # ------------------------------------------------------------------ without offers

    def test_purchase_lines_whose_offer_ended_or_that_have_none(self):
        link = self.told(100)
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": link.product_id.id})],
            }
        )
        line = order.order_line
        offer = line.itscope_offer_id
        self.assertTrue(offer)
        offer._end(offer.ids)
        self.assertEqual(
            [(n["kind"], n["offer"].id) for n in line._itscope_news(link)],
            [("offer_gone", False)],
        )
        line.itscope_offer_id = False
        self.assertEqual(line._itscope_news(link), [])

    # ------------------------------------------------------------------ valued stock

    def test_a_cost_that_odoo_reckons_is_left_to_it(self):
        self.account.sales_price_policy = "cost"
        link = self.told(100)
        self.assertEqual(link.product_id.cost_method, "standard")
        self.told(110)
        self.assertEqual(link.product_id.standard_price, 110)
        self.category.property_cost_method = "average"
        self.told(120)
        self.assertEqual(link.product_id.standard_price, 110)

    # ------------------------------------------------------------------ projects

    def test_a_projects_price_is_not_the_offers_to_change(self):
        link = self.told(100)
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": link.product_id.id})],
            }
        )
        line = order.order_line
        # Its offer is known: a project is one of that.
        self.env.flush_all()
        line.write({"itscope_project_number": "MWP1", "itscope_project_price": 70.0})
        line.price_unit = 70.0
        self.env.flush_all()
        self.told(120)
        self.assertEqual(line._itscope_news(link), [])
        line.itscope_project_number = False
        self.assertEqual([n["kind"] for n in line._itscope_news(link)], ["price_up"])
