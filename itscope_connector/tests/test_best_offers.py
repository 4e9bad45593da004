from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .. import buying
from ..itscope_api import Packaging, ScaledPrice
from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestBestOffers(ItscopeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_vendor = cls.env["res.partner"].create(
            {"name": "Zweite Distribution GmbH", "is_company": True}
        )
        cls.second = cls.env["itscope.supplier"].create(
            {
                "itscope_id": "10007777",
                "name": "Zweite",
                "partner_id": cls.second_vendor.id,
            }
        )
        cls.customer = cls.env["res.partner"].create({"name": "Kunde GmbH"})
        cls.account.write({"best_price_days": 0, "best_available_days": 0})

    def product(self, first, second, puid, **values):
        """A product that both suppliers offer at these prices; None: not at all."""
        offers = []
        for supplier, price in ((self.supplier, first), (self.second, second)):
            if price is not None:
                offers.append(
                    self.offer(
                        id=f"{puid}-{supplier.itscope_id}",
                        supplier_id=supplier.itscope_id,
                        supplier_sku=f"SKU-{puid}",
                        price=Decimal(str(price)),
                        **{"stock": 50, **values},
                    )
                )
        links, _counts = self.import_records(
            self.record(*offers, puid=puid, ean="", manufacturer_sku=f"M{puid}")
        )
        return links.product_id

    def sale(self, *wanted, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": n})
                    for product, n in wanted
                ],
                **values,
            }
        )

    def wizard(self, order, user=None):
        order = order.with_user(user) if user else order
        action = order.action_itscope_best_offers()
        return order.env[action["res_model"]].browse(action["res_id"])

    def suppliers(self, wizard):
        return wizard.line_ids.offer_id.mapped("supplier_id")

    def test_shipping_decides_and_the_rule_is_shown(self):
        (self.supplier | self.second).shipping_cost = 9.9
        order = self.sale(
            (self.product(100, 103, "1"), 1), (self.product(50, 48, "2"), 1)
        )
        wizard = self.wizard(order)
        self.assertEqual(self.suppliers(wizard), self.supplier)
        first, second = wizard.line_ids
        self.assertEqual(first.reason, "The cheapest.")
        self.assertIn("Goes with the order to Beispiel Distribution", second.reason)
        self.assertIn("2.00", second.reason)
        self.assertIn("7.90", second.reason)
        self.assertTrue(wizard.proven)
        self.assertAlmostEqual(wizard.goods_total, 150)
        self.assertAlmostEqual(wizard.total, 159.9)
        self.assertAlmostEqual(wizard.proposed_total, 159.9)
        self.assertAlmostEqual(wizard.greedy_total, 167.8)
        self.assertIn("nothing better exists", wizard.message)
        self.assertIn("167.80", wizard.message)

    def test_preferred_suppliers_and_the_percentage(self):
        self.second.preferred_rank = 1
        order = self.sale((self.product(96, 100, "1"), 2))
        self.account.best_tolerance = 5
        wizard = self.wizard(order)
        self.assertEqual(self.suppliers(wizard), self.second)
        self.assertIn("Preferred, although", wizard.line_ids.reason)
        self.assertIn("8.00", wizard.line_ids.reason)
        wizard.best_tolerance = 3
        wizard.action_recompute()
        self.assertEqual(self.suppliers(wizard), self.supplier)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            wizard.best_tolerance = 100
            wizard.flush_recordset()

    def test_terms_are_the_companys(self):
        other = self.env["res.company"].create({"name": "Second"})
        self.supplier.write({"minimum_order": 100, "preferred_rank": 1})
        own = self.supplier.with_company(other)
        self.assertEqual((own.minimum_order, own.preferred_rank), (0, 0))
        self.assertEqual(own.company_currency_id, other.currency_id)

    def test_the_minimum_order(self):
        self.supplier.minimum_order = 120
        order = self.sale((self.product(100, 103, "1"), 1))
        wizard = self.wizard(order)
        self.assertEqual(self.suppliers(wizard), self.second)
        self.assertIn("below its minimum", wizard.line_ids.reason)
        alone = self.wizard(self.sale((self.product(100, None, "2"), 1)))
        self.assertEqual(self.suppliers(alone), self.supplier)
        self.assertTrue(alone.line_ids.below_minimum)
        self.assertIn("stays below its minimum", alone.line_ids.reason)
        self.assertIn("20.00", alone.totals)
        # What is in an open request for quotation counts.
        offer = self.product(30, None, "3").itscope_link_id.offer_ids
        self.env["itscope.purchase.plan"]._buy(
            self.company,
            [
                {
                    "offer": offer,
                    "quantity": 1,
                    "date": False,
                    "sale_line": self.env["sale.order.line"],
                    "orderpoint": None,
                    "origin": "",
                }
            ],
        )
        wizard.action_recompute()
        self.assertEqual(self.suppliers(wizard), self.supplier)
        wizard.fill = False
        wizard.action_recompute()
        self.assertEqual(self.suppliers(wizard), self.second)

    def test_stock_dates_and_old_prices(self):
        product = self.product(100, 90, "1")
        late = product.itscope_link_id.offer_ids.filtered(
            lambda offer: offer.supplier_id == self.second
        )
        now = fields.Datetime.now()
        late.write({"stock": 1, "availability_date": now + timedelta(days=5)})
        order = self.sale((product, 3))
        wizard = self.wizard(order)
        self.assertEqual(self.suppliers(wizard), self.supplier)
        self.assertEqual(wizard.line_ids.arrival, fields.Date.today())
        wizard.best_available_days = 6
        wizard.action_recompute()
        self.assertEqual(self.suppliers(wizard), self.second)
        wizard.best_available_days = 0
        wizard.line_ids.date = fields.Date.today() + timedelta(days=7)
        wizard.action_recompute()
        self.assertEqual(self.suppliers(wizard), self.second)
        wizard.best_price_days = 3
        late.price_date = now - timedelta(days=4)
        (product.itscope_link_id.offer_ids - late).price_date = now
        wizard.action_recompute()
        self.assertEqual(self.suppliers(wizard), self.supplier)
        self.assertEqual(wizard.line_ids.reason, "The only offer that counts.")
        self.assertIn("Price too old", wizard.line_ids.alternatives)
        (product.itscope_link_id.offer_ids).price_date = now - timedelta(days=4)
        wizard.action_recompute()
        self.assertFalse(wizard.line_ids.offer_id)
        self.assertIn("older than 3 days", wizard.line_ids.reason)

    def test_volume_prices_and_packaging(self):
        product = self.product(
            10,
            None,
            "1",
            packaging=Packaging(interval_quantity=10),
            scaled_prices=(ScaledPrice(20, Decimal("8")),),
        )
        wizard = self.wizard(self.sale((product, 11)))
        line = wizard.line_ids
        self.assertEqual((line.ordered_quantity, line.price, line.amount), (20, 8, 160))
        wizard.action_apply()
        wizard.sale_order_id.action_confirm()
        orders = self.env[wizard.action_order()["res_model"]].search(
            [("partner_id", "=", self.vendor.id)]
        )
        self.assertEqual(orders.order_line.product_qty, 20)
        self.assertEqual(orders.amount_untaxed, 160)

    def test_what_is_chosen_by_hand(self):
        order = self.sale(
            (self.product(100, 103, "1"), 2), (self.product(50, 48, "2"), 1)
        )
        wizard = self.wizard(order)
        dearer = wizard.line_ids[0].product_id.itscope_link_id.offer_ids.filtered(
            lambda offer: offer.supplier_id == self.second
        )
        with Form(wizard) as form:
            self.assertAlmostEqual(form.total, 248)
            with form.line_ids.edit(0) as line:
                line.offer_id = dearer
                self.assertAlmostEqual(line.amount, 206)
                self.assertEqual(line.reason, "Chosen by you.")
            # At once, before anything is saved.
            self.assertAlmostEqual(form.total, 254)
            self.assertIn("254.00", form.totals)
        wizard.action_recompute()
        self.assertEqual(self.suppliers(wizard), self.second)
        self.assertRegex(wizard.line_ids[0].reason, "Chosen by you, .*6.00.* dearer")
        wizard.action_release()
        self.assertEqual(self.suppliers(wizard), self.supplier | self.second)

    def test_the_alternatives(self):
        product = self.product(100, 103, "1")
        used = self.offer(
            id="used", supplier_id=self.second.itscope_id, condition=2, stock=1
        )
        foreign = self.offer(id="foreign", supplier_id=self.unmapped.itscope_id)
        unpriced = self.offer(id="0", supplier_sku="BD-0", price=None)
        self.import_records(
            self.record(used, foreign, unpriced, puid="9", ean=""), create=True
        )
        link = self.env["itscope.product"].search([("puid", "=", "9")])
        link.offer_ids.link_id = product.itscope_link_id
        wizard = self.wizard(self.sale((product, 1)))
        shown = wizard.line_ids.alternatives
        for text in (
            "Not new goods",
            "Supplier without vendor",
            "Price unknown",
            "+",
            "3.00",
            "Fremd AG",
        ):
            self.assertIn(text, shown)
        self.assertEqual(self.suppliers(wizard), self.supplier)

    def test_the_quotation_takes_the_offers(self):
        (self.supplier | self.second).shipping_cost = 50
        order = self.sale(
            (self.product(100, 103, "1"), 1), (self.product(50, 48, "2"), 1)
        )
        self.assertEqual(order.order_line[1].itscope_offer_id.supplier_id, self.second)
        wizard = self.wizard(order)
        wizard.action_apply()
        self.assertEqual(order.order_line.itscope_offer_id.supplier_id, self.supplier)
        self.assertEqual(order.order_line.mapped("itscope_cost"), [100, 50])
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "no quotation any more"):
            wizard.action_apply()

    def test_orders_of_a_confirmed_sale(self):
        day = fields.Datetime.now() + timedelta(days=10)
        order = self.sale(
            (self.product(100, 103, "1"), 2),
            (self.product(50, 48, "2"), 1),
            commitment_date=day,
        )
        order.action_confirm()
        wizard = self.wizard(order)
        self.assertEqual(wizard.line_ids.mapped("date"), [day.date()] * 2)
        action = wizard.action_order()
        orders = self.env["purchase.order"].search(action["domain"])
        self.assertEqual(orders.partner_id, self.vendor | self.second_vendor)
        self.assertEqual(set(orders.mapped("origin")), {order.name})
        self.assertEqual(
            {line.date_planned.date() for line in orders.order_line}, {day.date()}
        )

    def test_a_request_for_quotation_moves(self):
        products = [self.product(100, 90, "1"), self.product(50, 60, "2")]
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": 2})
                    for product in products
                ],
            }
        )
        moving, staying = order.order_line
        wizard = self.wizard(order)
        self.assertEqual(wizard.line_ids.former_offer_id.supplier_id, self.supplier)
        action = wizard.action_order()
        other = self.env["purchase.order"].browse(action["res_id"])
        self.assertEqual(other.partner_id, self.second_vendor)
        self.assertEqual(other.order_line, moving)
        self.assertEqual(order.order_line, staying)
        self.assertEqual((moving.price_unit, moving.product_qty), (90, 2))
        self.assertEqual(order.state, "draft")
        again = self.wizard(order)
        with self.assertRaisesRegex(UserError, "nothing is to be done"):
            again.action_order()
        # Where all leave, nothing is left to be ordered.
        staying.product_id.itscope_link_id.offer_ids.filtered(
            lambda offer: offer.supplier_id == self.second
        ).write({"price": 40, "company_price": 40})
        wizard = self.wizard(order)
        wizard.action_order()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(other.order_line, moving | staying)

    def test_nothing_to_buy(self):
        plain = self.env["product.product"].create({"name": "Plain"})
        with self.assertRaisesRegex(UserError, "nothing left to buy"):
            self.sale((plain, 1)).action_itscope_best_offers()
        wizard = self.wizard(self.sale((plain, 1), (self.product(10, 11, "1"), 1)))
        self.assertEqual(wizard.left_out, 1)

    def test_rights(self):
        order = self.sale((self.product(10, 11, "1"), 1))
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        with self.assertRaises(AccessError):
            self.wizard(order, seller)
        seller.group_ids += self.env.ref("itscope_connector.group_user")
        wizard = self.wizard(order, seller)
        self.assertTrue(wizard.line_ids.alternatives)
        wizard.action_apply()
        with self.assertRaises(AccessError):
            wizard.action_order()
        with self.assertRaises(AccessError):
            self.supplier.with_user(seller).minimum_order = 1

    def test_without_the_solver(self):
        order = self.sale((self.product(10, 11, "1"), 1))
        missing = buying.SolverMissingError("No module named 'highspy'")
        with (
            patch.object(buying, "best", side_effect=missing),
            self.assertRaisesRegex(UserError, "pip install highspy"),
        ):
            order.action_itscope_best_offers()

    def test_a_hundred_lines_need_as_many_queries_as_ten(self):
        products = [self.product(10 + i, 11 + i, f"5{i:03}") for i in range(60)]

        def queries(count):
            order = self.sale(*((product, 1) for product in products[:count]))
            needs, _left_out = order._itscope_needs()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["itscope.best.offers"]._open(needs, sale_order_id=order.id)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        few, many = queries(10), queries(60)
        self.assertLessEqual(many, few + 10, (few, many))
