"""The best choice for all needs, with the rule that decided for each.

The choice is exact: :mod:`buying.solver` proves that none is better, and what it says
is reckoned again in whole numbers. Where it could not be proven in time, the best
choice so far is taken, but never one that is worse than the greedy one, the cheapest
counting offer for each need by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from .costs import Score, Terms, as_orders, score, terms
from .counting import Counted, count
from .records import Choice, Need, Offer, Plan, Reason, Rules, Supplier, Why
from .solver import solve

#: Patience, in seconds.
SECONDS = 20.0


def best(
    needs: Sequence[Need],
    offers: Iterable[Offer],
    suppliers: Iterable[Supplier],
    rules: Rules,
    seconds: float = SECONDS,
) -> Plan:
    """Choose an offer for each need.

    :param suppliers: the terms of every supplier that an offer is from
    :param seconds: how long to look for the proof
    :raise SolverMissingError: the solver can't be used here
    """
    by_id = {supplier.id: supplier for supplier in suppliers}
    counted = count(needs, offers, by_id, rules)
    by_supplier = terms(by_id.values(), rules)
    buyable = [row for row in counted if row.counting]
    chosen = _greedy(buyable)
    greedy = result = score(buyable, chosen, by_supplier)
    proven = True
    if buyable:
        solution = solve(buyable, by_supplier, chosen, seconds)
        proven = False
        if solution is not None:
            solved = score(buyable, solution.chosen, by_supplier)
            # What the solver rounded must hold in whole numbers, too.
            proven = (
                solution.optimal
                and solved.below <= solution.below
                and solved.total <= solution.total
            )
            if solved.key < greedy.key:
                chosen, result = dict(solution.chosen), solved
    return Plan(
        choices=tuple(_choices(counted, chosen, by_supplier, rules, proven)),
        orders=as_orders(result, rules),
        total=rules.amount(result.total),
        greedy_total=rules.amount(greedy.total),
        proven=proven,
    )


def _greedy(counted: Iterable[Counted]) -> dict[int, int]:
    return {
        row.need.id: min(row.counting, key=lambda offer: (row.amounts[offer], offer))
        for row in counted
    }


def _choices(
    counted: Sequence[Counted],
    chosen: Mapping[int, int],
    by_supplier: Mapping[int, Terms],
    rules: Rules,
    proven: bool,
) -> list[Choice]:
    """The rule that decided for each need's offer."""
    buyable = [row for row in counted if row.counting]
    result = score(buyable, chosen, by_supplier)
    return [
        _choice(row, chosen, result, buyable, by_supplier, rules, proven)
        if row.counting
        else Choice(row.need.id, None, _nothing(row), not_counting=row.refused)
        for row in counted
    ]


def _nothing(row: Counted) -> Reason:
    """Why no offer counts: what is nearest to counting says it."""
    refused = set(row.refused.values())
    for why, reason in (
        (Why.LATE, Reason.LATE),
        (Why.OLD, Reason.OLD),
        (Why.UNPRICED, Reason.UNPRICED),
    ):
        if why in refused:
            return reason
    return Reason.NO_OFFER


def _choice(
    row: Counted,
    chosen: Mapping[int, int],
    result: Score,
    buyable: Sequence[Counted],
    by_supplier: Mapping[int, Terms],
    rules: Rules,
    proven: bool,
) -> Choice:
    offer = chosen[row.need.id]
    order = result.suppliers[row.offers[offer].supplier]
    reason, rival = _reason(row, offer)
    saved = 0
    if reason is Reason.CHEAPEST and rival is not None:
        # A counting one is cheaper: what all would cost with it tells why not.
        other = score(buyable, {**chosen, row.need.id: rival}, by_supplier)
        saved = other.total - result.total
        if other.key > result.key:
            reason = Reason.MINIMUM if other.below > result.below else Reason.TOGETHER
        else:
            reason = Reason.TOGETHER if proven else Reason.UNPROVEN
    return Choice(
        need=row.need.id,
        offer=offer,
        reason=reason,
        rival=rival,
        dearer=_amount(row, offer, rules) - _amount(row, rival, rules)
        if rival is not None
        else Decimal(0),
        saved=rules.amount(max(saved, 0)),
        below_minimum=bool(order.missing),
        not_counting=row.refused,
    )


def _amount(row: Counted, offer: int, rules: Rules) -> Decimal:
    return rules.amount(row.amounts[offer])


def _reason(row: Counted, offer: int) -> tuple[Reason, int | None]:
    """The rule by which a need's offer was chosen, and the cheapest offer that it
    decided against."""

    def cheaper(why: Why | None) -> int | None:
        found = [
            other
            for other, amount in row.amounts.items()
            if amount < row.amounts[offer] and row.refused.get(other) == why
        ]
        return min(found, key=lambda o: (row.amounts[o], o), default=None)

    if row.need.fixed == offer:
        return Reason.FIXED, cheaper(Why.FIXED)
    counting = cheaper(None)
    if counting is not None:
        return Reason.CHEAPEST, counting
    if (preferred := cheaper(Why.RANK)) is not None:
        return Reason.PREFERRED, preferred
    late = cheaper(Why.LATE)
    others = {why for why in row.refused.values() if why in (Why.LATE, Why.RANK)}
    if len(row.counting) == 1 and others == {Why.LATE}:
        return Reason.ONLY_IN_TIME, late
    if late is not None:
        return Reason.IN_TIME, late
    priced = [o for o in row.amounts if row.refused.get(o) is not Why.OLD]
    return (Reason.ONLY if len(priced) == 1 else Reason.CHEAPEST), None
