"""Exports at full size: four formats, one result, and a worker that is killed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from main_job import Odoo
from simulator.control import ACCOUNT, KEY, Control

from .workers import Worker

PRODUCTS, OFFERS = 20_000, 5
EXPORT = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0002"
COUNTERS = (
    "created",
    "linked",
    "updated",
    "unchanged",
    "skipped",
    "failed",
    "retired",
)
#: Seconds that the slowest run may take on a small machine.
PATIENCE = 1500


@pytest.fixture(scope="module")
def company(odoo: Odoo) -> int:
    """A company of its own: other tests do not see its products."""
    found: list[int] = odoo.call("res.company", "create", [{"name": "Large Catalogue"}])
    (user,) = odoo.find("res.users", [["login", "=", "admin"]])
    odoo.call("res.users", "write", [user], {"company_ids": [[4, found[0], 0]]})
    return found[0]


@pytest.fixture(scope="module")
def export(odoo: Odoo, simulator: Control, company: int) -> int:
    account = odoo.call(
        "itscope.account",
        "create",
        [
            {
                "name": "Large catalogue",
                "company_id": company,
                "account_code": ACCOUNT,
                "api_key": KEY,
                "base_url": simulator.api,
                "picture_policy": "none",
                "datasheet_policy": "none",
            }
        ],
    )[0]
    made: list[int] = odoo.call(
        "itscope.export",
        "create",
        [
            {
                "name": "All",
                "account_id": account,
                "reference": EXPORT,
                "mode": "create",
            }
        ],
    )
    return made[0]


def define(simulator: Control, kind: str, count: int = PRODUCTS) -> None:
    """All four carry the same: a bare table has no room for lists in offers."""
    simulator.call(
        "exports",
        uuid=EXPORT,
        format=kind,
        count=count,
        offers=OFFERS,
        plain=True,
        rows="offer",
    )


def start(odoo: Odoo, export: int, action: str = "action_run") -> int:
    odoo.call("itscope.export", action, [export])
    (run,) = odoo.find("itscope.sync", [["export_id", "=", export]], limit=1)
    return run


def state(odoo: Odoo, run: int) -> dict[str, Any]:
    names = [f"{counter}_count" for counter in COUNTERS]
    (found,) = odoo.read(
        "itscope.sync", [run], "state", "explanation", "position", "read_count", *names
    )
    return found


def age_runs(odoo: Odoo, export: int) -> None:
    """Fair use holds for buttons too: the last run was long ago; the preview stays."""
    old = odoo.find(
        "itscope.sync", [["export_id", "=", export], ["preview", "=", False]]
    )
    odoo.call("itscope.sync", "unlink", old)


def rehearse(odoo: Odoo, simulator: Control, export: int, log: Path) -> None:
    """A preview of a few products, which an export needs before it creates any, and
    the run that works in the same file."""
    define(simulator, "xml", count=20)
    runs = []
    for action in ("action_preview", "action_run"):
        runs.append(start(odoo, export, action))
        Worker("itscope.sync", "_cron_run", log).wait(PATIENCE)
        assert state(odoo, runs[-1])["state"] == "done"
    assert len(set(runs)) == 2
    age_runs(odoo, export)


def test_twenty_thousand_products_in_four_formats_and_a_killed_worker(
    odoo: Odoo, simulator: Control, export: int, company: int, artefacts: Path
) -> None:
    log = artefacts / "worker.log"
    rehearse(odoo, simulator, export, log)
    define(simulator, "xml")
    run = start(odoo, export)
    worker = Worker("itscope.sync", "_cron_run", log)
    wait_for(lambda: state(odoo, run)["position"] >= 2000, worker)
    worker.kill()
    killed = state(odoo, run)
    assert killed["state"] == "running"
    assert 0 < killed["position"] < PRODUCTS

    # Cancelled while a worker is in the middle of a batch: it ends without an error.
    worker = Worker("itscope.sync", "_cron_run", log)
    wait_for(lambda: state(odoo, run)["position"] > killed["position"], worker)
    odoo.call("itscope.sync", "action_cancel", [run])
    worker.wait(PATIENCE)
    cancelled = state(odoo, run)
    assert cancelled["state"] == "cancelled", cancelled["explanation"]
    assert killed["position"] < cancelled["position"] < PRODUCTS
    odoo.call("itscope.sync", "action_resume", [run])

    # Two workers at once: one goes on, the other leaves it alone.
    workers = [Worker("itscope.sync", "_cron_run", log) for _each in range(2)]
    for worker in workers:
        worker.wait(PATIENCE)
    done = state(odoo, run)
    total = PRODUCTS + 3
    assert done["state"] == "done", done["explanation"]
    # What another company has already is shared, and linked instead of doubled; a few
    # could be several of its products, or are archived there since a run was undone:
    # they wait for a person.
    brought = ("created", "linked", "updated", "unchanged")
    known = sum(done[f"{outcome}_count"] for outcome in brought)
    assert done["read_count"] == total
    assert known + done["skipped_count"] == total
    assert known >= PRODUCTS - 300
    assert done["failed_count"] == 0
    mine = [["company_id", "=", company]]
    assert odoo.call("itscope.product", "search_count", mine) == known
    assert odoo.call("itscope.offer", "search_count", mine) >= (known - 3) * OFFERS

    for kind in ("json", "csv", "tsv"):
        age_runs(odoo, export)
        define(simulator, kind)
        run = start(odoo, export)
        worker = Worker("itscope.sync", "_cron_run", log)
        worker.wait(PATIENCE)
        again = state(odoo, run)
        assert again["state"] == "done", (kind, again["explanation"])
        assert again["unchanged_count"] == known, (kind, again)
        assert again["retired_count"] == 0, kind


def wait_for(reached: Any, worker: Worker) -> None:
    until = time.monotonic() + PATIENCE
    while not reached():
        assert worker.running, "the worker ended too early"
        assert time.monotonic() < until
        time.sleep(0.5)
