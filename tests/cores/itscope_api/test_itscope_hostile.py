"""Every reader of ITscope's answers and exports, with bytes that nobody would send."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutated_zip, run_cases, storable
from told_server import patient

from itscope_api import ItscopeError, MalformedError, open_export
from itscope_api.answers import block_end, error_for
from itscope_api.exports import table_export
from itscope_api.files import sniff
from itscope_api.readers import business, products, terms
from itscope_api.readers.formats import nodes, xml_root
from simulator import companies, exports, render
from simulator.catalogue import Catalogue

#: Cases of each kind of answer, and of export: far more than 2,000.
ANSWERS, EXPORTS = 500, 200
FEW = list(Catalogue(3, 4, 2))
COMPANIES = companies.e_services("m1000001")[:3]
DEALS: list[dict[str, Any]] = [
    {
        "orderId": 1000 + number,
        "ownOrderId": "P00001",
        "status": "SENT",
        "statusDate": "2026-03-02T10:00:00+01:00",
        "vendor": {"name": "X", "supplier": {"id": 10000735, "name": "Testlieferant"}},
        "orders": [{"transactionId": "t1", "lastUpdate": "2026-03-02T10:00:00Z"}],
        "invoices": [{"transactionId": "t2", "documentUrl": "https://x/2"}] * 2,
    }
    for number in range(2)
]
QUOTA = (
    b'<quotas><quota productName="API Access">true</quota><quota productName='
    b'"Individual API calls quota">1000</quota></quotas>'
)
PICTURES = [
    b"\x89PNG\r\n\x1a\n" + bytes(200),
    b"\xff\xd8\xff\xe0" + bytes(200),
    b"RIFF\x10\0\0\0WEBPVP8 ",
    b"%PDF-1.7 x",
    b"<html><title>503</title><script>x</script>Wartung</html>",
    b'{"message": "Rate Limit Exceeded", "error": {"cause": ["a"]}}',
]


def answer(name: str, items: list[dict[str, Any]]) -> list[bytes]:
    return [render.as_json(name, items), render.as_xml(name, items)]


def read_answer(name: str, data: bytes, *readers: Callable[[Any], object]) -> object:
    return [[read(node) for read in readers] for node in nodes(data, name)]


def read_quota(data: bytes) -> object:
    root = xml_root(data)
    return business.quota(
        [(str(line.get("productName")), str(line.text)) for line in root]
    )


def read_file(data: bytes) -> object:
    """A picture, or a message where there is none."""
    until = block_end({"Retry-After": data[:40].decode("latin-1")})
    for status in (302, 401, 404, 503):
        storable(error_for(status, data, url="x", until=until, secrets=["key"]).message)
    return sniff(data)


READERS: dict[str, tuple[list[bytes], Callable[[bytes], object]]] = {
    "products": (
        answer("product", FEW),
        lambda data: read_answer(
            "product",
            data,
            products.product,
            partial(products.product, update_only=True),
        ),
    ),
    "companies": (
        answer("company", COMPANIES),
        lambda data: read_answer(
            "company",
            data,
            terms.supplier_terms,
            partial(business.company, role="supplier"),
        ),
    ),
    "types": (
        answer("productType", companies.product_types()[:4]),
        lambda data: read_answer("productType", data, business.product_type),
    ),
    "deals": (
        answer("deal", DEALS),
        lambda data: read_answer("deal", data, business.deal),
    ),
    "quota": ([QUOTA], read_quota),
    "files": (PICTURES, read_file),
}
FORMATS: list[dict[str, Any]] = [
    {"format": "xml"},
    {"format": "json", "log": [["12", "zu groß"]]},
    {"format": "csv", "log": [["12", "zu groß"]], "error": "Abbruch"},
    {"format": "csv", "shuffled": True},
    {"format": "tsv", "rows": "offer", "plain": True},
    {"format": "tsv", "view": "standardUpdate", "plain": True},
]


def build(path: Path, **definition: Any) -> bytes:
    made = exports.Export("x", count=4, seed=3, offers=2, **definition)
    exports.build(path, made, Catalogue(3, 1), "2.1", "http://x")
    return path.read_bytes()


def read_export(path: Path, data: bytes) -> object:
    """All of an export; a product that can't be read is lost alone."""
    path.write_bytes(data)
    export = open_export(path)
    found: list[object] = []
    try:
        for entry in export.entries():
            found += [entry.puid, entry.digest, entry.holds("supplierId", {"1"})]
            try:
                found.append(entry.record())
            except MalformedError as error:
                found.append(error.message)
    finally:
        noted, _lost = export.take_problems()
        storable([(problem.puid, dict(problem.values)) for problem in noted])
        storable(export.incomplete)
        assert 0 <= export.fraction <= 1
    return found


@pytest.mark.parametrize("name", READERS)
def test_mutated_answers(name: str) -> None:
    goods, read = READERS[name]
    storable([read(good) for good in goods[:4]])
    assert run_cases(name, ANSWERS, goods, read, ItscopeError) > 0


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("definition", FORMATS, ids=lambda d: "-".join(map(str, d)))
def test_mutated_exports(definition: dict[str, Any], tmp_path: Path) -> None:
    good = build(tmp_path / "good", **definition)
    read = partial(read_export, tmp_path / "export")
    assert len(read(good)) >= 4 * 4  # type: ignore[arg-type]
    name = f"export-{FORMATS.index(definition)}"
    change = {"change": mutated_zip} if definition["format"] == "csv" else {}
    assert run_cases(name, EXPORTS, [good], read, ItscopeError, **change) > 0


# ---------------------------------------------------------------------- any values

TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet=st.characters(), max_size=20),
    st.from_regex(
        r"[+-]?[0-9]{0,30}[.,]?[0-9]{0,30}(e[+-]?[0-9]{1,4})?", fullmatch=True
    ),
    st.datetimes().map(str),
    st.dates().map(lambda day: day.strftime("%d.%m.%Y")),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.just("<" * 2000)
)
NAMES = sorted(
    products.PRODUCT.names
    | products.OFFER.names
    | products.PROJECT.names
    | table_export.BEST_OFFER.keys()
    | {"eServices", "type", "supplier", "partialDeliveryAvailable", "puid", "id"}
)
NODES = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=10),
    st.recursive(
        LEAVES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
        ),
        max_leaves=25,
    ),
    max_size=15,
)


@given(node=NODES)
@settings(patient, max_examples=150, derandomize=True)
def test_hostile_values_of_all_fields(node: dict[str, Any]) -> None:
    """Whatever JSON holds, for any of the fields, comes as a record or not at all."""
    body = json.dumps({"product": [{"puid": 77, **node}]}).encode()
    for read in (products.product, business.deal, terms.supplier_terms):
        for found in nodes(body, "product"):
            storable(read(found))
    found = products.product(
        {"puid": "1", "supplierItems": [{"supplierId": "2", **node}]}
    )
    assert found is not None
    storable(found)


@given(cells=st.lists(st.lists(TEXTS, max_size=8), max_size=6), seed=st.integers(0, 3))
@settings(patient, max_examples=100, derandomize=True)
def test_hostile_cells_of_a_table(
    cells: list[list[str]], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sign = "\t;,|"[seed]
    rows = [["puid", "supplierId", "price", "stock"], *cells]
    text = "\n".join(sign.join(row) for row in rows)
    path = tmp_path_factory.getbasetemp() / "table"
    try:
        storable(read_export(path, text.encode("utf-8", "surrogatepass")))
    except ItscopeError as error:
        storable(error.message)
