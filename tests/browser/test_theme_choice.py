"""Pages are light, dark or rich in contrast as the device says, or as somebody chose at their end."""

import re

from playwright.sync_api import Page, expect

from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import OpenPage


def scheme(page: Page) -> str:
    """``dark``, or ``normal`` where the page is light."""
    return str(page.evaluate("getComputedStyle(document.documentElement).colorScheme"))


def has_high_contrast(page: Page) -> bool:
    return bool(page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')"))


def test_a_page_follows_the_device_and_paper_is_light(demo_service: DemoService, open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark", contrast="more")
    page.goto(f"{demo_service.base_url}/login?lang=de")
    assert (scheme(page), has_high_contrast(page)) == ("dark", True)
    page.emulate_media(media="print")
    assert (scheme(page), has_high_contrast(page)) == ("normal", False)
    page.emulate_media(media="screen", color_scheme="light", contrast="no-preference")
    assert (scheme(page), has_high_contrast(page)) == ("normal", False)


def test_a_choice_counts_more_than_the_device_keeps_what_was_typed_and_is_remembered(
    demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page(color_scheme="dark")
    page.goto(f"{demo_service.base_url}/login?lang=de")
    page.get_by_label("Benutzername").fill("clerk1")
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="hell").press("Enter")
    assert scheme(page) == "normal"
    expect(page.get_by_label("Benutzername")).to_have_value("clerk1")
    page.goto(f"{demo_service.base_url}/offices")
    assert scheme(page) == "normal"
    expect(page.get_by_role("button", name="hell")).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="hoher Kontrast").click()
    assert (scheme(page), has_high_contrast(page)) == ("dark", True)


def test_the_choice_works_without_scripts(demo_service: DemoService, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{demo_service.base_url}/offices?lang=de")
    page.get_by_role("button", name="dunkel").click()
    expect(page).to_have_url(re.compile(r"/offices\?lang=de#theme$"))
    expect(page.get_by_role("button", name="dunkel")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#dark-sheet")).to_have_attribute("media", "screen")
