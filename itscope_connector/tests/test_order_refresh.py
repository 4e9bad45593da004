from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import SimulatorCase

#: Two products of the simulator's catalogue.
PUIDS = ("4012827000", "6676919000")


class OrderRefreshCase(SimulatorCase):
    """Two linked products, and orders of them."""

    def setUp(self):
        super().setUp()
        self.links = self.env["itscope.product"]._fetch_products(
            self.account, PUIDS, {puid: self.env["product.product"] for puid in PUIDS}
        )
        self.link, self.other = self.links
        self.best = self.link.best_offer_id
        self.customer = self.env["res.partner"].create({"name": "Kundin GmbH"})

    def quote(self, quantity=1, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": link.product_id.id,
                            "product_uom_qty": quantity,
                        }
                    )
                    for link in self.links
                ],
                **values,
            }
        )
        # Typed: prices by Odoo's own lists are looked at by test_sales_prices.
        order.order_line.price_unit = 1000.0
        return self.saved(order)

    def saved(self, order):
        """As it is after a request: what it keeps of its offers is computed."""
        self.env.flush_all()
        return order

    def buy(self, offer, quantity=1):
        supplier = offer.supplier_id
        supplier.partner_id = self.env["res.partner"].create({"name": supplier.name})
        offer._synchronise_prices()
        return self.saved(
            self.env["purchase.order"].create(
                {
                    "partner_id": supplier.partner_id.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": offer.product_id.id,
                                "product_qty": quantity,
                            }
                        )
                    ],
                }
            )
        )

    def change(self, offer, **values):
        """The supplier says something new."""
        self.control(
            "change",
            puid=offer.puid,
            supplier=offer.supplier_id.itscope_id,
            values=values,
        )

    def refreshed(self, orders):
        action = orders.action_itscope_refresh()
        self.assertEqual(action.get("res_model"), "itscope.order.refresh", action)
        return self.env["itscope.order.refresh"].browse(action["res_id"])

    def quiet(self, orders):
        """Nothing but a message."""
        action = orders.action_itscope_refresh()
        self.assertEqual(action.get("tag"), "display_notification", action)
        self.assertIn("Nothing changed", action["params"]["message"])


