"""Each button of the catalogue's screens that no other test presses, by pressing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

from .screens import Screens
from .test_catalogue import cron
from .workers import Worker

EXPORT = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0003"
#: No export of the platform's.
UNKNOWN = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0404"
#: Numbers of the simulator's products: those of the export, those for Share.
EXPORTED = range(100, 130)
SHARED = range(154, 158)
#: Is neither in the export nor shared, and nothing else has its EAN.
UNLINKED = 162
#: One of the export's, which Odoo refuses at first.
REFUSED = 120
REFUSE = """
from odoo.exceptions import ValidationError
Product = type(env["product.product"])
create = Product.create
def refuse(records, vals_list):
    if any(vals.get("default_code") == {code!r} for vals in vals_list):
        raise ValidationError("Refused by another addon.")
    return create(records, vals_list)
Product.create = refuse
"""
PATIENCE = 300
PRINTER = "HP Color LaserJet Pro MFP M477fdw"
ITSCOPE = "https://www.itscope.com/"


@pytest.fixture(scope="module")
def articles(odoo: Odoo, simulator: Control) -> dict[str, int]:
    """The test supplier's articles as products."""
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    supplier, _vendor = mapped_supplier(odoo)
    return products(odoo, supplier)


@pytest.fixture(scope="module")
def catalogue(simulator: Control) -> dict[int, dict[str, Any]]:
    """The simulator's products by their numbers, as it tells them."""
    numbers = [*EXPORTED, *SHARED, UNLINKED]
    rows: list[dict[str, Any]] = simulator.call("products", numbers=numbers)
    return dict(zip(numbers, rows, strict=True))


@pytest.fixture
def export(
    odoo: Odoo, simulator: Control, articles: dict[str, int]
) -> Iterator[dict[str, Any]]:
    """A small export, defined at ITscope and here; what it asks is not left open."""
    others = simulator.call("products", numbers=[*range(EXPORTED.start)])
    definition = {
        "uuid": EXPORT,
        "count": EXPORTED.stop,
        "without": [str(row["puid"]) for row in others],
        "hostile": True,
    }
    simulator.call("exports", **definition)
    (found,) = odoo.call(
        "itscope.export",
        "create",
        [
            {
                "name": "Small",
                "account_id": odoo.find("itscope.account", [])[0],
                "reference": EXPORT,
                "mode": "create",
            }
        ],
    )
    yield {**definition, "id": found}
    odoo.call("itscope.export", "unlink", [found])


def work(log: Path, before: str = "") -> Worker:
    """What waits is done by a process of its own, while one looks."""
    return Worker("itscope.sync", "_cron_run", log / "worker.log", before)


def state(screens: Screens, text: str, seconds: float = PATIENCE) -> None:
    """The run on the screen has reached this state; nobody reloads the page."""
    current = screens.page.locator(".o_arrow_button_current")
    expect(current).to_have_text(text, timeout=1000 * seconds)


def percent(page: Page, above: int) -> int:
    """Wait until the progress on the screen lies between this and all."""
    said = "parseInt(document.querySelector('[name=progress]').innerText)"
    wanted = f"() => {{const now = {said}; return {above} < now && now < 100 && now}}"
    return int(page.wait_for_function(wanted, timeout=1000 * PATIENCE).json_value())


# ---------------------------------------------------------------------- products


