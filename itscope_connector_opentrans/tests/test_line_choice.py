"""Offers on lines where sales, stock and margins are installed."""

from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.itscope_connector.itscope_api import Project, ScaledPrice

from .common import OpentransCase


@tagged("post_install", "-at_install")
class TestLineChoice(OpentransCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Kunde AG"})
        cls.other_vendor = cls.env["res.partner"].create({"name": "Andere GmbH"})
        cls.other = cls.env["itscope.supplier"].create(
            {
                "itscope_id": "10007777",
                "name": "Andere Distribution",
                "partner_id": cls.other_vendor.id,
            }
        )
        cls.product = cls.products["123001"]

    def two_offers(self, **other):
        """The test supplier's offer at 94, and another supplier's at 90."""
        first = self.offer(
            id="1", supplier_id="10000735", supplier_sku="123001", price=Decimal(94)
        )
        second = self.offer(
            **{
                "id": "2",
                "supplier_id": "10007777",
                "supplier_sku": "A-1",
                "price": Decimal(90),
                "scaled_prices": (ScaledPrice(10, Decimal(80)),),
                **other,
            }
        )
        record = self.record(first, second, puid="7123001", ean="")
        links, _counts = self.import_records(
            record, targets={record.puid: self.product}
        )
        offers = {offer.offer_id: offer for offer in links.offer_ids}
        return offers["1"], offers["2"]

    def quotation(self, **line):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.product.id, **line})],
            }
        )

    # ------------------------------------------------------------------ margins

    def test_a_chosen_offer_is_the_cost_of_the_margin(self):
        self.product.standard_price = 50
        first, second = self.two_offers()
        line = self.quotation(product_uom_qty=10, price_unit=100).order_line
        # Nobody chose: the product's own cost counts, as ever.
        self.assertEqual(line.purchase_price, 50)
        line._itscope_choose(second)
        self.assertEqual((line.purchase_price, line.margin), (80, 200))
        line._itscope_choose(first)
        self.assertEqual(line.purchase_price, 94)
        # Another unit: Odoo computes the cost again, from the offer.
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(line.purchase_price, 94 * 12)
        self.assertEqual(line.order_id.copy().order_line.purchase_price, 94 * 12)
        line.purchase_price = 1
        line.product_uom_qty = 3
        self.assertEqual(line.purchase_price, 1)

    def test_a_product_without_a_cost_has_the_offers(self):
        _first, second = self.two_offers()
        self.assertFalse(self.product.standard_price)
        line = self.quotation(price_unit=100).order_line
        self.assertEqual(line.itscope_offer_id, second)
        self.assertEqual(line.purchase_price, 90)

    def test_the_cost_is_in_the_currency_of_the_quotation(self):
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        other = euro if self.company.currency_id == dollar else dollar
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
        first, _second = self.two_offers()
        order = self.quotation()
        order.pricelist_id = prices
        line = order.order_line
        line._itscope_choose(first)
        wanted = first.currency_id._convert(94, other, self.company, order.date_order)
        self.assertAlmostEqual(line.purchase_price, wanted)

    def test_a_form_takes_over_and_keeps_what_was_chosen(self):
        self.product.standard_price = 50
        first, _second = self.two_offers()
        order = self.quotation(price_unit=100)
        line = order.order_line
        draft = {
            "product_id": self.product.id,
            "quantity": 1,
            "order_id": order.id,
            "offer_id": line.itscope_offer_id.id,
        }
        values = line.itscope_choice(draft, first.id)
        self.assertEqual(values["purchase_price"], 94)
        with Form(order) as form, form.order_line.edit(0) as row:
            # By the list of offers only: nobody types one.
            row._view["modifiers"]["itscope_offer_id"]["readonly"] = "False"
            row.itscope_offer_id = first
            row.itscope_chosen_date = values["itscope_chosen_date"]
            row.purchase_price = values["purchase_price"]
            self.assertEqual(row.margin, 6)
            row.product_uom_qty = 2
            row.price_unit = 100
        self.assertEqual((line.purchase_price, line.margin), (94, 12))

    def test_a_confirmed_sale_keeps_its_cost(self):
        first, _second = self.two_offers()
        line = self.quotation(price_unit=100).order_line
        line._itscope_choose(first)
        line.order_id.state = "sale"
        self.env.add_to_compute(line._fields["purchase_price"], line)
        self.assertEqual(line.purchase_price, 0)

    # ------------------------------------------------------------------ moving

    def test_a_moved_line_stays_what_it_was_bought_for(self):
        _first, second = self.two_offers()
        sale = self.quotation()
        need = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 1,
                "location_id": self.env.ref("stock.stock_location_stock").id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        order = self.make_order(confirm=False, origin=sale.name)
        reference = self.env["stock.reference"].create({"name": sale.name})
        order.reference_ids = reference
        line = self.line(order, "123001")
        line.write(
            {
                "sale_line_id": sale.order_line.id,
                "move_dest_ids": [Command.set(need.ids)],
                "itscope_remark": "To the door",
            }
        )
        line.with_user(self.buyer).itscope_choose_elsewhere(second.id)
        target = line.order_id
        self.assertNotEqual(target, order)
        self.assertEqual(target.partner_id, self.other_vendor)
        self.assertEqual(target.picking_type_id, order.picking_type_id)
        self.assertEqual(target.origin, sale.name)
        self.assertEqual(target.reference_ids, reference)
        self.assertEqual(line.sale_line_id, sale.order_line)
        self.assertEqual(line.move_dest_ids, need)
        self.assertEqual(line.itscope_remark, "To the door")
        self.assertEqual(line.price_unit, 90)
        left = order.order_line.mapped("price_subtotal")
        self.assertEqual(sum(left), order.amount_untaxed)
        target.button_confirm()
        self.assertEqual(line.move_ids.move_dest_ids, need)

    def test_goods_for_another_place_are_no_order_to_move_to(self):
        _first, second = self.two_offers()
        place = self.env["stock.picking.type"].create(
            {
                "name": "Other receipts",
                "code": "incoming",
                "sequence_code": "OIN",
                "company_id": self.company.id,
            }
        )
        elsewhere = self.env["purchase.order"].create(
            {"partner_id": self.other_vendor.id, "picking_type_id": place.id}
        )
        line = self.line(self.make_order(confirm=False), "123001")
        line._itscope_choose(second, move=True)
        self.assertNotEqual(line.order_id, elsewhere)

    # ------------------------------------------------------------------ projects

    def test_a_project_price_belongs_to_its_offer(self):
        granted = Project("MWP1", price=Decimal(70), end_customer="Stadt")
        for projects, number, price in (
            ((Project("MWP1", price=Decimal(65)),), "MWP1", 65),
            ((), False, 90),
        ):
            with self.subTest(number=number):
                first, second = self.two_offers(projects=projects)
                first.projects = [{**self._project(granted)}]
                line = self.line(self.make_order(confirm=False), "123001")
                line._itscope_choose_project(first.projects[0])
                self.assertEqual(line.itscope_project_price, 70)
                line._itscope_choose(second, move=True)
                self.assertEqual(line.itscope_project_number, number)
                self.assertEqual(line.price_unit, price)

    def test_the_best_offers_count_with_the_project_price(self):
        self.account.write({"best_price_days": 0, "best_available_days": 0})
        granted = Project("MWP1", price=Decimal(70), end_customer="Stadt")
        better = Project("MWP1", price=Decimal(65), end_customer="Stadt")
        # Its list price is lower than ours; the project's is what counts.
        for projects, price in (((), 70), ((better,), 65)):
            with self.subTest(price=price):
                first, second = self.two_offers(
                    price=Decimal(90), scaled_prices=(), stock=100, projects=projects
                )
                first.write({"projects": [self._project(granted)], "stock": 100})
                order = self.make_order(confirm=False)
                line = self.line(order, "123001")
                (order.order_line - line).unlink()
                line._itscope_choose_project(first.projects[0])
                action = order.action_itscope_best_offers()
                wizard = self.env[action["res_model"]].browse(action["res_id"])
                self.assertEqual(wizard.line_ids.price, price)
                if price == 70:
                    self.assertEqual(wizard.line_ids.offer_id, first)
                    continue
                self.assertEqual(wizard.line_ids.offer_id, second)
                wizard.action_order()
                self.assertEqual(line.order_id.partner_id, self.other_vendor)
                self.assertEqual(line.itscope_project_number, "MWP1")
                self.assertEqual(line.price_unit, 65)
                self.assertEqual(line.itscope_project_price, 65)

    def test_a_rejected_order_is_corrected(self):
        first, _second = self.two_offers()
        order = self.make_order(confirm=False)
        line = self.line(order, "123001")
        deal = self.env["itscope.deal"].create(
            {
                "account_id": self.account.id,
                "purchase_order_id": order.id,
                "send_state": "to_send",
            }
        )
        self.assertFalse(line._itscope_is_open())
        with self.assertRaisesRegex(UserError, "sent or confirmed"):
            line._itscope_choose(first)
        deal.send_state = "rejected"
        self.assertTrue(line._itscope_is_open())
        line._itscope_choose(first)
        self.assertEqual(line.price_unit, 94)

    def _project(self, project):
        return {
            "manufacturer_project": project.manufacturer_project_id,
            "supplier_project": project.supplier_project_id,
            "end_customer": project.end_customer,
            "price": float(project.price),
            "valid_from": None,
            "valid_to": None,
        }