@tagged("post_install", "-at_install")
class TestOrderRefresh(OrderRefreshCase):
    """What a refresh says about the lines of quotations and purchase orders."""

    # ------------------------------------------------------------------ the summary

    def test_nothing_changed_is_said(self):
        order = self.quote()
        action = order.action_itscope_refresh()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("2 products were refreshed. Nothing", action["params"]["message"])

    def test_one_request_for_all_products_of_an_order(self):
        order = self.quote()
        before = len(self.observe("requests"))
        order.action_itscope_refresh()
        self.assertEqual(len(self.observe("requests")) - before, 1)

    def test_a_rise_is_shown_with_both_prices(self):
        order = self.quote()
        line = order.order_line[0]
        old = line.itscope_cost
        self.assertEqual(old, self.best.company_price)
        self.change(self.best, price=old + 10)
        refresh = self.refreshed(order)
        row = refresh.line_ids
        self.assertEqual((row.kind, row.take), ("price_up", True))
        self.assertAlmostEqual(row.difference, 10 / old)
        self.assertIn(f"{old:.2f}"[-5:], row.before.replace(",", ""))
        self.assertEqual(line.itscope_cost, old, "shown, not written")
        self.assertTrue(refresh.has_costs)

    def test_a_fall_is_none_of_the_alarms(self):
        order = self.quote()
        self.change(self.best, price=self.best.price - 1)
        self.assertEqual(self.refreshed(order).line_ids.kind, "price_down")

    def test_stock_that_no_longer_reaches(self):
        self.change(self.best, stock=5)
        self.links._refresh_each()
        order = self.quote(quantity=4)
        self.change(self.best, stock=3)
        refresh = self.refreshed(order)
        row = refresh.line_ids.filtered(lambda r: r.sale_line_id == order.order_line[0])
        self.assertEqual(row.kind, "stock_short")
        self.assertEqual((row.before, row.now), ("5 pcs", "3 pcs"))
        self.assertFalse(refresh.has_costs)
        refresh.action_apply()
        self.assertEqual(order.order_line[0].itscope_cost_stock, 3)
        self.quiet(order)
        self.change(self.best, stock=4)
        self.assertEqual(self.refreshed(order).line_ids.kind, "stock_back")

    def test_stock_that_never_reached_runs_out(self):
        self.change(self.best, stock=6)
        self.links._refresh_each()
        order = self.quote(quantity=1)
        order.order_line[0].product_uom_qty = 10
        self.change(self.best, stock=0)
        row = self.refreshed(order).line_ids
        self.assertEqual((row.kind, row.now), ("stock_short", "0 pcs"))

    def test_stock_counts_in_the_products_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.change(self.best, stock=24)
        self.links._refresh_each()
        order = self.quote(quantity=1)
        order.order_line[0].product_uom_id = dozen
        order.order_line[0].price_unit = 1000.0
        self.change(self.best, stock=11)
        self.assertEqual(self.refreshed(order).line_ids.kind, "stock_short")

    def test_a_product_that_is_gone_is_only_told(self):
        order = self.quote()
        self.control("change", puid=self.link.puid, gone=True)
        refresh = self.refreshed(order)
        self.assertEqual(refresh.line_ids.kind, "vanished")
        self.assertFalse(refresh.line_ids.can_take)
        self.assertFalse(refresh.has_choices)
        with self.assertRaisesRegex(UserError, "Nothing is ticked"):
            refresh.action_apply()

    def test_the_next_best_offer_is_proposed(self):
        order = self.quote()
        line = order.order_line[0]
        self.best._end(self.best.ids)
        self.link._write_summaries(81)
        following = self.link.best_offer_id
        self.assertTrue(following)
        self.assertNotEqual(following, self.best)
        (news,) = [
            piece
            for piece in line._itscope_news(self.link)
            if piece["kind"] != "sales_price"
        ]
        self.assertEqual(news["kind"], "offer_gone")
        self.assertEqual(news["offer"], following)
        line._itscope_take({"offer_gone": following})
        self.assertEqual(line.itscope_offer_id, following)
        self.assertEqual(line.itscope_cost, following.company_price)
        self.assertEqual(line.itscope_cost_stock, following.stock)

    def test_an_unknown_price_is_never_taken_over(self):
        order = self.quote()
        self.change(self.best, price=None)
        row = self.refreshed(order).line_ids
        self.assertEqual(row.kind, "price_unknown")
        self.assertFalse(row.can_take)
        self.assertFalse(row.now)

    def test_end_of_life_is_told(self):
        order = self.quote()
        self.change(self.best, eolProduct=True)
        row = self.refreshed(order).line_ids
        self.assertEqual((row.kind, row.can_take), ("end_of_life", False))
        self.assertIn("No price or stock changed", row.refresh_id.summary)

    # ----------------------------------------------------------------- many, and rights

    def test_one_summary_for_many_orders(self):
        orders = self.quote() | self.quote()
        self.change(self.best, price=self.best.price + 1)
        refresh = self.refreshed(orders)
        self.assertTrue(refresh.several_orders)
        self.assertEqual(
            set(refresh.line_ids.mapped("order")), {*orders.mapped("name")}
        )
        refresh.action_apply()
        self.assertTrue(all("ITscope" in o.message_ids[0].body for o in orders))

    def test_very_many_become_a_run_and_then_a_summary(self):
        order = self.quote()
        self.links.refresh_date = fields.Datetime.now() - timedelta(hours=2)
        path = "odoo.addons.itscope_connector.wizards.itscope_order_refresh.AT_ONCE"
        with patch(path, 1):
            action = order.action_itscope_refresh()
            self.assertIn("in the background", action["params"]["message"])
            run = self.env["itscope.sync"].browse(action["params"]["next"]["res_id"])
            self.assertEqual(set(run.puids), set(PUIDS))
            self.change(self.best, price=self.best.price + 1)
            self.env["itscope.sync"]._cron_run()
            before = len(self.observe("requests"))
            self.assertEqual(self.refreshed(order).line_ids.kind, "price_up")
            self.assertEqual(len(self.observe("requests")), before, "asked already")

    def test_very_many_of_two_companies_are_a_run_of_each(self):
        company = self.env["res.company"].create({"name": "Second"})
        # The same puid may be linked in each company.
        other = self.account.copy({"company_id": company.id})
        link = self.link.sudo().copy({"company_id": company.id})
        wizard = self.env["itscope.order.refresh"]
        action = wizard._refresh_later(self.links | link)
        self.assertIn("3 products", action["params"]["message"])
        runs = self.env["itscope.sync"].search([("kind", "=", "refresh")])
        self.assertEqual(runs.account_id, self.account | other)

    def test_orders_without_linked_products_say_so(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        with self.assertRaisesRegex(UserError, "linked to ITscope"):
            order.action_itscope_refresh()

    def test_a_salesman_with_the_right_may(self):
        order = self.quote()
        self.change(self.best, price=self.best.price + 1)
        user = new_test_user(
            self.env,
            "refresh-sales",
            groups="itscope_connector.group_user,"
            "sales_team.group_sale_salesman_all_leads",
        )
        action = order.with_user(user).action_itscope_refresh()
        refresh = self.env["itscope.order.refresh"].with_user(user)
        refresh.browse(action["res_id"]).action_apply()
        self.assertEqual(order.order_line[0].itscope_cost, self.best.company_price)
        plain = new_test_user(
            self.env,
            "refresh-plain",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        with self.assertRaises(AccessError):
            order.with_user(plain).action_itscope_refresh()
