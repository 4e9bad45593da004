"""Rows of separated files, however they are separated and quoted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO

from ..errors import MalformedError

#: Columns, and characters of one field.
MAX_COLUMNS = 2000
MAX_FIELD = 16 * 1024 * 1024
SEPARATORS = "\t;,|"


class Rows:
    """A header and the rows behind it, read as they are asked for.

    A byte that is not UTF-8 becomes a lone surrogate: whoever reads the value sees it.

    :ivar header: the names of the columns
    :ivar stream: the bytes they come from
    """

    def __init__(
        self, stream: IO[bytes], name: str, quoted: bool | None = None
    ) -> None:
        csv.field_size_limit(MAX_FIELD)
        self._name = name
        self.stream = stream
        text = io.TextIOWrapper(
            stream, "utf-8-sig", errors="surrogateescape", newline=""
        )
        try:
            first = text.readline(1_000_000)
        except (OSError, EOFError, ValueError) as error:
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

    def _read(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            (line.replace("\0", "") for line in lines),
            delimiter=self._separator,
            quoting=csv.QUOTE_MINIMAL if self._quoting else csv.QUOTE_NONE,
        )

    def __iter__(self) -> Iterator[list[str]]:
        try:
            for row in self._read(self._text):
                if row:
                    yield row
        except (csv.Error, OSError, EOFError, ValueError) as error:
            raise MalformedError(f"{self._name} is damaged: {error}"[:200]) from None
        except Exception as error:
            # zlib's and zipfile's own errors have no common base.
            if type(error).__module__ in ("zlib", "zipfile"):
                raise MalformedError(
                    f"{self._name} is damaged: {error}"[:200]
                ) from None
            raise

    def column(self, *names: str) -> int | None:
        """The place of the first of these columns, in any spelling."""
        places = {name.lower(): place for place, name in enumerate(self.header)}
        return next((places[n.lower()] for n in names if n.lower() in places), None)
