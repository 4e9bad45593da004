"""What an invoice bills adds up to its own total."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opentrans import Charge, Invoice, Line, ProductIds, Tax, billed

R19, R7 = D("0.19"), D("0.07")
CENT = D("0.01")


def line(quantity: object, price: object, **other: object) -> Line:
    rate = other.pop("rate", R19)
    values: dict[str, object] = {
        "line_id": "1",
        "product": ProductIds("123"),
        "quantity": D(str(quantity)),
        "price": None if price is None else D(str(price)),
        "tax": None if rate is None else Tax(rate),  # type: ignore[arg-type]
        **other,
    }
    return Line(**values)  # type: ignore[arg-type]


def invoice(lines: list[Line], **other: object) -> Invoice:
    return Invoice("R1", None, lines=tuple(lines), **other)  # type: ignore[arg-type]


def freight(amount: object = "10", rate: D | None = None) -> Charge:
    return Charge("freight", D(str(amount)), tax=Tax(rate) if rate else None)


def total(document: Invoice) -> D:
    """What a bill of it comes to: tax by rate, in cents."""
    found = billed(document)
    bases: dict[D, D] = defaultdict(D)
    for goods in found.lines:
        amount = goods.price * goods.quantity * (100 - goods.discount) / 100
        assert abs(amount - goods.amount) <= CENT / 2
        bases[goods.rate or D()] += goods.total
    for charge in found.charges:
        bases[charge.rate or D()] += charge.amount
    taxes = (round(rate * base, 2) for rate, base in bases.items())
    return sum(bases.values(), D()) + sum(taxes, D())


def rates(document: Invoice) -> list[tuple[D, D | None]]:
    return [(part.amount, part.rate) for part in billed(document).charges]


@pytest.mark.parametrize(
    "goods, price, discount, amount",
    [
        (line(3, 100), "100", "0", "300"),
        # A discount within the amount: as such where it is a percentage.
        (line(3, 100, line_amount=D(285)), "100", "5", "285"),
        (line(3, 100, line_amount=D("270.09")), "100", "9.97", "270.09"),
        (line(3, 100, line_amount=D("270.10")), "90.03333", "0", "270.10"),
        (line(3, 100, line_amount=D("310")), "103.33333", "0", "310"),
        # A price for a hundred, and none at all.
        (line(250, 12.3, price_quantity=D(100)), "0.123", "0", "30.75"),
        (line(4, None, line_amount=D(10)), "2.5", "0", "10"),
        (line(0, None, line_amount=D(10)), "10", "0", "10"),
        (line(-1, 562, line_amount=D(-562)), "562", "0", "-562"),
    ],
)
def test_a_line(goods: Line, price: str, discount: str, amount: str) -> None:
    (found,) = billed(invoice([goods])).lines
    assert round(found.price, 6) == D(price)
    assert (found.discount, found.amount) == (D(discount), D(amount))


@pytest.mark.parametrize(
    "stated, times", [(None, 0), ("20", 0), ("21.5", 1), ("23", 2)]
)
def test_charges_of_a_line(stated: str | None, times: int) -> None:
    """They are in the line's amount once, for each unit, or not at all."""
    amount = None if stated is None else D(stated)
    goods = line(2, 10, line_amount=amount, charges=(freight("1.5"),))
    (found,) = billed(invoice([goods])).lines
    assert found.amount == D(20)
    assert [n for _charge, n in found.charges] == ([D(times)] if times else [])
    assert found.total == D(20) + D(times) * D("1.5")


def test_the_total_says_how_to_read_the_lines() -> None:
    """Line charges beside the lines' amounts; amounts that nobody sums up."""
    beside = line(2, 10, line_amount=D(20), charges=(freight("1.5"),))
    tax = Tax(R19, D("4.09"))
    document = invoice([beside], taxes=(tax,), total_amount=D("25.59"))
    assert billed(document).lines[0].total == D("21.5")
    gross = line(2, 10, line_amount=D("23.8"))
    assert billed(invoice([gross], net_goods=D(20))).lines[0].amount == D(20)
    assert billed(invoice([gross], net_goods=D("23.8"))).lines[0].amount == D("23.8")
    bare = line(2, 10, charges=(freight("1.5"),))
    assert billed(invoice([bare], net_goods=D(23))).lines[0].total == D(23)


@pytest.mark.parametrize(
    "tax, expected",
    [("19", D(0)), ("20.9", R19), ("55", None)],
)
def test_charges_inside_and_outside_the_tax(tax: str, expected: D | None) -> None:
    document = invoice([line(1, 100)], charges=(freight(),), taxes=(Tax(R19, D(tax)),))
    assert rates(document) == [(D(10), expected)]


