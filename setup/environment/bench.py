"""Measures how fast the connector is; writes a table and a plot to docs/.

./setup/bench           all cases, at full size; takes an hour or so
./setup/bench a c       only these
./setup/bench --short   a tenth of the size; says whether it works, not how fast it is
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import bench_report as report
from . import databases, postgres, processes
from .cache import ROOT, cache_dir
from .messages import Failure, main_guard, say, step
from .odoo import Odoo, odoo

SHELL = """
from performance import run
run.main(env, {case!r}, {short!r}, {url!r}, {target!r})
"""
CASES = "abcdfh"


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
                new = measured(found, cluster, source, case, options.short)
                if case == "h":
                    bare = plain(cluster)
                    new = beside(
                        new, measured(found, cluster, bare, case, options.short)
                    )
            say(report.as_lines(new))
            rows += new
        versions = [
            f"Python {sys.version.split()[0]}",
            "PostgreSQL " + cluster.sql("SHOW server_version")[0].split()[0],
        ]
    if not options.short and not options.cases:
        report.write(rows, found.python, versions)
        say(f"Written: {report.PAGE.relative_to(ROOT)} and the plot beside it.")
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
        processes.simulator(
            found.python, log.with_suffix(".simulator.log"), "--products=2000"
        ) as url,
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
            raise Failure(
                f"Case ({case}) could not be measured. The log says why: {log}"
            )
        rows: list[dict[str, Any]] = json.loads(target.read_text())
    databases.drop(cluster, database)
    return rows


def plain(cluster: postgres.Cluster) -> str:
    """The database without our addons."""
    return next(name for name in cluster.databases() if name.startswith("full-base-"))


def beside(
    ours: list[dict[str, Any]], others: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Our rows with those of the database without our addons."""
    values = {row["what"]: row["value"] for row in others}
    for row in ours:
        if other := values.get(row["what"]):
            ratio = row["value"] / other
            row.update(
                against="without the addons",
                other=other,
                ratio=ratio,
                goal=1.2,
                less=True,
            )
    return ours


if __name__ == "__main__":
    sys.exit(main_guard(main))
