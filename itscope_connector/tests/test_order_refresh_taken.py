from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .test_order_refresh import OrderRefreshCase


@tagged("post_install", "-at_install")
class TestOrderRefreshTaken(OrderRefreshCase):
    """What is taken over of a refresh, and what never is."""

    def test_only_what_is_ticked(self):
        order = self.quote()
        for link in self.links:
            self.change(link.best_offer_id, price=link.best_price * 1.01)
        olds = order.order_line.mapped("itscope_cost")
        refresh = self.refreshed(order)
        self.assertEqual(len(refresh.line_ids), 2)
        refresh.line_ids[1].take = False
        action = refresh.action_apply()
        self.assertIn("taken over: 1.", action["params"]["message"])
        first, second = order.order_line
        self.assertEqual(first.itscope_cost, self.best.company_price)
        self.assertGreater(first.itscope_cost, olds[0])
        self.assertEqual(second.itscope_cost, olds[1])
        self.assertEqual(order.order_line.mapped("price_unit"), [1000.0, 1000.0])
        note = order.message_ids[0].body
        self.assertIn(self.link.product_id.display_name, note)
        self.assertNotIn(self.other.product_id.display_name, note)
        self.assertEqual(self.refreshed(order).line_ids.sale_line_id, second)

    def test_the_margin_is_kept_in_percent(self):
        order = self.quote()
        line = order.order_line[0]
        line.discount = 10
        if "purchase_price" in line._fields:
            line.purchase_price = line.itscope_cost
        old = line.itscope_cost
        self.change(self.best, price=round(old * 1.1, 2))
        refresh = self.refreshed(order)
        refresh.margin_choice = "margin"
        refresh.action_apply()
        expected = order.currency_id.round(1000 * line.itscope_cost / old)
        self.assertEqual(line.price_unit, expected)
        self.assertEqual(line.discount, 10, "what a person gave stays")
        self.assertIn("unit price", order.message_ids[0].body)

    def test_confirmed_orders_are_only_shown(self):
        order = self.quote()
        order.action_confirm()
        self.change(self.best, price=self.best.price + 1)
        refresh = self.refreshed(order)
        self.assertEqual(refresh.line_ids.kind, "price_up")
        self.assertFalse(refresh.line_ids.can_take)
        self.assertFalse(refresh.has_costs)
        self.assertEqual(refresh.closed_orders, order.name)

    def test_an_order_that_was_confirmed_meanwhile(self):
        order = self.quote()
        self.change(self.best, price=self.best.price + 1)
        refresh = self.refreshed(order)
        order.action_confirm()
        # A tick from the browser is no right to change it.
        refresh.line_ids.is_open = True
        cost = order.order_line[0].itscope_cost
        with self.assertRaisesRegex(UserError, "confirmed or sent meanwhile"):
            refresh.action_apply()
        self.assertEqual(order.order_line[0].itscope_cost, cost)

    def test_costs_in_another_currency(self):
        other = self.env.ref(
            "base.USD" if self.company.currency_id.name != "USD" else "base.EUR"
        )
        other.active = True
        prices = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": other.id}
        )
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "rate": 2.0,
                "company_id": self.company.id,
                "name": "2020-01-01",
            }
        )
        order = self.quote(pricelist_id=prices.id)
        line = order.order_line[0]
        self.assertEqual(line.currency_id, other)
        self.assertAlmostEqual(line._itscope_line_cost(50.0), 100.0)

    # ------------------------------------------------------------------ purchase orders

    def test_a_purchase_line_takes_the_offers_price(self):
        order = self.buy(self.best)
        line = order.order_line
        self.assertEqual(line.itscope_offer_id, self.best)
        self.assertAlmostEqual(line.price_unit, self.best.price)
        self.change(self.best, price=self.best.price + 7)
        refresh = self.refreshed(order)
        self.assertEqual(refresh.line_ids.kind, "price_up")
        self.assertFalse(refresh.has_costs, "nothing is sold here")
        refresh.action_apply()
        self.assertAlmostEqual(line.price_unit, self.best.price)
        self.assertAlmostEqual(line.itscope_cost, self.best.company_price)
        self.assertEqual(line.technical_price_unit, line.price_unit)
        self.quiet(order)

    def test_a_discount_of_the_supplier_stays(self):
        order = self.buy(self.best)
        line = order.order_line
        line.discount = 50
        line.price_unit = line.technical_price_unit = self.best.price * 2
        self.quiet(order)
        self.change(self.best, price=self.best.price + 7)
        self.refreshed(order).action_apply()
        self.assertEqual(line.discount, 50)
        self.assertAlmostEqual(line.price_unit, self.best.price * 2, places=1)

    def test_a_price_that_was_agreed_on_stays_as_long_as_itscopes_does(self):
        order = self.buy(self.best)
        order.order_line.price_unit = 1.0
        self.quiet(order)
        self.change(self.best, price=self.best.price + 7)
        row = self.refreshed(order).line_ids
        self.assertEqual((row.kind, row.can_take, row.take), ("price_up", True, False))

    def test_what_changed_again_is_not_taken_over(self):
        order = self.quote()
        line = order.order_line[0]
        old = line.itscope_cost
        self.change(self.best, price=self.best.price + 1)
        refresh = self.refreshed(order)
        self.change(self.best, price=self.best.price + 5)
        self.links._refresh_each()
        with self.assertRaisesRegex(UserError, "Changed again meanwhile"):
            refresh.action_apply()
        self.change(self.best, price=None)
        self.links._refresh_each()
        with self.assertRaisesRegex(UserError, "Changed again meanwhile"):
            refresh.action_apply()
        self.assertEqual(line.itscope_cost, old)

    def test_another_offer_without_a_price_is_nothing_to_take(self):
        order = self.buy(self.best)
        line = order.order_line
        offer = self.best.copy({"offer_id": "twin", "supplier_sku": "twin"})
        offer.write({"price": 0, "company_price": 0, "has_price": False})
        self.env.flush_all()
        self.best._end(self.best.ids)
        action = self.env["itscope.order.refresh"]._show(order, self.link)
        row = self.env["itscope.order.refresh"].browse(action["res_id"]).line_ids
        self.assertEqual((row.kind, row.offer_id), ("offer_gone", offer))
        self.assertFalse(row.can_take or row.take)
        price = line.price_unit
        line._itscope_take({"offer_gone": offer})
        self.assertEqual((line.price_unit, line.itscope_offer_id), (price, self.best))

    def test_an_offer_of_another_product_does_not_fit(self):
        line = self.quote().order_line[0]
        with self.assertRaisesRegex(ValidationError, "is no offer"):
            line.itscope_offer_id = self.other.best_offer_id

    def test_an_order_waiting_for_approval_does_not_change(self):
        order = self.buy(self.best)
        order.state = "to approve"
        self.change(self.best, price=self.best.price + 7)
        self.assertFalse(self.refreshed(order).line_ids.can_take)
