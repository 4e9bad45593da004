"""Which line is which."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opentrans import (
    DispatchNotification,
    Line,
    OrderReference,
    ProductIds,
    lines_of,
    match_lines,
    same_line,
)


def ordered(number: int, pid: str, quantity: int = 1, **other: object) -> Line:
    return made(f"{number:05d}", pid, quantity, **other)


def told(
    number: str, pid: str, quantity: int = 1, reference: str = "", **other: object
) -> Line:
    return made(
        number, pid, quantity, reference=OrderReference(line_id=reference), **other
    )


def made(number: str, pid: str, quantity: int, **other: object) -> Line:
    ean, puid = str(other.pop("ean", "")), str(other.pop("puid", ""))
    return Line(
        number,
        ProductIds(pid, ean, puid),
        Decimal(quantity),
        **other,  # type: ignore[arg-type]
    )


def numbers(order: list[Line], document: list[Line]) -> list[str]:
    """The order's line number for each line of the document, "" for none."""
    pairs, unknown = match_lines(order, document)
    assert len(pairs) + len(unknown) == len(document)
    found = {id(theirs): ours.line_id for ours, theirs in pairs}
    assert set(found) | {id(line) for line in unknown} == {
        id(line) for line in document
    }
    return [found.get(id(line), "").lstrip("0") for line in document]


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("00001", "1", True),
        ("001", "00001", True),
        (" 1 ", "1", True),
        ("10", "1", False),
        ("0", "000", True),
        ("a1", "A1", True),
        ("", "", False),
        ("", "0", False),
    ],
)
def test_same_line(one: str, other: str, same: bool) -> None:
    assert same_line(one, other) is same_line(other, one) is same


def test_the_article_number_decides() -> None:
    order = [ordered(1, "A"), ordered(2, "B"), ordered(3, "C")]
    document = [told("1", "A", 1, "1"), told("2", "b", 1, "3"), told("3", "C", 1, "3")]
    assert numbers(order, document) == ["1", "2", "3"]


def test_an_article_twice_by_reference() -> None:
    order = [ordered(1, "A", 5), ordered(2, "A", 3)]
    document = [told("1", "A", 5, "00002"), told("2", "A", 3, "001")]
    assert numbers(order, document) == ["2", "1"]


def test_an_article_twice_by_quantity_then_price_then_number() -> None:
    order = [ordered(1, "A", 4), ordered(2, "A", 5)]
    assert numbers(order, [told("1", "A", 5), told("2", "A", 4)]) == ["2", "1"]
    assert numbers(order, [told("7", "A", 4), told("8", "A", 5)]) == ["1", "2"]
    order = [ordered(1, "A", price=Decimal(9)), ordered(2, "A", price=Decimal(7))]
    document = [told("1", "A", price=Decimal("7.1")), told("2", "A", price=Decimal(9))]
    assert numbers(order, document) == ["2", "1"]
    order = [ordered(1, "A"), ordered(2, "A")]
    assert numbers(order, [told("2", "A"), told("1", "A")]) == ["2", "1"]
    assert numbers(order, [told("8", "A"), told("9", "A")]) == ["1", "2"]


def test_a_reference_is_believed_while_there_is_quantity() -> None:
    order = [ordered(1, "A", 5), ordered(2, "A", 5)]
    split = [told("1", "A", 2, "1"), told("2", "A", 3, "1")]
    assert numbers(order, split) == ["1", "1"]
    wrong = [told("1", "A", 5, "1"), told("2", "A", 5, "1")]
    assert sorted(numbers(order, wrong)) == ["1", "2"]


def test_split_deliveries_without_references() -> None:
    order = [ordered(1, "A", 10), ordered(2, "B", 1)]
    document = [told("1", "A", 4), told("2", "A", 6), told("3", "B"), told("4", "A", 1)]
    assert numbers(order, document) == ["1", "1", "2", "1"]


def test_more_lines_than_ordered_lines_fill_what_is_open() -> None:
    order = [ordered(1, "A", 2), ordered(2, "A", 6)]
    document = [told("1", "A", 2), told("2", "A", 3), told("3", "A", 3)]
    assert numbers(order, document) == ["1", "2", "2"]


def test_international_numbers_come_second() -> None:
    order = [
        ordered(1, "A", ean="0400123"),
        ordered(2, "B", ean="9"),
        ordered(3, "", puid="77"),
    ]
    document = [
        told("1", "successor", ean="400123"),
        told("2", "B", ean="400123"),
        told("3", "other", puid="77"),
    ]
    assert numbers(order, document) == ["1", "2", "3"]


def test_the_number_alone_counts_only_where_no_article_is_named() -> None:
    order = [ordered(1, "A"), ordered(2, "B")]
    assert numbers(order, [told("002", ""), told("7", "", 1, "1")]) == ["2", "1"]
    assert numbers(order, [told("1", "freight"), told("9", "")]) == ["", ""]
    assert numbers(order, [told("", "")]) == [""]


