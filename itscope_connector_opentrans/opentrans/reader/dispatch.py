"""DISPATCHNOTIFICATION."""

from __future__ import annotations

from dataclasses import replace

from ..documents import DispatchNotification, Package
from .base import DocumentReader
from .xml import children, decimal_of, local, one_line, text

MAX_PACKAGES = 10_000
PACKAGE_NAMES = frozenset({"PACKAGE"})


class DispatchNotificationReader(DocumentReader):
    """What is on its way: quantities, serial numbers, parcels, carrier."""

    name = "DISPATCHNOTIFICATION"

    def info_names(self) -> frozenset[str]:
        return frozenset(
            {"SHIPMENT_ID", "TRACKING_TRACING_URL", "LOGISTIC_DETAILS_INFO", "HEADER_UDX"}
        )

    def read(self) -> DispatchNotification:
        common = self.common("DISPATCHNOTIFICATION_ID", "DISPATCHNOTIFICATION_DATE")
        tracking = [text(e) for e in children(self.info, "TRACKING_TRACING_URL")]
        tracking += [
            value for kind, value in common["remarks"] if kind.lower().startswith("track")
        ]
        dispatch = DispatchNotification(
            **common,
            shipment_id=one_line(text(self.info, "SHIPMENT_ID"))[:200],
            carrier=next(
                (
                    one_line(value)[:200]
                    for kind, value in common["remarks"]
                    if kind.lower() == "deliverercode"
                ),
                "",
            ),
            tracking=tuple(filter(None, (one_line(value)[:500] for value in tracking))),
            packages=self._packages(),
            delivery_date=self.delivery_date(self.info),
        )
        return replace(dispatch, findings=self.finish(dispatch))

    def _packages(self) -> tuple[Package, ...]:
        """Of header and lines alike; a parcel named twice is one parcel."""
        found: dict[str, Package] = {}
        for node in self.root.iter():
            if not isinstance(node.tag, str) or local(node) not in PACKAGE_NAMES:
                continue
            number = one_line(text(node, "PACKAGE_ID"))[:100]
            if not number or number in found or len(found) >= MAX_PACKAGES:
                continue
            found[number] = Package(
                id=number,
                description=one_line(text(node, "PACKAGE_DESCR"))[:200],
                quantity=self.value(decimal_of, node, "PACKAGE_ORDER_UNIT_QUANTITY"),
                weight=self.value(decimal_of, node, "PACKAGE_DIMENSIONS", "WEIGHT"),
            )
        return tuple(found.values())
