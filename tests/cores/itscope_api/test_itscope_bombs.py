"""Bytes that unpack, nest or repeat to far more than they are: refused in bounds."""

from __future__ import annotations

import gzip
import struct
import time
import zipfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from lxml import etree
from mutations import LAUGHS, bounded
from told_server import CountingLimiter, Handler, Told

from itscope_api import Client, ItscopeError, MalformedError, open_export
from itscope_api.exports import rows, xml_export
from itscope_api.exports.entry import SCRIPT
from itscope_api.messages import explain_body
from itscope_api.readers.formats import nodes

MB = 1024 * 1024
END = b"</product><product><puid>1</puid></product></products>"
#: Bombs of an answer of a page.
ANSWERS = {
    "laughs": LAUGHS.replace(b"<x>", b"<products>").replace(b"</x>", b"</products>"),
    "external": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x"><products/>',
    "parameter": b'<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd">%a;]><products/>',
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "%s">]><x>%s</x>'
    % (b"a" * 50_000, b"&a;" * 50_000),
    "elements": b"<products>" + b"<a/>" * 4_000_000 + b"</products>",
    "attributes": b"<products>" + b"<a b='' c=''/>" * 1_000_000 + b"</products>",
    "nested": b"<products>" + b"<a>" * 1_000_000,
    "json lists": b'{"product":[' + b"[]," * 4_000_000 + b"1]}",
    "json nested": b'{"product":' + b"[" * 1_000_000,
    "json levels": b'{"product":[' + b'{"a":' * 800 + b"1" + b"}" * 800 + b"]}",
    "json number": b'{"product":[{"puid":' + b"9" * 9_000_000 + b"x}]}",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_hostile_answers_are_refused(name: str) -> None:
    with bounded(3, 300), pytest.raises(MalformedError):
        list(nodes(ANSWERS[name], "product"))


@pytest.mark.parametrize("name", ["laughs", "external", "parameter"])
def test_a_careless_default_parser_changes_nothing(name: str) -> None:
    etree.set_default_parser(
        etree.XMLParser(resolve_entities=True, load_dtd=True, huge_tree=True)
    )
    try:
        with bounded(3, 60), pytest.raises(MalformedError):
            list(nodes(ANSWERS[name], "product"))
    finally:
        etree.set_default_parser(None)


# ---------------------------------------------------------------------- exports


def read(path: Path) -> list[str]:
    """Puids of an export with all its records."""
    found = []
    for entry in open_export(path).entries():
        try:
            entry.record()
        except MalformedError:
            continue
        found.append(entry.puid)
    return found


def write_zip(
    path: Path, members: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED
) -> None:
    with zipfile.ZipFile(path, "w", kind) as made:
        for name, content in members.items():
            made.writestr(name, content)


def sparse(path: Path, start: bytes, size: int) -> None:
    """A file of NULs that takes no room."""
    with path.open("wb") as target:
        target.write(start)
        target.truncate(size)


