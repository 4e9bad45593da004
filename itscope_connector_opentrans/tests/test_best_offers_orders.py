from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OpentransCase


@tagged("post_install", "-at_install")
class TestBestOffersOrders(OpentransCase):
    """What Odoo links orders by, where its modules for it are installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.write({"best_price_days": 0})
        cls.customer = cls.env["res.partner"].create({"name": "Kunde GmbH"})
        cls.plan = cls.env["itscope.purchase.plan"]

    def sale(self, *quantities, confirm=True, **values):
        """A sale order of the first article, one line for each quantity."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.products["123001"].id,
                            "product_uom_qty": quantity,
                        }
                    )
                    for quantity in quantities
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def wizard(self, order):
        action = order.action_itscope_best_offers()
        return self.env[action["res_model"]].browse(action["res_id"])

    def orders(self, wizard):
        return self.env["purchase.order"].search(wizard.action_order()["domain"])

    def test_orders_are_linked_to_the_sale(self):
        self.link("123001")
        sale = self.sale(2, 3)
        orders = self.orders(self.wizard(sale))
        # One for each line: its link is not lost.
        self.assertEqual(orders.order_line.sale_line_id, sale.order_line)
        self.assertEqual(orders.order_line.mapped("product_qty"), [2, 3])
        self.assertEqual(sale._get_purchase_orders(), orders)
        self.assertEqual(orders.picking_type_id, sale.warehouse_id.in_type_id)
        self.assertEqual(orders.order_line.tax_ids, self.tax)
        # What is ordered is not needed once more.
        sale.order_line[0].product_uom_qty = 6
        (need,) = sale._itscope_needs()[0]
        self.assertEqual((need["sale_line"], need["quantity"]), (sale.order_line[0], 4))

    def test_what_is_received_and_delivered_is_counted_once(self):
        self.link("123001")
        sale = self.sale(5)
        line = sale.order_line

        def needed():
            self.env.flush_all()
            return [row["quantity"] for row in sale._itscope_needs()[0]]

        self.assertEqual(needed(), [5])
        order = self.orders(self.wizard(sale))
        order.order_line.product_qty = 3
        self.assertEqual(needed(), [2])
        line.product_uom_qty = 9
        self.assertEqual(needed(), [6])
        order.button_confirm()
        order.picking_ids.button_validate()
        self.assertEqual(order.order_line.qty_received, 3)
        self.assertEqual(needed(), [6])
        picking = sale.picking_ids
        picking.move_ids.quantity = 2
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(line.qty_delivered, 2)
        self.assertEqual(needed(), [6])

    def test_what_the_warehouse_has_is_not_bought_for_a_sale(self):
        self.link("123001")
        product = self.products["123001"]
        product.is_storable = True
        sale = self.sale(10, confirm=False)
        self.env["stock.quant"]._update_available_quantity(
            product, sale.warehouse_id.lot_stock_id, 10
        )
        sale.action_confirm()
        self.assertEqual(sale._itscope_needs(), ([], 0))

    def test_the_minimum_counts_the_request_of_the_needs_warehouse(self):
        offer = self.link("123001")
        self.plan._buy(
            self.company,
            [
                {
                    "offer": offer,
                    "quantity": 5,
                    "date": False,
                    "sale_line": self.env["sale.order.line"],
                    "orderpoint": None,
                    "origin": "",
                }
            ],
        )
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Zweites Lager", "code": "ZL", "company_id": self.company.id}
        )
        wizard = self.wizard(self.sale(2, warehouse_id=warehouse.id))
        candidates = [(wizard.line_ids, offer)]
        self.assertEqual(wizard._open_goods(candidates), {})
        wizard.line_ids.need_id = False
        wizard.line_ids.sale_line_id = False
        self.assertEqual(list(wizard._open_goods(candidates)), [self.test_supplier.id])

    def test_nothing_is_ordered_from_blocked_suppliers(self):
        self.link("123001")
        sale = self.sale(1)
        self.test_supplier.order_permission = "blocked"
        self.env["itscope.need"]._gather(self.company)
        need = self.env["itscope.need"].search(
            [("sale_line_id", "=", sale.order_line.id)]
        )
        with self.assertRaisesRegex(UserError, "Not to be ordered from"):
            need.action_order()

    def test_the_rule_that_asks_is_linked(self):
        offer = self.link("123001")
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Zweites Lager", "code": "ZL", "company_id": self.company.id}
        )
        rule = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": offer.product_id.id, "warehouse_id": warehouse.id}
        )
        pick = {
            "offer": offer,
            "quantity": 2,
            "date": False,
            "sale_line": self.env["sale.order.line"],
            "orderpoint": rule,
            "origin": "rule",
        }
        order = self.plan._buy(self.company, [pick])
        self.assertEqual(order.order_line.orderpoint_id, rule)
        self.assertEqual(order.picking_type_id, warehouse.in_type_id)
        self.plan._buy(self.company, [pick])
        self.assertEqual(order.order_line.product_qty, 4)
        # Another warehouse is another order, another reason another line.
        other = self.plan._buy(self.company, [{**pick, "orderpoint": None}])
        self.assertNotEqual(other, order)
        order.button_confirm()
        self.assertEqual(order.picking_ids.picking_type_id, warehouse.in_type_id)

    def test_links_go_with_a_line_that_moves(self):
        second_vendor = self.env["res.partner"].create({"name": "Zweite"})
        self.supplier.partner_id = second_vendor
        self.import_records(
            self.record(
                self.offer(id="second", price=Decimal(80), stock=100),
                self.offer(
                    id="first",
                    supplier_id=self.test_supplier.itscope_id,
                    price=Decimal(94),
                    stock=100,
                ),
                puid="7123001",
                ean="",
            ),
            targets={"7123001": self.products["123001"]},
        )
        first = self.env["itscope.offer"].search([("offer_id", "=", "first")])
        sale = self.sale(2)
        line = self.plan._buy(
            self.company,
            [
                {
                    "offer": first,
                    "quantity": 2,
                    "date": fields.Date.today() + timedelta(days=9),
                    "sale_line": sale.order_line,
                    "orderpoint": None,
                    "origin": sale.name,
                }
            ],
        ).order_line
        source = line.order_id
        source.order_line.name = "As the customer calls it"
        wizard = self.wizard(source)
        self.assertEqual(wizard.line_ids.date, fields.Date.today() + timedelta(days=9))
        wizard.action_order()
        self.assertEqual(line.order_id.partner_id, second_vendor)
        self.assertEqual(line.sale_line_id, sale.order_line)
        self.assertEqual(line.name, "As the customer calls it")
        self.assertEqual(line.order_id.origin, sale.name)
        self.assertEqual(line.price_unit, 80)
        self.assertEqual(source.state, "cancel")

    def test_a_project_line_is_not_added_to(self):
        offer = self.link("123001")
        pick = {
            "offer": offer,
            "quantity": 2,
            "date": False,
            "sale_line": self.env["sale.order.line"],
            "orderpoint": None,
            "origin": "",
        }
        order = self.plan._buy(self.company, [pick])
        order.order_line.itscope_project_number = "P-1"
        self.plan._buy(self.company, [pick])
        self.assertEqual(order.order_line.mapped("product_qty"), [2, 2])

    def test_blocked_suppliers_are_not_proposed(self):
        self.link("123001")
        self.test_supplier.order_permission = "blocked"
        wizard = self.wizard(self.sale(1))
        self.assertFalse(wizard.line_ids.offer_id)
        self.assertIn("Not to be ordered from", wizard.line_ids.alternatives)

    def test_the_quotations_margin_follows(self):
        self.link("123001", price=70)
        sale = self.sale(2, confirm=False)
        sale.order_line.purchase_price = 1
        wizard = self.wizard(sale)
        wizard.action_apply()
        line = sale.order_line
        rate = self.env["res.currency"]._get_conversion_rate(
            line.itscope_offer_id.currency_id,
            line.currency_id,
            self.company,
            fields.Date.today(),
        )
        self.assertAlmostEqual(line.purchase_price, 70 * rate, 2)
