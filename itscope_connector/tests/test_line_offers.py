from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..itscope_api import Project, ScaledPrice
from .common import ItscopeCase, SimulatorCase

#: Of the simulator's catalogue.
PRINTER = "4012827000"


class LinesMixin:
    """A seller and a buyer, neither with a right to ITscope."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Kunde AG"})
        cls.seller = new_test_user(
            cls.env, "line-seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.buyer = new_test_user(
            cls.env, "line-buyer", groups="purchase.group_purchase_user"
        )

    def article(self, number=0, *offers, **values):
        offers = offers or (self.offer(),)
        offers = [
            offer
            if number == 0
            else self.offer(id=f"{number}-{place}", supplier_sku=f"BD-{number}")
            for place, offer in enumerate(offers)
        ]
        record = self.record(
            *offers,
            **{
                "puid": f"77{number:04}",
                "ean": "",
                "manufacturer_sku": f"AB{number}",
                "name": f"Article {number}",
                **values,
            },
        )
        links, _counts = self.import_records(record)
        return links

    def quotation(self, *products, quantity=1, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product in products
                ],
                **values,
            }
        )

    def request(self, *products, quantity=1, **values):
        return self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                    for product in products
                ],
                **values,
            }
        )

    def draft(self, line, **values):
        """A line as a form sends it."""
        order = line.order_id
        quantity = line[line._itscope_quantity_fields[0]]
        return {
            "product_id": line.product_id.id,
            "quantity": quantity,
            "offer_id": line.itscope_offer_id.id,
            "order_id": order.id,
            "partner_id": order.partner_id.id,
            "company_id": order.company_id.id,
            **values,
        }


@tagged("post_install", "-at_install")
class TestLineMarks(LinesMixin, ItscopeCase):
    def mark(self, quantity=1, **offer):
        link = self.article(0, self.offer(**offer))
        return self.quotation(link.product_id, quantity=quantity).order_line

    def test_a_mark_says_stock_price_and_age(self):
        now = datetime.now(timezone.utc)
        mark = self.mark(price_date=now - timedelta(hours=3)).itscope_mark
        self.assertEqual((mark["state"], mark["stock"]), ("stock", 5))
        self.assertIn("100", mark["price"])
        self.assertEqual(mark["age"], "3 h")
        self.assertTrue(mark["date"])

    def test_less_than_needed_is_no_stock(self):
        line = self.mark(quantity=6)
        self.assertEqual(line.itscope_mark["state"], "short")
        line.product_uom_qty = 5
        self.assertEqual(line.itscope_mark["state"], "stock")

    def test_a_pack_needs_what_is_in_it(self):
        line = self.mark()
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(line.itscope_mark["state"], "short")

    def test_without_stock_it_says_why(self):
        for values, state in (
            ({"stock_status": 2}, "incoming"),
            ({"stock_status": 6}, "none"),
            ({"stock_status": 8}, "unknown"),
        ):
            with self.subTest(state=state):
                line = self.mark(stock=0, **values)
                self.assertEqual(line.itscope_mark["state"], state)

    def test_what_is_not_at_itscope_says_so(self):
        line = self.mark()
        line.product_id.itscope_link_id._retire()
        self.env.invalidate_all()
        self.assertEqual(line.itscope_mark["state"], "gone")
        goods = self.env["product.product"].create({"name": "Own", "type": "consu"})
        service = self.env["product.product"].create(
            {"name": "Hour", "type": "service"}
        )
        order = self.quotation(goods, service)
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "A note"})
        ]
        states = [
            row and row["state"] for row in order.order_line.mapped("itscope_mark")
        ]
        self.assertEqual(states, ["unlinked", False, False])

    def test_a_price_that_moved_since_is_marked(self):
        line = self.mark()
        self.assertEqual(line.itscope_mark["change"], "")
        self.article(0, self.offer(price=Decimal(110)))
        self.env.invalidate_all()
        self.assertEqual(line.itscope_mark["change"], "up")
        self.assertEqual(line.itscope_cost, 100)
        page = line.itscope_offers(self.draft(line))
        self.assertIn("100", page["kept"])

    def test_customers_do_not_see_what_it_costs(self):
        line = self.mark()
        portal = new_test_user(self.env, "line-portal", groups="base.group_portal")
        line.order_id.partner_id = portal.partner_id
        own = line.with_user(portal)
        self.assertTrue(own.read(["name"]))
        for name in ("itscope_mark", "itscope_cost", "itscope_offer_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                own.read([name])
        with self.assertRaises(AccessError):
            own.itscope_offers(self.draft(line))


@tagged("post_install", "-at_install")
class TestLineQueries(LinesMixin, ItscopeCase):
    """However many lines: the same number of queries and a constant."""

    def queries(self, order, own=True):
        """Queries of what the client asks for when it opens an order."""
        spec = Form(order)._view["fields_spec"]
        lines = {
            name: value
            for name, value in spec["order_line"]["fields"].items()
            if own or not name.startswith("itscope")
        }
        spec = {**spec, "order_line": {**spec["order_line"], "fields": lines}}
        self.assertEqual("itscope_mark" in lines, own)
        # What is asked once in a worker's life.
        order.web_read(spec)
        self.env.invalidate_all()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        order.web_read(spec)
        return self.env.cr.sql_log_count - before

    def check(self, make):
        links = self.import_records(
            *(
                self.record(
                    self.offer(id=f"9{number}", supplier_sku=f"Q{number}"),
                    puid=f"78{number:04}",
                    ean="",
                    manufacturer_sku=f"Q{number}",
                    name=f"Many {number}",
                )
                for number in range(50)
            )
        )[0]
        one, many = make(links.product_id[0]), make(*links.product_id)
        extra = {}
        for order in (one, many):
            without = self.queries(order, own=False)
            extra[order] = self.queries(order) - without
        self.assertTrue(all(many.order_line.mapped("itscope_mark")))
        self.assertEqual(extra[one], extra[many])
        self.assertLessEqual(extra[many], 10)

    def test_a_long_quotation_opens_as_fast(self):
        self.check(self.quotation)

    def test_a_long_purchase_order_opens_as_fast(self):
        self.check(self.request)

    def test_saving_many_lines_asks_no_more(self):
        products = self.import_records(
            *(
                self.record(
                    self.offer(id=f"8{number}", supplier_sku=f"S{number}"),
                    puid=f"79{number:04}",
                    ean="",
                    manufacturer_sku=f"S{number}",
                    name=f"Saved {number}",
                )
                for number in range(20)
            )
        )[0].product_id
        for model, name, make in (
            ("sale.order.line", "itscope_cost", self.quotation),
            ("purchase.order.line", "itscope_cost", self.request),
        ):
            counts = []
            for chosen in (products[:2], products):
                order = make(*chosen)
                lines = order.order_line
                self.assertEqual(set(lines.mapped(name)), {100.0})
                self.env.flush_all()
                self.env.invalidate_all()
                field = lines._fields["itscope_offer_id"]
                before = self.env.cr.sql_log_count
                self.env.add_to_compute(field, lines)
                lines._recompute_field(field)
                lines._recompute_recordset(["itscope_cost"])
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(counts[0], counts[1], model)


@tagged("post_install", "-at_install")
class TestLineChoice(LinesMixin, ItscopeCase):
    def setUp(self):
        super().setUp()
        self.other_vendor = self.env["res.partner"].create({"name": "Andere GmbH"})
        self.other = self.env["itscope.supplier"].create(
            {
                "itscope_id": "10007777",
                "name": "Andere Distribution",
                "partner_id": self.other_vendor.id,
            }
        )
        self.link = self.article(
            0,
            self.offer(scaled_prices=(ScaledPrice(10, Decimal(90)),)),
            self.offer(id="2", supplier_id="10007777", supplier_sku="AD-1", price=105),
            self.offer(id="3", condition=4, price=Decimal(60), supplier_sku="BD-R"),
            self.offer(id="4", supplier_id="10008888", price=Decimal(99)),
            self.offer(
                id="5",
                supplier_sku="BD-5",
                stock=0,
                stock_status=2,
                availability_date=datetime.now(timezone.utc) + timedelta(days=20),
                price=Decimal(97),
            ),
        )
        self.product = self.link.product_id
        self.offers = {offer.offer_id: offer for offer in self.link.offer_ids}

    def test_new_goods_come_first_and_each_says_all(self):
        project = Project("MWP1", end_customer="Stadt", price=Decimal(50))
        self.article(
            0, self.offer(projects=(project,)), self.offer(id="3", condition=4)
        )
        line = self.quotation(self.product).order_line
        page = line.with_user(self.seller).itscope_offers(self.draft(line))
        first, last = page["offers"][0], page["offers"][-1]
        self.assertTrue(first["is_new"] and first["chosen"])
        self.assertFalse(last["is_new"])
        self.assertIn("50", first["project_price"])
        self.assertIn("MWP1", first["projects"][0])
        self.assertEqual(first["availability"], "In stock")
        self.assertEqual(last["condition"], "Refurbished")
        self.assertFalse(page["may_refresh"])
        self.assertFalse(page["hindrance"])

    def test_the_price_is_the_one_of_the_quantity(self):
        line = self.quotation(self.product).order_line
        page = line.itscope_offers(self.draft(line, quantity=10))
        row = next(r for r in page["offers"] if r["id"] == self.offers["1"].id)
        self.assertIn("90", row["price"])

    def test_a_quotation_line_keeps_what_was_chosen(self):
        line = self.quotation(self.product).order_line
        self.assertFalse(line.itscope_chosen_date)
        line.with_user(self.seller)._itscope_choose(self.offers["2"])
        self.assertEqual(line.itscope_offer_id, self.offers["2"])
        self.assertEqual(line.itscope_cost, 105)
        self.assertTrue(line.itscope_chosen_date)
        # Chosen again after the price changed: what it costs now.
        self.article(0, self.offer(id="2", supplier_id="10007777", price=Decimal(120)))
        self.assertEqual(line.itscope_cost, 105)
        line.itscope_chosen_date -= timedelta(minutes=1)
        line._itscope_choose(self.offers["2"])
        self.assertEqual(line.itscope_cost, 120)
        line.product_id = self.env["product.product"].create({"name": "Other"})
        self.assertFalse(line.itscope_offer_id or line.itscope_chosen_date)

    def test_confirmed_lines_stay_as_they_are(self):
        order = self.quotation(self.product)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "no quotation any more"):
            order.order_line._itscope_choose(self.offers["2"])
        request = self.request(self.product)
        request.button_confirm()
        page = request.order_line.itscope_offers(self.draft(request.order_line))
        self.assertIn("sent or confirmed", page["hindrance"])
        with self.assertRaisesRegex(UserError, "sent or confirmed"):
            request.order_line._itscope_choose(self.offers["2"], move=True)
        self.assertEqual(request.order_line.order_id, request)

    def test_an_offer_of_another_product_is_refused(self):
        other = self.article(7)
        line = self.quotation(other.product_id).order_line
        with self.assertRaisesRegex(UserError, "no offer of"):
            line._itscope_choose(self.offers["1"])
        self.offers["1"].active = False
        line = self.quotation(self.product).order_line
        with self.assertRaisesRegex(UserError, "no longer offers"):
            line._itscope_choose(self.offers["1"])

    def test_who_may_not_write_a_line_may_not_choose(self):
        line = self.quotation(self.product).order_line
        with self.assertRaises(AccessError):
            line.with_user(self.buyer).itscope_choice(
                self.draft(line), self.offers["2"].id
            )

    def test_a_purchase_line_takes_price_and_date(self):
        line = self.request(self.product, quantity=10).order_line
        self.assertEqual(line.itscope_offer_id, self.offers["5"])
        line.with_user(self.buyer)._itscope_choose(self.offers["1"])
        self.assertEqual(line.price_unit, 90)
        # Of this offer's vendor price: Odoo goes on computing it.
        line.product_qty = 2
        self.assertEqual(line.price_unit, 97.0)
        line._itscope_choose(self.offers["5"])
        self.assertEqual(line.price_unit, 97)
        wanted = self.offers["5"].availability_date.date()
        self.assertLessEqual(abs((line.date_planned.date() - wanted).days), 1)

    def test_other_goods_keep_their_price_when_the_quantity_changes(self):
        line = self.request(self.product, quantity=1).order_line
        line._itscope_choose(self.offers["3"])
        self.assertEqual((line.price_unit, line.itscope_cost), (60, 60))
        line.product_qty = 12
        self.assertEqual(line.price_unit, 60)

    def test_unit_currency_and_included_taxes(self):
        tax = self.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20.0,
                "type_tax_use": "purchase",
                "price_include_override": "tax_included",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
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
        own = self.offers["3"]
        self.assertEqual(own.currency_id, self.env.ref("base.EUR"))
        rate = 2.0 if other != own.currency_id else 0.5
        target = other if other != own.currency_id else self.company.currency_id
        line = self.request(self.product, currency_id=target.id).order_line
        line.write(
            {
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                "tax_ids": [Command.set(tax.ids)],
            }
        )
        line._itscope_choose(own)
        self.assertAlmostEqual(line.price_unit, 60 * 12 * rate * 1.2, places=2)

    def test_another_supplier_gets_the_line_in_its_order(self):
        open_order = self.request(partner_id=self.other_vendor.id, origin="S1")
        request = self.request(self.product, self.product, origin="S2")
        line, stays = request.order_line
        page = line.itscope_offers(self.draft(line))
        rows = {row["id"]: row for row in page["offers"]}
        self.assertEqual(
            rows[self.offers["2"].id]["elsewhere"],
            {"vendor": "Andere GmbH", "order": open_order.name},
        )
        self.assertNotIn("elsewhere", rows[self.offers["1"].id])
        with self.assertRaisesRegex(UserError, "goes to"):
            line._itscope_choose(self.offers["2"])
        found = line.with_user(self.buyer).itscope_choose_elsewhere(self.offers["2"].id)
        self.assertEqual(found["id"], open_order.id)
        self.assertEqual(line.order_id, open_order)
        self.assertEqual(open_order.origin, "S1, S2")
        self.assertEqual((line.price_unit, line.itscope_cost), (105, 105))
        self.assertEqual(line.itscope_offer_id, self.offers["2"])
        self.assertEqual(request.order_line, stays)
        self.assertIn("moved", open_order.message_ids[0].body)

    def test_without_an_open_order_a_new_one_is_made(self):
        sent = self.request(partner_id=self.other_vendor.id)
        sent.state = "sent"
        line = self.request(self.product, origin="S2").order_line
        line._itscope_choose(self.offers["2"], move=True)
        order = line.order_id
        self.assertNotEqual(order, sent)
        self.assertEqual(order.partner_id, self.other_vendor)
        self.assertEqual((order.itscope_supplier_id, order.origin), (self.other, "S2"))

    def test_a_supplier_without_a_vendor_must_be_mapped_first(self):
        line = self.request(self.product).order_line
        with self.assertRaisesRegex(UserError, "Map it first"):
            line._itscope_choose(self.offers["4"], move=True)

    def test_a_form_chooses_before_it_is_saved(self):
        lines = self.env["purchase.order.line"].with_user(self.buyer)
        draft = {
            "product_id": self.product.id,
            "quantity": 3,
            "order_id": False,
            "partner_id": False,
            "itscope_supplier_id": False,
            "currency_id": self.env.ref("base.EUR").id,
            "company_id": self.company.id,
        }
        self.assertEqual(len(lines.itscope_offers(draft)["offers"]), 5)
        values = lines.itscope_choice(draft, self.offers["2"].id)
        self.assertEqual(values["vendor"]["id"], self.other_vendor.id)
        self.assertEqual(values["price_unit"], 105)
        self.assertEqual(values["itscope_offer_id"]["id"], self.offers["2"].id)


@tagged("post_install", "-at_install")
class TestLineRefresh(LinesMixin, SimulatorCase):
    def setUp(self):
        super().setUp()
        # What came before in this transaction is not ours to wait for.
        self.env.cr.postcommit.clear()
        product = self.env["product.product"].create({"name": "Printer"})
        record = self.record(self.offer(), puid=PRINTER, ean="")
        self.import_records(record, targets={PRINTER: product})
        self.link = product.itscope_link_id
        self.product = product

    def age(self, **since):
        self.link.refresh_date -= timedelta(**since)
        self.env.flush_all()

    def runs(self):
        """What comes of the commit."""
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()
        return self.env["itscope.sync"].search([("account_id", "=", self.account.id)])

    def test_fresh_prices_are_used_as_they_are(self):
        self.age(hours=23)
        self.quotation(self.product)
        self.assertFalse(self.runs())

    def test_old_ones_are_refreshed_once_for_many_lines(self):
        self.age(hours=25)
        self.env["sale.order"].with_user(self.seller).create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.product.id}),
                    Command.create({"product_id": self.product.id}),
                ],
            }
        )
        run = self.runs()
        self.assertEqual((run.kind, run.puids), ("refresh", [PRINTER]))
        self.assertEqual(run.state, "waiting")
        self.assertEqual(run.user_id, self.account.responsible_id)
        # Nothing was asked while it was saved, and the same is not noted again.
        self.assertFalse(self.observe("requests"))
        self.request(self.product)
        self.assertEqual(self.runs(), run)
        self.assertEqual(run.puids, [PRINTER])
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(run.state, "done")
        line = self.quotation(self.product).order_line
        self.assertEqual(self.runs(), run)
        self.assertNotEqual(line.itscope_cost, 100)

    def test_what_was_quoted_by_old_prices_stays_and_shows_it(self):
        self.age(hours=25)
        line = self.quotation(self.product).order_line
        self.runs()
        self.env["itscope.sync"]._cron_run()
        self.env.invalidate_all()
        self.assertEqual(line.itscope_cost, 100)
        self.assertTrue(line.itscope_mark["change"])

    def test_another_product_on_a_line(self):
        self.age(hours=25)
        line = self.quotation(
            self.customer.env["product.product"].create({"name": "x"})
        )
        self.assertFalse(self.runs())
        line.order_line.product_id = self.product
        self.assertTrue(self.runs())

    def test_never_where_the_account_says_so_or_failed(self):
        self.age(hours=25)
        self.account.price_max_age = 0
        self.quotation(self.product)
        self.assertFalse(self.runs())
        self.account.price_max_age = 24
        self.control("faults", rules=[{"match": ".*", "kind": "status", "status": 401}])
        self.quotation(self.product)
        run = self.runs()
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(run.state, "failed")
        self.quotation(self.product)
        self.assertEqual(self.runs(), run)

    def test_saving_does_without_an_account_and_while_blocked(self):
        self.age(hours=25)
        self.control("block")
        self.quotation(self.product)
        run = self.runs()
        self.env["itscope.sync"]._cron_run()
        self.assertEqual(run.state, "waiting")
        self.account.active = False
        self.assertTrue(self.quotation(self.product).order_line)
        self.assertEqual(self.runs(), run)

    def test_refreshed_and_asked_live_from_a_line(self):
        line = self.quotation(self.product).order_line
        with self.assertRaises(AccessError):
            line.with_user(self.seller).itscope_refresh_offers(self.draft(line))
        self.user.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        own = line.with_user(self.user)
        page = own.itscope_refresh_offers(self.draft(line))
        self.assertIn("refreshed", page["message"])
        self.assertTrue(len(page["offers"]) > 1)
        self.assertEqual(page["mark"]["stock"], self.link.total_stock)
        page = own.itscope_refresh_offers(self.draft(line), live=True)
        self.assertIn("live", page["message"])
        self.assertTrue(
            any("realtime=true" in str(row) for row in self.observe("requests"))
        )
        self.control("faults", rules=[{"match": ".*", "kind": "status", "status": 401}])
        with self.assertRaises(UserError):
            own.itscope_refresh_offers(self.draft(line))
