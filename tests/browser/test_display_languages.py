"""The wall in other languages than German: nothing is cut off, read from the right where that is so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from display.announcement import named_counter
from display.texts import Texts
from queue_service.protocol.languages import direction
from queue_service.protocol.stream import DisplaySnapshot, WaitRange
from tests.system.display_process import running_display
from tests.system.display_service_stand_in import StandIn, empty_hall, make_call

LANDSCAPE, PORTRAIT = (1920, 1080), (1080, 1920)
CUT_OFF = """
() => [...document.querySelectorAll('.wall *')].filter(element => {
    const box = element.getBoundingClientRect();
    const beyond = box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1;
    return element.checkVisibility() && element.children.length === 0 && element.textContent.trim()
      && !element.closest('.kern-sr-only') && getComputedStyle(element).display !== 'inline'
      && (beyond || element.scrollWidth > element.clientWidth + 1);
  }).map(element => element.outerHTML.slice(0, 120))
"""
"""Elements whose words are wider than their place, or beyond the screen."""


@contextmanager
def closing_service(hall: DisplaySnapshot) -> Iterator[StandIn]:
    service = StandIn.start(hall)
    try:
        yield service
    finally:
        service.stop()


@pytest.mark.parametrize("language", ["ar", "uk"])
def test_a_wall_in_another_language_is_whole_on_either_screen(
    chromium: Browser, tmp_path: Path, language: str
) -> None:
    now = datetime.now(UTC)
    calls = [
        make_call(9 - back, f"B10{back}", "12", at=now - timedelta(minutes=back)) for back in range(1, 7)
    ]
    hall = empty_hall(version=10, calls=calls, waiting=23, wait=WaitRange(20, 35))
    with (
        closing_service(hall) as service,
        running_display(service.url, tmp_path, "--sound", "off", "--language", language) as display,
    ):
        display.line("service_link_up")
        for width, height in (LANDSCAPE, PORTRAIT):
            page = chromium.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
            page.goto(display.url)
            expect(page.locator("[data-number]")).to_have_text("B101")
            assert page.locator("html").get_attribute("dir") == direction(language)
            said = Texts.read().say_count("{count} Person wartet", "{count} Personen warten", 23, language)
            expect(page.locator("[data-waiting]")).to_have_text(said)
            assert page.evaluate(CUT_OFF) == [], (width, height)
            page.close()


def test_a_visitor_finds_the_counter_in_the_own_language_below_the_german(
    chromium: Browser, tmp_path: Path, axe: Callable[[Page], None]
) -> None:
    call = make_call(9, "A042", "12", at=datetime.now(UTC), language="ar")
    hall = empty_hall(version=10, calls=[call])
    with (
        closing_service(hall) as service,
        running_display(service.url, tmp_path, "--sound", "off") as display,
    ):
        display.line("service_link_up")
        page = chromium.new_page(viewport={"width": LANDSCAPE[0], "height": LANDSCAPE[1]})
        page.goto(display.url)
        second = page.locator("[data-second]")
        expect(second).to_have_text(named_counter(call, "ar"))
        expect(second).to_have_attribute("lang", "ar")
        assert page.evaluate(CUT_OFF) == []
        axe(page)
        page.close()
