"""openTRANS documents that a distributor sends back, as odd as they really look.

Each kind pads its line numbers in its own way and has its own namespace prefix; an invoice
line refers to the wrong line of the order; EAN types vary or are missing; some files start
with a byte order mark; freight and eco charges stand in the summary only, outside the tax.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from xml.sax.saxutils import escape

from . import zugferd
from .orders import Order, OrderLine

OT = "http://www.opentrans.org/XMLSchema/2.1"
BME = "http://www.bmecat.org/bmecat/2005"
CENT = Decimal("0.01")


@dataclass
class Options:
    """How a document differs from the order.

    ``prices``/``quantities`` by article number; ``missing`` article numbers are left out;
    ``split`` ones come as two lines; ``charges`` as ``[type, text, amount]``, with the rate
    that they are taxed by as a fourth, which openTRANS has no place for. ``rates``: tax
    rates by article number where they are not ``rate``; ``discounts``: percentages by
    article number, hidden in the line's amount.
    """

    prices: dict[str, str] = field(default_factory=dict)
    quantities: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    split: list[str] = field(default_factory=list)
    delivery: str = ""
    parcels: int = 1
    charges: list[list[str]] = field(
        default_factory=lambda: [
            ["eco", "Umweltpauschale", "2.5"],
            ["freight", "Frachtkosten", "8.4"],
        ]
    )
    charges_taxed: bool = False
    total_offset: str = "0"
    #: which number the document gives as the order's: itscope or own
    number: str = "itscope"
    #: the document's own time; now if empty
    stamp: str = ""
    credit_note: bool = False
    rate: str = "0.19"
    rates: dict[str, str] = field(default_factory=dict)
    discounts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Options:
        return cls(
            **{
                key: value
                for key, value in values.items()
                if key in cls.__dataclass_fields__
            }
        )


@dataclass
class Context:
    """What all documents of one deal share."""

    order: Order
    order_id: str
    sequence: int
    ordered: datetime
    now: datetime
    supplier: dict[str, Any]


def build(kind: str, context: Context, options: Options) -> bytes:
    """The document's bytes.

    :param kind: ORDERRESPONSE, DISPATCHNOTIFICATION or INVOICE
    """
    body = {
        "ORDERRESPONSE": _response,
        "DISPATCHNOTIFICATION": _dispatch,
        "INVOICE": _invoice,
    }[kind](context, options)
    return body.encode("utf-8-sig" if kind == "INVOICE" else "utf-8")


def _lines(
    context: Context, options: Options
) -> list[tuple[int, OrderLine, Decimal, Decimal]]:
    """Place in the order, its line, quantity and price in this document."""
    found = []
    for place, line in enumerate(context.order.lines, 1):
        if line.sku in options.missing:
            continue
        quantity = Decimal(options.quantities.get(line.sku, line.quantity))
        price = Decimal(options.prices.get(line.sku, line.price))
        if line.sku in options.split and quantity > 1:
            found += [
                (place, line, Decimal(1), price),
                (place, line, quantity - 1, price),
            ]
        else:
            found.append((place, line, quantity, price))
    return found


def _stamp(context: Context, options: Options) -> str:
    return options.stamp or context.now.strftime("%Y-%m-%dT%H:%M:%S")


def _number(context: Context, options: Options) -> str:
    return context.order.number if options.number == "own" else context.order_id


def _party(prefix: str, role: str, number: str, name: str, city: str) -> str:
    p = prefix
    return (
        f'<PARTY><{p}:PARTY_ID type="supplier_specific">{escape(number)}</{p}:PARTY_ID><PARTY_ROLE>{role}</PARTY_ROLE>'
        f"<ADDRESS><{p}:NAME>{escape(name)}</{p}:NAME><{p}:CITY>{escape(city)}</{p}:CITY>"
        f"<{p}:COUNTRY>Germany</{p}:COUNTRY><{p}:COUNTRY_CODED>DE</{p}:COUNTRY_CODED></ADDRESS></PARTY>"
    )


def _parties(context: Context, prefix: str) -> str:
    order = context.order
    return (
        "<PARTIES>"
        + "".join(
            _party(prefix, role, order.customer_number, order.delivery_name, "Berlin")
            for role in ("buyer", "delivery", "invoice_recipient")
        )
        + _party(
            prefix,
            "supplier",
            order.supplier,
            context.supplier["name"],
            context.supplier["city"],
        )
        + "</PARTIES>"
    )


def _product(prefix: str, line: OrderLine, place: int, extra: str = "") -> str:
    p = prefix
    ean_type = ['type="ean"', 'type="EAN"', ""][place % 3]
    pid_type = ' type="supplier_specific"' if place % 3 else ""
    ean = texts = ""
    if line.ean:
        ean = f"<{p}:INTERNATIONAL_PID {ean_type}>{line.ean}</{p}:INTERNATIONAL_PID>"
    if line.name:
        long_text = escape(f"{line.name}<br />geprüfte Ware,\n\t\t\t\tEAN {line.ean}")
        texts = (
            f"<{p}:DESCRIPTION_SHORT>{escape(line.name[:140])}</{p}:DESCRIPTION_SHORT>"
            f"<{p}:DESCRIPTION_LONG>{long_text}</{p}:DESCRIPTION_LONG>"
        )
    sku = f"<{p}:SUPPLIER_PID{pid_type}>{escape(line.sku)}</{p}:SUPPLIER_PID>"
    return f"<PRODUCT_ID>{sku}{extra}{ean}{texts}</PRODUCT_ID>"


def _plain(value: Decimal) -> str:
    """Numbers as they come: with a point and at least one decimal."""
    text = f"{value.normalize():f}"
    return text if "." in text else f"{text}.0"


def _money(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _reference(context: Context, options: Options, place: int) -> str:
    return (
        f"<ORDER_REFERENCE><ORDER_ID>{escape(_number(context, options))}</ORDER_ID>"
        f"<LINE_ITEM_ID>{place:05d}</LINE_ITEM_ID><ORDER_DATE>{context.ordered:%Y-%m-%dT%H:%M:%S}</ORDER_DATE></ORDER_REFERENCE>"
        f"<SUPPLIER_ORDER_REFERENCE><SUPPLIER_ORDER_ID>{_supplier_order(context)}</SUPPLIER_ORDER_ID>"
        f"<SUPPLIER_ORDER_ITEM_ID>{place}00</SUPPLIER_ORDER_ITEM_ID></SUPPLIER_ORDER_REFERENCE>"
    )


def _supplier_order(context: Context) -> str:
    return f"4256{context.sequence:05d}"


def _head(kind: str, prefix: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} version="2.1" xmlns="{OT}" xmlns:{prefix}="{BME}">'


def _control(context: Context, options: Options) -> str:
    return f"<CONTROL_INFO><GENERATOR_INFO>CREATED BY ITSCOPE</GENERATOR_INFO><GENERATION_DATE>{_stamp(context, options)}</GENERATION_DATE></CONTROL_INFO>"


def _response(context: Context, options: Options) -> str:
    p, order, stamp = "bme", context.order, _stamp(context, options)
    delivery = (
        options.delivery or date.fromordinal(context.now.toordinal() + 3).isoformat()
    )
    items, total = [], Decimal()
    for place, line, quantity, price in _lines(context, options):
        amount = _money(quantity * price)
        total += amount
        items.append(
            f"<ORDERRESPONSE_ITEM><LINE_ITEM_ID>{place:05d}</LINE_ITEM_ID>{_product(p, line, place)}"
            f"<QUANTITY>{_plain(quantity)}</QUANTITY><{p}:ORDER_UNIT>C62</{p}:ORDER_UNIT>"
            f"<PRODUCT_PRICE_FIX><{p}:PRICE_AMOUNT>{_plain(price)}</{p}:PRICE_AMOUNT></PRODUCT_PRICE_FIX>"
            f"<PRICE_LINE_AMOUNT>{_plain(amount)}</PRICE_LINE_AMOUNT></ORDERRESPONSE_ITEM>"
        )
    return (
        f"{_head('ORDERRESPONSE', p)}<ORDERRESPONSE_HEADER>{_control(context, options)}<ORDERRESPONSE_INFO>"
        f"<ORDER_ID>{escape(_number(context, options))}</ORDER_ID><ORDERRESPONSE_DATE>{stamp}</ORDERRESPONSE_DATE>"
        f"<ORDER_DATE>{context.ordered:%Y-%m-%dT%H:%M:%S}</ORDER_DATE><SUPPLIER_ORDER_ID>{_supplier_order(context)}</SUPPLIER_ORDER_ID>"
        f'<DELIVERY_DATE type="fixed"><DELIVERY_START_DATE>{delivery}</DELIVERY_START_DATE><DELIVERY_END_DATE>{delivery}</DELIVERY_END_DATE></DELIVERY_DATE>'
        f"{_parties(context, p)}<ORDER_PARTIES_REFERENCE>"
        f'<{p}:BUYER_IDREF type="supplier_specific">{escape(order.customer_number)}</{p}:BUYER_IDREF>'
        f'<{p}:SUPPLIER_IDREF type="buyer_specific">{order.supplier}</{p}:SUPPLIER_IDREF></ORDER_PARTIES_REFERENCE>'
        f"</ORDERRESPONSE_INFO></ORDERRESPONSE_HEADER><ORDERRESPONSE_ITEM_LIST>{''.join(items)}</ORDERRESPONSE_ITEM_LIST>"
        f"<ORDERRESPONSE_SUMMARY><TOTAL_ITEM_NUM>{len(items)}</TOTAL_ITEM_NUM><TOTAL_AMOUNT>{_plain(total)}</TOTAL_AMOUNT>"
        "</ORDERRESPONSE_SUMMARY></ORDERRESPONSE>\n"
    )


def serial_numbers(
    context: Context, line: OrderLine, quantity: Decimal, start: int = 1
) -> list[str]:
    return [
        f"{line.sku}-{context.sequence:04d}-{n:03d}"
        for n in range(start, start + int(quantity))
    ]


def _dispatch(context: Context, options: Options) -> str:
    p, order, stamp = "bmecat", context.order, _stamp(context, options)
    items = []
    given: dict[str, int] = {}
    for count, (place, line, quantity, _price) in enumerate(
        _lines(context, options), 1
    ):
        start = given.get(line.sku, 0) + 1
        given[line.sku] = start - 1 + int(quantity)
        serials = "".join(
            f"<SERIAL_NUMBER>{escape(number)}</SERIAL_NUMBER>"
            for number in serial_numbers(context, line, quantity, start)
        )
        items.append(
            f"<DISPATCHNOTIFICATION_ITEM><LINE_ITEM_ID>{count}</LINE_ITEM_ID>{_product(p, line, place, serials)}"
            f"<QUANTITY>{_plain(quantity)}</QUANTITY><{p}:ORDER_UNIT>C62</{p}:ORDER_UNIT>"
            f"{_reference(context, options, place)}"
            "<SHIPMENT_PARTIES_REFERENCE><DELIVERY_IDREF>"
            f"{escape(order.customer_number)}</DELIVERY_IDREF>"
            "</SHIPMENT_PARTIES_REFERENCE></DISPATCHNOTIFICATION_ITEM>"
        )
    parcels = "".join(
        f"<PACKAGE><PACKAGE_ID>003401{context.sequence:06d}{number:03d}</PACKAGE_ID><PACKAGE_DESCR>Parcel</PACKAGE_DESCR>"
        f"<PACKAGE_ORDER_UNIT_QUANTITY>1.0</PACKAGE_ORDER_UNIT_QUANTITY>"
        f"<PACKAGE_DIMENSIONS><{p}:WEIGHT>4.36</{p}:WEIGHT></PACKAGE_DIMENSIONS></PACKAGE>"
        for number in range(1, options.parcels + 1)
    )
    return (
        f"{_head('DISPATCHNOTIFICATION', p)}<DISPATCHNOTIFICATION_HEADER>{_control(context, options)}<DISPATCHNOTIFICATION_INFO>"
        f"<DISPATCHNOTIFICATION_ID>39{context.sequence:06d}</DISPATCHNOTIFICATION_ID><DISPATCHNOTIFICATION_DATE>{stamp}</DISPATCHNOTIFICATION_DATE>"
        f"{_parties(context, p)}"
        f'<{p}:SUPPLIER_IDREF type="supplier_specific">{order.supplier}</{p}:SUPPLIER_IDREF><{p}:BUYER_IDREF>{escape(order.customer_number)}</{p}:BUYER_IDREF>'
        f"<SHIPMENT_PARTIES_REFERENCE><DELIVERY_IDREF>{escape(order.customer_number)}</DELIVERY_IDREF></SHIPMENT_PARTIES_REFERENCE>"
        f"<SHIPMENT_ID>1Z73{context.sequence:08d}</SHIPMENT_ID>"
        f"<LOGISTIC_DETAILS_INFO><PACKAGE_INFO>{parcels}</PACKAGE_INFO></LOGISTIC_DETAILS_INFO>"
        '<REMARKS type="delivererCode">Nordpaket GmbH &amp; Co. KG</REMARKS>'
        "</DISPATCHNOTIFICATION_INFO></DISPATCHNOTIFICATION_HEADER>"
        f"<DISPATCHNOTIFICATION_ITEM_LIST>{''.join(items)}</DISPATCHNOTIFICATION_ITEM_LIST>"
        f"<DISPATCHNOTIFICATION_SUMMARY><TOTAL_ITEM_NUM>{len(items)}</TOTAL_ITEM_NUM></DISPATCHNOTIFICATION_SUMMARY></DISPATCHNOTIFICATION>\n"
    )


@dataclass
class _Amounts:
    """The sums of an invoice. ``rows``: place in the order, its line, and what the
    invoice says of it."""

    rows: list[tuple[int, OrderLine, zugferd.Row]]
    net: Decimal
    charges: Decimal
    #: by rate
    taxes: dict[Decimal, Decimal]
    total: Decimal


def _amounts(context: Context, options: Options) -> _Amounts:
    rows = []
    bases: dict[Decimal, Decimal] = {}
    for place, line, quantity, price in _lines(context, options):
        discount = Decimal(options.discounts.get(line.sku, "0"))
        amount = _money(quantity * price * (100 - discount) / 100)
        rate = Decimal(options.rates.get(line.sku, options.rate))
        bases[rate] = bases.get(rate, Decimal()) + amount
        row = zugferd.Row(line.sku, line.name, quantity, price, amount, rate)
        rows.append((place, line, row))
    net = sum(bases.values(), Decimal())
    charges = Decimal()
    for _kind, _text, amount_text, *own in options.charges:
        charges += Decimal(amount_text)
        if own or options.charges_taxed:
            rate = Decimal(own[0] if own else options.rate)
            bases[rate] = bases.get(rate, Decimal()) + Decimal(amount_text)
    taxes = {rate: _money(base * rate) for rate, base in sorted(bases.items())}
    total = net + charges + sum(taxes.values(), Decimal())
    return _Amounts(rows, net, charges, taxes, total + Decimal(options.total_offset))


def _invoice_number(context: Context) -> str:
    return f"2468{context.sequence:05d}"


def build_pdf(context: Context, options: Options) -> bytes:
    """The invoice as ZUGFeRD."""
    amounts = _amounts(context, options)
    return zugferd.pdf(
        zugferd.Invoice(
            number=_invoice_number(context),
            date=context.now,
            order=_number(context, options),
            supplier=context.supplier["name"],
            buyer=context.order.delivery_name,
            rows=[row for _place, _line, row in amounts.rows],
            charges=[
                (text, Decimal(amount)) for _kind, text, amount, *_ in options.charges
            ],
            tax=sum(amounts.taxes.values(), Decimal()),
            total=amounts.total,
            credit_note=options.credit_note,
        )
    )


def _invoice(context: Context, options: Options) -> str:
    p, order, stamp = "ns2", context.order, _stamp(context, options)
    amounts = _amounts(context, options)
    items = []
    for count, (place, line, row) in enumerate(amounts.rows, 1):
        # Seen in real invoices: the second line names the third line of the order.
        told = 3 if place == 2 and len(order.lines) > 2 else place
        items.append(
            f"<INVOICE_ITEM><LINE_ITEM_ID>{count:03d}</LINE_ITEM_ID>{_product(p, line, place)}"
            f"<QUANTITY>{_plain(row.quantity)}</QUANTITY><{p}:ORDER_UNIT>C62</{p}:ORDER_UNIT>"
            f"<PRODUCT_PRICE_FIX><{p}:PRICE_AMOUNT>{_plain(row.price)}</{p}:PRICE_AMOUNT>"
            f"<TAX_DETAILS_FIX><{p}:TAX>{row.rate}</{p}:TAX><TAX_AMOUNT>{_plain(_money(row.price * row.rate))}</TAX_AMOUNT></TAX_DETAILS_FIX></PRODUCT_PRICE_FIX>"
            f"<PRICE_LINE_AMOUNT>{_plain(row.amount)}</PRICE_LINE_AMOUNT>{_reference(context, options, told)}</INVOICE_ITEM>"
        )
    charge_nodes = "".join(
        f'<ALLOW_OR_CHARGE type="{"allowance" if Decimal(amount) < 0 else "surcharge"}">'
        f"<ALLOW_OR_CHARGE_TYPE>{kind}</ALLOW_OR_CHARGE_TYPE>"
        f"<ALLOW_OR_CHARGE_DESCR>{escape(text)}\n\t\t\t\t</ALLOW_OR_CHARGE_DESCR>"
        f"<ALLOW_OR_CHARGE_VALUE><AOC_MONETARY_AMOUNT>{abs(Decimal(amount))}</AOC_MONETARY_AMOUNT></ALLOW_OR_CHARGE_VALUE>"
        + "</ALLOW_OR_CHARGE>"
        for kind, text, amount, *_ in options.charges
    )
    if charge_nodes:
        charge_nodes = f"<ALLOW_OR_CHARGES_FIX>{charge_nodes}<ALLOW_OR_CHARGES_TOTAL_AMOUNT>{_plain(amounts.charges)}</ALLOW_OR_CHARGES_TOTAL_AMOUNT></ALLOW_OR_CHARGES_FIX>"
    taxes = "".join(
        f"<TAX_DETAILS_FIX><{p}:TAX_TYPE>vat</{p}:TAX_TYPE><{p}:TAX>{rate}</{p}:TAX><TAX_AMOUNT>{_plain(amount)}</TAX_AMOUNT></TAX_DETAILS_FIX>"
        for rate, amount in amounts.taxes.items()
    )
    kind = "<INVOICE_TYPE>credit_memo</INVOICE_TYPE>" if options.credit_note else ""
    return (
        f"{_head('INVOICE', p)}<INVOICE_HEADER>{_control(context, options)}<INVOICE_INFO>"
        f"<INVOICE_ID>{_invoice_number(context)}</INVOICE_ID><INVOICE_DATE>{stamp}</INVOICE_DATE>{kind}"
        f"{_parties(context, p)}<INVOICE_ISSUER_IDREF>{order.supplier}</INVOICE_ISSUER_IDREF>"
        f"<INVOICE_RECIPIENT_IDREF>{escape(order.customer_number)}</INVOICE_RECIPIENT_IDREF>"
        f"<{p}:BUYER_IDREF>{escape(order.customer_number)}</{p}:BUYER_IDREF><{p}:SUPPLIER_IDREF>{order.supplier}</{p}:SUPPLIER_IDREF>"
        f"<{p}:CURRENCY>EUR</{p}:CURRENCY></INVOICE_INFO>"
        f"<ORDER_HISTORY><ORDER_ID>{escape(_number(context, options))}</ORDER_ID><SUPPLIER_ORDER_ID>{_supplier_order(context)}</SUPPLIER_ORDER_ID>"
        f"<ORDER_DATE>{context.ordered:%Y-%m-%dT%H:%M:%S}</ORDER_DATE></ORDER_HISTORY></INVOICE_HEADER>"
        f"<INVOICE_ITEM_LIST>{''.join(items)}</INVOICE_ITEM_LIST><INVOICE_SUMMARY><TOTAL_ITEM_NUM>{len(items)}</TOTAL_ITEM_NUM>"
        f"<NET_VALUE_GOODS>{_plain(amounts.net)}</NET_VALUE_GOODS><TOTAL_AMOUNT>{_plain(amounts.total)}</TOTAL_AMOUNT>{charge_nodes}"
        f"<TOTAL_TAX>{taxes}</TOTAL_TAX>"
        "</INVOICE_SUMMARY></INVOICE>\n"
    )
