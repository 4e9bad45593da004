"""ZUGFeRD: fetched once a bill is there, or instead of openTRANS."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import OpentransSimulatorCase

NO_CHARGES = {"charges": []}


@tagged("post_install", "-at_install")
class TestInvoicePdf(OpentransSimulatorCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order(name=f"PPDF{self.env.cr.now():%H%M%S%f}"[:18])
        self.order.action_itscope_send()
        self.deal = self.order.itscope_deal_id
        self.assertEqual(self.deal.send_state, "sent", self.deal.answer)
        self.advance(self.deal, "accept")

    def fetch(self):
        self.deal.action_fetch_news()
        return self.deal.document_ids.filtered(lambda d: d.type == "INVOICE")

    def pdf_of(self, bill):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", bill.id),
                ("mimetype", "=", "application/pdf"),
            ]
        )

    def asked(self):
        return [r for r in self.observe("requests") if "INVOICE.pdf" in r["path"]]

    def later(self, document):
        document.pdf_next_try = fields.Datetime.now() - timedelta(minutes=1)

    def test_attached_to_the_bill(self):
        self.advance(self.deal, "invoice", pdf=True)
        document = self.fetch()
        bill = document.move_ids
        self.assertEqual(document.state, "applied", document.messages)
        (pdf,) = self.pdf_of(bill)
        self.assertTrue(pdf.raw.startswith(b"%PDF"))
        self.assertEqual(bill.message_main_attachment_id, pdf)
        # Read it was not: the lines are those of the openTRANS document.
        self.assertEqual(len(bill.invoice_line_ids.purchase_line_id), 3)
        self.fetch()
        self.assertEqual(len(self.asked()), 1)
        self.assertEqual(len(self.pdf_of(bill)), 1)

    def test_attached_to_the_bill_that_comes_again(self):
        self.advance(self.deal, "invoice", pdf=True)
        document = self.fetch()
        document.action_ignore()
        document.action_apply_again()
        self.assertEqual(len(self.pdf_of(document.move_ids)), 1)

    def test_asked_for_a_few_times(self):
        self.advance(self.deal, "invoice")
        document = self.fetch()
        self.fetch()
        self.assertEqual(len(self.asked()), 1)
        for _ in range(4):
            self.later(document)
            self.fetch()
        self.assertEqual(len(self.asked()), 3)
        self.assertFalse(document.pdf)
        self.assertEqual(document.state, "applied")

    def test_billed_from_the_pdf(self):
        """ITscope names an invoice without openTRANS: Odoo's own import reads it."""
        self.advance(self.deal, "invoice", only_pdf=True, **NO_CHARGES)
        document = self.fetch()
        bill = document.move_ids
        self.assertTrue(document.billed_from_pdf)
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual((bill.state, bill.ref), ("draft", document.number))
        self.assertEqual(bill.partner_id, self.test_vendor)
        self.assertAlmostEqual(bill.amount_total, 1667.19)
        self.assertEqual(bill.invoice_line_ids.purchase_line_id.order_id, self.order)
        self.assertEqual(bill.message_main_attachment_id, self.pdf_of(bill))
        self.fetch()
        self.assertEqual(self.order.invoice_ids, bill)

    def test_opentrans_is_asked_for_less_and_less(self):
        """The PDF is there; ITscope may still give the other."""
        self.advance(self.deal, "invoice", only_pdf=True, **NO_CHARGES)
        document = self.fetch()
        self.assertTrue(document.billed_from_pdf)

        def asked_again():
            document.next_try = fields.Datetime.now() - timedelta(minutes=1)
            before = len(self.all_asked())
            self.env["itscope.deal"]._cron_fetch_news()
            return len(self.all_asked()) - before

        self.assertEqual(asked_again(), 1)
        self.assertGreater(document.next_try, fields.Datetime.now())
        self.age(document, hours=20)
        self.assertEqual(asked_again(), 1)
        wait = document.next_try - fields.Datetime.now()
        self.assertGreater(wait, timedelta(hours=19))
        self.age(document, hours=30)
        self.assertEqual(asked_again(), 1)
        self.assertFalse(document.next_try)
        self.assertEqual(document.state, "applied", document.messages)
        self.assertFalse(document.activity_ids)

    def all_asked(self):
        """For the openTRANS document."""
        return [
            r
            for r in self.observe("requests")
            if "INVOICE" in r["path"] and "pdf" not in r["path"]
        ]

    def age(self, document, hours):
        document.flush_recordset()
        document._write({"create_date": fields.Datetime.now() - timedelta(hours=hours)})
        document.invalidate_recordset()

    def test_ignored_before_it_came(self):
        self.advance(self.deal, "invoice", only_pdf=True, **NO_CHARGES)
        document = self.fetch()
        document.action_ignore()
        self.assertFalse(document.next_try)
        content = self._opentrans(document)
        self.receive(self.deal, "INVOICE", content, document.transaction_id)
        self.assertEqual(document.state, "ignored")
        self.assertFalse(self.order.invoice_ids.filtered("ref"))
        document.action_apply_again()
        self.assertEqual(document.state, "applied", document.messages)

    def test_mixed_rates_and_discounts(self):
        """As ITscope gives them, in both forms; the PDF has no discounts."""
        options = {
            "rates": {"123002": "0.07"},
            "charges": [["freight", "Fracht", "8.4", "0.19"]],
            "quantities": {"123003": "1"},
        }
        tax7 = self.tax.copy({"name": "7 % test", "amount": 7.0})
        discounts = {"123001": "5"}
        self.advance(self.deal, "invoice", discounts=discounts, **options)
        document = self.fetch()
        bill = document.move_ids
        self.assertEqual(document.state, "applied", document.messages)
        total = 562 * 1.07 + (188 * 0.95 + 217 + 8.4) * 1.19
        self.assertAlmostEqual(bill.amount_total, round(total, 2))
        self.assertIn(tax7.amount, bill.invoice_line_ids.tax_ids.mapped("amount"))
        self.assertIn(5.0, bill.invoice_line_ids.mapped("discount"))

    def test_charges_of_the_pdf(self):
        self.advance(self.deal, "invoice", only_pdf=True)
        document = self.fetch()
        self.assertAlmostEqual(document.move_ids.amount_total, 1678.09)

    def test_opentrans_comes_after_the_pdf(self):
        """It makes the bill what it would have been."""
        self.advance(self.deal, "invoice", only_pdf=True)
        document = self.fetch()
        bill = document.move_ids
        self.assertTrue(document.billed_from_pdf)
        content = self._opentrans(document)
        self.receive(self.deal, "INVOICE", content, document.transaction_id)
        self.assertEqual(document.move_ids, bill)
        self.assertFalse(document.billed_from_pdf)
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(len(bill.invoice_line_ids.purchase_line_id), 3)
        self.assertAlmostEqual(bill.amount_total, 1678.09)
        self.assertEqual(len(self.pdf_of(bill)), 1)

    def _opentrans(self, document):
        """The invoice that was missing."""
        self.advance(self.deal, "invoice")
        self.deal.account_id.invalidate_recordset()
        with self.deal.account_id._client() as client:
            entry = client.deal(self.deal.order_id).documents[-1]
            content = client.document(entry.transaction_id, "INVOICE")
        number = content.split(b"<INVOICE_ID>")[1].split(b"<")[0]
        return content.replace(number, document.number.encode())

    def test_pdf_without_data(self):
        self.advance(self.deal, "invoice", only_pdf=True)
        document = self.fetch()
        document.action_ignore()
        self.assertFalse(self.order.invoice_ids)
        document.pdf = document.pdf and self._bare_pdf()
        document.action_apply_again()
        self.assertEqual(document.state, "failed")
        self.assertIn("Enter the bill by hand", document.messages)
        self.assertFalse(self.order.invoice_ids)
        self.fetch()
        self.assertIn("Enter the bill by hand", document.messages)

    def _bare_pdf(self):
        content = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
        content += b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
        return self.env["ir.attachment"].create({"name": "x", "raw": content}).datas

    def test_bill_entered_by_hand(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.test_vendor.id,
                "ref": self._next_number(),
            }
        )
        self.advance(self.deal, "invoice", only_pdf=True)
        document = self.fetch()
        self.assertEqual(document.move_ids, bill)
        self.assertEqual(document.state, "attention")
        self.assertEqual(len(self.pdf_of(bill)), 1)

    def _next_number(self):
        """The number that the simulator will give."""
        sequence = int(self.deal.order_id[3:7]) * 10
        return f"2468{sequence:05d}"
