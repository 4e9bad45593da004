"""ORDER documents as ITscope wants them: strict, and all problems at once."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from .documents import Address, DeliveryDate, Line, Order, Party
from .errors import InvalidOrderError, Problem
from .phone import format_phone

OPENTRANS = "http://www.opentrans.org/XMLSchema/2.1"
BMECAT = "http://www.bmecat.org/bmecat/2005"
#: ITscope refuses a longer order number.
MAX_ORDER_NUMBER = 18
#: ITscope cuts a line's remark here.
MAX_REMARK = 40
CENT = Decimal("0.01")
#: Lengths of the schema; names and texts are cut there.
MAX_NAME, MAX_SHORT, MAX_LONG, MAX_ZIP, MAX_CITY = 50, 150, 64000, 20, 50
MAX_REMARKS = 64000
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_order(order: Order, *, generator: str, now: datetime) -> bytes:
    """The order as UTF-8 XML.

    :param generator: name of the program, for GENERATOR_INFO
    :param now: time of writing; times are written as wall-clock time of their zone
    :raises InvalidOrderError: with all problems
    """
    problems = _problems(order)
    if problems:
        raise InvalidOrderError(problems)
    root = etree.Element(
        f"{{{OPENTRANS}}}ORDER",
        nsmap={None: OPENTRANS, "bme": BMECAT},
        version="2.1",
        type="standard",
    )
    header = _add(root, "ORDER_HEADER")
    control = _add(header, "CONTROL_INFO")
    _add(control, "GENERATOR_INFO", generator)
    _add(control, "GENERATION_DATE", _time(now))
    _info(_add(header, "ORDER_INFO"), order)
    items = _add(root, "ORDER_ITEM_LIST")
    total = Decimal()
    for line in order.lines:
        total += _item(_add(items, "ORDER_ITEM"), line, order)
    summary = _add(root, "ORDER_SUMMARY")
    _add(summary, "TOTAL_ITEM_NUM", str(len(order.lines)))
    _add(summary, "TOTAL_AMOUNT", _number(total))
    return bytes(
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    )


def line_amount(line: Line) -> Decimal:
    """Price times quantity, in cents."""
    price = line.price or Decimal()
    amount = line.quantity * price / line.price_quantity
    return amount.quantize(CENT, ROUND_HALF_UP)


# ---------------------------------------------------------------------- what is missing


def _problems(order: Order) -> list[Problem]:
    problems = []
    if not order.number.strip():
        problems.append(Problem("missing", "number"))
    elif len(order.number) > MAX_ORDER_NUMBER:
        problems.append(Problem("too_long", "number"))
    if not re.fullmatch("[A-Z]{3}", order.currency):
        problems.append(Problem("missing", "currency"))
    if order.date is None:
        problems.append(Problem("missing", "date"))
    for role in ("supplier", "buyer", "delivery"):
        problems += _party_problems(order.party(role), role)
    if not order.lines:
        problems.append(Problem("missing", "lines"))
    seen: set[str] = set()
    for line in order.lines:
        problems += _line_problems(line)
        if line.line_id in seen:
            problems.append(Problem("duplicate", "line_id", line.line_id))
        seen.add(line.line_id)
    return problems


def _party_problems(party: Party | None, role: str) -> list[Problem]:
    if party is None:
        return [Problem("missing", role)]
    problems = []
    if not party.id.strip():
        problems.append(Problem("missing", f"{role}.id"))
    needed = {"buyer": ("name",), "delivery": ("name", "street", "zip", "city", "country")}
    for name in needed.get(role, ()):
        if not getattr(party.address, name).strip():
            problems.append(Problem("missing", f"{role}.{name}"))
    return problems


def _line_problems(line: Line) -> list[Problem]:
    problems = []
    if not line.line_id.strip():
        problems.append(Problem("missing", "line_id", line.line_id))
    if not line.product.supplier_pid.strip():
        problems.append(Problem("missing", "supplier_pid", line.line_id))
    if line.quantity <= 0:
        problems.append(Problem("not_positive", "quantity", line.line_id))
    if line.price is None or line.price <= 0:
        problems.append(Problem("not_positive", "price", line.line_id))
    return problems


# ---------------------------------------------------------------------- writing


def _info(info: etree._Element, order: Order) -> None:
    assert order.date is not None  # checked in _problems
    _add(info, "ORDER_ID", order.number)
    _add(info, "ORDER_DATE", _time(order.date))
    if order.delivery_date:
        _delivery_date(info, order.delivery_date)
    if order.language:
        _add(info, "bme:LANGUAGE", order.language, default="true")
    parties = _add(info, "PARTIES")
    for party in order.parties:
        _party(_add(parties, "PARTY"), party)
    if order.customer_order_id:
        reference = _add(info, "CUSTOMER_ORDER_REFERENCE")
        _add(reference, "ORDER_ID", order.customer_order_id)
    _party_references(_add(info, "ORDER_PARTIES_REFERENCE"), order)
    _add(info, "bme:CURRENCY", order.currency)
    _add(info, "PARTIAL_SHIPMENT_ALLOWED", _boolean(order.partial_shipment))
    for kind, text in order.remarks:
        _add(info, "REMARKS", text[:MAX_REMARKS], type=kind)
    udx = _add(info, "HEADER_UDX")
    _add(udx, "UDX.DROPSHIPMENT", _boolean(order.own_delivery_note))


def _party(node: etree._Element, party: Party) -> None:
    _add(node, "bme:PARTY_ID", party.id, type=party.id_type or "supplier_specific")
    for role in party.roles:
        _add(node, "PARTY_ROLE", role)
    address, data = _add(node, "ADDRESS"), party.address
    _text(address, "bme:NAME", data.name[:MAX_NAME])
    _text(address, "bme:NAME2", data.name2[:MAX_NAME])
    _text(address, "bme:NAME3", data.name3[:MAX_NAME])
    if data.contact_name:
        _contact(_add(address, "CONTACT_DETAILS"), data)
    _text(address, "bme:STREET", data.street[:MAX_NAME])
    _text(address, "bme:ZIP", data.zip[:MAX_ZIP])
    _text(address, "bme:CITY", data.city[:MAX_CITY])
    _text(address, "bme:COUNTRY", data.country_name[:MAX_NAME])
    _text(address, "bme:COUNTRY_CODED", data.country)
    _text(address, "bme:VAT_ID", data.vat[:MAX_NAME])
    _text(address, "bme:PHONE", format_phone(data.phone, data.country), type="office")
    _text(address, "bme:FAX", format_phone(data.fax, data.country), type="office")
    _text(address, "bme:EMAIL", data.email[:255])
    _text(address, "bme:URL", data.url[:255])


def _contact(node: etree._Element, data: Address) -> None:
    _add(node, "bme:CONTACT_NAME", data.contact_name[:MAX_NAME])
    _text(node, "bme:FIRST_NAME", data.contact_first_name[:MAX_NAME])
    phone = format_phone(data.contact_phone, data.country)
    _text(node, "bme:PHONE", phone, type="office")
    if data.contact_email:
        _add(_add(node, "bme:EMAILS"), "bme:EMAIL", data.contact_email[:255])


def _party_references(node: etree._Element, order: Order) -> None:
    """The ids once more: who buys, sells, pays and receives."""
    buyer, supplier = order.party("buyer"), order.party("supplier")
    delivery = order.party("delivery")
    payer = order.party("invoice_recipient") or buyer
    assert buyer and supplier and delivery and payer  # checked in _problems
    _add(node, "bme:BUYER_IDREF", buyer.id, type=buyer.id_type or "supplier_specific")
    supplier_type = supplier.id_type or "buyer_specific"
    _add(node, "bme:SUPPLIER_IDREF", supplier.id, type=supplier_type)
    payer_type = payer.id_type or "supplier_specific"
    _add(node, "INVOICE_RECIPIENT_IDREF", payer.id, type=payer_type)
    shipment = _add(node, "SHIPMENT_PARTIES_REFERENCE")
    delivery_type = delivery.id_type or "supplier_specific"
    _add(shipment, "DELIVERY_IDREF", delivery.id, type=delivery_type)


def _item(node: etree._Element, line: Line, order: Order) -> Decimal:
    """Write a line; :return: its amount"""
    _add(node, "LINE_ITEM_ID", line.line_id)
    product = _add(node, "PRODUCT_ID")
    ids = line.product
    _add(product, "bme:SUPPLIER_PID", ids.supplier_pid, type="supplier_specific")
    _text(product, "bme:INTERNATIONAL_PID", ids.ean, type="ean")
    _text(product, "bme:INTERNATIONAL_PID", ids.puid, type="itscope")
    _text(product, "bme:DESCRIPTION_SHORT", ids.description[:MAX_SHORT])
    _text(product, "bme:DESCRIPTION_LONG", ids.long_description[:MAX_LONG])
    _add(node, "QUANTITY", _number(line.quantity))
    _add(node, "bme:ORDER_UNIT", line.unit)
    assert line.price is not None  # checked in _problems
    price = _add(node, "PRODUCT_PRICE_FIX")
    _add(price, "bme:PRICE_AMOUNT", _number(line.price))
    if line.price_quantity != 1:
        _add(price, "bme:PRICE_QUANTITY", _number(line.price_quantity))
    amount = line_amount(line)
    _add(node, "PRICE_LINE_AMOUNT", _number(amount))
    if line.delivery_date:
        _delivery_date(node, line.delivery_date)
    if line.agreement:
        _sourcing(_add(node, "SOURCING_INFO"), line)
    if line.customer_ref:
        reference = _add(node, "CUSTOMER_ORDER_REFERENCE")
        _add(reference, "ORDER_ID", order.customer_order_id or order.number)
        _add(reference, "CUSTOMER_IDREF", line.customer_ref, type="buyer_specific")
    for kind, text in line.remarks:
        _add(node, "REMARKS", text[:MAX_REMARK], type=kind)
    return amount


def _sourcing(node: etree._Element, line: Line) -> None:
    agreement = line.agreement
    assert agreement is not None
    _text(node, "QUOTATION_ID", agreement.quotation_id)
    part = _add(node, "AGREEMENT", type="standard")
    _add(part, "bme:AGREEMENT_ID", agreement.agreement_id)
    if agreement.start:
        _add(part, "bme:AGREEMENT_START_DATE", agreement.start.isoformat())
    # The schema wants an end; a price without one is valid as long as dates go.
    end = agreement.end or date(9999, 12, 31)
    _add(part, "bme:AGREEMENT_END_DATE", end.isoformat())
    _text(part, "AGREEMENT_DESCR", agreement.description[:250])


def _delivery_date(node: etree._Element, date: DeliveryDate) -> None:
    part = _add(node, "DELIVERY_DATE", type=date.type or "optional")
    _add(part, "DELIVERY_START_DATE", _time(date.start))
    _add(part, "DELIVERY_END_DATE", _time(date.end))


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    prefix, _colon, local = name.rpartition(":")
    namespace = BMECAT if prefix else OPENTRANS
    node = etree.SubElement(parent, f"{{{namespace}}}{local}", attributes)
    if text is not None:
        node.text = NOT_XML.sub("", text).strip()
    return node


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    """An element that is left out where there is nothing to say."""
    if text.strip():
        _add(parent, name, text, **attributes)


def _number(value: Decimal) -> str:
    """As ITscope writes numbers: a point, no exponent, at least one decimal."""
    text = f"{value.normalize():f}"
    return text if "." in text else f"{text}.0"


def _time(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S")


def _boolean(value: bool) -> str:
    return "true" if value else "false"
