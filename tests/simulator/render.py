"""Objects as JSON, XML and CSV, the way ITscope writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

#: A list and the name of its elements; a list without wrapper repeats its own name.
ELEMENTS = {
    "supplierItems": "supplierItem",
    "attributes": "attribute",
    "accessories": "accessory",
    "projects": "project",
    "contractParameters": "contractParameter",
    "historicalDataItems": "historicalDataItem",
    "orders": "order",
    "orderresponses": "orderresponse",
    "dispatchnotifications": "dispatchnotification",
    "invoices": "invoice",
}
ROOTS = {
    "product": "products",
    "company": "companies",
    "productType": "productTypes",
    "deal": "deals",
    "quote": "quotes",
}
UPDATE_FIELDS = {
    "puid",
    "price",
    "priceCalc",
    "currencyCode",
    "priceCalcVat",
    "priceLastUpdate",
    "priceSupplierId",
    "priceSupplierName",
    "priceSupplierItemId",
    "priceSupplierSKU",
    "stockSupplierText",
    "stockStatus",
    "stockStatusText",
    "stock",
    "externalStock",
    "incomingStock",
    "stockAvailabilityDate",
    "stockLastUpdate",
    "aggregatedStatus",
    "aggregatedStatusText",
    "aggregatedStock",
    "aggregatedSupplierItems",
}
UPDATE_OFFER_FIELDS = {
    "id",
    "supplierId",
    "supplierName",
    "supplierSKU",
    "conditionId",
    "conditionName",
    "price",
    "priceCalc",
    "currencyCode",
    "priceCalcVat",
    "priceLastUpdate",
    "stockStatus",
    "stockStatusText",
    "stock",
    "stockAvailabilityDate",
    "lastStockUpdate",
    "projects",
}
#: Addresses that lie at ITscope.
LINKS = (
    "standardHtmlDatasheet",
    "standardPdfDatasheet",
    "imageHighRes1",
    "image2",
    "image3",
    "imageThumb",
)
#: Names that API 2.1 changed, and fields that 2.0 does not have.
OLD_NAMES = {"productName": "productNameWithManufacturer", "imageHighRes1": "image1"}
NEW_IN_21 = {
    "eClassV7",
    "UNSPSC",
    "valueAddedTaxGermany",
    "contractTypeId",
    "contractTypeName",
}


def view(product: dict[str, Any], name: str, version: str, base: str) -> dict[str, Any]:
    """A product in a view (``standard``, ``standardUpdate``, ``developer`` …) and version."""
    shown = dict(product)
    for link in LINKS:
        if shown.get(link, "").startswith("/"):
            shown[link] = base + shown[link]
    if name.endswith("Update"):
        shown = {key: value for key, value in shown.items() if key in UPDATE_FIELDS}
        shown["supplierItems"] = [
            {key: value for key, value in offer.items() if key in UPDATE_OFFER_FIELDS}
            for offer in product["supplierItems"]
        ]
    if name.startswith("developer"):
        shown = _developer(shown)
    if version == "2.0":
        shown = {
            OLD_NAMES.get(key, key): value
            for key, value in shown.items()
            if key not in NEW_IN_21
        }
    return shown


def _developer(product: dict[str, Any]) -> dict[str, Any]:
    """The nested form; only its main lines, since nobody should need it."""
    price_names = {
        "price",
        "priceCalc",
        "currencyCode",
        "priceCalcVat",
        "priceLastUpdate",
    }
    offers = [
        {
            "id": offer["id"],
            "supplierSKU": offer["supplierSKU"],
            "supplier": {"id": offer["supplierId"], "name": offer["supplierName"]},
            "supplierPriceInfo": [
                {key: offer[key] for key in price_names & offer.keys()}
            ],
            "supplierStockInfo": [
                {"stock": offer["stock"], "stockStatus": offer["stockStatus"]}
            ],
        }
        for offer in product.pop("supplierItems")
    ]
    return {**product, "supplierItems": offers}


def as_json(name: str, items: Iterable[dict[str, Any]], single: bool = False) -> bytes:
    found = list(items)
    return json.dumps(
        found[0] if single else {name: found}, ensure_ascii=False
    ).encode()


def stream_json(name: str, items: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    yield f'{{"{name}":['.encode()
    for place, item in enumerate(items):
        yield (b"," if place else b"") + json.dumps(item, ensure_ascii=False).encode()
    yield b"]}"


def as_xml(name: str, items: Iterable[dict[str, Any]], single: bool = False) -> bytes:
    if single:
        root = element(name, next(iter(items)))
    else:
        root = etree.Element(ROOTS[name])
        root.extend(element(name, item) for item in items)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def stream_xml(name: str, items: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{ROOTS[name]}>'.encode()
    for item in items:
        yield etree.tostring(
            element(name, item), encoding="UTF-8", xml_declaration=False
        )
    yield f"</{ROOTS[name]}>".encode()


def element(name: str, value: Any) -> etree._Element:
    node = etree.Element(name)
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, list) and key in ELEMENTS:
                wrapper = etree.SubElement(node, key)
                wrapper.extend(element(ELEMENTS[key], item) for item in inner)
            elif isinstance(inner, list):
                node.extend(element(key, item) for item in inner)
            else:
                node.append(element(key, inner))
    elif isinstance(value, bool):
        node.text = "true" if value else "false"
    else:
        node.text = str(value)
    return node
