"""Orders placed on the platform: listed, archived, made purchase orders by clicking."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

from .screens import Screens


@pytest.fixture
def vendor(odoo: Odoo, simulator: Control) -> str:
    """The test supplier's vendor; its articles are products."""
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    supplier, partner = mapped_supplier(odoo)
    products(odoo, supplier)
    return str(odoo.read("res.partner", [partner], "name")[0]["name"])


def run_jobs(odoo: Odoo) -> None:
    (found,) = odoo.call(
        "ir.model.data",
        "search_read",
        [["module", "=", "itscope_connector"], ["name", "=", "ir_cron_sync"]],
        ["res_id"],
    )
    odoo.call("ir.cron", "method_direct_trigger", [found["res_id"]])


def test_deals(screens: Screens, simulator: Control, odoo: Odoo, vendor: str) -> None:
    wanted = simulator.place(
        [["123001", "2", "380.5"], ["123002", "1", "868"], ["999999", "3", "12"]],
        customer_order="K-77",
        remark="Bitte vor der Lieferung anrufen",
    )
    done = simulator.place([["123003", "1", "136"]])
    list_all(screens, odoo, wanted, done)
    archive(screens, simulator, done)
    number = make_purchase_order(screens, wanted, vendor)
    replace_placeholder(screens, odoo, number)
    documents(screens, simulator, wanted)
    assert len(simulator.orders()) == len({o["order_id"] for o in simulator.orders()})
    assert not simulator.orders(number), "a purchase order was sent a second time"
    supplier_table(screens)


def list_all(screens: Screens, odoo: Odoo, wanted: str, done: str) -> None:
    screens.app("ITscope")
    screens.menu("Orders", "ITscope Orders")
    screens.button("Fetch all")
    expect(screens.page.locator(".o_form_view")).to_contain_text("Orders")
    run_jobs(odoo)
    screens.shot("run")
    screens.menu("Orders", "ITscope Orders")
    for order_id in (wanted, done):
        expect(screens.row(order_id)).to_contain_text("Placed at ITscope")
    expect(screens.row(wanted)).to_contain_text("Sent")
    screens.shot("orders")


def archive(screens: Screens, simulator: Control, order_id: str) -> None:
    screens.select(order_id)
    screens.button("Archive at ITscope")
    screens.message("1 orders were archived at ITscope")
    expect(screens.page.locator(".o_data_row").filter(has_text=order_id)).to_have_count(
        0
    )
    (row,) = [o for o in simulator.orders() if o["order_id"] == order_id]
    assert row["archived"]
    screens.shot("archived")


def make_purchase_order(screens: Screens, order_id: str, vendor: str) -> str:
    screens.open(order_id)
    screens.shot("order-at-itscope")
    screens.button("Create purchase order")
    screens.settle()
    expect(screens.field("partner_id").locator("input")).to_have_value(vendor)
    expect(screens.field("order_line")).to_contain_text("380.50")
    note = screens.field("order_line").locator("textarea")
    expect(note).to_have_value(re.compile("999999"))
    screens.shot("purchase-order")
    return (
        screens.page.locator(".o_form_view .o_field_widget[name=name]")
        .first.inner_text()
        .strip()
    )


def replace_placeholder(screens: Screens, odoo: Odoo, number: str) -> None:
    """An article that ITscope does not know gets a product, as its document asks."""
    (order,) = odoo.find("purchase.order", [("name", "=", number)])
    (row,) = odoo.read("purchase.order", [order], "partner_id")
    odoo.call(
        "product.product",
        "create",
        [
            {
                "name": "Sonderartikel",
                "seller_ids": [
                    (
                        0,
                        0,
                        {"partner_id": row["partner_id"][0], "product_code": "999999"},
                    )
                ],
            }
        ],
    )
    screens.page.locator(".oe_stat_button[name=action_itscope_documents]").click()
    screens.settle()
    screens.page.locator(".o_data_row td.o_data_cell").first.click()
    screens.settle()
    expect(screens.page.locator(".o_form_view")).to_contain_text("No product in Odoo")
    screens.shot("document-attention")
    screens.button("Apply")
    screens.shot("document-applied")
    expect(
        screens.page.locator(".o_statusbar_status .o_arrow_button_current")
    ).to_have_text(re.compile("Applied"))
    url = f"{screens.url}/odoo/action-purchase.purchase_form_action/{order}"
    screens.page.goto(url)
    screens.settle()
    expect(screens.field("order_line")).to_contain_text("Sonderartikel")


def documents(screens: Screens, simulator: Control, order_id: str) -> None:
    for step in ("confirm", "dispatch", "invoice"):
        simulator.advance(order_id, step)
    screens.button("Confirm Order")
    screens.tab("ITscope")
    screens.button("Fetch news")
    screens.page.wait_for_timeout(1500)
    screens.tab("ITscope")
    expect(screens.field("itscope_status")).to_have_text("Invoiced")
    expect(screens.page.locator("[name=action_itscope_send]:visible")).to_have_count(0)
    screens.shot("purchase-order-news")


def supplier_table(screens: Screens) -> None:
    screens.app("ITscope")
    screens.menu("Configuration", "Suppliers")
    row = screens.row("ITscope Partner-Test")
    row.locator(".o_list_record_open_form_view button").click()
    screens.settle()
    screens.tab("Seen and kept")
    table = screens.field("record_ids")
    for kind in ("Orders", "Order responses", "Dispatch notifications", "Invoices"):
        expect(table).to_contain_text(kind)
    expect(screens.field("reliability_confirmed")).to_have_text(re.compile(r"[1-9]"))
    screens.field("record_ids").scroll_into_view_if_needed()
    screens.shot("supplier")
    screens.button("Line by line")
    screens.settle()
    screens.shot("reliability-of-supplier")
    screens.menu("Orders", "Received from Suppliers")
    expect(screens.row("Order responses")).to_contain_text("ITscope Partner-Test")
    screens.shot("seen")
    screens.menu("Orders", "Reliability of Suppliers")
    pivot = screens.page.locator(".o_pivot table")
    expect(pivot).to_contain_text("ITscope Partner-Test")
    screens.shot("reliability")
