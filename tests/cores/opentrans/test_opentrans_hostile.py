"""What a stranger may send: never more than an :class:`OpentransError`."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentrans_samples import NOW, full_order, invoice, item

from opentrans import (
    OpentransError,
    UnknownDocumentError,
    UnreadableError,
    WrongVersionError,
    kind_of,
    read,
    write_order,
)
from opentrans.reader import lines, node, source

ORDER = write_order(full_order(), generator="x", now=NOW)
ENTITIES = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
)
LAUGHS = b'<!DOCTYPE ORDER [<!ENTITY l0 "ha">%s]>' % ENTITIES


@pytest.mark.parametrize(
    "prolog",
    [
        LAUGHS,
        b'<!DOCTYPE ORDER [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE ORDER SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<?xml version="1.0"?><!-- a --> <!DOCTYPE ORDER>',
        b"\xef\xbb\xbf \n<!DOCTYPE ORDER>",
        b"<!-- never ends ",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(prolog: bytes, encoding: str) -> None:
    data = (prolog + b"<ORDER>&x;&l9;</ORDER>").decode("utf-8-sig").encode(encoding)
    with pytest.raises(UnreadableError, match="document type"):
        read(data)


def test_a_document_type_inside_text_is_only_text() -> None:
    data = item("INVOICE", "<REMARKS><![CDATA[<!DOCTYPE html> &amp;]]></REMARKS>")
    document = read(invoice(items=data))
    assert document.lines[0].remarks == (("", "<!DOCTYPE html> &amp;"),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"\0" * 50,
        b"%PDF-1.7 \xff\xfe",
        b'{"message": "Rate Limit Exceeded"}',
        b"<ORDER>",
        b"<ORDER></ORDERS>",
        b"<ORDER/><ORDER/>",
        b"<ORDER>&nbsp;</ORDER>",
        b"<ORDER>&#0;</ORDER>",
        b"<ORDER a='1' a='2'/>",
        b"<html><body><br></body></html>",
        "<?xml version='1.0' encoding='utf-16'?><ORDER>".encode("utf-16"),
        b"\xff\xfe<\0",
        b"<?xml",
        b"<a:b:c/>",
    ],
)
def test_not_well_formed(data: bytes) -> None:
    with pytest.raises(OpentransError):
        read(data)


@pytest.mark.parametrize(
    "data, root",
    [
        (b"<html><body>503</body></html>", "html"),
        (b"<x:INVOICELIST xmlns:x='u'/>", "INVOICELIST"),
        (b"<OPENTRANS><ORDER/><ORDER/></OPENTRANS>", "OPENTRANS"),
        (b"<OPENTRANS/>", "OPENTRANS"),
        (b"<%s/>" % (b"n" * 5000), "n" * 100),
    ],
)
def test_another_document(data: bytes, root: str) -> None:
    with pytest.raises(UnknownDocumentError) as caught:
        read(data)
    assert caught.value.root == root


@pytest.mark.parametrize("kind", ["ORDER", "ORDERRESPONSE", "INVOICE", "QUOTATION"])
def test_an_empty_document_is_read(kind: str) -> None:
    document = read(f"<{kind}/>".encode())
    assert document.lines == () and document.number == "" and document.date is None
    assert [finding.code for finding in document.findings] == ["bad_value"]


@pytest.mark.parametrize(
    "root, version",
    [
        (b'<INVOICE version="1.0"/>', "1.0"),
        (b'<INVOICE version="2.0"/>', "2.0"),
        (b'<INVOICE version="2.10"/>', "2.10"),
        (b'<INVOICE xmlns="http://www.opentrans.org/XMLSchema/1.0"/>', "1.0"),
        (b'<OPENTRANS><o:ORDER xmlns:o="http://x/opentrans/2.0"/></OPENTRANS>', "2.0"),
    ],
)
def test_another_version(root: bytes, version: str) -> None:
    with pytest.raises(WrongVersionError) as caught:
        read(root)
    assert caught.value.version == version


@pytest.mark.parametrize("version", ["", ' version="2.1"', ' version="2.1fd"'])
def test_versions_that_are_read(version: str) -> None:
    assert read(f"<INVOICE{version}/>".encode()).lines == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7 \xff\xfe",
        b"<html><INVOICE><INVOICE_HEADER/></INVOICE></html>",
        b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>",
        b"<INVOICE><ID>7</ID></INVOICE>",
        b"<!-- <ORDER><ORDER_HEADER> --><x/>",
    ],
)
def test_not_meant_as_opentrans(data: bytes) -> None:
    assert kind_of(data) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_meant_as_opentrans_though_it_cannot_be_read(encoding: str) -> None:
    data = (LAUGHS + ORDER[ORDER.index(b"?>") + 2 :]).decode().encode(encoding)
    assert kind_of(data) == "ORDER"
    with pytest.raises(UnreadableError):
        read(data)


def test_size(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(ORDER, max_bytes=len(ORDER)).number == "P00042"
    with pytest.raises(UnreadableError, match="larger than"):
        read(ORDER, max_bytes=len(ORDER) - 1)
    monkeypatch.setattr(source, "MAX_TAGS", ORDER.count(b"<") - 1)
    with pytest.raises(UnreadableError, match="too many elements"):
        read(ORDER)


@pytest.mark.parametrize("depth", [source.MAX_DEPTH + 1, 255, 300, 100_000])
def test_depth(depth: int) -> None:
    inner = depth - 1
    with pytest.raises(UnreadableError):
        read(b"<ORDER>" + b"<a>" * inner + b"</a>" * inner + b"</ORDER>")


def test_numbers_of_lines_and_serial_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    serials = "".join(f"<SERIAL_NUMBER>{n}</SERIAL_NUMBER>" for n in range(5))
    body = item("INVOICE").replace("</PRODUCT_ID>", f"{serials}</PRODUCT_ID>")
    data = invoice(items=body * 3)
    assert len(read(data).lines) == 3
    monkeypatch.setattr(lines, "MAX_SERIALS", 14)
    with pytest.raises(UnreadableError, match="serial numbers"):
        read(data)
    monkeypatch.setattr(lines, "MAX_LINES", 2)
    with pytest.raises(UnreadableError, match="lines"):
        read(data)


def test_long_texts_are_cut_and_mentioned() -> None:
    text = "x" * (node.MAX_LONG + 1)
    remark = f"<REMARKS>{text}</REMARKS>"
    document = read(invoice(info=remark + f"<bme:CURRENCY>{text}</bme:CURRENCY>"))
    assert len(document.remarks[0][1]) == node.MAX_LONG
    assert len(document.currency) == node.MAX_SHORT
    assert {finding.code for finding in document.findings} == {"too_long"}


def test_one_huge_text() -> None:
    """The parser's own limit for one text is 10 MB."""
    with pytest.raises(UnreadableError):
        read(b"<ORDER>" + b"x" * (11 * 2**20) + b"</ORDER>")


