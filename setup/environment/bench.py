"""Measures how fast the connector is; writes a table and a plot to docs/.

./setup/bench           all cases, at full size; takes an hour or so
./setup/bench a c       only these
./setup/bench --short   a tenth of the size; says whether it works, not how fast it is
"""

from __future__ import annotations

import argparse
import json
import subprocess
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import databases, postgres, processes
from .cache import ROOT, cache_dir
from .messages import Failure, main_guard, say, step
from .odoo import Odoo, odoo

SHELL = """
from performance import run
run.main(env, {case!r}, {short!r}, {url!r}, {target!r})
"""
CASES = "abc"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./setup/bench",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("cases", nargs="*", metavar="case", choices=[*CASES, []])
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    processes.terminate_like_interrupt()
    found = odoo()
    rows = []
    # With every safety of the database on, as in real life.
    with postgres.cluster("bench", fast=False) as cluster:
        source = databases.prepared(found, cluster, "full", databases.FULL)
        for case in options.cases or CASES:
            with step(f"({case})"):
                rows += measured(found, cluster, source, case, options.short)
            say(table([row for row in rows if row["case"] == case]))
    return 0


def measured(
    found: Odoo, cluster: postgres.Cluster, source: str, case: str, short: bool
) -> list[dict[str, Any]]:
    """The rows of a case, measured in a database of its own."""
    database = f"bench-{case}"
    databases.copy(cluster, source, database)
    log = cache_dir() / "logs" / f"bench-{case}.log"
    command = databases.arguments(
        found, cluster, database, "--no-http", "--log-level=warn"
    )
    place = len(found.command)
    with (
        processes.simulator(found.python, log.with_suffix(".simulator.log"), "--products=2000") as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        target = Path(folder) / "rows.json"
        path = f"{ROOT / 'tests'}:{found.env.get('PYTHONPATH', '')}"
        with log.open("wb") as out:
            done = subprocess.run(
                [str(part) for part in (*command[:place], "shell", *command[place:])],
                input=SHELL.format(
                    case=case, short=short, url=url, target=str(target)
                ).encode(),
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **found.env, "PYTHONPATH": path},
            )
        if done.returncode or not target.exists():
            raise Failure(f"Case ({case}) could not be measured. The log says why: {log}")
        rows: list[dict[str, Any]] = json.loads(target.read_text())
    databases.drop(cluster, database)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as text."""
    return "\n".join(
        f"  {row['what']}: {row['value']:,.0f} {row['unit']}"
        + (f"; {row['against']}: {row['other']:,.0f}" if row["other"] else "")
        + (f"; {row['ratio']:.2f} ×" if row["ratio"] else "")
        + (f"; goal {row['goal']}: {'met' if row['met'] else 'MISSED'}" if row["goal"] else "")
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main_guard(main))
