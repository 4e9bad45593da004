"""Both formats, all spellings, one table of fields."""

from __future__ import annotations

import dataclasses
import io
import json
import resource
from collections.abc import Callable
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_server import patient

from itscope_api import (
    Accessory,
    Attribute,
    ContractParameter,
    HistoricalData,
    ItscopeError,
    MalformedError,
    Offer,
    Packaging,
    Product,
    Project,
    ScaledPrice,
)
from itscope_api.readers import business, products
from itscope_api.readers.formats import nodes, xml_nodes
from itscope_api.readers.table import Table

WRAPPERS = {
    "supplierItems": "supplierItem",
    "attributes": "attribute",
    "accessories": "accessory",
    "projects": "project",
    "contractParameters": "contractParameter",
    "historicalDataItems": "historicalDataItem",
    "orders": "order",
    "invoices": "invoice",
}
PRODUCT: dict[str, Any] = {
    "puid": 12345678000,
    "ean": "4006381333931",
    "manufacturerSKU": "AB100/2TB",
    "manufacturerId": 88,
    "productName": "Musterwerke Notebook AB100 14&quot;",
    "htmlSpecs": "<table><tr><td>1 &amp; 2</td></tr></table>",
    "estimateGrossWeight": 2.1,
    "valueAddedTaxGermany": 19,
    "imageHighRes1": "https://media.example/1",
    "image2": "https://media.example/2",
    "image3": "https://media.example/1",
    "price": 812.5,
    "priceCalc": 0,
    "priceLastUpdate": "2025-10-06T09:15:00+02:00",
    "stockStatus": 1,
    "stock": 37,
    "aggregatedStatus": 77,
    "rank": 1200,
    "eClass": "19010203",
    "supplierItems": [
        {
            "id": 998877665,
            "supplierId": 10009999,
            "supplierName": "Beispiel &amp; Söhne",
            "supplierSKU": "BD-4711",
            "conditionId": 1,
            "eolProduct": False,
            "specialOffer": True,
            "price": 812.5,
            "stockStatus": 2,
            "stockAvailabilityDate": "2025-10-20T00:00:00",
            "lastStockUpdate": "06.10.2025 09:15",
            "projects": [
                {
                    "manufacturerProjectId": "MWP1",
                    "price": 760,
                    "remainingQuantity": 90,
                }
            ],
            "supplierPackagingInfo": {"orderUnit": "C62", "minQuantity": 1},
            "scaledPriceInfo": [
                {"supplierItemRefId": 998877665, "scale": 10, "price": 799},
                {"supplierItemRefId": 998877665, "scale": 50, "price": 0},
            ],
            "contractParameters": [
                {"orderParameterName": "domain", "mandatory": True},
            ],
        },
        {"id": 2, "supplierId": 3, "price": "abc", "conditionId": "used"},
    ],
    "attributes": [
        {"attributeTypeId": 4711, "attributeTypeName": "Bauart", "value": "Business"}
    ],
    "accessories": [
        {"referencedProductId": 12345679000, "typeId": 1, "type": "Original-Zubehör"}
    ],
    "historicalDataItems": [
        {
            "date": "2025-10-06",
            "priceMin": 799.9,
            "priceMax": 1012.5,
            "priceMedian": 850,
            "priceMedianInStock": 0,
            "priceAvg": 861.25,
            "supplierCount": 12,
            "supplierCountInStock": 0,
            "stockSum": 4711,
            "salesTrend": -3,
        }
    ],
}


def as_json(
    rows: list[Any], name: str = "product", spell: Callable[[Any], Any] = lambda x: x
) -> bytes:
    return json.dumps({name: [spell(row) for row in rows]}).encode()


def as_xml(rows: list[Any], name: str = "product", root: str = "products") -> bytes:
    content = "".join(xml_element(name, row) for row in rows)
    return f'<?xml version="1.0" encoding="UTF-8"?><{root}>{content}</{root}>'.encode()


def xml_element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        value = "".join(xml_element(key, child) for key, child in value.items())
    elif isinstance(value, list):
        if name not in WRAPPERS:
            return "".join(xml_element(name, child) for child in value)
        value = "".join(xml_element(WRAPPERS[name], child) for child in value)
    elif isinstance(value, bool):
        value = str(value).lower()
    else:
        value = escape("" if value is None else str(value))
    return f"<{name}>{value}</{name}>"


