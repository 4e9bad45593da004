"""The catalogue by clicking: search, export with preview, decisions, compare, Share."""

from __future__ import annotations

from playwright.sync_api import expect

from main_job import Odoo
from simulator.control import ACCOUNT, KEY, Control

from .screens import Screens

EXPORT = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0001"
PRINTER = "HP Color LaserJet Pro MFP M477fdw"


def test_catalogue(screens: Screens, simulator: Control, odoo: Odoo) -> None:
    simulator.reset()
    prepare(odoo, simulator)
    search_and_import(screens, odoo)
    search_into_a_quotation(screens, odoo)
    export(screens, odoo)
    decide(screens, odoo)
    compare(screens, odoo)
    mapping_help(screens, odoo)
    refresh(screens, odoo)
    accessories(screens, odoo)
    undo(screens, odoo)
    share(screens)


def cron(odoo: Odoo, name: str) -> None:
    """Let a scheduled action run now."""
    (found,) = odoo.call(
        "ir.model.data",
        "search_read",
        [["module", "=", "itscope_connector"], ["name", "=", name]],
        ["res_id"],
    )
    odoo.call("ir.cron", "method_direct_trigger", [found["res_id"]])


def prepare(odoo: Odoo, simulator: Control) -> None:
    found = odoo.find("itscope.account", [["company_id", "=", 1]])
    values = {"account_code": ACCOUNT, "api_key": KEY, "base_url": simulator.api}
    if found:
        odoo.call("itscope.account", "write", found, values)
    else:
        found = odoo.call("itscope.account", "create", [{"name": "ITscope", **values}])
    odoo.call("itscope.account", "action_sync_metadata", found)


def search_and_import(screens: Screens, odoo: Odoo) -> None:
    screens.app("ITscope")
    screens.menu("Products", "Search at ITscope")
    screens.dialog()
    screens.fill("keywords", "Aurora")
    screens.button("Search")
    expect(screens.rows().first).to_be_visible()
    screens.shot("search")
    first = screens.rows().first
    name = first.locator("td[name=name]").inner_text()
    first.locator("td[name=chosen] input").click()
    screens.idle()
    screens.button("Import or link")
    expect(screens.page.locator(".o_form_view").last).to_contain_text(name[:30])
    screens.tab("ITscope")
    screens.shot("imported")


def search_into_a_quotation(screens: Screens, odoo: Odoo) -> None:
    partner = odoo.call("res.partner", "create", [{"name": "Kunde AG"}])[0]
    order = odoo.call("sale.order", "create", [{"partner_id": partner}])[0]
    screens.page.goto(f"{screens.url}/odoo/sale.order/{order}")
    screens.settle()
    screens.button("Search at ITscope")
    screens.dialog()
    screens.fill("ean", "0888793383537")
    screens.button("Search")
    screens.row(PRINTER).locator("td[name=chosen] input").click()
    screens.idle()
    screens.shot("search-for-quotation")
    screens.button("Add to the order")
    expect(screens.page.locator(".o_field_widget[name=order_line]")).to_contain_text(
        "M477fdw"
    )
    screens.shot("quotation")
    # Reachable from the catalogue of the order, too.
    screens.page.get_by_role("button", name="Catalog", exact=True).first.click()
    screens.page.locator(".o_kanban_view").wait_for()
    screens.page.get_by_role("button", name="Search at ITscope").click()
    expect(screens.page.locator(".modal").last).to_contain_text("Keywords")
    screens.shot("search-from-catalogue")
    screens.page.locator(".modal footer button", has_text="Close").last.click()


def export(screens: Screens, odoo: Odoo) -> None:
    # An article of ours that two of ITscope's could be.
    odoo.call(
        "product.product",
        "create",
        [
            {
                "name": "Eigener Artikel",
                "barcode": "4260000000059",
                "company_id": 1,
            }
        ],
    )
    screens.page.goto(f"{screens.url}/odoo")
    screens.app("ITscope")
    screens.menu("Configuration", "Exports")
    screens.shot("exports-empty")
    screens.button("New")
    screens.fill("name", "Everything")
    screens.fill("reference", EXPORT)
    screens.radio("mode", "Create and update products")
    screens.save()
    screens.button("Start now")
    screens.error("Make a preview first")
    screens.button("Preview")
    expect(screens.field("state")).to_contain_text("Waiting")
    cron(odoo, "ir_cron_sync")
    # Progress moves while one looks: nobody reloads the page.
    expect(screens.page.locator(".o_arrow_button_current")).to_have_text("Done")
    expect(screens.page.locator(".o_form_view")).to_contain_text("A preview")
    screens.shot("preview")
    screens.app("ITscope")
    screens.menu("Configuration", "Exports")
    screens.open("Everything")
    screens.button("Start now")
    cron(odoo, "ir_cron_sync")
    expect(screens.page.locator(".o_arrow_button_current")).to_have_text("Done")
    screens.shot("run")
    cron(odoo, "ir_cron_media")
    screens.menu("Products", "Runs")
    expect(screens.rows().first).to_contain_text("Everything")
    screens.shot("runs")
    screens.menu("Products", "Pictures and Data Sheets")
    screens.shot("media")


