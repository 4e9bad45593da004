"""What all kinds of documents share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from lxml import etree

from ..documents import (
    Address,
    Agreement,
    Charge,
    DeliveryDate,
    Document,
    Finding,
    Line,
    OrderReference,
    Party,
    ProductIds,
    Tax,
)
from .xml import (
    child,
    children,
    date_of,
    decimal_of,
    local,
    moment_of,
    one_line,
    text,
)

T = TypeVar("T")

MAX_LINES = 10_000
MAX_SERIALS = 100_000
MAX_FINDINGS = 200
MAX_REMARKS = 50
#: Sums may differ by rounding; more is told.
TOLERANCE = Decimal("0.02")


class DocumentReader:
    """Reads one document; subclasses name the elements of theirs.

    What can't be understood becomes a finding and never keeps the rest from being read.
    """

    #: root element, e.g. ORDERRESPONSE; header, info, items and summary are named after it
    name: ClassVar[str]
    #: elements that say nothing we need: standard, and left alone on purpose
    ignored: ClassVar[frozenset[str]] = frozenset(
        """
        MIME_INFO MIME_ROOT LANGUAGE DOCEXCHANGE_PARTIES_REFERENCE TRANSPORT
        INTERNATIONAL_RESTRICTIONS ACCOUNTING_INFO TERMS_AND_CONDITIONS
        ORDER_PARTIES_REFERENCE SHIPMENT_PARTIES_REFERENCE SUPPLIER_IDREF BUYER_IDREF
        INVOICE_ISSUER_IDREF INVOICE_RECIPIENT_IDREF STOP_AUTOMATIC_PROCESSING
        PRODUCT_FEATURES SPECIAL_TREATMENT_CLASS MANUFACTURER_INFO PARTIAL_DELIVERY_LIST
        DELIVERY_COMPLETED PAYMENT CATALOG_REFERENCE TERRITORY PRODUCT_TYPE
        """.split()
    )
    #: elements of header and line that the common part reads
    known_info: ClassVar[frozenset[str]] = frozenset(
        "PARTIES CURRENCY REMARKS DELIVERY_DATE CONTROL_INFO".split()
    )
    known_line: ClassVar[frozenset[str]] = frozenset(
        """
        LINE_ITEM_ID PRODUCT_ID QUANTITY ORDER_UNIT PRODUCT_PRICE_FIX PRICE_LINE_AMOUNT
        DELIVERY_DATE REMARKS ORDER_REFERENCE SUPPLIER_ORDER_REFERENCE SOURCING_INFO
        CUSTOMER_ORDER_REFERENCE DELIVERY_REFERENCE AGREEMENT ALLOW_OR_CHARGES_FIX
        PARTIAL_SHIPMENT_ALLOWED LOGISTIC_DETAILS
        """.split()
    )

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.header = child(root, f"{self.name}_HEADER")
        self.info = child(self.header, f"{self.name}_INFO")
        self.summary = child(root, f"{self.name}_SUMMARY")
        self.findings: list[Finding] = []

    def read(self) -> Any:
        """The document."""
        raise NotImplementedError

    # ---------------------------------------------------------------- common parts

    def common(self, number: str, date: str) -> dict[str, Any]:
        """The fields of :class:`Document`.

        :param number, date: names of the elements with the document's number and time
        """
        lines = self.lines()
        total_lines = self._whole(text(self.summary, "TOTAL_ITEM_NUM"), "TOTAL_ITEM_NUM")
        if total_lines is not None and total_lines != len(lines):
            self.find("line_count", "TOTAL_ITEM_NUM", f"{total_lines} ≠ {len(lines)}")
        self._unknown(self.info, self.known_info | {number, date} | self.info_names())
        references = [line.reference for line in lines if line.reference.order_id]
        return {
            "number": one_line(text(self.info, number)),
            "date": self.value(moment_of, self.info, date),
            "generated": self.value(
                moment_of, self.header, "CONTROL_INFO", "GENERATION_DATE"
            ),
            "language": text(self.info, "LANGUAGE"),
            "currency": self._currency(),
            "parties": tuple(
                self._party(node) for node in children(child(self.info, "PARTIES"), "PARTY")
            ),
            "references": tuple(dict.fromkeys((*self.references(), *references))),
            "remarks": self._remarks(self.info),
            "lines": tuple(lines),
            "total_lines": total_lines,
            "total_amount": self.value(decimal_of, self.summary, "TOTAL_AMOUNT"),
        }

    def info_names(self) -> frozenset[str]:
        """Elements of the header that a subclass reads."""
        return frozenset()

    def references(self) -> tuple[OrderReference, ...]:
        """Orders that the document as a whole names."""
        return ()

    def finish(self, document: Document) -> tuple[Finding, ...]:
        """The findings, complete once everything was read."""
        return tuple(self.findings[:MAX_FINDINGS])

    def find(self, code: str, where: str, value: str) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(code, where, one_line(value)[:200]))

    def value(
        self, convert: Callable[[str], T | None], node: etree._Element | None, *path: str
    ) -> T | None:
        """A converted text; one that can't be converted is a finding."""
        raw = text(node, *path)
        if not raw:
            return None
        converted = convert(raw)
        if converted is None:
            self.find("bad_value", "/".join(path), raw)
        return converted

    def _whole(self, raw: str, where: str) -> int | None:
        number = decimal_of(raw) if raw else None
        if raw and (number is None or number != int(number)):
            self.find("bad_value", where, raw)
            return None
        return None if number is None else int(number)

    def _currency(self) -> str:
        """Of the header; ITscope's trade is in euros where nothing is said."""
        raw = text(self.info, "CURRENCY").upper()
        return raw if len(raw) == 3 and raw.isalpha() else ""

    def _unknown(self, node: etree._Element | None, known: Iterable[str]) -> None:
        """What nobody reads is kept as a finding."""
        if node is None:
            return
        names = set(known) | self.ignored
        for element in node:
            if local(element) not in names:
                self.find("unknown_element", local(element), text(element))

    # ---------------------------------------------------------------- parties

    def _party(self, node: etree._Element) -> Party:
        identity = child(node, "PARTY_ID")
        address = child(node, "ADDRESS")
        contact = child(address, "CONTACT_DETAILS")
        emails = child(contact, "EMAILS")
        return Party(
            id=text(identity),
            id_type=identity.get("type", "") if identity is not None else "",
            roles=tuple(text(role) for role in children(node, "PARTY_ROLE")),
            address=Address(
                **{
                    field: one_line(text(address, element))[:255]
                    for field, element in (
                        ("name", "NAME"),
                        ("name2", "NAME2"),
                        ("name3", "NAME3"),
                        ("street", "STREET"),
                        ("zip", "ZIP"),
                        ("city", "CITY"),
                        ("country_name", "COUNTRY"),
                        ("country", "COUNTRY_CODED"),
                        ("phone", "PHONE"),
                        ("fax", "FAX"),
                        ("email", "EMAIL"),
                        ("url", "URL"),
                        ("vat", "VAT_ID"),
                    )
                },
                contact_name=one_line(text(contact, "CONTACT_NAME"))[:255],
                contact_first_name=one_line(text(contact, "FIRST_NAME"))[:255],
                contact_phone=one_line(text(contact, "PHONE"))[:255],
                contact_email=one_line(text(emails or contact, "EMAIL"))[:255]
                if emails is None
                else one_line(text(emails, "EMAIL"))[:255],
            ),
        )

    # ---------------------------------------------------------------- lines

    def lines(self) -> list[Line]:
        """All lines, at most :data:`MAX_LINES`."""
        items = children(child(self.root, f"{self.name}_ITEM_LIST"), f"{self.name}_ITEM")
        if len(items) > MAX_LINES:
            self.find("line_count", f"{self.name}_ITEM_LIST", f"{len(items)} lines")
        return [self.line(node) for node in items[:MAX_LINES]]

    def line(self, node: etree._Element) -> Line:
        """One line; the checks of its sum are the same for all kinds."""
        line_id = one_line(text(node, "LINE_ITEM_ID"))[:50]
        quantity = self.value(decimal_of, node, "QUANTITY")
        price_node = child(node, "PRODUCT_PRICE_FIX")
        price = self.value(decimal_of, price_node, "PRICE_AMOUNT")
        per = self.value(decimal_of, price_node, "PRICE_QUANTITY") or Decimal(1)
        amount = self.value(decimal_of, node, "PRICE_LINE_AMOUNT")
        if None not in (quantity, price, amount) and per:
            assert quantity is not None and price is not None and amount is not None
            difference = quantity * price / per - amount
            if abs(difference) > TOLERANCE * max(quantity, 1):
                self.find("line_sum", line_id, str(difference.quantize(TOLERANCE)))
        self._unknown(node, self.known_line)
        product = child(node, "PRODUCT_ID")
        return Line(
            line_id=line_id,
            product=self._product(product),
            quantity=quantity if quantity is not None else Decimal(),
            unit=text(node, "ORDER_UNIT") or "C62",
            price=price,
            price_quantity=per,
            line_amount=amount,
            delivery_date=self.delivery_date(node),
            remarks=self._remarks(node),
            agreement=self._agreement(child(node, "SOURCING_INFO")),
            customer_ref=text(node, "CUSTOMER_ORDER_REFERENCE", "CUSTOMER_IDREF"),
            serial_numbers=tuple(
                dict.fromkeys(
                    number
                    for serial in children(product, "SERIAL_NUMBER")[:MAX_SERIALS]
                    if (number := one_line(text(serial))[:100])
                )
            ),
            reference=self._reference(node),
            tax=self.tax(child(price_node, "TAX_DETAILS_FIX")),
            charges=self.charges(price_node),
        )

    def _product(self, node: etree._Element | None) -> ProductIds:
        ean = puid = ""
        for element in children(node, "INTERNATIONAL_PID"):
            kind, number = element.get("type", "").lower(), one_line(text(element))
            if kind == "itscope":
                puid = puid or number
            elif kind in ("", "ean", "gtin", "upc"):
                ean = ean or number
        buyer = child(node, "BUYER_PID")
        return ProductIds(
            supplier_pid=one_line(text(node, "SUPPLIER_PID"))[:150],
            ean=ean[:50],
            puid=puid[:50],
            buyer_pid=one_line(text(buyer))[:150],
            buyer_pid_type=buyer.get("type", "")[:50] if buyer is not None else "",
            manufacturer_pid=one_line(text(node, "MANUFACTURER_INFO", "MANUFACTURER_PID")),
            description=one_line(text(node, "DESCRIPTION_SHORT"))[:1000],
            long_description=text(node, "DESCRIPTION_LONG"),
        )

    @staticmethod
    def _reference(node: etree._Element) -> OrderReference:
        order = child(node, "ORDER_REFERENCE")
        supplier = child(node, "SUPPLIER_ORDER_REFERENCE")
        return OrderReference(
            order_id=one_line(text(order, "ORDER_ID")),
            line_id=one_line(text(order, "LINE_ITEM_ID")),
            supplier_order_id=one_line(text(supplier, "SUPPLIER_ORDER_ID")),
            supplier_line_id=one_line(text(supplier, "SUPPLIER_ORDER_ITEM_ID")),
        )

    @staticmethod
    def _agreement(node: etree._Element | None) -> Agreement | None:
        part = child(node, "AGREEMENT")
        if part is None:
            return None
        return Agreement(
            agreement_id=one_line(text(part, "AGREEMENT_ID")),
            quotation_id=one_line(text(node, "QUOTATION_ID")),
            start=date_of(text(part, "AGREEMENT_START_DATE")),
            end=date_of(text(part, "AGREEMENT_END_DATE")),
            description=one_line(text(part, "AGREEMENT_DESCR")),
        )

    # ---------------------------------------------------------------- values

    def delivery_date(self, node: etree._Element | None) -> DeliveryDate | None:
        part = child(node, "DELIVERY_DATE")
        start = self.value(moment_of, part, "DELIVERY_START_DATE")
        end = self.value(moment_of, part, "DELIVERY_END_DATE") or start
        start = start or end
        if part is None or start is None or end is None:
            return None
        kind = part.get("type", "")
        return DeliveryDate(
            start=start,
            end=end,
            type="fixed" if kind == "fixed" else "optional" if kind == "optional" else "",
        )

    def tax(self, node: etree._Element | None) -> Tax | None:
        """``rate`` as a fraction; a rate above 1 was meant in percent."""
        if node is None:
            return None
        rate = self.value(decimal_of, node, "TAX")
        if rate is not None and rate > 1:
            rate /= 100
        return Tax(
            rate=rate,
            amount=self.value(decimal_of, node, "TAX_AMOUNT"),
            type=text(node, "TAX_TYPE"),
        )

    def charges(self, node: etree._Element | None) -> tuple[Charge, ...]:
        """Allowances are negative, surcharges positive."""
        found = []
        for element in children(child(node, "ALLOW_OR_CHARGES_FIX"), "ALLOW_OR_CHARGE"):
            amount = self.value(
                decimal_of, element, "ALLOW_OR_CHARGE_VALUE", "AOC_MONETARY_AMOUNT"
            )
            if amount is None:
                self.find("unknown_element", "ALLOW_OR_CHARGE", text(element))
                continue
            if element.get("type") == "allowance":
                amount = -abs(amount)
            found.append(
                Charge(
                    type=one_line(text(element, "ALLOW_OR_CHARGE_TYPE"))[:50],
                    amount=amount,
                    description=one_line(text(element, "ALLOW_OR_CHARGE_DESCR"))[:500],
                    tax=self.tax(child(element, "TAX_DETAILS_FIX")),
                )
            )
        return tuple(found)

    @staticmethod
    def _remarks(node: etree._Element | None) -> tuple[tuple[str, str], ...]:
        return tuple(
            (element.get("type", ""), text(element))
            for element in children(node, "REMARKS")[:MAX_REMARKS]
        )
