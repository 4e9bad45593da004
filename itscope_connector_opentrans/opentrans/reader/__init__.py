"""Reads what ITscope and its suppliers send, as odd as it may be.

One class per type of document, on common readers of parties, lines and amounts. Values
that can't be read become None and a finding; sums that disagree become findings; only
what is no readable document at all is an error.
"""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from ..errors import UnknownDocumentError
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


def read(data: bytes, *, max_bytes: int = MAX_BYTES) -> AnyDocument:
    """The document in these bytes.

    :param max_bytes: larger ones are refused
    :raises UnreadableError: not XML, cut off, with a document type, too large or too
        deep
    :raises UnknownDocumentError: well-formed, but none of the documents above
    """
    root, oddities = parse(data, max_bytes)
    root = _unwrapped(root)
    name = local_name(root)
    reader = READERS.get(name)
    if reader is None:
        raise UnknownDocumentError(name[:100])
    report = Report()
    for oddity in oddities:
        report.add(oddity.code, oddity.where, oddity.text)
    document = reader(Node(root, name, report)).read()
    report.look_for_unknown(root)
    return replace(document, findings=report.findings())


def _unwrapped(root: etree._Element) -> etree._Element:
    if local_name(root) == WRAPPER and len(root) == 1:
        return root[0]
    return root


__all__ = ["MAX_BYTES", "read"]
