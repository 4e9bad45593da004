"""What a body that is no data says, as one short plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import unescape

MAX_MESSAGE = 500
#: More than this is not looked at.
MAX_LOOK = 16 * 1024
MESSAGE_KEYS = ("message", "error", "errorMessage", "statusMessage", "cause", "detail")
#: Longer ones than any real one are text: html.unescape fails at some.
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_TAG = re.compile(r"<[^<>]*>")
_HIDDEN = re.compile(r"<(script|style|head)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


def explain_body(body: bytes, secrets: Iterable[str] = ()) -> str:
    """ITscope's, a distributor's or a proxy's words: JSON, XML, HTML or plain text.

    :param secrets: what must not show, wherever it is
    """
    hidden = list(secrets)
    text = hide(body[: 8 * MAX_LOOK].decode("utf-8", errors="replace"), hidden)
    text = text.removeprefix("\ufeff").strip()[:MAX_LOOK]
    found = ""
    if text.startswith(("{", "[")):
        try:
            found = _message(json.loads(text), 0)
        except (ValueError, RecursionError):
            pass
    else:
        # A title says more than the page around it.
        found = _tagged(text, "title" if is_html(body) else "message")
    # Once more: escaping may have kept it out of sight.
    return hide(_plain(found or text), hidden)[:MAX_MESSAGE]


def hide(text: str, secrets: Iterable[str]) -> str:
    """A text without what must not show."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text


def unescaped(text: str) -> str:
    """With the characters that entities stand for."""
    return _ENTITY.sub(lambda match: unescape(match.group()), text)


def is_html(body: bytes) -> bool:
    """Whether this is a web page."""
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<?xml"):
        start = start.partition(b"?>")[2].lstrip()
    return start.startswith((b"<!doctype html", b"<html"))


def _tagged(text: str, tag: str) -> str:
    """What stands in the first element of this name."""
    # No regular expression over the whole: hostile text must not make it crawl.
    start = re.search(rf"<{tag}\b[^<>]*>", text, re.IGNORECASE)
    if not start:
        return ""
    end = re.search(rf"</{tag}\s*>", text[start.end() :], re.IGNORECASE)
    return text[start.end() :][: end.start()] if end else ""


def _message(data: object, depth: int) -> str:
    """The first message in a JSON answer, at most a few levels down."""
    if isinstance(data, str):
        return data.strip()
    if depth > 3:
        return ""
    if isinstance(data, Mapping):
        found = (_message(data[key], depth + 1) for key in MESSAGE_KEYS if key in data)
        return next(filter(None, found), "")
    if isinstance(data, list):
        parts = (_message(item, depth + 1) for item in data[:10])
        return "; ".join(filter(None, parts))
    return ""


def _plain(text: str) -> str:
    text = unescaped(_TAG.sub(" ", _HIDDEN.sub(" ", text)))
    # What was escaped may be markup again.
    text = _TAG.sub(" ", text)
    shown = "".join(c for c in text if c.isprintable() or c.isspace())
    return " ".join(shown.split())
