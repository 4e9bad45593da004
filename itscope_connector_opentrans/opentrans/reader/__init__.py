"""Reads what ITscope and its suppliers send, as odd as it may be.

One class per type of document, on common readers of parties, lines and amounts. Values
that can't be read become None and a finding; sums that disagree become findings; only
what is no readable document at all is an error.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from ..errors import UnknownDocumentError, WrongVersionError
from .base import AnyDocument, DocumentReader
from .dispatch import DispatchNotificationReader
from .invoice import InvoiceReader
from .node import Node, Report, local_name
from .order import OrderReader
from .order_response import OrderResponseReader
from .quotation import QuotationReader
from .source import MAX_BYTES, parse

READERS: dict[str, type[DocumentReader]] = {
    reader.root: reader
    for reader in (
        OrderReader,
        OrderResponseReader,
        DispatchNotificationReader,
        InvoiceReader,
        QuotationReader,
    )
}
#: The schema's wrapper around one document.
WRAPPER = "OPENTRANS"
#: Bytes in which a document shows what it is.
HEAD = 64 * 1024
ELEMENT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
#: "2.1", "2.1fd"; the namespace says it where the attribute is missing.
VERSION = re.compile(r"2\.1(?![0-9.])")
NAMESPACE = re.compile(r"\{[^}]*opentrans[^}]*/([0-9][^/}]*)\}", re.IGNORECASE)


def read(data: bytes, *, max_bytes: int = MAX_BYTES) -> AnyDocument:
    """The document in these bytes.

    :param max_bytes: larger ones are refused
    :raises UnreadableError: not XML, cut off, with a document type, too large or too
        deep
    :raises UnknownDocumentError: well-formed, but none of the documents above
    :raises WrongVersionError: one of them, of another version
    """
    root, oddities = parse(data, max_bytes)
    root = _unwrapped(root)
    name = local_name(root)
    reader = READERS.get(name)
    if reader is None:
        raise UnknownDocumentError(name[:100])
    _check_version(root)
    report = Report()
    for oddity in oddities:
        report.add(oddity.code, oddity.where, oddity.text)
    document = reader(Node(root, name, report)).read()
    report.look_for_unknown(root)
    return replace(document, findings=report.findings())


def kind_of(data: bytes) -> str:
    """Which document these bytes are meant to be, e.g. ``INVOICE``; "" if none.

    Looks at the beginning only: whether it can be read, :func:`read` says.
    """
    head = _without_comments(data[:HEAD].replace(b"\0", b""))
    names = [match[1].decode("ascii", "replace") for match in ELEMENT.finditer(head)]
    if names[:1] == [WRAPPER]:
        del names[0]
    kind = names[0] if names else ""
    # Other formats have roots of these names, too.
    return kind if kind in READERS and f"{kind}_HEADER" in names else ""


def _without_comments(head: bytes) -> bytes:
    """Cut by hand: an expression would look for the end of each that has none."""
    kept, _mark, rest = head.partition(b"<!--")
    while rest:
        _comment, mark, rest = rest.partition(b"-->")
        if not mark:
            break
        between, _mark, rest = rest.partition(b"<!--")
        kept += between
    return kept


def _check_version(root: etree._Element) -> None:
    namespace = NAMESPACE.match(str(root.tag))
    stated = (root.get("version") or "").strip()
    for version in filter(None, (stated, namespace[1] if namespace else "")):
        if not VERSION.match(version):
            raise WrongVersionError(version[:20])


def _unwrapped(root: etree._Element) -> etree._Element:
    if local_name(root) == WRAPPER and len(root) == 1:
        return root[0]
    return root


__all__ = ["MAX_BYTES", "kind_of", "read"]
