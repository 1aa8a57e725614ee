"""The kiosk of an office with an open consultation: what it says before, while and after there are places."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.kiosk.kiosk_visitor import PORTRAIT, Visitor
from tests.system.kiosk_processes import KioskProcess, StandInProcess

TUESDAY = "2026-11-24"
BEFORE, REGISTRATION, SERVED = (f"{TUESDAY}T{clock}:00+01:00" for clock in ("07:20", "07:30", "08:00"))
THURSDAY = "2026-11-26T07:30:00+01:00"
NOT_YET = {"open": False, "reason": "not_yet", "next_chance_at": REGISTRATION, "begins_at": SERVED}
USED_UP = {
    "open": False,
    "reason": "contingent_used_up",
    "next_chance_at": THURSDAY,
    "begins_at": "2026-11-26T08:00:00+01:00",
    "places_left": 0,
}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": PORTRAIT[0], "height": PORTRAIT[1]}, reduced_motion="reduce")
    page.clock.install(time=BEFORE)
    page.set_default_timeout(10_000)
    yield page
    page.close()


def places(service: StandInProcess, left: int) -> None:
    service.tell("walk-ins", open=True, places_left=left, begins_at=SERVED)


def test_before_the_registration_the_visitor_is_told_when_to_come_back_and_gets_in_at_that_minute(
    page: Page, kiosk: KioskProcess, service: StandInProcess, axe: Callable[[Page], None]
) -> None:
    service.tell("walk-ins", **NOT_YET)
    visitor = Visitor(page, kiosk.url)
    expect(visitor.key("Ich habe keinen Termin")).to_contain_text("Die Anmeldung beginnt um 07:30 Uhr.")
    visitor.touch("Ich habe keinen Termin")
    expect(visitor.title()).to_have_text("Die Anmeldung beginnt um 07:30 Uhr.")
    expect(page.get_by_text("Bitte kommen Sie dann noch einmal an dieses Gerät.")).to_be_visible()
    expect(page.get_by_text("Aufgerufen wird ab 08:00 Uhr.")).to_be_visible()
    axe(page)
    visitor.touch("Zum Anfang")
    page.clock.run_for(10 * 60 * 1000)
    # Nothing has come from the service: the first to ask opens the page for all.
    visitor.touch("Ich habe keinen Termin")
    expect(visitor.title()).to_have_text("Was möchten Sie erledigen?")


def test_while_there_are_places_the_start_says_how_many_and_the_ticket_when_it_begins(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    places(service, 12)
    visitor = Visitor(page, kiosk.url)
    without = visitor.key("Ich habe keinen Termin")
    expect(without).to_contain_text("Heute sind noch 12 Plätze frei. Aufgerufen wird ab 08:00 Uhr.")
    places(service, 1)
    expect(without).to_contain_text("Heute ist noch 1 Platz frei.")
    visitor.take_number()
    expect(page.get_by_text("Aufgerufen wird ab 08:00 Uhr.")).to_be_visible()


def test_when_the_places_are_gone_in_between_the_visitor_is_told_when_again_and_what_instead(
    page: Page, kiosk: KioskProcess, service: StandInProcess, axe: Callable[[Page], None]
) -> None:
    places(service, 1)
    visitor = Visitor(page, kiosk.url, "en")
    visitor.touch("I don’t have an appointment")
    visitor.touch("Identity cards and passports")
    service.tell("walk-ins", **USED_UP)
    visitor.touch("Passport")
    expect(visitor.title()).to_have_text("All places for today are taken.")
    expect(page.get_by_text("The next registration begins on Thursday 26 November at 07:30.")).to_be_visible()
    expect(page.get_by_text("115")).to_be_visible()
    axe(page)


def test_a_service_whose_places_are_gone_says_so_in_its_row_and_others_go_on(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    service.tell("walk-ins", open=True)
    service.tell("queue", code="reisepass", waiting=5, wait=None, walk_ins=USED_UP)
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    expect(visitor.key("Reisepass beantragen")).to_contain_text("Heute keine Plätze")
    expect(visitor.key("Personalausweis")).to_contain_text("Wartezeit")


def test_whom_the_counters_do_not_reach_any_more_is_told_so_and_what_there_is_instead(
    page: Page, kiosk: KioskProcess, service: StandInProcess, axe: Callable[[Page], None]
) -> None:
    service.tell("walk-ins", open=True)
    no_more = {"open": False, "reason": "not_served_today", "next_chance_at": "2026-11-25T08:00:00+01:00"}
    service.tell("queue", code="reisepass", waiting=40, wait=None, walk_ins=no_more)
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    expect(visitor.key("Reisepass beantragen")).to_contain_text("Heute keine Nummern mehr")
    service.tell("walk-ins", **no_more)
    visitor.touch("Reisepass beantragen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Für heute sind alle Wartenummern vergeben.")
    expect(page.get_by_text("Ohne Termin wieder ab Mittwoch, 25. November, 08:00 Uhr.")).to_be_visible()
    expect(page.get_by_text("welche andere Dienststelle heute noch geöffnet ist")).to_be_visible()
    axe(page)
