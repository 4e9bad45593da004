"""Odoo with both addons and a simulated ITscope; runs the main job once.

./setup/demo            starts all and stays up until Ctrl-C
./setup/demo --once     ends after the main job; the exit status says whether it worked
./setup/demo --reset    begins anew
./setup/demo --port N   another port than 8069
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time
from contextlib import ExitStack

from . import databases, postgres, processes
from .cache import ADDONS, ROOT, cache_dir, digest
from .messages import Failure, main_guard, run, say, step
from .odoo import Odoo, odoo
from .processes import server, simulator

DATABASE = "demo"
MODULES = databases.FULL
SIMULATOR_PORT = 8070


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./setup/demo",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--port", type=int, default=8069)
    # For the tests, which leave a user's demo alone.
    parser.add_argument("--cluster", default="demo", help=argparse.SUPPRESS)
    options = parser.parse_args()
    processes.terminate_like_interrupt()
    processes.check_port(options.port)
    if options.reset:
        _reset(options.cluster)
    found = odoo()
    with ExitStack() as stack:
        cluster = stack.enter_context(postgres.cluster(options.cluster, fast=False))
        _database(found, cluster)
        logs = cache_dir() / "logs"
        sim = stack.enter_context(
            simulator(found.python, logs / "demo-simulator.log", "--first", _first())
        )
        url = f"http://127.0.0.1:{options.port}"
        command = databases.arguments(
            found,
            cluster,
            DATABASE,
            f"--http-port={options.port}",
            "--max-cron-threads=1",
        )
        with step("Starting Odoo"):
            stack.enter_context(
                server(
                    "Odoo",
                    command,
                    url=f"{url}/web/login",
                    log=logs / "demo-odoo.log",
                    env=found.env,
                )
            )
        say("\nThe main job, as a buyer would do it:")
        try:
            _main_job(found, url, sim)
        except Failure as failure:
            if options.once:
                raise
            # Whoever looks for the cause needs Odoo up.
            say(f"\n{failure}")
        if options.once:
            return 0
        say(
            f"\nOdoo is here:  {url}   user: admin   password: admin\n"
            f"The simulated ITscope is here:  {sim}\n"
            "Open the app 'ITscope', or the purchase order above. Ctrl-C ends all of "
            "it."
        )
        signal.pause()
    return 0


def _first() -> str:
    """A number for the simulator's first order that no earlier start has used."""
    return str(int(time.time()) // 10 % 10_000_000)


def _reset(cluster: str) -> None:
    with step("Beginning anew"):
        for folder in (f"postgres-{cluster}", f"odoo-data-postgres-{cluster}"):
            shutil.rmtree(cache_dir() / folder, ignore_errors=True)


def _database(found: Odoo, cluster: postgres.Cluster) -> None:
    """The demo's database: kept between starts, updated where the addons changed."""
    stamp = cluster.home / "addons"
    now = digest([ROOT / addon for addon in ADDONS])
    existing = cluster.databases()
    if DATABASE not in existing:
        with step("Installing Odoo and both addons; a few minutes"):
            work = f"{DATABASE}-part"
            databases.drop(cluster, work)
            # Without Odoo's demo data: it gives the company the chart of accounts and
            # the currency of another country.
            flag = "--without-demo"
            databases.german_company(found, cluster, work, flag)
            databases.install(found, cluster, work, MODULES, flag)
            databases.install(found, cluster, work, ADDONS, flag)
            cluster.sql(f'ALTER DATABASE "{work}" RENAME TO "{DATABASE}"')
            files = databases.filestore(cluster, work)
            if files.exists():
                files.rename(databases.filestore(cluster, DATABASE))
    elif not stamp.exists() or stamp.read_text() != now:
        with step("Updating the addons in the database"):
            databases.update(found, cluster, DATABASE, f"--update={','.join(ADDONS)}")
    stamp.write_text(now)


def _main_job(found: Odoo, url: str, sim: str) -> None:
    out = run(
        [
            found.python,
            ROOT / "setup" / "main_job.py",
            url,
            DATABASE,
            "admin",
            "admin",
            sim,
        ],
        advice=f"Odoo's log says more: {cache_dir() / 'logs' / 'demo-odoo.log'}",
    )
    for line in out.splitlines():
        say(f"  {line}")
    if not out.rstrip().endswith("."):
        raise Failure("The main job did not come to its end.")


if __name__ == "__main__":
    sys.exit(main_guard(main))
