"""Odoo's screens as a user sees them: menus, fields, buttons, lists, messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


class Screens:
    """One logged-in user in a browser."""

    def __init__(self, page: Page, url: str, artefacts: Path) -> None:
        self.page = page
        self.url = url
        self.artefacts = artefacts
        self._shots = 0

    def login(self, login: str, password: str) -> None:
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def shot(self, name: str) -> None:
        """Keep a picture of what is to be seen now."""
        self._shots += 1
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=self.artefacts / f"{self._shots:02d}-{name}.png")

    # ------------------------------------------------------------------ getting around

    def go(self, path: str) -> None:
        """Open an address of Odoo's: an action, or a record of a model."""
        self.page.goto(f"{self.url}/odoo/{path}")
        self.settle()

    def app(self, name: str) -> None:
        self.page.locator(".o_navbar_apps_menu button").click()
        # The name of the app that is open is a menu item as well.
        menu = self.page.locator(".o-dropdown--menu")
        menu.get_by_role("menuitem", name=name, exact=True).click()
        expect(self.page.locator(".o_menu_brand")).to_have_text(name)

    def menu(self, section: str, entry: str | None = None) -> None:
        sections = self.page.locator(".o_menu_sections")
        button = sections.get_by_text(section, exact=True)
        button.click()
        if entry:
            self.page.locator(".o-dropdown--menu").get_by_text(
                entry, exact=True
            ).click()
        self.settle()

    def settle(self) -> None:
        """Wait until the screen stands."""
        self.page.wait_for_selector(".o_action_manager .o_view_controller, .modal")
        self.idle()

    def dialog(self) -> None:
        """Wait until a dialog has opened: what comes next is meant for it."""
        self.page.locator(".modal:not(.o_inactive_modal)").last.wait_for()
        self.idle()

    def idle(self) -> None:
        """Wait until nothing loads; the indicator shows up after a quarter of a
        second.
        """
        self.page.wait_for_timeout(350)
        self.page.wait_for_function(
            "!document.querySelector('.o_loading_indicator, .o_blockUI')"
        )

    # ------------------------------------------------------------------ forms

    @property
    def scope(self) -> Locator:
        """The dialog on top, else the whole screen; which of both is decided anew each
        time that one waits for something in it.
        """
        dialog = ".modal:not(.o_inactive_modal)"
        return self.page.locator(
            f"body:not(:has({dialog})) .o_action_manager, {dialog}"
        ).last

    def button(self, name: str) -> None:
        self.scope.get_by_role("button", name=name, exact=True).first.click()
        self.idle()

    def button_of(self, name: str) -> Locator:
        """A button, there or not."""
        return self.scope.get_by_role("button", name=name, exact=True)

    def stat(self, method: str) -> None:
        """Press a form's smart button; the last ones hide behind "More"."""
        button = self.page.locator(f".oe_stat_button[name={method}]")
        more = self.scope.locator(".o_button_more")
        if not button.first.is_visible() and more.count():
            more.first.click()
        button.first.click()
        self.settle()

    def elsewhere(self, press: Callable[[], None]) -> str:
        """The address that opens in a window of its own by pressing something; the
        network is not asked for it.
        """
        context = self.page.context
        context.route("https://*.itscope.com/**", lambda route: route.fulfill(body=""))
        with self.page.expect_popup() as opened:
            press()
        opened.value.wait_for_url(re.compile("itscope"))
        address = opened.value.url
        opened.value.close()
        return address

    def field(self, name: str) -> Locator:
        return self.scope.locator(f".o_field_widget[name={name}]").first

    def fill(self, name: str, value: str) -> None:
        self.field(name).locator("input, textarea").first.fill(value)

    def choose(self, name: str, text: str) -> None:
        """Type into a many2one and take the entry that shows up."""
        self.fill(name, text)
        self.page.locator(
            ".o-autocomplete--dropdown-menu .o-autocomplete--dropdown-item"
        ).filter(has_text=text).first.click()

    def pick(self, place: Locator, label: str) -> None:
        """Take a value of a selection that stands in a list."""
        place.locator("input, select").first.click()
        self.page.locator(".o_select_menu_menu .o_select_menu_item").filter(
            has_text=label
        ).first.click()

    def radio(self, name: str, label: str) -> None:
        self.field(name).get_by_text(label, exact=True).click()

    def save(self) -> None:
        self.page.locator(".o_form_button_save").click()
        expect(self.page.locator(".o_form_button_save")).to_be_hidden()

    def tab(self, name: str) -> None:
        self.scope.get_by_role("tab", name=name, exact=True).click()

    # ------------------------------------------------------------------ lists

    def search(self, text: str) -> None:
        box = self.page.locator(".o_searchview_input")
        box.fill(text)
        box.press("Enter")
        self.idle()

    def clear_search(self) -> None:
        facets = self.page.locator(".o_searchview_facet .o_facet_remove")
        while facets.count():
            facets.first.click()
            self.idle()

    def row(self, text: str) -> Locator:
        return self.scope.locator(".o_data_row").filter(has_text=text).first

    def rows(self) -> Locator:
        return self.scope.locator(".o_data_row")

    def open(self, text: str) -> None:
        """Open a row by its cell with this text: others may be switches."""
        self.row(text).locator("td.o_data_cell").filter(has_text=text).first.click()
        self.settle()

    def select(self, text: str) -> None:
        self.row(text).locator(".o_list_record_selector input").check()

    def action(self, name: str) -> None:
        """An entry of the menu "Actions": of the chosen rows, or of a form's gear."""
        rows = self.page.get_by_role("button", name="Actions", exact=True)
        gear = self.page.locator(".o_cp_action_menus button:has(.fa-cog)")
        rows.or_(gear).first.click()
        self.page.get_by_role("menuitem", name=name, exact=True).click()
        self.idle()

    def crumb(self, text: str) -> None:
        """The screen with this title has opened."""
        expect(self.page.locator(".o_breadcrumb")).to_contain_text(text)

    # ------------------------------------------------------------------ messages

    def message(self, text: str | re.Pattern[str]) -> None:
        """A notification with this text has come; it is put away."""
        found = self.page.locator(".o_notification").filter(has_text=text).first
        expect(found).to_be_visible()
        self.page.wait_for_timeout(200)
        while self.page.locator(".o_notification_close").count():
            self.page.locator(".o_notification_close").first.click()
            self.page.wait_for_timeout(150)

    def error(self, text: str) -> None:
        """An error dialog with this text has come; it is put away."""
        dialog = self.page.locator(".modal").filter(has_text=text).last
        expect(dialog).to_be_visible()
        self.shot("error")
        dialog.locator("footer button").first.click()
        expect(dialog).to_be_hidden()
