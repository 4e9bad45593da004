"""Which offers count, and the rule that is said to have decided."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from buying_cases import TODAY, problem

from buying import (
    Choice,
    Need,
    Offer,
    Order,
    Reason,
    Rules,
    SolverMissingError,
    Supplier,
    Why,
    best,
    count,
    orders,
)

RULES = Rules(today=TODAY)
A, B, C = 1, 2, 3


def days(number: int) -> object:
    return TODAY + timedelta(days=number)


def offer(key: int, price: object, supplier: int = A, need: int = 0, **values) -> Offer:
    amount = None if price is None else Decimal(str(price))
    return Offer(key, need, supplier, amount, **{"stock": Decimal(5), **values})


def choose(
    *offers: Offer, rules: Rules = RULES, terms: tuple = (), need: Need | None = None
) -> dict[int, Choice]:
    known = {supplier.id: supplier for supplier in terms}
    wanted = {o.need: Need(o.need) for o in offers}
    if need:
        wanted[need.id] = need
    plan = best(
        list(wanted.values()),
        offers,
        [known.get(key, Supplier(key)) for key in (A, B, C)],
        rules,
    )
    assert plan.proven
    return {choice.need: choice for choice in plan.choices}


def test_the_cheapest() -> None:
    choice = choose(offer(1, 10), offer(2, 9, B))[0]
    assert (choice.offer, choice.reason) == (2, Reason.CHEAPEST)
    assert choice.rival is None


def test_the_only_one() -> None:
    choice = choose(offer(1, 10), offer(2, None, B), offer(3, 0, C))[0]
    assert (choice.offer, choice.reason) == (1, Reason.ONLY)
    assert choice.not_counting == {2: Why.UNPRICED, 3: Why.UNPRICED}


def test_what_is_in_stock_comes_before_what_is_cheaper() -> None:
    empty = {"stock": Decimal(0)}
    choice = choose(offer(1, 10), offer(2, 8, B, **empty), offer(3, 11, C))[0]
    assert (choice.offer, choice.reason) == (1, Reason.IN_TIME)
    assert (choice.rival, choice.dearer) == (2, 2)
    choice = choose(offer(1, 10), offer(2, 8, B, **empty))[0]
    assert (choice.offer, choice.reason) == (1, Reason.ONLY_IN_TIME)
    soon = offer(2, 8, B, stock=Decimal(0), arrives_on=days(3))
    assert choose(offer(1, 10), soon)[0].offer == 1
    assert choose(offer(1, 10), soon, rules=replace(RULES, available_within=3))[0] == (
        Choice(0, 2, Reason.CHEAPEST)
    )


def test_stock_must_be_enough_for_what_is_ordered() -> None:
    few = offer(1, 8, stock=Decimal(2), quantity=Decimal(3))
    enough = offer(2, 9, B, stock=Decimal(3), quantity=Decimal(3))
    assert choose(few, enough)[0].offer == 2


def test_where_nothing_comes_in_time() -> None:
    late = offer(1, 8, stock=Decimal(0))
    assert choose(late)[0].offer == 1
    choice = choose(late, rules=replace(RULES, late_never=True))[0]
    assert (choice.offer, choice.reason) == (None, Reason.LATE)


def test_the_day_it_is_needed_on() -> None:
    stock = offer(1, 10)
    later = offer(2, 8, B, stock=Decimal(0), arrives_on=days(6))
    for day, chosen in ((5, 1), (6, 2), (7, 2), (-1, 1)):
        need = Need(0, needed_on=days(day))
        assert choose(stock, later, need=need)[0].offer == chosen
    need = Need(0, needed_on=days(7))
    assert choose(stock, later, need=need, rules=replace(RULES, by_date=False))[
        0
    ].offer == (1)


def test_old_prices() -> None:
    rules = replace(RULES, price_age=7)
    old = offer(1, 8, price_date=days(-8))
    new = offer(2, 9, B, price_date=days(-7))
    unknown = offer(3, 7, C)
    choice = choose(old, new, unknown, rules=rules)[0]
    assert (choice.offer, choice.reason) == (2, Reason.ONLY)
    assert choice.not_counting == {1: Why.OLD, 3: Why.OLD}
    choice = choose(old, offer(4, None, B), rules=rules)[0]
    assert (choice.offer, choice.reason) == (None, Reason.OLD)


def test_a_preferred_supplier_unless_another_is_cheaper_by_more_than_x() -> None:
    rules = replace(RULES, tolerance=Decimal(5))
    preferred = (Supplier(B, rank=1),)
    for price, chosen in (("100", B), ("95.00", B), ("94.99", A)):
        choice = choose(
            offer(A, price), offer(B, 100, B), rules=rules, terms=preferred
        )[0]
        assert choice.offer == chosen, price
    choice = choose(offer(A, 96), offer(B, 100, B), rules=rules, terms=preferred)[0]
    assert (choice.reason, choice.rival, choice.dearer) == (Reason.PREFERRED, A, 4)


def test_ranks_are_compared_with_those_that_count() -> None:
    rules = replace(RULES, tolerance=Decimal(5))
    ranked = (Supplier(A, rank=1), Supplier(B, rank=2))
    offers = (offer(A, 100, A), offer(B, 95, B), offer(C, 91, C))
    # The second does not count, so the third is compared with the first alone.
    assert choose(*offers, rules=rules, terms=ranked)[0].offer == C


@pytest.mark.parametrize("seed", range(200))
def test_the_rule_of_preference_as_it_is_defined(seed: int) -> None:
    needs, offers, suppliers, rules = problem(seed, 1, 5)
    by_id = {s.id: s for s in suppliers}
    (row,) = count(needs, offers, by_id, rules)
    kept = set(row.counting)
    left = kept | {o for o, why in row.refused.items() if why is Why.RANK}

    def rank(key: int) -> int:
        return by_id[row.offers[key].supplier].rank or 99

    for key in left:
        better = [o for o in kept if rank(o) < rank(key)]
        allowed = all(
            Decimal(row.amounts[key])
            < row.amounts[o] * (Decimal(100) - rules.tolerance) / 100
            for o in better
        )
        assert (key in kept) == allowed
    assert bool(kept) == bool(left)


def test_a_dearer_one_that_saves_shipping() -> None:
    terms = tuple(Supplier(key, shipping=Decimal("9.90")) for key in (A, B))
    choices = choose(
        offer(1, 100, A),
        offer(2, 103, B),
        offer(3, 50, A, need=1),
        offer(4, 48, B, need=1),
        terms=terms,
    )
    choice = choices[1]
    assert (choice.offer, choice.reason, choice.rival) == (3, Reason.TOGETHER, 4)
    assert (choice.dearer, choice.saved) == (2, Decimal("7.90"))
    assert choices[0].reason is Reason.CHEAPEST


def test_a_dearer_one_that_reaches_free_carriage() -> None:
    terms = (
        Supplier(A, shipping=Decimal(9), carriage_free=Decimal(150)),
        Supplier(B),
    )
    choices = choose(
        offer(1, 100, A),
        offer(2, 103, B),
        offer(3, 50, A, need=1),
        offer(4, 48, B, need=1),
        terms=terms,
    )
    assert choices[1].reason is Reason.TOGETHER
    assert choices[1].offer == 3


def test_fewest_orders() -> None:
    rules = replace(RULES, order_cost=Decimal(10))
    choices = choose(
        offer(1, 10, A),
        offer(2, 15, B),
        offer(3, 15, A, need=1),
        offer(4, 10, B, need=1),
        rules=rules,
    )
    assert {choices[0].offer, choices[1].offer} in ({1, 3}, {2, 4})


def test_the_minimum_order() -> None:
    terms = (Supplier(A, minimum=Decimal(50)),)
    cheap, dear = offer(1, 40, A), offer(2, 45, B)
    choice = choose(cheap, dear, terms=terms)[0]
    assert (choice.offer, choice.reason, choice.rival) == (2, Reason.MINIMUM, 1)
    # Together they reach it.
    both = choose(cheap, dear, offer(3, 10, A, need=1), terms=terms)
    assert both[0].offer == 1 and not both[0].below_minimum
    # Nobody else has it: the order is made all the same, and it is said.
    alone = choose(cheap, terms=terms)[0]
    assert alone.offer == 1 and alone.below_minimum
    # What is in an open order counts, too.
    filled = (replace(terms[0], open_goods=Decimal(10)),)
    assert choose(cheap, dear, terms=filled)[0] == Choice(0, 1, Reason.CHEAPEST)


def test_an_open_order_takes_more_without_another_shipping() -> None:
    terms = (
        Supplier(A, shipping=Decimal(9)),
        Supplier(B, shipping=Decimal(9), open_goods=Decimal(1)),
    )
    choice = choose(offer(1, 10, A), offer(2, 12, B), terms=terms)[0]
    assert (choice.offer, choice.reason, choice.saved) == (2, Reason.TOGETHER, 7)


def test_the_orders_that_are_made() -> None:
    terms = (
        Supplier(A, shipping=Decimal(9), carriage_free=Decimal(100)),
        Supplier(B, minimum=Decimal(50), open_goods=Decimal("20.50")),
    )
    rules = replace(RULES, order_cost=Decimal(3))
    chosen = (offer(1, 30, A), offer(2, "10.25", B, quantity=Decimal(2), need=1))
    expected = (
        Order(
            B,
            goods=Decimal("20.50"),
            open_goods=Decimal("20.50"),
            shipping=Decimal(0),
            order_cost=Decimal(0),
            missing=Decimal(9),
            to_carriage_free=None,
            needs=1,
        ),
        Order(
            A,
            goods=Decimal(30),
            open_goods=Decimal(0),
            shipping=Decimal(9),
            order_cost=Decimal(3),
            missing=Decimal(0),
            to_carriage_free=Decimal(70),
            needs=1,
        ),
    )
    assert orders(chosen, terms, rules) == expected
    wanted = [Need(0), Need(1)]
    plan = best(wanted, chosen, terms, rules)
    assert plan.orders == expected
    assert plan.total == Decimal("62.50")


def test_what_a_person_chose() -> None:
    need = Need(0, fixed=2)
    old = replace(RULES, price_age=1)
    choice = choose(offer(1, 10), offer(2, 30, B), need=need, rules=old)[0]
    assert (choice.offer, choice.reason) == (2, Reason.FIXED)
    assert (choice.rival, choice.dearer) == (1, 20)
    # An offer that is gone is no choice.
    assert choose(offer(1, 10), need=need)[0].offer == 1


def test_nobody_offers_it() -> None:
    choice = choose(offer(1, 10), need=Need(7))[7]
    assert (choice.offer, choice.reason) == (None, Reason.NO_OFFER)


def test_every_choice_has_a_reason_that_holds() -> None:
    for seed in range(150):
        chance = random.Random(seed)
        needs, offers, suppliers, rules = problem(seed, chance.randint(2, 8), 5)
        plan = best(needs, offers, suppliers, rules)
        by_id = {o.id: o for o in offers}
        for choice in plan.choices:
            assert choice.reason is not Reason.UNPROVEN
            if choice.reason is Reason.TOGETHER:
                assert choice.dearer > 0 and choice.saved >= 0
            if choice.rival is None or choice.offer is None:
                assert choice.dearer == choice.saved == 0
                continue
            chosen, rival = by_id[choice.offer], by_id[choice.rival]
            assert chosen.price and rival.price
            gap = chosen.price * chosen.quantity - rival.price * rival.quantity
            assert abs(gap - choice.dearer) <= Decimal("0.01")


def test_without_the_solver_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(SolverMissingError):
        choose(offer(1, 10))