def test_nothing_to_match() -> None:
    assert match_lines([], []) == ([], [])
    assert numbers([], [told("1", "A")]) == [""]
    assert numbers([ordered(1, "A")], []) == []


PIDS = st.sampled_from("ABC")
SMALL = st.integers(1, 4)
ORDERED = st.lists(st.tuples(PIDS, SMALL), max_size=5)
TOLD = st.lists(st.tuples(PIDS, SMALL, st.sampled_from(" 12345")), max_size=6)


@given(ours=ORDERED, theirs=TOLD, data=st.data())
@settings(max_examples=300, deadline=None)
def test_the_order_of_the_documents_lines_does_not_matter(
    ours: list[tuple[str, int]],
    theirs: list[tuple[str, int, str]],
    data: st.DataObject,
) -> None:
    order = [ordered(n, *values) for n, values in enumerate(ours, 1)]
    document = [told(str(n), p, q, r) for n, (p, q, r) in enumerate(theirs, 1)]
    places = data.draw(st.permutations(range(len(document))))
    straight = numbers(order, document)
    mixed = numbers(order, [document[place] for place in places])
    assert mixed == [straight[place] for place in places]
    for (pid, _quantity, _reference), number in zip(theirs, straight, strict=True):
        assert bool(number) is any(pid == one for one, _quantity in ours)
        assert not number or ours[int(number) - 1][0] == pid


@given(ours=ORDERED, data=st.data())
@settings(max_examples=200, deadline=None)
def test_the_order_itself_in_any_order(
    ours: list[tuple[str, int]], data: st.DataObject
) -> None:
    """Quantities and articles alone find the way back, up to equal lines."""
    order = [ordered(n, *values) for n, values in enumerate(ours, 1)]
    mixed = data.draw(st.permutations(ours))
    document = [told(f"9{n}", pid, quantity) for n, (pid, quantity) in enumerate(mixed)]
    found = numbers(order, document)
    assert sorted(found) == sorted(str(n) for n in range(1, len(ours) + 1))
    assert [ours[int(number) - 1] for number in found] == list(mixed)


# ---------------------------------------------------------------------- lines_of


def notification(
    lines: list[OrderReference], references: tuple[OrderReference, ...] = ()
) -> DispatchNotification:
    return DispatchNotification(
        "D1",
        None,
        references=references,
        lines=tuple(
            Line(str(n), ProductIds(), Decimal(1), reference=reference)
            for n, reference in enumerate(lines, 1)
        ),
    )


OURS, OTHER, NONE = OrderReference("11A-1"), OrderReference("11B-2"), OrderReference()
ALSO_OURS = OrderReference("x", other_ids=("p00042",))
SUPPLIERS = OrderReference(supplier_order_id="S1")
PAIRED = OrderReference("11A-1", supplier_order_id="S1")


@pytest.mark.parametrize(
    "lines, references, expected",
    [
        ([OURS, OTHER, ALSO_OURS], (), "13"),
        ([NONE, NONE], (), "12"),
        ([NONE, OURS], (), "12"),
        ([NONE, OTHER], (), ""),
        ([NONE, OURS, OTHER], (), "2"),
        ([NONE], (OURS,), "1"),
        ([NONE], (OTHER,), ""),
        ([NONE, OURS], (OURS, OTHER), "2"),
        ([SUPPLIERS, OTHER], (PAIRED,), "1"),
        ([SUPPLIERS, PAIRED, OTHER], (), "12"),
        ([SUPPLIERS, OTHER], (), ""),
        ([OrderReference(" 11a-1 ")], (), "1"),
    ],
)
def test_lines_of(
    lines: list[OrderReference], references: tuple[OrderReference, ...], expected: str
) -> None:
    found = lines_of(notification(lines, references), {"11A-1", "P00042", ""})
    assert "".join(line.line_id for line in found) == expected


CUSTOMERS = OrderReference(other_ids=("S12",))
OURS_FOR = OrderReference("11A-1", other_ids=("s12",))
OTHER_FOR = OrderReference("11B-2", other_ids=("S12",))


@pytest.mark.parametrize(
    "lines, references, expected",
    [
        # Nobody else has the customer's number here: it is as good as ours.
        ([CUSTOMERS, OTHER], (), "1"),
        ([CUSTOMERS], (OURS,), "1"),
        ([NONE], (CUSTOMERS,), "1"),
        # Another order has it, too.
        ([OURS_FOR, OTHER_FOR], (), "1"),
        ([OTHER_FOR], (), ""),
        ([NONE, CUSTOMERS], (OTHER_FOR,), ""),
        ([OURS_FOR, CUSTOMERS, NONE], (), "123"),
    ],
)
def test_lines_of_a_shared_number(
    lines: list[OrderReference], references: tuple[OrderReference, ...], expected: str
) -> None:
    found = lines_of(notification(lines, references), {"11A-1"}, {"S12", ""})
    assert "".join(line.line_id for line in found) == expected
