"""What the supplier confirmed differently, side by side, and what the buyer does."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from main_job import Odoo, account, mapped_supplier, order, products
from simulator.control import Control

from .screens import Screens


def test_confirmed_differently(
    screens: Screens, simulator: Control, odoo: Odoo
) -> None:
    number = sent_order(odoo, simulator)
    simulator.advance(
        at_itscope(odoo, simulator, number),
        "confirm",
        prices={"123002": "1200"},
        quantities={"123001": "1"},
    )
    odoo.call("purchase.order", "action_itscope_fetch_news", [number])
    screens.page.goto(f"{screens.url}/odoo/purchase.order/{number}")
    screens.settle()
    expect(
        screens.page.locator("button[name=action_itscope_documents]")
    ).to_contain_text("Documents to check")
    screens.tab("ITscope")
    beside = screens.field("itscope_confirmation_line_ids")
    expect(beside).to_contain_text("As ordered")
    beside.scroll_into_view_if_needed()
    screens.shot("side-by-side")
    ask(screens)
    accept_one(screens, odoo, number)
    elsewhere(screens, odoo, number)
    screens.page.goto(f"{screens.url}/odoo/purchase.order/{number}")
    screens.settle()
    screens.tab("ITscope")
    expect(screens.field("itscope_confirmation_line_ids")).not_to_contain_text(
        "Differs"
    )
    screens.shot("settled")


def sent_order(odoo: Odoo, simulator: Control) -> int:
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    supplier, vendor = mapped_supplier(odoo)
    articles = products(odoo, supplier)
    # Somebody else who has the same articles.
    other = odoo.find(
        "itscope.offer",
        [
            ["product_id", "=", articles["123001"]],
            ["supplier_id", "!=", supplier],
            ["is_new", "=", True],
            ["has_price", "=", True],
        ],
    )
    (row,) = odoo.read("itscope.offer", other[:1], "supplier_id")
    (mapped,) = odoo.read("itscope.supplier", [row["supplier_id"][0]], "partner_id")
    if not mapped["partner_id"]:
        odoo.call("itscope.supplier", "action_create_partner", [mapped["id"]])
    return order(odoo, vendor, articles)


def at_itscope(odoo: Odoo, simulator: Control, number: int) -> str:
    (row,) = odoo.read("purchase.order", [number], "name")
    (found,) = simulator.orders(row["name"])
    return str(found["order_id"])


def beside(screens: Screens, text: str) -> Locator:
    return (
        screens.field("itscope_confirmation_line_ids")
        .locator(".o_data_row")
        .filter(has_text=text)
        .first
    )


def ask(screens: Screens) -> None:
    beside(screens, "iPad").get_by_role("button", name="Ask", exact=True).click()
    screens.dialog()
    expect(screens.scope).to_contain_text("confirmed 1 at 1200")
    screens.shot("ask")
    screens.page.locator(
        ".modal .btn-close, .modal button[special=cancel]"
    ).first.click()
    screens.page.locator(".modal").first.wait_for(state="hidden")


def accept_one(screens: Screens, odoo: Odoo, number: int) -> None:
    beside(screens, "iPad").get_by_role("button", name="Accept", exact=True).click()
    screens.idle()
    expect(beside(screens, "iPad")).to_contain_text("Accepted")
    lines = odoo.call(
        "purchase.order.line",
        "search_read",
        [["order_id", "=", number], ["price_unit", "=", 1200.0]],
        ["product_qty"],
    )
    assert [line["product_qty"] for line in lines] == [1.0]


def elsewhere(screens: Screens, odoo: Odoo, number: int) -> None:
    (name,) = odoo.read("purchase.order", [number], "name")
    beside(screens, "HP Color").get_by_role(
        "button", name="Order the rest elsewhere"
    ).click()
    screens.idle()
    expect(screens.page.locator(".o_form_view")).to_contain_text("HP Color")
    expect(screens.page.locator(".o_form_view")).to_contain_text(name["name"])
    screens.shot("elsewhere")
    (created,) = odoo.find("purchase.order", [["origin", "=", name["name"]]])
    lines = odoo.call(
        "purchase.order.line",
        "search_read",
        [["order_id", "=", created]],
        ["product_qty", "price_unit"],
    )
    assert [line["product_qty"] for line in lines] == [2.0]
    assert lines[0]["price_unit"] > 0
