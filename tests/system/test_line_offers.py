"""Offers on quotation and purchase lines: seen, refreshed, chosen, moved."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Locator, expect

from main_job import Odoo, account
from simulator.control import Control

from .screens import Screens

#: Of the simulator's catalogue: several suppliers have them.
PUIDS = [str(12345678000 + number * 1000) for number in range(50, 70)]


class Ready(NamedTuple):
    odoo: Odoo
    #: Product and its offers of new goods with a price, the cheapest first.
    product: int
    name: str
    puid: str
    offers: list[dict[str, Any]]
    unlinked: int


@pytest.fixture(scope="module")
def ready(odoo: Odoo, simulator: Control) -> Ready:
    """A product that three mapped suppliers have, and one that ITscope lacks."""
    simulator.reset()
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    wizard = odoo.call(
        "itscope.product.add", "create", [{"kind": "puid", "text": "\n".join(PUIDS)}]
    )
    odoo.call("itscope.product.add", "action_find", wizard)
    odoo.call("itscope.product.add", "action_import", wizard)
    links = odoo.find("itscope.product", [("puid", "in", PUIDS)])
    rows = odoo.call(
        "itscope.offer",
        "search_read",
        [
            ("link_id", "in", links),
            ("is_new", "=", True),
            ("has_price", "=", True),
            ("supplier_sku", "!=", False),
            ("match_quality", ">", 80),
            ("stock", ">", 0),
        ],
        ["link_id", "product_id", "supplier_id", "supplier_sku", "price", "puid"],
        order="company_price",
    )
    of_link: dict[int, dict[int, dict[str, Any]]] = {}
    for row in rows:
        suppliers = of_link.setdefault(row["link_id"][0], {})
        suppliers.setdefault(row["supplier_id"][0], row)
    offers = next(list(found.values()) for found in of_link.values() if len(found) > 2)
    for offer in offers:
        map_supplier(odoo, offer["supplier_id"][0])
    product = offers[0]["product_id"][0]
    (unlinked,) = odoo.call(
        "product.product", "create", [{"name": "Kabelbinder", "type": "consu"}]
    )
    return Ready(
        odoo,
        product,
        odoo.read("product.product", [product], "name")[0]["name"],
        offers[0]["puid"],
        offers,
        unlinked,
    )


def map_supplier(odoo: Odoo, supplier: int) -> int:
    row = odoo.read("itscope.supplier", [supplier], "partner_id")[0]
    if not row["partner_id"]:
        odoo.call("itscope.supplier", "action_create_partner", [supplier])
        row = odoo.read("itscope.supplier", [supplier], "partner_id")[0]
    return int(row["partner_id"][0])


def mark(screens: Screens, text: str) -> Locator:
    return screens.row(text).locator(".o_itscope_mark")


def popover(screens: Screens) -> Locator:
    return screens.page.locator(".o_itscope_offers")


def row_of(screens: Screens, offer: dict[str, Any]) -> Locator:
    rows = popover(screens).locator("tbody tr")
    return rows.filter(has_text=offer["supplier_id"][1]).first


def test_quotation(ready: Ready, simulator: Control, screens: Screens) -> None:
    odoo, best, other = ready.odoo, ready.offers[0], ready.offers[1]
    (partner,) = odoo.call("res.partner", "create", [{"name": "Kunde der Angebote"}])
    lines = [
        (0, 0, {"product_id": ready.product, "product_uom_qty": 1}),
        (0, 0, {"product_id": ready.unlinked}),
    ]
    (order,) = odoo.call(
        "sale.order", "create", [{"partner_id": partner, "order_line": lines}]
    )
    screens.go(f"sale.order/{order}")
    expect(mark(screens, "Kabelbinder")).to_contain_text("not linked")
    found = mark(screens, ready.name)
    expect(found).to_have_attribute("data-state", "stock")
    screens.shot("marks")

    found.click()
    expect(row_of(screens, best)).to_contain_text("Chosen")
    screens.shot("offers")
    row_of(screens, other).get_by_role("button", name="Choose").click()
    expect(popover(screens)).to_be_hidden()
    screens.save()
    (line,) = odoo.find(
        "sale.order.line",
        [("order_id", "=", order), ("product_id", "=", ready.product)],
    )
    row = odoo.read("sale.order.line", [line], "itscope_offer_id", "purchase_price")[0]
    assert row["itscope_offer_id"][0] == other["id"]
    assert row["purchase_price"] == pytest.approx(other["price"], abs=0.01)

    # What ITscope says now, and what it says when it does not answer.
    simulator.call("change", puid=ready.puid, values={"stock": 0, "stockStatus": 2})
    mark(screens, ready.name).click()
    popover(screens).get_by_role("button", name="Refresh").click()
    said = popover(screens).locator(".o_itscope_said")
    expect(said).to_contain_text("refreshed")
    expect(mark(screens, ready.name)).to_have_attribute("data-state", "incoming")
    screens.shot("refreshed")
    simulator.call("faults", rules=[{"match": ".*", "kind": "status", "status": 401}])
    popover(screens).get_by_role("button", name="Ask live").click()
    expect(said).to_have_class("o_itscope_said alert py-2 mb-2 alert-warning")
    screens.shot("error")
    popover(screens).get_by_role("button", name="Ask live").click()
    expect(said).to_contain_text("live")
    screens.page.keyboard.press("Escape")
    expect(popover(screens)).to_be_hidden()
    # What the list of offers said is old where the record has been read anew.
    simulator.call("change", puid=ready.puid, values={"stock": 50, "stockStatus": 1})
    link = odoo.find("itscope.product", [("puid", "=", ready.puid)])
    odoo.call("itscope.product", "action_refresh", link)
    expect(mark(screens, ready.name)).to_have_attribute("data-state", "incoming")
    mark(screens, ready.name).click()
    row_of(screens, best).get_by_role("button", name="Choose").click()
    expect(popover(screens)).to_be_hidden()
    screens.save()
    expect(mark(screens, ready.name)).to_have_attribute("data-state", "stock")
    mark(screens, "Kabelbinder").click()
    expect(popover(screens)).to_contain_text("not linked")
    screens.shot("not-linked")


def test_unsaved_quotation(ready: Ready, screens: Screens) -> None:
    """A line that nobody saved yet: chosen in the form, saved with the rest."""
    third = ready.offers[2]
    screens.go("sale.order/new")
    screens.choose("partner_id", "Kunde der Angebote")
    screens.page.get_by_role("button", name="Add a product").first.click()
    cell = screens.page.locator(".o_selected_row [name=product_template_id] input")
    cell.or_(
        screens.page.locator(".o_selected_row [name=product_id] input")
    ).first.fill(ready.name)
    screens.page.locator(".o-autocomplete--dropdown-item").filter(
        has_text=ready.name
    ).first.click()
    screens.idle()
    screens.page.locator(".o_selected_row .o_itscope_mark").click()
    row_of(screens, third).get_by_role("button", name="Choose").click()
    expect(popover(screens)).to_be_hidden()
    screens.shot("unsaved")
    screens.save()
    lines = ready.odoo.call(
        "sale.order.line",
        "search_read",
        [("product_id", "=", ready.product)],
        ["itscope_offer_id", "itscope_cost"],
        order="id desc",
        limit=1,
    )
    assert lines[0]["itscope_offer_id"][0] == third["id"]
    assert lines[0]["itscope_cost"] == pytest.approx(third["price"], abs=0.01)


def test_purchase_line_moves(ready: Ready, screens: Screens) -> None:
    odoo, here, there = ready.odoo, ready.offers[0], ready.offers[1]
    vendor = map_supplier(odoo, here["supplier_id"][0])
    lines = [
        (0, 0, {"product_id": ready.product, "product_qty": 1}),
        (0, 0, {"product_id": ready.unlinked, "product_qty": 1}),
    ]
    (order,) = odoo.call(
        "purchase.order", "create", [{"partner_id": vendor, "order_line": lines}]
    )
    screens.go(f"action-purchase.purchase_form_action/{order}")
    mark(screens, ready.name).click()
    screens.shot("purchase-offers")
    row_of(screens, there).get_by_role("button", name="Choose").click()
    screens.dialog()
    screens.shot("ask-to-move")
    screens.button("Move the line")
    expect(screens.page.locator(".o_notification")).to_contain_text("The line is in")
    expect(screens.rows()).to_have_count(1)
    screens.shot("moved")
    screens.page.locator(".o_notification").get_by_role(
        "button", name="Open the order"
    ).click()
    screens.settle()
    expect(screens.row(ready.name)).to_be_visible()
    screens.shot("other-order")
    (line,) = odoo.find(
        "purchase.order.line",
        [("product_id", "=", ready.product), ("itscope_offer_id", "=", there["id"])],
        order="id desc",
        limit=1,
    )
    row = odoo.read("purchase.order.line", [line], "order_id", "price_unit")[0]
    assert row["order_id"][0] != order
    assert row["price_unit"] == pytest.approx(there["price"], abs=0.01)
