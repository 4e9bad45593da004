from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.itscope_connector.tests.common import ItscopeCase


@tagged("post_install", "-at_install")
class TestNeedsStock(ItscopeCase):
    """The basket of needs where there are warehouses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Need = cls.env["itscope.need"]
        cls.customer = cls.env["res.partner"].create({"name": "Kunde GmbH"})
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.buyer = new_test_user(
            cls.env,
            "basket-buyer",
            groups="itscope_connector.group_user,purchase.group_purchase_user",
        )
        links, _counts = cls.env["itscope.product.importer"]._import(
            cls.account,
            [cls.record(cls, cls.offer(cls), ean="")],
            {"777000": cls.env["product.product"]},
        )
        cls.product = links.product_id

    def put(self, quantity):
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, quantity
        )

    def sell(self, quantity, days=1, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "commitment_date": fields.Datetime.now() + timedelta(days=days),
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            **values,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order.order_line

    def rule(self, low, high, **values):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": low,
                "product_max_qty": high,
                "trigger": "manual",
                **values,
            }
        )

    def needed(self):
        """What is open by now: ``{sale line or name of a rule: quantity}``."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(self.Need._gather(self.company))
        return {need.sale_line_id or need.origin: need.quantity for need in self.open()}

    def open(self):
        return self.Need.search(
            [("product_id", "=", self.product.id), ("state", "=", "open")]
        )

    def receive(self, order, quantity, backorder=False):
        receipt = order.picking_ids.filtered(lambda row: row.state == "assigned")
        receipt.move_ids.write({"quantity": quantity, "picked": True})
        receipt.with_context(skip_backorder=True)._action_done()
        if not backorder:
            receipt.backorder_ids.action_cancel()

    # ------------------------------------------------------------------ warehouse

    def test_sales_share_the_stock_by_date(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        self.put(5)
        late = self.sell(3, days=9)
        self.assertEqual(self.needed(), {})
        early = self.sell(4, days=2)
        self.assertEqual(self.needed(), {late: 2})
        self.put(1)
        self.assertEqual(self.needed(), {late: 1})
        first = self.sell(6, days=1)
        self.assertEqual(self.needed(), {early: 4, late: 3}, "the first gets all")
        first.order_id._action_cancel()
        self.assertEqual(self.needed(), {late: 1})

    def test_what_is_reserved_is_not_shared(self):
        self.put(5)
        late = self.sell(3, days=9)
        late.move_ids._action_assign()
        early = self.sell(4, days=2)
        self.assertEqual(self.needed(), {early: 2})

    def test_what_is_on_its_way_or_asked_for_is_no_need(self):
        line = self.sell(5)
        other = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "product_qty": 2})
                ],
            }
        )
        self.assertEqual(self.needed(), {line: 3})
        other.button_confirm()
        self.assertEqual(self.needed(), {line: 3})
        self.receive(other, 2)
        self.assertEqual(self.needed(), {line: 3})

    def test_from_the_basket_to_the_delivery(self):
        line = self.sell(5)
        self.assertEqual(self.needed(), {line: 5})
        order = self.env["purchase.order"].browse(self.open().action_order()["res_id"])
        self.assertEqual(order.picking_type_id.warehouse_id, self.warehouse)
        self.assertEqual(self.needed(), {})
        order.button_confirm()
        self.assertEqual(self.needed(), {})
        self.receive(order, 5)
        self.assertEqual(self.needed(), {})
        delivery = line.move_ids.picking_id
        delivery.action_assign()
        delivery.button_validate()
        self.assertEqual(line.qty_delivered, 5)
        self.assertEqual(self.needed(), {})

    def test_a_receipt_that_ended_short_leaves_the_rest(self):
        line = self.sell(5)
        self.needed()
        order = self.env["purchase.order"].browse(self.open().action_order()["res_id"])
        order.button_confirm()
        self.receive(order, 2)
        self.assertEqual(self.needed(), {line: 3})

    def test_a_part_that_was_delivered(self):
        self.put(2)
        line = self.sell(5)
        self.assertEqual(self.needed(), {line: 3})
        delivery = line.move_ids.picking_id
        delivery.move_ids.write({"quantity": 2, "picked": True})
        delivery._action_done()
        self.assertEqual(line.qty_delivered, 2)
        self.assertEqual(self.needed(), {line: 3})
        line.move_ids.picking_id.filtered(
            lambda row: row.state != "done"
        ).action_cancel()
        self.assertEqual(self.needed(), {}, "nothing leaves any more")

    def test_bought_to_order_is_covered_by_its_own_request(self):
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        buy = self.env.ref("purchase_stock.route_warehouse0_buy")
        early = self.sell(2, days=1)
        self.assertEqual(self.needed(), {early: 2})
        self.product.route_ids = [Command.set((route | buy).ids)]
        late = self.sell(4, days=9)
        request = self.env["purchase.order.line"].search(
            [("product_id", "=", self.product.id)]
        )
        self.assertEqual(request.product_qty, 4)
        self.assertEqual(self.needed(), {early: 2}, "the request is the other's")
        request.order_id.button_confirm()
        self.assertEqual(self.needed(), {early: 2})
        self.receive(request.order_id, 4)
        self.assertEqual(self.needed(), {early: 2}, "reserved for the other")
        self.assertEqual(late.qty_delivered, 0)

    def test_a_buyer_without_rights_on_sales_and_stock_orders(self):
        line = self.sell(5)
        rule = self.rule(2, 4)
        self.needed()
        self.open().with_user(self.buyer).action_order()
        self.assertEqual(line.purchase_line_ids.product_qty, 5)
        self.assertFalse(rule.qty_to_order_manual)
        self.assertEqual(self.needed(), {})

    # ------------------------------------------------------------------ rules

    def test_a_rule_asks_for_what_sales_do_not(self):
        rule = self.rule(5, 10)
        self.assertEqual(self.needed(), {rule.name: 10})
        line = self.sell(3, days=0)
        self.assertEqual(self.needed(), {rule.name: 10, line: 3})
        self.put(4)
        self.assertEqual(self.needed(), {rule.name: 9})
        self.put(5)
        self.assertEqual(self.needed(), {}, "six are above the minimum")

    def test_a_rule_is_ordered_and_asks_again_when_that_is_cancelled(self):
        rule = self.rule(5, 10)
        self.needed()
        need = self.open()
        order = self.env["purchase.order"].browse(need.action_order()["res_id"])
        self.assertEqual(order.order_line.orderpoint_id, rule)
        self.assertEqual(self.needed(), {})
        order.button_confirm()
        self.assertEqual(self.needed(), {})
        order.button_cancel()
        self.assertEqual(self.needed(), {rule.name: 10})
        self.assertEqual(self.open(), need)

    def test_what_a_rule_was_told_by_hand(self):
        rule = self.rule(0, 0)
        self.assertEqual(self.needed(), {})
        rule.qty_to_order = 7
        self.assertEqual(self.needed(), {rule.name: 7})
        self.open().action_order()
        self.assertEqual(self.needed(), {}, "once")

    def test_rules_that_sleep_or_do_not_buy(self):
        rule = self.rule(5, 10)
        rule.snoozed_until = fields.Date.today() + timedelta(days=2)
        self.assertEqual(self.needed(), {})
        rule.snoozed_until = False
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self.warehouse.resupply_wh_ids = [Command.link(second.id)]
        rule.route_id = self.warehouse.resupply_route_ids
        self.assertEqual(self.needed(), {})

    def test_a_dismissed_rule_stays_so_until_it_is_content(self):
        rule = self.rule(5, 10)
        self.needed()
        self.open().write({"state": "dismissed", "reason": "Runs out"})
        rule.product_max_qty = 20
        self.assertEqual(self.needed(), {})
        self.put(6)
        self.assertEqual(self.needed(), {})
        self.put(-6)
        self.assertEqual(self.needed(), {rule.name: 20})

    # ------------------------------------------------------------------ cost

    def test_many_take_no_more_queries_than_a_few(self):
        def cost(work):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def queries(first, last):
            records = [
                self.record(
                    self.offer(id=f"9{n}", supplier_sku=f"9{n}", price=Decimal(5)),
                    puid=f"9{n}",
                    ean="",
                )
                for n in range(first, last)
            ]
            links, _counts = self.import_records(*records)
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        Command.create({"product_id": product.id})
                        for product in links.product_id
                    ],
                }
            )
            order.action_confirm()
            rules = self.env["stock.warehouse.orderpoint"].create(
                [
                    {
                        "product_id": product.id,
                        "warehouse_id": self.warehouse.id,
                        "location_id": self.warehouse.lot_stock_id.id,
                        "product_min_qty": 2,
                        "product_max_qty": 4,
                    }
                    for product in links.product_id
                ]
            )
            # Odoo itself asks once for each rule which routes buy.
            own = cost(lambda: rules.mapped("qty_forecast"))
            count = cost(lambda: self.Need._gather(self.company)) - own
            found = self.Need.search([("product_id", "in", links.product_id.ids)])
            self.assertEqual(len(found), 2 * (last - first))
            return count

        queries(0, 1)
        few, many = queries(1, 4), queries(4, 34)
        self.assertLessEqual(many - few, 10)
