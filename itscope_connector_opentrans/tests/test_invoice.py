"""Invoices become draft bills whose total is the document's."""

from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from .common import ARTICLES, OpentransCase, needs_examples
from .documents import invoice

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]
CHARGES = (("eco", 2.5), ("freight", 8.4))


@tagged("post_install", "-at_install")
class TestInvoice(OpentransCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)

    def apply(self, number="R1", lines=AS_ORDERED, transaction=None, **values):
        content = invoice("PTEST1", number, lines, **values)
        return self.receive(self.deal, "INVOICE", content, transaction or number)

    def test_as_ordered(self):
        document = self.apply()
        bill = document.move_ids
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(bill, self.order.invoice_ids)
        self.assertEqual((bill.state, bill.move_type), ("draft", "in_invoice"))
        self.assertEqual((bill.ref, bill.invoice_origin), ("R1", "PTEST1"))
        self.assertEqual(bill.invoice_date, date(2026, 1, 5))
        self.assertEqual(bill.currency_id.name, "EUR")
        self.assertAlmostEqual(bill.amount_total, 1667.19)
        self.assertEqual(bill.invoice_line_ids.purchase_line_id, self.order.order_line)
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual(
            [line.qty_invoiced for line in self.order.order_line], [1, 2, 3]
        )
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", bill.id)]
        )
        self.assertEqual(attachment.mimetype, "application/xml")

    def test_charges_outside_the_tax(self):
        document = self.apply(charges=CHARGES)
        bill = document.move_ids
        self.assertEqual(document.state, "applied", document.messages)
        self.assertAlmostEqual(bill.amount_total, 1678.09)
        charges = bill.invoice_line_ids.filtered(lambda line: not line.purchase_line_id)
        self.assertEqual(sorted(charges.mapped("price_unit")), [2.5, 8.4])
        self.assertFalse(charges.tax_ids)

    def test_charges_inside_the_tax(self):
        bill = self.apply(charges=CHARGES, charges_taxed=True).move_ids
        self.assertAlmostEqual(bill.amount_total, round((1401 + 10.9) * 1.19, 2))
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.tax)

    def test_cents_become_a_line(self):
        document = self.apply(offset=0.02)
        bill = document.move_ids
        self.assertEqual(document.state, "applied", document.messages)
        self.assertAlmostEqual(bill.amount_total, 1667.21)
        self.assertIn("Rounding difference", bill.invoice_line_ids.mapped("name"))

    def test_larger_difference_is_shown(self):
        document = self.apply(offset=5.0)
        self.assertEqual(document.state, "attention")
        self.assertIn("difference of 5", document.messages)
        self.assertAlmostEqual(document.move_ids.amount_total, 1667.19)
        self.assertEqual(len(document.activity_ids), 1)

    def test_other_quantities_and_prices(self):
        document = self.apply(lines=[("123003", 2.0, 200.0)])
        line = document.move_ids.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit), (2.0, 200.0))
        self.assertAlmostEqual(document.move_ids.amount_total, 476.0)

    def test_unknown_line_is_billed_and_reported(self):
        document = self.apply(lines=[*AS_ORDERED, ("999", 1.0, 10.0)])
        self.assertEqual(document.state, "attention")
        self.assertIn("999", document.messages)
        self.assertAlmostEqual(document.move_ids.amount_total, 1411 * 1.19)

    def test_same_invoice_in_another_transaction(self):
        first = self.apply()
        again = self.apply(moment=datetime(2026, 1, 5, 10), transaction="OTHER")
        self.assertEqual(again.state, "applied", again.messages)
        self.assertEqual(first.move_ids, again.move_ids)
        self.assertEqual(len(self.order.invoice_ids), 1)

    def test_two_invoices(self):
        self.apply("R1", AS_ORDERED[:1])
        self.apply("R2", AS_ORDERED[1:])
        self.assertEqual(len(self.order.invoice_ids), 2)
        self.assertAlmostEqual(
            sum(self.order.invoice_ids.mapped("amount_total")), 1667.19
        )

    def test_bill_entered_by_hand(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.test_vendor.id,
                "ref": "R1",
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1.0})],
            }
        )
        document = self.apply()
        self.assertEqual(document.move_ids, bill)
        self.assertEqual(document.state, "attention")
        self.assertFalse(self.order.invoice_ids)

    def test_corrected_version_of_an_untouched_draft(self):
        first = self.apply(transaction="T1")
        second = self.apply(
            lines=AS_ORDERED[:1], moment=datetime(2026, 1, 9), transaction="T1"
        )
        self.assertEqual(first.state, "replaced")
        self.assertEqual(second.state, "applied", second.messages)
        self.assertEqual(second.move_ids, self.order.invoice_ids)
        self.assertAlmostEqual(self.order.invoice_ids.amount_total, 668.78)

    def test_corrected_version_of_a_changed_bill(self):
        bill = self.apply(transaction="T1").move_ids
        first = bill.invoice_line_ids[0]
        bill.write(
            {"invoice_line_ids": [Command.update(first.id, {"price_unit": 500.0})]}
        )
        second = self.apply(
            lines=AS_ORDERED[:1], moment=datetime(2026, 1, 9), transaction="T1"
        )
        self.assertEqual(second.state, "attention")
        self.assertEqual(len(bill.invoice_line_ids), 3)
        self.assertEqual(bill.invoice_line_ids[0].price_unit, 500.0)

    def test_posted_bill_stays(self):
        document = self.apply()
        document.move_ids.action_post()
        document.action_apply_again()
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(len(self.order.invoice_ids), 1)

    def test_credit_note(self):
        document = self.apply("G1", AS_ORDERED[:1], credit=True)
        bill = document.move_ids
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(bill.move_type, "in_refund")
        self.assertAlmostEqual(bill.amount_total, 668.78)

    def test_negative_invoice(self):
        document = self.apply("G1", [("123002", -1.0, 562.0)])
        self.assertEqual(document.move_ids.move_type, "in_refund")
        self.assertAlmostEqual(document.move_ids.amount_total, 668.78)

    def test_tax_of_another_rate(self):
        document = self.apply(tax="0.07")
        reduced = self.env["account.tax"].search(
            [("type_tax_use", "=", "purchase"), ("amount", "=", 7.0)], limit=1
        )
        if not reduced:
            self.assertEqual(document.state, "attention")
            self.assertIn("purchase tax of 7 %", document.messages)
        reduced = reduced or self.tax.copy({"name": "7 % test", "amount": 7.0})
        second = self.apply("R2", tax="0.07")
        self.assertEqual(second.state, "applied", second.messages)
        self.assertAlmostEqual(second.move_ids.amount_total, 1499.07)

    def test_invoice_of_two_orders(self):
        other = self.make_order(name="POTHER")
        self.sent_deal(other, order_id="SIM9")
        content = invoice(
            "PTEST1", "R1", [("123002", 1.0, 562.0), ("123001", 1.0, 94.0)]
        )
        first, second, rest = content.split("</INVOICE_ITEM>")
        named = "<ORDER_REFERENCE><ORDER_ID>%s</ORDER_ID></ORDER_REFERENCE>"
        content = "</INVOICE_ITEM>".join(
            (first + named % "PTEST1", second + named % "SIM9", rest)
        )
        document = self.receive(self.deal, "INVOICE", content, "R1")
        self.assertEqual(document.state, "applied", document.messages)
        lines = document.move_ids.invoice_line_ids
        self.assertEqual(lines.purchase_line_id.order_id, self.order | other)
        self.assertEqual(document.move_ids.invoice_origin, "PTEST1, POTHER")

    def test_one_that_fails_does_not_stop_the_others(self):
        content = invoice("PTEST1", "R1", AS_ORDERED).replace("EUR", "XAU")
        failed = self.receive(self.deal, "INVOICE", content, "R1", apply=False)
        good = self.apply("R2", AS_ORDERED[:1])
        self.assertEqual((failed.state, good.state), ("failed", "applied"))
        self.assertIn("XAU", failed.messages)
        self.assertEqual(self.order.invoice_ids, good.move_ids)

    @needs_examples
    def test_original_example(self):
        order = self.make_order(name="GWAHJV-160131-1470")
        deal = self.sent_deal(order, order_id="GWAHJV-160131-1470")
        document = self.receive(deal, "INVOICE", self.example("INVOICE"))
        self.assertEqual(document.state, "applied", document.messages)
        bill = document.move_ids
        self.assertAlmostEqual(bill.amount_total, 1678.09)
        self.assertAlmostEqual(bill.amount_tax, 266.19)
        self.assertEqual(bill.ref, "2468013")
        self.assertEqual(
            [
                (line.purchase_line_id.product_id.name, line.quantity, line.price_unit)
                for line in bill.invoice_line_ids
                if line.purchase_line_id
            ],
            [
                ("Article 123002", 1, 562),
                ("Article 123001", 2, 94),
                ("Article 123003", 3, 217),
            ],
        )
