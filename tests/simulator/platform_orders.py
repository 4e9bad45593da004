"""Orders that somebody placed on the platform itself.

Their ORDER is ITscope's own: line numbers are not padded, times have a zone, numbers have
as many decimals as they like, and without an own number it carries ITscope's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import escape

from . import companies
from .deals import Deal
from .documents import BME, OT
from .orders import Order, OrderLine
from .state import State


@dataclass
class Placed:
    """``lines`` as ``[article number, quantity, price]``; an article that the catalogue
    does not have is ordered all the same. ``delivery``: name, street, ZIP and city of
    where it goes, else the account's own address.
    """

    lines: list[list[str]]
    account: str = "m1000001"
    supplier: str = companies.TEST_SUPPLIER
    #: the buyer's own number, if any was entered
    number: str = ""
    customer_order: str = ""
    remark: str = ""
    partial: bool = True
    delivery: list[str] = field(default_factory=list)
    #: without the document: a person entered it there
    by_hand: bool = False


def place_order(state: State, placed: Placed) -> Deal:
    known = {
        offer["supplierSKU"]: (product, offer)
        for product in state.catalogue
        for offer in product.get("supplierItems", [])
        if str(offer["supplierId"]) == placed.supplier
        and offer["supplierSKU"] in {sku for sku, _quantity, _price in placed.lines}
    }
    puids = {sku: str(product["puid"]) for sku, (product, _offer) in known.items()}
    lines = []
    for place, (sku, quantity, price) in enumerate(placed.lines, 1):
        product, _offer = known.get(sku, ({}, {}))
        lines.append(
            OrderLine(
                str(place),
                sku,
                str(product.get("ean") or ""),
                str(product.get("productName") or f"Artikel {sku}"),
                Decimal(quantity),
                Decimal(price),
            )
        )
    order = Order(
        placed.number,
        placed.supplier,
        "123456",
        placed.customer_order,
        placed.delivery[0] if placed.delivery else "Muster IT GmbH",
        lines,
    )
    deal = state.deals.place(
        placed.account, order, lambda deal: _document(deal, placed, puids)
    )
    deal.platform = True
    if placed.by_hand:
        deal.documents[0].body, deal.documents[0].listed = None, False
    return deal


def _party(role: str, number: str, name: str, street: str, code: str, city: str) -> str:
    return (
        f'<PARTY><bmecat:PARTY_ID type="supplier_specific">{escape(number)}</bmecat:PARTY_ID>'
        f"<PARTY_ROLE>{role}</PARTY_ROLE><ADDRESS><bmecat:NAME>{escape(name)}</bmecat:NAME>"
        f"<bmecat:STREET>{escape(street)}</bmecat:STREET><bmecat:ZIP>{code}</bmecat:ZIP>"
        f"<bmecat:CITY>{escape(city)}</bmecat:CITY><bmecat:COUNTRY>Deutschland</bmecat:COUNTRY>"
        "<bmecat:COUNTRY_CODED>DE</bmecat:COUNTRY_CODED></ADDRESS></PARTY>"
    )


def _document(deal: Deal, placed: Placed, puids: dict[str, str]) -> bytes:
    order = deal.order
    name = next(
        row[0]
        for index, row in enumerate(companies.SUPPLIERS)
        if str(companies.supplier_id(index)) == order.supplier
    )
    own = ["Muster IT GmbH", "Musterstraße 1", "76131", "Karlsruhe"]
    items = []
    for line in order.lines:
        ids = (
            f'<bmecat:INTERNATIONAL_PID type="itscope">{puids[line.sku]}</bmecat:INTERNATIONAL_PID>'
            if line.sku in puids
            else ""
        )
        if line.ean:
            ids += f'<bmecat:INTERNATIONAL_PID type="ean">{line.ean}</bmecat:INTERNATIONAL_PID>'
        items.append(
            f"<ORDER_ITEM><LINE_ITEM_ID>{line.line_id}</LINE_ITEM_ID><PRODUCT_ID>"
            f"<bmecat:SUPPLIER_PID>{escape(line.sku)}</bmecat:SUPPLIER_PID>{ids}"
            f"<bmecat:DESCRIPTION_SHORT>{escape(line.name[:140])}</bmecat:DESCRIPTION_SHORT></PRODUCT_ID>"
            f"<QUANTITY>{line.quantity}</QUANTITY><bmecat:ORDER_UNIT>C62</bmecat:ORDER_UNIT>"
            f"<PRODUCT_PRICE_FIX><bmecat:PRICE_AMOUNT>{line.price:.4f}</bmecat:PRICE_AMOUNT></PRODUCT_PRICE_FIX>"
            f"<PRICE_LINE_AMOUNT>{line.quantity * line.price:.4f}</PRICE_LINE_AMOUNT></ORDER_ITEM>"
        )
    total = sum((line.quantity * line.price for line in order.lines), Decimal())
    customer = (
        f"<CUSTOMER_ORDER_REFERENCE><ORDER_ID>{escape(order.customer_order)}</ORDER_ID></CUSTOMER_ORDER_REFERENCE>"
        if order.customer_order
        else ""
    )
    remark = (
        f'<REMARKS type="general">{escape(placed.remark)}</REMARKS>'
        if placed.remark
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ORDER version="2.1" type="standard" xmlns="{OT}" xmlns:bmecat="{BME}">'
        "<ORDER_HEADER><CONTROL_INFO><GENERATOR_INFO>CREATED BY ITSCOPE</GENERATOR_INFO></CONTROL_INFO><ORDER_INFO>"
        f"<ORDER_ID>{escape(order.number or deal.order_id)}</ORDER_ID><ORDER_DATE>{deal.created.isoformat()}</ORDER_DATE><PARTIES>"
        f"{_party('supplier', order.supplier, name, 'Beispielweg 1', '10115', 'Berlin')}"
        f"{_party('buyer', order.customer_number, *own)}"
        f"{_party('delivery', order.customer_number, *(placed.delivery or own))}"
        f"</PARTIES>{customer}<bmecat:CURRENCY>EUR</bmecat:CURRENCY>"
        f"<PARTIAL_SHIPMENT_ALLOWED>{str(placed.partial).lower()}</PARTIAL_SHIPMENT_ALLOWED>{remark}"
        f"</ORDER_INFO></ORDER_HEADER><ORDER_ITEM_LIST>{''.join(items)}</ORDER_ITEM_LIST>"
        f"<ORDER_SUMMARY><TOTAL_ITEM_NUM>{len(items)}</TOTAL_ITEM_NUM><TOTAL_AMOUNT>{total:.4f}</TOTAL_AMOUNT></ORDER_SUMMARY></ORDER>\n"
    ).encode()
