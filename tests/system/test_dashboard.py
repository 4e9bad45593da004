"""The app's first page: what waits, what goes on, what rose in price; each number is a
click away from what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

from .screens import Screens

ARTICLE = "123001"


@pytest.fixture
def account_id(odoo: Odoo, simulator: Control) -> Iterator[int]:
    """Reached by a name of its own: a block is a host's, and the tests behind this one
    go on by the other.
    """
    simulator.reset()
    found = account(odoo, simulator.url.replace("127.0.0.1", "localhost"))
    odoo.call("itscope.account", "action_sync_metadata", [found])
    yield found
    simulator.reset()
    account(odoo, simulator.url)


@pytest.fixture
def product(odoo: Odoo, account_id: int) -> int:
    supplier, _partner = mapped_supplier(odoo)
    return products(odoo, supplier)[ARTICLE]


def run_job(odoo: Odoo, name: str) -> None:
    (found,) = odoo.call(
        "ir.model.data",
        "search_read",
        [["module", "=", "itscope_connector"], ["name", "=", name]],
        ["res_id"],
    )
    odoo.call("ir.cron", "method_direct_trigger", [found["res_id"]])


def card(screens: Screens) -> Locator:
    return screens.page.locator(".o_itscope_dashboard").first


def entry(screens: Screens, key: str) -> Locator:
    return card(screens).locator(f".o_itscope_row[data-key={key}]")


def home(screens: Screens) -> None:
    screens.app("ITscope")
    card(screens).wait_for()
    screens.idle()


def test_dashboard(
    screens: Screens, simulator: Control, odoo: Odoo, account_id: int, product: int
) -> None:
    home(screens)
    expect(card(screens).locator(".o_itscope_connection")).to_contain_text("Connected")
    expect(card(screens).locator(".o_itscope_today")).not_to_contain_text(
        re.compile(r"today\s*0$")
    )
    expect(card(screens).locator(".o_itscope_quota")).to_contain_text("of 1,500")
    screens.shot("first-page")
    price_alarms(screens, simulator, odoo, product)
    moves_while_one_looks(screens, odoo, account_id)
    a_block(screens, simulator, odoo, account_id)
    home(screens)
    on_a_phone(screens)


def price_alarms(
    screens: Screens, simulator: Control, odoo: Odoo, product: int
) -> None:
    before = odoo.call("itscope.price.alarm", "search_count", [["state", "=", "open"]])
    assert not before
    screens.app("ITscope")
    screens.menu("Products", "Price Alarms")
    screens.clear_search()
    expect(screens.page.locator(".o_nocontent_help")).to_contain_text("No price has")
    screens.shot("no-alarms")
    screens.go(f"product.product/{product}")
    screens.tab("ITscope")
    screens.button("Watch")
    expect(screens.button_of("Stop watching")).to_be_visible()
    screens.shot("watched")
    partner = odoo.call("res.partner", "create", [{"name": "Kunde der Anzeige"}])[0]
    line = (0, 0, {"product_id": product})
    order = odoo.call(
        "sale.order", "create", [{"partner_id": partner, "order_line": [line]}]
    )[0]
    number = odoo.read("sale.order", [order], "name")[0]["name"]
    (link,) = odoo.call(
        "itscope.product", "search_read", [["product_id", "=", product]], ["puid"]
    )
    simulator.call("change", puid=link["puid"], values={"price": 445.0})
    screens.button("Refresh from ITscope")
    run_job(odoo, "ir_cron_price_alarms")
    home(screens)
    expect(entry(screens, "alarms")).to_contain_text("2")
    entry(screens, "alarms").click()
    screens.settle()
    expect(screens.rows()).to_have_count(2)
    expect(screens.row(number)).to_contain_text("Kunde der Anzeige")
    expect(screens.row(number)).to_contain_text("445.00")
    screens.shot("alarms")
    screens.row(number).get_by_role("button", name="Quotation").click()
    expect(screens.page.locator(".o_form_view")).to_contain_text(number)
    screens.page.go_back()
    screens.settle()
    screens.row(number).get_by_role("button", name="Done").click()
    screens.idle()
    expect(screens.row(number)).to_contain_text("Done")
    home(screens)
    expect(entry(screens, "alarms")).to_contain_text("1")
    screens.go(f"product.product/{product}")
    screens.tab("ITscope")
    screens.button("Stop watching")
    home(screens)
    expect(entry(screens, "alarms")).to_have_count(0)
    odoo.call("sale.order", "action_cancel", [order])


def moves_while_one_looks(screens: Screens, odoo: Odoo, account_id: int) -> None:
    """Nobody reloads the page: the run starts, and ends."""
    odoo.call("itscope.account", "action_refresh_all", [account_id])
    home(screens)
    running = card(screens).locator(".o_itscope_running")
    expect(running).to_contain_text("Refresh")
    screens.shot("running")
    run_job(odoo, "ir_cron_sync")
    expect(running).to_have_count(0)
    ended = card(screens).locator(".o_itscope_ended").first
    expect(ended).to_contain_text("Done")
    ended.locator("a").click()
    screens.settle()
    expect(screens.field("state")).to_contain_text("Done")


def a_block(screens: Screens, simulator: Control, odoo: Odoo, account_id: int) -> None:
    """What waits for the end of a block is named with it."""
    simulator.call("block")
    odoo.call("itscope.account", "action_test_connection", [account_id])
    odoo.call("itscope.account", "action_refresh_all", [account_id])
    run_job(odoo, "ir_cron_sync")
    home(screens)
    block = card(screens).locator(".o_itscope_block")
    expect(block).to_contain_text("Nothing is sent until")
    expect(block).to_contain_text("Runs that wait: 1")
    screens.shot("blocked")
    block.locator("a", has_text="Runs that wait").click()
    screens.settle()
    expect(screens.rows()).to_have_count(1)
    (run,) = odoo.find("itscope.sync", [["state", "=", "waiting"]])
    odoo.call("itscope.sync", "action_cancel", [run])


def on_a_phone(screens: Screens) -> None:
    """No part is wider than the screen."""
    page = screens.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    card(screens).wait_for()
    screens.idle()
    screens.shot("phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    width = card(screens).evaluate("card => [card.scrollWidth, card.clientWidth]")
    assert width[0] <= width[1]
