from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..itscope_api import Project, ScaledPrice
from .common import ItscopeCase
from .lines import LinesMixin


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

    def test_the_new_order_has_the_vendors_terms_and_taxes(self):
        tax, mapped = self.env["account.tax"].create(
            [
                {
                    "name": name,
                    "amount": amount,
                    "type_tax_use": "purchase",
                    "country_id": self.company.account_fiscal_country_id.id,
                }
                for name, amount in (("19 %", 19.0), ("0 %", 0.0))
            ]
        )
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        mapped.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(tax.ids)],
            }
        )
        self.product.supplier_taxes_id = [Command.set(tax.ids)]
        term = self.env["account.payment.term"].create({"name": "In 60 days"})
        self.other_vendor.property_account_position_id = position
        self.other_vendor.property_supplier_payment_term_id = term
        line = self.request(self.product).order_line
        self.assertEqual(line.tax_ids, tax)
        line._itscope_choose(self.offers["2"], move=True)
        order = line.order_id
        self.assertEqual(order.fiscal_position_id, position)
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual(line.tax_ids, mapped)

    def test_an_offer_without_a_price_is_refused(self):
        unpriced = self.offers["2"]
        unpriced.write({"price": 0, "has_price": False})
        line = self.request(self.product).order_line
        with self.assertRaisesRegex(UserError, "is unknown"):
            line._itscope_choose(unpriced, move=True)
        self.assertEqual(line.order_id.partner_id, self.vendor)
        line = self.quotation(self.product).order_line
        with self.assertRaisesRegex(UserError, "is unknown"):
            line._itscope_choose(unpriced)

    def test_a_mailed_request_changes_prices_and_keeps_its_lines(self):
        request = self.request(self.product)
        request.state = "sent"
        line = request.order_line
        self.assertTrue(line._itscope_is_open())
        line._itscope_choose(self.offers["1"])
        self.assertEqual(line.price_unit, 100)
        with self.assertRaisesRegex(UserError, "was mailed"):
            line._itscope_choose(self.offers["2"], move=True)
        pick = {
            "offer": self.offers["2"],
            "quantity": 1,
            "date": False,
            "purchase_line": line,
            "origin": "",
        }
        with self.assertRaisesRegex(UserError, "was mailed"):
            self.env["itscope.purchase.plan"]._buy(self.company, [pick])
        self.assertEqual(line.order_id, request)

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
