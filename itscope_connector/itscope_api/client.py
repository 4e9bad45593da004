"""ITscope's API as Python calls that yield records."""

from __future__ import annotations

from typing import final

from .client_base import record_id
from .client_business import Business
from .client_products import Products

__all__ = ["Client", "record_id"]


@final
class Client(Products, Business):
    """A connection to ITscope for one account; close it after use, or use ``with``.

    All methods raise :class:`itscope_api.ItscopeError`; "nothing found" is empty, never
    an error. Iterators fetch page after page as they are consumed.

    :param limiter: shared by everything that sends from this address
    :param session: used instead of one of our own, e.g. one that trusts a certificate
    """
