"""JSON exports: one object after the other from a window over the file."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import MalformedError
from ..readers import values
from ..readers.formats import MAX_NODES, check_depth
from ..readers.table import Node
from ..search import is_puid
from .entry import MAX_PRODUCT, Entry, Export, digest_of

CHUNK, MAX_CHUNK = 1024 * 1024, 4 * 1024 * 1024
BLANK = re.compile(r"[\s﻿]*")
LISTS = ("product", "products")


class JsonExport(Export):
    """``{"product": […], "log": […]}``, or the bare list of the contract."""

    format = "json"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def _entries(self) -> Iterator[Entry]:
        with self._path.open("rb") as stream:
            self._watch(stream, self._path.stat().st_size)
            window = _Window(stream)
            if window.peek() == "[":
                yield from self._list(window)
                return
            window.take("{")
            while window.peek() != "}":
                key, _raw = window.value()
                window.take(":")
                if key in LISTS and window.peek() == "[":
                    yield from self._list(window)
                elif key == "log" and window.peek() == "[":
                    for entry, _raw in self._items(window):
                        self._log(entry)
                else:
                    value, raw = window.value()
                    if key in LISTS and isinstance(value, Mapping):
                        yield from self._entry(value, raw)
                    elif key == "log":
                        self._log(value)
                    elif key == "message" and isinstance(value, str) and value.strip():
                        self.not_whole(value)
                if window.peek() == ",":
                    window.take(",")

    def _list(self, window: _Window) -> Iterator[Entry]:
        for node, raw in self._items(window):
            if isinstance(node, Mapping):
                yield from self._entry(node, raw)
            else:
                self.note("no_id")

    @staticmethod
    def _items(window: _Window) -> Iterator[tuple[Any, str]]:
        window.take("[")
        while window.peek() != "]":
            yield window.value()
            if window.peek() == ",":
                window.take(",")
        window.take("]")

    def _entry(self, node: Node, raw: str) -> Iterator[Entry]:
        puid = values.text(node.get("puid"))
        if not is_puid(puid):
            self.note("no_id")
            return
        content = raw.encode("utf-8", "surrogateescape")
        yield Entry(
            self, puid, digest_of(content), partial(self._node, node, raw, puid)
        )

    def _node(self, node: Node, raw: str, puid: str) -> Node:
        if not raw.isascii() and any("\udc80" <= c <= "\udcff" for c in raw):
            self.note("not_utf8", puid)
        check_depth(node)
        return node

    def _log(self, entry: Any) -> None:
        if isinstance(entry, Mapping):
            puid, cause = map(values.text, (entry.get("id"), entry.get("cause")))
            self.note("left_out", puid, cause=cause)


class _Window:
    """The part of a JSON text that is looked at now."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        # A wrong byte is one product's problem; which one is seen later.
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        # As text, like XML: no digit is lost and no number is too long to be read.
        self._parse = json.JSONDecoder(
            parse_float=str, parse_int=str, parse_constant=str, strict=False
        ).raw_decode
        self._text = ""
        self._at = 0
        self._whole = False

    def peek(self) -> str:
        """The next character that is not blank."""
        while True:
            match = BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            self._more()

    def take(self, wanted: str) -> None:
        """Step over this character."""
        if self.peek() != wanted:
            raise MalformedError(f"no readable JSON: {wanted} is missing")
        self._at += 1

    def value(self) -> tuple[Any, str]:
        """The next value and its text."""
        self.peek()
        while True:
            try:
                value, end = self._parse(self._text, self._at)
            except RecursionError:
                raise MalformedError(
                    "JSON nested too deeply", reason="refused"
                ) from None
            except ValueError as error:
                # A text that is cut by the window fails near its end, or where the
                # string that is cut began.
                if self._whole or len(self._text) - self._at > MAX_PRODUCT:
                    raise MalformedError(f"no readable JSON: {error}"[:250]) from None
                self._more()
                if (
                    len(self._text) > MAX_CHUNK
                    and sum(map(self._text.count, "{[,")) > MAX_NODES
                ):
                    raise MalformedError(
                        "JSON with too many values in one product", reason="too_large"
                    ) from None
                continue
            if end == len(self._text) and not self._whole:
                # A number may go on.
                self._more(or_end=True)
                continue
            raw, self._at = self._text[self._at : end], end
            return value, raw

    def _more(self, or_end: bool = False) -> None:
        if self._whole and not or_end:
            raise MalformedError("the JSON breaks off")
        wanted = min(max(CHUNK, len(self._text) - self._at), MAX_CHUNK)
        chunk = self._stream.read(wanted)
        self._whole = not chunk
        self._text = self._text[self._at :] + self._decode(chunk, not chunk)
        self._at = 0
