"""The wall in other languages than German: nothing is cut off, read from the right where that is so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from display.texts import Texts
from queue_service.protocol.languages import direction
from queue_service.protocol.stream import DisplaySnapshot, WaitRange
from tests.system.display_process import running_display
from tests.system.display_service_stand_in import StandIn, empty_hall, make_call

LANDSCAPE: ViewportSize = {"width": 1920, "height": 1080}
PORTRAIT: ViewportSize = {"width": 1080, "height": 1920}
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


@pytest.mark.parametrize(
    ("house", "visitor", "counter"), [("ar", "uk", "Віконце 12"), ("de", "ar", "الشباك 12")]
)
def test_a_wall_is_whole_on_either_screen_in_the_house_s_language_and_the_visitor_s(
    chromium: Browser, tmp_path: Path, axe: Callable[[Page], None], house: str, visitor: str, counter: str
) -> None:
    now = datetime.now(UTC)
    calls = [
        make_call(9 - back, f"B10{back}", "12", at=now - timedelta(minutes=back), language=visitor)
        for back in range(1, 7)
    ]
    hall = empty_hall(version=10, calls=calls, waiting=23, wait=WaitRange(20, 35))
    said = Texts.read().say_count("{count} Person wartet", "{count} Personen warten", 23, house)
    options = ("--sound", "off", "--language", house)
    with closing_service(hall) as service, running_display(service.url, tmp_path, *options) as display:
        display.line("service_link_up")
        page = chromium.new_page(viewport=LANDSCAPE, reduced_motion="reduce")
        page.goto(display.url)
        expect(page.locator("[data-number]")).to_have_text("B101")
        expect(page.locator("[data-waiting]")).to_have_text(said)
        assert page.locator("html").get_attribute("dir") == direction(house)
        second = page.locator("[data-second]")
        expect(second).to_have_text(counter)
        expect(second).to_have_attribute("lang", visitor)
        assert page.evaluate(CUT_OFF) == []
        axe(page)
        page.set_viewport_size(PORTRAIT)
        assert page.evaluate(CUT_OFF) == []
        page.close()
