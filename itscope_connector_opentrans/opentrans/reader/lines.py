"""Lines: what all documents' lines have in common."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ..documents import (
    ZONE,
    Agreement,
    DeliveryDate,
    Line,
    OrderReference,
    PartialDelivery,
    ProductIds,
)
from ..errors import UnreadableError
from .amounts import read_charges, read_taxes
from .node import Node
from .values import truth

#: More lines or serial numbers than any order has: refused, not cut.
MAX_LINES = 10_000
MAX_SERIALS = 100_000
#: Types of INTERNATIONAL_PID that are article numbers on the package.
EAN_TYPES = ("ean", "gtin", "upc", "")


def read_lines(items: list[Node]) -> tuple[Line, ...]:
    """:raises UnreadableError: with more lines or serial numbers than there can be"""
    if len(items) > MAX_LINES:
        raise UnreadableError(f"more than {MAX_LINES} lines")
    lines = []
    serials = 0
    for item in items:
        line = _line(item)
        serials += len(line.serial_numbers)
        if serials > MAX_SERIALS:
            raise UnreadableError(f"more than {MAX_SERIALS} serial numbers")
        lines.append(line)
    return tuple(lines)


def _line(item: Node) -> Line:
    price = item.child("PRODUCT_PRICE_FIX")
    quantity = item.decimal("QUANTITY")
    if quantity is None and not item.short("QUANTITY"):
        item.bad("QUANTITY", "")
    unit_price = price.decimal("PRICE_AMOUNT")
    line_amount = item.decimal("PRICE_LINE_AMOUNT")
    taxes = read_taxes(price) or read_taxes(item)
    if len(taxes) > 1:
        kinds = ", ".join(f"{tax.type} {tax.rate}".strip() for tax in taxes)
        item.report.add("repeated", f"{price.path}/TAX_DETAILS_FIX", kinds)
    parts = _partial_deliveries(item.child("PARTIAL_DELIVERY_LIST"))
    dates = [part.delivery_date for part in parts if part.delivery_date]
    product = item.child("PRODUCT_ID")
    customer = item.child("CUSTOMER_ORDER_REFERENCE")
    return Line(
        line_id=item.short("LINE_ITEM_ID"),
        product=_product(product),
        quantity=Decimal() if quantity is None else quantity,
        unit=item.short("ORDER_UNIT"),
        price=unit_price,
        price_quantity=_price_quantity(price),
        line_amount=line_amount,
        delivery_date=read_delivery_date(item)
        or max(dates, key=lambda found: found.end, default=None),
        partial_deliveries=parts,
        remarks=read_remarks(item),
        agreement=_agreement(item),
        customer_ref=customer.short("CUSTOMER_IDREF"),
        parameters=_parameters(item.child("ITEM_UDX")),
        serial_numbers=_serials(product),
        reference=_reference(item, customer),
        tax=taxes[0] if taxes else None,
        charges=read_charges(price, unit_price) + read_charges(item, line_amount),
        price_flags=_price_flags(price),
    )


def _price_flags(price: Node) -> tuple[str, ...]:
    return tuple(
        flag.attribute("type").lower()
        for flag in price.leaves("PRICE_FLAG")
        if truth(flag.text()) and flag.attribute("type")
    )


def _parameters(udx: Node) -> tuple[tuple[str, str], ...]:
    found = (
        (name.removeprefix("UDX."), udx.short(name))
        for name in udx.names()
        if name.startswith("UDX.")
    )
    return tuple((name, value) for name, value in found if value)


def _price_quantity(price: Node) -> Decimal:
    quantity = price.decimal("PRICE_QUANTITY")
    if quantity is not None and quantity <= 0:
        price.bad("PRICE_QUANTITY", str(quantity))
        quantity = None
    return Decimal(1) if quantity is None else quantity


def _product(node: Node) -> ProductIds:
    ean = puid = ""
    for leaf in node.leaves("INTERNATIONAL_PID"):
        number, kind = leaf.text(), leaf.attribute("type").lower()
        if kind == "itscope":
            puid = puid or number
        elif kind in EAN_TYPES:
            ean = ean or number
        elif number:
            node.bad("INTERNATIONAL_PID", f"{kind}: {number}")
    # The offer's id is what a quotation is about; other numbers are only repeated.
    buyer = sorted(
        (leaf for leaf in node.leaves("BUYER_PID") if leaf.text()),
        key=lambda leaf: leaf.attribute("type").lower() != "itscope",
    )
    return ProductIds(
        supplier_pid=node.short("SUPPLIER_PID"),
        ean=ean,
        puid=puid,
        buyer_pid=buyer[0].text() if buyer else "",
        buyer_pid_type=buyer[0].attribute("type") if buyer else "",
        manufacturer_pid=node.child("MANUFACTURER_INFO").short("MANUFACTURER_PID"),
        description=node.translated("DESCRIPTION_SHORT"),
        long_description=node.translated("DESCRIPTION_LONG", long=True),
    )


def _serials(product: Node) -> tuple[str, ...]:
    texts = product.texts("SERIAL_NUMBER")
    serials = tuple(dict.fromkeys(texts))
    if len(serials) < len(texts):
        twice = next(text for text in serials if texts.count(text) > 1)
        product.report.add("repeated", f"{product.path}/SERIAL_NUMBER", twice)
    return serials


def _reference(item: Node, customer: Node) -> OrderReference:
    order = item.child("ORDER_REFERENCE")
    supplier = item.child("SUPPLIER_ORDER_REFERENCE")
    other = customer.short("ORDER_ID")
    return OrderReference(
        order_id=order.short("ORDER_ID"),
        line_id=order.short("LINE_ITEM_ID"),
        supplier_order_id=supplier.short("SUPPLIER_ORDER_ID"),
        supplier_line_id=supplier.short("SUPPLIER_ORDER_ITEM_ID"),
        other_ids=(other,) if other else (),
    )


def _agreement(item: Node) -> Agreement | None:
    """A line has it by itself, or where it says what it is based on."""
    source = item.child("SOURCING_INFO")
    quotation = source.short("QUOTATION_ID")
    places = (source, item, item.child("ORDER_REFERENCE"))
    found = [node for place in places for node in place.children("AGREEMENT")]
    if not found:
        return Agreement("", quotation) if quotation else None
    return Agreement(
        agreement_id=found[0].short("AGREEMENT_ID"),
        quotation_id=quotation,
        start=_date(found[0], "AGREEMENT_START_DATE"),
        end=_date(found[0], "AGREEMENT_END_DATE"),
        description=found[0].translated("AGREEMENT_DESCR"),
    )


def _date(node: Node, name: str) -> date | None:
    value = node.moment(name)
    return value.astimezone(ZONE).date() if value else None


# ---------------------------------------------------------------------- also in headers


def read_remarks(node: Node) -> tuple[tuple[str, str], ...]:
    """``(type, text)`` of each remark."""
    remarks = (
        (leaf.attribute("type"), leaf.text(True)) for leaf in node.leaves("REMARKS")
    )
    return tuple((kind, text) for kind, text in remarks if text)


def read_delivery_date(node: Node) -> DeliveryDate | None:
    """The span of an element's ``DELIVERY_DATE``; one missing end is like the other."""
    part = node.child("DELIVERY_DATE")
    start = part.moment("DELIVERY_START_DATE")
    end = part.moment("DELIVERY_END_DATE")
    start, end = start or end, end or start
    if start is None or end is None:
        return None
    kind = part.attribute("type").lower()
    if kind == "fixed":
        return DeliveryDate(start, end, "fixed")
    return DeliveryDate(start, end, "optional" if kind == "optional" else "")


def read_delivery_note(items: list[Node]) -> str:
    """The delivery note that the first line with one names."""
    references = (item.child("DELIVERY_REFERENCE") for item in items)
    return next((n for node in references if (n := node.short("DELIVERYNOTE_ID"))), "")


def _partial_deliveries(node: Node) -> tuple[PartialDelivery, ...]:
    return tuple(
        PartialDelivery(part.decimal("QUANTITY"), read_delivery_date(part))
        for part in node.children("PARTIAL_DELIVERY")
    )
