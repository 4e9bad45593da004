"""Sending an order in a browser: the page before it, approval, projects, licences."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

from .screens import Screens

PUID, SUPPLIER = "4012827000", "10000735"
PROJECT = {
    "supplierProjectId": "AN-4711",
    "manufacturerProjectId": "HP-2026-1",
    "projectName": "Schools",
    "endCustomer": "City of Karlsruhe",
    "price": 300.0,
    "validFrom": "2026-01-01T00:00:00+01:00",
    "validTo": "2099-12-31T00:00:00+01:00",
    "remainingQuantity": 90,
    "minQuantity": 1,
}


@pytest.fixture
def ready(odoo: Odoo, simulator: Control) -> Odoo:
    """An account, and the test supplier's articles with what ITscope says now."""
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    simulator.call(
        "change",
        puid=PUID,
        supplier=SUPPLIER,
        values={"price": 386.0, "projects": [PROJECT]},
    )
    supplier, _vendor = mapped_supplier(odoo)
    by_sku = products(odoo, supplier)
    links = odoo.find("itscope.product", [("puid", "=", PUID)])
    odoo.call("itscope.product", "action_refresh", links)
    assert by_sku
    yield odoo
    odoo.call("itscope.account", "write", [account_id], {"order_limit": 0})


def confirmed(odoo: Odoo, vendor: int, product: int, **values: Any) -> tuple[int, str]:
    line = {"product_id": product, "product_qty": 2, **values}
    order: int
    (order,) = odoo.call(
        "purchase.order",
        "create",
        [{"partner_id": vendor, "order_line": [(0, 0, line)]}],
    )
    odoo.call("purchase.order", "button_confirm", [order])
    return order, str(odoo.read("purchase.order", [order], "name")[0]["name"])


def open_order(screens: Screens, order: int) -> None:
    screens.page.goto(
        f"{screens.url}/odoo/action-purchase.purchase_form_action/{order}"
    )
    screens.settle()


def article(odoo: Odoo) -> tuple[int, int]:
    """Vendor and product of an article of the test supplier."""
    _supplier, vendor = mapped_supplier(odoo)
    (link,) = odoo.find("itscope.product", [("puid", "=", PUID)])
    row = odoo.read("itscope.product", [link], "product_id")[0]
    return vendor, row["product_id"][0]


def test_page_before_sending(ready: Odoo, simulator: Control, screens: Screens) -> None:
    """All there is to say at once, mended and confirmed there."""
    vendor, product = article(ready)
    order, number = confirmed(
        ready, vendor, product, price_unit=400, itscope_remark="x" * 50
    )
    open_order(screens, order)
    screens.tab("ITscope")
    expect(screens.page.locator(".o_form_view")).to_contain_text(
        "Can be sent after you have confirmed"
    )
    screens.shot("order")
    screens.button("Send via ITscope")
    dialog = screens.page.locator(".modal").last
    expect(dialog).to_contain_text("supplier's price is")
    expect(dialog).to_contain_text("the remark is cut")
    expect(screens.rows()).to_have_count(2)
    screens.shot("page")
    screens.button("Check at ITscope")
    expect(dialog).to_contain_text("has no objection")
    screens.shot("checked")
    screens.button("Refresh prices")
    screens.button("Take over prices")
    expect(screens.rows()).to_have_count(1)
    screens.shot("prices-taken")
    assert not simulator.orders(number)
    screens.button("Send")
    expect(dialog).to_be_hidden()
    (sent,) = simulator.orders(number)
    assert sent["lines"] == [["123001", "2.0", "386.0"]]
    open_order(screens, order)
    screens.tab("ITscope")
    expect(screens.field("itscope_send_state")).to_have_text("Sent")
    screens.shot("sent")
    screens.page.locator(".oe_stat_button[name=action_itscope_open_deal]").click()
    screens.settle()
    expect(screens.page.locator("[name=attempt_ids]")).to_contain_text("Accepted")
    screens.shot("log")


def test_errors_are_mended(ready: Odoo, simulator: Control, screens: Screens) -> None:
    """An error can't be confirmed; the link leads to where it is mended."""
    vendor, product = article(ready)
    supplier, _vendor = mapped_supplier(ready)
    ready.call("itscope.supplier", "write", [supplier], {"order_permission": "blocked"})
    try:
        order, number = confirmed(ready, vendor, product)
        open_order(screens, order)
        screens.button("Send via ITscope")
        dialog = screens.page.locator(".modal").last
        expect(dialog).to_contain_text("not to be ordered from")
        expect(dialog.get_by_role("button", name="Send", exact=True)).to_be_hidden()
        screens.shot("errors")
        screens.button("Mend")
        screens.settle()
        expect(screens.field("order_permission")).to_be_visible()
        screens.shot("supplier")
    finally:
        ready.call("itscope.supplier", "write", [supplier], {"order_permission": False})
    assert not simulator.orders(number)


