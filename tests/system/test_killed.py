"""The outbox is killed at each of its steps: the order is at ITscope once, or a person
decides.

Each attempt is a process of its own that dies without a word, by its own hand at the
named step or while ITscope takes its time. What follows is what happens in real life:
the scheduled action runs again, later.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

from .workers import Worker

PATIENCE = 120
#: Steps of the outbox as the code of a process that dies there.
DIE = """
import os, signal
from odoo.addons.itscope_connector.itscope_api.client import Client
from odoo.addons.itscope_connector_opentrans.models import itscope_deal
def die():
    os.kill(os.getpid(), signal.SIGKILL)
"""
BEFORE_COMMIT = (
    DIE
    + """
def commit(env):
    die()
itscope_deal.commit = commit
"""
)
BEFORE_REQUEST = (
    DIE
    + """
def send_order(self, xml):
    die()
Client.send_order = send_order
"""
)
BEFORE_ANSWER_IS_KEPT = (
    DIE
    + """
send = Client.send_order
def send_order(self, xml):
    send(self, xml)
    die()
Client.send_order = send_order
"""
)


@pytest.fixture(scope="module")
def articles(odoo: Odoo, simulator: Control) -> tuple[int, int]:
    """The test supplier's vendor and an article; confirmed orders go to the outbox."""
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    supplier, vendor = mapped_supplier(odoo)
    article = products(odoo, supplier)["123001"]
    return vendor, article


@pytest.fixture(autouse=True)
def sent_on_confirmation(odoo: Odoo, articles: tuple[int, int]) -> object:
    supplier, _vendor = mapped_supplier(odoo)
    odoo.call("itscope.supplier", "write", [supplier], {"send_on_confirmation": True})
    yield
    odoo.call("itscope.supplier", "write", [supplier], {"send_on_confirmation": False})


class Outbox:
    """One order in the outbox, seen from outside."""

    def __init__(
        self, odoo: Odoo, simulator: Control, articles: tuple[int, int], log: Path
    ) -> None:
        self.odoo, self.simulator = odoo, simulator
        self.log = log / "worker.log"
        vendor, article = articles
        lines = [(0, 0, {"product_id": article, "product_qty": 2})]
        (self.order,) = odoo.call(
            "purchase.order", "create", [{"partner_id": vendor, "order_line": lines}]
        )
        odoo.call("purchase.order", "button_confirm", [self.order])
        row = odoo.read("purchase.order", [self.order], "name", "itscope_deal_id")[0]
        self.number = row["name"]
        self.deal = row["itscope_deal_id"][0]

    @property
    def state(self) -> str:
        row = self.odoo.read("itscope.deal", [self.deal], "send_state")[0]
        return str(row["send_state"])

    def worker(self, before: str = "") -> Worker:
        return Worker("itscope.deal", "_cron_send", self.log, before)

    def run(self) -> None:
        """The scheduled action, once."""
        self.worker().wait(PATIENCE)

    def later(self, **minutes: int) -> None:
        """So many minutes pass for a date of the order."""
        now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
        values = {
            name: str(now - timedelta(minutes=past)) for name, past in minutes.items()
        }
        self.odoo.call("itscope.deal", "write", [self.deal], values)

    def recover(self) -> None:
        """What the scheduled action does in the next half hour or so."""
        if self.state == "sending":
            self.later(left_date=15)
            self.run()
        for _look in range(3):
            if self.state != "unknown":
                return
            self.later(left_date=60, next_look=0)
            self.run()

    def times(self) -> int:
        return len(self.simulator.orders(self.number))


@pytest.fixture
def outbox(
    odoo: Odoo, simulator: Control, articles: tuple[int, int], artefacts: Path
) -> Outbox:
    return Outbox(odoo, simulator, articles, artefacts)


def test_killed_while_it_waits(outbox: Outbox) -> None:
    """Queued and committed with the confirmation; nothing has begun."""
    assert (outbox.state, outbox.times()) == ("to_send", 0)
    outbox.run()
    assert (outbox.state, outbox.times()) == ("sent", 1)


def test_killed_before_it_is_marked(outbox: Outbox) -> None:
    """What was not committed did not happen."""
    outbox.worker(BEFORE_COMMIT).wait_for_death(PATIENCE)
    assert (outbox.state, outbox.times()) == ("to_send", 0)
    outbox.run()
    assert (outbox.state, outbox.times()) == ("sent", 1)


def test_killed_before_the_request(outbox: Outbox) -> None:
    """Nobody can know that nothing left: a person decides, then it leaves once."""
    outbox.worker(BEFORE_REQUEST).wait_for_death(PATIENCE)
    assert (outbox.state, outbox.times()) == ("sending", 0)
    outbox.run()
    assert (outbox.state, outbox.times()) == ("sending", 0)
    outbox.recover()
    assert (outbox.state, outbox.times()) == ("unknown", 0)
    call = outbox.odoo.call
    call("itscope.deal", "action_not_there", [outbox.deal])
    call("purchase.order", "action_itscope_send", [outbox.order])
    assert (outbox.state, outbox.times()) == ("sent", 1)


def test_killed_before_the_answer(outbox: Outbox) -> None:
    """The request is on its way when the process dies."""
    outbox.simulator.fault("POST .*send", "late", seconds=4)
    worker = outbox.worker()
    deadline = time.monotonic() + PATIENCE
    while outbox.state != "sending":
        assert worker.running and time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(1)
    worker.kill()
    assert outbox.state == "sending"
    while not outbox.times():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    outbox.run()
    assert outbox.state == "sending"
    outbox.recover()
    assert (outbox.state, outbox.times()) == ("sent", 1)


def test_killed_before_the_answer_is_kept(outbox: Outbox) -> None:
    """ITscope has answered, nobody has written it down."""
    outbox.worker(BEFORE_ANSWER_IS_KEPT).wait_for_death(PATIENCE)
    assert (outbox.state, outbox.times()) == ("sending", 1)
    outbox.recover()
    assert (outbox.state, outbox.times()) == ("sent", 1)


def test_killed_twice(outbox: Outbox) -> None:
    """Also the second attempt may die; the first one is looked for before it."""
    outbox.worker(BEFORE_REQUEST).wait_for_death(PATIENCE)
    outbox.recover()
    outbox.odoo.call("itscope.deal", "action_not_there", [outbox.deal])
    outbox.simulator.fault("POST .*send", "drop_after")
    outbox.odoo.call("purchase.order", "action_itscope_send", [outbox.order])
    assert (outbox.state, outbox.times()) == ("unknown", 1)
    outbox.recover()
    assert (outbox.state, outbox.times()) == ("sent", 1)


def test_cron_and_button_together(outbox: Outbox) -> None:
    """Two workers and a user at once."""
    outbox.simulator.fault("POST .*send", "late", seconds=2)
    workers = [outbox.worker() for _number in range(2)]
    deadline = time.monotonic() + PATIENCE
    while any(worker.running for worker in workers):
        with pytest.raises(SystemExit, match=outbox.number):
            outbox.odoo.call("purchase.order", "action_itscope_send", [outbox.order])
        assert time.monotonic() < deadline
        time.sleep(0.2)
    for worker in workers:
        worker.wait(PATIENCE)
    assert (outbox.state, outbox.times()) == ("sent", 1)
