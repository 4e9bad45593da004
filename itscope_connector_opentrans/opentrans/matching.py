"""Which line of a document is which line of the order.

Line numbers are padded differently in each document, and some documents name the wrong
line of the order while their article number is right: the article number decides, the
line number helps where the article stands in the order more than once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal

from .documents import Document, Line, OrderReference

#: What a line is called; an order line fits if one of its names is one of the other's.
Names = Callable[[Line], Iterable[str]]
#: Least is closest; compared element by element.
Distance = tuple[bool, Decimal, Decimal, bool, int]


def same_line(one: str, other: str) -> bool:
    """Whether two line numbers are the same: ``00001`` = ``1`` = ``001``."""
    return bool(one.strip()) and _bare(one) == _bare(other)


def _bare(number: str) -> str:
    number = number.strip().casefold()
    return number.lstrip("0") or number[:1]


def lines_of(
    document: Document, numbers: Collection[str], shared: Collection[str] = ()
) -> list[Line]:
    """The lines of one order in a document that may serve several.

    :param numbers: all numbers that the order goes by, ITscope's, the supplier's and
        our own
    :param shared: numbers that other orders may go by, too (our customer's): where the
        document names another order beside one of them, they tell nothing
    :return: lines that name one of them; and those that name no order, where the
        document names no other order than this
    """
    wanted = set(map(_folded, numbers)) - {""}
    references = [*document.references, *(line.reference for line in document.lines)]
    # Who names our order beside the supplier's number tells us that one too.
    wanted |= {
        _folded(reference.supplier_order_id)
        for reference in references
        if _orders(reference) & wanted
    } - {""}
    ambiguous = set(map(_folded, shared)) - wanted
    if not any(
        orders & ambiguous and not orders <= ambiguous and not orders & wanted
        for orders in map(_orders, references)
    ):
        wanted |= ambiguous - {""}
        ambiguous = set()
    named = [
        orders for reference in references if (orders := _orders(reference) - ambiguous)
    ]
    only_this = all(orders & wanted for orders in named)
    found = []
    for line in document.lines:
        orders = _orders(line.reference) - ambiguous
        supplier = _folded(line.reference.supplier_order_id)
        if orders & wanted or supplier in wanted or (not orders and only_this):
            found.append(line)
    return found


def _orders(reference: OrderReference) -> set[str]:
    return set(map(_folded, (reference.order_id, *reference.other_ids))) - {""}


def _folded(number: str) -> str:
    return number.strip().casefold()


def match_lines(
    order_lines: Sequence[Line], document_lines: Sequence[Line]
) -> tuple[list[tuple[Line, Line]], list[Line]]:
    """Give each document line its order line.

    Several lines of the document may belong to one line of the order (a split
    delivery). The order of the document's lines does not matter.

    :return: pairs ``(order line, document line)`` in the document's order, the very
        objects that were given; and the document lines that fit none
    """
    matching = _Matching(order_lines, document_lines)
    for ours, theirs in (
        (_article, _article),
        (_product, _product),
        (_own_number, _told_number),
    ):
        matching.match(ours, theirs)
    pairs = [
        (order_lines[matching.found[index]], line)
        for index, line in enumerate(document_lines)
        if index in matching.found
    ]
    unknown = [line for i, line in enumerate(document_lines) if i not in matching.found]
    return pairs, unknown


class _Matching:
    """``found``: place in the document → place in the order."""

    def __init__(
        self, order_lines: Sequence[Line], document_lines: Sequence[Line]
    ) -> None:
        self.order_lines = order_lines
        self.document_lines = document_lines
        self.found: dict[int, int] = {}
        self.used: set[int] = set()
        self.open = [line.quantity for line in order_lines]

    def match(self, ours: Names, theirs: Names) -> None:
        """Match the lines that are still open by one kind of likeness.

        What a line says about its number in the order is believed as long as that line
        has quantity left. Then the closest pairs find each other, first among order
        lines that nobody took, then among those with quantity left, at last among all:
        more may be delivered than ordered.
        """
        pairs = self._pairs(ours, theirs)
        told = [pair for pair in pairs if self._told(*pair)]
        self._take(told, lambda d, o: o not in self.used or self._has_room(d, o))
        self._take(pairs, lambda _d, o: o not in self.used)
        self._take(pairs, self._has_room)
        self._take(pairs, lambda _d, _o: True)

    def _pairs(self, ours: Names, theirs: Names) -> list[tuple[int, int]]:
        """All that fit, the closest first. Ties are broken by what the lines say, not
        by where they stand in the document."""
        named = defaultdict(set)
        for o, line in enumerate(self.order_lines):
            for name in ours(line):
                named[name].add(o)
        pairs = {
            (d, o)
            for d, line in enumerate(self.document_lines)
            if d not in self.found
            for name in theirs(line)
            for o in named.get(name, ())
        }
        return sorted(pairs, key=lambda pair: (*self._distance(*pair), self._key(pair)))

    def _take(
        self,
        pairs: Iterable[tuple[int, int]],
        allowed: Callable[[int, int], bool],
    ) -> None:
        for d, o in pairs:
            if d not in self.found and allowed(d, o):
                self.found[d] = o
                self.used.add(o)
                self.open[o] -= self.document_lines[d].quantity

    def _has_room(self, d: int, o: int) -> bool:
        return self.open[o] >= self.document_lines[d].quantity

    def _told(self, d: int, o: int) -> bool:
        told = self.document_lines[d].reference.line_id
        return same_line(self.order_lines[o].line_id, told)

    def _distance(self, d: int, o: int) -> Distance:
        theirs, ours = self.document_lines[d], self.order_lines[o]
        price = Decimal()
        if theirs.price is not None and ours.price is not None:
            price = abs(theirs.price - ours.price)
        return (
            not self._told(d, o),
            abs(theirs.quantity - ours.quantity),
            price,
            not same_line(ours.line_id, theirs.line_id),
            o,
        )

    def _key(self, pair: tuple[int, int]) -> tuple[str, str, str, Decimal]:
        line = self.document_lines[pair[0]]
        reference = line.reference
        number = _bare(line.line_id)
        return (
            reference.line_id,
            reference.supplier_line_id,
            number.rjust(10, "0"),
            line.quantity,
        )


def _article(line: Line) -> Iterable[str]:
    pid = _folded(line.product.supplier_pid)
    return (pid,) if pid else ()


def _product(line: Line) -> Iterable[str]:
    ean, puid = line.product.ean.lstrip("0"), line.product.puid
    names = {"ean": ean, "puid": puid}
    return [f"{kind} {number}" for kind, number in names.items() if number]


def _own_number(line: Line) -> Iterable[str]:
    return (_bare(line.line_id),)


def _told_number(line: Line) -> Iterable[str]:
    """By line number alone, where the document's line names no article at all."""
    product = line.product
    if product.supplier_pid or product.ean or product.puid:
        return ()
    number = _bare(line.reference.line_id or line.line_id)
    return (number,) if number else ()
