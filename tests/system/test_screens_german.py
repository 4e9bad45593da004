"""The screens in German, looked at one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from main_job import Odoo, account
from simulator.control import Control

from .screens import Screens

MENUS = [
    ("Übersicht", None),
    ("Produkte", "Verknüpfte Produkte"),
    ("Produkte", "Bezugsquellen"),
    ("Produkte", "Zu entscheiden"),
    ("Produkte", "Bilder und Datenblätter"),
    ("Produkte", "Preisalarme"),
    ("Produkte", "Läufe"),
    ("Verkauf", "Angebote"),
    ("Bestellungen", "Bedarfskorb"),
    ("Bestellungen", "ITscope-Bestellungen"),
    ("Bestellungen", "Belege"),
    ("Bestellungen", "Eingänge je Distributor"),
    ("Bestellungen", "Zuverlässigkeit der Distributoren"),
    ("Konfiguration", "Konten"),
    ("Konfiguration", "Datenexporte"),
    ("Konfiguration", "Distributoren"),
    ("Konfiguration", "Hersteller"),
    ("Konfiguration", "Produkttypen"),
]
#: Menus that open a dialog, with a text of it.
DIALOGS = [
    ("Produkte", "Produkte hinzufügen", "Die Liste enthält"),
    ("Produkte", "Bei ITscope suchen", "Stichwörter"),
]


@pytest.fixture
def german(odoo: Odoo, simulator: Control) -> Odoo:
    account(odoo, simulator.url)
    (user,) = odoo.find("res.users", [("login", "=", "admin")])
    odoo.call("res.users", "write", [user], {"lang": "de_DE"})
    yield odoo
    odoo.call("res.users", "write", [user], {"lang": "en_US"})


def test_every_menu_opens_in_german(
    german: Odoo, screens: Screens, artefacts: Path
) -> None:
    screens.app("ITscope")
    for section, entry in MENUS:
        screens.menu(section, entry)
        screens.crumb(entry or section)
        screens.shot(entry or section)
    for section, entry, text in DIALOGS:
        screens.menu(section, entry)
        screens.dialog()
        expect(screens.scope).to_contain_text(text)
        screens.shot(entry)
        screens.button("Schließen")
    # A menu that comes is to be looked at, too.
    (root,) = german.find("ir.ui.menu", [("name", "=", "ITscope")])
    inside = [("id", "child_of", root), ("action", "!=", False)]
    entries = german.call("ir.ui.menu", "search_count", inside)
    assert entries == len(MENUS) + len(DIALOGS) == 20


def test_a_refused_order_says_why_in_german(
    german: Odoo, simulator: Control, screens: Screens
) -> None:
    """Test mode, another supplier: one page names all that is wrong."""
    accounts = german.find("itscope.account", [])
    german.call("itscope.account", "action_sync_metadata", accounts)
    (supplier,) = german.find("itscope.supplier", [("name", "=", "Isar Systeme")])
    if not german.read("itscope.supplier", [supplier], "partner_id")[0]["partner_id"]:
        german.call("itscope.supplier", "action_create_partner", [supplier])
    (row,) = german.read("itscope.supplier", [supplier], "partner_id")
    (product,) = german.call(
        "product.product", "create", [{"name": "Kabel ohne ITscope", "list_price": 5}]
    )
    line = (0, 0, {"product_id": product, "product_qty": 1, "price_unit": 0})
    (order,) = german.call(
        "purchase.order",
        "create",
        [{"partner_id": row["partner_id"][0], "order_line": [line]}],
    )
    german.call("purchase.order", "button_confirm", [order])
    german.call("itscope.account", "write", accounts, {"test_mode": True})
    try:
        url = f"{screens.url}/odoo/action-purchase.purchase_form_action/{order}"
        screens.page.goto(url)
        screens.settle()
        expect(screens.page.locator(".ribbon")).to_contain_text("ITscope-Testmodus")
        screens.button("Über ITscope senden")
        dialog = screens.page.locator(".modal").last
        expect(dialog).to_contain_text("Testmodus")
        expect(dialog).to_contain_text("Distributor-Artikelnummer fehlt")
        expect(dialog).to_contain_text("Preis fehlt")
        expect(dialog).to_contain_text("Zuerst müssen die Fehler behoben werden")
        screens.shot("refused")
        screens.button("Schließen")
        expect(dialog).to_be_hidden()
    finally:
        german.call("itscope.account", "write", accounts, {"test_mode": False})
    assert not simulator.orders(
        german.read("purchase.order", [order], "name")[0]["name"]
    )
