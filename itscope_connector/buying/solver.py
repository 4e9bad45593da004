"""The exact choice by mixed-integer programming with HiGHS.

For each need one offer that counts, in binaries: ``x`` an offer is chosen, ``y`` a
supplier is ordered from, ``f`` its order is free of carriage, ``v`` its order is below
the minimum::

    minimise    sum amount x + sum order_cost y + sum shipping (y - f)
    such that   sum of a need's x = 1
                x <= y
                open goods + sum of the supplier's amount x >= carriage_free f
                open goods + sum of the supplier's amount x >= minimum (y - v)
                sum v <= orders that can't be helped to be below

The last number is 0 if that can be; else it is found first, by minimising ``sum v``.
All coefficients are whole numbers, so that a proven bound less than one unit away from
a choice proves that choice. What comes out is looked at again in exact arithmetic by
the caller.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .costs import Terms
from .counting import Counted
from .errors import SolverMissingError

#: Less than the difference between two totals.
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Solution:
    """
    :param below: orders below their minimum, as the solver counts them
    :param total: what it comes to, as the solver adds it up
    :param optimal: whether the solver says that nothing better exists
    """

    chosen: Mapping[int, int]
    below: int
    total: int
    optimal: bool


@dataclass(slots=True)
class _Model:
    costs: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    columns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def binary(self, cost: float = 0.0) -> int:
        self.costs.append(cost)
        return len(self.costs) - 1

    def row(self, entries: Mapping[int, float], low: float, high: float) -> int:
        self.columns += entries.keys()
        self.values += entries.values()
        self.starts.append(len(self.columns))
        self.lower.append(low)
        self.upper.append(high)
        return len(self.lower) - 1


def _highs() -> Any:
    try:
        import highspy  # type: ignore[import-not-found]
    except ImportError as error:
        raise SolverMissingError(str(error)) from error
    return highspy


def solve(
    counted: Sequence[Counted],
    by_supplier: Mapping[int, Terms],
    start: Mapping[int, int],
    seconds: float,
) -> Solution | None:
    """The best choice for needs with an offer that counts.

    :param start: a choice that is known, to begin with
    :param seconds: give up proving after so long, with the best choice so far
    :return: None where time was up before any choice was found
    """
    highspy = _highs()
    model = _Model()
    infinity = highspy.kHighsInf
    used = {row.offers[o].supplier for row in counted for o in row.counting}
    ordered, free, below = {}, {}, {}
    for key in sorted(used):
        own = by_supplier[key]
        # Of an open order, shipping is paid whatever is chosen.
        cost = own.order_cost + (0 if own.is_open else own.shipping)
        ordered[key] = model.binary(cost)
        if own.carriage_free is not None and own.shipping:
            free[key] = model.binary(-own.shipping)
        if own.minimum > own.open_goods:
            below[key] = model.binary()
    goods: dict[int, dict[int, float]] = {key: {} for key in used}
    offers: dict[tuple[int, int], int] = {}
    for row in counted:
        places = {}
        for offer in row.counting:
            amount, supplier = row.amounts[offer], row.offers[offer].supplier
            place = model.binary(amount)
            offers[row.need.id, offer] = places[place] = place
            goods[supplier][place] = amount
            model.row({place: 1, ordered[supplier]: -1}, -infinity, 0)
        model.row(dict.fromkeys(places, 1.0), 1, 1)
    for key, place in free.items():
        own = by_supplier[key]
        enough = float(own.carriage_free or 0)
        # Between whole numbers: what the solver rounds can't make it a unit less.
        least = -own.open_goods - HALF if enough > own.open_goods else -infinity
        model.row({**goods[key], place: -enough}, least, infinity)
        if not own.is_open:
            model.row({place: 1, ordered[key]: -1}, -infinity, 0)
    for key, place in below.items():
        own = by_supplier[key]
        least = float(own.minimum)
        model.row(
            {**goods[key], ordered[key]: -least, place: least},
            -own.open_goods - HALF,
            infinity,
        )
    most = model.row(dict.fromkeys(below.values(), 1.0), -infinity, 0)

    paid = sum(
        own.shipping if key in used else own.pays(own.open_goods)
        for key, own in by_supplier.items()
        if own.is_open
    )
    begin = time.monotonic()

    def left() -> float:
        return max(seconds - (time.monotonic() - begin), 0.1)

    try:
        found = _run(highspy, model, model.costs, left(), offers, start)
    except _Infeasible:
        fewest = [0.0] * len(model.costs)
        for place in below.values():
            fewest[place] = 1.0
        model.upper[most] = len(below)
        helpless = _run(highspy, model, fewest, left(), offers, start)
        if helpless is None:
            return None
        model.upper[most] = round(helpless.objective)
        found = _run(highspy, model, model.costs, left(), offers, helpless.chosen)
        if found is not None:
            found.optimal &= helpless.optimal
    if found is None:
        return None
    return Solution(
        chosen=found.chosen,
        below=round(model.upper[most]),
        total=round(found.objective) + paid,
        optimal=found.optimal,
    )


class _Infeasible(Exception):
    """No choice keeps all the bounds."""


@dataclass(slots=True)
class _Found:
    chosen: dict[int, int]
    objective: float
    optimal: bool


def _run(
    highspy: Any,
    model: _Model,
    costs: Sequence[float],
    seconds: float,
    offers: Mapping[tuple[int, int], int],
    start: Mapping[int, int],
) -> _Found | None:
    """:return: None where none was found in time"""
    size = len(costs)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, len(model.lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = costs, [0.0] * size, [1.0] * size
    lp.row_lower_, lp.row_upper_ = model.lower, model.upper
    lp.integrality_ = [highspy.HighsVarType.kInteger] * size
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.starts
    lp.a_matrix_.index_, lp.a_matrix_.value_ = model.columns, model.values
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("time_limit", seconds),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", HALF),
        ("mip_feasibility_tolerance", 1e-9),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    known = [(offers[key], 1.0) for key in start.items() if key in offers]
    if known:
        places, values = zip(*known, strict=True)
        solver.setSolution(len(known), list(places), list(values))
    solver.run()
    status = solver.getModelStatus()
    info = solver.getInfo()
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        raise _Infeasible
    if info.primal_solution_status != highspy.kSolutionStatusFeasible:
        return None
    columns = solver.getSolution().col_value
    chosen: dict[int, int] = {}
    for (need, offer), place in offers.items():
        if columns[place] > HALF:
            chosen[need] = offer
    return _Found(
        chosen=chosen,
        objective=info.objective_function_value,
        optimal=status == highspy.HighsModelStatus.kOptimal,
    )
