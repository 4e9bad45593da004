"""What ITscope tells, as plain records.

Ids are text: ITscope's are 64-bit numbers and opaque to us. Money is ``Decimal``, net,
in ``currency``, and ``None`` where ITscope names no price (missing, empty and 0 all
mean "unknown", never "free"). Times are aware, in UTC. Text is stripped; absent and
empty text is ``""``. Field names follow ITscope's, in our spelling;
`itscope-openapi.json` and ITscope's guide are the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

#: ``stockStatus``; an unknown code is read as 8.
STOCK_STATUS = {
    1: "in stock",
    2: "in transit",
    3: "in field warehouse",
    4: "order-related",
    6: "not available",
    8: "unknown",
}
#: ``conditionId``; only 1 counts as new goods. An offer whose condition is not named,
#: as in the update views, has 0.
CONDITION = {
    1: "new",
    2: "used",
    3: "B-stock",
    4: "refurbished",
    5: "RMA",
    6: "demonstration model",
    7: "build to order",
    8: "electronic delivery",
    9: "not for resale",
    10: "bulk",
    11: "factory refurbished",
    12: "spare part from new device",
}
NEW_GOODS = 1
#: ``contractTypeId``, the kind of product.
CONTRACT_TYPE = {
    0: "physical",
    1: "ESD",
    2: "service",
    3: "licence",
    4: "CTO",
    5: "spare part",
}


@dataclass(frozen=True, slots=True)
class Project:
    """A special price that the distributor granted for a project."""

    manufacturer_project_id: str
    supplier_project_id: str = ""
    name: str = ""
    end_customer: str = ""
    price: Decimal | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    target_quantity: int | None = None
    remaining_quantity: int | None = None
    min_quantity: int | None = None


@dataclass(frozen=True, slots=True)
class ScaledPrice:
    """A price from a quantity on."""

    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Packaging:
    """How a distributor packs; quantities in order units."""

    order_unit: str = ""
    min_quantity: int | None = None
    interval_quantity: int | None = None
    price_quantity: int | None = None


@dataclass(frozen=True, slots=True)
class ContractParameter:
    """Something a licence or ESD order must state."""

    name: str
    label: str = ""
    mandatory: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """``supplierItem``: one distributor's offer of one product."""

    id: str
    supplier_id: str
    #: False: ITscope left the id out, and supplier and article number stand for it
    id_given: bool = True
    supplier_name: str = ""
    supplier_sku: str = ""
    ean: str = ""
    manufacturer_sku: str = ""
    name: str = ""
    promotion: str = ""
    condition: int = NEW_GOODS
    condition_name: str = ""
    contract_type: int | None = None
    match_quality: int | None = None
    end_of_life: bool = False
    special_offer: bool = False
    warranty_text: str = ""
    customs_tariff_number: str = ""
    country_of_origin: str = ""
    #: added to the price by law, net
    copyright_levy: Decimal | None = None
    recommended_retail_price: Decimal | None = None
    price: Decimal | None = None
    price_calc: Decimal | None = None
    currency: str = "EUR"
    price_date: datetime | None = None
    stock_status: int = 8
    stock_text: str = ""
    stock: int | None = None
    external_stock: int | None = None
    incoming_stock: int | None = None
    availability_date: datetime | None = None
    stock_date: datetime | None = None
    deeplink: str = ""
    packaging: Packaging | None = None
    projects: tuple[Project, ...] = ()
    scaled_prices: tuple[ScaledPrice, ...] = ()
    contract_parameters: tuple[ContractParameter, ...] = ()

    def per_unit(self, amount: Decimal) -> Decimal:
        """What one unit costs, where the distributor names prices for several."""
        quantity = (self.packaging and self.packaging.price_quantity) or 1
        return amount / max(quantity, 1)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One property of a product as it comes."""

    type_id: str
    name: str
    value: str
    group: str = ""
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Accessory:
    """A relation to another product; ``kind`` is ITscope's label."""

    puid: str
    type_id: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class HistoricalData:
    """What a product cost, over all suppliers, in a week or month.

    Net prices in the product's currency (ITscope names none here), None where there
    was no offer; ``in_stock`` counts only the offers that were in stock.
    """

    #: first day of the week or month
    date: date
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    price_median: Decimal | None = None
    price_median_in_stock: Decimal | None = None
    price_avg: Decimal | None = None
    price_avg_in_stock: Decimal | None = None
    supplier_count: int | None = None
    supplier_count_in_stock: int | None = None
    stock_sum: int | None = None
    #: may be negative; ITscope does not say of what unit
    sales_trend: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """One product with its offers, from any view and format.

    ``update_only`` is true for the update views: texts, EAN and names are then absent
    because they were not asked for, not because ITscope has none.
    """

    puid: str
    update_only: bool = False
    name: str = ""
    ean: str = ""
    manufacturer_sku: str = ""
    manufacturer_id: str = ""
    manufacturer_name: str = ""
    product_type_id: str = ""
    product_type_name: str = ""
    product_type_group_id: str = ""
    product_type_group_name: str = ""
    short_description: str = ""
    long_description: str = ""
    marketing_text: str = ""
    key_selling_points: str = ""
    package_contents: str = ""
    product_features: str = ""
    html_main_specs: str = ""
    html_specs: str = ""
    warranty_text: str = ""
    customs_tariff_number: str = ""
    product_line: str = ""
    product_model: str = ""
    colour: str = ""
    eclass: str = ""
    unspsc: str = ""
    energy_class: str = ""
    contract_type: int | None = None
    #: kg
    gross_weight: Decimal | None = None
    #: kg
    net_weight: Decimal | None = None
    #: length, height and width with packing, m
    gross_length: Decimal | None = None
    gross_height: Decimal | None = None
    gross_width: Decimal | None = None
    price: Decimal | None = None
    price_calc: Decimal | None = None
    recommended_retail_price: Decimal | None = None
    currency: str = "EUR"
    price_date: datetime | None = None
    stock_status: int = 8
    stock: int | None = None
    stock_date: datetime | None = None
    aggregated_stock: int | None = None
    aggregated_offers: int | None = None
    entry_date: datetime | None = None
    deeplink: str = ""
    html_datasheet: str = ""
    pdf_datasheet: str = ""
    manufacturer_datasheet: str = ""
    thumbnail: str = ""
    images: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    #: False: ITscope has more offers than it told; others are not ended
    offers_complete: bool = True
    attributes: tuple[Attribute, ...] = ()
    accessories: tuple[Accessory, ...] = ()
    #: only where it was asked for, and the contract gives it
    history: tuple[HistoricalData, ...] = ()
    #: fields that came and that we do not read, as text by ITscope's name
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Company:
    """A distributor or manufacturer with the address of its company."""

    id: str
    name: str
    short_name: str = ""
    company_name: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    #: ISO 3166-1 alpha-3
    country: str = ""
    deeplink: str = ""
    #: present where a partnership exists
    customer_number: str = ""
    #: for orders; ITscope falls back to the customer number
    order_number: str = ""
    weee_number: str = ""
    #: not documented; read where it comes (``vatId``), since it names a company best
    vat: str = ""


