"""Which line of a document is which line of the order.

Line numbers are padded differently in each document, and some documents name the wrong line
of the order while their article number is right: the article number decides, the line number
helps where it stands in the order more than once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .documents import Document, Line


def same_line(one: str, other: str) -> bool:
    """Whether two line numbers are the same: ``00001`` = ``1`` = ``001``."""
    return _bare(one) == _bare(other) and bool(one.strip())


def _bare(number: str) -> str:
    return number.strip().lstrip("0") or "0"


def lines_of(document: Document, numbers: Collection[str]) -> list[Line]:
    """The lines of an order in a document that may serve several.

    :param numbers: all numbers that the order goes by, ITscope's and our own
    :return: lines that name one of them, and those that name no order at all, unless the
        document as a whole names another order only
    """
    wanted = {number.strip().casefold() for number in numbers if number.strip()}
    named = {
        reference.order_id.strip().casefold()
        for reference in document.references
        if reference.order_id.strip()
    }
    found = []
    for line in document.lines:
        order_id = line.reference.order_id.strip().casefold()
        if order_id in wanted or (not order_id and (not named or named & wanted)):
            found.append(line)
    return found


def match_lines(
    order_lines: Sequence[Line], document_lines: Sequence[Line]
) -> tuple[list[tuple[Line, Line]], list[Line]]:
    """Give each document line its order line.

    Several lines of the document may belong to one line of the order (a split delivery).

    :return: pairs ``(order line, document line)`` in the document's order, and the document
        lines that fit none
    """
    pairs: dict[int, Line] = {}
    open_lines = list(range(len(document_lines)))
    for candidates_of in (_by_article, _by_international, _by_number):
        rest = []
        used: list[Line] = list(pairs.values())
        # Lines that can only be one come first: what is left decides about the others.
        ordered = sorted(
            open_lines,
            key=lambda i: (len(candidates_of(order_lines, document_lines[i])), i),
        )
        for index in ordered:
            line = document_lines[index]
            candidates = candidates_of(order_lines, line)
            if not candidates:
                rest.append(index)
                continue
            best = min(candidates, key=lambda c: _distance(c, line, used, order_lines))
            pairs[index] = best
            used.append(best)
        open_lines = sorted(rest)
    matched = [(pairs[index], document_lines[index]) for index in sorted(pairs)]
    return matched, [document_lines[index] for index in open_lines]


def _distance(
    candidate: Line, line: Line, used: list[Line], order_lines: Sequence[Line]
) -> tuple[bool, bool, bool, bool, int]:
    """How far an order line is from a document line of the same article; least is best."""
    told = line.reference.line_id or line.line_id
    return (
        not same_line(candidate.line_id, told),
        any(candidate is one for one in used),
        candidate.quantity != line.quantity,
        candidate.price != line.price,
        next(i for i, one in enumerate(order_lines) if one is candidate),
    )


def _by_article(order_lines: Sequence[Line], line: Line) -> list[Line]:
    pid = line.product.supplier_pid.casefold()
    return [o for o in order_lines if pid and o.product.supplier_pid.casefold() == pid]


def _by_international(order_lines: Sequence[Line], line: Line) -> list[Line]:
    ean, puid = line.product.ean.lstrip("0"), line.product.puid
    return [
        o
        for o in order_lines
        if (ean and o.product.ean.lstrip("0") == ean)
        or (puid and o.product.puid == puid)
    ]


def _by_number(order_lines: Sequence[Line], line: Line) -> list[Line]:
    """By line number alone, where the document's line names no article that we know."""
    if line.product.supplier_pid or line.product.ean:
        return []
    told = line.reference.line_id or line.line_id
    return [o for o in order_lines if same_line(o.line_id, told)]
