"""Quotes of the platform, with their QUOTATION documents and PDFs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from . import zugferd
from .catalogue import Catalogue
from .clock import Clock
from .documents import BME, OT

GERMANY = ZoneInfo("Europe/Berlin")
CENT = Decimal("0.01")
SORTS = {
    "LAST_MODIFIED": ("changed", True),
    "VALID_DESC": ("valid", True),
    "VALID_ASC": ("valid", False),
    "TITLE_DESC": ("name", True),
    "TITLE_ASC": ("name", False),
    "ORGANISATION_DESC": ("organisation", True),
    "ORGANISATION_ASC": ("organisation", False),
    "DATE_DESC": ("created", True),
    "DATE_ASC": ("created", False),
}


@dataclass
class Customer:
    name: str = "Stadt Karlsruhe"
    number: str = "K-1001"
    vat: str = ""
    street: str = "Marktplatz 1"
    zip: str = "76133"
    city: str = "Karlsruhe"
    first_name: str = "Erika"
    last_name: str = "Mustermann"
    email: str = "erika.mustermann@karlsruhe.example"
    phone: str = "+49 721 1330"


@dataclass
class Quote:
    """``lines`` as ``[article number, quantity, price]``, of the test supplier or of
    the catalogue; a fourth value ``optional`` makes it one to choose, a fifth is its
    discount in percent.
    """

    quote_id: str
    number: str
    created: datetime
    changed: datetime
    valid: datetime
    lines: list[list[str]]
    name: str = "Notebooks für die Schule"
    status: str = "PROGRESS"
    archived: bool = False
    account: str = "m1000001"
    customer: Customer = field(default_factory=Customer)
    remark: str = ""
    payment: str = "Zahlbar innerhalb von 14 Tagen"
    #: as the document has it; prefix of BMEcat elements
    prefix: str = "bmecat"
    version: int = 1
    #: named in ``documentUrl``
    listed: bool = True

    @property
    def organisation(self) -> str:
        return self.customer.name

    @property
    def transaction_id(self) -> str:
        return f"q{self.quote_id[1:]}"


class Quotes:
    def __init__(self, clock: Clock, catalogue: Catalogue) -> None:
        self.clock, self.catalogue = clock, catalogue
        self.quotes: dict[str, Quote] = {}
        self._numbers = itertools.count()
        names = (
            ("Notebooks für die Schule", "DRAFT", Customer()),
            (
                "Druckerflotte",
                "PROGRESS",
                Customer(
                    "Muster & Söhne KG",
                    "K-1002",
                    city="Ettlingen",
                    zip="76275",
                    email="einkauf@muster-soehne.example",
                ),
            ),
            (
                "Netzwerk Neubau",
                "WON",
                Customer("Nordbau GmbH", "K-1003", email="it@nordbau.example"),
            ),
        )
        for days, (name, status, customer) in enumerate(names):
            quote = self.make(
                name=name,
                status=status,
                lines=[["123001", "2", "420"], ["123002", "1", "919.5"]],
            )
            quote.customer = customer
            quote.changed -= timedelta(days=days)

    def make(self, customer: dict[str, str] | None = None, **values: Any) -> Quote:
        number, now = next(self._numbers), self.clock.now()
        quote = Quote(
            f"00000000-0000-4000-8000-{number:012d}",
            f"A-2026-{number + 1:04d}",
            now,
            now,
            now + timedelta(days=14),
            **{"lines": [], **values},
        )
        quote.customer = replace(quote.customer, **(customer or {}))
        self.quotes[quote.quote_id] = quote
        return quote

    def change(
        self, quote_id: str, customer: dict[str, str] | None = None, **values: Any
    ) -> Quote:
        """Another version; ``quiet`` leaves the time of the last change as it is."""
        quote = self.quotes[quote_id]
        if not values.pop("quiet", False):
            quote.changed = max(self.clock.now(), quote.changed + timedelta(seconds=1))
        if {"lines", "remark", "payment"} & set(values):
            quote.version += 1
        for name, value in values.items():
            assert hasattr(quote, name), name
            setattr(quote, name, value)
        quote.customer = replace(quote.customer, **(customer or {}))
        return quote

    def of(self, account: str, archived: bool, sort: str) -> list[Quote]:
        found = [
            quote
            for quote in self.quotes.values()
            if quote.account == account and quote.archived == archived
        ]
        name, reverse = SORTS[sort]
        return sorted(
            found,
            key=lambda quote: (getattr(quote, name), quote.quote_id),
            reverse=reverse,
        )

    def get(self, account: str, quote_id: str) -> Quote | None:
        quote = self.quotes.get(quote_id)
        return quote if quote and quote.account == account else None

    def by_transaction(self, account: str, transaction_id: str) -> Quote | None:
        return next(
            (
                quote
                for quote in self.quotes.values()
                if quote.account == account and quote.transaction_id == transaction_id
            ),
            None,
        )

    def shown(self, quote: Quote, base: str) -> dict[str, Any]:
        """The ``quote`` object of ITscope's contract."""
        net = sum((amount(line) for line in quote.lines), Decimal())
        url = f"{base}/business/documents/{quote.transaction_id}/QUOTATION.xml"
        return {
            "quoteId": quote.quote_id,
            "quoteNo": quote.number,
            "shortUrl": f"https://www.itscope.com/q/{quote.number}",
            "name": quote.name,
            "status": quote.status,
            "lastModified": quote.changed.isoformat(),
            "validUntil": quote.valid.isoformat(),
            "organisation": quote.customer.name,
            "person": f"{quote.customer.first_name} {quote.customer.last_name}",
            "itemCount": len(quote.lines),
            "deeplink": f"https://www.itscope.com/red/app#quotes/{quote.quote_id}",
            **({"documentUrl": url} if quote.listed else {}),
            "archived": quote.archived,
            "customerNumber": quote.customer.number,
            "creator": "Max Mustermann",
            "totalPrice": float((net * Decimal("1.19")).quantize(CENT)),
        }

    def document(self, quote: Quote) -> bytes:
        """Its QUOTATION, in ITscope's own way: numbers are not padded."""
        p, who = quote.prefix, quote.customer
        items = "".join(
            self._item(p, place, line) for place, line in enumerate(quote.lines, 1)
        )
        firm = [line for line in quote.lines if not optional(line)]
        total = sum((amount(line) for line in firm), Decimal())
        remark = (
            f'<REMARKS type="general">{escape(quote.remark)}</REMARKS>'
            if quote.remark
            else ""
        )
        vat = f"<{p}:VAT_ID>{escape(who.vat)}</{p}:VAT_ID>" if who.vat else ""
        changed = quote.changed.astimezone(GERMANY)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><QUOTATION version="2.1" xmlns="{OT}" xmlns:{p}="{BME}">'
            "<QUOTATION_HEADER><CONTROL_INFO><GENERATOR_INFO>CREATED BY ITSCOPE</GENERATOR_INFO>"
            f"<GENERATION_DATE>{changed:%Y-%m-%dT%H:%M:%S}</GENERATION_DATE></CONTROL_INFO><QUOTATION_INFO>"
            f"<QUOTATION_ID>{escape(quote.number)}</QUOTATION_ID><QUOTATION_DATE>{quote.created.astimezone(GERMANY):%Y-%m-%dT%H:%M:%S}</QUOTATION_DATE>"
            f"<{p}:VALID_END_DATE>{quote.valid.astimezone(GERMANY):%Y-%m-%d}</{p}:VALID_END_DATE><PARTIES>"
            f'<PARTY><{p}:PARTY_ID type="supplier_specific">{escape(who.number)}</{p}:PARTY_ID><PARTY_ROLE>buyer</PARTY_ROLE><ADDRESS>'
            f"<{p}:NAME>{escape(who.name)}</{p}:NAME><CONTACT_DETAILS><{p}:CONTACT_NAME>{escape(who.last_name)}</{p}:CONTACT_NAME>"
            f'<{p}:FIRST_NAME>{escape(who.first_name)}</{p}:FIRST_NAME><{p}:PHONE type="office">{escape(who.phone)}</{p}:PHONE>'
            f"<{p}:EMAILS><{p}:EMAIL>{escape(who.email)}</{p}:EMAIL></{p}:EMAILS></CONTACT_DETAILS>"
            f"<{p}:STREET>{escape(who.street)}</{p}:STREET><{p}:ZIP>{who.zip}</{p}:ZIP><{p}:CITY>{escape(who.city)}</{p}:CITY>"
            f"<{p}:COUNTRY>Deutschland</{p}:COUNTRY><{p}:COUNTRY_CODED>DE</{p}:COUNTRY_CODED>{vat}</ADDRESS></PARTY>"
            f'<PARTY><{p}:PARTY_ID type="supplier_specific">{quote.account}</{p}:PARTY_ID><PARTY_ROLE>supplier</PARTY_ROLE><ADDRESS>'
            f"<{p}:NAME>Muster IT GmbH</{p}:NAME></ADDRESS></PARTY></PARTIES><ORDER_PARTIES_REFERENCE>"
            f'<{p}:BUYER_IDREF type="supplier_specific">{escape(who.number)}</{p}:BUYER_IDREF>'
            f'<{p}:SUPPLIER_IDREF type="supplier_specific">{quote.account}</{p}:SUPPLIER_IDREF></ORDER_PARTIES_REFERENCE>'
            f"<{p}:CURRENCY>EUR</{p}:CURRENCY><PAYMENT><CASH>true</CASH><PAYMENT_TERMS>"
            f'<PAYMENT_TERM type="other">{escape(quote.payment)}</PAYMENT_TERM></PAYMENT_TERMS></PAYMENT>{remark}'
            f"</QUOTATION_INFO></QUOTATION_HEADER><QUOTATION_ITEM_LIST>{items}</QUOTATION_ITEM_LIST>"
            f"<QUOTATION_SUMMARY><TOTAL_ITEM_NUM>{len(quote.lines)}</TOTAL_ITEM_NUM><TOTAL_AMOUNT>{total}</TOTAL_AMOUNT></QUOTATION_SUMMARY></QUOTATION>\n"
        ).encode()

    def _item(self, p: str, place: int, line: list[str]) -> str:
        sku, quantity, price = line[:3]
        product, offer = self._article(sku)
        ids = ""
        if product:
            ids = (
                f'<{p}:INTERNATIONAL_PID type="itscope">{product["puid"]}</{p}:INTERNATIONAL_PID>'
                f'<{p}:INTERNATIONAL_PID type="ean">{product.get("ean", "")}</{p}:INTERNATIONAL_PID>'
                f'<{p}:BUYER_PID type="itscope">{offer["id"]}</{p}:BUYER_PID>'
            )
        name = str(product.get("productName") or f"Artikel {sku}")[:140]
        udx = (
            "<ITEM_UDX><UDX.ITSCOPE.OPTIONAL>true</UDX.ITSCOPE.OPTIONAL></ITEM_UDX>"
            if optional(line)
            else ""
        )
        return (
            f"<QUOTATION_ITEM><LINE_ITEM_ID>{place}</LINE_ITEM_ID><PRODUCT_ID>"
            f"<{p}:SUPPLIER_PID>{escape(sku)}</{p}:SUPPLIER_PID>{ids}"
            f"<{p}:DESCRIPTION_SHORT>{escape(name)}</{p}:DESCRIPTION_SHORT></PRODUCT_ID>"
            f"<QUANTITY>{quantity}</QUANTITY><{p}:ORDER_UNIT>C62</{p}:ORDER_UNIT><PRODUCT_PRICE_FIX>"
            f'<{p}:PRICE_AMOUNT>{price}</{p}:PRICE_AMOUNT><{p}:PRICE_FLAG type="incl_freight">false</{p}:PRICE_FLAG>'
            f"</PRODUCT_PRICE_FIX><PRICE_LINE_AMOUNT>{amount(line)}</PRICE_LINE_AMOUNT>{udx}</QUOTATION_ITEM>"
        )

    def _article(self, sku: str) -> tuple[dict[str, Any], dict[str, Any]]:
        for product in self.catalogue:
            for offer in product.get("supplierItems", []):
                if offer["supplierSKU"] == sku:
                    return product, offer
        return {}, {}

    def pdf(self, quote: Quote) -> bytes:
        """Enough of a PDF for a viewer."""
        return zugferd.text_page(f"Angebot {quote.number} Version {quote.version}")


def optional(line: list[str]) -> bool:
    return "optional" in line[3:]


def amount(line: list[str]) -> Decimal:
    _sku, quantity, price, *more = line
    discount = Decimal(more[1]) if len(more) > 1 else Decimal()
    value = Decimal(quantity) * Decimal(price) * (100 - discount) / 100
    return value.quantize(CENT)
