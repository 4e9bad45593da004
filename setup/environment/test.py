"""Runs the tests, all or a part, and ends with one line that counts them.

    ./setup/test                          everything
    ./setup/test cores                    the plain Python cores and the environment's
    own
    ./setup/test simulator                the simulated ITscope against ITscope's
    contract
    ./setup/test itscope_connector        the first addon, alone and beside the web
    shop
    ./setup/test itscope_connector_opentrans
    ./setup/test system                   server, simulated ITscope and browser together
    ./setup/test demo                     the demo from nothing, once
    ./setup/test quality                  formatting, lint, types
Arguments behind the part go to pytest:   ./setup/test system -k order
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from . import databases, postgres, processes, quality
from .browser import browser
from .cache import ADDONS, ROOT, cache_dir
from .messages import Failure, main_guard, say, step
from .odoo import Odoo, odoo
from .processes import free_port, server, simulator


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: Count) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def pytest(
    part: str,
    python: Path,
    paths: list[Path],
    arguments: list[str],
    env: Mapping[str, str],
) -> Count:
    """Run pytest on some paths; :return: its count"""
    report = cache_dir() / "reports" / f"{part}.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    command = [
        python,
        "-m",
        "pytest",
        "-q",
        "-rs",
        f"--junitxml={report}",
        "-p",
        "no:cacheprovider",
    ]
    if "ODOO_RC" not in env:
        # The plugin imports Odoo, which the plain parts do without.
        command += ["-p", "no:odoo"]
    done = subprocess.run(
        [str(part) for part in (*command, *paths, *arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **env},
        stdin=subprocess.DEVNULL,
    )
    if done.returncode == 5:
        say(f"  {part}: no test was chosen")
        return Count()
    if not report.exists():
        raise Failure(f"The part '{part}' could not run; pytest says above why.")
    suite = next(ElementTree.parse(report).iter("testsuite"))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    skipped = int(suite.get("skipped", 0))
    passed = int(suite.get("tests", 0)) - failed - skipped
    if done.returncode and not failed:
        failed = 1
    return Count(passed, failed, skipped)


def _shared() -> dict[str, str]:
    return {
        "ITSCOPE_SHARED": os.environ.get("ITSCOPE_SHARED", str(ROOT.parent / "shared"))
    }


def cores(arguments: list[str]) -> Count:
    paths = [ROOT / "tests" / "cores", ROOT / "tests" / "setup"]
    env = {"PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'setup'}", **_shared()}
    return pytest("cores", odoo().python, paths, arguments, env)


def simulated(arguments: list[str]) -> Count:
    env = {"PYTHONPATH": str(ROOT / "tests"), **_shared()}
    return pytest(
        "simulator", odoo().python, [ROOT / "tests" / "simulator"], arguments, env
    )


def addon(name: str) -> Callable[[list[str]], Count]:
    """The tests of an addon in Odoo: the first on its own, then its file ``test_shop``
    beside the web shop, the second with both."""
    folder = ROOT / name / "tests"
    shop = folder / "test_shop.py"

    def tests(arguments: list[str]) -> Count:
        if name != ADDONS[0]:
            return _in_odoo(name, "full", databases.FULL, ADDONS, [folder], arguments)
        first = ADDONS[:1]
        without = [f"--ignore={shop}", *arguments]
        count = _in_odoo(name, "alone", databases.ALONE, first, [folder], without)
        count.add(
            _in_odoo(f"{name}-shop", "shop", databases.SHOP, first, [shop], arguments)
        )
        return count

    return tests


def _in_odoo(
    name: str,
    kind: str,
    modules: tuple[str, ...],
    addons: tuple[str, ...],
    paths: list[Path],
    arguments: list[str],
) -> Count:
    """Tests in a copy of the prepared database of this kind."""
    found = odoo()
    logs = cache_dir() / "logs"
    with postgres.cluster("test", fast=True) as cluster:
        source = databases.prepared(found, cluster, kind, modules, addons)
        database = f"test-{name}"
        databases.copy(cluster, source, database)
        with simulator(found.python, logs / f"{name}-simulator.log") as sim:
            env = {
                **found.env,
                **_shared(),
                "ITSCOPE_SIMULATOR_URL": sim,
                "ODOO_RC": str(_config(found, cluster, database)),
            }
            plugin = [f"--odoo-database={database}", "--odoo-http"]
            return pytest(name, found.python, paths, [*plugin, *arguments], env)


def _config(found: Odoo, cluster: postgres.Cluster, database: str) -> Path:
    """pytest-odoo takes Odoo's settings from a file."""
    path = cache_dir() / "logs" / f"{database}.conf"
    rows = [
        f"addons_path = {found.addons_path}",
        f"data_dir = {databases.data_dir(cluster)}",
        f"db_host = {cluster.socket}",
        f"db_port = {postgres.PORT}",
        f"db_user = {postgres.ROLE}",
        "http_interface = 127.0.0.1",
        f"http_port = {free_port()}",
        "log_level = warn",
    ]
    path.write_text("[options]\n" + "\n".join(rows) + "\n")
    return path


