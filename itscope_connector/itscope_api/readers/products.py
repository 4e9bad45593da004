"""Products and offers: which field of ITscope becomes which field of a record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import records
from .table import Many, Node, One, Table, Value
from .values import (
    boolean,
    count,
    day,
    integer,
    kilograms,
    label,
    metres,
    moment,
    price,
    text,
    upper,
)

#: A condition or contract that ITscope did not name.
NOT_NAMED = 0
#: Fields that say nothing new: names of codes, repeats of the best offer.
REPEATS = frozenset(
    [
        "contractTypeName",
        "stockStatusText",
        "stockSupplierText",
        "aggregatedStatus",
        "aggregatedStatusText",
        "priceSupplierItemId",
        "priceSupplierId",
        "priceSupplierName",
        "priceSupplierSKU",
        "priceCalcVat",
    ]
)
#: What is kept of the fields that nobody reads.
MAX_OTHERS = 200
MAX_OTHER_TEXT = 10_000


def product(node: Node, *, update_only: bool = False) -> records.Product | None:
    """A product, or None where the node names none."""
    found = PRODUCT.read(
        node, update_only=update_only, images=_images(node), others=_others(node)
    )
    if found is not None and (
        # It has offers, they only were not told; or only the best one was.
        (not found.offers and found.aggregated_offers)
        or node.get("offersComplete") == "false"
    ):
        return replace(found, offers_complete=False)
    return found


def stock_status(raw: object, name: str) -> int:
    """An availability code; a code that is new to us means unknown."""
    code = integer(raw, name)
    return code if code in records.STOCK_STATUS else 8


def condition(raw: object, name: str) -> int:
    """A condition code; what is not named or readable is never taken for new goods."""
    return integer(raw, name) or NOT_NAMED


def currency(raw: object, name: str) -> str:
    """ISO 4217; ITscope is a German platform."""
    return text(raw, name).upper() or "EUR"


def _offer(**values: Any) -> records.Offer:
    # Update views may leave the id out: supplier and article number name an offer too.
    if not values["id"]:
        values["id"] = f"{values['supplier_id']}/{values['supplier_sku']}"
        values["id_given"] = False
    return records.Offer(**values)


PACKAGING = Table(
    records.Packaging,
    order_unit=Value(text, "orderUnit"),
    min_quantity=Value(count, "minQuantity"),
    interval_quantity=Value(count, "intervalQuantity"),
    price_quantity=Value(count, "priceQuantity"),
)
PROJECT = Table(
    records.Project,
    "manufacturer_project_id",
    manufacturer_project_id=Value(text, "manufacturerProjectId"),
    supplier_project_id=Value(text, "supplierProjectId"),
    name=Value(label, "projectName"),
    end_customer=Value(label, "endCustomer"),
    price=Value(price, "price"),
    valid_from=Value(moment, "validFrom"),
    valid_to=Value(moment, "validTo"),
    target_quantity=Value(count, "targetQuantity"),
    remaining_quantity=Value(count, "remainingQuantity"),
    min_quantity=Value(count, "minQuantity"),
)
SCALED_PRICE = Table(
    records.ScaledPrice,
    "quantity",
    "price",
    quantity=Value(count, "scale"),
    price=Value(price, "price"),
)
CONTRACT_PARAMETER = Table(
    records.ContractParameter,
    "name",
    name=Value(text, "orderParameterName"),
    label=Value(label, "displayName"),
    mandatory=Value(boolean, "mandatory"),
    example=Value(label, "example"),
)
OFFER = Table(
    _offer,
    "supplier_id",
    id=Value(text, "id"),
    supplier_id=Value(text, "supplierId"),
    supplier_name=Value(label, "supplierName"),
    supplier_sku=Value(text, "supplierSKU"),
    ean=Value(text, "ean"),
    manufacturer_sku=Value(text, "manufacturerSKU"),
    name=Value(label, "productName"),
    promotion=Value(label, "promotion"),
    condition=Value(condition, "conditionId"),
    condition_name=Value(label, "conditionName"),
    contract_type=Value(integer, "contractTypeId"),
    match_quality=Value(integer, "matchQuality"),
    end_of_life=Value(boolean, "eolProduct"),
    special_offer=Value(boolean, "specialOffer"),
    warranty_text=Value(label, "warrantyText"),
    customs_tariff_number=Value(text, "customsTariffNumber"),
    country_of_origin=Value(upper, "countryOfOrigin"),
    copyright_levy=Value(price, "copyrightLevy"),
    recommended_retail_price=Value(price, "recommendedRetailPriceNet"),
    price=Value(price, "price"),
    price_calc=Value(price, "priceCalc"),
    currency=Value(currency, "currencyCode"),
    price_date=Value(moment, "priceLastUpdate"),
    stock_status=Value(stock_status, "stockStatus"),
    stock_text=Value(label, "stockSupplierText"),
    stock=Value(count, "stock"),
    external_stock=Value(count, "externalStock"),
    incoming_stock=Value(count, "incomingStock"),
    availability_date=Value(moment, "stockAvailabilityDate"),
    # The product's field of the same meaning has another name.
    stock_date=Value(moment, "lastStockUpdate", "stockLastUpdate"),
    deeplink=Value(text, "deeplink"),
    packaging=One(PACKAGING, "supplierPackagingInfo"),
    projects=Many(PROJECT, "projects", "project"),
    scaled_prices=Many(SCALED_PRICE, "scaledPriceInfo", "scaledPriceInfos"),
    contract_parameters=Many(
        CONTRACT_PARAMETER, "contractParameters", "contractParameter"
    ),
)
ATTRIBUTE = Table(
    records.Attribute,
    "name",
    type_id=Value(text, "attributeTypeId"),
    name=Value(label, "attributeTypeName"),
    value=Value(label, "displayValue", "value"),
    group=Value(label, "attributeTypeGroupName"),
    rank=Value(integer, "attributeTypeRank"),
)
ACCESSORY = Table(
    records.Accessory,
    "puid",
    puid=Value(text, "referencedProductId"),
    type_id=Value(text, "typeId"),
    kind=Value(label, "type"),
)
HISTORICAL_DATA = Table(
    records.HistoricalData,
    "date",
    date=Value(day, "date"),
    price_min=Value(price, "priceMin"),
    price_max=Value(price, "priceMax"),
    price_median=Value(price, "priceMedian"),
    price_median_in_stock=Value(price, "priceMedianInStock"),
    price_avg=Value(price, "priceAvg"),
    price_avg_in_stock=Value(price, "priceAvgInStock"),
    supplier_count=Value(count, "supplierCount"),
    supplier_count_in_stock=Value(count, "supplierCountInStock"),
    stock_sum=Value(count, "stockSum"),
    sales_trend=Value(integer, "salesTrend"),
)
#: Texts that hold HTML, or may, are taken as they are: whoever shows them cleans them.
PRODUCT = Table(
    records.Product,
    "puid",
    puid=Value(text, "puid"),
    name=Value(label, "productName", "productNameWithManufacturer"),
    ean=Value(text, "ean"),
    manufacturer_sku=Value(text, "manufacturerSKU"),
    manufacturer_id=Value(text, "manufacturerId"),
    manufacturer_name=Value(label, "manufacturerName"),
    product_type_id=Value(text, "productTypeId"),
    product_type_name=Value(label, "productTypeName"),
    product_type_group_id=Value(text, "productTypeGroupId"),
    product_type_group_name=Value(label, "productTypeGroupName"),
    short_description=Value(label, "shortDescription"),
    long_description=Value(text, "longDescription"),
    marketing_text=Value(text, "marketingText"),
    key_selling_points=Value(text, "keySellingPoints"),
    package_contents=Value(text, "packageContents"),
    product_features=Value(text, "productFeatures"),
    html_main_specs=Value(text, "htmlMainSpecs"),
    html_specs=Value(text, "htmlSpecs"),
    warranty_text=Value(label, "warrantyText"),
    customs_tariff_number=Value(text, "customsTariffNumber"),
    product_line=Value(label, "productLine"),
    product_model=Value(label, "productModel"),
    colour=Value(label, "colorFamily"),
    eclass=Value(text, "eClassV7", "eClass"),
    unspsc=Value(text, "UNSPSC"),
    energy_class=Value(text, "energyEfficiencyClass"),
    contract_type=Value(integer, "contractTypeId"),
    gross_weight=Value(kilograms, "estimateGrossWeight"),
    net_weight=Value(kilograms, "netWeight"),
    gross_length=Value(metres, "grossDimX"),
    gross_height=Value(metres, "grossDimY"),
    gross_width=Value(metres, "grossDimZ"),
    price=Value(price, "price"),
    price_calc=Value(price, "priceCalc"),
    recommended_retail_price=Value(price, "recommendedRetailPriceNet"),
    currency=Value(currency, "currencyCode"),
    price_date=Value(moment, "priceLastUpdate"),
    stock_status=Value(stock_status, "stockStatus"),
    stock=Value(count, "stock"),
    stock_date=Value(moment, "stockLastUpdate", "lastStockUpdate"),
    aggregated_stock=Value(count, "aggregatedStock"),
    aggregated_offers=Value(count, "aggregatedSupplierItems"),
    entry_date=Value(moment, "entryDate"),
    deeplink=Value(text, "deeplink"),
    html_datasheet=Value(text, "standardHtmlDatasheet"),
    pdf_datasheet=Value(text, "standardPdfDatasheet"),
    manufacturer_datasheet=Value(text, "manufacturerDatasheet"),
    thumbnail=Value(text, "imageThumb"),
    offers=Many(OFFER, "supplierItems", "supplierItem"),
    attributes=Many(ATTRIBUTE, "attributes", "attribute"),
    accessories=Many(ACCESSORY, "accessories", "accessory"),
    history=Many(HISTORICAL_DATA, "historicalDataItems", "historicalDataItem"),
)
#: The largest first; 2.0 calls it ``image1``.
IMAGES = tuple(
    Value(text, *names)
    for names in (
        ("imageHighRes1", "image1"),
        ("image2",),
        ("image3",),
        ("image4",),
        ("image5",),
    )
)
_READ = (
    PRODUCT.names
    | REPEATS
    | {"offersComplete"}
    | {name for image in IMAGES for name in image.names}
)


def _images(node: Node) -> tuple[str, ...]:
    found = (image.read(node) for image in IMAGES)
    return tuple(dict.fromkeys(filter(None, found)))


def _others(node: Node) -> dict[str, str]:
    others: dict[str, str] = {}
    for name, raw in node.items():
        if name in _READ or len(others) >= MAX_OTHERS:
            continue
        if value := text(raw, name):
            others[text(name)[:100]] = value[:MAX_OTHER_TEXT]
    return others