def as_strings(value: Any) -> Any:
    """As the 2.0 clients saw it: every scalar is text."""
    if isinstance(value, dict):
        return {key: as_strings(child) for key, child in value.items()}
    if isinstance(value, list):
        return [as_strings(child) for child in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def element_names(value: Any) -> Any:
    """As the contract has it: lists are named after their elements."""
    if isinstance(value, dict):
        return {WRAPPERS.get(k, k): element_names(v) for k, v in value.items()}
    return [element_names(v) for v in value] if isinstance(value, list) else value


def single_objects(value: Any) -> Any:
    """A list of one comes as the object itself."""
    if isinstance(value, dict):
        return {key: single_objects(child) for key, child in value.items()}
    if isinstance(value, list):
        found = [single_objects(child) for child in value]
        return found[0] if len(found) == 1 else found
    return value


def read(body: bytes) -> list[Product]:
    found = [products.product(node) for node in nodes(body, "product")]
    return [product for product in found if product]


def test_every_field_as_expected() -> None:
    (product,) = read(as_json([PRODUCT]))
    assert product == Product(
        puid="12345678000",
        ean="4006381333931",
        manufacturer_sku="AB100/2TB",
        manufacturer_id="88",
        name='Musterwerke Notebook AB100 14"',
        html_specs="<table><tr><td>1 &amp; 2</td></tr></table>",
        gross_weight=Decimal("2.1"),
        images=("https://media.example/1", "https://media.example/2"),
        price=Decimal("812.5"),
        price_calc=None,
        price_date=datetime(2025, 10, 6, 7, 15, tzinfo=timezone.utc),
        stock_status=1,
        stock=37,
        eclass="19010203",
        others={"rank": "1200", "valueAddedTaxGermany": "19"},
        offers=(
            Offer(
                id="998877665",
                supplier_id="10009999",
                supplier_name="Beispiel & Söhne",
                supplier_sku="BD-4711",
                condition=1,
                special_offer=True,
                price=Decimal("812.5"),
                stock_status=2,
                availability_date=datetime(2025, 10, 19, 22, tzinfo=timezone.utc),
                stock_date=datetime(2025, 10, 6, 7, 15, tzinfo=timezone.utc),
                packaging=Packaging(order_unit="C62", min_quantity=1),
                projects=(
                    Project(
                        manufacturer_project_id="MWP1",
                        price=Decimal(760),
                        remaining_quantity=90,
                    ),
                ),
                scaled_prices=(ScaledPrice(quantity=10, price=Decimal(799)),),
                contract_parameters=(ContractParameter(name="domain", mandatory=True),),
            ),
            # neither a price nor new goods: what can't be read is unknown
            Offer(id="2", supplier_id="3", price=None, condition=0),
        ),
        attributes=(Attribute(type_id="4711", name="Bauart", value="Business"),),
        accessories=(
            Accessory(puid="12345679000", type_id="1", kind="Original-Zubehör"),
        ),
        history=(
            HistoricalData(
                date=date(2025, 10, 6),
                price_min=Decimal("799.9"),
                price_max=Decimal("1012.5"),
                price_median=Decimal(850),
                # A price of 0 is unknown here too.
                price_median_in_stock=None,
                price_avg=Decimal("861.25"),
                supplier_count=12,
                supplier_count_in_stock=0,
                stock_sum=4711,
                sales_trend=-3,
            ),
        ),
    )


@pytest.mark.parametrize("name", ["historicalDataItems", "historicalDataItem"])
@pytest.mark.parametrize(
    ("items", "days"),
    [
        ({"date": "2025-10-06T00:00:00+02:00"}, [date(2025, 10, 6)]),
        ([{"date": "06.10.2025"}, {"date": "2025-11-01"}], [(10, 6), (11, 1)]),
        ([{"priceMin": 5}, {"date": "last week"}], []),
        ("", []),
    ],
)
def test_history_in_all_spellings(name: str, items: Any, days: list[Any]) -> None:
    (product,) = read(as_json([{"puid": 1, name: items}]))
    expected = [d if isinstance(d, date) else date(2025, *d) for d in days]
    assert [item.date for item in product.history] == expected


@pytest.mark.parametrize(
    "body",
    [
        as_xml([PRODUCT]),
        as_xml([PRODUCT]).replace(b"<products>", b'<products xmlns="urn:x">'),
        b"\xef\xbb\xbf" + as_xml([PRODUCT]),
        b"\n " + as_xml([PRODUCT]),
        as_xml([PRODUCT]).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        as_xml([PRODUCT]).replace(b"<stock>", b"<!-- c --><?pi x?><stock>"),
        b"\xef\xbb\xbf" + as_json([PRODUCT]),
        as_json([PRODUCT], spell=as_strings),
        as_json([PRODUCT], spell=element_names),
        as_json([PRODUCT], spell=single_objects),
        json.dumps({"product": PRODUCT}).encode(),
        json.dumps([PRODUCT]).encode(),
        json.dumps(PRODUCT).encode(),
        json.dumps({"log": [{"id": 1, "cause": "x"}], "product": [PRODUCT]}).encode(),
    ],
)
def test_every_spelling_reads_the_same(body: bytes) -> None:
    assert read(body) == read(as_json([PRODUCT]))


def test_names_of_api_2_0() -> None:
    old = {"puid": 1, "productNameWithManufacturer": "X", "image1": "https://i/1"}
    for body in (as_json([old]), as_xml([old])):
        (product,) = read(body)
        assert (product.name, product.images) == ("X", ("https://i/1",))


def test_update_views_are_marked_and_may_lack_ids() -> None:
    node = {"puid": "1", "supplierItems": [{"supplierId": 7, "supplierSKU": "A 1"}]}
    product = products.product(node, update_only=True)
    assert product
    assert product.update_only
    assert product.offers[0].id == "7/A 1"
    assert product.offers[0].condition == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"{}",
        b"[]",
        b'{"product": []}',
        b'{"product": null}',
        b'{"product": [null, 1, "x", []]}',
        b'{"product": [{"ean": "1"}]}',
        b'{"message": "Keine Produkte gefunden"}',
        b'{"log": [{"id": 1, "cause": "filtered"}]}',
        b"<products/>",
        b"<products><product/></products>",
        b"<response><message>Nichts gefunden</message></response>",
    ],
)
def test_nothing_found(body: bytes) -> None:
    assert read(body) == []


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Login</body></html>",
        b"<html><head><title>Login</title></head></html>",
        b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"><body/></html>',
        b"Service unavailable",
        b"\x00\xff\xfe garbage \x80",
        b'{"product": "x"}',
        b'{"product": [{"puid": 1}',
        b'{"product": [{"puid": 1}]} x',
        b'{"product": [{"puid": "\xe4"}]}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        as_xml([PRODUCT])[:-20],
        as_xml([PRODUCT])[:200],
        as_xml([PRODUCT]).decode().encode("latin-1"),
        b"<products><product><puid>1</puid></x></products>",
        b"<products><product><puid>&undefined;</puid></product></products>",
        b"<a>" * 100_000,
        b"<product>" + b"<a>" * 200 + b"</a>" * 200 + b"</product>",
    ],
)
def test_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read(body)


