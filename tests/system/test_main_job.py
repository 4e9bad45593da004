"""The main job, from the key to the bill, by clicking."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from main_job import Odoo
from simulator.control import ACCOUNT, KEY, Control

from .screens import Screens


def test_main_job(screens: Screens, simulator: Control, odoo: Odoo) -> None:
    connect(screens, simulator)
    map_supplier_and_types(screens)
    add_products(screens)
    refresh(screens, simulator)
    number = order(screens, simulator)
    documents(screens, simulator, number)
    receipt_and_bill(screens, odoo, number)


def connect(screens: Screens, simulator: Control) -> None:
    """1. An account; a wrong key is told as such, the right one shows the quota."""
    screens.app("ITscope")
    screens.menu("Configuration", "Accounts")
    screens.shot("accounts-empty")
    screens.button("New")
    screens.fill("name", "ITscope")
    screens.fill("account_code", ACCOUNT)
    screens.fill("api_key", "a wrong key")
    screens.fill("base_url", simulator.api)
    screens.button("Test connection")
    screens.message("does not accept account id or API key")
    screens.fill("api_key", KEY)
    screens.button("Test connection")
    screens.message("API access: Unlimited")
    screens.shot("account-connected")
    screens.button("Synchronise metadata")
    screens.message(re.compile(r"12 suppliers, 15 manufacturers"))


def map_supplier_and_types(screens: Screens) -> None:
    """2. Suppliers to vendors, product types to categories, in the lists."""
    screens.menu("Configuration", "Suppliers")
    screens.button("Suggest")
    screens.message("0 of 8 open suppliers")
    screens.select("ITscope Partner-Test")
    screens.button("Create vendors")
    screens.message("1 vendors were created")
    # Inline: another supplier is mapped by typing into the list.
    cell = screens.row("Nordlicht Distribution").locator("td[name=partner_id]")
    cell.click()
    cell.locator("input").fill("Nordlicht Distribution GmbH")
    screens.page.get_by_text("Create “Nordlicht Distribution GmbH”").or_(
        screens.page.get_by_text('Create "Nordlicht Distribution GmbH"')
    ).first.click()
    screens.page.locator(".o_list_button_save").first.click()
    expect(cell).to_have_text("Nordlicht Distribution GmbH")
    screens.shot("suppliers-mapped")
    screens.menu("Configuration", "Product Types")
    screens.page.locator("thead .o_list_record_selector input").check()
    screens.button("Create categories")
    screens.message("The categories are mapped")
    expect(screens.row("Farblaserdrucker")).to_contain_text(
        "Drucker / Farblaserdrucker"
    )
    screens.shot("product-types-mapped")


def add_products(screens: Screens) -> None:
    """3. Articles by the supplier's numbers."""
    screens.menu("Products", "Add Products")
    screens.dialog()
    screens.radio("kind", "Supplier article number")
    screens.choose("supplier_id", "ITscope Partner-Test")
    screens.fill("text", "123001\n123002\n123003\n999999")
    screens.button("Find")
    expect(screens.rows()).to_have_count(4)
    expect(screens.row("999999")).to_contain_text("does not know this number")
    screens.shot("found")
    screens.button("Import")
    expect(screens.rows()).to_have_count(3)
    screens.shot("products")


def refresh(screens: Screens, simulator: Control) -> None:
    """The product shows its offers; the button brings new prices."""
    simulator.call(
        "change", puid="4012827000", supplier="10000735", values={"price": 380.0}
    )
    screens.row("HP Color LaserJet").locator("[name=product_id]").click()
    screens.page.locator("button[name=action_open_product]").click()
    screens.settle()
    screens.tab("ITscope")
    screens.button("Refresh from ITscope")
    screens.message("1 products were refreshed")
    screens.tab("ITscope")
    expect(screens.field("itscope_offer_ids")).to_contain_text("380.00")
    screens.shot("product-offers")


def order(screens: Screens, simulator: Control) -> str:
    """4. A purchase order to the test supplier goes out once."""
    screens.app("Purchase")
    screens.button("New")
    screens.choose("partner_id", "ITscope Partner-Test")
    for place, (name, quantity) in enumerate(
        (("HP Color LaserJet", 3), ("Apple iPad Pro", 1), ("LG 24BK550Y", 2))
    ):
        screens.scope.get_by_text("Add a product", exact=True).first.click()
        line = screens.scope.locator(".o_data_row").nth(place)
        product = line.locator("[name=product_id] input")
        product.fill(name)
        screens.page.locator(".o-autocomplete--dropdown-item").filter(
            has_text=name
        ).first.click()
        line.locator("[name=product_qty] input").fill(str(quantity))
    screens.save()
    screens.shot("order-draft")
    screens.button("Confirm Order")
    expect(screens.page.locator(".o_statusbar_status")).to_contain_text(
        "Purchase Order"
    )
    screens.button("Send via ITscope")
    screens.idle()
    screens.tab("ITscope")
    expect(screens.field("itscope_send_state")).to_have_text("Sent")
    screens.shot("order-sent")
    number = screens.page.locator(
        ".o_form_view .o_field_widget[name=name]"
    ).first.inner_text()
    (sent,) = simulator.orders(number.strip())
    assert sent["lines"] == [
        ["123001", "3.0", "380.0"],
        ["123002", "1.0", "868.0"],
        ["123003", "2.0", "136.0"],
    ]
    return number.strip()


def documents(screens: Screens, simulator: Control, number: str) -> None:
    """5. Confirmation, dispatch notification and invoice arrive by a button."""
    (sent,) = simulator.orders(number)
    for step in ("accept", "confirm", "dispatch", "invoice"):
        simulator.advance(sent["order_id"], step)
    screens.button("Fetch news")
    screens.page.wait_for_timeout(1500)
    screens.tab("ITscope")
    expect(screens.field("itscope_status")).to_have_text("Invoiced")
    screens.shot("order-news")


def receipt_and_bill(screens: Screens, odoo: Odoo, number: str) -> None:
    """What warehouse and accounting find."""
    screens.page.locator(".oe_stat_button[name=action_view_picking]").click()
    screens.settle()
    expect(screens.page.locator(".o_form_view")).to_contain_text("Nordpaket")
    screens.shot("receipt")
    screens.page.go_back()
    screens.settle()
    screens.page.locator(".oe_stat_button[name=action_view_invoice]").click()
    screens.settle()
    expect(screens.page.locator(".o_form_view")).to_contain_text("Umweltpauschale")
    screens.shot("bill")
    (order_id,) = odoo.find("purchase.order", [("name", "=", number)])
    row = odoo.read("purchase.order", [order_id], "invoice_ids", "picking_ids")[0]
    bill = odoo.read("account.move", row["invoice_ids"], "amount_total", "state")[0]
    net = 3 * 380 + 868 + 2 * 136
    assert bill["state"] == "draft"
    assert round(bill["amount_total"], 2) == round(net * 1.19 + 10.9, 2)
    moves = odoo.find("stock.move", [("picking_id", "in", row["picking_ids"])])
    assert sorted(
        m["quantity"] for m in odoo.read("stock.move", moves, "quantity")
    ) == [1, 2, 3]
