"""The same document in the spellings that it comes in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from opentrans_samples import NAMESPACES, NOW, full_order, invoice, item

from opentrans import kind_of, read, write_order
from opentrans.documents import Document

Change = Callable[[str], bytes]


def _prefixed(name: str) -> Change:
    def change(text: str) -> bytes:
        prefix = f"{name}:" if name else ""
        text = text.replace("xmlns:bme=", f"xmlns:{name}=" if name else "xmlns:x=")
        return re.sub(r"(</?)bme:", rf"\1{prefix}", text).encode()

    return change


def _without_namespaces(text: str) -> bytes:
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text)
    return re.sub(r"(</?)bme:", r"\1", text).encode()


def _undeclared_prefixes(text: str) -> bytes:
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text)
    return text.replace(' version="2.1"', ' version="2.1" xsi:a="b" u.v:c="d"').encode()


def _all_prefixed(text: str) -> bytes:
    text = text.replace("xmlns=", "xmlns:ot=")
    return re.sub(r"(</?)([A-Z])", r"\1ot:\2", text).encode()


def _latin_1(text: str) -> bytes:
    return text.replace("UTF-8", "ISO-8859-1").encode("latin-1")


CHANGES: dict[str, Change] = {
    "bmecat": _prefixed("bmecat"),
    "ns2": _prefixed("ns2"),
    "no prefix": _prefixed(""),
    "all prefixed": _all_prefixed,
    "no namespace": _without_namespaces,
    "undeclared prefixes": _undeclared_prefixes,
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "leading blanks": lambda text: b" \r\n\t\n" + text.encode(),
    "mark and blanks": lambda text: b"\xef\xbb\xbf\r\n" + text.encode(),
    "line ends": lambda text: re.sub(r"\r?\n", "\r\n", text).encode(),
    "one line end": lambda text: text.replace("\r\n", "\n").encode(),
    "utf-16": lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
    "latin-1": _latin_1,
    "no declaration": lambda text: text[text.index("?>") + 2 :].encode(),
    "wrapped": lambda text: _wrapped(text),
    "comments": lambda text: text.replace("><", "><!-- a < b --><?pi x?><").encode(),
    "trailing blanks": lambda text: (text + "\n\n \0").encode(),
}
#: Read just the same, but a person is told.
WRONG_ENCODINGS: dict[str, Change] = {
    "latin-1 as utf-8": lambda text: text.encode("cp1252"),
    "utf-8 as latin-1": lambda text: text.replace("UTF-8", "ISO-8859-1").encode(),
    "unknown encoding": lambda text: text.replace("UTF-8", "iso-8859-99").encode(),
    "no ascii": lambda text: text.replace("UTF-8", "US-ASCII").encode("cp1252"),
}


def _wrapped(text: str) -> bytes:
    declaration, _end, body = text.partition("?>")
    return f"{declaration}?><OPENTRANS {NAMESPACES}>{body}</OPENTRANS>".encode()


def _bare(document: Document) -> Document:
    return replace(document, findings=())


def _sources(shared: Path) -> list[str]:
    folder = shared / "opentrans" / "examples"
    return [path.read_bytes().decode() for path in sorted(folder.glob("*.xml"))]


@pytest.fixture
def order() -> str:
    return write_order(full_order(), generator="Prüfung", now=NOW).decode()


@pytest.mark.parametrize("name", CHANGES)
def test_another_spelling_is_the_same_order(order: str, name: str) -> None:
    expected = read(order.encode())
    assert expected.findings == ()
    assert read(CHANGES[name](order)) in (expected, _with_mark(expected, name))


def _with_mark(document: Document, name: str) -> Document:
    """The trailing NUL is mentioned."""
    if name != "trailing blanks":
        return document
    findings = read(b"\0" + write_order(full_order(), generator="x", now=NOW)).findings
    assert [finding.code for finding in findings] == ["bad_character"]
    return replace(document, findings=findings)


@pytest.mark.parametrize("name", WRONG_ENCODINGS)
def test_a_wrong_encoding_is_noticed(order: str, name: str) -> None:
    document = read(WRONG_ENCODINGS[name](order))
    assert _bare(document) == read(order.encode())
    assert [finding.code for finding in document.findings] == ["encoding"]


@pytest.mark.parametrize("name", CHANGES)
def test_another_spelling_of_the_examples(shared: Path, name: str) -> None:
    sources = _sources(shared)
    assert len(sources) == 4
    for text in sources:
        assert kind_of(CHANGES[name](text)) == kind_of(text.encode()) != ""
        assert _bare(read(CHANGES[name](text))) == read(text.encode())


@pytest.mark.parametrize("name", WRONG_ENCODINGS)
def test_a_wrong_encoding_of_the_examples(shared: Path, name: str) -> None:
    for text in _sources(shared):
        assert _bare(read(WRONG_ENCODINGS[name](text))) == read(text.encode())


def test_examples_without_types(shared: Path) -> None:
    """Types say little; without them only what they say is missing."""
    for text in _sources(shared):
        whole = read(text.encode())
        bare = read(re.sub(r' type="(?!itscope|surcharge)\w+"', "", text).encode())
        assert [line.product.ean for line in bare.lines] == [
            line.product.ean for line in whole.lines
        ]
        assert bare.total_amount == whole.total_amount
        assert {party.id_type for party in bare.parties} == {""}
        assert [party.id for party in bare.parties] == [p.id for p in whole.parties]


@pytest.mark.parametrize(
    "kind, ean",
    [(' type="EAN"', "4"), (' type="gtin"', "4"), ("", "4"), (' type="mpn"', "")],
)
def test_kinds_of_article_numbers(kind: str, ean: str) -> None:
    pid = f"<bme:INTERNATIONAL_PID{kind}>4</bme:INTERNATIONAL_PID>"
    body = item("INVOICE").replace("<PRODUCT_ID>", f"<PRODUCT_ID>{pid}")
    document = read(invoice(items=body))
    assert document.lines[0].product.ean == ean
    assert [f.code for f in document.findings] == ([] if ean else ["bad_value"])


def test_a_leading_nul_is_no_utf_16(order: str) -> None:
    """Whether the number of bytes is even or odd."""
    for blanks in ("", " "):
        codes = [f.code for f in read(b"\0" + (order + blanks).encode()).findings]
        assert codes == ["bad_character"]
