"""ORDER documents as ITscope wants them: strict, and all problems at once."""

from __future__ import annotations

import textwrap
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from .documents import ZONE, Address, Agreement, DeliveryDate, Line, Order, Party
from .errors import InvalidOrderError
from .money import line_amount
from .order_checks import MAX_ORDER_NUMBER, order_problems, text_of
from .phone import format_phone
from .texts import several_lines, writable

OPENTRANS = "http://www.opentrans.org/XMLSchema/2.1"
BMECAT = "http://www.bmecat.org/bmecat/2005"
#: The default namespace has no prefix, which the stubs of lxml do not know.
NAMESPACES: dict[str | None, str] = {None: OPENTRANS, "bme": BMECAT}
#: ITscope cuts a line's remark here.
MAX_REMARK = 40
#: Lengths of the schema; names and texts are cut there.
MAX_NAME, MAX_SHORT, MAX_LONG, MAX_ZIP, MAX_URL = 50, 150, 64_000, 20, 255
MAX_GENERATOR = MAX_DESCRIPTION = 250
#: The name of an address has so many lines.
NAME_LINES = 3
ID_TYPES = frozenset(
    {
        "buyer_specific",
        "customer_specific",
        "duns",
        "gln",
        "iln",
        "party_specific",
        "supplier_specific",
    }
)
#: The schema demands an end; a price without one is valid as long as dates go.
NO_END = date(9999, 12, 31)
#: ISO 639-2 for ITscope's languages; others are left out.
LANGUAGES = frozenset({"deu", "dut", "eng", "fra", "fre", "ger", "ita", "nld", "spa"})
#: Countries that the schema, being of 2005, does not know: they go by their name alone.
NEW_COUNTRIES = frozenset(
    {
        "AX",
        "BL",
        "BQ",
        "CW",
        "GG",
        "IM",
        "JE",
        "ME",
        "MF",
        "RS",
        "SS",
        "SX",
        "TL",
        "UM",
        "XK",
    }
)


def write_order(order: Order, *, generator: str, now: datetime) -> bytes:
    """The order as UTF-8 XML, valid against openTRANS 2.1.

    Times are written as German wall-clock time. Line and total amounts are computed
    from quantities and prices; what ``order`` says about them is not looked at.

    :param generator: name of the program, for GENERATOR_INFO
    :param now: time of writing
    :raises InvalidOrderError: with all problems
    """
    problems = order_problems(order)
    if problems:
        raise InvalidOrderError(problems)
    root = etree.Element(
        f"{{{OPENTRANS}}}ORDER",
        nsmap=NAMESPACES,  # type: ignore[arg-type]
        version="2.1",
        type="standard",
    )
    header = _add(root, "ORDER_HEADER")
    control = _add(header, "CONTROL_INFO")
    _text(control, "GENERATOR_INFO", text_of(generator)[:MAX_GENERATOR])
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


# ---------------------------------------------------------------------- header


def _info(info: etree._Element, order: Order) -> None:
    assert order.date is not None  # one of the problems above
    _add(info, "ORDER_ID", text_of(order.number))
    _add(info, "ORDER_DATE", _time(order.date))
    _delivery_date(info, order.delivery_date)
    if order.language in LANGUAGES:
        _add(info, "bme:LANGUAGE", order.language, default="true")
    parties = _add(info, "PARTIES")
    for party in order.parties:
        _party(_add(parties, "PARTY"), party)
    if text_of(order.customer_order_id):
        reference = _add(info, "CUSTOMER_ORDER_REFERENCE")
        _add(reference, "ORDER_ID", text_of(order.customer_order_id))
    _party_references(_add(info, "ORDER_PARTIES_REFERENCE"), order)
    _add(info, "bme:CURRENCY", order.currency)
    _add(info, "PARTIAL_SHIPMENT_ALLOWED", _boolean(order.partial_shipment))
    for kind, text in order.remarks:
        text = several_lines(writable(text))[:MAX_LONG]
        _text(info, "REMARKS", text, type=kind)
    udx = _add(info, "HEADER_UDX")
    _add(udx, "UDX.DROPSHIPMENT", _boolean(order.own_delivery_note))