def test_product(
    screens: Screens,
    odoo: Odoo,
    simulator: Control,
    articles: dict[str, int],
    catalogue: dict[int, dict[str, Any]],
) -> None:
    simulator.call(
        "change", puid="4012827000", live=True, values={"price": 371.5, "stock": 9}
    )
    screens.go(f"product.product/{articles['123001']}")
    screens.tab("ITscope")
    screens.button("Ask live")
    screens.message(re.compile("Answered live: .*ITscope Partner-Test"))
    screens.tab("ITscope")
    expect(screens.field("itscope_offer_ids")).to_contain_text("371.50")
    screens.shot("asked-live")
    address = screens.elsewhere(lambda: screens.button("Open at ITscope"))
    assert address == f"{ITSCOPE}p/4012827000"
    screens.stat("action_itscope_offers")
    screens.crumb("Offers")
    expect(screens.row("ITscope Partner-Test")).to_be_visible()

    (own,) = odoo.call(
        "product.product",
        "create",
        [{"name": "Eigenes Gerät", "barcode": catalogue[UNLINKED]["ean"]}],
    )
    screens.go(f"product.product/{own}")
    screens.tab("ITscope")
    screens.button("Link with ITscope")
    screens.dialog()
    expect(screens.field("text").locator("textarea")).to_have_value(
        catalogue[UNLINKED]["ean"]
    )
    screens.button("Find")
    expect(screens.rows()).to_have_count(1)
    # Back to the numbers, and the same again.
    screens.button("Back")
    expect(screens.field("text")).to_be_visible()
    screens.button("Find")
    screens.button("Import")
    expect(screens.page.locator(".modal")).to_have_count(0)
    (link,) = odoo.find("itscope.product", [["product_id", "=", own]])
    assert odoo.read("itscope.product", [link], "puid")[0]["puid"] == str(
        catalogue[UNLINKED]["puid"]
    )


@pytest.mark.parametrize(
    "action", ["product.product_template_action", "product.product_normal_action"]
)
def test_product_lists(screens: Screens, articles: dict[str, int], action: str) -> None:
    """Templates and variants: the list's button, and the entry under Actions."""
    screens.go(f"action-{action}?view_type=list")
    screens.clear_search()
    screens.search(PRINTER)
    screens.select(PRINTER)
    screens.button("Refresh from ITscope")
    screens.message("1 products were refreshed")
    screens.select(PRINTER)
    screens.action("Refresh from ITscope")
    screens.message("1 products were refreshed")


def test_linked_product(
    screens: Screens, odoo: Odoo, simulator: Control, articles: dict[str, int]
) -> None:
    (link,) = odoo.find("itscope.product", [["product_id", "=", articles["123002"]]])
    (row,) = odoo.read("itscope.product", [link], "puid", "deeplink")
    simulator.call("change", puid=row["puid"], live=True, values={"price": 777.25})
    screens.go(f"itscope.product/{link}")
    screens.button("Refresh from ITscope")
    screens.message("1 products were refreshed")
    expect(screens.field("offer_ids")).not_to_contain_text("777.25")
    screens.button("Ask live")
    screens.message("Answered live: ")
    expect(screens.field("offer_ids")).to_contain_text("777.25")
    address = screens.elsewhere(lambda: screens.button("Open at ITscope"))
    assert address == row["deeplink"]
    screens.button("Compare with ITscope")
    screens.dialog()
    expect(screens.row("Same")).to_be_visible()
    screens.button("Close")


# ---------------------------------------------------------------------- orders


def test_purchase_order(screens: Screens, odoo: Odoo, articles: dict[str, int]) -> None:
    """Search with pages, choices on two of them; refresh from the order."""
    _supplier, vendor = mapped_supplier(odoo)
    (order,) = odoo.call("purchase.order", "create", [{"partner_id": vendor}])
    path = f"action-purchase.purchase_form_action/{order}"
    screens.go(path)
    screens.button("Search at ITscope")
    screens.dialog()
    screens.choose("supplier_id", "ITscope Partner-Test")
    screens.button("Search")
    first = screens.rows().first.locator("td[name=name]").inner_text()
    screens.button("Next")
    expect(screens.field("page")).to_have_text("2")
    expect(screens.rows().filter(has_text=first)).to_have_count(0)
    screens.shot("second-page")
    row = screens.rows().nth(1)
    second = row.locator("td[name=name]").inner_text()
    row.locator("td[name=chosen] input").click()
    screens.idle()
    screens.button("Previous")
    expect(screens.field("page")).to_have_text("1")
    screens.row(first).locator("td[name=chosen] input").click()
    screens.idle()
    expect(screens.field("chosen_count")).to_have_text("2")
    screens.button("Add to the order")
    expect(screens.page.locator(".modal")).to_have_count(0)
    lines = screens.field("order_line")
    for name in (first, second):
        expect(lines).to_contain_text(name[:30])
    screens.action("Refresh products from ITscope")
    screens.message("2 products were refreshed")


