"""What an export yields."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any, BinaryIO

from ..errors import MalformedError
from ..readers import products, values
from ..readers.table import Node
from ..records import Product

#: Problems that are kept until somebody takes them; all are counted.
MAX_PROBLEMS = 10_000
#: What a browser would run, wherever it stands.
SCRIPT = re.compile(
    # From one "<" to the next only: hostile text must not make it crawl.
    r"<\s*(script|iframe|object|embed)\b|<[^<>]*\son\w+\s*=|javascript:",
    re.I,
)
#: Problems by which a product is lost.
BROKEN = frozenset(["no_id", "too_large"])
#: Products that are looked at to see which view it is.
MAX_LOOKED_AT = 100
#: One product with all its offers and texts, in bytes or characters.
MAX_PRODUCT = 16 * 1024 * 1024


@dataclass(frozen=True)
class Problem:
    """Something that could not be taken over; the caller words it for people.

    :ivar code: ``no_id``, ``too_large`` (a product is lost by these), ``left_out`` (by
        ITscope: ``cause``), ``not_whole`` (ITscope's words: ``cause``), ``stray_file``
        (of a zip: ``file``), ``columns``, ``not_utf8``, ``too_long``, ``script`` (of a
        field: ``name``), ``unreadable`` (``name``, ``value``)
    :ivar values: what the code says about which
    """

    code: str
    puid: str
    values: Mapping[str, str]


class Entry:
    """One product of an export, not read yet.

    :ivar puid: ITscope id
    :ivar digest: of everything that came for it: the same again means "unchanged"
    """

    __slots__ = ("_export", "_node", "digest", "puid")

    def __init__(
        self, export: Export, puid: str, digest: str, node: Callable[[], Node]
    ) -> None:
        self._export = export
        self._node = node
        self.puid = puid
        self.digest = digest

    def record(self) -> Product:
        """The product; values that can't be read are noted in the export's problems.

        :raises MalformedError: it can't be read at all
        """
        node = self._node()
        for name, value in _texts(node):
            if len(value) > values.MAX_TEXT:
                self._export.note("too_long", self.puid, name=name)
            if ("<" in value or ":" in value) and SCRIPT.search(value):
                self._export.note("script", self.puid, name=name)
        with values.unreadable() as unread:
            record = products.product(node, update_only=self._export.update_only)
        if record is None:
            raise MalformedError("a product without ITscope id")
        for name, value in unread:
            self._export.note("unreadable", self.puid, name=name, value=value)
        return record

    def holds(self, name: str, wanted: Container[str]) -> bool:
        """Whether a field of this name, wherever it stands, has one of these values;
        cheaper than reading the product, and nothing is noted."""
        export = self._export
        problems, broken = len(export.problems), export.broken
        try:
            node = self._node()
        except MalformedError:
            return False
        finally:
            del export.problems[problems:]
            export.broken = broken
        return any(
            field == name and values.text(value) in wanted
            for field, value in _texts(node)
        )


class Export(ABC):
    """An export that lies in a file.

    :ivar format: ``xml``, ``json``, ``csv`` (a zip of CSV files) or ``table`` (one bare
        separated file)
    :ivar update_only: prices and stock only; known once the first entry came
    :ivar incomplete: what ITscope says about why the export is not whole, or ""
    """

    format = ""

    def __init__(self) -> None:
        self.update_only = False
        self.incomplete = ""
        self.problems: list[Problem] = []
        self.broken = 0
        self._source: BinaryIO | IO[bytes] | None = None
        self._size = 0

    @property
    def fraction(self) -> float:
        """How much of the file was read so far: 0 to 1."""
        if self._source is None or self._source.closed or not self._size:
            return 0.0
        return min(self._source.tell() / self._size, 1.0)

    def _watch(self, source: BinaryIO | IO[bytes], size: int) -> None:
        """What :attr:`fraction` looks at."""
        self._source, self._size = source, size

    def note(self, code: str, puid: str = "", **details: str) -> None:
        """Keep a problem, in characters that any database takes."""
        self.broken += code in BROKEN
        if len(self.problems) < MAX_PROBLEMS:
            clean = {name: values.text(text)[:500] for name, text in details.items()}
            self.problems.append(Problem(code, values.text(puid)[:64], clean))

    def not_whole(self, cause: str) -> None:
        """ITscope says that something is missing."""
        self.incomplete = values.text(cause)[:500] or "?"
        self.note("not_whole", cause=self.incomplete)

    def take_problems(self) -> tuple[list[Problem], int]:
        """The problems since the last time, and how many products were lost by them."""
        taken = self.problems, self.broken
        self.problems, self.broken = [], 0
        return taken

    def entries(self, skip: int = 0) -> Iterator[Entry]:
        """The products in the file's order; broken ones are noted and left out.

        :param skip: entries that were done before, by a run that was interrupted; what
            there was to note up to the last of them is forgotten
        :raises MalformedError: the file breaks off or is damaged; what came before is
            good
        """
        entries = self._entries()
        found = chain(self._look(entries), entries)
        if skip:
            for _entry in islice(found, skip):
                pass
            self.take_problems()
        yield from found

    def _look(self, entries: Iterator[Entry]) -> list[Entry]:
        """Tell the view by the first product that can be read; :return: what was
        looked at"""
        looked_at: list[Entry] = []
        for entry in islice(entries, MAX_LOOKED_AT):
            looked_at.append(entry)
            problems, broken = self.take_problems()
            try:
                self.update_only = is_update(entry._node())
            except MalformedError:
                continue
            finally:
                # This was only a look at it.
                self.problems, self.broken = problems, broken
            break
        return looked_at

    @abstractmethod
    def _entries(self) -> Iterator[Entry]:
        """All entries."""


def is_update(node: Node) -> bool:
    """Whether this is a product of an update view: what every full view has
    (``productName``, ``manufacturerId``, ``productTypeId``) is not there."""
    names = ("productName", "productNameWithManufacturer", "manufacturerId")
    return not any(node.get(name) for name in (*names, "productTypeId"))


def digest_of(content: bytes) -> str:
    """A short fingerprint; not meant against somebody who wants to cheat himself."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _texts(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """All texts of a product with the names of their fields."""
    for name, value in node.items():
        if isinstance(value, str):
            yield str(name)[:60], value
        elif isinstance(value, Mapping):
            yield from _texts(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping):
                    yield from _texts(item)
