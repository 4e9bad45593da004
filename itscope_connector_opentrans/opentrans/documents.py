"""openTRANS 2.1 documents as plain records, written and read alike.

Money and quantities are ``Decimal``; money is net unless a name says gross, in
``currency``. Times are aware; a time without a zone is German wall-clock time, as
ITscope writes it, so a mere date is midnight in Berlin: bring it to that zone before
you take its date. Text is stripped; absent text is ``""``; what was there but could not
be read is ``None`` or ``""`` (a quantity 0), with a :class:`Finding`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

#: Zone of times that come without one.
ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd that did not keep the document from being read.

    ``where``: path of the element, or id of the line; ``text``: the value or
    difference.

    ``code``:

    - ``unknown_element``: not understood, and therefore not in the records
    - ``bad_value``: could not be read as what it should be
    - ``repeated``: there more than once with different values, the first was taken
    - ``too_long``: text that was cut
    - ``line_sum``, ``total``, ``charges``, ``line_count``: stated and computed value
      differ
    - ``encoding``: not in the declared encoding; ``bad_character``: characters left out
    - ``stop_processing``: the sender asks that a person looks at it first
    - ``more``: there were further findings
    """

    code: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Address:
    """A party's address. ``country`` is ISO alpha-2. Phone numbers are as the party has
    them; the writer puts them into ITscope's form (``+49 721/6273760``)."""

    name: str = ""
    name2: str = ""
    name3: str = ""
    contact_name: str = ""
    contact_first_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    country_name: str = ""
    country: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    url: str = ""
    vat: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """One party; ``roles`` such as supplier, buyer, delivery, invoice_recipient,
    customer.

    ``id_type``: who gave the id, such as buyer_specific, supplier_specific.
    """

    id: str
    roles: tuple[str, ...]
    id_type: str = ""
    address: Address = field(default_factory=Address)


@dataclass(frozen=True, slots=True)
class DeliveryDate:
    """``fixed``: must be kept; ``optional``: wished. Read documents may leave it
    out."""

    start: datetime
    end: datetime
    type: Literal["fixed", "optional", ""] = ""


