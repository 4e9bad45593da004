"""Documents as suppliers send them, in the least that a test needs."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

OT = "http://www.opentrans.org/XMLSchema/2.1"
BME = "http://www.bmecat.org/bmecat/2005"


def _stamp(moment):
    return (moment or datetime(2026, 1, 5, 9, 0)).strftime("%Y-%m-%dT%H:%M:%S")


def _item(kind, number, sku, quantity, price=None, serials=(), order="", tax="0.19"):
    parts = [
        f"<LINE_ITEM_ID>{number}</LINE_ITEM_ID><PRODUCT_ID>"
        f'<b:SUPPLIER_PID type="supplier_specific">{sku}</b:SUPPLIER_PID>',
        *(f"<SERIAL_NUMBER>{serial}</SERIAL_NUMBER>" for serial in serials),
        f"</PRODUCT_ID><QUANTITY>{quantity}</QUANTITY><b:ORDER_UNIT>C62</b:ORDER_UNIT>",
    ]
    if price is not None:
        rate = (
            f"<TAX_DETAILS_FIX><b:TAX>{tax}</b:TAX></TAX_DETAILS_FIX>"
            if kind == "INVOICE"
            else ""
        )
        parts.append(
            f"<PRODUCT_PRICE_FIX><b:PRICE_AMOUNT>{price}</b:PRICE_AMOUNT>{rate}"
            f"</PRODUCT_PRICE_FIX><PRICE_LINE_AMOUNT>{round(price * quantity, 2)}"
            "</PRICE_LINE_AMOUNT>"
        )
    if order:
        parts.append(f"<ORDER_REFERENCE><ORDER_ID>{order}</ORDER_ID></ORDER_REFERENCE>")
    return f"<{kind}_ITEM>{''.join(parts)}</{kind}_ITEM>"


def _document(kind, info, items, summary="", header=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{kind} version="2.1" xmlns="{OT}" '
        f'xmlns:b="{BME}"><{kind}_HEADER><{kind}_INFO>{info}</{kind}_INFO>{header}'
        f"</{kind}_HEADER><{kind}_ITEM_LIST>{''.join(items)}</{kind}_ITEM_LIST>"
        f"<{kind}_SUMMARY><TOTAL_ITEM_NUM>{len(items)}</TOTAL_ITEM_NUM>{summary}"
        f"</{kind}_SUMMARY></{kind}>"
    )


def response(
    order,
    lines,
    moment=None,
    delivery="2026-02-03",
    supplier_order="",
    currency="",
):
    """An ORDERRESPONSE; ``lines``: ``(sku, quantity, price)``."""
    info = (
        f"<ORDER_ID>{order}</ORDER_ID>"
        f"<ORDERRESPONSE_DATE>{_stamp(moment)}</ORDERRESPONSE_DATE>"
        + (
            f"<SUPPLIER_ORDER_ID>{supplier_order}</SUPPLIER_ORDER_ID>"
            if supplier_order
            else ""
        )
        + f"<DELIVERY_DATE><DELIVERY_START_DATE>{delivery}</DELIVERY_START_DATE>"
        f"<DELIVERY_END_DATE>{delivery}</DELIVERY_END_DATE></DELIVERY_DATE>"
        + (f"<b:CURRENCY>{currency}</b:CURRENCY>" if currency else "")
    )
    items = [
        _item("ORDERRESPONSE", number, sku, quantity, price)
        for number, (sku, quantity, price) in enumerate(lines, 1)
    ]
    return _document("ORDERRESPONSE", info, items)


def dispatch(order, number, lines, moment=None, delivery="", tracking=""):
    """A DISPATCHNOTIFICATION; ``lines``: ``(sku, quantity, serials[, order])``."""
    info = (
        f"<DISPATCHNOTIFICATION_ID>{number}</DISPATCHNOTIFICATION_ID>"
        f"<DISPATCHNOTIFICATION_DATE>{_stamp(moment)}</DISPATCHNOTIFICATION_DATE>"
        + (
            f"<DELIVERY_DATE><DELIVERY_START_DATE>{delivery}</DELIVERY_START_DATE>"
            f"<DELIVERY_END_DATE>{delivery}</DELIVERY_END_DATE></DELIVERY_DATE>"
            if delivery
            else ""
        )
        + (
            f"<TRACKING_TRACING_URL>{tracking}</TRACKING_TRACING_URL>"
            if tracking
            else ""
        )
        + f"<SHIPMENT_ID>1Z{number}</SHIPMENT_ID><LOGISTIC_DETAILS_INFO><PACKAGE_INFO>"
        f"<PACKAGE><PACKAGE_ID>00{number}</PACKAGE_ID></PACKAGE></PACKAGE_INFO>"
        '</LOGISTIC_DETAILS_INFO><REMARKS type="delivererCode">Nordpaket</REMARKS>'
    )
    items = [
        _item(
            "DISPATCHNOTIFICATION",
            place,
            sku,
            quantity,
            serials=serials,
            order=other[0] if other else order,
        )
        for place, (sku, quantity, serials, *other) in enumerate(lines, 1)
    ]
    return _document("DISPATCHNOTIFICATION", info, items)


def _allowance(kind, amount, rate=None):
    """An ALLOW_OR_CHARGE; a negative amount is an allowance."""
    sign = "allowance" if amount < 0 else "surcharge"
    tax = f"<TAX_DETAILS_FIX><b:TAX>{rate}</b:TAX></TAX_DETAILS_FIX>" if rate else ""
    return (
        f'<ALLOW_OR_CHARGE type="{sign}"><ALLOW_OR_CHARGE_TYPE>{kind}'
        "</ALLOW_OR_CHARGE_TYPE><ALLOW_OR_CHARGE_VALUE><AOC_MONETARY_AMOUNT>"
        f"{abs(amount)}</AOC_MONETARY_AMOUNT></ALLOW_OR_CHARGE_VALUE>{tax}"
        "</ALLOW_OR_CHARGE>"
    )


def _allowances(charges):
    nodes = "".join(_allowance(*charge) for charge in charges)
    return f"<ALLOW_OR_CHARGES_FIX>{nodes}</ALLOW_OR_CHARGES_FIX>" if nodes else ""


def mixed_invoice(order, number, lines, charges=(), credit=False, offset=0):
    """An INVOICE whose lines differ.

    :param lines: dicts of ``sku``, ``quantity``, ``price`` and optionally ``rate``
        (None: not stated), ``amount`` (the line's), ``per`` (price quantity),
        ``charges`` (``(type, amount)``, for each unit), ``order``
    :param charges: ``(type, amount[, stated rate])``; with a fourth value the rate is
        used and not stated
    """
    cent = Decimal("0.01")
    bases, items, net = {}, [], Decimal()
    for place, line in enumerate(lines, 1):
        quantity, price = Decimal(str(line["quantity"])), Decimal(str(line["price"]))
        per, rate = Decimal(line.get("per", 1)), line.get("rate", "0.19")
        amount = Decimal(str(line.get("amount", price * quantity / per)))
        amount = amount.quantize(cent)
        net += amount
        key = Decimal(rate or 0)
        bases[key] = bases.get(key, Decimal()) + amount
        tax = rate and f"<TAX_DETAILS_FIX><b:TAX>{rate}</b:TAX></TAX_DETAILS_FIX>"
        items.append(
            f"<INVOICE_ITEM><LINE_ITEM_ID>{place}</LINE_ITEM_ID><PRODUCT_ID>"
            f"<b:SUPPLIER_PID>{line['sku']}</b:SUPPLIER_PID></PRODUCT_ID><QUANTITY>"
            f"{quantity}</QUANTITY><b:ORDER_UNIT>C62</b:ORDER_UNIT><PRODUCT_PRICE_FIX>"
            f"<b:PRICE_AMOUNT>{price}</b:PRICE_AMOUNT><b:PRICE_QUANTITY>{per}"
            f"</b:PRICE_QUANTITY>{tax or ''}{_allowances(line.get('charges', ()))}"
            f"</PRODUCT_PRICE_FIX><PRICE_LINE_AMOUNT>{amount}</PRICE_LINE_AMOUNT>"
            f"<ORDER_REFERENCE><ORDER_ID>{line.get('order', order)}</ORDER_ID>"
            "</ORDER_REFERENCE></INVOICE_ITEM>"
        )
    extra, stated = Decimal(), []
    for kind, value, *rate in charges:
        extra += Decimal(str(value))
        if rate:
            key = Decimal(rate[0])
            bases[key] = bases.get(key, Decimal()) + Decimal(str(value))
        stated.append((kind, value, *(rate if len(rate) == 1 else ())))
    taxes = {
        rate: (base * rate).quantize(cent, ROUND_HALF_UP)
        for rate, base in bases.items()
    }
    total = net + extra + sum(taxes.values()) + Decimal(str(offset))
    info = (
        f"<INVOICE_ID>{number}</INVOICE_ID><INVOICE_DATE>{_stamp(None)}</INVOICE_DATE>"
        + ("<INVOICE_TYPE>credit_memo</INVOICE_TYPE>" if credit else "")
        + "<b:CURRENCY>EUR</b:CURRENCY>"
    )
    tax_nodes = "".join(
        f"<TAX_DETAILS_FIX><b:TAX>{rate}</b:TAX><TAX_AMOUNT>{amount}</TAX_AMOUNT>"
        "</TAX_DETAILS_FIX>"
        for rate, amount in taxes.items()
    )
    summary = (
        f"<NET_VALUE_GOODS>{net}</NET_VALUE_GOODS><TOTAL_AMOUNT>{total}</TOTAL_AMOUNT>"
        f"{_allowances(stated)}<TOTAL_TAX>{tax_nodes}</TOTAL_TAX>"
    )
    header = f"<ORDER_HISTORY><ORDER_ID>{order}</ORDER_ID></ORDER_HISTORY>"
    return _document("INVOICE", info, items, summary, header)


def invoice(
    order,
    number,
    lines,
    moment=None,
    charges=(),
    charges_taxed=False,
    offset=0.0,
    credit=False,
    tax="0.19",
):
    """An INVOICE; ``lines``: ``(sku, quantity, price)``; ``charges``: ``(type,
    amount)``.
    """
    net = sum(round(quantity * price, 2) for _sku, quantity, price in lines)
    extra = sum(amount for _kind, amount in charges)
    rate = float(tax)
    taxes = round((net + (extra if charges_taxed else 0)) * rate, 2)
    info = (
        f"<INVOICE_ID>{number}</INVOICE_ID><INVOICE_DATE>{_stamp(moment)}</INVOICE_DATE>"
        + ("<INVOICE_TYPE>credit_memo</INVOICE_TYPE>" if credit else "")
        + "<b:CURRENCY>EUR</b:CURRENCY>"
    )
    header = f"<ORDER_HISTORY><ORDER_ID>{order}</ORDER_ID></ORDER_HISTORY>"
    charge_nodes = "".join(
        f'<ALLOW_OR_CHARGE type="surcharge"><ALLOW_OR_CHARGE_TYPE>{kind}'
        f"</ALLOW_OR_CHARGE_TYPE><ALLOW_OR_CHARGE_VALUE><AOC_MONETARY_AMOUNT>{amount}"
        "</AOC_MONETARY_AMOUNT></ALLOW_OR_CHARGE_VALUE></ALLOW_OR_CHARGE>"
        for kind, amount in charges
    )
    summary = (
        f"<NET_VALUE_GOODS>{net:.2f}</NET_VALUE_GOODS>"
        f"<TOTAL_AMOUNT>{net + extra + taxes + offset:.2f}</TOTAL_AMOUNT>"
        + (
            f"<ALLOW_OR_CHARGES_FIX>{charge_nodes}</ALLOW_OR_CHARGES_FIX>"
            if charges
            else ""
        )
        + f"<TOTAL_TAX><TAX_DETAILS_FIX><b:TAX>{tax}</b:TAX><TAX_AMOUNT>{taxes:.2f}"
        "</TAX_AMOUNT></TAX_DETAILS_FIX></TOTAL_TAX>"
    )
    items = [
        _item("INVOICE", place, sku, quantity, price, tax=tax)
        for place, (sku, quantity, price) in enumerate(lines, 1)
    ]
    return _document("INVOICE", info, items, summary, header)