def test_mixed_rates() -> None:
    goods = [line(1, 100), line(1, 200, rate=R7)]

    def taxed(at19: str, at7: str, *charges: Charge) -> list[tuple[D, D | None]]:
        taxes = (Tax(R19, D(at19)), Tax(R7, D(at7)))
        return rates(invoice(goods, taxes=taxes, charges=charges))

    assert taxed("20.9", "14", freight()) == [(D(10), R19)]
    assert taxed("19", "14.7", freight()) == [(D(10), R7)]
    assert taxed("19", "14", freight()) == [(D(10), D(0))]
    assert taxed("20.9", "14.35", freight(), freight(5)) == [(D(10), R19), (D(5), R7)]
    assert taxed("20.9", "14", freight(rate=R19), freight(5)) == [
        (D(10), R19),
        (D(5), D(0)),
    ]
    # Freight follows the goods: a third and two thirds.
    split = taxed("20.9", "15.4", freight(30))
    assert sorted(split, key=str) == [(D(10), R19), (D(20), R7)]


def test_discount_on_the_whole_invoice() -> None:
    document = invoice(
        [line(1, 100)],
        charges=(freight(-10),),
        taxes=(Tax(R19, D("17.1")),),
        total_amount=D("107.1"),
    )
    assert rates(document) == [(D(-10), R19)]
    assert total(document) == D("107.1")


def test_only_the_total_is_stated() -> None:
    document = invoice(
        [line(1, 100), line(1, 200, rate=R7)],
        charges=(freight(),),
        taxes=(Tax(R19), Tax(R7)),
        total_amount=D("344.9"),
    )
    assert rates(document) == [(D(10), R19)]
    assert rates(invoice([line(1, 100)], charges=(freight(),))) == [(D(10), None)]


@pytest.mark.parametrize(
    "stated, expected",
    [("1190", R19), ("1070", R7), ("1000", D(0)), ("1505.55", None), (None, None)],
)
def test_no_rate_at_all(stated: str | None, expected: D | None) -> None:
    """The total implies it."""
    amount = None if stated is None else D(stated)
    document = invoice([line(1, 1000, rate=None)], total_amount=amount)
    assert billed(document).lines[0].rate == expected


def test_reverse_charge() -> None:
    document = invoice(
        [line(1, 100, rate=D(0))],
        charges=(freight(),),
        taxes=(Tax(D(0), D(0)),),
        total_amount=D(110),
    )
    assert rates(document) == [(D(10), D(0))]
    assert total(document) == D(110)


def test_fractions_of_cents_do_not_add_up() -> None:
    goods = [line(1, "0.004", line_amount=D("0.00")) for _ in range(50)]
    goods += [line(7, "1.2345") for _ in range(50)]
    document = invoice(goods, net_goods=D("432.00"))
    raw = sum(
        (
            g.price * g.quantity * (100 - g.discount) / 100
            for g in billed(document).lines
        ),
        D(),
    )
    assert abs(raw - D("432.00")) <= CENT


AMOUNTS = st.decimals("0.01", "5000", places=2)
GOODS = st.lists(
    st.tuples(
        st.integers(1, 20),
        AMOUNTS,
        st.sampled_from([D(0), R7, R19]),
        st.sampled_from([D(0), D(3), D("12.5")]),
    ),
    min_size=1,
    max_size=8,
)
CHARGES = st.lists(
    st.tuples(
        st.decimals("-50", "90", places=2).filter(bool),
        st.sampled_from([None, D(0), R7, R19]),
        st.booleans(),
    ),
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(GOODS, CHARGES)
def test_any_consistent_invoice(
    goods: list[tuple[int, D, D, D]], charges: list[tuple[D, D | None, bool]]
) -> None:
    """Whatever rates, discounts and charges: the bill's total is the invoice's."""
    lines, parts = [], []
    bases: dict[D, D] = defaultdict(D)
    for quantity, price, rate, discount in goods:
        amount = round(price * quantity * (100 - discount) / 100, 2)
        bases[rate] += amount
        lines.append(line(quantity, price, rate=rate, line_amount=amount))
    net = sum(bases.values(), D())
    for amount, own, said in charges:
        bases[own or D()] += amount
        parts.append(Charge("", amount, tax=Tax(own) if said and own else None))
    taxes = tuple(Tax(rate, round(rate * base, 2)) for rate, base in bases.items())
    gross = sum(bases.values(), D()) + sum((tax.amount or D() for tax in taxes), D())
    document = invoice(
        lines, charges=tuple(parts), taxes=taxes, net_goods=net, total_amount=gross
    )
    assert abs(total(document) - gross) <= D("0.05")
