"""The simulated ITscope against ITscope's own contract.

One deviation of practice from the contract is translated, in one place: JSON lists are
named after their XML wrapper (``supplierItems``), the contract names the element.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree
from openapi_schema_validator import OAS30Validator

from simulator.control import ACCOUNT, KEY, Control
from simulator.process import start
from simulator.render import ELEMENTS

AGENT = "Test-Contract-1"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shared() -> Path:
    path = Path(os.environ.get("ITSCOPE_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip(f"ITscope's own contract is not here ({path}); set ITSCOPE_SHARED")
    return path


@pytest.fixture(scope="module")
def contract(shared: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((shared / "itscope-openapi.json").read_text())
    return document


@pytest.fixture(scope="module")
def control() -> Iterator[Control]:
    with start("--products", "120") as running:
        yield running


def get(control: Control, path: str, **params: str) -> requests.Response:
    return requests.get(
        f"{control.api}/{path}",
        params=params,
        auth=(ACCOUNT, KEY),
        headers={"User-Agent": AGENT},
        timeout=30,
    )


def as_contract(value: Any) -> Any:
    """Wrapper names of lists become the contract's element names."""
    if isinstance(value, dict):
        return {
            ELEMENTS.get(key, key): as_contract(item) for key, item in value.items()
        }
    if isinstance(value, list):
        return [as_contract(item) for item in value]
    return value


def violations(contract: dict[str, Any], name: str, value: Any) -> list[str]:
    schema = {
        "$ref": f"#/components/schemas/{name}",
        "components": contract["components"],
    }
    validator = OAS30Validator(schema)
    return [
        f"{'/'.join(map(str, error.path))}: {error.message}"[:300]
        for error in validator.iter_errors(as_contract(value))
    ]


@pytest.mark.parametrize(
    ("path", "listed", "name"),
    [
        ("products/search/keywords=Aurora/standard.json", "product", "product"),
        ("products/ids/4012827000,12345678000/standard.json", "product", "product"),
        (
            "products/id/4012827000/standard.json?historyFrom=2025-01-01",
            "product",
            "product",
        ),
        ("company/distributor/company.json", "company", "company"),
        ("company/manufacturer/company.json", "company", "company"),
        ("products/producttypes/producttype.json", "productType", "productType"),
        ("business/quotes/quote.json", "quote", "quote"),
    ],
)
def test_lists_hold_what_the_contract_says(
    control: Control, contract: dict[str, Any], path: str, listed: str, name: str
) -> None:
    rows = get(control, path).json()[listed]
    assert rows
    # ITscope's contract limits German VAT to 10, which can't be meant.
    limit = contract["components"]["schemas"]["product"]["properties"]
    limit["valueAddedTaxGermany"].pop("maximum", None)
    assert [v for row in rows for v in violations(contract, name, row)] == []


def test_the_check_can_fail(contract: dict[str, Any]) -> None:
    assert violations(contract, "product", {"puid": "not a number"})


def test_deals_hold_what_the_contract_says(
    control: Control, contract: dict[str, Any]
) -> None:
    order_id = send(control, order("P-CONTRACT")).findtext("orderId")
    for step in ("accept", "confirm", "dispatch", "invoice"):
        control.advance(str(order_id), step)
    deal = get(control, f"business/deals/{order_id}/deal.json").json()
    assert violations(contract, "deal", deal) == []
    listed = get(control, "business/deals/purchase/deal.json", archiv="NOTARCHIVED")
    assert deal in listed.json()["deal"]


def test_every_path_is_one_of_the_contract(contract: dict[str, Any]) -> None:
    templates = set(contract["paths"])
    for path in (
        "/products/ids/{itscopeids}/{view}.{type}",
        "/products/search/{filter}/{view}.{type}",
        "/products/ean/{ean}/{view}.{type}",
        "/products/exports/{uuid}",
        "/company/distributor/{view}.{type}",
        "/company/manufacturer/{view}.{type}",
        "/products/producttypes/{view}.{type}",
        "/info/quota",
        "/business/deals/purchase/send",
        "/business/deals/purchase/{view}.{type}",
        "/business/deals/purchase/search/{filter}/{view}.{type}",
        "/business/deals/{dealId}/{view}.{type}",
        "/business/documents/{transactionId}/{view}.{type}",
        "/business/documents/validate",
        "/business/documents/validateschema",
        "/business/quotes/{view}.{type}",
        "/business/quotes/search/{filter}/{view}.{type}",
        "/business/quotes/{quoteId}/{view}.{type}",
    ):
        assert path in templates


@pytest.mark.parametrize("kind", ["json", "xml", "csv"])
def test_formats_say_the_same(control: Control, kind: str) -> None:
    answer = get(control, f"products/ids/4012827000/standard.{kind}")
    if kind == "json":
        puid = answer.json()["product"][0]["puid"]
    elif kind == "xml":
        puid = etree.fromstring(answer.content).findtext("product/puid")
    else:
        with zipfile.ZipFile(BytesIO(answer.content)) as archive:
            rows = archive.read("product.csv").decode().splitlines()
            assert "productId" in archive.read("supplierItem.csv").decode()
        puid = rows[1].split("\t")[0]
    assert str(puid) == "4012827000"


