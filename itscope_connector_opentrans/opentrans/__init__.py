"""openTRANS 2.1 in plain Python: reader, writer and records.

Imports no Odoo; usable and testable alone.
"""

from .billing import BilledLine, Billing, billed
from .charges import BilledCharge
from .documents import (
    Address,
    Agreement,
    Charge,
    DeliveryDate,
    DispatchNotification,
    Document,
    Finding,
    Invoice,
    Line,
    Order,
    OrderReference,
    OrderResponse,
    Package,
    Party,
    ProductIds,
    Quotation,
    Tax,
)
from .errors import (
    InvalidOrderError,
    OpentransError,
    Problem,
    UnknownDocumentError,
    UnreadableError,
    WrongVersionError,
)
from .matching import lines_of, match_lines, same_line
from .phone import format_phone
from .reader import kind_of, read
from .writer import MAX_ORDER_NUMBER, MAX_REMARK, write_order

__all__ = [
    "MAX_ORDER_NUMBER",
    "MAX_REMARK",
    "Address",
    "Agreement",
    "BilledCharge",
    "BilledLine",
    "Billing",
    "Charge",
    "DeliveryDate",
    "DispatchNotification",
    "Document",
    "Finding",
    "InvalidOrderError",
    "Invoice",
    "Line",
    "OpentransError",
    "Order",
    "OrderReference",
    "OrderResponse",
    "Package",
    "Party",
    "Problem",
    "ProductIds",
    "Quotation",
    "Tax",
    "UnknownDocumentError",
    "UnreadableError",
    "WrongVersionError",
    "billed",
    "format_phone",
    "kind_of",
    "lines_of",
    "match_lines",
    "read",
    "same_line",
    "write_order",
]
