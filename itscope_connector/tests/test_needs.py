from datetime import date
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..itscope_api import Packaging
from .needs import NeedsCase


@tagged("post_install", "-at_install")
class TestNeeds(NeedsCase):
    # ------------------------------------------------------------------ gathering

    def test_confirmed_sales_gather_with_their_offers(self):
        product = self.product(self.offer(), self.offer(id="2", price=Decimal(120)))
        self.sell((product, 7), confirm=False)
        order = self.sell((product, 3), commitment_date="2030-05-06 10:00:00")
        self.gather()
        need = self.needs(product)
        self.assertEqual(need.sale_line_id, order.order_line)
        self.assertEqual((need.quantity, need.date), (3, date(2030, 5, 6)))
        self.assertEqual((need.origin, need.customer_id), (order.name, self.customer))
        self.assertEqual(need.offer_id.offer_id, "1", "the best one")
        self.assertEqual(need.supplier_id, self.supplier)
        self.assertEqual((need.price, need.amount, need.stock), (100, 300, 5))
        self.gather()
        self.assertEqual(self.needs(product), need, "once")

    def test_the_sales_lines_offer_comes_before_the_best_one(self):
        product = self.product(self.offer(), self.offer(id="2", price=Decimal(120)))
        dear = product.itscope_link_id.offer_ids.filtered(lambda o: o.offer_id == "2")
        order = self.sell((product, 1), confirm=False)
        order.order_line.itscope_offer_id = dear
        order.action_confirm()
        self.gather()
        self.assertEqual(self.needs(product).offer_id, dear)
        # It ends at ITscope: the best one takes its place.
        self.import_records(self.record(self.offer(price=Decimal(90)), ean=""))
        self.gather()
        self.assertEqual(self.needs(product).offer_id.offer_id, "1")
        self.assertEqual(self.needs(product).amount, 90)

    def test_a_chosen_offer_stays(self):
        product = self.product(self.offer(), self.offer(id="2", price=Decimal(120)))
        dear = product.itscope_link_id.offer_ids.filtered(lambda o: o.offer_id == "2")
        order = self.sell((product, 1))
        self.gather()
        need = self.needs(product)
        need.with_user(self.buyer).offer_id = dear
        order.order_line.product_uom_qty = 4
        self.gather()
        self.assertEqual((need.offer_id, need.quantity, need.amount), (dear, 4, 480))

    def test_what_is_needed_follows_the_sale(self):
        product = self.product(self.offer())
        order = self.sell((product, 5))
        line = order.order_line
        self.gather()
        need = self.needs(product)
        line.qty_delivered = 2
        self.gather()
        self.assertEqual(need.quantity, 3)
        line.qty_delivered = 5
        self.gather()
        self.assertFalse(need.exists())
        line.product_uom_qty = 6
        self.gather()
        self.assertEqual(self.needs(product).quantity, 1)
        order._action_cancel()
        self.gather()
        self.assertFalse(self.needs(product))

    def test_quantities_are_in_the_products_unit(self):
        product = self.product(self.offer())
        order = self.sell((product, 2), confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        self.gather()
        self.assertEqual(self.needs(product).quantity, 24)

    def test_own_services_and_what_is_not_bought_are_left_out(self):
        values = {"name": "Own", "purchase_ok": True}
        service, unbought, unlinked = self.env["product.product"].create(
            [
                {**values, "type": "service"},
                {**values, "type": "consu", "purchase_ok": False},
                {**values, "type": "consu"},
            ]
        )
        licence = self.product(self.offer(), contract_type=3, puid="777009")
        self.sell((service, 1), (unbought, 1), (unlinked, 1), (licence, 1))
        self.gather()
        found = self.needs(service, unbought, unlinked, licence)
        self.assertEqual(found.product_id, unlinked | licence)
        bare = found.filtered(lambda need: need.product_id == unlinked)
        self.assertFalse(bare.supplier_id)
        with self.assertRaisesRegex(UserError, "No supplier is known for Own"):
            bare.action_order()
        answer = found.action_order()
        self.assertIn("Own", answer["params"]["message"])
        self.assertEqual(answer["params"]["next"]["res_model"], "purchase.order")
        self.assertEqual(bare.state, "open")

    def test_many_lines_take_no_more_queries_than_a_few(self):
        products = [
            self.product(self.offer(id=f"9{n}", supplier_sku=f"BD-9{n}"), puid=f"9{n}")
            for n in range(30)
        ]

        def queries(count):
            self.sell(*((product, 2) for product in products[:count]))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Need._gather(self.company)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(3), queries(30)
        self.assertLessEqual(many - few, 5)
        self.assertEqual(len(self.needs(*products)), 34)

    # ------------------------------------------------------------------ ordering

    def test_ordering_makes_one_order_for_each_supplier(self):
        first = self.product(self.offer())
        second = self.product(self.offer(id="2", supplier_sku="BD-2"), puid="777001")
        third = self.product(
            self.offer(id="3", supplier_id=self.unmapped.itscope_id), puid="777002"
        )
        sold = self.sell((first, 2), (third, 1))
        self.sell((second, 4))
        self.gather()
        needs = self.needs(first, second, third)
        action = needs.with_user(self.buyer).action_order()
        orders = self.env["purchase.order"].search(action["domain"])
        self.assertEqual(orders.partner_id, self.vendor | self.second_vendor)
        self.assertEqual(set(needs.mapped("state")), {"ordered"})
        need = needs.filtered(lambda row: row.product_id == first)
        line = need.purchase_line_id
        self.assertEqual((line.product_qty, line.price_unit), (2, 100))
        self.assertEqual(line.sale_line_id, sold.order_line[0])
        self.gather()
        self.assertFalse(self.needs(first, second, third), "covered")
        with self.assertRaisesRegex(UserError, "still open"):
            needs.action_order()

    def test_the_best_offers_for_what_is_needed(self):
        product = self.product(
            self.offer(),
            self.offer(id="2", supplier_id=self.unmapped.itscope_id, price=Decimal(80)),
        )
        offers = product.itscope_link_id.offer_ids
        offers.price_date = fields.Datetime.now()
        first = offers.filtered(lambda offer: offer.supplier_id == self.supplier)
        sold = self.sell((product, 2), confirm=False)
        sold.order_line.itscope_offer_id = first
        sold.action_confirm()
        by_hand = self.Need.create({"product_id": product.id, "quantity": 3})
        self.gather()
        needs = self.needs(product)
        action = needs.with_user(self.buyer).action_best_offers()
        wizard = self.env["itscope.best.offers"].with_user(self.buyer)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.line_ids.need_id, needs)
        self.assertEqual(wizard.line_ids.offer_id.offer_id, "2", "the cheaper one")
        wizard.action_order()
        self.assertEqual(set(needs.mapped("state")), {"ordered"})
        self.assertEqual(needs.purchase_order_id.partner_id, self.second_vendor)
        self.assertEqual(sold.order_line.purchase_line_ids.product_qty, 2)
        self.assertEqual(by_hand.purchase_line_id.product_qty, 3)
        self.gather()
        self.assertFalse(self.needs(product))

    def test_more_of_an_ordered_line_is_a_need_again(self):
        product = self.product(self.offer())
        order = self.sell((product, 2))
        self.gather()
        self.needs(product).action_order()
        order.order_line.product_uom_qty = 5
        self.gather()
        self.assertEqual(self.needs(product).quantity, 3)
        self.needs(product).action_order()
        lines = self.needs(product, state="ordered").purchase_line_id
        self.assertEqual(sum(lines.mapped("product_qty")), 5)
        self.gather()
        self.assertFalse(self.needs(product))

    def test_a_cancelled_purchase_is_a_need_again(self):
        product = self.product(self.offer())
        self.sell((product, 2))
        by_hand = self.Need.create({"product_id": product.id, "quantity": 4})
        self.gather()
        needs = self.needs(product)
        needs.action_order()
        order = needs.purchase_order_id
        order.button_cancel()
        self.gather()
        self.assertEqual(self.needs(product), needs, "the same two")
        self.assertFalse(needs.purchase_line_id)
        self.assertEqual(by_hand.quantity, 4)
        needs.action_order()
        needs.purchase_order_id.order_line.unlink()
        self.gather()
        self.assertEqual(self.needs(product), needs)

    def test_a_purchase_line_that_was_cut_leaves_the_rest(self):
        product = self.product(self.offer())
        self.sell((product, 5))
        self.gather()
        need = self.needs(product)
        need.action_order()
        need.purchase_line_id.product_qty = 2
        self.gather()
        self.assertEqual(self.needs(product).quantity, 3)

    def test_what_was_cancelled_meanwhile_is_not_ordered(self):
        product = self.product(self.offer())
        order = self.sell((product, 2))
        self.gather()
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "still open"):
            self.needs(product).action_order()

    def test_whole_packages_are_ordered_and_counted(self):
        packaging = Packaging(interval_quantity=10)
        product = self.product(self.offer(packaging=packaging))
        self.sell((product, 3))
        self.gather()
        need = self.needs(product)
        self.assertEqual((need.order_quantity, need.amount), (10, 1000))
        need.action_order()
        self.assertEqual(need.purchase_line_id.product_qty, 10)

    # ------------------------------------------------------------------ putting aside

    def test_dismissed_with_a_reason_until_more_is_needed(self):
        product = self.product(self.offer())
        order = self.sell((product, 2))
        self.gather()
        need = self.needs(product)
        action = need.with_user(self.buyer).action_dismiss()
        with Form(
            self.env["itscope.need.dismiss"]
            .with_user(self.buyer)
            .with_context(**action["context"])
        ) as form:
            form.reason = "The customer brings it"
        form.save().action_dismiss()
        self.gather()
        self.assertEqual(
            (need.state, need.reason), ("dismissed", "The customer brings it")
        )
        order.order_line.product_uom_qty = 3
        self.gather()
        self.assertEqual((need.state, need.reason, need.quantity), ("open", False, 3))
        need.write({"state": "dismissed", "reason": "No"})
        need.with_user(self.buyer).action_restore()
        self.assertEqual((need.state, need.reason), ("open", False))

    # ------------------------------------------------------------------ the cards

    def test_what_is_missing_to_the_suppliers_minimum(self):
        self.supplier.write(
            {"minimum_order": 250, "carriage_free_amount": 500, "shipping_cost": 9}
        )
        product = self.product(self.offer())
        self.sell((product, 2))
        self.gather()
        need = self.needs(product)
        self.assertTrue(need.below_minimum)
        (card,) = self.Need.read_supplier_cards()
        self.assertEqual((card["supplierId"], card["percent"]), (self.supplier.id, 40))
        self.assertTrue(card["warning"])
        money = self.company.currency_id.format
        self.assertEqual(
            [note["text"] for note in card["notes"]],
            [
                f"{money(50)} missing to the minimum order of {money(250)}",
                f"{money(300)} missing to free carriage from {money(500)} on",
                f"Shipping costs {money(9)}",
            ],
        )
        # What is asked for already and would be filled counts.
        extra = self.Need.create({"product_id": product.id, "quantity": 3})
        extra.action_order()
        need.invalidate_recordset(["below_minimum"])
        self.assertFalse(need.below_minimum)
        (card,) = self.Need.read_supplier_cards()
        self.assertEqual(
            [note["text"] for note in card["notes"]],
            [
                f"Minimum order of {money(250)} reached",
                "Free of carriage",
                f"{money(300)} in requests for quotation counted",
            ],
        )
        # Another currency: nothing from here would go into it.
        dollar = self.env.ref("base.USD")
        dollar.active = True
        extra.purchase_order_id.currency_id = dollar
        (card,) = self.Need.read_supplier_cards()
        self.assertIn("missing to the minimum", card["notes"][0]["text"])

    def test_a_supplier_without_vendor_is_named(self):
        self.supplier.partner_id = False
        product = self.product(self.offer())
        self.sell((product, 2))
        self.gather()
        (card,) = self.Need.read_supplier_cards()
        self.assertEqual(card["notes"][0]["text"], "Has no vendor yet")
        with self.assertRaisesRegex(UserError, "no vendor yet"):
            self.needs(product).action_order()

    def test_a_card_orders_all_of_a_supplier(self):
        product = self.product(self.offer())
        self.sell((product, 2))
        self.sell((product, 1))
        self.gather()
        action = self.Need.with_user(self.buyer).action_order_supplier(
            self.company.id, self.supplier.id
        )
        order = self.env["purchase.order"].browse(action["res_id"])
        self.assertEqual(sum(order.order_line.mapped("product_qty")), 3)

    # ------------------------------------------------------------------ rights

    def test_buyers_with_itscope_order_and_nobody_else(self):
        product = self.product(self.offer())
        self.sell((product, 2))
        self.gather()
        need = self.needs(product)
        only_itscope = self.user
        only_purchase = new_test_user(
            self.env, "other-buyer", groups="purchase.group_purchase_user"
        )
        for user in (only_itscope, only_purchase):
            own = need.with_user(user)
            for method in (
                "action_order",
                "action_dismiss",
                "action_restore",
                "action_gather",
                "action_best_offers",
            ):
                with self.subTest(user=user.login, method=method):
                    with self.assertRaises(AccessError):
                        getattr(own, method)()
        self.assertEqual(need.with_user(only_itscope).product_id, product)
        with self.assertRaises(AccessError):
            need.with_user(only_itscope).state = "dismissed"

    def test_another_companys_needs_are_not_seen(self):
        product = self.product(self.offer())
        self.sell((product, 2))
        self.gather()
        company = self.env["res.company"].create({"name": "Foreign"})
        foreign = new_test_user(
            self.env,
            "foreign-buyer",
            groups="itscope_connector.group_user,purchase.group_purchase_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        Need = self.Need.with_user(foreign).with_company(company)
        self.assertFalse(Need.search([("product_id", "=", product.id)]))
        self.assertEqual(Need.read_supplier_cards(), [])
        with self.assertRaises(AccessError):
            self.needs(product).with_user(foreign).action_order()

    def test_the_scheduled_action_gathers(self):
        product = self.product(self.offer())
        self.sell((product, 2), commitment_date=fields.Datetime.now())
        self.env.flush_all()
        self.Need._cron_gather()
        self.assertEqual(self.needs(product).quantity, 2)

    def test_a_second_worker_does_not_gather_beside_the_first(self):
        with self.registry.cursor() as other:
            worker = self.env(cr=other)["itscope.need"]
            self.assertTrue(worker._gathers_alone(self.company))
            self.assertFalse(self.Need._gather(self.company))
            self.assertEqual(self.Need.action_gather()["params"]["type"], "warning")
        self.assertTrue(self.Need._gather(self.company))