def test_a_web_page_is_called_one() -> None:
    with pytest.raises(MalformedError, match=r"web page.*Wartung.*address"):
        read(b"<!DOCTYPE html><html><title>Wartung</title><p>x</p></html>")


BOMB = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol" * 100}">' for n in range(10)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    "dtd",
    [
        "<!DOCTYPE products>",
        f"<!DOCTYPE products [{BOMB}]>",
        '<!DOCTYPE products [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE products SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE products [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    ],
)
def test_no_document_type_in_any_encoding(dtd: str, encoding: str) -> None:
    use = "&l9;" if "l9" in dtd else "x"
    for content in (f"<product><puid>{use}</puid></product>", use):
        body = f"{dtd}<products>{content}</products>".encode(encoding)
        with pytest.raises(MalformedError):
            read(body)


class Endless(io.RawIOBase):
    """A list that has no end."""

    number = 0

    def read(self, size: int = -1) -> bytes:
        self.number += 1
        start = b"<products>" if self.number == 1 else b""
        row = b"<product><puid>%d</puid><marketingText>%s</marketingText></product>"
        return start + row % (self.number, b"x" * 1000)


def test_elements_come_one_at_a_time() -> None:
    stream = Endless()
    found = xml_nodes(stream, "product")  # type: ignore[arg-type]
    for number in range(1, 201):
        assert next(found)["puid"] == str(number)
    # read as far as it was asked for, give or take the parser's buffer
    assert stream.number < 200 + 100


def test_memory_stays_flat() -> None:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("this system does not say how much memory a process has")

    def megabytes() -> float:
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20

    found = xml_nodes(Endless(), "product")  # type: ignore[arg-type]
    next(found)
    before = megabytes()
    for _ in range(40_000):
        next(found)
    assert megabytes() - before < 20


def test_no_digit_is_lost() -> None:
    exact = "1234567890.12345678901234567890"
    for body in (
        f'{{"product": [{{"puid": 99999999999999999999, "price": {exact}}}]}}',
        f"<product><puid>99999999999999999999</puid><price>{exact}</price></product>",
    ):
        (product,) = read(body.encode())
        assert product.price == Decimal(exact)
        assert product.puid == "99999999999999999999"


def test_numbers_that_are_none() -> None:
    for odd in ("NaN", "Infinity", "1e400", "9" * 10_000):
        (product,) = read(f'{{"product": [{{"puid": 1, "price": {odd}}}]}}'.encode())
        assert product.price is None


