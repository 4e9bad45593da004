"""(d) The most memory that a run through an export takes, by the export's length."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from . import world
from .measure import Row, Scale

SIZES = (20_000, 200_000, 800_000)
#: Products of the export that are linked; the rest is passed by.
LINKED = 5_000
GOAL = 150


def run(env: Any, scale: Scale, url: str) -> list[Row]:
    account = world.account(env, url)
    sizes = [scale.count(size) for size in SIZES]
    world.fill(env, account, world.records(env, min(LINKED, sizes[0] // 4)))
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # An idle worker has done something like it before.
        one_run(env, account, world.export_file(folder, "json", 1000, "standardUpdate"))
        for size in sizes:
            path = world.export_file(folder, "json", size, "standardUpdate")
            used = one_run(env, account, path)
            path.unlink()
            rows.append(
                Row(
                    "d",
                    f"memory of a run through {size:,} products",
                    used,
                    "MB",
                    "above an idle worker",
                    goal=GOAL,
                    less=True,
                )
            )
    return rows


def one_run(env: Any, account: Any, path: Path) -> float:
    """Megabytes that a run over this file took at most, above what was there before."""
    sync = world.run_over(env, account, path)
    before = resident("VmRSS")
    # Linux forgets the peak so far.
    Path("/proc/self/clear_refs").write_text("5")
    sync._do()
    env.cr.commit()
    if sync.state != "done":
        raise RuntimeError(f"{sync.state}: {sync.explanation}")
    return resident("VmHWM") - before


def resident(name: str) -> float:
    """Megabytes of this process: ``VmRSS`` now, ``VmHWM`` at most."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"the kernel does not tell {name}")
