"""Rows of separated files, however they are separated and quoted."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import IO

from ..errors import MalformedError
from ..readers.table import MAX_CHILDREN
from .entry import MAX_PRODUCT

#: Columns, and characters of one row.
MAX_COLUMNS = 2000
MAX_ROW = 16 * 1024 * 1024
SEPARATORS = "\t;,|"
#: What reading of a damaged file can raise; the modules' own errors have no common
#: base, and "ValueError" has wrong bytes in it.
DAMAGE = (
    csv.Error,
    zlib.error,
    zipfile.BadZipFile,
    struct.error,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
)


class Rows:
    """A header and the rows behind it, read as they are asked for.

    A byte that is not UTF-8 becomes a lone surrogate: whoever reads the value sees it.

    :ivar header: the names of the columns
    :ivar stream: the bytes they come from
    """

    def __init__(
        self, stream: IO[bytes], name: str, quoted: bool | None = None
    ) -> None:
        csv.field_size_limit(MAX_ROW)
        self._name = name
        self.stream = stream
        #: characters of the last row
        self.size = 0
        text = io.TextIOWrapper(
            stream, "utf-8-sig", errors="surrogateescape", newline=""
        )
        try:
            first = text.readline(1_000_000).replace("\0", "")
        except DAMAGE as error:
            raise MalformedError(f"{name} can't be read: {error}"[:200]) from None
        self._separator = max(SEPARATORS, key=first.count)
        if quoted is None:
            # API 1.0 quotes where it must and separates by commas; tab-separated
            # exports by address quote nothing, and their texts hold inches (").
            quoted = self._separator != "\t"
        self._quoting = quoted
        self.header = [column.strip() for column in next(self._read(iter([first])), [])]
        if len(self.header) > MAX_COLUMNS:
            raise MalformedError(f"{name} has too many columns")
        self._text = text

    def _lines(self) -> Iterator[str]:
        # Line by line without a limit, a file of one line would be read as a whole.
        for line in iter(partial(self._text.readline, MAX_ROW + 1), ""):
            self.size += len(line)
            if self.size > MAX_ROW:
                raise MalformedError(
                    f"{self._name} has a row that is too long", reason="too_large"
                )
            yield line.replace("\0", "")

    def _read(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self._separator,
            quoting=csv.QUOTE_MINIMAL if self._quoting else csv.QUOTE_NONE,
        )

    def __iter__(self) -> Iterator[list[str]]:
        try:
            for row in self._read(self._lines()):
                if row:
                    yield row
                self.size = 0
        except DAMAGE as error:
            raise MalformedError(f"{self._name} is damaged: {error}"[:200]) from None

    def column(self, *names: str) -> int | None:
        """The place of the first of these columns, in any spelling."""
        places = {name.lower(): place for place, name in enumerate(self.header)}
        return next((places[n.lower()] for n in names if n.lower() in places), None)


class Kept:
    """Rows of one product or offer, unless they are more than it can have."""

    __slots__ = ("_kept", "_size", "_whole")

    def __init__(self) -> None:
        self._kept: list[list[str]] = []
        self._size = 0
        self._whole = True

    def add(self, row: list[str], size: int) -> None:
        """:param size: characters of the row"""
        self._size += size
        if self._size > MAX_PRODUCT or len(self._kept) >= MAX_CHILDREN:
            self._whole = False
        else:
            self._kept.append(row)

    def rows(self) -> list[list[str]] | None:
        """None: they are too many."""
        return self._kept if self._whole else None
