"""What a person does on the service's pages, step by step."""

from collections.abc import Callable
from typing import TypeAlias

from playwright.sync_api import Page, expect

from tests.browser.demo_office import OFFICE, DemoService

Axe: TypeAlias = Callable[[Page], None]
OpenPage: TypeAlias = Callable[..., Page]


def log_in(page: Page, service: DemoService, username: str, password: str | None = None) -> None:
    """Fill in the log-in form in German, send it by the Enter key and wait for what comes."""
    page.get_by_label("Benutzername").fill(username)
    page.get_by_label("Kennwort").fill(service.users[username] if password is None else password)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def sit_down(page: Page, service: DemoService, counter: str = "3", username: str = "clerk1") -> None:
    """Log in and take a counter; the desk is connected afterwards."""
    page.goto(f"{service.base_url}/desk")
    log_in(page, service, username)
    page.get_by_label(f"Schalter {counter} frei", exact=True).check()
    page.get_by_role("button", name="Schalter öffnen").click()
    page.wait_for_url(f"{service.base_url}/desk/{OFFICE}")
    is_connected(page)


def is_connected(page: Page) -> None:
    """Wait until the stream has told the state."""
    expect(page.locator("#connection")).to_have_text("verbunden")


def has_no_sideways_scroll(page: Page) -> bool:
    """Tell whether everything fits the window's width."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
