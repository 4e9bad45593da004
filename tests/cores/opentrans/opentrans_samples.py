"""Documents made in code: most tests need nothing that is not in the project."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from opentrans import (
    Address,
    Agreement,
    DeliveryDate,
    Line,
    Order,
    Party,
    ProductIds,
)
from opentrans.documents import ZONE

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=ZONE)
NAMESPACES = (
    'xmlns="http://www.opentrans.org/XMLSchema/2.1" '
    'xmlns:bme="http://www.bmecat.org/bmecat/2005"'
)
DAY = DeliveryDate(
    datetime(2026, 3, 9, tzinfo=ZONE), datetime(2026, 3, 10, tzinfo=ZONE), "fixed"
)
WISH = DeliveryDate(DAY.start, DAY.end, "optional")


def address(name: str = "Muster Systemhaus GmbH", **other: str) -> Address:
    values = {
        "name": name,
        "name2": "Hof 2",
        "name3": "3. Stock",
        "contact_name": "Ludwig",
        "contact_first_name": "Eva",
        "contact_phone": "+49 721/6273760",
        "contact_email": "eva.ludwig@example.com",
        "street": "Hauptstraße 1",
        "zip": "76131",
        "city": "Karlsruhe",
        "country_name": "Deutschland",
        "country": "DE",
        "phone": "+49 721/6273760",
        "fax": "+49 721/66499175",
        "email": "post@example.com",
        "url": "www.example.com",
        "vat": "DE123456789",
    }
    return Address(**{**values, **other})


PARTIES = (
    Party("10000735", ("supplier",), "buyer_specific", address("Testlieferant")),
    Party("123456", ("buyer",), "supplier_specific", address()),
    Party("123456", ("delivery",), "supplier_specific", address()),
    Party("K77", ("customer",), "buyer_specific", address("Lizenznehmer AG")),
)


def line(number: str = "00001", pid: str = "123001", **other: object) -> Line:
    values: dict[str, object] = {
        "line_id": number,
        "product": ProductIds(pid, "4012345678901", "1234567000", description="Ware"),
        "quantity": Decimal(2),
        "price": Decimal("10.5"),
        **other,
    }
    return Line(**values)  # type: ignore[arg-type]


def full_order(**other: object) -> Order:
    """Everything that an order can say."""
    values: dict[str, object] = {
        "number": "P00042",
        "date": datetime(2026, 3, 2, 8, 15, 30, tzinfo=ZONE),
        "language": "deu",
        "currency": "EUR",
        "parties": PARTIES,
        "remarks": (("general", "Bitte\nzusammen liefern"),),
        "customer_order_id": "BESTELLUNG_4711",
        "partial_shipment": True,
        "own_delivery_note": True,
        "delivery_date": WISH,
        "lines": (
            line(
                remarks=(("general", "Projekt ABC-123"),),
                product=ProductIds(
                    "123001",
                    "4012345678901",
                    "1234567000",
                    description='Monitor 24"',
                    long_description="Monitor<br />1920 x 1080\nschwarz",
                ),
            ),
            line(
                "00002",
                "123002",
                delivery_date=DAY,
                agreement=Agreement(
                    "HP-1", "Q-9", date(2026, 1, 1), date(2026, 12, 31), "Endkunde AG"
                ),
            ),
            line(
                "00003",
                "123003",
                customer_ref="K77",
                quantity=Decimal("1.5"),
                parameters=(("licensee", "Muster GmbH"), ("domain", "example.com")),
            ),
        ),
        **other,
    }
    return Order(**values)  # type: ignore[arg-type]


def document(kind: str, info: str, items: str = "", summary: str = "") -> bytes:
    """A document of a kind; ``info``, ``items`` and ``summary`` are inner XML."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{kind} version="2.1" {NAMESPACES}>'
        f"<{kind}_HEADER><{kind}_INFO>{info}</{kind}_INFO></{kind}_HEADER>"
        f"<{kind}_ITEM_LIST>{items}</{kind}_ITEM_LIST>"
        f"<{kind}_SUMMARY>{summary}</{kind}_SUMMARY></{kind}>"
    ).encode()


def item(kind: str, inner: str = "", pid: str = "123001", quantity: str = "1.0") -> str:
    return (
        f"<{kind}_ITEM><LINE_ITEM_ID>1</LINE_ITEM_ID>"
        f"<PRODUCT_ID><bme:SUPPLIER_PID>{pid}</bme:SUPPLIER_PID></PRODUCT_ID>"
        f"<QUANTITY>{quantity}</QUANTITY><bme:ORDER_UNIT>C62</bme:ORDER_UNIT>"
        f"{inner}</{kind}_ITEM>"
    )


def invoice(info: str = "", items: str = "", summary: str = "") -> bytes:
    head = "<INVOICE_ID>R1</INVOICE_ID><INVOICE_DATE>2026-03-02</INVOICE_DATE>"
    return document("INVOICE", head + info, items, summary)
