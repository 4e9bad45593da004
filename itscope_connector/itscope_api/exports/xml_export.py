"""XML exports: cut into products by bytes, parsed only where somebody asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from lxml import etree

from ..errors import MalformedError
from ..readers.formats import BOM, xml_element, xml_nodes
from ..readers.table import Node
from ..search import is_puid
from .entry import MAX_PRODUCT, Entry, Export, digest_of

CHUNK = 1024 * 1024
START, END = b"<product>", b"</product>"
PUID = re.compile(rb"<puid>\s*([0-9]{1,20})\s*</puid>")
UTF8 = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?:utf-8|us-ascii)["']""", re.I)
#: What can hide the end of a product from a search for bytes.
HIDING = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"))


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
            buffer, at, searched = b"", 0, 0
            while True:
                end = buffer.find(END, max(at, searched))
                if end < 0:
                    # Nothing before the last few bytes needs to be searched again.
                    rest = buffer[at:]
                    if len(rest) > MAX_PRODUCT:
                        self.note("too_large")
                        rest = rest[-len(END) :]
                    chunk = stream.read(CHUNK)
                    if not chunk:
                        break
                    searched = max(len(rest) - len(END), 0)
                    buffer, at = rest + chunk, 0
                    continue
                end += len(END)
                start = buffer.find(START, at, end)
                if start < 0:
                    at = searched = end
                    continue
                content = buffer[start:end]
                if _hides(content):
                    searched = end
                    continue
                yield content
                at = searched = end
        if START in rest or b"</" not in rest:
            raise MalformedError("the XML breaks off")

    def _node(self, content: bytes, puid: str) -> Node:
        try:
            content.decode()
        except UnicodeDecodeError:
            self.note("not_utf8", puid)
            content = content.decode("utf-8", "replace").encode()
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
                puid = str(node.get("puid") or "").strip()
                if not is_puid(puid):
                    self.note("no_id")
                    continue
                digest = digest_of(repr(node).encode("utf-8", "replace"))
                yield Entry(self, puid, digest, partial(_same, node))


def _hides(content: bytes) -> bool:
    """Whether the end that was found may lie inside of a text."""
    return any(
        content.rfind(begin) > content.rfind(end)
        for begin, end in HIDING
        if begin in content
    )


def _same(node: Node) -> Node:
    return node
