"""Every step of the kiosk's page for everybody: sizes, low position, large text, zoom."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.kiosk.kiosk_visitor import LANDSCAPE, PORTRAIT, Visitor
from tests.system.kiosk_processes import KioskProcess, StandInProcess

TARGET_PX = {PORTRAIT: 96, LANDSCAPE: 80}
"""At least 20 mm: 27 inches upright have 0.311 mm a pixel, 15 inches lying 0.252 mm."""
ROUNDING_PX = 1

PRESSABLE = """
() => [...document.querySelectorAll('button')]
  .filter(button => button.checkVisibility({checkVisibilityCSS: true}))
  .map(button => [button.textContent, button.getBoundingClientRect()])
  .map(([words, box]) => ({words, top: box.top, bottom: box.bottom, width: box.width, height: box.height}))
"""
"""Words and box of everything that can be pressed."""

CUT_OFF = """
() => [...document.querySelectorAll('#kiosk *')].filter(element =>
    element.checkVisibility({checkVisibilityCSS: true}) && element.children.length === 0
    && !element.closest('.kern-sr-only') && element.scrollWidth > element.clientWidth + 1
    && getComputedStyle(element).display !== 'inline')
  .map(element => element.outerHTML.slice(0, 120))
"""
"""Elements whose words are wider than their place."""


@pytest.fixture(params=[PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    page = chromium.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.set_default_timeout(10_000)
    yield page
    page.close()


def size(page: Page) -> tuple[int, int]:
    assert page.viewport_size
    return page.viewport_size["width"], page.viewport_size["height"]


def test_everything_that_can_be_pressed_is_twenty_millimetres_large_and_the_bar_never_moves(
    page: Page, kiosk: KioskProcess
) -> None:
    least = TARGET_PX[size(page)] - ROUNDING_PX
    visitor = Visitor(page, kiosk.url)
    places = set()
    for step in visitor.steps():
        small = [one for one in page.evaluate(PRESSABLE) if one["width"] < least or one["height"] < least]
        assert small == [], step
        places.add(str(page.locator(".bar").bounding_box()))
    assert len(places) == 1


def test_in_low_position_everything_is_pressed_in_the_lower_half(page: Page, kiosk: KioskProcess) -> None:
    half = size(page)[1] / 2 - ROUNDING_PX
    visitor = Visitor(page, kiosk.url)
    visitor.touch(visitor.words["low"])
    for step in visitor.steps():
        high = [one["words"] for one in page.evaluate(PRESSABLE) if one["bottom"] > 0 and one["top"] < half]
        assert high == [], step


def test_with_a_notice_and_in_low_position_the_start_is_seen_whole(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    service.tell("hall", hall="paused")
    visitor = Visitor(page, kiosk.url)
    expect(page.locator(".notice")).to_be_visible()
    for words in ("Deutsch", "Leichte Sprache", "العربية", "Français"):
        visitor.touch(words)
        assert page.locator(".overflowing").count() == 0, words
    visitor.touch("Deutsch")
    visitor.touch(visitor.words["low"])
    assert page.locator(".overflowing").count() == 0
    service.tell("hall", hall="open")


def test_text_twice_as_large_stays_whole_and_within_reach(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    normal = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    visitor.touch(visitor.words["larger"])
    visitor.touch(visitor.words["larger"])
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 2 * normal
    for step in visitor.steps():
        assert page.evaluate(CUT_OFF) == [], step
        assert page.evaluate("document.documentElement.scrollWidth") <= size(page)[0], step


def test_what_does_not_fit_is_reached_by_keys_and_not_by_dragging(
    chromium: Browser, kiosk: KioskProcess
) -> None:
    page = chromium.new_page(
        viewport={"width": LANDSCAPE[0], "height": LANDSCAPE[1]}, reduced_motion="reduce"
    )
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Größere Schrift")
    visitor.touch("Größere Schrift")
    visitor.touch("Ich habe keinen Termin")
    last = visitor.key("Gewerbe und Sonstiges")
    expect(last).not_to_be_in_viewport()
    down = visitor.key("↓ Weiter unten")
    while down.is_enabled():
        down.click()
    expect(last).to_be_in_viewport(ratio=0.9)
    expect(visitor.key("↑ Nach oben")).to_be_enabled()
    page.close()


@pytest.mark.parametrize("window", [(540, 960), (640, 400)], ids=["portrait", "landscape"])
def test_the_page_works_at_twice_the_browser_s_zoom(
    chromium: Browser, kiosk: KioskProcess, window: tuple[int, int]
) -> None:
    page = chromium.new_page(
        viewport={"width": window[0], "height": window[1]}, device_scale_factor=2, reduced_motion="reduce"
    )
    visitor = Visitor(page, kiosk.url)
    for step in visitor.steps():
        assert page.evaluate("document.documentElement.scrollWidth") <= window[0], step
        assert page.evaluate(CUT_OFF) == [], step
    page.close()


def test_each_step_begins_at_its_heading(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    expect(visitor.title()).to_be_focused()
    visitor.touch("Ausweise und Pässe")
    expect(visitor.title()).to_be_focused()
    expect(visitor.title()).to_have_text("Ausweise und Pässe")


def test_what_the_office_wrote_in_english_alone_says_so_to_readers(page: Page, kiosk: KioskProcess) -> None:
    Visitor(page, kiosk.url).touch("Українська")
    expect(page.locator(".office bdi")).to_have_attribute("lang", "en")