def test_itscope_orders(
    screens: Screens, odoo: Odoo, simulator: Control, articles: dict[str, int]
) -> None:
    listed, opened, archived = (
        simulator.place([["123003", "1", "136"]]) for _each in range(3)
    )
    screens.app("ITscope")
    screens.menu("Orders", "ITscope Orders")
    screens.button("Fetch all")
    cron(odoo, "ir_cron_sync")
    state(screens, "Done")
    screens.menu("Orders", "ITscope Orders")
    screens.select(listed)
    simulator.advance(listed, "invoice")
    screens.button("Fetch news")
    expect(screens.row(listed)).to_contain_text("Invoiced")

    screens.open(opened)
    simulator.advance(opened, "invoice")
    screens.button("Fetch news")
    expect(screens.field("status_text")).to_have_text("Invoiced")
    address = screens.elsewhere(lambda: screens.button("Open at ITscope"))
    assert address.endswith(opened)
    screens.button("Archive at ITscope")
    screens.message("1 orders were archived at ITscope")
    assert [o["archived"] for o in simulator.orders() if o["order_id"] == opened] == [
        True
    ]

    # What was archived on the platform, and is not known here, comes by its own list.
    found = odoo.find("itscope.deal", [["order_id", "=", archived]])
    odoo.call("itscope.deal", "action_archive_at_itscope", found)
    odoo.call("itscope.deal", "unlink", found)
    screens.menu("Orders", "ITscope Orders")
    screens.button("Fetch archived")
    cron(odoo, "ir_cron_sync")
    state(screens, "Done")
    archive = [["order_id", "=", archived], ["archived", "=", True]]
    assert len(odoo.find("itscope.deal", archive)) == 1


# ---------------------------------------------------------------------- runs


def test_run(
    screens: Screens,
    odoo: Odoo,
    simulator: Control,
    export: dict[str, Any],
    catalogue: dict[int, dict[str, Any]],
    artefacts: Path,
) -> None:
    """Progress moves while one looks; cancelled, gone on; what it says and made."""
    undecided(odoo, catalogue)
    screens.go(f"itscope.export/{export['id']}")
    screens.button("Preview")
    watch_and_cancel(screens, simulator, export, artefacts)
    screens.button("Go on")
    state(screens, "Waiting")
    cron(odoo, "ir_cron_sync")
    state(screens, "Done")
    screens.go(f"itscope.export/{export['id']}")
    screens.button("Start now")
    refused = REFUSE.format(code=catalogue[REFUSED]["manufacturerSKU"])
    work(artefacts, refused).wait(PATIENCE)
    state(screens, "Done")
    run = screens.page.url
    look_at_what_it_says(screens, run)
    retry(screens, odoo, run)
    screens.go(f"itscope.export/{export['id']}")
    screens.stat("action_open_runs")
    screens.crumb("Runs")
    expect(screens.rows()).to_have_count(3)
    screens.page.go_back()
    screens.settle()
    screens.stat("action_open_products")
    screens.crumb("Linked Products")
    expect(screens.row(catalogue[100]["productName"])).to_be_visible()
    screens.page.goto(run)
    screens.settle()
    screens.stat("action_open_decisions")
    decide_by_hand(screens, odoo)


def undecided(odoo: Odoo, catalogue: dict[int, dict[str, Any]]) -> None:
    """Two products of ours with an article number of ITscope's, and nothing more that
    they have in common.
    """
    odoo.call(
        "product.product",
        "create",
        [
            {
                "name": f"Ware {number}",
                "default_code": catalogue[number]["manufacturerSKU"],
            }
            for number in (110, 111)
        ],
    )


def watch_and_cancel(
    screens: Screens, simulator: Control, export: dict[str, Any], artefacts: Path
) -> None:
    definition = {name: value for name, value in export.items() if name != "id"}
    # Ten megabytes of it are one product's description: a good many pieces.
    simulator.call("exports", **definition, pause=0.15)
    state(screens, "Waiting")
    worker = work(artefacts)
    first = percent(screens.page, above=0)
    screens.shot("progress")
    percent(screens.page, above=first)
    screens.shot("progress-later")
    screens.button("Cancel")
    state(screens, "Cancelled")
    worker.wait(PATIENCE)
    simulator.call("exports", **definition)


