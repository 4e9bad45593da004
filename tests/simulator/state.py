"""All that the simulated ITscope knows; reset puts it back to its seed."""

from __future__ import annotations

import itertools
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .catalogue import Catalogue
from .clock import Clock
from .deals import Deals
from .exports import Export, Files
from .faults import Faults
from .limits import Limits
from .orders import Checker
from .quotes import Quotes

SHARED = Path(
    os.environ.get("ITSCOPE_SHARED", Path(__file__).resolve().parents[3] / "shared")
)
#: An export of the whole catalogue that is there from the beginning, and a token export.
EXPORT_ID = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0001"
EXPORT_TOKEN = "token-0001"


@dataclass
class Account:
    code: str
    key: str
    api: bool = True
    orders: bool = True
    #: price history of products
    history: bool = False


class State:
    def __init__(
        self, seed: int, products: int, shared: Path | None = None, first: int = 1
    ) -> None:
        self.lock = threading.RLock()
        self.seed, self.products = seed, products
        #: number of the first order: a database that outlives the simulator must not
        #: see a number twice
        self.first = first
        self.checker = Checker(shared or SHARED)
        self.files = Files()
        self.reset()

    def reset(self, keep_numbers: bool = False) -> None:
        """:param keep_numbers: order numbers go on, for a database that goes on, too"""
        if not keep_numbers:
            self._order_numbers = itertools.count(self.first)
        self.clock = Clock()
        self.catalogue = Catalogue(self.seed, self.products)
        self.deals = Deals(self.clock, self._order_numbers)
        self.quotes = Quotes(self.clock, self.catalogue)
        self.limits = Limits(self.clock)
        self.faults = Faults()
        self.requests: list[dict[str, Any]] = []
        #: name of a picture → how often it was painted anew
        self.painted: dict[str, int] = {}
        accounts = (
            Account("m1000001", "demo-key-0001", history=True),
            Account("m1000002", "demo-key-0002"),
            Account("m1000003", "demo-key-0003", orders=False),
            Account("m1000004", "demo-key-0004", api=False),
        )
        self.accounts = {account.code: account for account in accounts}
        self.exports = {
            EXPORT_ID: Export(EXPORT_ID),
            EXPORT_TOKEN: Export(EXPORT_TOKEN, "csv", token=EXPORT_TOKEN),
        }
        self._skus: dict[str, set[str]] = {}

    def skus(self, supplier: str) -> set[str]:
        """Article numbers of a supplier's price list; remembered until the next reset."""
        if supplier not in self._skus:
            self._skus[supplier] = self.catalogue.supplier_skus(supplier)
        return self._skus[supplier]