def test_statuses_are_the_documented_ones(control: Control) -> None:
    assert get(control, "products/ids/1/standard.json").status_code == 204
    assert get(control, "products/search/colour=red/standard.json").status_code == 400
    fifty_one = ",".join(str(n) for n in range(51))
    assert get(control, f"products/ids/{fifty_one}/standard.json").status_code == 400
    assert get(control, "products/exports/none").status_code == 404
    wrong = requests.get(
        f"{control.api}/info/quota",
        auth=(ACCOUNT, "wrong"),
        headers={"User-Agent": AGENT},
        timeout=30,
    )
    assert wrong.status_code == 401


def test_the_limit_blocks_everybody_for_half_an_hour() -> None:
    with start("--products", "5") as control:
        control.call("settings", limit=5)
        statuses = [get(control, "info/quota").status_code for _n in range(7)]
        assert statuses == [200] * 5 + [503] * 2
        assert "30 minutes" in get(control, "info/quota").text
        control.call("clock", seconds=31 * 60)
        assert get(control, "info/quota").status_code == 200


# ---------------------------------------------------------------------- orders

ORDER = """<?xml version="1.0" encoding="UTF-8"?>
<ORDER version="2.1" type="standard" xmlns="http://www.opentrans.org/XMLSchema/2.1"
 xmlns:bme="http://www.bmecat.org/bmecat/2005"><ORDER_HEADER><ORDER_INFO>
<ORDER_ID>{number}</ORDER_ID><ORDER_DATE>2026-11-24T10:00:00</ORDER_DATE><PARTIES>
<PARTY><bme:PARTY_ID type="buyer_specific">{supplier}</bme:PARTY_ID>
<PARTY_ROLE>supplier</PARTY_ROLE></PARTY>
<PARTY><bme:PARTY_ID type="supplier_specific">123456</bme:PARTY_ID>
<PARTY_ROLE>buyer</PARTY_ROLE><ADDRESS><bme:NAME>Muster</bme:NAME></ADDRESS></PARTY>
<PARTY><bme:PARTY_ID type="supplier_specific">123456</bme:PARTY_ID>
<PARTY_ROLE>delivery</PARTY_ROLE><ADDRESS><bme:NAME>Muster</bme:NAME></ADDRESS></PARTY>
</PARTIES><ORDER_PARTIES_REFERENCE>
<bme:BUYER_IDREF type="supplier_specific">123456</bme:BUYER_IDREF>
<bme:SUPPLIER_IDREF type="buyer_specific">{supplier}</bme:SUPPLIER_IDREF>
</ORDER_PARTIES_REFERENCE></ORDER_INFO></ORDER_HEADER>
<ORDER_ITEM_LIST><ORDER_ITEM><LINE_ITEM_ID>00001</LINE_ITEM_ID><PRODUCT_ID>
<bme:SUPPLIER_PID type="supplier_specific">{sku}</bme:SUPPLIER_PID></PRODUCT_ID>
<QUANTITY>2</QUANTITY><bme:ORDER_UNIT>C62</bme:ORDER_UNIT><PRODUCT_PRICE_FIX>
<bme:PRICE_AMOUNT>386.0</bme:PRICE_AMOUNT></PRODUCT_PRICE_FIX>
<PRICE_LINE_AMOUNT>{amount}</PRICE_LINE_AMOUNT></ORDER_ITEM></ORDER_ITEM_LIST>
<ORDER_SUMMARY><TOTAL_ITEM_NUM>1</TOTAL_ITEM_NUM><TOTAL_AMOUNT>{total}</TOTAL_AMOUNT>
</ORDER_SUMMARY></ORDER>"""


def order(number: str, **values: str) -> bytes:
    defaults = {"supplier": "10000735", "sku": "123001", "amount": "772.0"}
    merged = {**defaults, "total": values.get("amount", "772.0"), **values}
    return ORDER.format(number=number, **merged).encode()


def post(control: Control, body: bytes, path: str = "deals/purchase/send") -> Any:
    return requests.post(
        f"{control.api}/business/{path}",
        data=body,
        auth=(ACCOUNT, KEY),
        headers={"User-Agent": AGENT, "Content-Type": "application/xml"},
        timeout=30,
    )


def send(control: Control, body: bytes) -> etree._Element:
    answer = post(control, body)
    assert answer.status_code == 200, answer.text
    return etree.fromstring(answer.content)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"number": "P-1234567890123456789"}, "18"),
        ({"number": "P-1", "sku": "999"}, "Katalog"),
        ({"number": "P-2", "supplier": "1"}, "unbekannt"),
        ({"number": "P-3", "amount": "1.0"}, "Zeilensumme"),
        ({"number": "P-4", "total": "1.0"}, "Gesamtsumme"),
    ],
)
def test_an_order_is_refused_with_a_reason(
    control: Control, values: dict[str, str], words: str
) -> None:
    answer = post(control, order(**values))
    assert answer.status_code == 400
    assert words in answer.json()["message"]
    assert not control.orders(values["number"])


