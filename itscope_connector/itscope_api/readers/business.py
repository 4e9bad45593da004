"""Metadata, quota and orders: which of ITscope's fields becomes which of a record."""

from __future__ import annotations

import re
from typing import Any

from .. import records
from .table import Many, Node, Table, Value, children
from .values import boolean, integer, label, moment, number, text, upper

#: Fields of records that are put together from several nodes.
Values = dict[str, Any]

ADDRESS: Table[Values] = Table(
    dict,
    company_name=Value(label, "name"),
    street=Value(label, "street"),
    zip=Value(text, "zip"),
    city=Value(label, "city"),
    country=Value(upper, "country"),
)
#: A company in a role: as ``supplier`` or as ``manufacturer``.
ROLE: Table[Values] = Table(
    dict,
    id=Value(text, "id"),
    name=Value(label, "name"),
    short_name=Value(label, "shortName"),
    deeplink=Value(text, "deeplink"),
    customer_number=Value(text, "customerAccountNumber"),
    order_number=Value(text, "orderAccountNumber"),
    weee_number=Value(text, "weeeRegNo"),
)
VAT = Value(upper, "vatId")
PRODUCT_TYPE: Table[Values] = Table(
    dict, id=Value(text, "id"), name=Value(label, "name", "id")
)
PRODUCT_TYPE_GROUP: Table[Values] = Table(
    dict, group_id=Value(text, "id"), group_name=Value(label, "name")
)
DEAL_DOCUMENT: Table[Values] = Table(
    dict,
    "transaction_id",
    transaction_id=Value(text, "transactionId"),
    last_update=Value(moment, "lastUpdate"),
    url=Value(text, "documentUrl"),
)
DOCUMENTS = {
    "ORDER": Many(DEAL_DOCUMENT, "orders", "order"),
    "ORDERRESPONSE": Many(DEAL_DOCUMENT, "orderresponses", "orderresponse"),
    "DISPATCHNOTIFICATION": Many(
        DEAL_DOCUMENT, "dispatchnotifications", "dispatchnotification"
    ),
    "INVOICE": Many(DEAL_DOCUMENT, "invoices", "invoice"),
}
DEAL = Table(
    records.Deal,
    "order_id",
    order_id=Value(text, "orderId"),
    own_order_id=Value(text, "ownOrderId"),
    customer_order_id=Value(text, "customerOrderId"),
    status=Value(text, "status"),
    status_message=Value(label, "statusMessage"),
    status_date=Value(moment, "statusDate"),
    archived=Value(boolean, "archived"),
    deeplink=Value(text, "deeplink"),
    test_order=Value(boolean, "testOrder"),
)


#: The transaction in the address of a quote's document.
TRANSACTION = re.compile(r"/documents/([^/?#]{1,36})/QUOTATION\b", re.IGNORECASE)


def _transaction(raw: object, name: str) -> str:
    match = TRANSACTION.search(text(raw, name))
    return match[1] if match else ""


QUOTE = Table(
    records.Quote,
    "quote_id",
    quote_id=Value(text, "quoteId"),
    number=Value(text, "quoteNo"),
    name=Value(label, "name"),
    status=Value(text, "status"),
    last_modified=Value(moment, "lastModified"),
    valid_until=Value(moment, "validUntil"),
    organisation=Value(label, "organisation"),
    person=Value(label, "person"),
    customer_number=Value(text, "customerNumber"),
    creator=Value(label, "creator"),
    # The contract and ITscope's guide spell it differently.
    item_count=Value(integer, "itemCount", "ItemCount"),
    total=Value(number, "totalPrice"),
    archived=Value(boolean, "archived"),
    deeplink=Value(text, "deeplink"),
    short_url=Value(text, "shortUrl"),
    transaction_id=Value(_transaction, "documentUrl"),
)


def company(node: Node, role: str) -> records.Company | None:
    """A company in its role, ``supplier`` or ``manufacturer``; None without an id."""
    part = _first(node, role)
    values = {**ADDRESS.values(node), **ROLE.values(part)}
    if not values["id"]:
        return None
    values["name"] = values["name"] or values["company_name"] or values["id"]
    return records.Company(**values, vat=VAT.read(part) or VAT.read(node))


def product_type(node: Node) -> records.ProductType | None:
    """A product type with its group; None where it has no id."""
    values = PRODUCT_TYPE.values(node)
    if not values["id"]:
        return None
    group = _first(node, "productTypeGroup")
    return records.ProductType(**values, **PRODUCT_TYPE_GROUP.values(group))


def deal(node: Node) -> records.Deal | None:
    """An order with its documents; None where it has no number of ITscope's."""
    vendor = _first(node, "vendor")
    supplier = ROLE.values(_first(vendor, "supplier"))
    return DEAL.read(
        node,
        supplier_id=supplier["id"],
        supplier_name=supplier["name"] or ROLE.values(vendor)["name"],
        documents=tuple(
            records.DealDocument(type=kind, **document)
            for kind, documents in DOCUMENTS.items()
            for document in documents.read(node)
        ),
    )


def quote(node: Node) -> records.Quote | None:
    """A quote; None where it has no id."""
    return QUOTE.read(node)


def quota(lines: list[tuple[str, str]]) -> records.Quota:
    """What the account may do, from the lines of ``info/quota``.

    :param lines: ``(productName, text)``; a missing ``API access`` means no contract
    """
    values = {name.lower(): value for name, value in lines}
    order_access = values.get("order-api access", "").lower()
    return records.Quota(
        api_access=values.get("api access", "").lower() not in ("", "false"),
        order_access=order_access == "true" if order_access else None,
        calls_quota=_count(values.get("individual api calls quota", "")),
        calls_used=_count(values.get("individual api calls last 30 days", "")),
        lines=tuple(lines),
    )


def _count(value: str) -> int | None:
    # "Unlimited" is a fine answer and no number.
    return integer(value, "quota") if value.isdigit() else None


def _first(node: Node, name: str) -> Node:
    return next(iter(children(node, name)), {})