def _party(node: etree._Element, party: Party) -> None:
    _party_id(node, "bme:PARTY_ID", party)
    for role in party.roles:
        _add(node, "PARTY_ROLE", role)
    address, data = _add(node, "ADDRESS"), party.address
    for name, text in zip(("NAME", "NAME2", "NAME3"), _names(data), strict=True):
        _text(address, f"bme:{name}", text)
    _contact(address, data)
    _text(address, "bme:STREET", text_of(data.street)[:MAX_NAME])
    _text(address, "bme:ZIP", text_of(data.zip)[:MAX_ZIP])
    _text(address, "bme:CITY", text_of(data.city)[:MAX_NAME])
    _text(address, "bme:COUNTRY", text_of(data.country_name or data.country)[:MAX_NAME])
    if data.country not in NEW_COUNTRIES:
        _text(address, "bme:COUNTRY_CODED", data.country)
    _short_only(address, "bme:VAT_ID", data.vat, MAX_NAME)
    _phone(address, "bme:PHONE", data.phone, data)
    _phone(address, "bme:FAX", data.fax, data)
    _short_only(address, "bme:EMAIL", data.email, MAX_URL)
    _short_only(address, "bme:URL", data.url, MAX_URL)


def _names(data: Address) -> list[str]:
    """The three lines of the name; long ones go on in the next."""
    names = [text_of(text) for text in (data.name, data.name2, data.name3)]
    if any(len(name) > MAX_NAME for name in names):
        names = [part for name in names for part in textwrap.wrap(name, MAX_NAME)]
        names += [""] * NAME_LINES
    return names[:NAME_LINES]


def _contact(address: etree._Element, data: Address) -> None:
    """The schema demands a name: where only a number is known, the company's."""
    first_name, last_name = text_of(data.contact_first_name), text_of(data.contact_name)
    phone = format_phone(data.contact_phone, data.country)
    email = text_of(data.contact_email)
    if not last_name:
        first_name, last_name = "", first_name
    if not last_name and (phone or email):
        last_name = text_of(data.name)
    if not last_name:
        return
    node = _add(address, "CONTACT_DETAILS")
    _add(node, "bme:CONTACT_NAME", last_name[:MAX_NAME])
    _text(node, "bme:FIRST_NAME", first_name[:MAX_NAME])
    _text(node, "bme:PHONE", phone, type="office")
    if email and len(email) <= MAX_URL:
        _add(_add(node, "bme:EMAILS"), "bme:EMAIL", email)


def _party_references(node: etree._Element, order: Order) -> None:
    """The ids once more: who buys, sells, pays and receives."""
    buyer, supplier = order.party("buyer"), order.party("supplier")
    delivery = order.party("delivery")
    assert buyer and supplier and delivery  # among the problems above
    _party_id(node, "bme:BUYER_IDREF", buyer)
    _party_id(node, "bme:SUPPLIER_IDREF", supplier)
    payer = order.party("invoice_recipient") or buyer
    _party_id(node, "INVOICE_RECIPIENT_IDREF", payer)
    shipment = _add(node, "SHIPMENT_PARTIES_REFERENCE")
    _party_id(shipment, "DELIVERY_IDREF", delivery)


def _party_id(node: etree._Element, name: str, party: Party) -> None:
    """Suppliers and customers have numbers of ours, all others the supplier's."""
    ours = {"supplier", "customer"} & set(party.roles)
    kind = "buyer_specific" if ours else "supplier_specific"
    if party.id_type in ID_TYPES:
        kind = party.id_type
    _add(node, name, text_of(party.id), type=kind)


# ---------------------------------------------------------------------- lines


