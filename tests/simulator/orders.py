"""What ITscope checks in a posted ORDER before it goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lxml import etree

MAX_ORDER_NUMBER = 18


class Refused(Exception):
    """ITscope's reason for a 400."""


@dataclass
class OrderLine:
    line_id: str
    sku: str
    ean: str
    name: str
    quantity: Decimal
    price: Decimal


@dataclass
class Order:
    number: str
    supplier: str
    customer_number: str
    customer_order: str
    delivery_name: str
    lines: list[OrderLine] = field(default_factory=list)


class Checker:
    """Schema (where ITscope's files are at hand), number, catalogue and sums."""

    def __init__(self, shared: Path | None) -> None:
        self.schema: etree.XMLSchema | None = None
        path = shared / "opentrans" / "xsd" / "opentrans_2_1.xsd" if shared else None
        if path and path.is_file():
            self.schema = etree.XMLSchema(
                etree.parse(str(path), etree.XMLParser(no_network=True))
            )

    def parse(self, body: bytes) -> etree._Element:
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            return etree.fromstring(body, parser)
        except etree.XMLSyntaxError as error:
            raise Refused(f"Das Dokument ist kein gültiges XML: {error}") from None

    def check_schema(self, root: etree._Element) -> None:
        if self.schema is not None and not self.schema.validate(root):
            first = self.schema.error_log[0]
            raise Refused(
                f"Das Dokument entspricht nicht dem Schema openTRANS 2.1: Zeile {first.line}: {first.message}"
            )

    def read(self, root: etree._Element, catalogue_skus: dict[str, set[str]]) -> Order:
        """The order, if ITscope would take it.

        :param catalogue_skus: ``{supplier id: its article numbers}``, asked as needed
        """
        if local(root) != "ORDER":
            raise Refused("Das Dokument ist keine Bestellung (ORDER).")
        number = first(root, "ORDER_INFO/ORDER_ID")
        if not number:
            raise Refused("Die Bestellnummer fehlt.")
        if len(number) > MAX_ORDER_NUMBER:
            raise Refused(
                f"Die Bestellnummer {number} hat mehr als {MAX_ORDER_NUMBER} Zeichen."
            )
        parties = {first(party, "PARTY_ROLE"): party for party in find(root, "PARTY")}
        for role, name in (
            ("supplier", "Lieferant"),
            ("buyer", "Besteller"),
            ("delivery", "Lieferadresse"),
        ):
            if role not in parties:
                raise Refused(f"Die Partei {name} fehlt.")
        for role in ("buyer", "delivery"):
            if not first(parties[role], "NAME"):
                raise Refused(f"Der Firmenname der Partei {role} fehlt.")
        supplier = first(parties["supplier"], "PARTY_ID")
        try:
            skus = catalogue_skus[supplier]
        except KeyError:
            raise Refused(f"Der Lieferant {supplier} ist unbekannt.") from None
        order = Order(
            number=number,
            supplier=supplier,
            customer_number=first(parties["buyer"], "PARTY_ID"),
            customer_order=first(root, "CUSTOMER_ORDER_REFERENCE/ORDER_ID"),
            delivery_name=first(parties["delivery"], "NAME"),
        )
        for item in find(root, "ORDER_ITEM"):
            order.lines.append(self._line(item, skus))
        self._check_sums(root, order)
        return order

    def _line(self, item: etree._Element, skus: set[str]) -> OrderLine:
        sku = first(item, "SUPPLIER_PID")
        if sku not in skus:
            raise Refused(
                f"Artikel {sku or '(ohne Nummer)'} ist nicht im Katalog des Lieferanten."
            )
        line = OrderLine(
            line_id=first(item, "LINE_ITEM_ID"),
            sku=sku,
            ean=next(
                (
                    e.text or ""
                    for e in find(item, "INTERNATIONAL_PID")
                    if e.get("type", "").lower() == "ean"
                ),
                "",
            ),
            name=first(item, "DESCRIPTION_SHORT"),
            quantity=decimal(first(item, "QUANTITY")),
            price=decimal(first(item, "PRICE_AMOUNT")),
        )
        if line.quantity <= 0:
            raise Refused(f"Die Menge von Artikel {sku} muss größer als 0 sein.")
        amount = decimal(first(item, "PRICE_LINE_AMOUNT"))
        if abs(amount - line.quantity * line.price) > Decimal("0.01") * max(
            1, line.quantity
        ):
            raise Refused(f"Die Zeilensumme von Artikel {sku} stimmt nicht.")
        return line

    @staticmethod
    def _check_sums(root: etree._Element, order: Order) -> None:
        if not order.lines:
            raise Refused("Die Bestellung hat keine Positionen.")
        if first(root, "TOTAL_ITEM_NUM") != str(len(order.lines)):
            raise Refused("Die Anzahl der Positionen stimmt nicht.")
        total = sum(
            (decimal(first(i, "PRICE_LINE_AMOUNT")) for i in find(root, "ORDER_ITEM")),
            Decimal(),
        )
        if abs(decimal(first(root, "TOTAL_AMOUNT")) - total) > Decimal("0.01"):
            raise Refused("Die Gesamtsumme stimmt nicht.")


def local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


def find(root: etree._Element, name: str) -> list[etree._Element]:
    return [node for node in root.iter(etree.Element) if local(node) == name]


def first(root: etree._Element, path: str) -> str:
    """Text of the first element of this name (or below a parent of this name)."""
    *parents, name = path.split("/")
    for node in find(root, name):
        if not parents or (
            node.getparent() is not None and local(node.getparent()) == parents[-1]
        ):
            return (node.text or "").strip()
    return ""


def decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Refused(f"{text or '(leer)'} ist keine Zahl.") from None