def look_at_what_it_says(screens: Screens, run: str) -> None:
    created = screens.field("message_line_ids").locator(".o_data_row:has(button)")
    created.first.locator("button[name=action_open_product]").click()
    screens.settle()
    expect(screens.page.locator(".o_form_view")).to_contain_text("ITscope")
    screens.page.goto(run)
    screens.settle()
    screens.stat("action_open_messages")
    row = screens.page.locator(".o_data_row:has(button[name=action_open_product])")
    row.first.locator("button[name=action_open_product]").click()
    screens.settle()
    expect(screens.page.locator(".o_form_view")).to_be_visible()
    screens.page.goto(run)
    screens.settle()
    screens.stat("action_open_new_products")
    screens.crumb("Linked Products")
    expect(screens.rows().first).to_be_visible()


def retry(screens: Screens, odoo: Odoo, run: str) -> None:
    """What Odoo refused comes in once nothing refuses it any more."""
    screens.page.goto(run)
    screens.settle()
    expect(screens.page.locator(".o_form_view")).to_contain_text(
        "Refused by another addon"
    )
    screens.button("Retry failed products")
    expect(screens.field("kind")).to_have_text("Import by ITscope ID")
    cron(odoo, "ir_cron_sync")
    state(screens, "Done")
    expect(screens.field("created_count")).to_have_text(re.compile(r"^1\s*Created"))


def decide_by_hand(screens: Screens, odoo: Odoo) -> None:
    """One is linked to the product that could be it, one is never imported; chosen in
    the list itself.
    """
    screens.crumb("To decide")
    expect(screens.rows()).to_have_count(2)
    for place, (decision, product) in enumerate(
        (("Link product", "Ware 110"), ("Never import", ""))
    ):
        row = screens.rows().nth(place)
        row.locator("td[name=action]").click()
        screens.pick(row.locator("td[name=action]"), decision)
        if product:
            cell = row.locator("td[name=product_id]")
            cell.locator("input").fill(product)
            screens.page.locator(".o-autocomplete--dropdown-item").filter(
                has_text=product
            ).first.click()
        screens.page.locator(".o_list_button_save").first.click()
        expect(row.locator("td[name=action]")).to_have_text(decision)
    screens.shot("decided")
    screens.page.locator("thead .o_list_record_selector input").check()
    screens.button("Do what was decided")
    screens.message("2 products were decided on")
    (linked,) = odoo.find("product.product", [["name", "=", "Ware 110"]])
    assert odoo.find("itscope.product", [["product_id", "=", linked]])


# ---------------------------------------------------------------------- mapping


def test_mapping(screens: Screens, odoo: Odoo, articles: dict[str, int]) -> None:
    (open_one, *_more) = odoo.find(
        "itscope.supplier",
        [["partner_id", "=", False], ["name", "!=", "Isar Systeme"]],
    )
    screens.go(f"itscope.supplier/{open_one}")
    address = screens.elsewhere(lambda: screens.button("Open at ITscope"))
    assert address.startswith(f"{ITSCOPE}red/app#companies/page/s")
    screens.button("Create vendor")
    expect(screens.button_of("Create vendor")).to_be_hidden()
    (row,) = odoo.read("itscope.supplier", [open_one], "partner_id", "name")
    assert row["partner_id"]
    # As it was: other tests count who is open.
    odoo.call("itscope.supplier", "write", [open_one], {"partner_id": False})
    screens.app("ITscope")
    screens.menu("Configuration", "Manufacturers")
    address = screens.elsewhere(
        lambda: screens.rows().first.locator("button").first.click()
    )
    assert address.startswith(f"{ITSCOPE}red/app#companies/page/m")
    screens.menu("Configuration", "Product Types")
    screens.button("Suggest")
    screens.message("open product types were given a category")


# ---------------------------------------------------------------------- overview


