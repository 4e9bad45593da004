"""A bare separated file: a row per product, or per offer of a product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from ..errors import MalformedError
from ..readers.products import OFFER, PRODUCT, PROJECT
from ..readers.table import Node
from ..search import is_puid
from .entry import Entry, Export, digest_of
from .rows import Kept, Rows

#: Columns of an offer begin like this in a file with a row per offer.
OFFER_PREFIXES = ("supplieritem.", "supplieritem_", "supplieritem:")
#: Where a row has the best offer only, it stands in the product's own columns.
BEST_OFFER = {
    "priceSupplierItemId": "id",
    "priceSupplierId": "supplierId",
    "priceSupplierName": "supplierName",
    "priceSupplierSKU": "supplierSKU",
    "price": "price",
    "priceCalc": "priceCalc",
    "currencyCode": "currencyCode",
    "priceLastUpdate": "priceLastUpdate",
    "stockStatus": "stockStatus",
    "stock": "stock",
    "stockAvailabilityDate": "stockAvailabilityDate",
    "stockLastUpdate": "lastStockUpdate",
}


class TableExport(Export):
    """The export by address: tab-separated, a header, no quotes."""

    format = "table"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @staticmethod
    def is_one(stream: BinaryIO) -> bool:
        """Whether the file begins with a header that names products."""
        try:
            return Rows(stream, "").column("puid") is not None
        except MalformedError:
            return False

    def _entries(self) -> Iterator[Entry]:
        with self._path.open("rb") as stream:
            self._watch(stream, self._path.stat().st_size)
            rows = Rows(stream, "the export")
            puid = rows.column("puid")
            if puid is None:
                raise MalformedError("the export has no column puid", reason="unknown")
            names = spelled(rows.header)
            for key, group in groupby(rows, lambda row: _cell(row, puid)):
                kept = Kept()
                for row in group:
                    kept.add(row, rows.size)
                if not is_puid(key):
                    self.note("no_id")
                    continue
                found = kept.rows()
                if found is None:
                    self.note("too_large", key)
                    continue
                if any(len(row) > len(names) for row in found):
                    self.note("columns", key)
                content = "\n".join("\x1f".join(row) for row in found)
                yield Entry(
                    self,
                    key,
                    digest_of(content.encode("utf-8", "surrogateescape")),
                    partial(self._node, names, found, key),
                )

    def _node(self, names: list[str], rows: list[list[str]], puid: str) -> Node:
        note_bytes(self, puid, rows)
        product = {
            name: value
            for name, value in zip(names, rows[0], strict=False)
            if value and not name.lower().startswith(OFFER_PREFIXES)
        }
        offers = [offer for row in rows if (offer := _offer_columns(names, row))]
        if not offers and not any(
            name.lower().startswith(OFFER_PREFIXES) for name in names
        ):
            best = {
                inner: product[name]
                for name, inner in BEST_OFFER.items()
                if name in product
            }
            # The rule that chooses it on the platform takes new goods.
            return {
                **product,
                "supplierItems": [{**best, "conditionId": "1"}]
                if "supplierId" in best
                else [],
                "offersComplete": "false",
            }
        return {**product, "supplierItems": offers}


def spelled(header: list[str]) -> list[str]:
    """Names of columns as the readers know them, whatever case they come in."""
    names = PRODUCT.names | OFFER.names | PROJECT.names | BEST_OFFER.keys()
    known = {name.lower(): name for name in names}
    return [known.get(name.lower(), name) for name in header]


def note_bytes(export: Export, puid: str, rows: list[list[str]]) -> None:
    """Note that a text of the product is not UTF-8."""
    for row in rows:
        for cell in row:
            if not cell.isascii() and any("\udc80" <= c <= "\udcff" for c in cell):
                export.note("not_utf8", puid)
                return


def _offer_columns(names: list[str], row: list[str]) -> Mapping[str, str]:
    return {
        name[len(OFFER_PREFIXES[0]) :]: value
        for name, value in zip(names, row, strict=False)
        if value and name.lower().startswith(OFFER_PREFIXES)
    }


def _cell(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
