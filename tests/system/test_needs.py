"""The basket of needs: from confirmed sales to purchase orders, by clicking."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

from .screens import Screens

TEST_SUPPLIER = "ITscope Partner-Test"
PRINTER = "HP Color LaserJet Pro MFP M477fdw"
MONITOR = "LG 24BK550Y-B"


@pytest.fixture
def sold(odoo: Odoo, simulator: Control) -> dict[str, str]:
    """Three sales of articles that two suppliers have; names of the orders."""
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    supplier, _vendor = mapped_supplier(odoo)
    articles = products(odoo, supplier)
    odoo.call(
        "itscope.supplier",
        "write",
        [supplier],
        {"minimum_order": 1500, "carriage_free_amount": 5000, "shipping_cost": 8.9},
    )
    (customer,) = odoo.call(
        "res.partner", "create", [{"name": "Musterkunde GmbH", "is_company": True}]
    )
    # What other tests bought of these articles would cover what is sold here.
    own = list(articles.values())
    asked = [("state", "in", ["draft", "sent"]), ("order_line.product_id", "in", own)]
    coming = [
        ("state", "not in", ["done", "cancel"]),
        ("picking_type_code", "=", "incoming"),
        ("move_ids.product_id", "in", own),
    ]
    for model, found, cancel in (
        ("purchase.order", asked, "button_cancel"),
        ("stock.picking", coming, "action_cancel"),
    ):
        odoo.call(model, cancel, odoo.find(model, found))
    names = {}
    for what, rows in {
        "printers": [("123001", 2)],
        "mixed": [("123002", 1), ("123003", 3)],
        "dismissed": [("123001", 1)],
    }.items():
        lines = []
        for sku, quantity in rows:
            (offer,) = odoo.find(
                "itscope.offer",
                [
                    ("supplier_id", "=", supplier),
                    ("supplier_sku", "=", sku),
                    ("is_new", "=", True),
                ],
            )
            lines.append(
                (
                    0,
                    0,
                    {
                        "product_id": articles[sku],
                        "product_uom_qty": quantity,
                        "itscope_offer_id": offer,
                    },
                )
            )
        (order,) = odoo.call(
            "sale.order", "create", [{"partner_id": customer, "order_line": lines}]
        )
        odoo.call("sale.order", "action_confirm", [order])
        names[what] = odoo.read("sale.order", [order], "name")[0]["name"]
    return names


def card(screens: Screens, supplier: str) -> Locator:
    return screens.page.locator(".o_itscope_need_supplier").filter(has_text=supplier)


def test_needs(screens: Screens, odoo: Odoo, sold: dict[str, str]) -> None:
    page = screens.page
    screens.app("ITscope")
    screens.menu("Orders", "Basket of needs")
    own = card(screens, TEST_SUPPLIER)
    expect(own).to_contain_text("missing to free carriage from")
    expect(screens.row(sold["printers"])).to_contain_text(PRINTER)
    screens.shot("basket")

    # Put aside, with a reason; it comes back when one asks for it.
    screens.select(sold["dismissed"])
    screens.button("Dismiss")
    screens.dialog()
    screens.fill("reason", "The customer brings it")
    screens.shot("dismiss")
    screens.button("Dismiss")
    expect(page.locator(".modal")).to_have_count(0)
    expect(screens.rows().filter(has_text=sold["dismissed"])).to_have_count(0)
    expect(own).to_contain_text("3")

    # Another supplier for one line, chosen in the list.
    row = screens.row(sold["printers"])
    row.locator("td[name=offer_id]").click()
    row.locator("td[name=offer_id] input").fill("")
    offers = page.locator(".o-autocomplete--dropdown-item a").filter(has_text=" · ")
    another = offers.filter(has_not_text=TEST_SUPPLIER).first
    other = another.inner_text().split(" · ")[0]
    another.click()
    page.locator(".o_list_button_save").click()
    screens.idle()
    mapped = [("name", "=", other), ("partner_id", "!=", False)]
    expect(card(screens, other)).to_contain_text(
        "Order all" if odoo.find("itscope.supplier", mapped) else "Has no vendor yet"
    )
    screens.shot("another-supplier")
    own.get_by_role("link").click()
    screens.idle()
    expect(screens.rows()).to_have_count(2)
    page.locator(".o_searchview_facet .o_facet_remove").last.click()
    expect(screens.rows()).to_have_count(3)

    # Something that nobody has sold.
    screens.button("Add a need")
    screens.dialog()
    screens.choose("product_id", MONITOR)
    screens.fill("quantity", "5")
    screens.field("date").click()
    screens.shot("add")
    page.locator(".modal .o_form_button_save").click()
    expect(page.locator(".modal")).to_have_count(0)
    expect(screens.rows()).to_have_count(4)

    # The best offers for all of it, looked at.
    page.locator("thead .o_list_record_selector input").check()
    screens.button("Best offers")
    screens.dialog()
    expect(screens.rows()).to_have_count(4)
    screens.shot("best-offers")
    screens.button("Close")
    page.locator("thead .o_list_record_selector input").uncheck()

    # All of a supplier in one step.
    own.get_by_role("button", name="Order all").click()
    page.locator(".o_purchase_order").wait_for()
    screens.shot("order")
    number = page.locator(".o_form_view [name=name]").first.inner_text()
    (order,) = odoo.find("purchase.order", [("name", "=", number)])
    (row,) = odoo.read("purchase.order", [order], "partner_id", "origin", "order_line")
    assert row["partner_id"][1].startswith(TEST_SUPPLIER)
    # An open request of the same supplier was filled, if there was one.
    assert sold["mixed"] in row["origin"]
    assert len(row["order_line"]) >= 3
    screens.app("ITscope")
    screens.menu("Orders", "Basket of needs")
    expect(screens.row(sold["printers"])).to_be_visible()
    expect(screens.rows().filter(has_text=sold["mixed"])).to_have_count(0)

    # The order is cancelled: its goods are needed again.
    odoo.call("purchase.order", "button_cancel", [order])
    screens.button("Look for needs")
    expect(screens.rows().filter(has_text=sold["mixed"])).to_have_count(2)
    screens.search(sold["mixed"])
    expect(screens.rows()).to_have_count(2)
    page.locator("thead .o_list_record_selector input").check()
    screens.button("Order selected")
    page.locator(".o_purchase_order").wait_for()
    expect(page.locator(".o_form_view [name=name]").first).not_to_have_text(
        re.compile(re.escape(number))
    )
