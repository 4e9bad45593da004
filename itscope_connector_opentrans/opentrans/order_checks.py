"""What keeps an order from being written: ITscope's demands and the schema's limits.

Names and texts are cut where that does no harm; numbers and the place where goods go
are never cut but refused. All problems are found at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .documents import DeliveryDate, Line, Order, Party
from .errors import Problem
from .texts import one_line, writable

#: ITscope refuses a longer order number.
MAX_ORDER_NUMBER = 18
#: Lengths of the schema.
MAX_ID = 250
MAX_SUPPLIER_PID = 32
MAX_INTERNATIONAL_PID = 100
MAX_LINE_ID = MAX_AGREEMENT_ID = 50
ADDRESS_LENGTHS = {"street": 50, "zip": 20, "city": 50}
#: More of anything is a typing error.
MAX_AMOUNT = Decimal(10) ** 12
#: The schema's lists are of 2005; these are the entries that may occur in this trade.
CURRENCIES = frozenset({"CHF", "DKK", "EUR", "GBP", "HUF", "NOK", "SEK", "USD"})
UNITS = frozenset(
    {
        "ANN",
        "BX",
        "C62",
        "CMT",
        "CT",
        "DAY",
        "DZN",
        "EA",
        "GRM",
        "HUR",
        "KGM",
        "LS",
        "LTR",
        "MIN",
        "MMT",
        "MON",
        "MTK",
        "MTQ",
        "MTR",
        "NAR",
        "P1",
        "PK",
        "PR",
        "RO",
        "SET",
        "ST",
        "TNE",
        "WEE",
    }
)
ROLES = frozenset(
    {
        "buyer",
        "central_regulator",
        "customer",
        "deliverer",
        "delivery",
        "document_creator",
        "final_delivery",
        "intermediary",
        "invoice_issuer",
        "invoice_recipient",
        "ipp_operator",
        "manufacturer",
        "marketplace",
        "other",
        "payer",
        "remittee",
        "standardization_body",
        "supplier",
        "trustedthirdparty",
    }
)
#: What ITscope demands of each role's address.
DELIVERABLE = ("name", "street", "zip", "city", "country")
NEEDED = {
    "supplier": (),
    "buyer": ("name",),
    "delivery": DELIVERABLE,
    "customer": (*DELIVERABLE, "contact_name", "contact_email"),
}
#: Names of contract parameters become names of elements.
PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
#: Types of remarks: the schema's own, or any word.
REMARK_TYPE = re.compile(r"[A-Za-z0-9]{1,250}")


def order_problems(order: Order) -> list[Problem]:
    """All of them; none: the order can be written."""
    return [
        *_header(order),
        *_parties(order),
        *_lines(order),
    ]


def text_of(text: str) -> str:
    """A name or number as it will be written."""
    return one_line(writable(text))


def same_number(number: str) -> str:
    """What two spellings of a line number have in common."""
    return text_of(number).lstrip("0") or "0"


def _header(order: Order) -> Iterator[Problem]:
    yield from _id(order.number, "number", MAX_ORDER_NUMBER)
    if not order.currency.strip():
        yield Problem("missing", "currency")
    elif order.currency not in CURRENCIES:
        yield Problem("not_allowed", "currency")
    if order.date is None:
        yield Problem("missing", "date")
    if len(text_of(order.customer_order_id)) > MAX_ID:
        yield Problem("too_long", "customer_order_id")
    yield from _dates(order.delivery_date, "")
    yield from _remarks(order.remarks, "")


def _parties(order: Order) -> Iterator[Problem]:
    for role in ("supplier", "buyer", "delivery"):
        if order.party(role) is None:
            yield Problem("missing", role)
    for party in order.parties:
        name = next((role for role in party.roles if role in NEEDED), "party")
        yield from _party(party, name)


def _party(party: Party, name: str) -> Iterator[Problem]:
    yield from _id(party.id, f"{name}.id", MAX_ID)
    if not party.roles:
        yield Problem("missing", f"{name}.role")
    if not ROLES.issuperset(party.roles):
        yield Problem("not_allowed", f"{name}.role")
    needed = {field for role in party.roles for field in NEEDED.get(role, ())}
    for field in sorted(needed):
        if not text_of(getattr(party.address, field)):
            yield Problem("missing", f"{name}.{field}")
    if party.address.country and not re.fullmatch("[A-Z]{2}", party.address.country):
        yield Problem("not_allowed", f"{name}.country")
    if name == "supplier":
        return  # knows its own address, so its text may be cut
    for field, length in ADDRESS_LENGTHS.items():
        if len(text_of(getattr(party.address, field))) > length:
            yield Problem("too_long", f"{name}.{field}")


def _lines(order: Order) -> Iterator[Problem]:
    if not order.lines:
        yield Problem("missing", "lines")
    customers = {party.id for party in order.parties if "customer" in party.roles}
    seen: set[str] = set()
    for line in order.lines:
        number = same_number(line.line_id)
        if number in seen and text_of(line.line_id):
            yield Problem("duplicate", "line_id", line.line_id)
        seen.add(number)
        yield from _line(line)
        if line.customer_ref and line.customer_ref not in customers:
            yield Problem("missing", "customer", line.line_id)


def _line(line: Line) -> Iterator[Problem]:
    number, product = line.line_id, line.product
    yield from _id(number, "line_id", MAX_LINE_ID, number)
    yield from _id(product.supplier_pid, "supplier_pid", MAX_SUPPLIER_PID, number)
    for field in ("ean", "puid"):
        if len(text_of(getattr(product, field))) > MAX_INTERNATIONAL_PID:
            yield Problem("too_long", field, number)
    yield from _amount(line.quantity, "quantity", number)
    yield from _amount(line.price, "price", number)
    yield from _amount(line.price_quantity, "price_quantity", number)
    if line.unit not in UNITS:
        yield Problem("not_allowed", "unit", number)
    yield from _dates(line.delivery_date, number)
    yield from _remarks(line.remarks, number)
    yield from _parameters(line.parameters, number)
    if line.agreement:
        agreement = line.agreement
        yield from _id(agreement.agreement_id, "agreement", MAX_AGREEMENT_ID, number)
        if len(text_of(agreement.quotation_id)) > MAX_ID:
            yield Problem("too_long", "quotation_id", number)


def _parameters(
    parameters: tuple[tuple[str, str], ...], line: str
) -> Iterator[Problem]:
    names = [name for name, _value in parameters]
    if not all(PARAMETER.fullmatch(name) for name in names):
        yield Problem("not_allowed", "parameters", line)
    if len(set(names)) < len(names):
        yield Problem("duplicate", "parameters", line)
    if any(len(text_of(value)) > MAX_ID for _name, value in parameters):
        yield Problem("too_long", "parameters", line)


def _id(text: str, field: str, length: int, line: str = "") -> Iterator[Problem]:
    text = text_of(text)
    if not text:
        yield Problem("missing", field, line)
    elif len(text) > length:
        yield Problem("too_long", field, line)


def _amount(value: Decimal | None, field: str, line: str) -> Iterator[Problem]:
    if value is None:
        yield Problem("missing", field, line)
    elif not value.is_finite() or value >= MAX_AMOUNT:
        yield Problem("not_allowed", field, line)
    elif value <= 0:
        yield Problem("not_positive", field, line)


def _dates(dates: DeliveryDate | None, line: str) -> Iterator[Problem]:
    if dates and dates.end < dates.start:
        yield Problem("not_allowed", "delivery_date", line)


def _remarks(remarks: tuple[tuple[str, str], ...], line: str) -> Iterator[Problem]:
    if not all(REMARK_TYPE.fullmatch(kind) for kind, _text in remarks):
        yield Problem("not_allowed", "remarks", line)
