from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ItscopeCase, SimulatorCase

PRINTER, TABLET = "4012827000", "6676919000"


class FollowedCase(ItscopeCase):
    def kept(self, offers):
        """``[(price, stock, state)]``, the first one first."""
        return [
            (row.price, row.stock, row.state)
            for row in self.env["itscope.offer.price"].search(
                [("offer_id", "in", offers.ids)], order="id"
            )
        ]

    def bring(self, *offers, **values):
        links, _counts = self.import_records(self.record(*offers, **values))
        return links


@tagged("post_install", "-at_install")
class TestPriceHistory(FollowedCase):
    def test_prices_are_kept_of_followed_offers_only(self):
        link = self.bring(self.offer(), self.offer(id="2", supplier_id="10008888"))
        first, second = link.offer_ids.sorted("offer_id")
        first.with_user(self.user).action_toggle_followed()
        self.assertEqual(self.kept(first), [(100, 5, "offered")])
        self.bring(
            self.offer(price=Decimal(90)),
            self.offer(id="2", supplier_id="10008888", price=Decimal(80)),
        )
        self.assertEqual(self.kept(first), [(100, 5, "offered"), (90, 5, "offered")])
        self.assertFalse(self.kept(second))
        first.with_user(self.user).action_toggle_followed()
        self.assertFalse(first.followed)
        self.bring(self.offer(price=Decimal(70)), self.offer(id="2"))
        self.assertEqual(len(self.kept(first)), 2)

    def test_a_row_for_each_price_and_for_stock_that_comes_or_goes(self):
        offer = self.bring(self.offer()).offer_ids
        offer._follow()
        for change in (
            {"stock": 4},  # some is some
            {"stock": 4, "stock_text": "on its way"},
            {"stock": 0},
            {"stock": 0, "price": None},
            {"stock": 7, "price": Decimal(95)},
            {"stock": 7, "price": Decimal(95)},
        ):
            self.bring(self.offer(**change))
        self.assertEqual(
            self.kept(offer),
            [
                (100, 5, "offered"),
                (100, 0, "offered"),
                (0, 0, "unknown"),
                (95, 7, "offered"),
            ],
        )

    def test_an_offer_that_ends_has_its_last_row_and_one_when_it_is_back(self):
        both = (self.offer(), self.offer(id="2", supplier_id="10008888"))
        link = self.bring(*both)
        offer = link.offer_ids.filtered(lambda o: o.offer_id == "1")
        offer._follow()
        self.bring(both[1])
        self.bring(both[1])
        self.assertEqual([row[2] for row in self.kept(offer)], ["offered", "ended"])
        self.bring(*both)
        link._retire()
        self.assertEqual(
            [row[2] for row in self.kept(offer)],
            ["offered", "ended", "offered", "ended"],
        )

    def test_watched_products_follow_their_priced_new_offers(self):
        link = self.bring(
            self.offer(),
            self.offer(id="2", condition=3),
            self.offer(id="3", price=None),
        )
        self.assertFalse(any(link.offer_ids.mapped("followed")))
        link.watched = True
        followed = link.offer_ids.filtered("followed")
        self.assertEqual(followed.mapped("offer_id"), ["1"])
        self.assertEqual(link.price_history_count, 1)
        # Offers that come later, or get a price later, are followed too.
        link = self.bring(
            self.offer(),
            self.offer(id="2", condition=3),
            self.offer(id="3", price=Decimal(80)),
            self.offer(id="4", price=Decimal(120)),
        )
        followed = link.offer_ids.filtered("followed").sorted("offer_id")
        self.assertEqual(followed.mapped("offer_id"), ["1", "3", "4"])
        self.assertEqual([len(self.kept(offer)) for offer in followed], [1, 1, 1])

    def test_an_offer_that_is_no_longer_wanted_stays_unfollowed(self):
        link = self.bring(self.offer())
        link.watched = True
        offer = link.offer_ids
        offer.with_user(self.user).action_toggle_followed()
        self.bring(self.offer(price=Decimal(120)))
        self.assertFalse(offer.followed)

    def test_what_stands_in_a_line_is_followed(self):
        link = self.bring(self.offer(), self.offer(id="2", price=Decimal(150)))
        best, other = link.offer_ids.sorted("offer_id")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": link.product_id.id})],
            }
        )
        self.assertTrue(best.followed)
        self.assertFalse(other.followed)
        order.order_line.itscope_offer_id = other
        self.assertTrue(other.followed)
        self.assertEqual(len(self.kept(best)), 1)
        order.order_line.itscope_offer_id = best
        self.assertEqual(len(self.kept(best)), 1, "nothing has changed since")

    def test_another_vendor_of_an_order_brings_its_offers(self):
        other = self.env["res.partner"].create({"name": "Fremd AG"})
        self.unmapped.partner_id = other
        link = self.bring(
            self.offer(), self.offer(id="2", supplier_id="10008888", supplier_sku="F")
        )
        first, second = link.offer_ids.sorted("offer_id")
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": link.product_id.id})],
            }
        )
        self.assertEqual(order.order_line.itscope_offer_id, first)
        self.assertTrue(first.followed)
        self.assertFalse(second.followed)
        order.partner_id = other
        self.assertEqual(order.order_line.itscope_offer_id, second)
        self.assertTrue(second.followed)

    def test_nothing_is_asked_where_nothing_is_followed(self):
        link = self.bring(self.offer())
        asked = self.statements(lambda: self.bring(self.offer(price=Decimal(90))))
        self.assertFalse([s for s in asked if "itscope_offer_price" in s])
        link.offer_ids._follow()
        asked = self.statements(lambda: self.bring(self.offer(price=Decimal(80))))
        own = [s for s in asked if "itscope_offer_price" in s]
        self.assertEqual(len(own), 1, own)

    def test_one_statement_for_a_batch(self):
        offers = [self.offer(id=str(n), supplier_sku=f"BD-{n}") for n in range(30)]
        link = self.bring(*offers)
        link.watched = True
        changed = [
            self.offer(id=str(n), supplier_sku=f"BD-{n}", price=Decimal(50 + n))
            for n in range(30)
        ]
        asked = self.statements(lambda: self.bring(*changed))
        self.assertEqual(len([s for s in asked if "itscope_offer_price" in s]), 1)
        self.assertEqual(len(self.kept(link.offer_ids)), 60)

    def statements(self, work):
        """The statements that some work sends to the database."""
        found, cursor = [], self.env.cr
        execute = type(cursor).execute

        def listen(cr, query, params=None, **options):
            found.append(str(getattr(query, "code", query)))
            return execute(cr, query, params, **options)

        self.patch(type(cursor), "execute", listen)
        work()
        self.env.flush_all()
        self.patch(type(cursor), "execute", execute)
        return found

    def test_old_prices_go_and_the_one_that_held_stays(self):
        offer = self.bring(self.offer()).offer_ids
        offer._follow()
        for price in (90, 80, 70):
            self.bring(self.offer(price=Decimal(price)))
        rows = offer.price_ids.sorted("id")
        now = fields.Datetime.now()
        for row, days in zip(rows, (900, 800, 400, 1), strict=True):
            row.date = now - timedelta(days=days)
        self.account.price_days = 0
        self.env["itscope.offer.price"]._gc_old_prices()
        self.assertEqual(len(rows.exists()), 4)
        self.account.price_days = 730
        self.env["itscope.offer.price"]._gc_old_prices()
        # The price of day 800 still held on day 730.
        self.assertEqual(rows.exists().mapped("price"), [90, 80, 70])

    def test_days_between_changes_have_the_price_that_held(self):
        offer = self.bring(self.offer()).offer_ids
        offer._follow()
        for change in ({"price": Decimal(90)}, {"price": None}, {"price": Decimal(85)}):
            self.bring(self.offer(**change))
        now = fields.Datetime.now().replace(hour=12)
        rows = offer.price_ids.sorted("id")
        for row, days in zip(rows, (10, 8, 5, 2), strict=True):
            row.date = now - timedelta(days=days)
        days = self.env["itscope.offer.price.day"].search(
            [("link_id", "=", offer.link_id.id)], order="date"
        )
        today = fields.Date.today()
        # Days on which no price was known have none.
        self.assertEqual(
            [((today - day.date).days, day.price) for day in days],
            [
                *((n, 100) for n in (10, 9)),
                *((n, 90) for n in (8, 7, 6)),
                *((n, 85) for n in (2, 1, 0)),
            ],
        )
        self.assertEqual(len(set(days.ids)), 8)

    def test_who_may_follow_and_see(self):
        offer = self.bring(self.offer()).offer_ids
        outsider = new_test_user(self.env, "outsider", groups="base.group_user")
        with self.assertRaises(AccessError):
            offer.with_user(outsider).action_toggle_followed()
        offer._follow()
        self.assertEqual(offer.with_user(outsider).price_ids.mapped("price"), [100])
        company = self.env["res.company"].create({"name": "Foreign"})
        outsider.write(
            {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        )
        for model in ("itscope.offer.price", "itscope.offer.price.day"):
            rows = self.env[model].with_user(outsider).with_company(company)
            self.assertFalse(rows.search([("link_id", "=", offer.link_id.id)]))

    def test_volume_prices_in_words(self):
        offer = self.bring(self.offer()).offer_ids
        self.assertFalse(offer.scale_text)
        offer.scales = [[10, 95.0]]
        self.assertIn("10", offer.scale_text)
        self.assertIn("95", offer.scale_text)


@tagged("post_install", "-at_install")
class TestItscopesHistory(SimulatorCase):
    def bring(self, *puids):
        new = self.env["product.product"]
        return self.env["itscope.product"]._fetch_products(
            self.account, puids, dict.fromkeys(puids, new)
        )

    def test_the_last_year_is_fetched_and_kept_once(self):
        links = self.bring(PRINTER, TABLET)
        action = links.with_user(self.user).action_fetch_history()
        self.assertEqual(action["res_model"], "itscope.product.history")
        rows = self.env["itscope.product.history"].search(action["domain"])
        self.assertEqual(rows.link_id, links)
        for link in links:
            own = rows.filtered(lambda row, li=link: row.link_id == li)
            self.assertEqual(len(own), 53)
            self.assertTrue(all(0 < r.price_min < r.price_max for r in own))
            self.assertEqual(own.currency_id.name, "EUR")
        links.product_id[0].action_itscope_fetch_history()
        self.assertEqual(
            self.env["itscope.product.history"].search(action["domain"]), rows
        )

    def test_without_the_contract_the_button_says_so(self):
        self.control("accounts", code="m1000001", key="demo-key-0001", history=False)
        link = self.bring(PRINTER)
        message = link.action_fetch_history()["params"]["message"]
        self.assertIn("Historical data", message)
        self.assertIn(link.name, message)
        self.assertFalse(link.history_ids)

    def test_a_refusal_is_a_message(self):
        link = self.bring(PRINTER)
        self.control("accounts", code="m1000001", key="another")
        with self.assertRaises(UserError):
            link.action_fetch_history()
