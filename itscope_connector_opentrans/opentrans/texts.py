"""Text as XML and as documents can hold it."""

from __future__ import annotations

import re

#: Characters that XML has no way to write.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SPACES = re.compile(r"\s+")


def one_line(text: str) -> str:
    """Names and numbers: any run of blanks and line breaks is one blank."""
    return SPACES.sub(" ", text).strip()


def several_lines(text: str) -> str:
    """Descriptions: line breaks stay, the indentation of the file goes."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def writable(text: str) -> str:
    """Without what XML can't hold."""
    return NOT_XML.sub("", text)
