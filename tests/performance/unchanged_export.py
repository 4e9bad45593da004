"""(c) An export in which nothing has changed, from bytes to verdict, and (g) what it
costs as the catalogue doubles."""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from . import world
from .measure import Row, Scale

PRODUCTS = 20_000
GOALS = {"xml": 60_000, "json": 60_000, "csv": 150_000}


def run(env: Any, scale: Scale, url: str) -> list[Row]:
    account = world.account(env, url)
    count = scale.count(PRODUCTS)
    rows = []
    seconds: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in (count // 2, count):
            products = world.records(env, size)
            # The first half is there already when the whole is measured.
            known = env["itscope.product"].search_count([])
            world.fill(env, account, products[known:])
            for kind in GOALS:
                path = world.export_file(folder, kind, size)
                seconds[kind, size] = whole_run(env, scale, account, path)
    for kind, goal in GOALS.items():
        rate = count * world.OFFERS / seconds[kind, count]
        rows.append(
            Row(
                "c",
                f"unchanged export in {kind.upper()}",
                rate,
                "offers/s",
                goal=goal,
            )
        )
    for kind in GOALS:
        ratio = seconds[kind, count] / seconds[kind, count // 2]
        rows.append(
            Row(
                "g",
                f"unchanged export in {kind.upper()}, twice the catalogue",
                seconds[kind, count],
                "s",
                "the half",
                seconds[kind, count // 2],
                ratio,
                goal=2.1,
                less=True,
            )
        )
    return rows


def whole_run(env: Any, scale: Scale, account: Any, path: Path) -> float:
    """Median seconds of runs over a file, after one that takes it in."""
    found = []
    for number in range(scale.rounds + 1):
        sync = world.run_over(env, account, path)
        gc.collect()
        started = time.perf_counter()
        sync._do()
        env.cr.commit()
        if number:
            found.append(time.perf_counter() - started)
            if sync.state != "done" or sync.updated_count:
                raise RuntimeError(f"{sync.state}: {sync.explanation}, not unchanged")
    return statistics.median(found)
