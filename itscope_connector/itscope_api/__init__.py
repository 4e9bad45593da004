"""ITscope's API in plain Python: client, limits, errors, readers and records.

Imports no Odoo; usable and testable alone.
"""

from . import limits
from .client import Client
from .errors import (
    AddressError,
    BlockedError,
    ConfigurationError,
    ContractError,
    CredentialsError,
    ForeignAddressError,
    InvalidRequestError,
    ItscopeError,
    MalformedError,
    NetworkError,
    NotFoundError,
    ServerError,
)
from .exports import Entry, Export, Problem, open_export
from .files import Media, check_url
from .limits import Limiter, LocalLimiter
from .records import (
    CONDITION,
    CONTRACT_TYPE,
    NEW_GOODS,
    STOCK_STATUS,
    Accessory,
    Attribute,
    Company,
    ContractParameter,
    Deal,
    DealDocument,
    EService,
    HistoricalData,
    Offer,
    Packaging,
    Product,
    ProductType,
    Project,
    Quota,
    ScaledPrice,
    SupplierTerms,
)
from .search import MAX_VALUES, PRICE_LIST_LINE, is_id, is_price_list_line, is_puid
from .settings import Settings

__all__ = [
    "CONDITION",
    "CONTRACT_TYPE",
    "NEW_GOODS",
    "STOCK_STATUS",
    "Accessory",
    "AddressError",
    "Attribute",
    "BlockedError",
    "Client",
    "Company",
    "ConfigurationError",
    "ContractError",
    "ContractParameter",
    "CredentialsError",
    "Deal",
    "DealDocument",
    "EService",
    "Entry",
    "Export",
    "ForeignAddressError",
    "HistoricalData",
    "InvalidRequestError",
    "ItscopeError",
    "Limiter",
    "LocalLimiter",
    "MAX_VALUES",
    "PRICE_LIST_LINE",
    "MalformedError",
    "Media",
    "NetworkError",
    "NotFoundError",
    "Offer",
    "Packaging",
    "Problem",
    "Product",
    "ProductType",
    "Project",
    "Quota",
    "ScaledPrice",
    "ServerError",
    "Settings",
    "SupplierTerms",
    "check_url",
    "is_id",
    "is_price_list_line",
    "is_puid",
    "limits",
    "open_export",
]
