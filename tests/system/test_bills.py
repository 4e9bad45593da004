"""A bill on its screen: charges, how it compares with the order, the PDF beside it."""

from __future__ import annotations

from playwright.sync_api import expect

from main_job import Odoo, account, mapped_supplier, products
from simulator.control import Control

from .screens import Screens


def test_a_bill(screens: Screens, simulator: Control, odoo: Odoo) -> None:
    freight = charges_as_products(screens, simulator, odoo)
    order, number = invoiced_order(odoo, simulator)
    screens.app("Purchase")
    screens.search(number)
    screens.open(number)
    screens.page.locator(".oe_stat_button[name=action_view_invoice]").click()
    screens.settle()
    form = screens.page.locator(".o_form_view")
    expect(
        form.locator(".alert-warning").filter(has_text="Order and receipt")
    ).to_be_visible()
    expect(form).to_contain_text("billed 3, received 0")
    expect(form).to_contain_text("ordered at")
    expect(screens.field("itscope_match")).to_have_text("Deviates")
    lines = screens.field("invoice_line_ids")
    expect(
        lines.locator(".o_data_row").filter(has_text="Umweltpauschale")
    ).to_be_visible()
    screens.shot("bill")
    screens.page.set_viewport_size({"width": 1900, "height": 1000})
    preview = screens.page.frame_locator(".o_attachment_preview iframe")
    # The viewer puts marks for the direction of writing around the number.
    expect(preview.locator("#numPages")).to_contain_text("1")
    screens.shot("bill-with-pdf")
    (bill,) = odoo.read("purchase.order", [order], "invoice_ids")[0]["invoice_ids"]
    rows = odoo.find("account.move.line", [("move_id", "=", bill)])
    billed = odoo.read("account.move.line", rows, "product_id", "price_unit")
    assert [
        r["price_unit"] for r in billed if (r["product_id"] or [0])[0] == freight
    ] == [8.4]
    receive(odoo, order)
    screens.page.reload()
    screens.settle()
    expect(form).not_to_contain_text("received 0")
    screens.shot("bill-received")


def charges_as_products(screens: Screens, simulator: Control, odoo: Odoo) -> int:
    """The account's form says what freight is billed as."""
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    (freight,) = odoo.call(
        "product.product", "create", [{"name": "Inbound freight", "type": "service"}]
    )
    screens.app("ITscope")
    screens.menu("Configuration", "Accounts")
    screens.open("ITscope")
    screens.choose("freight_product_id", "Inbound freight")
    screens.save()
    screens.field("rounding_limit").scroll_into_view_if_needed()
    screens.shot("account")
    return freight


def invoiced_order(odoo: Odoo, simulator: Control) -> tuple[int, str]:
    supplier, vendor = mapped_supplier(odoo)
    by_sku = products(odoo, supplier)
    odoo.call(
        "product.product",
        "write",
        list(by_sku.values()),
        {"purchase_method": "receive"},
    )
    lines = [
        (0, 0, {"product_id": by_sku["123001"], "product_qty": 3}),
        (0, 0, {"product_id": by_sku["123002"], "product_qty": 1}),
    ]
    (order,) = odoo.call(
        "purchase.order", "create", [{"partner_id": vendor, "order_line": lines}]
    )
    odoo.call("purchase.order", "button_confirm", [order])
    odoo.call("purchase.order", "action_itscope_send", [order])
    row = odoo.read("purchase.order", [order], "name", "itscope_deal_id")[0]
    (sent,) = simulator.orders(row["name"])
    simulator.advance(sent["order_id"], "accept")
    simulator.advance(
        sent["order_id"], "invoice", pdf=True, prices={"123002": "900"}, rate="0.19"
    )
    odoo.call("itscope.deal", "action_fetch_news", [row["itscope_deal_id"][0]])
    return order, str(row["name"])


def receive(odoo: Odoo, order: int) -> None:
    pickings = odoo.read("purchase.order", [order], "picking_ids")[0]["picking_ids"]
    odoo.call("stock.picking", "button_validate", pickings)
