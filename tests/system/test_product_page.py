"""The product's page: offers, prices over time, data sheets for a quotation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from main_job import TEST_SUPPLIER, Odoo, account, mapped_supplier, products
from simulator.control import Control

from .screens import Screens
from .workers import Worker

PRINTER = "4012827000"
SHEET = f"/products/datasheet/id/{PRINTER}/datasheet.pdf"
#: Between two kept prices lie some weeks.
AGE = f"""
from datetime import timedelta
links = env["itscope.product"].search([("puid", "=", "{PRINTER}")])
for offer in links.offer_ids:
    for place, row in enumerate(offer.price_ids):
        row.date -= timedelta(days=(17 + offer.id % 5) * place)
"""


@pytest.fixture
def printer(odoo: Odoo, simulator: Control) -> dict[str, Any]:
    """The test supplier's printer, linked, with offers of several suppliers."""
    simulator.reset()
    simulator.call("change", puid=PRINTER, facts={"standardPdfDatasheet": SHEET})
    account_id = account(odoo, simulator.url)
    odoo.call("itscope.account", "action_sync_metadata", [account_id])
    supplier, _vendor = mapped_supplier(odoo)
    product = products(odoo, supplier)["123001"]
    (link,) = odoo.find("itscope.product", [["product_id", "=", product]])
    odoo.call("itscope.product", "action_refresh", [link])
    return {"product": product, "link": link}


def star(row: Locator) -> Locator:
    return row.locator("button[name=action_toggle_followed]")


def graph(screens: Screens) -> None:
    """The graph stands."""
    expect(screens.page.locator(".o_graph_renderer canvas")).to_be_visible()
    screens.page.wait_for_timeout(1000)


def test_prices_over_time(
    screens: Screens,
    odoo: Odoo,
    simulator: Control,
    printer: dict[str, Any],
    artefacts: Path,
) -> None:
    screens.go(f"product.product/{printer['product']}")
    screens.tab("ITscope")
    offers = screens.field("itscope_offer_ids")
    rows = offers.locator(".o_data_row")
    own = rows.filter(has_text="ITscope Partner-Test")
    for text in ("New", "Is vendor price"):
        expect(own).to_contain_text(text)
    screens.shot("offers")
    for row in rows.all()[:3]:
        if star(row).locator(".fa-star-o").count():
            star(row).click()
            screens.idle()
            screens.tab("ITscope")
    expect(star(own).locator(".fa-star")).to_be_visible()
    screens.shot("followed")
    for lowest in (402.0, 371.5, 379.0):
        simulator.call("change", puid=PRINTER, values={"price": lowest + 14})
        simulator.call(
            "change",
            puid=PRINTER,
            supplier=TEST_SUPPLIER,
            values={"price": lowest},
        )
        odoo.call("itscope.product", "action_refresh", [printer["link"]])
    Worker("itscope.offer.price", "_gc_old_prices", artefacts / "worker.log", AGE).wait(
        120
    )
    screens.go(f"product.product/{printer['product']}")
    screens.stat("action_itscope_price_history")
    graph(screens)
    screens.shot("price-history")
    screens.page.locator(".o_switch_view.o_list").click()
    screens.settle()
    expect(screens.row("ITscope Partner-Test")).to_contain_text("379.00")
    (offer,) = odoo.find(
        "itscope.offer",
        [["link_id", "=", printer["link"]], ["supplier_sku", "=", "123001"]],
    )
    screens.go(f"itscope.offer/{offer}")
    expect(screens.field("price_ids")).to_contain_text("371.50")
    screens.shot("offer")


def test_itscopes_own_history(
    screens: Screens, simulator: Control, printer: dict[str, Any]
) -> None:
    # Without the contract, the button says so.
    simulator.call("accounts", code="m1000001", key="demo-key-0001", history=False)
    screens.go(f"product.product/{printer['product']}")
    screens.tab("ITscope")
    screens.button("ITscope's history")
    screens.message("It is part of the contract")
    simulator.call("accounts", code="m1000001", key="demo-key-0001", history=True)
    screens.go(f"itscope.product/{printer['link']}")
    screens.shot("link")
    screens.button("ITscope's history")
    graph(screens)
    screens.shot("itscope-history")
    screens.page.locator(".o_switch_view.o_list").click()
    expect(screens.rows().first).to_be_visible()
    screens.shot("itscope-history-list")


def test_data_sheets_in_a_quotation(
    screens: Screens, odoo: Odoo, printer: dict[str, Any]
) -> None:
    (partner,) = odoo.call("res.partner", "create", [{"name": "Stadtwerke Beispiel"}])
    lines = [(0, 0, {"product_id": printer["product"], "product_uom_qty": 2})]
    (order,) = odoo.call(
        "sale.order", "create", [{"partner_id": partner, "order_line": lines}]
    )
    screens.go(f"action-sale.action_quotations_with_onboarding/{order}")
    screens.button("Data Sheets")
    screens.message("Data sheets in the PDF: 1")
    screens.tab("Quote Builder")
    expect(screens.scope).to_contain_text("Data sheet")
    screens.shot("quote-builder")
    (line,) = odoo.call(
        "sale.order.line",
        "search_read",
        [["order_id", "=", order]],
        ["product_document_ids"],
    )
    assert len(line["product_document_ids"]) == 1
