"""A quotation is refreshed: what changed is looked at and taken over piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from main_job import Odoo, account
from simulator.control import Control

from .screens import Screens

#: Numbers of the simulator's products that no other test has: one that gets dearer,
#: one that is sold out, one that goes.
NUMBERS = (181, 182, 183)


@pytest.fixture(scope="module")
def linked(odoo: Odoo, simulator: Control) -> Iterator[list[dict[str, Any]]]:
    """Three products with what is said of their best offers; no links are left."""
    account(odoo, simulator.url)
    rows = simulator.call("products", numbers=NUMBERS)
    puids = [str(row["puid"]) for row in rows]
    (wizard,) = odoo.call(
        "itscope.product.add", "create", [{"kind": "puid", "text": "\n".join(puids)}]
    )
    odoo.call("itscope.product.add", "action_find", [wizard])
    odoo.call("itscope.product.add", "action_import", [wizard])
    for puid in puids:
        simulator.call("change", puid=puid, values={"stock": 9})
    links = odoo.find("itscope.product", [["puid", "in", puids]])
    odoo.call("itscope.product", "action_refresh", links)
    found = [of_puid(odoo, puid) for puid in puids]
    yield found
    simulator.call("change", puid=puids[-1], back=True)
    for puid in puids:
        simulator.call("change", puid=puid, values={})
    odoo.call("itscope.product", "unlink", links)


def of_puid(odoo: Odoo, puid: str) -> dict[str, Any]:
    (link,) = odoo.find("itscope.product", [["puid", "=", puid]])
    (row,) = odoo.read("itscope.product", [link], "name", "product_id", "best_offer_id")
    (offer,) = odoo.read(
        "itscope.offer", [row["best_offer_id"][0]], "supplier_id", "price"
    )
    supplier = odoo.read("itscope.supplier", [offer["supplier_id"][0]], "itscope_id")
    return {
        "puid": puid,
        "name": row["name"],
        "product": row["product_id"][0],
        "supplier": supplier[0]["itscope_id"],
        "price": offer["price"],
    }


def quotation(odoo: Odoo, linked: list[dict[str, Any]], name: str) -> int:
    (customer,) = odoo.call("res.partner", "create", [{"name": name}])
    (order,) = odoo.call(
        "sale.order",
        "create",
        [
            {
                "partner_id": customer,
                "order_line": [
                    (0, 0, {"product_id": row["product"], "product_uom_qty": 3})
                    for row in linked
                ],
            }
        ],
    )
    lines = odoo.find("sale.order.line", [["order_id", "=", order]])
    odoo.call("sale.order.line", "write", lines, {"price_unit": 2000.0})
    # Margins as the salesperson sees them.
    for line in odoo.read("sale.order.line", lines, "itscope_cost"):
        values = {"purchase_price": line["itscope_cost"]}
        odoo.call("sale.order.line", "write", [line["id"]], values)
    return int(order)


def lines_of(odoo: Odoo, order: int) -> list[dict[str, Any]]:
    lines = odoo.find("sale.order.line", [["order_id", "=", order]], order="id")
    return odoo.read(
        "sale.order.line",
        lines,
        "price_unit",
        "purchase_price",
        "margin_percent",
        "itscope_cost",
        "itscope_cost_stock",
    )


def test_refresh_of_quotations(
    screens: Screens, odoo: Odoo, simulator: Control, linked: list[dict[str, Any]]
) -> None:
    order = quotation(odoo, linked, "Auffrischung GmbH")
    screens.go(f"sale.order/{order}")
    screens.button("Refresh from ITscope")
    screens.message("3 products were refreshed. Nothing changed")
    dearer, sold_out, gone = linked
    before = lines_of(odoo, order)
    price = round(dearer["price"] * 1.1, 2)
    simulator.call(
        "change",
        puid=dearer["puid"],
        supplier=dearer["supplier"],
        values={"price": price, "stock": 9},
    )
    simulator.call("change", puid=sold_out["puid"], values={"stock": 2})
    simulator.call("change", puid=gone["puid"], gone=True)

    screens.button("Refresh from ITscope")
    screens.dialog()
    expect(screens.rows()).to_have_count(3)
    rise, stock, vanished = (screens.row(row["name"][:30]) for row in linked)
    expect(rise).to_contain_text("Cost rose")
    expect(rise).to_contain_text("10%")
    expect(stock).to_contain_text("9 pcs")
    expect(stock).to_contain_text("2 pcs")
    expect(vanished).to_contain_text("No longer at ITscope")
    expect(vanished.locator("td[name=take] input")).to_have_count(0)
    screens.shot("what-changed")
    screens.radio("margin_choice", "Keep margins (%)")
    stock.locator("td[name=take] input").uncheck()
    screens.shot("chosen")
    screens.button("Take over what is ticked")
    expect(screens.page.locator(".modal")).to_have_count(0)
    screens.shot("taken")
    after = lines_of(odoo, order)
    assert after[0]["itscope_cost"] == after[0]["purchase_price"] == price
    assert after[0]["price_unit"] > before[0]["price_unit"]
    assert abs(after[0]["margin_percent"] - before[0]["margin_percent"]) < 0.0001
    assert after[1:] == before[1:], "what was not ticked stays"
    chatter = screens.page.locator(".o-mail-Chatter")
    expect(chatter).to_contain_text("Taken over from ITscope:")

    confirmed = quotation(odoo, linked[:1], "Bestätigt GmbH")
    odoo.call("sale.order", "action_confirm", [confirmed])
    simulator.call(
        "change",
        puid=dearer["puid"],
        supplier=dearer["supplier"],
        values={"price": price - 5, "stock": 9},
    )
    many(screens, odoo, order, confirmed)


def many(screens: Screens, odoo: Odoo, order: int, confirmed: int) -> None:
    """Several orders at once, one of them confirmed: that one is only shown."""
    names = [row["name"] for row in odoo.read("sale.order", [order, confirmed], "name")]
    screens.go("action-sale.action_orders")
    screens.clear_search()
    for name in names:
        screens.select(name)
    screens.action("Refresh products from ITscope")
    screens.dialog()
    screens.shot("many-orders")
    rows = screens.rows().filter(has_text="Cost fell")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=names[1]).locator("td[name=take] input")).to_have_count(
        0
    )
    closed = screens.scope.locator(".alert-info")
    expect(closed).to_contain_text(names[1])
    before = lines_of(odoo, confirmed)
    screens.button("Take over what is ticked")
    screens.message("Changes taken over: 2")
    assert lines_of(odoo, confirmed) == before
    assert lines_of(odoo, order)[1]["itscope_cost_stock"] == 2


def test_sales_prices(screens: Screens, odoo: Odoo, simulator: Control) -> None:
    """The account says where sales prices come from, and makes the price list."""
    found = account(odoo, simulator.url)
    settings = odoo.call("res.config.settings", "create", [{}])
    odoo.call(
        "res.config.settings", "write", settings, {"group_product_pricelist": True}
    )
    odoo.call("res.config.settings", "execute", settings)
    screens.go(f"itscope.account/{found}")
    screens.radio("sales_price_policy", "Cost plus margin, by a price list")
    screens.fill("sales_markup", "12.5")
    screens.field("sales_price_policy").scroll_into_view_if_needed()
    screens.shot("policy")
    screens.save()
    screens.tab("Field mapping")
    screens.shot("mapping")
    screens.button("Price list on cost")
    screens.settle()
    expect(screens.field("name").locator("input, textarea").first).to_have_value(
        "ITscope cost + 12.5 %"
    )
    screens.shot("price-list")
    odoo.call("itscope.account", "write", [found], {"sales_price_policy": "none"})