def test_an_order_against_the_schema_is_refused(control: Control, shared: Path) -> None:
    body = order("P-5").replace(b"<ORDER_DATE>2026-11-24T10:00:00</ORDER_DATE>", b"")
    for path in ("deals/purchase/send", "documents/validateschema"):
        answer = post(control, body, path)
        assert answer.status_code == 400
        assert "Schema" in answer.json()["message"]


def test_a_number_that_came_twice_is_counted(control: Control) -> None:
    for _time in range(2):
        send(control, order("P-TWICE"))
    assert [found["times"] for found in control.orders("P-TWICE")] == [2, 2]


def test_a_dropped_answer_left_its_order(control: Control) -> None:
    control.fault("POST .*send", "drop_after")
    with pytest.raises(requests.ConnectionError):
        post(control, order("P-LOST"))
    assert len(control.orders("P-LOST")) == 1
    control.fault("POST .*send", "drop_before")
    with pytest.raises(requests.ConnectionError):
        post(control, order("P-NEVER"))
    assert not control.orders("P-NEVER")


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("ORDERRESPONSE", {}),
        ("DISPATCHNOTIFICATION", {"parcels": 3}),
        ("INVOICE", {}),
        ("INVOICE", {"credit_note": True}),
        (
            "INVOICE",
            {
                "rates": {"123002": "0.07"},
                "discounts": {"123001": "5"},
                "charges": [
                    ["freight", "Fracht", "8.4", "0.19"],
                    ["rebate", "Bonus", "-2"],
                ],
            },
        ),
        ("INVOICE", {"rate": "0"}),
    ],
)
def test_documents_are_valid_by_the_schema(
    control: Control, shared: Path, kind: str, options: dict[str, Any]
) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "opentrans/xsd/opentrans_2_1.xsd"))
    order_id = str(send(control, order(f"P-{kind[:12]}")).findtext("orderId"))
    for step in ("confirm", "dispatch", "invoice"):
        control.advance(order_id, step, **options)
    deal = get(control, f"business/deals/{order_id}/deal.json").json()
    (entry,) = deal[f"{kind.lower()}s"]
    url = f"business/documents/{entry['transactionId']}/{kind}.xml"
    root = etree.fromstring(get(control, url).content)
    assert schema.validate(root), schema.error_log


def test_a_step_taken_by_hand_has_no_document(control: Control) -> None:
    order_id = str(send(control, order("P-HAND")).findtext("orderId"))
    control.advance(order_id, "confirm", by_hand=True)
    deal = get(control, f"business/deals/{order_id}/deal.json").json()
    assert "documentUrl" not in deal["orderresponses"][0]


# ---------------------------------------------------------------------- quotes


def test_quotes_hold_what_the_contract_says(
    control: Control, contract: dict[str, Any]
) -> None:
    made = control.quote(lines=[["123001", "2", "420"]], status="WON")
    quote = get(control, f"business/quotes/{made['quote_id']}/quote.json").json()
    assert violations(contract, "quote", quote) == []
    found = get(control, "business/quotes/search/status=WON/quote.json").json()
    assert quote in found["quote"]
    pdf = get(control, f"business/quotes/{made['quote_id']}/quote.pdf").content
    assert pdf.startswith(b"%PDF")
    assert get(control, "business/quotes/unknown/quote.json").status_code == 204


@pytest.mark.parametrize("prefix", ["bmecat", "ns2"])
def test_quotations_are_valid_by_the_schema(
    control: Control, shared: Path, prefix: str
) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "opentrans/xsd/opentrans_2_1.xsd"))
    made = control.quote(
        lines=[
            ["123001", "2", "420", "", "5"],
            ["123003", "1", "150", "optional"],
            ["UNKNOWN", "1", "7"],
        ],
        remark="Lieferung frei Haus & sofort",
        prefix=prefix,
        customer={"vat": "DE123456789"},
    )
    quote = get(control, f"business/quotes/{made['quote_id']}/quote.json").json()
    url = quote["documentUrl"].removeprefix(control.api).lstrip("/")
    root = etree.fromstring(get(control, url).content)
    assert schema.validate(root), schema.error_log


def test_fifty_quotes_a_page_the_latest_first(control: Control) -> None:
    first = control.quote(lines=[["123001", "1", "1"]])
    for _number in range(50):
        control.quote(lines=[["123001", "1", "1"]])
    control.quote(quote_id=first["quote_id"], status="LOST")
    pages = [
        get(control, "business/quotes/quote.json", page=page).json()["quote"]
        for page in "12"
    ]
    assert len(pages[0]) == 50
    assert pages[0][0]["quoteId"] == first["quote_id"]
    ids = [quote["quoteId"] for page in pages for quote in page]
    assert len(ids) == len(set(ids))
    assert get(control, "business/quotes/quote.json", page="9").status_code == 204
