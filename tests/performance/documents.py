"""(f) Documents per second, against the import of orders that Odoo brings itself.

An order response of five lines that works itself into its purchase order, beside an UBL
order of five lines that becomes a quotation: both from bytes to records, one by one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import world
from .measure import Row, Scale, compare

DOCUMENTS = 40
LINES = 5
NUMBER = "PBENCH{}"


def run(env: Any, scale: Scale, url: str) -> list[Row]:
    account = world.account(env, url)
    count = scale.count(DOCUMENTS)
    vendor = env["res.partner"].create({"name": "Beispiel", "is_company": True})
    supplier = env["itscope.supplier"].create(
        {"itscope_id": "10009999", "name": "Beispiel", "partner_id": vendor.id}
    )
    products = env["product.product"].create(
        [
            {
                "name": f"Artikel {number}",
                "default_code": f"A-{number}",
                "seller_ids": [
                    (0, 0, {"partner_id": vendor.id, "product_code": f"S{number}"})
                ],
            }
            for number in range(LINES)
        ]
    )
    orders = env["purchase.order"].create(
        [
            {
                "name": NUMBER.format(number),
                "partner_id": vendor.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "product_qty": 2,
                            "price_unit": 100 + place,
                        },
                    )
                    for place, product in enumerate(products)
                ],
            }
            for number in range(count)
        ]
    )
    orders.button_confirm()
    ubl = [env["purchase.edi.xml.ubl_bis3"]._export_order(order) for order in orders]
    deals = env["itscope.deal"].create(
        [
            {
                "account_id": account.id,
                "supplier_id": supplier.id,
                "purchase_order_id": order.id,
                "order_id": f"BENCH{number:05d}-260101-0900",
                "own_order_id": order.name,
                "send_state": "sent",
                "status": "SENT",
            }
            for number, order in enumerate(orders)
        ]
    )
    for order in orders:
        order._itscope_note_sent()
    env.cr.commit()
    responses = [response(order.name) for order in orders]

    def ours() -> int:
        documents = env["itscope.document"]
        for deal, content in zip(deals, responses, strict=True):
            documents._store(deal, "ORDERRESPONSE", "T1", content)
            deal._apply_documents()
            env.flush_all()
        confirmed = orders.order_line.filtered("itscope_confirmed")
        if len(confirmed) != count * LINES:
            raise RuntimeError("the responses did not reach their orders")
        return count

    # As Odoo's own upload does where the document names nobody it knows.
    customers = env["sale.order"].with_context(default_partner_id=vendor.id)

    def odoos() -> int:
        for content in ubl:
            attachment = env["ir.attachment"].create(
                {"name": "order.xml", "raw": content}
            )
            made = customers._create_records_from_attachments(attachment)
            env.flush_all()
            if len(made.order_line.product_id) != LINES:
                raise RuntimeError("Odoo did not read its own order")
        return count

    rates = compare(env, scale, {"ours": ours, "odoo": odoos})
    return [
        Row(
            "f",
            f"order responses of {LINES} lines, worked in",
            rates["ours"],
            "documents/s",
            "Odoo's import of UBL orders",
            rates["odoo"],
            rates["ours"] / rates["odoo"],
            2,
        )
    ]


def response(order: str) -> bytes:
    """What a distributor answers to an order of this number."""
    items = "".join(
        f"<ORDERRESPONSE_ITEM><LINE_ITEM_ID>{place + 1}</LINE_ITEM_ID><PRODUCT_ID>"
        f'<b:SUPPLIER_PID type="supplier_specific">S{place}</b:SUPPLIER_PID>'
        "</PRODUCT_ID><QUANTITY>2</QUANTITY><b:ORDER_UNIT>C62</b:ORDER_UNIT>"
        f"<PRODUCT_PRICE_FIX><b:PRICE_AMOUNT>{Decimal(100 + place)}</b:PRICE_AMOUNT>"
        "</PRODUCT_PRICE_FIX></ORDERRESPONSE_ITEM>"
        for place in range(LINES)
    )
    return (
        '<ORDERRESPONSE version="2.1" xmlns="http://www.opentrans.org/XMLSchema/2.1" '
        'xmlns:b="http://www.bmecat.org/bmecat/2005"><ORDERRESPONSE_HEADER>'
        f"<ORDERRESPONSE_INFO><ORDER_ID>{order}</ORDER_ID>"
        "<ORDERRESPONSE_DATE>2026-01-05T09:00:00</ORDERRESPONSE_DATE>"
        "</ORDERRESPONSE_INFO></ORDERRESPONSE_HEADER>"
        f"<ORDERRESPONSE_ITEM_LIST>{items}</ORDERRESPONSE_ITEM_LIST>"
        f"<ORDERRESPONSE_SUMMARY><TOTAL_ITEM_NUM>{LINES}</TOTAL_ITEM_NUM>"
        "</ORDERRESPONSE_SUMMARY></ORDERRESPONSE>"
    ).encode()
