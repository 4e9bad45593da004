"""A view of the tree that remembers what was asked for.

Readers ask for children by local name: prefixes and namespaces vary from file to file,
or are missing. What nobody asked for, and is not on the list of elements that are left
alone on purpose, ends as a finding: nothing is lost unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from lxml import etree

from ..documents import Finding
from ..texts import one_line, several_lines
from . import values
from .ignored import IGNORED

#: Names, numbers; and descriptions, remarks. Longer text is cut.
MAX_SHORT = 1000
MAX_LONG = 64_000
#: What a finding quotes of a text.
MAX_QUOTE = 200
MAX_FINDINGS = 100

T = TypeVar("T")


class Report:
    """The findings of one document, and the paths that its readers know."""

    def __init__(self) -> None:
        self._findings: dict[tuple[str, str], Finding] = {}
        self._more = 0
        self._branches: set[str] = set()
        self._leaves: set[str] = set()

    def add(self, code: str, where: str, text: str) -> None:
        """One finding for a code and a place; the first text stands for the others."""
        if (code, where) in self._findings:
            return
        if len(self._findings) >= MAX_FINDINGS:
            self._more += 1
            return
        finding = Finding(code, where, quote(text))
        self._findings[code, where] = finding

    def know(self, path: str, leaf: bool) -> None:
        (self._leaves if leaf else self._branches).add(path)

    def look_for_unknown(self, root: etree._Element) -> None:
        """Report what no reader asked for; to be called when all is read."""
        stack = [(root, local_name(root))]
        while stack:
            element, path = stack.pop()
            if element.text and element.text.strip():
                self.add("unknown_element", path, element.text)
            for child in reversed(element):
                name = local_name(child)
                below = f"{path}/{name}"
                if below in self._branches:
                    stack.append((child, below))
                elif below not in self._leaves and name not in IGNORED:
                    self.add("unknown_element", below, content(child))

    def findings(self) -> tuple[Finding, ...]:
        found = tuple(self._findings.values())
        if self._more:
            found += (Finding("more", "", str(self._more)),)
        return found


class Node:
    """An element or, where there is none, nothing: asked for a child, nothing gives
    nothing, and asked for a text, ""."""

    def __init__(
        self, element: etree._Element | None, path: str, report: Report
    ) -> None:
        self.path = path
        self.report = report
        self._element = element
        self._children: dict[str, list[etree._Element]] = {}
        for child in element if element is not None else ():
            self._children.setdefault(local_name(child), []).append(child)

    def __bool__(self) -> bool:
        return self._element is not None

    def has(self, name: str) -> bool:
        """Whether there is such a child."""
        return name in self._children

    def names(self) -> list[str]:
        """The names of all children, each once."""
        return list(self._children)

    def child(self, name: str) -> Node:
        """The first child of this name."""
        found = self.children(name)
        if len(found) > 1:
            self._repeated(name, [content(node._element) for node in found])
        return found[0] if found else Node(None, self._below(name, False), self.report)

    def children(self, name: str) -> list[Node]:
        """All children of this name."""
        path = self._below(name, False)
        return [Node(e, path, self.report) for e in self._children.get(name, ())]

    def leaves(self, name: str) -> list[Node]:
        """All children of this name that hold text; what is inside them is text too."""
        path = self._below(name, True)
        return [Node(e, path, self.report) for e in self._children.get(name, ())]

    def attribute(self, name: str) -> str:
        """An attribute's text, whatever its namespace."""
        if self._element is None:
            return ""
        for key, value in self._element.attrib.items():
            if str(key).rpartition("}")[2] == name:
                return one_line(str(value))[:MAX_SHORT]
        return ""

    # ------------------------------------------------------------------ texts

    def text(self, long: bool = False) -> str:
        """This element's own text."""
        raw = content(self._element)
        text = several_lines(raw) if long else one_line(raw)
        limit = MAX_LONG if long else MAX_SHORT
        if len(text) > limit:
            self.report.add("too_long", self.path, f"{len(text)} characters")
            text = text[:limit].rstrip()
        return text

    def short(self, name: str) -> str:
        """A child's text in one line; of several, the first that has any."""
        texts = self.texts(name)
        self._repeated(name, texts)
        return texts[0] if texts else ""

    def texts(self, name: str) -> list[str]:
        """The texts of all children of this name that have any."""
        return [text for node in self.leaves(name) if (text := node.text())]

    def translated(self, name: str, long: bool = False) -> str:
        """Like :meth:`short`, for what may be there in several languages."""
        texts = (node.text(long) for node in self.leaves(name))
        return next((text for text in texts if text), "")

    # ------------------------------------------------------------------ values

    def decimal(self, name: str) -> Decimal | None:
        return self._value(name, values.decimal)

    def moment(self, name: str) -> datetime | None:
        """A time; none where it is said to be for ever."""
        if self.short(name).startswith(values.FOREVER):
            return None
        return self._value(name, lambda text: values.moment(text)[0])

    def last_moment(self, name: str) -> datetime | None:
        """Like :meth:`moment`, but a mere date means its end."""
        if self.moment(name) is None:
            return None

        def read(text: str) -> datetime | None:
            value, only_date = values.moment(text)
            return values.end_of_day(value) if value and only_date else value

        return self._value(name, read)

    def truth(self, name: str) -> bool | None:
        return self._value(name, values.truth)

    def whole(self, name: str) -> int | None:
        """A whole number of reasonable size, also as ``3.0``."""

        def read(text: str) -> int | None:
            number = values.decimal(text)
            if number is None or abs(number) > 10**9 or number % 1:
                return None
            return int(number)

        return self._value(name, read)

    def bad(self, name: str, text: str) -> None:
        """Report a child's value that can't be read."""
        self.report.add("bad_value", f"{self.path}/{name}", text or "empty")

    def _value(self, name: str, read: Callable[[str], T | None]) -> T | None:
        text = self.short(name)
        if not text:
            return None
        value = read(text)
        if value is None:
            self.bad(name, text)
        return value

    def _below(self, name: str, leaf: bool) -> str:
        path = f"{self.path}/{name}"
        self.report.know(path, leaf)
        return path

    def _repeated(self, name: str, texts: list[str]) -> None:
        other = next((text for text in texts if text != texts[0]), None)
        if other is not None:
            self.report.add("repeated", f"{self.path}/{name}", other)


def local_name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def content(element: etree._Element | None) -> str:
    """All text inside an element."""
    return "" if element is None else "".join(map(str, element.itertext()))


def quote(text: str) -> str:
    text = one_line(text[: 5 * MAX_QUOTE])
    return text if len(text) <= MAX_QUOTE else f"{text[: MAX_QUOTE - 1]}…"
