"""A tree that can be trusted, and values in it by local name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from lxml import etree

from ..errors import UnreadableError

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 40
MAX_TEXT = 100_000
#: A time without a zone is German wall-clock time.
GERMANY = ZoneInfo("Europe/Berlin")
ENCODINGS = ("utf-8", "cp1252")
DECLARATION = re.compile(r"^<\?xml[^>]*\?>")


def parse(data: bytes, max_bytes: int = MAX_BYTES) -> etree._Element:
    """The root element; no entities, no document type, no network, bounded.

    A byte order mark and white space before the declaration are passed over; text in
    another encoding than it declares is read as what it most likely is.
    """
    if len(data) > max_bytes:
        raise UnreadableError(f"larger than {max_bytes} bytes")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
        data = re.sub(rb"^<\?xml[^>]*\?>", b"", data)
    data = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableError("a document type is refused")
    try:
        root = _parse(data)
    except etree.XMLSyntaxError as error:
        root = _parse_decoded(data, error)
    if any(depth > MAX_DEPTH for depth in _depths(root)):
        raise UnreadableError("nested too deeply")
    return root


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(data, parser)


def _parse_decoded(data: bytes, error: etree.XMLSyntaxError) -> etree._Element:
    """Once more where only the encoding was told wrongly."""
    for encoding in ENCODINGS:
        try:
            text = DECLARATION.sub("", data.decode(encoding))
            return _parse(text.encode())
        except (UnicodeDecodeError, etree.XMLSyntaxError):
            continue
    raise UnreadableError(f"no readable XML: {error.msg or 'cut off'}") from None


def _depths(root: etree._Element) -> Iterator[int]:
    depth = 0
    for event, _node in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        yield depth


def local(node: etree._Element) -> str:
    """Name without namespace: prefixes vary, and some files have none."""
    return str(node.tag).rpartition("}")[2]


def children(node: etree._Element | None, *names: str) -> list[etree._Element]:
    """Direct children of these names."""
    if node is None:
        return []
    return [child for child in node if local(child) in names]


def child(node: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element down this path."""
    for name in path:
        node = next(iter(children(node, name)), None)
        if node is None:
            return None
    return node


def text(node: etree._Element | None, *path: str) -> str:
    """Stripped text of the element down this path, or ""."""
    found = child(node, *path) if path else node
    if found is None:
        return ""
    return "".join(found.itertext()).strip()[:MAX_TEXT]


def one_line(value: str) -> str:
    """White space and line breaks folded."""
    return " ".join(value.split())


def decimal_of(value: str) -> Decimal | None:
    """A number in a document; a decimal comma is understood."""
    value = value.strip().replace("\u00a0", "").replace(" ", "")
    if "," in value and "." not in value:
        value = value.replace(",", ".")
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or (number and abs(number.adjusted()) > 15):
        return None
    return number


def moment_of(value: str) -> datetime | None:
    """ISO 8601 date or time, or ``dd.MM.yyyy``; aware, in UTC."""
    value = value.strip()
    parsed = None
    for candidate in (_colon_zone(value), value[:19], value[:10]):
        try:
            parsed = datetime.fromisoformat(candidate)
            break
        except ValueError:
            continue
    if parsed is None:
        try:
            parsed = datetime.strptime(value[:10], "%d.%m.%Y")
        except ValueError:
            return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=GERMANY)
    try:
        parsed = parsed.astimezone(timezone.utc)
    except OverflowError:
        return None
    return parsed if 1900 < parsed.year < 9000 else None


def _colon_zone(value: str) -> str:
    """The spelling that Python 3.10 reads: Z as a zone, no fractions of a second."""
    value = re.sub(r"\.\d+", "", value.replace("Z", "+00:00"))
    return re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", value)


def date_of(value: str) -> date | None:
    """The German calendar day of a time."""
    moment = moment_of(value)
    return moment.astimezone(GERMANY).date() if moment else None
