"""Nothing is ordered twice: several users at once, and answers that get lost."""

from __future__ import annotations

import os
import threading

import pytest

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

USERS = 6


@pytest.fixture(scope="module")
def articles(odoo: Odoo, simulator: Control) -> tuple[int, dict[str, int]]:
    """The test supplier's vendor, and its articles as products."""
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    supplier, vendor = mapped_supplier(odoo)
    return vendor, products(odoo, supplier)


def confirmed_order(
    odoo: Odoo, articles: tuple[int, dict[str, int]]
) -> tuple[int, str]:
    vendor, by_sku = articles
    lines = [(0, 0, {"product_id": by_sku["123001"], "product_qty": 2})]
    (order,) = odoo.call(
        "purchase.order", "create", [{"partner_id": vendor, "order_line": lines}]
    )
    odoo.call("purchase.order", "button_confirm", [order])
    return order, str(odoo.read("purchase.order", [order], "name")[0]["name"])


def state(odoo: Odoo, order: int) -> str:
    return str(
        odoo.read("purchase.order", [order], "itscope_send_state")[0][
            "itscope_send_state"
        ]
    )


def press_at_once(order: int) -> list[str]:
    """Several users press the button in the same moment; what each was told."""
    url, database = os.environ["ITSCOPE_ODOO_URL"], os.environ["ITSCOPE_ODOO_DB"]
    users = [Odoo(url, database, "admin", "admin") for _number in range(USERS)]
    together = threading.Barrier(USERS)
    told: list[str] = []

    def press(user: Odoo) -> None:
        together.wait()
        try:
            answer = user.call("purchase.order", "action_itscope_send", [order])
            told.append(answer["params"]["message"])
        except SystemExit as refusal:
            told.append(str(refusal))

    threads = [threading.Thread(target=press, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def look_up(odoo: Odoo, order: int) -> None:
    (row,) = odoo.read("purchase.order", [order], "itscope_deal_id")
    odoo.call("itscope.deal", "action_look_up", [row["itscope_deal_id"][0]])


def test_several_users_at_once(
    odoo: Odoo, simulator: Control, articles: tuple[int, dict[str, int]]
) -> None:
    order, number = confirmed_order(odoo, articles)
    # A slow answer leaves the others time to press.
    simulator.fault("POST .*send", "late", seconds=1.5)
    told = press_at_once(order)
    assert len(told) == USERS
    assert all(number in words for words in told)
    assert len(simulator.orders(number)) == 1
    assert state(odoo, order) == "sent"


def test_the_answer_gets_lost(
    odoo: Odoo, simulator: Control, articles: tuple[int, dict[str, int]]
) -> None:
    order, number = confirmed_order(odoo, articles)
    simulator.fault("POST .*send", "drop_after")
    press_at_once(order)
    assert state(odoo, order) == "unknown"
    press_at_once(order)
    assert len(simulator.orders(number)) == 1
    look_up(odoo, order)
    assert state(odoo, order) == "sent"
    assert len(simulator.orders(number)) == 1


def test_the_order_never_arrived(
    odoo: Odoo, simulator: Control, articles: tuple[int, dict[str, int]]
) -> None:
    order, number = confirmed_order(odoo, articles)
    simulator.fault("POST .*send", "drop_before")
    press_at_once(order)
    look_up(odoo, order)
    # Not there is no proof that it never will be: a person decides, nobody else.
    assert state(odoo, order) == "unknown"
    assert not simulator.orders(number)