@dataclass(frozen=True, slots=True)
class PartialDelivery:
    """A part of a line that comes at its own time."""

    quantity: Decimal | None
    delivery_date: DeliveryDate | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A project price: the distributor's quotation and the manufacturer's agreement.

    The schema demands ``end`` where an agreement is written.
    """

    agreement_id: str
    quotation_id: str = ""
    start: date | None = None
    end: date | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class ProductIds:
    """How a line names its article.

    ``puid`` is ITscope's product id; in a quotation ``buyer_pid`` of type ``itscope``
    is the id of the offer. The descriptions are the supplier's and may hold HTML: text
    from outside, to be escaped or sanitised where it is shown.
    """

    supplier_pid: str = ""
    ean: str = ""
    puid: str = ""
    buyer_pid: str = ""
    buyer_pid_type: str = ""
    manufacturer_pid: str = ""
    description: str = ""
    long_description: str = ""


@dataclass(frozen=True, slots=True)
class OrderReference:
    """A line's or document's link to an order: its number, its line, the supplier's
    own.

    ``other_ids``: what else the order is called there (the customer's number, old
    ones): ITscope puts our own number into either place.
    """

    order_id: str = ""
    line_id: str = ""
    supplier_order_id: str = ""
    supplier_line_id: str = ""
    other_ids: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """All numbers that the order is called by here."""
        told = (self.order_id, *self.other_ids, self.supplier_order_id)
        return tuple(number for number in told if number)


@dataclass(frozen=True, slots=True)
class Tax:
    """``rate`` is a fraction (0.19); ``amount`` is for one price unit on a line, for
    the whole document in its summary."""

    rate: Decimal | None
    amount: Decimal | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """An allowance (negative ``amount``) or surcharge of line or summary, net.

    ``type``: freight, eco, …, or "".
    """

    type: str
    amount: Decimal
    description: str = ""
    tax: Tax | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of any document. ``line_id`` is as it came: ``00001``, ``1`` and ``001``
    are compared by :func:`same_line`, never as text."""

    line_id: str
    product: ProductIds
    #: 0, with a finding, where the document's can't be read
    quantity: Decimal
    unit: str = "C62"
    price: Decimal | None = None
    #: number of units that ``price`` is for
    price_quantity: Decimal = Decimal(1)
    line_amount: Decimal | None = None
    #: with partial deliveries and no date of its own, the last one's
    delivery_date: DeliveryDate | None = None
    partial_deliveries: tuple[PartialDelivery, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    agreement: Agreement | None = None
    #: id of the licensee's party (role customer)
    customer_ref: str = ""
    #: ``(name, value)``: what the order of a licence or ESD article must state besides
    #: its licensee, under ITscope's names
    parameters: tuple[tuple[str, str], ...] = ()
    serial_numbers: tuple[str, ...] = ()
    #: a line of an order response is the order's line itself: it refers to its own
    #: number
    reference: OrderReference = field(default_factory=OrderReference)
    tax: Tax | None = None
    charges: tuple[Charge, ...] = ()
    #: what the price includes, such as incl_freight
    price_flags: tuple[str, ...] = ()
    #: in a quotation: the customer may take it or not
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Package:
    """A parcel; ``weight`` in kg, ``quantity`` in order units."""

    id: str
    description: str = ""
    quantity: Decimal | None = None
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What all documents share. ``number`` is the document's own: order number,
    dispatch number, invoice number; an order response has the order's."""

    number: str
    #: document's own time; for ordering several of one kind
    date: datetime | None
    generated: datetime | None = None
    language: str = ""
    currency: str = ""
    parties: tuple[Party, ...] = ()
    references: tuple[OrderReference, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    #: as the summary states them; None where it doesn't
    total_lines: int | None = None
    total_amount: Decimal | None = None
    #: what a person should know: elements not understood, sums that disagree; plain
    #: English, each with a code, so that the caller can word it
    findings: tuple[Finding, ...] = ()

    def party(self, role: str) -> Party | None:
        """The first party with this role."""
        return next((p for p in self.parties if role in p.roles), None)

    def remark(self, kind: str) -> str:
        """The first remark of this type, or ""."""
        return next((text for key, text in self.remarks if key == kind), "")


@dataclass(frozen=True, slots=True)
class Order(Document):
    """ORDER: also what :mod:`opentrans.writer` writes."""

    customer_order_id: str = ""
    partial_shipment: bool = False
    #: deliver with our own delivery note (``UDX.DROPSHIPMENT``)
    own_delivery_note: bool = False
    delivery_date: DeliveryDate | None = None


@dataclass(frozen=True, slots=True)
class OrderResponse(Document):
    """ORDERRESPONSE. ``supplier_order_id`` where the distributor gives its number."""

    supplier_order_id: str = ""
    order_date: datetime | None = None
    delivery_date: DeliveryDate | None = None
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class DispatchNotification(Document):
    """DISPATCHNOTIFICATION. ``tracking``: numbers or URLs, as the carrier's or
    distributor's; a URL is text from outside: check its scheme before linking it."""

    shipment_id: str = ""
    carrier: str = ""
    tracking: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    delivery_date: DeliveryDate | None = None
    delivery_note: str = ""


@dataclass(frozen=True, slots=True)
class Invoice(Document):
    """INVOICE or, with ``credit_note``, a correction. ``total_amount`` is gross.

    ``corrects``: number of the invoice that is corrected.
    """

    credit_note: bool = False
    net_goods: Decimal | None = None
    taxes: tuple[Tax, ...] = ()
    charges: tuple[Charge, ...] = ()
    due_date: date | None = None
    delivery_note: str = ""
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Quotation(Document):
    """QUOTATION. A mere date is valid to its end. ``terms``: the general ones."""

    valid_from: datetime | None = None
    valid_to: datetime | None = None
    #: in words
    payment_terms: str = ""
    terms: str = ""
