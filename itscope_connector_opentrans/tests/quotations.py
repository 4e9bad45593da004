"""QUOTATIONs in the least that a test needs."""

from .documents import _document


def quotation(
    number="A-1", lines=(), customer=None, moment="2026-03-01T10:00:00", **more
):
    """A QUOTATION.

    :param lines: dicts of ``sku``, ``quantity``, ``price``, and optionally ``puid``,
        ``offer``, ``name``, ``optional``, ``amount``
    :param customer: ``(number, name, zip, person, e-mail, VAT)``
    :param more: ``remark``, ``payment``, ``valid``, ``currency``
    """
    ref, name, code, person, mail, vat = customer or (
        "K-1",
        "Kunde & Co. GmbH",
        "10115",
        "Muster",
        "m@kunde.example",
        "",
    )
    info = (
        f"<QUOTATION_ID>{number}</QUOTATION_ID>"
        f"<QUOTATION_DATE>2026-03-01T09:00:00</QUOTATION_DATE>"
        f"<b:VALID_END_DATE>{more.get('valid', '2026-12-31')}</b:VALID_END_DATE>"
        f"<PARTIES><PARTY><b:PARTY_ID>{ref}</b:PARTY_ID><PARTY_ROLE>buyer</PARTY_ROLE>"
        f"<ADDRESS><b:NAME>{name.replace('&', '&amp;')}</b:NAME><CONTACT_DETAILS>"
        f"<b:CONTACT_NAME>{person}</b:CONTACT_NAME><b:EMAILS><b:EMAIL>{mail}</b:EMAIL>"
        "</b:EMAILS></CONTACT_DETAILS><b:STREET>Weg 1</b:STREET>"
        f"<b:ZIP>{code}</b:ZIP><b:CITY>Berlin</b:CITY><b:VAT_ID>{vat}</b:VAT_ID>"
        f"</ADDRESS></PARTY></PARTIES>"
        f"<b:CURRENCY>{more.get('currency', 'EUR')}</b:CURRENCY>"
    )
    if payment := more.get("payment"):
        info += (
            "<PAYMENT><PAYMENT_TERMS><PAYMENT_TERM type='other'>"
            f"{payment}</PAYMENT_TERM></PAYMENT_TERMS></PAYMENT>"
        )
    if remark := more.get("remark"):
        info += f"<REMARKS type='general'>{remark}</REMARKS>"
    items = [_line(place, line) for place, line in enumerate(lines, 1)]
    text = _document("QUOTATION", info, items)
    control = (
        f"<CONTROL_INFO><GENERATION_DATE>{moment}</GENERATION_DATE></CONTROL_INFO>"
    )
    return text.replace("<QUOTATION_INFO>", control + "<QUOTATION_INFO>", 1).encode()


def _line(place, line):
    ids = f"<b:SUPPLIER_PID>{line['sku']}</b:SUPPLIER_PID>"
    if puid := line.get("puid"):
        ids += f'<b:INTERNATIONAL_PID type="itscope">{puid}</b:INTERNATIONAL_PID>'
    if offer := line.get("offer"):
        ids += f'<b:BUYER_PID type="itscope">{offer}</b:BUYER_PID>'
    amount = line.get("amount", round(line["quantity"] * line["price"], 2))
    udx = "<ITEM_UDX><UDX.OPTIONAL>true</UDX.OPTIONAL></ITEM_UDX>"
    return (
        f"<QUOTATION_ITEM><LINE_ITEM_ID>{place}</LINE_ITEM_ID><PRODUCT_ID>{ids}"
        f"<b:DESCRIPTION_SHORT>{line.get('name', 'Article ' + line['sku'])}"
        f"</b:DESCRIPTION_SHORT></PRODUCT_ID><QUANTITY>{line['quantity']}</QUANTITY>"
        f"<b:ORDER_UNIT>C62</b:ORDER_UNIT><PRODUCT_PRICE_FIX><b:PRICE_AMOUNT>"
        f"{line['price']}</b:PRICE_AMOUNT></PRODUCT_PRICE_FIX><PRICE_LINE_AMOUNT>"
        f"{amount}</PRICE_LINE_AMOUNT>{udx if line.get('optional') else ''}"
        "</QUOTATION_ITEM>"
    )
