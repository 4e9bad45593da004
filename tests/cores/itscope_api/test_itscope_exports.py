"""Exports: the same data in every format, and what must not come through."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from itscope_api import MalformedError, Product, open_export
from itscope_api.exports import Export
from simulator.catalogue import Catalogue
from simulator.exports import BAD_BYTES, build
from simulator.exports import Export as Definition

GOOD = (
    "<product><puid>{n}</puid><productName>P {n}</productName><supplierItems>"
    "<supplierItem><id>{n}1</id><supplierId>7</supplierId><price>5</price>"
    "</supplierItem></supplierItems></product>"
)
#: One for all: its times count from when it was made.
CATALOGUE = Catalogue(1, 60)


def made(tmp_path: Path, **definition: object) -> Export:
    path = tmp_path / str(len(list(tmp_path.iterdir())))
    build(path, Definition("x", **definition), CATALOGUE, "2.1", "http://h")  # type: ignore[arg-type]
    return open_export(path)


def written(tmp_path: Path, content: bytes | str) -> Export:
    path = tmp_path / "export"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_export(path)


def zipped(tmp_path: Path, **members: str | bytes) -> Export:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return written(tmp_path, target.getvalue())


def records(export: Export) -> list[Product]:
    return [entry.record() for entry in export.entries()]


def test_xml_json_and_csv_say_the_same(tmp_path: Path) -> None:
    found = {
        kind: records(made(tmp_path, format=kind)) for kind in ("xml", "json", "csv")
    }
    assert len(found["xml"]) == 63
    assert found["xml"] == found["json"] == found["csv"]
    assert any(o.projects for p in found["csv"] for o in p.offers)
    assert any(o.scaled_prices and o.packaging for p in found["csv"] for o in p.offers)


def test_child_files_in_any_order(tmp_path: Path) -> None:
    in_order = records(made(tmp_path, format="csv"))
    shuffled = records(made(tmp_path, format="csv", shuffled=True))

    def sortable(product: Product) -> Product:
        offers = sorted(product.offers, key=lambda o: o.id)
        attributes = sorted(product.attributes, key=lambda a: a.type_id)
        return replace(product, offers=tuple(offers), attributes=tuple(attributes))

    assert list(map(sortable, shuffled)) == list(map(sortable, in_order))


def test_a_bare_table_with_a_row_per_offer_says_the_same(tmp_path: Path) -> None:
    table = made(tmp_path, format="tsv", plain=True, rows="offer")
    assert records(table) == records(made(tmp_path, format="json", plain=True))
    assert table.format == "table"


def test_a_bare_table_of_products_knows_the_best_offer_only(tmp_path: Path) -> None:
    found = {p.puid: p for p in records(made(tmp_path, format="tsv"))}
    printer = found["4012827000"]
    assert not printer.offers_complete
    (offer,) = printer.offers
    assert (offer.supplier_sku, offer.price) == ("123001", Decimal("386.0"))


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_update_views_are_told_by_their_content(tmp_path: Path, kind: str) -> None:
    full, update = (
        made(tmp_path, format=kind),
        made(tmp_path, format=kind, view="standardUpdate"),
    )
    assert not records(full)[0].update_only
    assert all(record.update_only for record in records(update))


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_a_digest_says_whether_anything_changed(tmp_path: Path, kind: str) -> None:
    catalogue = Catalogue(1, 60)
    digests = []
    for step in range(3):
        if step == 2:
            catalogue.change("4012827000", "10000735", stock=1)
        path = tmp_path / str(step)
        definition = Definition("x", format=kind, rows="offer")
        build(path, definition, catalogue, "2.1", "http://h")
        digests.append({e.puid: e.digest for e in open_export(path).entries()})
    first, again, changed = digests
    assert first == again
    assert {p for p in first if first[p] != changed[p]} == {"4012827000"}


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_it_goes_on_where_it_was(tmp_path: Path, kind: str) -> None:
    export = made(tmp_path, format=kind)
    everything = [entry.puid for entry in export.entries()]
    rest = [entry.puid for entry in made(tmp_path, format=kind).entries(skip=20)]
    assert rest == everything[20:]
    assert 0 <= export.fraction <= 1


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_hostile_products_leave_their_neighbours_alone(
    tmp_path: Path, kind: str
) -> None:
    export = made(tmp_path, format=kind, hostile=True, rows="offer")
    found, broken = {}, []
    for entry in export.entries():
        try:
            found[entry.puid] = entry.record()
        except MalformedError:
            broken.append(entry.puid)
    good = records(made(tmp_path, format=kind, rows="offer"))
    assert [found[product.puid] for product in good] == good
    told = {problem.puid for problem in export.problems}
    bad = {n: f"{99900000000 + n * 1000}" for n in range(13)}
    assert found[bad[2]].offers[0].price is None
    assert found[bad[3]].offers[0].stock is None
    assert found[bad[4]].offers[0].price_date is None
    if kind != "tsv" or bad[5] in found:
        assert len(found[bad[5]].long_description) <= 200_000
    assert "�" in found[bad[6]].name or "?" in found[bad[6]].name
    assert found[bad[11]].offers[0].price is None
    for number in (0, 1, 2, 3, 4, 5, 6, 11, 12):
        assert bad[number] in told, number
    codes = {(problem.code, problem.puid) for problem in export.problems}
    assert {("script", bad[0]), ("script", bad[1]), ("not_utf8", bad[6])} <= codes
    assert not {code for code, puid in codes if not puid} - {"no_id"}
    assert export.broken == 1
    assert not broken


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_what_a_product_holds_is_known_without_reading_it(
    tmp_path: Path, kind: str
) -> None:
    read = records(made(tmp_path, format=kind, rows="offer"))
    wanted = {read[5].offers[0].supplier_sku}
    fits = [
        product.puid
        for product in read
        if wanted & {offer.supplier_sku for offer in product.offers}
    ]
    export = made(tmp_path, format=kind, rows="offer", hostile=True)
    found = [e.puid for e in export.entries() if e.holds("supplierSKU", wanted)]
    assert found == fits
    assert {problem.code for problem in export.problems} <= {"no_id", "columns"}


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_a_cut_export_gives_what_came_and_says_so(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "export"
    definition = Definition("x", format=kind)
    build(path, definition, Catalogue(1, 60), "2.1", "http://h")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    if kind == "tsv":
        # A table has no end that could be missing: the length of the answer tells.
        assert 0 < len(records(open_export(path))) < 63
        return
    with pytest.raises(MalformedError):
        for entry in open_export(path).entries():
            entry.record()


def test_what_itscope_left_out_and_why(tmp_path: Path) -> None:
    log = [["12345", "Kein Preis"]]
    for kind in ("json", "csv"):
        export = made(tmp_path, format=kind, log=log)
        records(export)
        (problem,) = export.problems
        assert (problem.code, problem.puid) == ("left_out", "12345")
        assert problem.values == {"cause": "Kein Preis"}
    export = made(tmp_path, format="csv", error="Distributor 7 fehlt")
    records(export)
    assert export.incomplete == "Distributor 7 fehlt"


def test_what_no_database_takes_is_cleaned(tmp_path: Path) -> None:
    """Half a surrogate pair, NUL, bytes that are no UTF-8."""
    for kind, cause in (
        ("json", "a\\u0000b\\ud800c"),
        ("json", f"a{BAD_BYTES}b"),
        ("csv", f"a{BAD_BYTES}b\0"),
    ):
        export = made(tmp_path, format=kind, log=[["12345", cause]])
        records(export)
        (problem,) = export.problems
        told = problem.values["cause"]
        assert told.encode() and "\0" not in told
        assert told[0] == "a" and "b" in told
    export = zipped(
        tmp_path, product_csv="puid\n1\n", ERROR_txt=b"Distributor \0 \xff fehlt"
    )
    records(export)
    assert export.incomplete == "Distributor  \ufffd fehlt"


def test_json_with_a_message_is_not_whole(tmp_path: Path) -> None:
    body = '{"product": [{"puid": 5}], "message": "Distributor 7 fehlt"}'
    export = written(tmp_path, body)
    assert [product.puid for product in records(export)] == ["5"]
    assert export.incomplete == "Distributor 7 fehlt"
    assert [problem.code for problem in export.problems] == ["not_whole"]


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_what_was_noted_before_is_not_noted_again(tmp_path: Path, kind: str) -> None:
    """A run that goes on reads its file from the beginning."""

    path = tmp_path / "export"
    definition = Definition("x", format=kind, hostile=True, rows="offer", count=3)
    build(path, definition, CATALOGUE, "2.1", "http://h")
    whole, total = open_export(path), 0
    for entry in whole.entries():
        entry.record()
        total += 1
    for skip in range(0, total + 1, 2):
        first, rest = open_export(path), open_export(path)
        for _n, entry in zip(range(skip), first.entries(), strict=False):
            entry.record()
        for entry in rest.entries(skip=skip):
            entry.record()
        told = first.take_problems()[0] + rest.take_problems()[0]
        assert told == whole.problems, skip


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_memory_stays_flat(tmp_path: Path, kind: str) -> None:
    """Three times the products take no more memory to read."""

    def peak(count: int) -> int:
        path = tmp_path / f"{count}"
        definition = Definition("x", format=kind, count=count, offers=2, rows="offer")
        build(path, definition, CATALOGUE, "2.1", "http://h")
        tracemalloc.start()
        try:
            for place, entry in enumerate(open_export(path).entries()):
                if place % 20 == 0:
                    entry.record()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # Both are larger than the window through which they are read.
    small, large = peak(600), peak(1800)
    assert large < small * 1.3, (small, large)


def test_xml_that_hides_the_end_of_a_product(tmp_path: Path) -> None:
    hidden = GOOD.format(n=2).replace(
        "P 2", "<![CDATA[</product><product>]]><!-- </product> -->P 2"
    )
    body = f"<products>{GOOD.format(n=1)}{hidden}{GOOD.format(n=3)}</products>"
    found = records(written(tmp_path, body))
    assert [p.puid for p in found] == ["1", "2", "3"]
    assert found[1].name == "</product><product>P 2"


@pytest.mark.parametrize(
    "body",
    [
        '<n:products xmlns:n="urn:x">{}</n:products>',
        '<?xml version="1.0" encoding="ISO-8859-1"?><products>{}</products>',
    ],
)
def test_other_ways_to_write_xml(tmp_path: Path, body: str) -> None:
    inner = GOOD.format(n=1)
    if "n:" in body:
        inner = (
            inner.replace("</", "</n:").replace("<", "<n:").replace("<n:/n:", "</n:")
        )
    found = records(written(tmp_path, body.format(inner).encode("latin-1")))
    assert [p.puid for p in found] == ["1"]
    assert found[0].offers[0].price == Decimal(5)


def test_utf_16(tmp_path: Path) -> None:
    body = '<?xml version="1.0" encoding="UTF-16"?><products>%s</products>'
    found = records(written(tmp_path, (body % GOOD.format(n=1)).encode("utf-16")))
    assert [p.puid for p in found] == ["1"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>'
    f"<products>{GOOD.format(n=1).replace('P 1', '&b;')}</products>"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "refused"),
        (BOMB.replace("<products>", "<products><product>"), "refused"),
        ("", "empty"),
        ("  \n", "empty"),
        ("<!DOCTYPE html><html><title>Wartung</title></html>", "web_page"),
        ("neither this nor that", "unknown"),
        ("name;price\nA;1\n", "unknown"),
        ('{"product": [{"puid": 1}, ', "damaged"),
        ("[" * 5000, "refused"),
        ("PK\x03\x04 no zip at all", "damaged"),
    ],
)
def test_what_is_no_export(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(MalformedError) as caught:
        records(written(tmp_path, content))
    assert caught.value.reason == reason
    assert caught.value.retryable == (reason in ("damaged", "web_page", "unknown"))


def test_zip_bomb(tmp_path: Path) -> None:
    with pytest.raises(MalformedError, match="unpacks to too much") as caught:
        zipped(tmp_path, product_csv=b"puid\n" + b"0" * 50_000_000)
    assert not caught.value.retryable


def test_a_zip_with_an_unknown_child_file_keeps_it(tmp_path: Path) -> None:
    export = zipped(
        tmp_path,
        product_csv="puid\tproductName\tproductTypeId\n1\tA\t3\n",
        supplierItem_csv="productId\tid\tsupplierId\tprice\n1\t9\t7\t5\n",
        rating_csv="productId\tstars\n1\t5\n",
        stray_csv="something\n1\n",
    )
    (product,) = records(export)
    assert product.offers[0].price == Decimal(5)
    assert [(p.code, p.values) for p in export.problems] == [
        ("stray_file", {"file": "stray.csv"})
    ]


def test_commas_quotes_and_german_times_of_the_first_api(tmp_path: Path) -> None:
    (product,) = records(
        written(
            tmp_path,
            "puid,productName,entryDate\r\n"
            '1,"Monitor 24"", mit\nFuß",06.10.2025 09:15\r\n',
        )
    )
    assert product.name == 'Monitor 24", mit\nFuß'
    assert product.entry_date and product.entry_date.hour == 7


def test_numbers_are_read_as_they_are_written(tmp_path: Path) -> None:
    body = json.dumps({"product": [{"puid": 12345678901234567890}]})
    (entry,) = written(tmp_path, body).entries()
    assert entry.puid == "12345678901234567890"


def test_a_single_object_where_a_list_is_due(tmp_path: Path) -> None:
    (product,) = records(
        written(tmp_path, '{"product": {"puid": 5, "productName": "x"}}')
    )
    assert product.puid == "5"
