"""A running Odoo with both addons, a simulated ITscope and a real browser.

`./setup/test system` starts them and says where they are through the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from main_job import Odoo
from simulator.control import Control

from .screens import Screens

#: Chromium without its own calls home, which a closed network would log as errors.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


#: The first hour of a new user; it begins with an empty database.
FIRST = "test_main_job"
#: Tests that fill the database, and what only works in a full one.
LAST = (
    "test_killed",
    "test_deals",
    "test_bills",
    "test_catalogue_buttons",
    "test_catalogue",
    "test_exports",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        name = item.path.stem
        if name == FIRST:
            return -1
        return LAST.index(name) + 1 if name in LAST else 0

    items.sort(key=place)


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        pytest.skip(f"{name} is not set: run the system tests by ./setup/test system")
    return value


@pytest.fixture(scope="session")
def simulator() -> Control:
    """The simulated ITscope, as it is after its start."""
    control = Control(_needed("ITSCOPE_SIMULATOR_URL"))
    control.reset()
    return control


@pytest.fixture(scope="session")
def odoo() -> Odoo:
    """Odoo's external API for the administrator."""
    return Odoo(
        _needed("ITSCOPE_ODOO_URL"), _needed("ITSCOPE_ODOO_DB"), "admin", "admin"
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=_needed("ITSCOPE_BROWSER"), args=FLAGS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def artefacts(request: pytest.FixtureRequest) -> Path:
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    path = Path(_needed("ITSCOPE_ARTEFACTS")) / name
    path.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def page(browser: Browser, artefacts: Path) -> Iterator[Page]:
    """A page of its own; its last look and its errors are kept."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="en-US"
    )
    context.set_default_timeout(20_000)
    found = context.new_page()
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    yield found
    found.screenshot(path=artefacts / "last.png")
    context.close()
    assert not errors, f"the page reported errors: {errors}"


@pytest.fixture
def screens(page: Page, artefacts: Path) -> Screens:
    """Odoo's screens for the administrator, logged in."""
    found = Screens(page, _needed("ITSCOPE_ODOO_URL"), artefacts)
    found.login("admin", "admin")
    return found
