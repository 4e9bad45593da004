"""Which kind of export a file is."""

from __future__ import annotations

import io
from pathlib import Path

from ..errors import MalformedError
from ..messages import explain_body, is_html
from ..readers.formats import BLANK, BOM, BOMS_OF_UTF16
from .entry import Export
from .json_export import JsonExport
from .table_export import TableExport
from .xml_export import XmlExport
from .zip_export import ZipExport


def open_export(path: Path) -> Export:
    """An export by its content.

    :raises MalformedError: it is nothing that ITscope's exports can be
    """
    with path.open("rb") as stream:
        head = stream.read(64 * 1024)
    if not head.strip(BLANK):
        raise MalformedError("the export is empty", reason="empty")
    if head.startswith(b"PK"):
        return ZipExport(path)
    start = head.removeprefix(BOM).lstrip(BLANK)
    if head.startswith(BOMS_OF_UTF16):
        return XmlExport(path)
    if start.startswith((b"{", b"[")):
        return JsonExport(path)
    if is_html(start):
        raise MalformedError(
            f"a web page came instead of data ({explain_body(head)})", reason="web_page"
        )
    if start.startswith(b"<"):
        return XmlExport(path)
    if TableExport.is_one(io.BytesIO(head)):
        return TableExport(path)
    raise MalformedError(
        f"neither XML, JSON nor a table: {explain_body(head)}", reason="unknown"
    )
