"""ORDER."""

from __future__ import annotations

from ..documents import Order
from .amounts import sum_of
from .base import DocumentReader
from .lines import read_delivery_date


class OrderReader(DocumentReader):
    root = "ORDER"

    def read(self) -> Order:
        common = self.common()
        self.check_total(common["total_amount"], sum_of(common["lines"]))
        udx = self.info.child("HEADER_UDX")
        customer = self.info.child("CUSTOMER_ORDER_REFERENCE")
        return Order(
            **common,
            customer_order_id=customer.short("ORDER_ID"),
            partial_shipment=self.info.truth("PARTIAL_SHIPMENT_ALLOWED") or False,
            own_delivery_note=udx.truth("UDX.DROPSHIPMENT") or False,
            delivery_date=read_delivery_date(self.info),
        )
