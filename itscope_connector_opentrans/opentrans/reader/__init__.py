"""Bytes into documents: tolerant of what distributors really send."""

from __future__ import annotations

from ..documents import DispatchNotification, Invoice, Order, OrderResponse, Quotation
from ..errors import UnknownDocumentError
from .base import DocumentReader
from .dispatch import DispatchNotificationReader
from .invoice import InvoiceReader
from .order import OrderReader, OrderResponseReader
from .quotation import QuotationReader
from .xml import MAX_BYTES, local, parse

#: One class per kind of document; a new kind is one more.
READERS: dict[str, type[DocumentReader]] = {
    reader.name: reader
    for reader in (
        OrderReader,
        OrderResponseReader,
        DispatchNotificationReader,
        InvoiceReader,
        QuotationReader,
    )
}


def read(
    data: bytes, *, max_bytes: int = MAX_BYTES
) -> Order | OrderResponse | DispatchNotification | Invoice | Quotation:
    """Read any document.

    :param max_bytes: refuse anything longer
    :raises UnreadableError: no XML that can be trusted
    :raises UnknownDocumentError: XML, but another document
    """
    root = parse(data, max_bytes)
    reader = READERS.get(local(root))
    if reader is None:
        raise UnknownDocumentError(local(root)[:100])
    return reader(root).read()
