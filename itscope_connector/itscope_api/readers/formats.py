"""JSON and XML answers into nodes (plain mappings), bounded and without trust."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from lxml import etree

from ..errors import MalformedError
from ..messages import explain_body, hide, is_html
from .table import Node

_logger = logging.getLogger(__name__)

#: ITscope's own answers have at most seven levels below the listed element.
MAX_DEPTH = 30
#: Values and elements of a JSON answer, or of one element of an XML answer: they, not
#: their bytes, make the memory that it takes.
MAX_NODES = 1_000_000
#: Bytes of XML in which one of the wanted elements must end.
MAX_ELEMENT = 64 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
BOMS_OF_UTF16 = (b"\xff\xfe", b"\xfe\xff")
BLANK = b" \t\r\n"
#: By which field a single object is known that stands where a list is due.
IDS = {"product": "puid", "deal": "orderId", "quote": "quoteId"}


def nodes(body: bytes, name: str, secrets: Iterable[str] = ()) -> Iterator[Node]:
    """The elements of this name in an answer, JSON or XML.

    The format is told from the content, not from what was asked for: the send method
    answers as it likes, and so do proxies.

    :param secrets: what no message may show
    :raises MalformedError: neither, cut off, too deep, with a DTD; while iterating
    """
    if body.startswith(BOMS_OF_UTF16):
        return xml_nodes(io.BytesIO(body), name, secrets)
    body = body.removeprefix(BOM).lstrip(BLANK)
    if not body:
        return iter(())
    if body.startswith((b"{", b"[")):
        return json_nodes(body, name, secrets)
    if is_html(body):
        raise MalformedError(
            f"a web page came instead of data ({explain_body(body, secrets)}): "
            "the address may be wrong, or a proxy answered",
            reason="web_page",
        )
    if body.startswith(b"<"):
        return xml_nodes(io.BytesIO(body), name, secrets)
    raise MalformedError(
        f"neither JSON nor XML came: {explain_body(body, secrets)}", reason="unknown"
    )


def json_nodes(body: bytes, name: str, secrets: Iterable[str] = ()) -> Iterator[Node]:
    """The objects of a page: ``{"product": […]}``, or the contract's bare list."""
    if sum(map(body.count, (b"{", b"[", b","))) > MAX_NODES:
        raise MalformedError("JSON with too many values", reason="too_large")
    try:
        # As text, like XML: no digit is lost and no number is too long to be read.
        data = json.loads(body.decode(), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"no readable JSON: {_brief(error, secrets)}") from None
    if isinstance(data, Mapping):
        if IDS.get(name, "id") in data:
            data = [data]
        elif name in data:
            data = data[name]
        else:
            _note_nothing(name, explain_body(body, secrets))
            return
    if isinstance(data, Mapping):
        data = [data]
    if data is None:
        return
    if not isinstance(data, list):
        raise MalformedError(f"JSON without a list of {name}")
    for item in data:
        if isinstance(item, Mapping):
            check_depth(item)
            yield item


def check_depth(node: Node) -> None:
    """Bound what reads nodes level by level.

    :raises MalformedError: nested deeper than anything of ITscope's
    """
    level: list[Any] = [node]
    # A list and what is in it are two levels, which are one in XML.
    for _depth in range(2 * MAX_DEPTH):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, Mapping) else value)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise MalformedError("JSON nested too deeply", reason="refused")


class _Bounded:
    """A stream of XML that ends with an error where no wanted element ends."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.found()

    def found(self) -> None:
        """One ended, and what it took was given back."""
        self._bytes = self._nodes = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._bytes += len(chunk)
        self._nodes += chunk.count(b"<") + chunk.count(b"=")
        if self._bytes > MAX_ELEMENT or self._nodes > MAX_NODES:
            raise MalformedError("XML with too many elements", reason="too_large")
        return chunk


def xml_nodes(
    stream: BinaryIO, name: str, secrets: Iterable[str] = ()
) -> Iterator[Node]:
    """The elements of this name, one at a time, whatever the root is called."""
    try:
        bounded = _Bounded(stream)
        context = etree.iterparse(
            bounded,
            events=("end",),
            tag=f"{{*}}{name}",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            huge_tree=False,
            recover=False,
            remove_comments=True,
            remove_pis=True,
        )
        found = False
        for _event, element in context:
            if not found:
                _refuse_dtd(element)
            found = True
            node = _xml_node(element, 0)
            _forget(element)
            bounded.found()
            if isinstance(node, Mapping):
                yield node
        if not found:
            _refuse_dtd(context.root)
            if len(context.root):
                body = etree.tostring(context.root, encoding="utf-8")
                _note_nothing(name, explain_body(body, secrets))
    except (etree.XMLSyntaxError, UnicodeError, ValueError) as error:
        raise MalformedError(f"no readable XML: {_brief(error, secrets)}") from None


def xml_root(body: bytes, secrets: Iterable[str] = ()) -> etree._Element:
    """The root of a small XML answer.

    :raises MalformedError: it is none
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body.lstrip(BLANK), parser)
    except (etree.XMLSyntaxError, UnicodeError, ValueError) as error:
        raise MalformedError(f"no readable XML: {_brief(error, secrets)}") from None
    _refuse_dtd(root)
    return root


def local_name(element: etree._Element) -> str:
    """The name without namespace; "" for what is no element."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def xml_element(element: etree._Element) -> Node:
    """A single element as a node."""
    node = _xml_node(element, 0)
    return node if isinstance(node, Mapping) else {}


def _xml_node(element: etree._Element, depth: int) -> Any:
    """An element as text or mapping; what comes repeatedly becomes a list."""
    if depth > MAX_DEPTH:
        raise MalformedError("XML nested too deeply", reason="refused")
    node: dict[str, Any] = {}
    for child in element:
        name = local_name(child)
        if not name:
            continue
        value = _xml_node(child, depth + 1)
        if name not in node:
            node[name] = value
        elif isinstance(node[name], list):
            node[name].append(value)
        else:
            node[name] = [node[name], value]
    return node or element.text or ""


def _forget(element: etree._Element) -> None:
    """Free what was read: memory stays flat however long the answer is."""
    element.clear()
    kept: etree._Element | None = element
    while kept is not None and (parent := kept.getparent()) is not None:
        while kept.getprevious() is not None:
            del parent[0]
        kept = parent


def _refuse_dtd(element: etree._Element) -> None:
    # The parser's own word for it: no encoding of the bytes can hide a DTD from this.
    if element.getroottree().docinfo.internalDTD is not None:
        raise MalformedError("XML with a document type is refused", reason="refused")


def _note_nothing(name: str, message: str) -> None:
    """A 200 with nothing but a message or a log says that nothing was found."""
    _logger.info("ITscope's answer has no %s: %s", name, message)


def _brief(error: Exception, secrets: Iterable[str]) -> str:
    # The parser's words may quote the answer.
    return " ".join(hide(str(error), secrets).split())[:200] or type(error).__name__
