"""From bytes that a stranger sent to an element tree that is safe to read.

The parser never sees a document type, so there are no entities to expand and nothing to
fetch. Bytes are decoded here, not by the parser: documents come with byte order marks,
blanks before the declaration and encodings that are not the declared one.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree

from ..documents import Finding
from ..errors import UnreadableError
from ..texts import NOT_XML

#: Documents with embedded PDFs have some MB; more is no openTRANS document.
MAX_BYTES = 16 * 1024 * 1024
#: "<" characters, so at most as many elements: bounds the memory of the tree.
MAX_TAGS = 1_000_000
#: The schema's own documents are some 12 deep.
MAX_DEPTH = 64

BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
DECLARED = re.compile(
    rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
)
#: Encodings that are believed when declared; all of them are single bytes per
#: character.
SINGLE_BYTE = re.compile(
    r"(iso-?8859-\d{1,2}|latin-?\d{1,2}|windows-125\d|cp125\d|cp850|cp437|us-ascii|ascii)$"
)
DECLARATION = re.compile(r"<\?xml\s.*?\?>", re.DOTALL)
#: What may stand between the declaration and the root, or a document type.
MISC = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
ROOT_NAME = re.compile(r"<[^\s/>!?]+")
UNDECLARED = re.compile(r"Namespace prefix (\S+) ")


def parse(data: bytes, max_bytes: int) -> tuple[etree._Element, list[Finding]]:
    """The root element, and what was odd about the bytes.

    :raises UnreadableError: not well-formed, too large, too deep, with a document type
    """
    if len(data) > max_bytes:
        raise UnreadableError(f"larger than {max_bytes} bytes")
    if data.count(b"<") > MAX_TAGS:
        raise UnreadableError("too many elements")
    text, findings = _decode(data)
    start = _prolog(text)
    root = _tree(text, start)
    _check_depth(root)
    return root, findings


def _decode(data: bytes) -> tuple[str, list[Finding]]:
    mark, encoding = next(
        (pair for pair in BYTE_ORDER_MARKS if data.startswith(pair[0])),
        (b"", _encoding_without_mark(data)),
    )
    data = data[len(mark) :]
    declared = _declared(data)
    findings = []
    for candidate in (encoding, _believed(declared), "cp1252", "latin-1"):
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        break
    if not text.isascii() and not _agree(declared or "utf-8", candidate):
        told = declared or "none"
        findings.append(
            Finding("encoding", "", f"declared {told}, read as {candidate}")
        )
    text, removed = NOT_XML.subn("", text)
    if removed:
        findings.append(Finding("bad_character", "", f"{removed} characters left out"))
    return text, findings


def _encoding_without_mark(data: bytes) -> str:
    """UTF-16 shows in the first characters; UTF-8 is tried first else, since text in
    another encoding is hardly ever valid UTF-8."""
    start = data.lstrip()[:3]
    # One NUL may be there by mistake: the second character has to have one too.
    if start == b"\x00<\x00":
        return "utf-16-be"
    return "utf-16-le" if start[:2] == b"<\x00" else "utf-8"


def _declared(data: bytes) -> str:
    match = DECLARED.match(data[:400].replace(b"\x00", b""))
    return match[1].decode("ascii").lower() if match else ""


def _believed(declared: str) -> str:
    if not SINGLE_BYTE.fullmatch(declared):
        return "utf-8"
    try:
        return codecs.lookup(declared).name
    except LookupError:
        return "utf-8"


def _agree(declared: str, used: str) -> bool:
    def bare(name: str) -> str:
        name = name.replace("-", "").replace("_", "")
        # cp1252 is latin-1 with letters where latin-1 has none.
        if name in ("iso88591", "latin1", "cp1252", "windows1252"):
            return "latin1"
        return "utf16" if name.startswith("utf16") else name

    return bare(declared) == bare(used)


def _prolog(text: str) -> int:
    """Where the root element starts.

    :raises UnreadableError: something else than comments stands before it
    """
    place = 0
    while match := MISC.match(text, place):
        place = match.end()
    if text.startswith("<!", place):
        raise UnreadableError("has a document type or an unfinished comment")
    if not ROOT_NAME.match(text, place):
        raise UnreadableError("not XML")
    return place


def _tree(text: str, start: int) -> etree._Element:
    body = text[start:].rstrip()
    known: set[str] = set()
    # Prefixes without a declaration: declared here, since only local names are read.
    # The parser names those of one element at a time.
    for _attempt in range(5):
        try:
            root = etree.fromstring(body.encode(), _parser())
        except etree.XMLSyntaxError as error:
            missing = _undeclared(error) - known
            if not missing:
                raise UnreadableError(_reason(error)) from None
            known |= missing
            body = _declare(body, missing)
            continue
        except ValueError as error:
            raise UnreadableError(str(error)[:200]) from None
        return root
    raise UnreadableError("too many undeclared prefixes")


def _undeclared(error: etree.XMLSyntaxError) -> set[str]:
    log: Any = error.error_log  # its stubs lack iteration
    found = (UNDECLARED.match(entry.message) for entry in log)
    return {match[1] for match in found if match}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _declare(body: str, prefixes: set[str]) -> str:
    name = ROOT_NAME.match(body)
    end = name.end() if name else 0
    declarations = "".join(f' xmlns:{p}="urn:undeclared:{p}"' for p in sorted(prefixes))
    return body[:end] + declarations + body[end:]


def _reason(error: etree.XMLSyntaxError) -> str:
    # The parser's message may quote the document.
    return f"not well-formed: {error.msg or 'empty'}"[:300]


def _check_depth(root: etree._Element) -> None:
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise UnreadableError(f"nested deeper than {MAX_DEPTH}")