def _item(node: etree._Element, line: Line, order: Order) -> Decimal:
    """Write a line; :return: its amount"""
    amount = line_amount(line)
    assert line.price is not None and amount is not None  # among the problems above
    _add(node, "LINE_ITEM_ID", _line_id(line))
    _product(_add(node, "PRODUCT_ID"), line)
    _add(node, "QUANTITY", _number(line.quantity))
    _add(node, "bme:ORDER_UNIT", line.unit)
    price = _add(node, "PRODUCT_PRICE_FIX")
    _add(price, "bme:PRICE_AMOUNT", _number(line.price))
    if line.price_quantity != 1:
        _add(price, "bme:PRICE_QUANTITY", _number(line.price_quantity))
    _add(node, "PRICE_LINE_AMOUNT", _number(amount))
    _delivery_date(node, line.delivery_date)
    if line.agreement:
        _sourcing(_add(node, "SOURCING_INFO"), line.agreement)
    if line.customer_ref:
        _licensee(_add(node, "CUSTOMER_ORDER_REFERENCE"), line, order)
    for kind, text in line.remarks:
        _text(node, "REMARKS", text_of(text)[:MAX_REMARK].rstrip(), type=kind)
    told = [(name, text_of(value)) for name, value in line.parameters]
    if any(value for _name, value in told):
        # Where exactly ITscope wants contract parameters is not documented: an
        # element of the line's own extension each, as in the header.
        udx = _add(node, "ITEM_UDX")
        for name, value in told:
            _text(udx, f"UDX.{name}", value)
    return amount


def _line_id(line: Line) -> str:
    """``00001``, as in ITscope's example."""
    number = text_of(line.line_id)
    return f"{int(number):05d}" if number.isascii() and number.isdigit() else number


def _product(node: etree._Element, line: Line) -> None:
    ids = line.product
    _add(node, "bme:SUPPLIER_PID", text_of(ids.supplier_pid), type="supplier_specific")
    _text(node, "bme:INTERNATIONAL_PID", text_of(ids.ean), type="ean")
    _text(node, "bme:INTERNATIONAL_PID", text_of(ids.puid), type="itscope")
    _text(node, "bme:DESCRIPTION_SHORT", text_of(ids.description)[:MAX_SHORT])
    description = several_lines(writable(ids.long_description))[:MAX_LONG]
    _text(node, "bme:DESCRIPTION_LONG", description)


def _sourcing(node: etree._Element, agreement: Agreement) -> None:
    _text(node, "QUOTATION_ID", text_of(agreement.quotation_id))
    part = _add(node, "AGREEMENT")
    _add(part, "bme:AGREEMENT_ID", text_of(agreement.agreement_id))
    if agreement.start:
        _add(part, "bme:AGREEMENT_START_DATE", _day(agreement.start))
    _add(part, "bme:AGREEMENT_END_DATE", _day(agreement.end or NO_END))
    description = text_of(agreement.description)[:MAX_DESCRIPTION]
    _text(part, "AGREEMENT_DESCR", description)


def _licensee(node: etree._Element, line: Line, order: Order) -> None:
    _text(node, "ORDER_ID", text_of(order.customer_order_id))
    customers = (party for party in order.parties if "customer" in party.roles)
    licensee = next(party for party in customers if party.id == line.customer_ref)
    _party_id(node, "CUSTOMER_IDREF", licensee)


# ---------------------------------------------------------------------- values


def _delivery_date(node: etree._Element, dates: DeliveryDate | None) -> None:
    if dates is None:
        return
    part = _add(node, "DELIVERY_DATE", type=dates.type or "optional")
    _add(part, "DELIVERY_START_DATE", _time(dates.start))
    _add(part, "DELIVERY_END_DATE", _time(dates.end))


def _phone(node: etree._Element, name: str, number: str, data: Address) -> None:
    _text(node, name, format_phone(number, data.country), type="office")


def _short_only(node: etree._Element, name: str, text: str, length: int) -> None:
    """What is wrong when it is cut is left out when it is too long."""
    text = text_of(text)
    _text(node, name, text if len(text) <= length else "")


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    """An element that is left out where there is nothing to say."""
    if text:
        _add(parent, name, text, **attributes)


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    prefix, _colon, local = name.rpartition(":")
    namespace = BMECAT if prefix else OPENTRANS
    node = etree.SubElement(parent, f"{{{namespace}}}{local}", attributes)
    node.text = text
    return node


def _number(value: Decimal) -> str:
    """As ITscope writes numbers: a point, no exponent, at least one decimal."""
    whole, _point, decimals = f"{value:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


def _time(value: datetime) -> str:
    local = value.astimezone(ZONE) if value.tzinfo else value
    return local.replace(tzinfo=None).isoformat(timespec="seconds")


def _day(value: date) -> str:
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


__all__ = ["MAX_ORDER_NUMBER", "MAX_REMARK", "write_order"]
