from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .needs import NeedsCase


@tagged("post_install", "-at_install")
class TestNeedsOrder(NeedsCase):
    """What is ordered once, and what is not ordered."""

    def test_two_buyers_at_once(self):
        with self.registry.cursor() as setup:
            env = self.env(cr=setup)
            product = env["product.product"].create({"name": "Wanted by two"})
            need = env["itscope.need"].create({"product_id": product.id})
        try:
            with self.registry.cursor() as first, self.registry.cursor() as second:
                stale = need.with_env(self.env(cr=second))
                self.assertEqual(stale.state, "open")
                own = need.with_env(self.env(cr=first))
                self.assertEqual(own._locked(), own)
                with self.assertRaisesRegex(UserError, "at this moment"):
                    stale._locked()
                own.state = "ordered"
                first.commit()
                # Odoo tries again with what the first one left.
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(SerializationFailure),
                ):
                    stale._locked()
                second.rollback()
                stale.invalidate_recordset()
                self.assertFalse(stale._locked())
        finally:
            with self.registry.cursor() as cleanup:
                product.with_env(self.env(cr=cleanup)).product_tmpl_id.unlink()

    def test_best_offers_order_what_is_still_needed_and_once(self):
        product = self.product(self.offer())
        product.itscope_link_id.offer_ids.price_date = fields.Datetime.now()
        orders = [self.sell((product, quantity)) for quantity in (2, 3, 4, 5)]
        self.gather()
        needs = self.needs(product)
        by_sale = {need.sale_line_id.order_id: need for need in needs}
        wizards = self.env["itscope.best.offers"]
        wizard = wizards.browse(needs.action_best_offers()["res_id"])
        from_sale = wizards.browse(orders[0].action_itscope_best_offers()["res_id"])
        self.assertEqual(from_sale.line_ids.need_id, by_sale[orders[0]])
        from_sale.action_order()
        first = by_sale[orders[0]].purchase_line_id
        self.assertEqual(first.product_qty, 2)
        by_sale[orders[1]].write({"state": "dismissed"})
        orders[2]._action_cancel()
        orders[3].order_line.product_uom_qty = 1
        self.env.flush_all()
        wizard.action_order()
        self.assertEqual(by_sale[orders[0]].purchase_line_id, first, "not again")
        self.assertEqual(by_sale[orders[1]].state, "dismissed")
        self.assertEqual(by_sale[orders[3]].purchase_line_id.product_qty, 1)
        bought = self.env["purchase.order.line"].search(
            [("product_id", "=", product.id)]
        )
        self.assertEqual(sum(bought.mapped("product_qty")), 3)
        for again in (wizard, from_sale):
            with self.assertRaisesRegex(UserError, "ordered, dismissed or cancelled"):
                again.action_order()
        with self.assertRaisesRegex(UserError, "nothing left to buy"):
            orders[0].action_itscope_best_offers()

    def test_without_a_price_nothing_is_ordered(self):
        product = self.product(self.offer())
        other = self.product(self.offer(id="2", supplier_sku="BD-2"), puid="777001")
        self.sell((product, 2), (other, 1))
        self.gather()
        needs = self.needs(product, other)
        need = self.needs(product)
        need.chosen_offer_id = need.offer_id
        need.offer_id.write({"has_price": False, "price": 0, "company_price": 0})
        with self.assertRaisesRegex(UserError, "choose other offers"):
            need.action_order()
        found = needs.action_order()
        self.assertIn(product.display_name, found["params"]["message"])
        self.assertEqual(need.state, "open")
        self.assertEqual(self.needs(other, state="ordered").price, 100)

    def test_what_another_gathered_meanwhile_is_no_error(self):
        product = self.product(self.offer())
        self.sell((product, 2))
        self.gather()
        need = self.needs(product)
        # As it looks to who began before the other was done.
        with patch.object(type(self.Need), "_known", lambda *args: ({}, {})):
            self.assertFalse(self.Need._gather(self.company))
        self.assertEqual(self.needs(product), need)

    def test_a_receipt_does_not_make_a_need(self):
        product = self.product(self.offer(), puid="777002")
        line = self.sell((product, 5)).order_line
        line.qty_delivered_method = "manual"
        line.qty_delivered = 2
        self.gather()
        self.assertEqual(self.needs(product).quantity, 3)
        self.needs(product).action_order()
        self.gather()
        self.assertFalse(self.needs(product))
        bought = self.needs(product, state="ordered").purchase_line_id
        bought.order_id.button_confirm()
        if "picking_ids" in bought.order_id._fields:
            bought.order_id.picking_ids.button_validate()
        else:
            bought.qty_received = 3
        self.assertEqual(bought.qty_received, 3)
        self.gather()
        self.assertFalse(self.needs(product))
