from decimal import Decimal

from odoo import Command
from odoo.exceptions import RedirectWarning, ValidationError
from odoo.tests import Form, tagged

from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestSalesPrices(ItscopeCase):
    """Sales prices as the account's policy says, refreshed with the offers."""

    def mapping(self, name):
        return self.account.mapping_ids.filtered(lambda m: m.field_id.name == name)

    def told(self, price, calculated, **values):
        """ITscope tells a purchase price and a calculated one."""
        record = self.record(
            self.offer(price=price and Decimal(price)),
            price_calc=calculated and Decimal(calculated),
            **values,
        )
        links, _counts = self.import_records(record)
        return links.product_id

    # ------------------------------------------------------------------ the policy

    def test_policies_are_lines_of_the_mapping(self):
        account = self.account
        self.assertEqual(account.sales_price_policy, "none")
        account.sales_price_policy = "calculated"
        self.assertEqual(self.mapping("list_price").policy, "unless_changed")
        self.assertEqual(self.mapping("standard_price").policy, "once")
        account.sales_price_policy = "cost"
        self.assertEqual(self.mapping("list_price").policy, "once")
        self.assertEqual(self.mapping("standard_price").policy, "unless_changed")
        self.mapping("standard_price").policy = "once"
        self.assertEqual(account.sales_price_policy, "none", "the other way round")
        self.mapping("list_price").unlink()
        account.sales_price_policy = "calculated"
        self.assertEqual(self.mapping("list_price").source, "sales_price")

    def test_a_mapping_of_ones_own_is_left_alone(self):
        self.mapping("list_price").source = "recommended_retail_price"
        self.mapping("list_price").policy = "always"
        self.assertEqual(self.account.sales_price_policy, "none")
        self.account.sales_price_policy = "cost"
        self.assertEqual(
            (self.mapping("list_price").source, self.mapping("list_price").policy),
            ("recommended_retail_price", "always"),
        )

    def test_the_account_keeps_the_policy_in_its_form(self):
        with Form(self.account) as form:
            form.sales_price_policy = "calculated"
        self.assertEqual(self.account.sales_price_policy, "calculated")
        new = self.env["itscope.account"].create(
            {
                "name": "Of a user",
                "account_code": "m1000009",
                "user_id": self.user.id,
                "sales_price_policy": "cost",
            }
        )
        self.assertEqual(new.sales_price_policy, "cost")

    # ------------------------------------------------------------------ calculated

    def test_odoos_own_price_stays_by_default(self):
        product = self.told(100, 149)
        self.assertEqual(product.list_price, 149)
        self.told(110, 160)
        self.assertEqual(product.list_price, 149)

    def test_the_calculated_price_follows(self):
        self.account.sales_price_policy = "calculated"
        product = self.told(100, 149)
        self.told(110, 160)
        self.assertEqual(product.list_price, 160)
        self.told(120, None)
        self.assertEqual(product.list_price, 160, "unknown is no price")

    def test_a_price_that_a_person_changed_stays(self):
        self.account.sales_price_policy = "calculated"
        product = self.told(100, 149)
        product.list_price = 155
        self.told(110, 160)
        self.assertEqual(product.list_price, 155)

    def test_products_that_were_here_before_follow_the_new_policy(self):
        product, other = (
            self.told(100, 149),
            self.told(100, 149, puid="778000", ean="", manufacturer_sku="X"),
        )
        self.told(110, 155)
        other.list_price = 99
        self.account.sales_price_policy = "calculated"
        self.told(110, 155)
        self.told(110, 155, puid="778000", ean="", manufacturer_sku="X")
        self.assertEqual(product.list_price, 155)
        self.assertEqual(other.list_price, 99, "a person's own")
        self.told(110, 165)
        self.assertEqual(product.list_price, 165)
        product.list_price = 149
        self.told(110, 170)
        self.assertEqual(product.list_price, 149, "by hand now, whatever it was once")

    def test_a_price_that_comes_later_is_taken(self):
        self.account.sales_price_policy = "calculated"
        product = self.told(100, None)
        self.assertEqual(product.list_price, 1.0, "Odoo's default")
        self.told(100, 149)
        self.assertEqual(product.list_price, 149)

    def test_update_views_refresh_it_too(self):
        self.account.sales_price_policy = "calculated"
        product = self.told(100, 149)
        name = product.name
        self.told(100, 151, update_only=True, name="", ean="")
        self.assertEqual((product.list_price, product.name), (151, name))
        product.list_price = 1
        self.told(100, 152, update_only=True, name="", ean="")
        self.assertEqual(product.list_price, 1)

    def test_the_price_of_several_variants_is_not_one_products(self):
        self.account.sales_price_policy = "calculated"
        product = self.told(100, 149)
        colour = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [
                    Command.create({"name": "red"}),
                    Command.create({"name": "blue"}),
                ],
            }
        )
        template = product.product_tmpl_id
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": colour.id,
                    "value_ids": [Command.set(colour.value_ids.ids)],
                }
            )
        ]
        self.assertEqual(len(template.product_variant_ids), 2)
        self.told(110, 160)
        self.assertEqual(template.list_price, 149)

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
        self.account.sales_price_policy = "calculated"
        product = self.told(100, 149, currency=other.name)
        self.assertEqual(product.list_price, 74.5)

    # ----------------------------------------------------------------- cost plus margin

    def test_cost_follows_the_best_price(self):
        self.account.sales_price_policy = "cost"
        product = self.told(100, 149)
        self.told(110, 160)
        self.assertEqual((product.standard_price, product.list_price), (110, 149))

    def test_an_update_view_without_conditions_knows_the_best_price(self):
        self.account.sales_price_policy = "cost"
        links, _counts = self.import_records(
            self.record(
                self.offer(price=Decimal(100)),
                self.offer(id="2", condition=2, price=Decimal(50)),
            )
        )
        self.import_records(
            self.record(
                self.offer(condition=0, price=Decimal(105)),
                self.offer(id="2", condition=0, price=Decimal(51)),
                update_only=True,
            )
        )
        self.assertEqual(links.product_id.standard_price, 105)

    def test_a_cost_that_a_person_entered_stays(self):
        self.account.sales_price_policy = "cost"
        product = self.told(100, 149)
        product.standard_price = 90
        self.told(110, 160)
        self.assertEqual(product.standard_price, 90)

    def test_the_price_list_adds_the_margin(self):
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        account = self.account
        account.write({"sales_price_policy": "cost", "sales_markup": 12.5})
        product = self.told(99.99, 149)
        action = account.action_sales_pricelist()
        prices = self.env["product.pricelist"].browse(action["res_id"])
        self.assertEqual(prices.name, "ITscope cost + 12.5 %")
        self.assertEqual(prices.currency_id, self.company.currency_id)
        self.assertEqual(prices._get_product_price(product, 1.0), 112.49)
        self.told(200, 149)
        self.assertEqual(prices._get_product_price(product, 1.0), 225.0)
        again = account.action_sales_pricelist()
        self.assertEqual(again["res_id"], prices.id, "opened, not made again")

    def test_price_lists_that_are_switched_off_are_named(self):
        group = self.env.ref("product.group_product_pricelist")
        for implying in self.env["res.groups"].search(
            [("implied_ids", "in", group.ids)]
        ):
            implying.implied_ids -= group
        group.user_ids = False
        with self.assertRaisesRegex(RedirectWarning, "switched off"):
            self.account.action_sales_pricelist()

    def test_a_margin_lies_above_a_gift(self):
        with self.assertRaises(ValidationError):
            self.account.sales_markup = -100

    # ------------------------------------------------------------------ quotations

    def test_a_quotation_takes_the_new_price_when_asked(self):
        self.account.sales_price_policy = "calculated"
        product = self.told(100, 149)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": product.id, "discount": 10})
                ],
            }
        )
        line = order.order_line
        self.env.flush_all()
        self.told(110, 160)
        self.assertEqual(line.price_unit, 149, "not by itself")
        news = {piece["kind"]: piece for piece in line._itscope_news(self.link())}
        self.assertEqual(set(news), {"price_up", "sales_price"})
        self.assertEqual(news["sales_price"]["new"], 160)
        self.assertFalse(news["sales_price"]["take"], "the customer's price is asked")
        taken = {kind: piece["offer"] for kind, piece in news.items()}
        line._itscope_take(taken, keep_margin=True)
        self.assertEqual((line.price_unit, line.discount), (160, 10))
        self.assertEqual(line.itscope_cost, 110)
        self.assertEqual(line._itscope_news(self.link()), [])

    def test_a_typed_price_is_not_offered_another(self):
        self.account.sales_price_policy = "calculated"
        product = self.told(100, 149)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.order_line.price_unit = 140
        self.env.flush_all()
        self.told(100, 160)
        self.assertEqual(order.order_line._itscope_news(self.link()), [])

    def link(self):
        return self.env["itscope.product"].search([("puid", "=", "777000")])
