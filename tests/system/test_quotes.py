"""Quotes of the platform by clicking: listed, made quotations, changed, won."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

from .screens import Screens

LINES = [["123001", "2", "420"], ["123002", "1", "919.5"]]
CHOICE = ["123003", "2", "150", "optional"]
CUSTOMER = {"name": "Schule am Turm gGmbH", "number": "K-7788", "zip": "76131"}


@pytest.fixture
def ready(odoo: Odoo, simulator: Control) -> None:
    """The test supplier's articles are products."""
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    supplier, _partner = mapped_supplier(odoo)
    products(odoo, supplier)


def test_quotes(
    screens: Screens, simulator: Control, odoo: Odoo, ready: None, tmp_path: Path
) -> None:
    made = simulator.quote(
        name="Notebooks Schule am Turm",
        lines=[*LINES, CHOICE],
        customer=CUSTOMER,
        remark="Lieferung frei Haus",
    )
    list_and_find(screens, made["number"])
    make_quotation(screens, made["number"])
    newer_version(screens, simulator, made)
    won(screens, simulator, made)
    upload(screens, simulator, odoo, tmp_path)


def quotes(screens: Screens) -> None:
    screens.app("ITscope")
    screens.menu("Sales", "Quotes")


def list_and_find(screens: Screens, number: str) -> None:
    quotes(screens)
    screens.button("Fetch news")
    expect(screens.row(number)).to_contain_text("In negotiation")
    screens.shot("quotes")
    screens.button("Search at ITscope")
    screens.dialog()
    screens.fill("number", number)
    screens.shot("search")
    screens.button("Search")
    screens.crumb("Quotes found")
    expect(screens.rows()).to_have_count(1)


def make_quotation(screens: Screens, number: str) -> None:
    screens.open(number)
    screens.shot("quote")
    screens.button("Create quotation")
    screens.settle()
    lines = screens.field("order_line")
    expect(lines).to_contain_text("420.00")
    expect(lines).to_contain_text("Optional: 2 pieces")
    expect(screens.page.locator(".alert:visible")).to_contain_text("customer is new")
    screens.shot("quotation")
    screens.button("Checked")
    expect(screens.page.locator(".alert:visible")).to_have_count(0)


def newer_version(screens: Screens, simulator: Control, made: dict[str, str]) -> None:
    lines = [["123001", "4", "410"], LINES[1], CHOICE]
    simulator.quote(quote_id=made["quote_id"], lines=lines)
    quotes(screens)
    screens.open(made["number"])
    screens.button("Fetch news")
    screens.stat("action_open_quotation")
    expect(screens.field("order_line")).to_contain_text("410.00")
    message = screens.page.locator(".o-mail-Message").filter(has_text="newer version")
    expect(message.first).to_contain_text("410")
    message.first.scroll_into_view_if_needed()
    screens.shot("newer-version")
    screens.stat("action_itscope_documents")
    expect(screens.rows()).to_have_count(2)
    screens.shot("versions")
    screens.open("Applied")
    screens.shot("document")


def won(screens: Screens, simulator: Control, made: dict[str, str]) -> None:
    simulator.quote(quote_id=made["quote_id"], status="WON")
    quotes(screens)
    screens.button("Fetch news")
    expect(screens.row(made["number"])).to_contain_text("Won")
    screens.open(made["number"])
    screens.stat("action_open_quotation")
    expect(screens.page.locator(".alert:visible")).to_contain_text("won at ITscope")
    expect(screens.field("state").locator("[aria-checked=true]")).to_have_text(
        "Quotation"
    )
    screens.shot("won")
    screens.button("Confirm quotation")
    expect(screens.field("state").locator("[aria-checked=true]")).to_have_text(
        "Sales Order"
    )
    expect(screens.page.locator(".alert:visible")).to_have_count(0)


def upload(screens: Screens, simulator: Control, odoo: Odoo, folder: Path) -> None:
    """A file whose customer could be two: a person chooses."""
    names = ("Doppelt AG", "Doppelt GmbH")
    values = [{"name": name, "is_company": True, "ref": "K-99"} for name in names]
    odoo.call("res.partner", "create", values)
    made = simulator.quote(lines=LINES, customer={"number": "K-99", "name": "Doppelt"})
    path = folder / "quotation.xml"
    path.write_text(made["document"].replace("A-2026", "B-2026"))
    screens.go("action-sale.action_quotations")
    with screens.page.expect_file_chooser() as chooser:
        screens.page.locator(".o_cp_action_menus button:has(.fa-cog)").first.click()
        menu = screens.page.locator(".o-dropdown--menu")
        menu.get_by_text("Upload Request For Quotation").click()
    chooser.value.set_files(path)
    expect(screens.field("messages")).to_contain_text("Doppelt AG, Doppelt GmbH")
    screens.shot("waits")
    screens.button("Create quotation")
    screens.dialog()
    screens.choose("partner_id", "Doppelt GmbH")
    screens.shot("whose")
    screens.button("Create quotation")
    expect(screens.field("order_line")).to_contain_text("420.00")
    expect(screens.field("partner_id").locator("input")).to_have_value(
        re.compile("Doppelt GmbH")
    )
    screens.shot("uploaded")
