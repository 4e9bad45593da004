"""INVOICE, also as a credit note."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ..documents import Invoice, OrderReference
from .base import TOLERANCE, DocumentReader
from .xml import child, children, date_of, decimal_of, one_line, text

CREDIT_NOTES = ("credit", "gutschrift", "381")


class InvoiceReader(DocumentReader):
    """Amounts of lines and charges are net, TOTAL_AMOUNT is gross."""

    name = "INVOICE"

    def info_names(self) -> frozenset[str]:
        return frozenset(
            {"INVOICE_TYPE", "INVOICE_COVERAGE", "PAYMENT_TERMS", "HEADER_UDX"}
        )

    def references(self) -> tuple[OrderReference, ...]:
        return tuple(
            OrderReference(
                order_id=one_line(text(node, "ORDER_ID")),
                supplier_order_id=one_line(text(node, "SUPPLIER_ORDER_ID")),
            )
            for node in children(self.header, "ORDER_HISTORY")
        )

    def read(self) -> Invoice:
        payment = child(self.info, "PAYMENT")
        kind = text(self.info, "INVOICE_TYPE").lower()
        invoice = Invoice(
            **self.common("INVOICE_ID", "INVOICE_DATE"),
            credit_note=any(word in kind for word in CREDIT_NOTES),
            net_goods=self.value(decimal_of, self.summary, "NET_VALUE_GOODS"),
            taxes=tuple(
                tax
                for node in children(child(self.summary, "TOTAL_TAX"), "TAX_DETAILS_FIX")
                if (tax := self.tax(node))
            ),
            charges=self.charges(self.summary),
            due_date=self.value(
                date_of, payment, "PAYMENT_TERMS", "TIME_FOR_PAYMENT", "PAYMENT_DATE"
            ),
            delivery_note=one_line(text(self.header, "ORDER_HISTORY", "DELIVERYNOTE_ID")),
        )
        self._check_total(invoice)
        return replace(invoice, findings=self.finish(invoice))

    def _check_total(self, invoice: Invoice) -> None:
        """Lines, charges and taxes against the gross total."""
        amounts = [line.line_amount for line in invoice.lines]
        if invoice.total_amount is None or None in amounts:
            return
        total = sum((amount for amount in amounts if amount is not None), Decimal())
        if invoice.net_goods is not None and abs(invoice.net_goods - total) > TOLERANCE:
            self.find("total", "NET_VALUE_GOODS", str(invoice.net_goods - total))
        total += sum((charge.amount for charge in invoice.charges), Decimal())
        total += sum((tax.amount or Decimal() for tax in invoice.taxes), Decimal())
        difference = invoice.total_amount - total
        if abs(difference) > TOLERANCE:
            self.find("total", "TOTAL_AMOUNT", str(difference))
