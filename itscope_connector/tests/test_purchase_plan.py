from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..itscope_api import Packaging, ScaledPrice
from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestPurchasePlan(ItscopeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env["itscope.purchase.plan"]
        cls.eur = cls.env.ref("base.EUR")
        cls.eur.active = True

    def offers(self, *offers, puid="777000", **values):
        """The offers of a new linked product, in their order."""
        links, _counts = self.import_records(
            self.record(*offers, puid=puid, ean="", **values)
        )
        by_id = {offer.offer_id: offer for offer in links.offer_ids}
        return [by_id[offer.id] for offer in offers]

    def pick(self, offer, quantity=1.0, **values):
        return {
            "offer": offer,
            "quantity": quantity,
            "date": False,
            "sale_line": self.env["sale.order.line"],
            "orderpoint": None,
            "origin": "",
            **values,
        }

    def test_one_order_for_each_supplier(self):
        other_vendor = self.env["res.partner"].create({"name": "Zweite GmbH"})
        self.unmapped.partner_id = other_vendor
        first, second = self.offers(
            self.offer(currency="EUR"),
            self.offer(
                id="2", supplier_id=self.unmapped.itscope_id, price=Decimal("90")
            ),
        )
        (third,) = self.offers(self.offer(id="3", supplier_sku="BD-3"), puid="777001")
        orders = self.plan._buy(
            self.company,
            [
                self.pick(first, 2, origin="S1"),
                self.pick(second, 1, origin="S2"),
                self.pick(third, 4, origin="S3"),
            ],
        )
        self.assertEqual(orders.partner_id, self.vendor | other_vendor)
        self.assertEqual(orders[0].origin, "S1, S3")
        self.assertEqual(orders[0].currency_id, self.eur)
        self.assertEqual(orders[0].order_line.itscope_offer_id, first | third)
        self.assertEqual(orders[0].order_line.mapped("product_qty"), [2, 4])
        self.assertEqual(orders[0].order_line.mapped("price_unit"), [100, 100])
        self.assertEqual(orders[1].order_line.price_unit, 90)
        self.assertEqual(orders.mapped("state"), ["draft", "draft"])
        again = self.plan._buy(
            self.company, [self.pick(first, 3, origin="S4")], fill=True
        )
        self.assertEqual(again, orders[0])
        self.assertEqual(again.origin, "S1, S3, S4")
        self.assertEqual(again.order_line.mapped("product_qty"), [5, 4])
        apart = self.plan._buy(self.company, [self.pick(first, 3)], fill=False)
        self.assertNotIn(apart, orders)

    def test_quantities_and_prices_are_the_suppliers(self):
        packaging = Packaging(min_quantity=4, interval_quantity=5)
        (offer,) = self.offers(
            self.offer(
                packaging=packaging,
                scaled_prices=(
                    ScaledPrice(10, Decimal("80")),
                    ScaledPrice(20, Decimal("120")),
                ),
            )
        )
        self.assertEqual([offer._orderable(q) for q in (1, 5, 5.5, 11)], [5, 5, 10, 15])
        self.assertEqual([offer._price_for(q) for q in (5, 10, 20)], [100, 80, 80])
        order = self.plan._buy(self.company, [self.pick(offer, 1)])
        self.assertEqual(order.order_line.product_qty, 5)
        self.assertEqual(order.order_line.price_unit, 100)
        self.plan._buy(self.company, [self.pick(offer, 4)])
        self.assertEqual(order.order_line.product_qty, 10)
        self.assertEqual(order.order_line.price_unit, 80)

    def test_a_line_that_a_person_changed_is_left_alone(self):
        (offer,) = self.offers(self.offer())
        order = self.plan._buy(self.company, [self.pick(offer, 1)])
        order.order_line.price_unit = 70
        self.plan._buy(self.company, [self.pick(offer, 2)])
        # The new one takes what comes later.
        self.plan._buy(self.company, [self.pick(offer, 3)])
        self.assertEqual(order.order_line.mapped("product_qty"), [1, 5])
        self.assertEqual(order.order_line.mapped("price_unit"), [70, 100])

    def test_taxes_that_prices_include(self):
        tax = self.env["account.tax"].create(
            {
                "name": "19 % included",
                "amount": 19.0,
                "type_tax_use": "purchase",
                "price_include_override": "tax_included",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        (offer,) = self.offers(self.offer())
        offer.product_id.supplier_taxes_id = [Command.set(tax.ids)]
        order = self.plan._buy(self.company, [self.pick(offer, 2)])
        self.assertEqual(order.order_line.tax_ids, tax)
        self.assertAlmostEqual(order.order_line.price_unit, 119)
        self.assertAlmostEqual(order.amount_untaxed, 200)

    def test_orders_that_are_placed_or_sent_are_not_filled(self):
        (offer,) = self.offers(self.offer())
        sent = self.plan._buy(self.company, [self.pick(offer)])
        sent.state = "sent"
        placed = self.plan._buy(self.company, [self.pick(offer)])
        self.assertNotEqual(placed, sent)
        self.env["itscope.deal"].create(
            {"account_id": self.account.id, "purchase_order_id": placed.id}
        )
        self.assertNotIn(
            self.plan._buy(self.company, [self.pick(offer)]), sent | placed
        )

    def test_the_day_it_is_needed_on(self):
        (offer,) = self.offers(self.offer())
        today = fields.Date.today()
        late, early = today + timedelta(20), today + timedelta(10)
        order = self.plan._buy(
            self.company, [self.pick(offer, date=late), self.pick(offer, date=early)]
        )
        self.assertEqual(order.order_line.product_qty, 2)
        self.assertEqual(order.order_line.date_planned.date(), early)

    def test_a_line_moves_to_another_supplier(self):
        self.unmapped.partner_id = self.env["res.partner"].create({"name": "Zweite"})
        first, second = self.offers(
            self.offer(),
            self.offer(id="2", supplier_id=self.unmapped.itscope_id, price=Decimal(90)),
        )
        order = self.plan._buy(self.company, [self.pick(first, 3)])
        line = order.order_line
        line.analytic_distribution = {}
        other = self.plan._buy(
            self.company, [self.pick(second, 3, purchase_line=line, origin="P1")]
        )
        self.assertEqual(line.order_id, other)
        self.assertFalse(order.order_line)
        self.assertEqual(line.itscope_offer_id, second)
        self.assertEqual(line.price_unit, 90)
        self.assertEqual(line.itscope_cost, 90)

    def test_suppliers_without_a_vendor_are_named(self):
        (offer,) = self.offers(self.offer(supplier_id=self.unmapped.itscope_id))
        with self.assertRaisesRegex(UserError, "Fremd AG"):
            self.plan._buy(self.company, [self.pick(offer)])