def test_findings_are_bounded() -> None:
    unknown = "".join(f"<U{n}>{'x' * 500}</U{n}>" for n in range(node.MAX_FINDINGS + 7))
    findings = read(invoice(info=unknown)).findings
    assert len(findings) == node.MAX_FINDINGS + 1
    assert (findings[-1].code, findings[-1].text) == ("more", "7")
    assert max(len(finding.text) for finding in findings) <= node.MAX_QUOTE


def test_cut_off_anywhere() -> None:
    for length in range(0, len(ORDER.rstrip()), 97):
        with pytest.raises(OpentransError):
            read(ORDER[:length])


def test_examples_cut_off_anywhere(shared: Path) -> None:
    for path in (shared / "opentrans" / "examples").glob("*.xml"):
        data = path.read_bytes().rstrip()
        for length in range(0, len(data), 97):
            with pytest.raises(OpentransError):
                read(data[:length])


EDITS = st.lists(
    st.tuples(st.integers(0, len(ORDER)), st.integers(0, 40), st.binary(max_size=12)),
    min_size=1,
    max_size=6,
)


@given(edits=EDITS)
@settings(max_examples=300, deadline=None)
def test_any_damage_is_an_error_or_a_document(
    edits: list[tuple[int, int, bytes]],
) -> None:
    data = ORDER
    for place, removed, added in edits:
        data = data[:place] + added + data[place + removed :]
    with suppress(OpentransError):
        assert read(data).number is not None


@given(data=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_an_error(data: bytes) -> None:
    with pytest.raises(OpentransError):
        read(data)


VALUES = st.sampled_from(
    """
    0 -1 1e9 1e99 1e-99 NaN Infinity 1,5 1.000,00 3.0 99999999999999999999999999 ٣ ½ - .
    true x 9999-12-31 0001-01-01T00:00:00 2026-13-45 2026-02-30T25:00:00
    """.split()  # noqa: SIM905
)
TEXT = re.compile(r">[^<>\s][^<>]*</")


@given(values=st.lists(VALUES, min_size=140, max_size=140))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_values_are_read(values: list[str]) -> None:
    """All texts of a document replaced by what does not belong there."""
    text = ORDER.decode()
    assert 100 < len(TEXT.findall(text)) <= len(values)
    texts = iter(values)
    document = read(TEXT.sub(lambda _match: f">{next(texts)}</", text).encode())
    assert len(document.lines) == 3
    for line in document.lines:
        assert line.quantity.is_finite() and line.price_quantity > 0
