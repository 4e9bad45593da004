"""Documents as suppliers send them, in the least that a test needs."""

from datetime import datetime

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
