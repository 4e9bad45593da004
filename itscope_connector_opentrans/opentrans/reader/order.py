"""ORDER and ORDERRESPONSE."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ..documents import Document, Order, OrderReference, OrderResponse
from .base import TOLERANCE, DocumentReader
from .xml import moment_of, one_line, text


class OrderReader(DocumentReader):
    """ORDER: what we send, and what was placed on the platform."""

    name = "ORDER"

    def info_names(self) -> frozenset[str]:
        return frozenset(
            {"CUSTOMER_ORDER_REFERENCE", "PARTIAL_SHIPMENT_ALLOWED", "HEADER_UDX"}
        )

    def read(self) -> Order:
        order = Order(
            **self.common("ORDER_ID", "ORDER_DATE"),
            customer_order_id=one_line(
                text(self.info, "CUSTOMER_ORDER_REFERENCE", "ORDER_ID")
            ),
            partial_shipment=_true(text(self.info, "PARTIAL_SHIPMENT_ALLOWED")),
            own_delivery_note=_true(text(self.info, "HEADER_UDX", "UDX.DROPSHIPMENT")),
            delivery_date=self.delivery_date(self.info),
        )
        self.check_total(order)
        return replace(order, findings=self.finish(order))

    def check_total(self, document: Document) -> None:
        """The stated total against the sum of the lines."""
        amounts = [line.line_amount for line in document.lines]
        if document.total_amount is None or None in amounts or not amounts:
            return
        difference = document.total_amount - sum(a for a in amounts if a is not None)
        if abs(difference) > TOLERANCE:
            self.find("total", "TOTAL_AMOUNT", str(difference.quantize(Decimal("0.01"))))


class OrderResponseReader(OrderReader):
    """ORDERRESPONSE: what the distributor confirms."""

    name = "ORDERRESPONSE"

    def info_names(self) -> frozenset[str]:
        return frozenset(
            {"ORDER_DATE", "SUPPLIER_ORDER_ID", "ALT_CUSTOMER_ORDER_ID", "HEADER_UDX"}
        )

    def references(self) -> tuple[OrderReference, ...]:
        return (
            OrderReference(
                order_id=one_line(text(self.info, "ORDER_ID")),
                supplier_order_id=one_line(text(self.info, "SUPPLIER_ORDER_ID")),
            ),
        )

    def read(self) -> OrderResponse:  # type: ignore[override]
        response = OrderResponse(
            **self.common("ORDER_ID", "ORDERRESPONSE_DATE"),
            supplier_order_id=one_line(text(self.info, "SUPPLIER_ORDER_ID")),
            order_date=self.value(moment_of, self.info, "ORDER_DATE"),
            delivery_date=self.delivery_date(self.info),
        )
        self.check_total(response)
        return replace(response, findings=self.finish(response))


def _true(value: str) -> bool:
    return value.lower() in ("true", "1")
