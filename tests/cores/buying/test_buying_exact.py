"""The best choice against all choices there are, and large ones for validity."""

from __future__ import annotations

import itertools
import random
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from buying_cases import TODAY, Case, problem, tight

from buying import Need, Offer, Plan, Rules, Supplier, best, count

CASES = 600


def reckon(
    needs: list[Need],
    offers: list[Offer],
    suppliers: list[Supplier],
    rules: Rules,
    chosen: dict[int, int],
) -> tuple[int, Decimal]:
    """What a choice costs, reckoned without the code that is tested."""
    by_id = {offer.id: offer for offer in offers}
    goods: dict[int, Decimal] = {}
    for offer_id in chosen.values():
        offer = by_id[offer_id]
        assert offer.price
        amount = (offer.price * offer.quantity).quantize(Decimal("0.01"))
        goods[offer.supplier] = goods.get(offer.supplier, Decimal(0)) + amount
    below, total = 0, Decimal(0)
    for supplier in suppliers:
        bought = goods.get(supplier.id)
        if bought is None and supplier.open_goods is None:
            continue
        in_order = (bought or Decimal(0)) + (supplier.open_goods or Decimal(0))
        total += bought or Decimal(0)
        if supplier.carriage_free is None or in_order < supplier.carriage_free:
            total += supplier.shipping
        if supplier.open_goods is None:
            total += rules.order_cost
        if bought is not None and in_order < supplier.minimum:
            below += 1
    return below, total


def chosen_of(plan: Plan) -> dict[int, int]:
    return {c.need: c.offer for c in plan.choices if c.offer is not None}


@pytest.mark.parametrize("first", range(0, CASES, 100))
def test_nothing_is_better_than_the_best(first: int) -> None:
    below_minimum = better = 0
    for seed in range(first, first + 100):
        chance = random.Random(-seed)
        case = problem(seed, needs=chance.randint(1, 5), suppliers=chance.randint(1, 4))
        needs, offers, suppliers, rules = case
        plan = best(*case)
        assert plan.proven, seed
        counted = count(needs, offers, {s.id: s for s in suppliers}, rules)
        buyable = [row for row in counted if row.counting]
        assert set(chosen_of(plan)) == {row.need.id for row in buyable}
        possible = [
            reckon(
                *case, {r.need.id: o for r, o in zip(buyable, combination, strict=True)}
            )
            for combination in itertools.product(*(row.counting for row in buyable))
        ]
        found = reckon(*case, chosen_of(plan))
        assert found == min(possible), seed
        assert found[1] == plan.total, seed
        below_minimum += found[0] > 0
        better += plan.total != plan.greedy_total
    # The cases are such that the rules matter.
    assert below_minimum and better, (below_minimum, better)


LARGE = [
    *(problem(seed, 100, 20, spread=(200, 3000)[seed % 2]) for seed in range(4)),
    *(tight(seed) for seed in (2, 4, 5)),
]


@pytest.mark.parametrize("case", LARGE)
def test_large_ones_are_valid_and_not_worse_than_greedy(case: Case) -> None:
    needs, offers, suppliers, rules = case
    begin = time.monotonic()
    plan = best(*case)
    print(
        f"{len(needs)} needs, {len(offers)} offers: {time.monotonic() - begin:.2f} s, "
        f"{plan.total} instead of {plan.greedy_total}, proven: {plan.proven}"
    )
    check(case, plan)


def check(case: Case, plan: Plan) -> None:
    """Each need has an offer that counts, the total is right, greedy not better."""
    needs, offers, suppliers, rules = case
    chosen, greedy = chosen_of(plan), {}
    for row in count(needs, offers, {s.id: s for s in suppliers}, rules):
        assert (row.need.id in chosen) == bool(row.counting)
        if row.counting:
            assert chosen[row.need.id] in row.counting
            greedy[row.need.id] = min(row.counting, key=lambda o: (row.amounts[o], o))
    assert reckon(*case, chosen)[1] == plan.total
    assert reckon(*case, chosen) <= reckon(*case, greedy)


def test_without_time_it_says_that_it_is_not_proven() -> None:
    case = tight(0)
    plan = best(*case, seconds=0.2)
    assert not plan.proven
    check(case, plan)


def test_the_same_is_chosen_again() -> None:
    case = problem(11, 30, 8, spread=300)
    assert best(*case) == best(*case)


def test_nothing_is_needed() -> None:
    plan = best([], [], [], Rules(today=TODAY))
    assert plan.choices == () and plan.total == 0 and plan.proven


def test_amounts_without_decimals_and_with_three() -> None:
    needs, offers, suppliers, rules = problem(5, 4, 3)
    for digits in (0, 3):
        plan = best(needs, offers, suppliers, replace(rules, digits=digits))
        assert plan.proven
        assert plan.total.as_tuple().exponent == -digits
