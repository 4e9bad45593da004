"""How well suppliers keep what was ordered."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .common import ARTICLES, OpentransCase
from .documents import dispatch, invoice, response

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]


@tagged("post_install", "-at_install")
class TestReliability(OpentransCase):
    def setUp(self):
        super().setUp()
        self.today = fields.Date.today()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)
        self.order.order_line.itscope_sent_date = self.today + timedelta(days=5)

    def rows(self):
        self.env.flush_all()
        rows = self.env["itscope.supplier.reliability"].search(
            [("order_id", "=", self.order.id)]
        )
        return {row.line_id.itscope_line_id: row for row in rows}

    def shares(self):
        """As the supplier's form shows them; None where it says "not known yet"."""
        self.env.flush_all()
        self.env.invalidate_all()
        texts = {
            name: self.test_supplier[f"reliability_{name}"]
            for name in (
                "confirmed",
                "quantity_kept",
                "price_kept",
                "date_kept",
                "on_time",
                "billed_as_ordered",
            )
        }
        return {
            "count": self.test_supplier.reliability_count,
            **{
                name: None if text == "not known yet" else float(text)
                for name, text in texts.items()
            },
        }

    def test_kept(self):
        day = str(self.today + timedelta(days=5))
        self.receive(
            self.deal, "ORDERRESPONSE", response("PTEST1", AS_ORDERED, delivery=day)
        )
        self.receive(
            self.deal,
            "DISPATCHNOTIFICATION",
            dispatch("PTEST1", "1", [(sku, qty, ()) for sku, qty, _p in AS_ORDERED]),
            "D1",
        )
        self.order.picking_ids.button_validate()
        self.receive(self.deal, "INVOICE", invoice("PTEST1", "R1", AS_ORDERED), "I1")
        bill = self.order.invoice_ids
        bill.invoice_date = self.today
        bill.action_post()
        self.assertEqual(
            self.shares(),
            {
                "count": 3,
                "confirmed": 100.0,
                "quantity_kept": 100.0,
                "price_kept": 100.0,
                "date_kept": 100.0,
                "on_time": 100.0,
                "billed_as_ordered": 100.0,
            },
        )

    def test_not_kept(self):
        """Fewer, dearer, later, and one line not confirmed at all."""
        late = str(self.today + timedelta(days=9))
        (sku, _qty, price), (other, quantity, other_price), _third = AS_ORDERED
        self.receive(
            self.deal,
            "ORDERRESPONSE",
            response(
                "PTEST1",
                [(sku, 1.0, price + 1), (other, quantity - 1, other_price)],
                delivery=late,
            ),
        )
        shares = self.shares()
        self.assertAlmostEqual(shares["confirmed"], 66.7, 1)
        self.assertEqual(shares["quantity_kept"], 50.0)
        self.assertEqual(shares["price_kept"], 50.0)
        self.assertEqual(shares["date_kept"], 0.0)
        self.assertIsNone(shares["on_time"])
        self.assertIsNone(shares["billed_as_ordered"])

    def test_overdue_is_late(self):
        self.order.order_line.itscope_sent_date = self.today - timedelta(days=1)
        first = self.order.order_line[0]
        first.itscope_sent_date = self.today + timedelta(days=1)
        picking = self.order.picking_ids
        for move in picking.move_ids:
            move.quantity = (
                move.product_uom_qty if move.product_id == first.product_id else 0
            )
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        rows = self.rows()
        self.assertEqual(rows[first.itscope_line_id].on_time, 100.0)
        self.assertEqual(rows[first.itscope_line_id].days_late, -1.0)
        self.assertEqual([row.late for row in rows.values()].count(True), 2)
        self.assertAlmostEqual(self.shares()["on_time"], 33.3, 1)

    def test_billed_dearer(self):
        dearer = [(sku, quantity, price + 10) for sku, quantity, price in AS_ORDERED]
        self.receive(self.deal, "INVOICE", invoice("PTEST1", "R1", dearer), "I1")
        bill = self.order.invoice_ids
        bill.invoice_date = self.today
        bill.action_post()
        self.assertEqual(self.shares()["billed_as_ordered"], 0.0)

    def test_other_orders_do_not_count(self):
        other = self.make_order(name="PTEST2")
        self.assertFalse(other.itscope_deal_id)
        self.assertEqual(self.shares()["count"], 3)

    def test_of_this_company_only(self):
        company = self.env["res.company"].create({"name": "Other"})
        supplier = self.test_supplier.with_company(company)
        self.assertEqual(supplier.reliability_count, 0)
        user = new_test_user(
            self.env,
            "other-buyer",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
            groups="purchase.group_purchase_user",
        )
        self.env.flush_all()
        rows = self.env["itscope.supplier.reliability"].with_user(user)
        self.assertFalse(rows.search([("order_id", "=", self.order.id)]))