TABLES: list[tuple[Table[Any], type, str, set[str]]] = [
    (
        products.PRODUCT,
        Product,
        "product",
        {"update_only", "offers_complete", "images", "others"},
    ),
    (products.OFFER, Offer, "supplierItem", {"id_given"}),
    (products.PROJECT, Project, "project", set()),
    (products.PACKAGING, Packaging, "supplierPackagingInfo", set()),
    (products.SCALED_PRICE, ScaledPrice, "scaledPriceInfo", set()),
    (products.CONTRACT_PARAMETER, ContractParameter, "contractParameter", set()),
    (products.ATTRIBUTE, Attribute, "attribute", set()),
    (products.ACCESSORY, Accessory, "accessory", set()),
]
#: Read though the contract does not have them: 2.0's names, lists by their wrapper, and
#: the two spellings of one date.
TOLERATED = {
    "productNameWithManufacturer",
    "image1",
    "scaledPriceInfos",
    "lastStockUpdate",
    "stockLastUpdate",
    *WRAPPERS,
}


@pytest.mark.parametrize(("table", "record", "schema", "given"), TABLES)
def test_each_field_of_a_record_is_read(
    table: Table[Any], record: type, schema: str, given: set[str]
) -> None:
    fields = {field.name for field in dataclasses.fields(record)}
    assert set(table.columns) | given == fields


def test_names_are_those_of_the_contract(shared: Path) -> None:
    contract = json.loads((shared / "itscope-openapi.json").read_text())
    schemas = contract["components"]["schemas"]
    for table, _record, schema, _given in TABLES:
        assert table.names - TOLERATED <= set(schemas[schema]["properties"])
    images = {name for image in products.IMAGES for name in image.names}
    read_names = images | products.REPEATS
    assert read_names - TOLERATED <= set(schemas["product"]["properties"])
    for table, name in (
        (business.ADDRESS, "company"),
        (business.DEAL, "deal"),
        (business.DEAL_DOCUMENT, "order"),
        (business.PRODUCT_TYPE, "productType"),
        (business.PRODUCT_TYPE_GROUP, "productTypeGroup"),
    ):
        assert table.names <= set(schemas[name]["properties"])
    both = set(schemas["supplier"]["properties"]) | set(
        schemas["manufacturer"]["properties"]
    )
    assert business.ROLE.names == both


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")),
    max_size=12,
)
scalars = st.one_of(
    words,
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.sampled_from(["0", "1.50", "true", "2025-10-06T09:15:00Z", "06.10.2025 09:15"]),
)


def rows(table: Table[Any], **lists: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    optional = {name: scalars for name in sorted(table.names) if name not in WRAPPERS}
    return st.fixed_dictionaries({}, optional={**optional, **lists})


offers = rows(
    products.OFFER,
    projects=st.lists(rows(products.PROJECT), max_size=2),
    supplierPackagingInfo=rows(products.PACKAGING),
    scaledPriceInfo=st.lists(rows(products.SCALED_PRICE), max_size=2),
    contractParameters=st.lists(rows(products.CONTRACT_PARAMETER), max_size=2),
).map(lambda row: {key: row[key] for key in row if not key.endswith("Infos")})
full_products = rows(
    products.PRODUCT,
    supplierItems=st.lists(offers, max_size=3),
    attributes=st.lists(rows(products.ATTRIBUTE), max_size=2),
    accessories=st.lists(rows(products.ACCESSORY), max_size=2),
).map(
    lambda row: {
        **{k: v for k, v in row.items() if k not in WRAPPERS.values()},
        "puid": 1,
    }
)


@patient
@given(st.lists(full_products, max_size=3))
def test_json_and_xml_read_the_same(found: list[Any]) -> None:
    assert read(as_json(found)) == read(as_xml(found))


@patient
@given(st.sampled_from([as_json([PRODUCT]), as_xml([PRODUCT])]), st.data())
def test_damage_never_raises_anything_else(body: bytes, data: st.DataObject) -> None:
    damaged = bytearray(body)
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(damaged)))
        end = data.draw(st.integers(start, min(len(damaged), start + 40)))
        damaged[start:end] = data.draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [b"<a>", b"</a>", b"{", b"]", b'"', b"null", b"&x;", b"<![CDATA["]
                ),
            )
        )
    for name, reader in (
        ("product", products.product),
        ("supplierItem", products.product),
        ("deal", business.deal),
    ):
        try:
            for node in nodes(bytes(damaged), name):
                record = reader(node)
                for offer in record.offers if isinstance(record, Product) else ():
                    assert offer.price is None or offer.price > 0
        except ItscopeError:
            pass
