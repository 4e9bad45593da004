"""The screens in German, looked at one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job import Odoo, account
from playwright.sync_api import expect
from simulator.control import Control

from .screens import Screens

MENUS = [
    ("Produkte", "Verknüpfte Produkte"),
    ("Produkte", "Bezugsquellen"),
    ("Bestellungen", "ITscope-Bestellungen"),
    ("Konfiguration", "Konten"),
    ("Konfiguration", "Distributoren"),
    ("Konfiguration", "Hersteller"),
    ("Konfiguration", "Produkttypen"),
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
        expect(screens.page.locator(".o_breadcrumb")).to_contain_text(entry)
        screens.shot(entry)
    screens.menu("Produkte", "Produkte hinzufügen")
    expect(screens.scope).to_contain_text("Die Liste enthält")
    screens.shot("Produkte hinzufügen")
