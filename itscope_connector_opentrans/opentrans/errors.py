"""What can be wrong with a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class OpentransError(Exception):
    """Base of all errors of this package."""


class UnreadableError(OpentransError):
    """Not XML, cut off, with a document type, too large or nested too deeply."""


class UnknownDocumentError(OpentransError):
    """Well-formed XML, but none of the documents read here.

    :ivar root: name of the root element
    """

    def __init__(self, root: str) -> None:
        super().__init__(f"not an openTRANS document: {root}")
        self.root = root


class WrongVersionError(OpentransError):
    """A document of another version of openTRANS.

    :ivar version: as the document states it
    """

    def __init__(self, version: str) -> None:
        super().__init__(f"openTRANS {version} instead of 2.1")
        self.version = version


@dataclass(frozen=True)
class Problem:
    """One reason why an order can't be written.

    :ivar code: ``missing``, ``too_long``, ``not_positive``, ``not_allowed`` or
        ``duplicate``
    :ivar field: what is concerned, e.g. ``number``, ``delivery.zip``, ``supplier_pid``
    :ivar line: id of the line, or ""
    """

    code: str
    field: str
    line: str = ""


class InvalidOrderError(OpentransError):
    """The order lacks what ITscope demands.

    :ivar problems: all of them, not only the first
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            "; ".join(f"{p.line}: {p.field} {p.code}".lstrip(": ") for p in problems)
        )
        self.problems = tuple(problems)
