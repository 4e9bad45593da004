"""DISPATCHNOTIFICATION."""

from __future__ import annotations

from collections.abc import Iterator

from ..documents import DispatchNotification, Package
from .base import DocumentReader
from .lines import read_delivery_date, read_delivery_note
from .node import MAX_SHORT, Node

#: Type of the remark that names the carrier.
CARRIER = "deliverercode"


class DispatchNotificationReader(DocumentReader):
    root = "DISPATCHNOTIFICATION"

    def read(self) -> DispatchNotification:
        common = self.common()
        logistics = self.info.child("LOGISTIC_DETAILS_INFO")
        found = list(_packages(logistics.child("PACKAGE_INFO")))
        for item in self.items:
            found += _packages(item.child("LOGISTIC_DETAILS").child("PACKAGE_INFO"))
        # Parcels are repeated on each line whose goods they hold.
        parcels = {package.id or index: package for index, package in enumerate(found)}
        remarks = [(kind.lower(), text) for kind, text in common["remarks"]]
        carrier = next((text for kind, text in remarks if kind == CARRIER), "")
        means = logistics.child("MEANS_OF_TRANSPORT").translated(
            "MEANS_OF_TRANSPORT_NAME"
        )
        deliverer = next((p for p in common["parties"] if "deliverer" in p.roles), None)
        tracking = [
            *self.info.texts("TRACKING_TRACING_URL"),
            *(text[:MAX_SHORT] for kind, text in remarks if "track" in kind),
        ]
        return DispatchNotification(
            **common,
            shipment_id=self.info.short("SHIPMENT_ID"),
            carrier=carrier or (deliverer.address.name if deliverer else "") or means,
            tracking=tuple(dict.fromkeys(tracking)),
            packages=tuple(parcels.values()),
            delivery_date=read_delivery_date(self.info),
            delivery_note=read_delivery_note(self.items),
        )


def _packages(node: Node) -> Iterator[Package]:
    """Parcels and the parcels inside them; the depth of documents is bounded."""
    for part in node.children("PACKAGE"):
        weight = part.child("PACKAGE_DIMENSIONS").decimal("WEIGHT")
        yield Package(
            id=part.translated("PACKAGE_ID"),
            description=part.translated("PACKAGE_DESCR"),
            quantity=part.decimal("PACKAGE_ORDER_UNIT_QUANTITY"),
            weight=weight,
        )
        yield from _packages(part.child("SUB_PACKAGES"))
