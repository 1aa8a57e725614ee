"""The kiosk's page in every language: chosen by its own name, whole, and clean for readers."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.texts import Texts
from queue_service.protocol.languages import LANGUAGE_NAMES, direction
from tests.browser.kiosk.kiosk_visitor import LANDSCAPE
from tests.browser.kiosk.test_kiosk_accessibility import CUT_OFF
from tests.system.kiosk_processes import KioskProcess

TEXTS = Texts.read()


@pytest.fixture(scope="module")
def page(chromium: Browser, kiosk: KioskProcess) -> Iterator[Page]:
    """One page for all languages, on the screen that has the least room."""
    page = chromium.new_page(
        viewport={"width": LANDSCAPE[0], "height": LANDSCAPE[1]}, reduced_motion="reduce"
    )
    page.set_default_timeout(10_000)
    page.goto(kiosk.url)
    yield page
    page.close()


def choose(page: Page, language: str) -> None:
    own_name = page.locator(f".language[lang={language}]")
    expect(own_name).to_have_text(LANGUAGE_NAMES[language])
    own_name.click()


def is_whole(page: Page) -> bool:
    assert page.evaluate(CUT_OFF) == []
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_every_language_leads_from_its_own_name_to_a_number(
    page: Page, axe: Callable[[Page], None], language: str
) -> None:
    choose(page, language)
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(TEXTS.say("Haben Sie einen Termin?", language))
    html = page.locator("html")
    assert html.get_attribute("lang") == language
    assert html.get_attribute("dir") == direction(language)
    assert page.locator(".overflowing").count() == 0, "the languages don't fit the start"
    assert is_whole(page)
    axe(page)
    page.locator(".choice").first.click()
    expect(title).to_have_text(TEXTS.say("Bitte geben Sie Ihren Code ein", language))
    assert is_whole(page)
    page.locator(".bar-button").first.click()
    page.locator(".choice").last.click()
    page.locator(".row").nth(1).click()
    assert is_whole(page)
    page.locator(".row").first.click()
    expect(page.get_by_text(TEXTS.say("Bitte nehmen Sie Ihre Nummer.", language))).to_be_visible()
    wait = TEXTS.say_count("etwa {low}–{count} Minute", "etwa {low}–{count} Minuten", 35, language, low=20)
    expect(page.get_by_text(wait)).to_be_visible()
    assert is_whole(page)
    page.get_by_role("button", name=TEXTS.say("Fertig", language), exact=True).click()


def test_what_the_office_wrote_in_english_alone_says_so_to_readers(page: Page) -> None:
    choose(page, "uk")
    expect(page.locator(".office bdi")).to_have_attribute("lang", "en")
