"""Answers in the shapes that ITscope gives them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Response

from . import exports, render

TYPES = {
    "json": "application/json; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "csv": "application/zip",
}
MISSING = "<!DOCTYPE html><html><head><title>404 Not Found</title></head><body>Not Found</body></html>"


def message(status: int, text: str) -> Response:
    return Response(
        json.dumps({"message": text}, ensure_ascii=False),
        status,
        content_type=TYPES["json"],
    )


def nothing() -> Response:
    return Response(b"", 204)


def missing() -> Response:
    return Response(MISSING, 404, content_type="text/html; charset=utf-8")


def listed(name: str, items: Iterable[dict[str, Any]], kind: str) -> Response:
    """A list in its format, or 204 where it is empty."""
    found = list(items)
    if not found:
        return nothing()
    if kind == "csv":
        return Response(exports.as_zip(found), content_type=TYPES["csv"])
    body = render.as_json(name, found) if kind == "json" else render.as_xml(name, found)
    return Response(body, content_type=TYPES[kind])


def single(name: str, item: dict[str, Any], kind: str) -> Response:
    body = (
        render.as_json(name, [item], single=True)
        if kind == "json"
        else render.as_xml(name, [item], single=True)
    )
    return Response(body, content_type=TYPES[kind])