def system(arguments: list[str]) -> Count:
    """A running Odoo with both addons, a simulated ITscope, a real browser."""
    found = odoo()
    chromium = browser()
    logs = cache_dir() / "logs"
    database = "test-system"
    with postgres.cluster("test", fast=True) as cluster:
        source = databases.prepared(found, cluster, "full", databases.FULL)
        databases.copy(cluster, source, database)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = databases.arguments(
            found, cluster, database, f"--http-port={port}", "--max-cron-threads=0"
        )
        log = logs / "system-odoo.log"
        with simulator(found.python, logs / "system-simulator.log") as sim:
            with server(
                "Odoo", command, url=f"{url}/web/login", log=log, env=found.env
            ):
                env = {
                    "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'setup'}",
                    "ITSCOPE_SIMULATOR_URL": sim,
                    "ITSCOPE_ODOO_URL": url,
                    "ITSCOPE_ODOO_DB": database,
                    "ITSCOPE_ODOO_LOG": str(log),
                    "ITSCOPE_ODOO_SHELL": json.dumps(
                        [
                            *map(str, found.command),
                            "shell",
                            *map(str, command[len(found.command) :]),
                            "--no-http",
                        ]
                    ),
                    "ITSCOPE_ODOO_PATH": found.env.get("PYTHONPATH", ""),
                    "ITSCOPE_BROWSER": chromium,
                    "ITSCOPE_ARTEFACTS": os.environ.get(
                        "ITSCOPE_ARTEFACTS", str(cache_dir() / "artefacts")
                    ),
                    **_shared(),
                }
                return pytest(
                    "system", found.python, [ROOT / "tests" / "system"], arguments, env
                )


def demo(arguments: list[str]) -> Count:
    """The README's first command, from nothing to the bill."""
    command = [
        sys.executable,
        "-m",
        "environment.demo",
        "--once",
        "--reset",
        "--cluster=test-demo",
        f"--port={free_port()}",
        *arguments,
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL)
    return Count(failed=1) if done.returncode else Count(passed=1)


def checks(arguments: list[str]) -> Count:
    passed, failed, skipped = quality.run_hooks(arguments)
    return Count(passed, failed, skipped)


PARTS: dict[str, Callable[[list[str]], Count]] = {
    "quality": checks,
    "cores": cores,
    "simulator": simulated,
    ADDONS[0]: addon(ADDONS[0]),
    ADDONS[1]: addon(ADDONS[1]),
    "system": system,
    "demo": demo,
}


def main() -> int:
    arguments = sys.argv[1:]
    if arguments and arguments[0] in ("-h", "--help"):
        say(__doc__ or "")
        return 0
    if arguments and arguments[0] not in PARTS:
        raise Failure(f"There is no part '{arguments[0]}'. Parts: {', '.join(PARTS)}")
    processes.terminate_like_interrupt()
    chosen = arguments[:1] or list(PARTS)
    started = time.monotonic()
    total = Count()
    for part in chosen:
        with step(f"== {part}"):
            try:
                count = PARTS[part](arguments[1:])
            except Failure as failure:
                say(f"\n{failure}")
                count = Count(failed=1)
        say(
            f"  {part}: {count.passed} passed, {count.failed} failed, {count.skipped} "
            f"skipped\n"
        )
        total.add(count)
    say(f"{time.monotonic() - started:.0f} s in all")
    say(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main_guard(main))
