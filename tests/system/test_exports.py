"""Exports at full size: four formats, one result, and a worker that is killed."""

from __future__ import annotations

import json
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
#: What the database holds of a company, each table as a checksum over all its rows: all
#: that ITscope says, without our own keys and times of ours.
DUMP = """
import json
OWN = [
    "id", "create_uid", "create_date", "write_uid", "write_date", "refresh_date",
    "sync_id", "best_offer_id", "digest",
]
LINKED = "product_id FROM itscope_product WHERE company_id = %(company)s"
TABLES = {{
    "itscope_product": "t.company_id = %(company)s",
    "itscope_offer": "t.company_id = %(company)s",
    "product_product": f"t.id IN (SELECT {{LINKED}})",
    "product_template": "t.id IN (SELECT product_tmpl_id FROM product_product "
        f"WHERE id IN (SELECT {{LINKED}}))",
}}
found = {{}}
for table, mine in TABLES.items():
    env.cr.execute(
        f"SELECT count(*), md5(string_agg(line, '' ORDER BY line)) FROM (SELECT "
        f"md5((to_jsonb(t) - %(own)s::text[])::text) AS line FROM {{table}} t "
        f"WHERE {{mine}}) AS lines",
        {{"own": OWN, "company": {company}}},
    )
    found[table] = env.cr.fetchone()
# Which column it is, where the links differ.
env.cr.execute(
    "SELECT key, md5(string_agg(value::text, '' ORDER BY t.id)) "
    "FROM itscope_product t, "
    "jsonb_each(to_jsonb(t) - %s::text[]) WHERE company_id = %s GROUP BY key",
    [OWN, {company}],
)
found["columns"] = dict(env.cr.fetchall())
open({file!r}, "w").write(json.dumps(found))
"""
#: Every tenth product as if it had never been read right: what ITscope says of it is
#: wrong, offers are wrong or missing.
SPOIL = """
env.cr.execute(
    "UPDATE itscope_product SET digest = NULL, update_digest = NULL, ean = 'spoiled', "
    "manufacturer_sku = 'spoiled' "
    "WHERE company_id = %(company)s AND id %% 10 = 0",
    {{"company": {company}}},
)
env.cr.execute(
    "UPDATE itscope_offer SET price = -1, stock = -1, price_date = NULL "
    "WHERE company_id = %(company)s AND link_id %% 10 = 0",
    {{"company": {company}}},
)
env.cr.execute(
    "DELETE FROM itscope_offer WHERE company_id = %(company)s AND link_id %% 20 = 0",
    {{"company": {company}}},
)
env.cr.commit()
"""
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


def define(
    simulator: Control, kind: str, count: int = PRODUCTS, pause: float = 0
) -> None:
    """All four carry the same: a bare table has no room for lists in offers."""
    simulator.call(
        "exports",
        uuid=EXPORT,
        format=kind,
        count=count,
        offers=OFFERS,
        plain=True,
        rows="offer",
        pause=pause,
    )


def start(odoo: Odoo, export: int, action: str = "action_run") -> int:
    odoo.call("itscope.export", action, [export])
    (run,) = odoo.find("itscope.sync", [["export_id", "=", export]], limit=1)
    return run


def state(odoo: Odoo, run: int) -> dict[str, Any]:
    names = [f"{counter}_count" for counter in COUNTERS]
    (found,) = odoo.read(
        "itscope.sync",
        [run],
        "state",
        "phase",
        "fraction",
        "explanation",
        "position",
        "read_count",
        *names,
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
    define(simulator, "xml", pause=0.05)
    run = start(odoo, export)
    worker = Worker("itscope.sync", "_cron_run", log)
    wait_for(lambda: state(odoo, run)["fraction"] > 0, worker)
    worker.kill()
    killed = state(odoo, run)
    assert (killed["state"], killed["phase"]) == ("running", "download")
    assert killed["fraction"] < 0.5
    assert killed["position"] == 0

    # What was there of the file is of no use: it is fetched again, by another worker.
    define(simulator, "xml")
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
    # could be several of its products and wait for a person.
    brought = ("created", "linked", "updated", "unchanged")
    known = sum(done[f"{outcome}_count"] for outcome in brought)
    assert done["read_count"] == total
    assert known + done["skipped_count"] == total
    assert known >= PRODUCTS - 100
    assert done["failed_count"] == 0
    mine = [["company_id", "=", company]]
    assert odoo.call("itscope.product", "search_count", mine) == known
    assert odoo.call("itscope.offer", "search_count", mine) >= (known - 3) * OFFERS

    as_xml = content(company, artefacts / "xml.json", log)
    assert as_xml["itscope_product"][0] == known
    for kind in ("json", "csv", "tsv"):
        age_runs(odoo, export)
        define(simulator, kind)
        run = start(odoo, export)
        spoiled = artefacts / f"spoiled-before-{kind}.json"
        before = SPOIL + DUMP
        made = content(company, artefacts / f"{kind}.json", log, before, spoiled)
        again = state(odoo, run)
        assert again["state"] == "done", (kind, again["explanation"])
        # The same as it was is not looked at again; what was spoiled is put right.
        assert again["unchanged_count"] + again["updated_count"] == known, (kind, again)
        assert again["unchanged_count"] >= known * 0.89, (kind, again)
        assert again["retired_count"] == 0, kind
        wrong = json.loads(spoiled.read_text())
        for table in ("itscope_product", "itscope_offer"):
            assert wrong[table] != as_xml[table]
        assert made == as_xml, kind


def content(
    company: int, file: Path, log: Path, before: str = "", to: Path | None = None
) -> dict[str, list[Any]]:
    """Do what waits; :return: number and checksum of the rows of each table then

    :param before: what a process does first, and the file that it writes
    """
    values = {"company": company}
    Worker(
        "itscope.sync",
        "_cron_run",
        log,
        before.format(file=str(to), **values),
        DUMP.format(file=str(file), **values),
    ).wait(PATIENCE)
    found: dict[str, list[Any]] = json.loads(file.read_text())
    return found


def wait_for(reached: Any, worker: Worker) -> None:
    until = time.monotonic() + PATIENCE
    while not reached():
        assert worker.running, "the worker ended too early"
        assert time.monotonic() < until
        time.sleep(0.5)
