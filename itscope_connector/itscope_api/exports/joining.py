"""Rows of a child file, handed out by the key of their parent."""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod

from .rows import Rows

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
    def take(self, parent: str) -> list[list[str]]:
        """The rows of this parent; each parent is asked for once, in its own order."""


class InOrder(Children):
    """Rows that come in the order of their parents: nothing is kept."""

    def __init__(self, rows: Rows, key: int, names: list[str], id_column: int) -> None:
        super().__init__(rows, key, names, id_column)
        self._iterator = iter(rows)
        self._next = next(self._iterator, None)

    def take(self, parent: str) -> list[list[str]]:
        """See :class:`Children`."""
        found: list[list[str]] = []
        while self._next is not None and self._key_of(self._next) == parent:
            found.append(self._next)
            self._next = next(self._iterator, None)
        return found


class Sorted(Children):
    """Rows in any order, put into a temporary database of their own: on disk where they
    are many, gone when nobody needs them any more."""

    def __init__(self, rows: Rows, key: int, names: list[str], id_column: int) -> None:
        super().__init__(rows, key, names, id_column)
        # An empty name means a file that sqlite removes by itself.
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE rows (parent TEXT, content TEXT)")
        batch: list[tuple[str, str]] = []
        for row in rows:
            batch.append((self._key_of(row), json.dumps(row)))
            if len(batch) >= BATCH:
                self._put(batch)
                batch = []
        self._put(batch)
        self._database.execute("CREATE INDEX by_parent ON rows (parent)")

    def _put(self, batch: list[tuple[str, str]]) -> None:
        self._database.executemany("INSERT INTO rows VALUES (?, ?)", batch)

    def take(self, parent: str) -> list[list[str]]:
        """See :class:`Children`."""
        query = "SELECT content FROM rows WHERE parent = ? ORDER BY rowid"
        return [json.loads(row[0]) for row in self._database.execute(query, (parent,))]