def test_approval(ready: Odoo, simulator: Control, screens: Screens) -> None:
    """Above the limit it waits; approved, it goes."""
    accounts = ready.find("itscope.account", [])
    ready.call("itscope.account", "write", accounts, {"order_limit": 100})
    vendor, product = article(ready)
    order, number = confirmed(ready, vendor, product)
    open_order(screens, order)
    screens.button("Send via ITscope")
    dialog = screens.page.locator(".modal").last
    expect(dialog).to_contain_text("waits until an ITscope administrator")
    screens.button("Close")
    expect(dialog).to_be_hidden()
    open_order(screens, order)
    screens.shot("waiting")
    assert not simulator.orders(number)
    screens.button("Approve for ITscope")
    screens.button("Send via ITscope")
    screens.idle()
    screens.tab("ITscope")
    expect(screens.field("itscope_approval")).to_have_text("Approved")
    screens.shot("approved-and-sent")
    assert len(simulator.orders(number)) == 1


def test_project_price(ready: Odoo, simulator: Control, screens: Screens) -> None:
    """Chosen from what the offer has."""
    vendor, product = article(ready)
    order, number = confirmed(ready, vendor, product)
    open_order(screens, order)
    screens.page.locator("button[name=action_itscope_projects]").first.click()
    dialog = screens.page.locator(".modal").last
    expect(dialog).to_contain_text("HP-2026-1")
    screens.shot("projects")
    screens.button("Use")
    expect(dialog).to_be_hidden()
    open_order(screens, order)
    screens.button("Send via ITscope")
    screens.idle()
    (sent,) = simulator.orders(number)
    assert sent["lines"] == [["123001", "2.0", "300.0"]]
    assert "HP-2026-1" in sent["body"]


def licence(simulator: Control) -> tuple[str, str]:
    """A licence of the simulated catalogue, and the first supplier that sells it as it
    is; that one has not set up its order eService.
    """
    for product in simulator.call("products", numbers=list(range(250))):
        for offer in product["supplierItems"]:
            if (
                offer.get("contractParameters")
                and offer["conditionId"] == 1
                and offer.get("price")
                and offer["stockStatus"] == 1
                and offer["stock"] > 2
                and not offer["eolProduct"]
                and "supplierPackagingInfo" not in offer
            ):
                return str(product["puid"]), str(offer["supplierId"])
    raise AssertionError("the simulated catalogue has no licence to order")


def test_licence(ready: Odoo, simulator: Control, screens: Screens) -> None:
    """A licence asks for its licensee and what the offer wants to know."""
    puid, seller = licence(simulator)
    (supplier,) = ready.find("itscope.supplier", [("itscope_id", "=", seller)])
    ready.call("itscope.supplier", "write", [supplier], {"own_customer_number": "1"})
    row = ready.read("itscope.supplier", [supplier], "partner_id")[0]
    if not row["partner_id"]:
        ready.call("itscope.supplier", "action_create_partner", [supplier])
        row = ready.read("itscope.supplier", [supplier], "partner_id")[0]
    wizard = ready.call(
        "itscope.product.add", "create", [{"kind": "puid", "text": puid}]
    )
    ready.call("itscope.product.add", "action_find", wizard)
    ready.call("itscope.product.add", "action_import", wizard)
    (link,) = ready.find("itscope.product", [("puid", "=", puid)])
    product = ready.read("itscope.product", [link], "product_id")[0]["product_id"][0]
    (country,) = ready.find("res.country", [("code", "=", "DE")])
    customer = {
        "name": "Licensee of the tests",
        "email": "licence@example.org",
        "street": "Am Markt 3",
        "zip": "10115",
        "city": "Berlin",
        "country_id": country,
    }
    ready.call("res.partner", "create", [customer])
    order, number = confirmed(ready, row["partner_id"][0], product)
    open_order(screens, order)
    screens.button("Send via ITscope")
    dialog = screens.page.locator(".modal").last
    expect(dialog).to_contain_text("needs a licensee")
    screens.shot("licensee-missing")
    screens.button("Close")
    expect(dialog).to_be_hidden()
    screens.page.locator("button[name=action_itscope_parameters]").first.click()
    dialog = screens.page.locator(".modal").last
    expect(dialog).to_contain_text("Licensee of")
    screens.choose("itscope_licensee_id", "Licensee of the tests")
    cell = dialog.locator(".o_data_row td[name=value]")
    cell.click()
    cell.locator("input").fill("Muster GmbH")
    screens.shot("licensee")
    dialog.locator(".o_form_button_save, footer .btn-primary").first.click()
    expect(dialog).to_be_hidden()
    open_order(screens, order)
    screens.button("Send via ITscope")
    dialog = screens.page.locator(".modal").last
    expect(dialog).to_contain_text("order eService")
    screens.button("Send")
    expect(dialog).to_be_hidden()
    screens.shot("licence-sent")
    (sent,) = simulator.orders(number)
    for part in ("UDX.licensee", "Muster GmbH", "licence@example.org"):
        assert part in sent["body"]