def test_overview(screens: Screens, odoo: Odoo, articles: dict[str, int]) -> None:
    """Each number leads to what it counts."""
    (company_account, *_more) = odoo.find("itscope.account", [])
    (broken,) = odoo.call(
        "itscope.export",
        "create",
        [
            {
                "name": "Unknown",
                "account_id": company_account,
                "reference": UNKNOWN,
                "mode": "update",
            }
        ],
    )
    odoo.call("itscope.export", "action_preview", [broken])
    cron(odoo, "ir_cron_sync")
    screens.app("ITscope")
    rows = screens.page.locator(".o_itscope_dashboard").first.locator(".o_itscope_row")
    rows.first.wait_for()
    screens.shot("overview")
    keys = [row.get_attribute("data-key") for row in rows.all()]
    assert {"failed_runs", "links", "suppliers"} <= set(keys)
    for key in keys:
        row = screens.page.locator(f".o_itscope_row[data-key={key}]").first
        count = int(row.locator("span").last.inner_text().replace(",", ""))
        label = row.locator(".o_itscope_label").inner_text()
        row.click()
        screens.crumb(label)
        expect(screens.rows()).to_have_count(min(count, 80))
        screens.menu("Overview")
    odoo.call("itscope.export", "unlink", [broken])


# ---------------------------------------------------------------------- Share


def test_share(
    screens: Screens,
    odoo: Odoo,
    articles: dict[str, int],
    catalogue: dict[int, dict[str, Any]],
) -> None:
    new, ours, added, quoted = (catalogue[number] for number in SHARED)

    def share(product: dict[str, Any]) -> None:
        puid = product["puid"]
        screens.page.goto(f"{screens.url}/itscope/share?puid={puid}&ean=<ean>")
        shown = screens.page.locator("#itscope_share")
        expect(shown).to_contain_text(product["productName"])

    def done() -> None:
        screens.page.get_by_role("button", name="Import", exact=True).click()
        screens.settle()

    def linked(product: dict[str, Any]) -> int:
        puid = str(product["puid"])
        (link,) = odoo.find("itscope.product", [["puid", "=", puid]])
        row = odoo.read("itscope.product", [link], "product_id")[0]
        return int(row["product_id"][0])

    form = screens.page.locator(".o_form_view")
    share(new)
    screens.page.get_by_label("In Odoo").select_option("create")
    done()
    expect(form).to_contain_text(new["productName"][:30])
    assert linked(new)

    (own,) = odoo.call(
        "product.product", "create", [{"name": "Unsere Ware", "barcode": ours["ean"]}]
    )
    share(ours)
    expect(screens.page.get_by_label("In Odoo")).to_have_value(str(own))
    screens.shot("share-links")
    done()
    assert linked(ours) == own

    (customer,) = odoo.call("res.partner", "create", [{"name": "Teilhaber GmbH"}])
    (order,) = odoo.call("sale.order", "create", [{"partner_id": customer}])
    share(added)
    screens.page.get_by_label("In Odoo").select_option("create")
    screens.page.get_by_label("Add to quotation").select_option(str(order))
    done()
    expect(screens.field("order_line")).to_contain_text(added["productName"][:30])

    share(quoted)
    screens.page.get_by_label("In Odoo").select_option("create")
    screens.page.get_by_label("Add to quotation").select_option("new")
    screens.page.get_by_label("Customer of a new quotation").fill("Teilhaber GmbH")
    screens.shot("share-new-quotation")
    done()
    expect(screens.field("order_line")).to_contain_text(quoted["productName"][:30])
    assert len(odoo.find("sale.order", [["partner_id", "=", customer]])) == 2

    # The address that ITscope is told, by the button beside it.
    screens.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    (account_id, *_more) = odoo.find("itscope.account", [])
    screens.go(f"itscope.account/{account_id}")
    screens.field("share_address").locator("button").click()
    copied = screens.page.evaluate("navigator.clipboard.readText()")
    (row,) = odoo.read("itscope.account", [account_id], "share_address")
    assert copied == row["share_address"]
    assert "/itscope/share?" in copied
