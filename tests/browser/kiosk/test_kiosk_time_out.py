"""The page goes back to its start by itself, says so before, and gives everybody more time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.kiosk.kiosk_visitor import WORDS, Visitor
from tests.system.kiosk_processes import KioskProcess

QUIET_SECONDS = 90
"""How long a step waits for a touch."""
WARNED_SECONDS = 20
"""EN 301 549: announced at least this long before."""
EXTENSIONS = 10
"""EN 301 549: at least this often."""


@pytest.fixture
def visitor(chromium: Browser, kiosk: KioskProcess) -> Iterator[Visitor]:
    page = chromium.new_page()
    page.clock.install()
    yield Visitor(page, kiosk.url)
    page.close()


def pass_seconds(page: Page, seconds: float) -> None:
    page.clock.run_for(int(seconds * 1000))


def test_a_left_page_goes_back_to_its_start(visitor: Visitor) -> None:
    visitor.touch("English")
    visitor.touch("I have an appointment")
    visitor.type("K7RM")
    pass_seconds(visitor.page, QUIET_SECONDS + 1)
    expect(visitor.title()).to_have_text("Haben Sie einen Termin?")
    visitor.touch("Ich habe einen Termin")
    expect(visitor.page.locator(".slot.filled")).to_have_count(0)


def test_it_is_announced_twenty_seconds_before(visitor: Visitor) -> None:
    visitor.touch("Ich habe einen Termin")
    pass_seconds(visitor.page, QUIET_SECONDS - WARNED_SECONDS - 2)
    expect(visitor.page.locator(".time-out")).to_be_hidden()
    pass_seconds(visitor.page, 2)
    expect(visitor.page.get_by_text("Sind Sie noch da?")).to_be_visible()
    expect(visitor.page.locator("[role=status].kern-sr-only").last).to_contain_text("Noch 20 Sekunden.")


def test_more_time_is_given_again_and_again(visitor: Visitor) -> None:
    visitor.touch("Ich habe einen Termin")
    for _ in range(EXTENSIONS):
        pass_seconds(visitor.page, QUIET_SECONDS - 5)
        visitor.touch("Ich brauche mehr Zeit")
    expect(visitor.title()).to_have_text("Bitte geben Sie Ihren Code ein")


def test_any_touch_counts_as_somebody_being_there(visitor: Visitor) -> None:
    visitor.touch("Ich habe einen Termin")
    pass_seconds(visitor.page, QUIET_SECONDS - 5)
    visitor.page.mouse.click(5, 200)
    expect(visitor.page.locator(".time-out")).to_be_hidden()
    pass_seconds(visitor.page, QUIET_SECONDS - 5)
    expect(visitor.title()).to_have_text("Bitte geben Sie Ihren Code ein")


def test_a_key_that_is_pressed_while_time_runs_out_does_not_move_away(visitor: Visitor) -> None:
    visitor.take_number()
    pass_seconds(visitor.page, 30)
    expect(visitor.page.get_by_text("Diese Anzeige schließt gleich.")).to_be_visible()
    visitor.touch("Fertig")
    expect(visitor.title()).to_have_text("Haben Sie einen Termin?")


def test_the_next_visitor_finds_the_usual_size_contrast_and_language(visitor: Visitor) -> None:
    for words in ("English", "Larger text", "More contrast", "Keys lower down"):
        visitor.touch(words)
    root = visitor.page.locator("html")
    expect(root).to_have_attribute("data-contrast", "high")
    pass_seconds(visitor.page, QUIET_SECONDS)
    expect(root).to_have_attribute("data-contrast", "normal")
    expect(root).to_have_attribute("data-text", "0")
    expect(root).to_have_attribute("data-position", "normal")
    expect(root).to_have_attribute("lang", "de")


def test_whoever_is_done_leaves_nothing_for_the_next_who_stands_there_already(visitor: Visitor) -> None:
    for words in ("English", "Larger text", "More contrast", "Keys lower down"):
        visitor.touch(words)
    visitor.words = WORDS["en"]
    number = visitor.take_number()
    visitor.touch("Done")
    expect(visitor.title()).to_have_text("Haben Sie einen Termin?")
    root = visitor.page.locator("html")
    for name, usual in (("contrast", "normal"), ("text", "0"), ("position", "normal")):
        expect(root).to_have_attribute(f"data-{name}", usual)
    assert number not in visitor.page.content()


def test_the_number_leaves_the_screen_by_itself(visitor: Visitor) -> None:
    number = visitor.take_number()
    pass_seconds(visitor.page, 30)
    expect(visitor.page.get_by_text("Diese Anzeige schließt gleich.")).to_be_visible()
    pass_seconds(visitor.page, 20)
    expect(visitor.title()).to_have_text("Haben Sie einen Termin?")
    assert number not in visitor.page.content()


def test_nothing_is_announced_at_an_untouched_start(visitor: Visitor) -> None:
    pass_seconds(visitor.page, QUIET_SECONDS * 10)
    expect(visitor.page.locator(".time-out")).to_be_hidden()