@dataclass(frozen=True, slots=True)
class EService:
    """One of the interfaces between a distributor and ITscope."""

    #: ``realtime``, ``price_list``, ``project_list`` or ``order``
    kind: str
    #: for this account; None where ITscope does not say
    configured: bool | None = None


@dataclass(frozen=True, slots=True)
class SupplierTerms:
    """E-services and order conditions of a distributor, as this account has them.

    ITscope's documentation names a part of the fields only: what is not understood is
    kept in ``facts`` for people to read.
    """

    #: of the supplier
    id: str
    services: tuple[EService, ...] = ()
    #: whether it delivers in parts; None where ITscope does not say
    partial_delivery: bool | None = None
    #: ``(ITscope's name of the field, its text)``, in ITscope's order
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ProductType:
    """A product type with its group: ITscope's category levels 2 and 1."""

    id: str
    name: str
    group_id: str = ""
    group_name: str = ""


@dataclass(frozen=True, slots=True)
class DealDocument:
    """One step of an order. Without ``url`` a person took it: it has no document."""

    #: ORDER, ORDERRESPONSE, DISPATCHNOTIFICATION or INVOICE
    type: str
    transaction_id: str
    last_update: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Deal:
    """An order as ITscope knows it."""

    order_id: str
    own_order_id: str = ""
    customer_order_id: str = ""
    #: ITscope's own code, e.g. SENT; unknown codes come as they are
    status: str = ""
    status_message: str = ""
    status_date: datetime | None = None
    archived: bool = False
    deeplink: str = ""
    test_order: bool = False
    supplier_id: str = ""
    supplier_name: str = ""
    documents: tuple[DealDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote of this account's company to one of its customers."""

    quote_id: str
    #: as the document shows it
    number: str = ""
    name: str = ""
    #: ITscope's own word: DRAFT, PROGRESS, WON, LOST; others come as they are
    status: str = ""
    last_modified: datetime | None = None
    valid_until: datetime | None = None
    #: whom it is for
    organisation: str = ""
    person: str = ""
    customer_number: str = ""
    #: who wrote it
    creator: str = ""
    #: lines, optional ones too
    item_count: int | None = None
    #: gross
    total: Decimal | None = None
    archived: bool = False
    deeplink: str = ""
    #: for the customer
    short_url: str = ""
    #: of its QUOTATION; "" where there is none
    transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """``info/quota``: what the account may do."""

    #: False: the account has no API contract
    api_access: bool
    #: None where ITscope does not say
    order_access: bool | None = None
    calls_quota: int | None = None
    calls_used: int | None = None
    #: every line as it came, for display
    lines: tuple[tuple[str, str], ...] = ()
