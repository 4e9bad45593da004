"""XML exports: cut into products by bytes, parsed only where somebody asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from lxml import etree

from ..errors import MalformedError
from ..readers.formats import BOM, MAX_NODES, xml_element, xml_nodes
from ..readers.table import Node
from ..readers.values import text
from ..search import is_puid
from .entry import MAX_PRODUCT, Entry, Export, digest_of

CHUNK = 1024 * 1024
START, END = b"<product>", b"</product>"
PUID = re.compile(rb"<puid>\s*([0-9]{1,20})\s*</puid>")
UTF8 = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?:utf-8|us-ascii)["']""", re.I)
#: What can hide the end of a product from a search for bytes.
HIDING = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"))
MARK = max(len(begin) for begin, _end in HIDING)


class XmlExport(Export):
    """``<products><product>…</product>…</products>``."""

    format = "xml"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def _entries(self) -> Iterator[Entry]:
        with self._path.open("rb") as stream:
            head = stream.read(CHUNK)
        if self._plain(head):
            return self._cut()
        return self._parsed()

    @staticmethod
    def _plain(head: bytes) -> bool:
        """Whether products can be found by their bytes: UTF-8, no prefixes, no
        attributes, no document type."""
        head = head.removeprefix(BOM)
        prolog, _start, _rest = head.partition(START)
        declared = not prolog.lstrip().startswith(b"<?xml") or b"encoding" not in prolog
        return (
            START in head
            and (declared or bool(UTF8.search(prolog)))
            and (b"<!DOCTYPE" not in prolog)
        )

    def _cut(self) -> Iterator[Entry]:
        for content in self._slices():
            match = PUID.search(content)
            if not match:
                self.note("no_id")
                continue
            puid = match.group(1).decode()
            yield Entry(
                self, puid, digest_of(content), partial(self._node, content, puid)
            )

    def _slices(self) -> Iterator[bytes]:
        with self._path.open("rb") as stream:
            self._watch(stream, self._path.stat().st_size)
            search, at = _Search(), 0
            while True:
                end = search.end()
                if end < 0:
                    rest = search.text[at:]
                    if len(rest) > MAX_PRODUCT:
                        self.note("too_large")
                        rest = rest[-len(END) :]
                    chunk = stream.read(CHUNK)
                    if not chunk:
                        break
                    search.go_on(rest, chunk)
                    at = 0
                    continue
                start = search.text.find(START, at, end)
                if start >= 0:
                    yield search.text[start:end]
                at = end
        if START in rest or b"</" not in rest:
            raise MalformedError("the XML breaks off")

    def _node(self, content: bytes, puid: str) -> Node:
        try:
            content.decode()
        except UnicodeDecodeError:
            self.note("not_utf8", puid)
            content = content.decode("utf-8", "replace").encode()
        if content.count(b"<") + content.count(b"=") > MAX_NODES:
            raise MalformedError("XML with too many elements", reason="too_large")
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=len(content) > 5_000_000,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            return xml_element(etree.fromstring(content, parser))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise MalformedError(
                f"no readable XML: {' '.join(str(error).split())[:200]}"
            ) from None

    def _parsed(self) -> Iterator[Entry]:
        """The way for every other XML: a real parser from the beginning."""
        with self._path.open("rb") as stream:
            self._watch(stream, self._path.stat().st_size)
            for node in xml_nodes(stream, "product"):
                puid = text(node.get("puid"))
                if not is_puid(puid):
                    self.note("no_id")
                    continue
                digest = digest_of(repr(node).encode("utf-8", "replace"))
                yield Entry(self, puid, digest, partial(_same, node))


class _Search:
    """Looks for the ends of products; no byte is looked at more than a few times."""

    def __init__(self) -> None:
        self.text = b""
        self._at = 0
        #: The next end from here on, -1: none in the text; None: not looked for.
        self._end: int | None = None
        #: The end of what hides the place that was reached, or b"".
        self._inside = b""

    def go_on(self, rest: bytes, chunk: bytes) -> None:
        """Of the text, this rest is still of interest; what follows is there now."""
        self._at = max(self._at - len(self.text) + len(rest), 0)
        self.text, self._end = rest + chunk, None

    def end(self) -> int:
        """The place behind the next product, -1: the text does not reach so far."""
        content = self.text
        while True:
            if self._inside:
                closing = content.find(self._inside, self._at)
                if closing < 0:
                    self._at = max(self._at, len(content) - len(self._inside) + 1)
                    return -1
                self._at, self._inside = closing + len(self._inside), b""
            if self._end is None or 0 <= self._end < self._at:
                self._end = content.find(END, self._at)
            mark = content.find(b"<!", self._at, None if self._end < 0 else self._end)
            if mark < 0 and self._end < 0:
                self._at = max(self._at, len(content) - len(END) + 1)
                return -1
            if mark < 0:
                self._at = self._end + len(END)
                return self._at
            if self._end < 0 and mark + MARK > len(content):
                # It is not all there yet.
                self._at = mark
                return -1
            self._at = mark + 2
            for begin, closing_mark in HIDING:
                if content.startswith(begin, mark):
                    self._at, self._inside = mark + len(begin), closing_mark


def _same(node: Node) -> Node:
    return node