def decide(screens: Screens, odoo: Odoo) -> None:
    screens.menu("Products", "To decide")
    expect(screens.rows()).to_have_count(3)
    screens.shot("decisions")
    (puid,) = odoo.find("itscope.decision", [["state", "=", "open"]], limit=1)
    odoo.call("itscope.decision", "write", [puid], {"action": "create"})
    screens.page.reload()
    screens.settle()
    screens.page.locator("thead .o_list_record_selector input").check()
    screens.button("Do what was decided")
    screens.message("1 products were decided on")


def compare(screens: Screens, odoo: Odoo) -> None:
    (product,) = odoo.find("product.product", [["name", "=", PRINTER]], limit=1)
    odoo.call("product.product", "write", [product], {"name": "Mein Drucker"})
    screens.page.goto(f"{screens.url}/odoo/product.product/{product}")
    screens.settle()
    screens.tab("ITscope")
    screens.button("Compare with ITscope")
    screens.dialog()
    row = screens.row("Mein Drucker")
    expect(row).to_contain_text("Differs")
    screens.shot("compare")
    row.get_by_role("button", name="Keep mine").click()
    screens.idle()
    expect(screens.row("Mein Drucker")).to_contain_text("Own value kept")
    screens.row("Mein Drucker").get_by_role("button", name="Take over").click()
    screens.idle()
    expect(screens.row(PRINTER)).to_contain_text("Same")
    screens.button("Close")


def mapping_help(screens: Screens, odoo: Odoo) -> None:
    screens.app("ITscope")
    screens.menu("Configuration", "Suppliers")
    screens.row("Nordlicht").locator(".o_list_record_open_form_view button").click()
    screens.settle()
    expect(screens.field("price_list_service")).to_contain_text("Set up")
    screens.shot("supplier")
    screens.menu("Configuration", "Product Types")
    screens.shot("product-types")
    screens.page.locator("thead .o_list_record_selector input").check()
    screens.button("Create categories")
    screens.message("categor")
    assert odoo.find("product.category", [["name", "=", "Drucker"]]) or odoo.find(
        "product.category", [["parent_id", "!=", False]]
    )
    screens.menu("Configuration", "Manufacturers")
    screens.button("Suggest")
    screens.message("manufacturer")


def refresh(screens: Screens, odoo: Odoo) -> None:
    screens.menu("Products", "Linked Products")
    screens.select("Apple iPad Pro")
    screens.button("Refresh from ITscope")
    screens.message("1 products were refreshed")
    screens.select("Apple iPad Pro")
    screens.button("Refresh in the background")
    cron(odoo, "ir_cron_sync")
    expect(screens.page.locator(".o_arrow_button_current")).to_have_text("Done")
    screens.shot("refresh-run")
    for button in ("Refresh products in open orders", "Refresh all linked products"):
        screens.menu("Configuration", "Accounts")
        screens.open("ITscope")
        screens.button(button)
        cron(odoo, "ir_cron_sync")
        expect(screens.page.locator(".o_arrow_button_current")).to_have_text("Done")
    screens.page.goto(f"{screens.url}/odoo/action-sale.action_quotations")
    screens.settle()
    screens.select("Kunde AG")
    screens.page.get_by_role("button", name="Actions").click()
    screens.page.get_by_role("menuitem", name="Refresh products from ITscope").click()
    screens.message("1 products were refreshed")
    screens.app("ITscope")
    screens.menu("Products", "Pictures and Data Sheets")
    screens.page.locator("tbody .o_list_record_selector input").first.check()
    screens.button("Fetch again")
    expect(screens.rows().filter(has_text="Waiting").first).to_be_visible()


def accessories(screens: Screens, odoo: Odoo) -> None:
    (link, *_more) = odoo.find("itscope.product", [["accessory_puids", "!=", False]])
    screens.page.goto(f"{screens.url}/odoo/itscope.product/{link}")
    screens.settle()
    screens.page.locator("button[name=action_accessories]").click()
    screens.settle()
    expect(screens.rows().first).to_be_visible()
    screens.shot("accessories")
    screens.page.keyboard.press("Escape")


def undo(screens: Screens, odoo: Odoo) -> None:
    before = len(odoo.find("product.product", [["active", "=", True]]))
    screens.app("ITscope")
    screens.menu("Products", "Runs")
    runs = odoo.call(
        "itscope.sync",
        "search_read",
        [["preview", "=", False], ["kind", "=", "export"], ["created_count", ">", 0]],
        ["name"],
    )
    screens.page.goto(f"{screens.url}/odoo/itscope.sync/{runs[0]['id']}")
    screens.settle()
    screens.button("Undo")
    screens.page.locator(".modal footer button.btn-primary").last.click()
    screens.idle()
    screens.shot("undone")
    assert len(odoo.find("product.product", [["active", "=", True]])) < before


def share(screens: Screens) -> None:
    screens.page.goto(f"{screens.url}/itscope/share?puid=6676919000&ean=<ean>")
    expect(screens.page.locator("#itscope_share")).to_contain_text("Apple iPad Pro")
    screens.shot("share")
    screens.page.get_by_role("button", name="Refresh").click()
    screens.page.wait_for_selector(".o_form_view")
    expect(screens.page.locator(".o_form_view")).to_contain_text("Apple iPad Pro")
