"""Documents by drag and drop, by a button, and as a bill, by clicking."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import expect

from main_job import Odoo

from .screens import Screens

OT = "http://www.opentrans.org/XMLSchema/2.1"
BME = "http://www.bmecat.org/bmecat/2005"
VENDOR = "Südhandel IT GmbH"
#: Drops files on an element as a person's mouse would.
DROP = """([selector, files]) => {
    const transfer = new DataTransfer();
    for (const [name, data] of files) {
        const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        transfer.items.add(new File([bytes], name, {type: "text/xml"}));
    }
    const fire = (target, type) => target.dispatchEvent(
        new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true})
    );
    const target = document.querySelector(selector);
    fire(target, "dragenter");
    return new Promise((resolve) => setTimeout(() => {
        const zone = document.querySelector(".o_drop_area");
        const title = zone.innerText;
        fire(zone, "drop");
        resolve(title);
    }, 300));
}"""


def test_document_import(screens: Screens, odoo: Odoo, artefacts: Path) -> None:
    order, number = make_order(odoo)
    wait_and_assign(screens, odoo, artefacts, number)
    drop_with_a_bad_file(screens, odoo, order, number)
    bill(screens, odoo, artefacts, order, number)
    undo_and_ignore(screens, odoo, order)
    alias(screens, odoo)


def make_order(odoo: Odoo) -> tuple[int, str]:
    """An order that has nothing to do with ITscope. :return: its id and number"""
    (vendor,) = odoo.call(
        "res.partner", "create", [{"name": VENDOR, "is_company": True}]
    )
    (product,) = odoo.call(
        "product.product",
        "create",
        [
            {
                "name": "Docking station",
                "default_code": "DOCK-1",
                "type": "consu",
                "is_storable": True,
                "purchase_method": "purchase",
                "seller_ids": [
                    (
                        0,
                        0,
                        {"partner_id": vendor, "product_code": "SH-77", "price": 120.0},
                    )
                ],
            }
        ],
    )
    (order,) = odoo.call(
        "purchase.order",
        "create",
        [
            {
                "partner_id": vendor,
                "order_line": [(0, 0, {"product_id": product, "product_qty": 2})],
            }
        ],
    )
    odoo.call("purchase.order", "button_confirm", [order])
    return order, odoo.read("purchase.order", [order], "name")[0]["name"]


def document(kind: str, number: str, order: str, summary: str = "") -> bytes:
    """What the vendor sends about two docking stations, in an encoding of its own."""
    own = "ORDER" if kind == "ORDERRESPONSE" else kind
    info = (
        f"<{own}_ID>{number}</{own}_ID><{kind}_DATE>2026-01-05T09:00:00</{kind}_DATE>"
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-16"?><{kind} version="2.1" xmlns="{OT}" '
        f'xmlns:b="{BME}"><{kind}_HEADER><{kind}_INFO>{info}<PARTIES><PARTY>'
        f"<PARTY_ROLE>supplier</PARTY_ROLE><ADDRESS><b:NAME>{VENDOR}</b:NAME>"
        f"</ADDRESS></PARTY></PARTIES><b:CURRENCY>EUR</b:CURRENCY></{kind}_INFO>"
        f"</{kind}_HEADER><{kind}_ITEM_LIST><{kind}_ITEM><LINE_ITEM_ID>1</LINE_ITEM_ID>"
        "<PRODUCT_ID><b:SUPPLIER_PID>SH-77</b:SUPPLIER_PID><b:DESCRIPTION_SHORT>"
        "Dockingstation für Notebooks</b:DESCRIPTION_SHORT></PRODUCT_ID>"
        "<QUANTITY>2</QUANTITY><b:ORDER_UNIT>C62</b:ORDER_UNIT><PRODUCT_PRICE_FIX>"
        "<b:PRICE_AMOUNT>120.0</b:PRICE_AMOUNT></PRODUCT_PRICE_FIX>"
        "<PRICE_LINE_AMOUNT>240.0</PRICE_LINE_AMOUNT><ORDER_REFERENCE><ORDER_ID>"
        f"{order}</ORDER_ID></ORDER_REFERENCE></{kind}_ITEM></{kind}_ITEM_LIST>"
        f"<{kind}_SUMMARY><TOTAL_ITEM_NUM>1</TOTAL_ITEM_NUM>{summary}</{kind}_SUMMARY>"
        f"</{kind}>"
    )
    return text.encode("utf-16")


def invoice(number: str, order: str) -> bytes:
    total = (
        "<TOTAL_AMOUNT>285.60</TOTAL_AMOUNT><TOTAL_TAX><TAX_DETAILS_FIX><b:TAX>0.19"
        "</b:TAX><TAX_AMOUNT>45.60</TAX_AMOUNT></TAX_DETAILS_FIX></TOTAL_TAX>"
    )
    return document("INVOICE", number, order, total)


def open_documents(screens: Screens) -> None:
    screens.page.goto(f"{screens.url}/odoo/itscope-documents")
    screens.settle()


def state(odoo: Odoo, number: str) -> str:
    found = odoo.find("itscope.document", [["number", "=", number]])
    (row,) = odoo.read("itscope.document", found, "state")
    return str(row["state"])


def wait_and_assign(screens: Screens, odoo: Odoo, artefacts: Path, number: str) -> None:
    """The button, with a document whose order nobody knows; a person assigns it."""
    path = artefacts / "dispatch.xml"
    path.write_bytes(document("DISPATCHNOTIFICATION", "LS-1", "UNKNOWN-7"))
    screens.app("ITscope")
    screens.menu("Orders", "Documents")
    screens.shot("documents-empty")
    with screens.page.expect_file_chooser() as chooser:
        screens.button("Import documents")
    chooser.value.set_files(path)
    form = screens.page.locator(".o_form_view")
    expect(form).to_contain_text("UNKNOWN-7")
    expect(screens.page.locator(".o_arrow_button_current")).to_have_text(
        "Waits for its order"
    )
    # The content, as a person reads it.
    expect(screens.field("content_text")).to_contain_text(
        "Dockingstation für Notebooks"
    )
    expect(screens.field("content_text")).to_contain_text(VENDOR)
    screens.shot("waits")
    screens.button("Assign to an order")
    screens.choose("order_ids", number)
    screens.shot("assign")
    screens.button("Assign")
    expect(screens.page.locator(".o_arrow_button_current")).to_have_text("Applied")
    expect(screens.field("order_ids")).to_contain_text(number)
    expect(screens.field("picking_ids")).to_contain_text("IN")
    screens.shot("assigned")
    assert state(odoo, "LS-1") == "applied"


def drop_with_a_bad_file(screens: Screens, odoo: Odoo, order: int, number: str) -> None:
    """Files dropped on the list; what is no document is told by its name."""
    open_documents(screens)
    files = [
        ("response.xml", document("ORDERRESPONSE", number, number)),
        ("holiday.xml", b"<photos/>"),
    ]
    title = screens.page.evaluate(
        DROP,
        [
            ".o_list_renderer",
            [(name, base64.b64encode(data).decode()) for name, data in files],
        ],
    )
    assert "Drop openTRANS documents here" in title
    expect(screens.page.locator(".o_notification").first).to_contain_text("holiday.xml")
    screens.shot("a-bad-file")
    screens.message("It is no openTRANS document")
    expect(screens.page.locator(".o_form_view")).to_contain_text("Order response")
    expect(screens.page.locator(".o_arrow_button_current")).to_have_text("Applied")
    (line,) = odoo.find("purchase.order.line", [["order_id", "=", order]])
    row = odoo.read("purchase.order.line", [line], "itscope_confirmed_quantity")[0]
    assert row["itscope_confirmed_quantity"] == 2


def bill(
    screens: Screens, odoo: Odoo, artefacts: Path, order: int, number: str
) -> None:
    """Accounting uploads the invoice where it uploads all of them."""
    path = artefacts / "invoice.xml"
    path.write_bytes(invoice("RE-2026-7", number))
    screens.page.goto(f"{screens.url}/odoo/vendor-bills")
    screens.settle()
    with screens.page.expect_file_chooser() as chooser:
        screens.page.get_by_role("button", name="Upload", exact=True).first.click()
    chooser.value.set_files(path)
    form = screens.page.locator(".o_form_view")
    expect(form).to_contain_text("285.60")
    vendor = screens.field("partner_id").locator("input, textarea").first
    expect(vendor).to_have_value(VENDOR)
    screens.shot("bill")
    row = odoo.read("purchase.order", [order], "invoice_ids", "invoice_status")[0]
    assert len(row["invoice_ids"]) == 1
    assert row["invoice_status"] == "invoiced"
    form.locator(".oe_stat_button", has_text="ITscope documents").click()
    screens.settle()
    screens.open("RE-2026-7")
    expect(screens.field("content_text")).to_contain_text("285.6")
    screens.shot("invoice-document")


def undo_and_ignore(screens: Screens, odoo: Odoo, order: int) -> None:
    """The link is undone: the draft goes, the invoice waits, and is ignored."""
    screens.button("Undo link")
    screens.page.locator(".modal footer .btn-primary").click()
    expect(screens.page.locator(".o_arrow_button_current")).to_have_text(
        "Waits for its order"
    )
    screens.shot("undone")
    assert not odoo.read("purchase.order", [order], "invoice_ids")[0]["invoice_ids"]
    screens.button("Ignore")
    screens.page.locator(".modal footer .btn-primary").click()
    expect(screens.page.locator(".o_arrow_button_current")).to_have_text("Ignored")
    assert state(odoo, "RE-2026-7") == "ignored"
    open_documents(screens)
    screens.shot("documents")


def alias(screens: Screens, odoo: Odoo) -> None:
    """The account has an address for documents."""
    values = {"name": "By mail", "account_code": "m1000002", "api_key": "none"}
    there = odoo.find("itscope.account", [])
    (account,) = there[:1] or odoo.call("itscope.account", "create", [values])
    screens.page.goto(f"{screens.url}/odoo/itscope.account/{account}")
    screens.settle()
    screens.fill("alias_name", "Documents IT")
    screens.save()
    expect(screens.field("alias_name").locator("input")).to_have_value("documents-it")
    screens.field("alias_name").scroll_into_view_if_needed()
    screens.shot("alias")
    if not there:
        odoo.call("itscope.account", "unlink", [account])
