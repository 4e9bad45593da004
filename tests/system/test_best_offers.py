"""The best offers for a quotation, its order and a purchase order, by clicking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from main_job import Odoo, account
from simulator.control import Control

from .screens import Screens

#: The simulator's products that the customer wants.
WANTED = range(62, 68)


@pytest.fixture
def vendors(odoo: Odoo, simulator: Control) -> Iterator[list[int]]:
    """All suppliers are mapped, and none has terms; afterwards as before."""
    simulator.reset()
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    odoo.call("itscope.account", "write", [account_id], {"best_price_days": 0})
    unmapped = odoo.find("itscope.supplier", [["partner_id", "=", False]])
    if unmapped:
        odoo.call("itscope.supplier", "action_create_partner", unmapped)
    everyone = odoo.find("itscope.supplier", [])
    yield everyone
    nothing = {"shipping_cost": 0, "minimum_order": 0, "carriage_free_amount": 0}
    odoo.call("itscope.supplier", "write", everyone, {**nothing, "preferred_rank": 0})
    if unmapped:
        odoo.call("itscope.supplier", "write", unmapped, {"partner_id": False})


@pytest.fixture
def quotation(odoo: Odoo, simulator: Control, vendors: list[int]) -> int:
    rows = simulator.call("products", numbers=[*WANTED])
    puids = [str(row["puid"]) for row in rows]
    (wizard,) = odoo.call(
        "itscope.product.add", "create", [{"kind": "puid", "text": "\n".join(puids)}]
    )
    odoo.call("itscope.product.add", "action_find", [wizard])
    odoo.call("itscope.product.add", "action_import", [wizard])
    links = odoo.call(
        "itscope.product",
        "search_read",
        [["puid", "in", puids]],
        ["product_id", "offer_ids"],
    )
    assert len(links) == len(puids)
    partner = odoo.call("res.partner", "create", [{"name": "Bestkauf GmbH"}])[0]
    (order,) = odoo.call(
        "sale.order",
        "create",
        [
            {
                "partner_id": partner,
                "order_line": [
                    (0, 0, {"product_id": row["product_id"][0], "product_uom_qty": 2})
                    for row in links
                ],
            }
        ],
    )
    return int(order)


def test_best_offers(
    screens: Screens, odoo: Odoo, vendors: list[int], quotation: int
) -> None:
    propose(screens, quotation)
    choose(screens)
    terms(screens, odoo, vendors)
    rows = put_on_the_quotation(screens, odoo, quotation)
    order(screens, odoo, quotation, len(rows))
    move(screens, odoo, quotation)


def propose(screens: Screens, quotation: int) -> None:
    screens.go(f"sale.order/{quotation}")
    screens.button("Best offers")
    screens.dialog()
    expect(screens.rows()).to_have_count(len(WANTED))
    expect(screens.field("message")).to_contain_text("nothing better exists")
    screens.shot("proposed")
    screens.tab("Rules")
    screens.shot("rules")
    screens.tab("Offers")


def total(screens: Screens) -> float:
    text = screens.field("total").inner_text()
    return float(text.replace("€", "").replace(",", "").strip())


def choose(screens: Screens) -> None:
    """Another offer by hand: the total follows before anything is saved."""
    before = total(screens)
    row = screens.rows().first
    cell = row.locator("td[name=offer_id]")
    cell.click()
    cell.locator("input").click()
    cell.locator("input").fill("")
    menu = screens.page.locator(".o-autocomplete--dropdown-menu")
    expect(menu).to_contain_text("in stock")
    screens.shot("choice")
    menu.locator(".o-autocomplete--dropdown-item").nth(1).click()
    expect(row).to_contain_text("Chosen by you")
    screens.idle()
    assert total(screens) > before
    row.locator("button[name=action_alternatives]").click()
    screens.dialog()
    expect(screens.field("alternatives")).to_contain_text("chosen")
    expect(screens.field("reason")).to_have_text("Chosen by you.")
    expect(screens.field("alternatives")).to_contain_text("-")
    screens.shot("alternatives")
    screens.button("Back to all lines")
    screens.dialog()
    screens.button("Recompute")
    screens.dialog()
    assert total(screens) > before
    screens.button("Recompute all")
    screens.dialog()
    assert total(screens) == before


def terms(screens: Screens, odoo: Odoo, vendors: list[int]) -> None:
    """Shipping and minimum orders change what is best, and it is said."""
    odoo.call(
        "itscope.supplier",
        "write",
        vendors,
        {"shipping_cost": 19.9, "minimum_order": 900, "carriage_free_amount": 1500},
    )
    screens.button("Recompute")
    screens.dialog()
    expect(screens.field("totals")).to_contain_text("missing")
    screens.page.locator(
        ".modal .o_field_widget[name=totals]"
    ).scroll_into_view_if_needed()
    screens.shot("terms")


def put_on_the_quotation(
    screens: Screens, odoo: Odoo, quotation: int
) -> list[dict[str, Any]]:
    proposed = {
        row.locator("td[name=product_id]").inner_text(): row.locator(
            "td[name=offer_id]"
        ).inner_text()
        for row in screens.rows().all()
    }
    screens.button("Put on the quotation")
    expect(screens.page.locator(".modal")).to_have_count(0)
    lines = odoo.call(
        "sale.order.line",
        "search_read",
        [["order_id", "=", quotation]],
        ["product_id", "itscope_offer_id", "purchase_price", "itscope_cost"],
    )
    for line in lines:
        assert proposed[line["product_id"][1]] == line["itscope_offer_id"][1]
        assert line["purchase_price"] == pytest.approx(line["itscope_cost"])
    return list(lines)


def order(screens: Screens, odoo: Odoo, quotation: int, count: int) -> None:
    """The confirmed sale is ordered, with one order for each supplier."""
    odoo.call("sale.order", "action_confirm", [quotation])
    screens.go(f"sale.order/{quotation}")
    screens.button("Best offers")
    screens.dialog()
    screens.button("Create purchase orders")
    screens.crumb("Requests for Quotation")
    screens.shot("orders")
    lines = odoo.call(
        "purchase.order.line",
        "search_read",
        [["sale_line_id.order_id", "=", quotation]],
        ["order_id"],
    )
    assert len(lines) == count
    screens.go(f"sale.order/{quotation}")
    screens.button("Best offers")
    screens.error("nothing left to buy")


def move(screens: Screens, odoo: Odoo, quotation: int) -> None:
    """Without terms, the lines are cheaper elsewhere: they move, links and all."""
    nothing = {"shipping_cost": 0, "minimum_order": 0, "carriage_free_amount": 0}
    odoo.call("itscope.supplier", "write", odoo.find("itscope.supplier", []), nothing)
    domain = [["sale_line_id.order_id", "=", quotation]]
    rows = odoo.call("purchase.order.line", "search_read", domain, ["order_id"])
    orders = [row["order_id"][0] for row in rows]
    fullest = max(orders, key=orders.count)
    screens.go(f"purchase.order/{fullest}")
    screens.button("Best offers")
    screens.dialog()
    screens.shot("before-moving")
    screens.button("Move the lines")
    screens.settle()
    screens.shot("moved")
    after = odoo.call("purchase.order.line", "search_read", domain, ["order_id"])
    assert len(after) == len(rows)
    assert sum(row["order_id"][0] == fullest for row in after) < orders.count(fullest)
