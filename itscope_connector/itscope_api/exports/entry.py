"""What an export yields."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, BinaryIO

from ..errors import MalformedError
from ..readers import products, values
from ..readers.table import Node
from ..records import Product

#: Problems that are kept word by word; all are counted.
MAX_PROBLEMS = 10_000
#: One product with all its offers and texts, in bytes or characters.
MAX_PRODUCT = 64 * 1024 * 1024


@dataclass(frozen=True)
class Problem:
    """Something that could not be taken over.

    :ivar kind: ``broken`` (can't be read), ``value`` (one value of it can't),
        ``filtered`` (ITscope left it out, with its reason), ``error`` (ITscope says
        that the export is incomplete)
    """

    kind: str
    puid: str
    message: str


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
        for name in _long_texts(node):
            self._export.note("value", self.puid, f"{name} is too long and was cut")
        with values.unreadable() as unread:
            record = products.product(node, update_only=self._export.update_only)
        if record is None:
            raise MalformedError("a product without ITscope id")
        for name, value in unread:
            self._export.note("value", self.puid, f"{name} can't be read: {value}")
        return record


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
        self.problem_count = 0
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

    def note(self, kind: str, puid: str, message: str) -> None:
        """Keep a problem."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(kind, puid[:64], message[:500]))

    def entries(self, skip: int = 0) -> Iterator[Entry]:
        """The products in the file's order; broken ones are noted and left out.

        :param skip: entries that were done before, by a run that was interrupted
        :raises MalformedError: the file breaks off or is damaged; what came before is
            good
        """
        found = self._entries()
        first = next(found, None)
        if first is None:
            return
        self.update_only = is_update(first._node())
        if skip == 0:
            yield first
        yield from islice(found, max(skip - 1, 0), None)

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


def _long_texts(node: Mapping[str, Any]) -> Iterator[str]:
    for name, value in node.items():
        if isinstance(value, str):
            if len(value) > values.MAX_TEXT:
                yield str(name)[:60]
        elif isinstance(value, Mapping):
            yield from _long_texts(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping):
                    yield from _long_texts(item)
