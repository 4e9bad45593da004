"""ORDERRESPONSE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ..documents import Line, OrderReference, OrderResponse
from .amounts import read_charges, sum_of
from .base import DocumentReader
from .lines import read_delivery_date


class OrderResponseReader(DocumentReader):
    """The schema has no reference to the order on a response's lines: they are numbered
    as the order's are, and refer to these numbers here."""

    root = "ORDERRESPONSE"
    number = "ORDER_ID"

    def read(self) -> OrderResponse:
        common = self.common(self._refer)
        net = sum_of(common["lines"])
        charges = read_charges(self.summary, net)
        total = common["total_amount"]
        if total != net and net is not None:
            net += sum((charge.amount for charge in charges), Decimal())
        self.check_total(total, net)
        return OrderResponse(
            **common,
            supplier_order_id=self.info.short("SUPPLIER_ORDER_ID"),
            order_date=self.info.moment("ORDER_DATE"),
            delivery_date=read_delivery_date(self.info),
            charges=charges,
        )

    def references(self) -> Sequence[OrderReference]:
        customer = self.info.child("CUSTOMER_ORDER_REFERENCE").short("ORDER_ID")
        others = self.info.texts("ALT_CUSTOMER_ORDER_ID")
        reference = OrderReference(
            order_id=self.info.short("ORDER_ID"),
            supplier_order_id=self.info.short("SUPPLIER_ORDER_ID"),
            other_ids=(*((customer,) if customer else ()), *others),
        )
        return (reference,) if reference.numbers else ()

    def _refer(self, line: Line) -> Line:
        told = line.reference
        reference = replace(
            told,
            order_id=told.order_id or self.info.short("ORDER_ID"),
            line_id=told.line_id or line.line_id,
        )
        return replace(line, reference=reference)
