"""INVOICE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from ..documents import ZONE, Charge, Invoice, Line, OrderReference, Tax
from .amounts import agree, read_charges, read_taxes, sum_of
from .base import DocumentReader
from .lines import read_delivery_note

#: Values of INVOICE_TYPE that are bills; others that are no credit note are reported.
BILLS = ("", "invoice", "invoice_copy")
#: The schema says credit_memo; 381 is the code list's word for it.
CREDIT_NOTES = ("credit", "gutschrift", "381")


class InvoiceReader(DocumentReader):
    root = "INVOICE"

    def read(self) -> Invoice:
        common = self.common()
        net_goods = self.summary.decimal("NET_VALUE_GOODS")
        net = sum_of(common["lines"]) if net_goods is None else net_goods
        charges = read_charges(self.summary, net)
        extra = self.summary.decimal("NET_VALUE_EXTRA")
        if not charges and extra:
            charges = (Charge("", extra),)
        taxes = read_taxes(self.summary.child("TOTAL_TAX"))
        total = common["total_amount"]
        self._check(net_goods, common["lines"], charges, taxes, total)
        kind = self.info.short("INVOICE_TYPE").lower()
        credit_note = any(word in kind for word in CREDIT_NOTES)
        if kind not in BILLS and not credit_note:
            self.info.bad("INVOICE_TYPE", kind)
        return Invoice(
            **common,
            credit_note=credit_note or (total is not None and total < 0),
            net_goods=net_goods,
            taxes=taxes,
            charges=charges,
            due_date=self._due_date(common["date"]),
            delivery_note=self.info.short("DELIVERYNOTE_ID")
            or self.header.child("ORDER_HISTORY").short("DELIVERYNOTE_ID")
            or read_delivery_note(self.items),
            corrects=self._corrects(),
        )

    def references(self) -> Sequence[OrderReference]:
        found = []
        for place in (self.header, self.info):
            history = place.child("ORDER_HISTORY")
            reference = OrderReference(
                order_id=history.short("ORDER_ID"),
                supplier_order_id=history.short("SUPPLIER_ORDER_ID"),
                other_ids=tuple(history.texts("ALT_CUSTOMER_ORDER_ID")),
            )
            if reference.numbers:
                found.append(reference)
        return found

    def _check(
        self,
        net_goods: Decimal | None,
        lines: Sequence[Line],
        charges: Sequence[Charge],
        taxes: Sequence[Tax],
        total: Decimal | None,
    ) -> None:
        """The lines make the goods; goods, charges and taxes make the total."""
        goods = sum_of(lines)
        if net_goods is not None and goods is not None and not agree(net_goods, goods):
            path = f"{self.summary.path}/NET_VALUE_GOODS"
            self.report.add("total", path, f"stated {net_goods}, lines make {goods}")
        net = goods if net_goods is None else net_goods
        known = [tax.amount for tax in taxes if tax.amount is not None]
        if net is None or len(known) < len(taxes):
            return
        extra = sum((charge.amount for charge in charges), Decimal())
        self.check_total(total, net + extra + sum(known, Decimal()))

    def _due_date(self, invoiced: datetime | None) -> date | None:
        """When all is to be paid: the latest date, since the others are for
        discounts."""
        terms = self.info.child("PAYMENT").child("PAYMENT_TERMS")
        dates = [_day(terms.moment("VALUE_DATE"))]
        for time in terms.children("TIME_FOR_PAYMENT"):
            dates.append(_day(time.moment("PAYMENT_DATE")))
            days = time.whole("DAYS")
            if days is not None and 0 <= days < 1000 and invoiced:
                dates.append(_day(invoiced + timedelta(days=days)))
        return max((found for found in dates if found), default=None)

    def _corrects(self) -> str:
        corrections = (item.child("INVOICE_CORRECTION") for item in self.items)
        references = (node.child("INVOICE_REFERENCE") for node in corrections)
        return next((n for node in references if (n := node.short("INVOICE_ID"))), "")


def _day(value: datetime | None) -> date | None:
    return value.astimezone(ZONE).date() if value else None