EXPORTS: dict[str, tuple[bytes, list[str]]] = {
    "xml hidden ends": (
        b"<products><product><puid>1</puid><x><![CDATA["
        + b"</product>" * 300_000
        + b"]]></x></product></products>",
        ["1"],
    ),
    "xml many texts": (
        b"<products><product><puid>1</puid><x>"
        + b"<![CDATA[</product>]]>" * 150_000
        + b"</x></product></products>",
        ["1"],
    ),
    "xml comments": (
        b"<products><product><puid>1</puid>"
        + b"<!--</product>-->" * 200_000
        + b"</product></products>",
        ["1"],
    ),
    "xml elements": (
        b"<products><product><puid>1</puid>" + b"<a/>" * 3_000_000 + END,
        ["1"],
    ),
    "xml scripts": (
        b"<products><product><puid>1</puid><longDescription><![CDATA["
        + b"<" * 900_000
        + b"]]></longDescription></product></products>",
        ["1"],
    ),
    "json levels": (
        b'{"product":[{"puid":2,"x":' + b"[" * 400 + b"]" * 400 + b'},{"puid":1}]}',
        ["1"],
    ),
    "table of one product": (b"puid\n" + b"1\n" * 300_000 + b"2\n", ["2"]),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_hostile_exports_lose_no_more_than_one_product(
    name: str, tmp_path: Path
) -> None:
    content, puids = EXPORTS[name]
    path = tmp_path / "export"
    path.write_bytes(content)
    with bounded(5, 300):
        assert read(path) == puids


REFUSED: dict[str, Callable[[Path], object]] = {
    "xml without products": lambda path: path.write_bytes(
        b"<x:products xmlns:x='u'>" + b"<a/>" * 4_000_000
    ),
    "json lists": lambda path: path.write_bytes(
        b'{"product":[' + b"[" + b"[]," * 6_000_000
    ),
    "a line without end": lambda path: sparse(path, b"puid\n1", 3000 * MB),
    "a quote without end": lambda path: path.write_bytes(
        b'puid,x\n1,"' + b'\n","' * 5_000_000
    ),
    "one text of many": lambda path: sparse(path, b'{"product":["', 3000 * MB),
    "too many members": lambda path: write_zip(
        path, {f"{n}.csv": b"" for n in range(30_000)}
    ),
    "members inside of a zip": lambda path: write_zip(
        path, {"product.zip": b"PK" * 5000}
    ),
    "a zip of nothing": lambda path: write_zip(path, {}),
    "a bomb": lambda path: write_zip(path, {"product.csv": b"puid\n" + bytes(60 * MB)}),
    "a dictionary of 4 GB": lambda path: write_zip(
        path, {"product.csv": b"puid\n1\n"}, zipfile.ZIP_LZMA
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_exports_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "export"
    REFUSED[name](path)
    with bounded(8, 300), pytest.raises(MalformedError):
        read(path)


def test_a_zip_that_lies_about_its_members(tmp_path: Path) -> None:
    """No more comes out than is declared, however much is packed."""
    path = tmp_path / "export"
    write_zip(path, {"product.csv": b"puid\n" + b"1234567000\n" * 1000})
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\1\2") + 24
    data[place : place + 4] = struct.pack("<L", 16)
    path.write_bytes(data)
    with pytest.raises(MalformedError):
        read(path)


def test_a_product_with_too_many_children_is_lost_alone(tmp_path: Path) -> None:
    offers = b"productId\tid\tsupplierId\n" + b"".join(
        b"1\t%d\t3\n" % n for n in range(10_001)
    )
    for shuffled in (b"", b"2\t5\t3\n1\t5\t3\n"):
        path = tmp_path / "export"
        members = {
            "product.csv": b"puid\n1\n2\n",
            "supplierItem.csv": offers + shuffled,
        }
        write_zip(path, members)
        export = open_export(path)
        assert [entry.puid for entry in export.entries()] == ["2"]
        problems, broken = export.take_problems()
        assert broken == 1 and problems[0].code == "too_large"


def test_a_broken_product_at_the_beginning_is_lost_alone(tmp_path: Path) -> None:
    path = tmp_path / "export"
    broken = b"<product><puid>7</puid><x>&nbsp;</x></product>"
    named = b"<product><puid>1</puid><productName>A</productName></product>"
    path.write_bytes(b"<products>" + broken + named + b"</products>")
    export = open_export(path)
    first, second = export.entries()
    assert not export.update_only and second.record().name == "A"
    with pytest.raises(MalformedError):
        first.record()
    assert [entry.puid for entry in open_export(path).entries(1)] == ["1"]


def test_a_comment_inside_of_a_text_hides_nothing(tmp_path: Path) -> None:
    """Texts hold HTML, and that its own comments, whole or not."""
    path = tmp_path / "export"
    text = b"<product><puid>%d</puid><x><![CDATA[a <!-- b]]></x></product>"
    path.write_bytes(b"<products>" + text % 1 + text % 2 + b"</products>")
    assert read(path) == ["1", "2"]


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_the_window_may_end_anywhere(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export"
    text = (
        b"<product><puid>%d</puid><x><![CDATA[</product><!-- ]]><!-- <![CDATA[ --></x>"
    )
    text += b"</product>"
    path.write_bytes(b"<products>" + text % 1 + b" <!-- </product> --> " + text % 2)
    with path.open("ab") as target:
        target.write(b"</products>")
    whole = [entry.digest for entry in open_export(path).entries()]
    monkeypatch.setattr(xml_export, "CHUNK", size)
    export = xml_export.XmlExport(path)
    assert [entry.digest for entry in islice(export._cut(), 3)] == whole
    assert len(whole) == 2


def test_a_limit_of_rows_is_no_limit_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_ROW", 100)
    path = tmp_path / "export"
    path.write_bytes(b"puid,x\n" + b"".join(b'%d,"a\nb"\n' % n for n in range(1, 200)))
    assert len(read(path)) == 199


# ---------------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    "text", ["<" * 500_000, "< on" * 100_000, "<a " + "on" * 300_000, "< " * 300_000]
)
def test_looking_for_scripts_takes_no_time(text: str) -> None:
    with bounded(1, 60):
        assert not SCRIPT.search(text)
    assert SCRIPT.search(text[:100] + '<img src=x onerror="x">')


@pytest.mark.parametrize(
    "body",
    [b"<head " * 9000, b"<html>" + b"<" * 90_000, b"&" * 90_000, b"<title>" * 9000],
)
def test_explaining_takes_no_time(body: bytes) -> None:
    with bounded(1, 60):
        assert len(explain_body(body * 10)) <= 500


# ---------------------------------------------------------------------- on the wire


def test_the_body_of_a_redirect_is_left_alone(client: Client, server: Told) -> None:
    """It is not followed, so nobody reads it; what it unpacks to is 200 MB."""
    bomb = gzip.compress(bytes(200 * MB), 1)
    server.answer(bomb, 302, Location="https://evil.example/", Content_Encoding="gzip")
    with bounded(3, 60), pytest.raises(ItscopeError, match="redirect"):
        client.deal("1")
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [200, 400, 503])
def test_packed_answers_are_bounded(client: Client, server: Told, status: int) -> None:
    bomb = gzip.compress(bytes(200 * MB), 1)
    server.answer(bomb, status, Content_Encoding="gzip")
    with bounded(3, 300), pytest.raises(ItscopeError):
        client.deal("1")


def test_a_stream_without_end_is_left(
    client: Client, server: Told, limiter: CountingLimiter
) -> None:
    def forever(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _time in range(3000):
            handler.wfile.write(bytes(MB))

    server.do(forever)
    started = time.monotonic()
    with bounded(10, 300), pytest.raises(MalformedError, match="too large"):
        client.media("/2.1/x.png", limit=5 * MB)
    assert time.monotonic() - started < 30


def test_an_export_with_an_unbelievable_length(
    client: Client, server: Told, tmp_path: Path
) -> None:
    def long_length(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: ")
        handler.wfile.write(b"9" * 5000 + b"\r\n\r\n<products/>")
        handler.hang_up()

    server.do(long_length)
    told: list[int | None] = []
    client.download_export(
        tmp_path / "x", export_id="1", progress=lambda _have, total: told.append(total)
    )
    assert told == [None]
