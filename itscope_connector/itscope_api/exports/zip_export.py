"""CSV exports of API 2.1: a zip with a file per element, joined by their keys."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..errors import MalformedError
from ..readers.table import Node
from ..search import is_puid
from .entry import Entry, Export, digest_of
from .joining import Children, InOrder, Sorted
from .rows import DAMAGE, Rows
from .table_export import note_bytes, spelled

MAX_MEMBERS = 200
#: Bytes after unpacking: of one member, of all, and how many of one byte.
MAX_MEMBER = 20 * 1024**3
MAX_TOTAL = 40 * 1024**3
MAX_RATIO = 200
#: Bytes of the list of members, which is read as a whole.
MAX_DIRECTORY = 1024 * 1024
#: Where that list is told: at the end, before a comment of at most 64 kB.
TAIL = 66 * 1024
#: Signature of a record that tells it; where in it its length stands, and how.
RECORDS = ((b"PK\5\6", 12, "<L"), (b"PK\6\6", 40, "<Q"))
#: Its length is told by the other record.
ELSEWHERE = 0xFFFFFFFF
KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
SMALL = 10 * 1024**2
PRODUCT = "product.csv"
OFFER = "supplieritem.csv"
LOG, ERROR = "log.csv", "error.txt"
#: The lists that children become, by the name of their file.
LISTS = {
    "supplieritem": "supplierItems",
    "attribute": "attributes",
    "accessory": "accessories",
    "project": "projects",
    "contractparameter": "contractParameters",
    "scaledpriceinfo": "scaledPriceInfo",
    "supplierpackaginginfo": "supplierPackagingInfo",
}
#: Columns that name the parent, and which parent that is.
OF_PRODUCT = ("productId", "puid", "productPuid")
OF_OFFER = ("supplierItemId", "supplierItemRefId")


class ZipExport(Export):
    """``product.csv`` with its children, ``Log.csv`` and ``ERROR.txt``."""

    format = "csv"

    def __init__(self, path: Path) -> None:
        super().__init__()
        if _directory(path) > MAX_DIRECTORY:
            raise MalformedError("the zip has too many files", reason="refused")
        try:
            self._zip = zipfile.ZipFile(path)
        except DAMAGE as error:
            raise MalformedError(f"the zip is damaged: {error}"[:200]) from None
        self._members = self._checked()

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        """The members by their lower-case names; a bomb is refused before unpacking:
        no more than a member declares ever comes out of it."""
        members = [info for info in self._zip.infolist() if not info.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise MalformedError("the zip has too many files", reason="refused")
        for info in members:
            ratio = info.file_size / max(info.compress_size, 1)
            if info.file_size > MAX_MEMBER or (
                info.file_size > SMALL and ratio > MAX_RATIO
            ):
                raise MalformedError(
                    f"{info.filename[:100]} unpacks to too much", reason="too_large"
                )
            if info.flag_bits & 1:
                raise MalformedError("the zip is encrypted", reason="refused")
            if info.compress_type not in KNOWN:
                # Others may ask for gigabytes to unpack a few bytes.
                raise MalformedError("the zip is packed unusually", reason="refused")
        if sum(info.file_size for info in members) > MAX_TOTAL:
            raise MalformedError("the zip unpacks to too much", reason="too_large")
        return {Path(info.filename).name.lower(): info for info in members}

    def _entries(self) -> Iterator[Entry]:
        if ERROR in self._members:
            self.not_whole(self._text(ERROR).strip() or "ERROR.txt")
        if LOG in self._members:
            for row in self._rows(LOG):
                self.note("left_out", row[0], cause="\t".join(row[1:]))
        if PRODUCT not in self._members:
            raise MalformedError("the zip has no product.csv", reason="unknown")
        children, of_offers = self._children()
        rows = self._rows(PRODUCT)
        self._watch(rows.stream, self._members[PRODUCT].file_size)
        puid = rows.column("puid", "id", "productId")
        if puid is None:
            raise MalformedError("product.csv has no column puid", reason="unknown")
        names = spelled(rows.header)
        for row in rows:
            key = row[puid].strip() if puid < len(row) else ""
            found = {name: child.take(key) for name, child in children.items()}
            taken = {name: rows or [] for name, rows in found.items()}
            inner = self._inner(taken.get(OFFER, []), children, of_offers)
            if not is_puid(key):
                self.note("no_id")
                continue
            if None in found.values() or inner is None:
                self.note("too_large", key)
                continue
            parts = [row, *(r for rows in taken.values() for r in rows)]
            parts += [r for by_id in inner.values() for rows in by_id for r in rows]
            content = "\n".join("\x1f".join(part) for part in parts)
            yield Entry(
                self,
                key,
                digest_of(content.encode("utf-8", "surrogateescape")),
                partial(
                    self._node,
                    names,
                    row,
                    taken,
                    inner,
                    children,
                    of_offers,
                    parts,
                    key,
                ),
            )

    @staticmethod
    def _inner(
        offers: list[list[str]],
        children: dict[str, Children],
        of_offers: dict[str, Children],
    ) -> dict[str, list[list[list[str]]]] | None:
        """Rows of each offer, by file: in the order of the offers; None where an offer
        has too many."""
        if not of_offers or OFFER not in children:
            return {}
        place = children[OFFER].id_column
        ids = [row[place].strip() if place < len(row) else "" for row in offers]
        found: dict[str, list[list[list[str]]]] = {}
        whole = True
        for name, child in of_offers.items():
            taken = [child.take(offer) for offer in ids]
            whole = whole and None not in taken
            found[name] = [rows or [] for rows in taken]
        return found if whole else None

    def _node(
        self,
        names: list[str],
        row: list[str],
        taken: dict[str, list[list[str]]],
        inner: dict[str, list[list[list[str]]]],
        children: dict[str, Children],
        of_offers: dict[str, Children],
        parts: list[list[str]],
        puid: str,
    ) -> Node:
        note_bytes(self, puid, parts)
        node: dict[str, Any] = _mapping(names, row)
        for name, rows in taken.items():
            node[_list_name(name)] = [_mapping(children[name].names, r) for r in rows]
        for name, lists in inner.items():
            offers = node[_list_name(OFFER)]
            for offer, rows in zip(offers, lists, strict=True):
                if rows:
                    offer[_list_name(name)] = [
                        _mapping(of_offers[name].names, r) for r in rows
                    ]
        return node

    # ------------------------------------------------------------------ members

    def _text(self, name: str) -> str:
        """The beginning of a small member."""
        try:
            with self._zip.open(self._members[name]) as stream:
                return stream.read(10_000).decode("utf-8", "replace")
        except DAMAGE as error:
            raise MalformedError(f"the zip is damaged: {error}"[:200]) from None

    def _rows(self, name: str) -> Rows:
        try:
            stream = self._zip.open(self._members[name])
        except DAMAGE as error:
            raise MalformedError(f"the zip is damaged: {error}"[:200]) from None
        return Rows(stream, name, quoted=True)

    def _children(self) -> tuple[dict[str, Children], dict[str, Children]]:
        """All other files, by the parent that their rows name."""
        of_product: dict[str, Children] = {}
        of_offer: dict[str, Children] = {}
        for name in self._members:
            if name in (PRODUCT, LOG, ERROR) or not name.endswith(".csv"):
                continue
            rows = self._rows(name)
            if (place := rows.column(*OF_OFFER)) is not None and name != OFFER:
                parents = partial(self._keys, OFFER, ("id",))
                of_offer[name] = self._child(name, rows, place, parents)
            elif (place := rows.column(*OF_PRODUCT)) is not None:
                parents = partial(self._keys, PRODUCT, ("puid", "id", "productId"))
                of_product[name] = self._child(name, rows, place, parents)
            else:
                self.note("stray_file", file=name)
        return of_product, of_offer

    def _child(
        self, name: str, rows: Rows, key: int, parents: Callable[[], Iterator[str]]
    ) -> Children:
        names = spelled(rows.header)
        id_column = rows.column("id") or 0
        kind = InOrder if self._ordered(name, key, parents()) else Sorted
        return kind(self._rows(name), key, names, id_column)

    def _keys(self, name: str, columns: tuple[str, ...]) -> Iterator[str]:
        if name not in self._members:
            return
        rows = self._rows(name)
        place = rows.column(*columns)
        if place is not None:
            for row in rows:
                yield row[place].strip() if place < len(row) else ""

    def _ordered(self, name: str, key: int, parents: Iterator[str]) -> bool:
        """Whether the rows come in the order of their parents: then two files are
        read side by side, and nothing has to be kept."""
        parent: str | None = None
        for row in self._rows(name):
            wanted = row[key].strip() if key < len(row) else ""
            while parent != wanted:
                parent = next(parents, None)
                if parent is None:
                    return False
        return True


def _directory(path: Path) -> int:
    """How long the list of members may be at most."""
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - TAIL, 0))
        tail = stream.read()
    longest = 0
    for signature, offset, form in RECORDS:
        place = tail.find(signature)
        while place >= 0:
            field = tail[place + offset :][: struct.calcsize(form)]
            if len(field) == struct.calcsize(form):
                (length,) = struct.unpack(form, field)
                longest = max(longest, 0 if length == ELSEWHERE else length)
            place = tail.find(signature, place + 1)
    return longest


def _mapping(names: list[str], row: list[str]) -> dict[str, Any]:
    return {name: value for name, value in zip_longest(names, row) if name and value}


def _list_name(name: str) -> str:
    plain = name.removesuffix(".csv")
    return LISTS.get(plain, plain)
