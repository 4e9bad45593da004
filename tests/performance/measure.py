"""Rounds, medians and rows."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

#: Work that is measured; returns how many units it did.
Work = Callable[[], int]


@dataclass(frozen=True)
class Scale:
    """How much is measured.

    :ivar rounds: of each variant, after one that warms up
    :ivar share: of the full number of products
    """

    rounds: int
    share: float

    def count(self, full: int) -> int:
        return max(int(full * self.share), 1)


FULL = Scale(rounds=5, share=1.0)
SHORT = Scale(rounds=3, share=0.1)


@dataclass
class Row:
    """One line of the table.

    :ivar value: of our own work, in ``unit``
    :ivar against: what it is compared with, and ``other`` its value
    :ivar ratio: how many times as good (or, for costs, as dear) we are
    :ivar goal: what the ratio must be, or the value where nothing is compared
    :ivar less: the goal is a most, not a least
    """

    case: str
    what: str
    value: float
    unit: str
    against: str = ""
    other: float | None = None
    ratio: float | None = None
    goal: float | None = None
    less: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(env: Any, scale: Scale, variants: Mapping[str, Work]) -> dict[str, float]:
    """Units per second of each variant: the median of the rounds.

    The variants take turns, so that a machine that slows down slows them all; what they
    write is rolled back, so that each round finds the same.
    """
    rates: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(scale.rounds + 1):
        for name, work in variants.items():
            seconds, units = once(env, work)
            if number:
                rates[name].append(units / seconds)
    return {name: statistics.median(found) for name, found in rates.items()}


def once(env: Any, work: Work) -> tuple[float, int]:
    """Seconds and units of one round; what it wrote is rolled back."""
    env.invalidate_all()
    gc.collect()
    started = time.perf_counter()
    units = work()
    env.flush_all()
    seconds = time.perf_counter() - started
    env.cr.rollback()
    env.invalidate_all()
    return seconds, units
