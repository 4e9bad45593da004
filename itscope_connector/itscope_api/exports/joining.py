"""Rows of a child file, handed out by the key of their parent."""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod

from .rows import Kept, Rows

BATCH = 5000


class Children(ABC):
    """:ivar names: of the columns; :ivar id_column: place of the rows' own id"""

    def __init__(self, rows: Rows, key: int, names: list[str], id_column: int) -> None:
        self._rows = rows
        self._key = key
        self.names = names
        self.id_column = id_column

    def _key_of(self, row: list[str]) -> str:
        return row[self._key].strip() if self._key < len(row) else ""

    @abstractmethod
    def take(self, parent: str) -> list[list[str]] | None:
        """The rows of this parent; each parent is asked for once, in its own order.

        :return: None where they are more than a parent can have
        """


class InOrder(Children):
    """Rows that come in the order of their parents: nothing is kept."""

    def __init__(self, rows: Rows, key: int, names: list[str], id_column: int) -> None:
        super().__init__(rows, key, names, id_column)
        self._iterator = iter(rows)
        self._next = next(self._iterator, None)

    def take(self, parent: str) -> list[list[str]] | None:
        """See :class:`Children`."""
        found = Kept()
        while self._next is not None and self._key_of(self._next) == parent:
            found.add(self._next, self._rows.size)
            self._next = next(self._iterator, None)
        return found.rows()


class Sorted(Children):
    """Rows in any order, put into a temporary database of their own: on disk where they
    are many, gone when nobody needs them any more."""

    def __init__(self, rows: Rows, key: int, names: list[str], id_column: int) -> None:
        super().__init__(rows, key, names, id_column)
        # An empty name means a file that sqlite removes by itself.
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE rows (parent BLOB, content TEXT)")
        batch: list[tuple[bytes, str]] = []
        for row in rows:
            batch.append((_bytes(self._key_of(row)), json.dumps(row)))
            if len(batch) >= BATCH:
                self._put(batch)
                batch = []
        self._put(batch)
        self._database.execute("CREATE INDEX by_parent ON rows (parent)")

    def _put(self, batch: list[tuple[bytes, str]]) -> None:
        self._database.executemany("INSERT INTO rows VALUES (?, ?)", batch)

    def take(self, parent: str) -> list[list[str]] | None:
        """See :class:`Children`."""
        query = "SELECT content FROM rows WHERE parent = ? ORDER BY rowid"
        found = Kept()
        for (content,) in self._database.execute(query, (_bytes(parent),)):
            found.add(json.loads(content), len(content))
        return found.rows()


def _bytes(key: str) -> bytes:
    """A key as it stood in the file: a wrong byte in it is no text of a database."""
    return key.encode("utf-8", "surrogateescape")
