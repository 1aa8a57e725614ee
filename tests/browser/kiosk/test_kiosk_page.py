"""A visitor's way through the kiosk's page, in a real browser against real processes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.kiosk.kiosk_visitor import PORTRAIT, Visitor
from tests.system.kiosk_processes import (
    KioskProcess,
    StandInProcess,
    kiosk_running,
    stand_in_running,
)
from tests.system.kiosk_service_stand_in import OFFICE

HUGE_PX = 300
"""A number that is read from two steps away."""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": PORTRAIT[0], "height": PORTRAIT[1]})
    page.set_default_timeout(10_000)
    yield page
    page.close()


@pytest.mark.parametrize("language", ["de", "en"])
def test_three_touches_lead_to_a_number_on_paper(page: Page, kiosk: KioskProcess, language: str) -> None:
    visitor = Visitor(page, kiosk.url, language)
    number = visitor.take_number()
    assert re.fullmatch(r"A\d{3}", number)
    assert any(paper.name.startswith(f"{number}-") for paper in kiosk.papers())
    taken = {"de": "Bitte nehmen Sie Ihre Nummer.", "en": "Please take your number."}
    expect(page.get_by_text(taken[language])).to_be_visible()
    size = page.locator(".number").evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= HUGE_PX
    assert visitor.faults == []


def test_the_number_step_says_what_happens_next(page: Page, kiosk: KioskProcess) -> None:
    Visitor(page, kiosk.url).take_number()
    expect(page.get_by_text("Vor Ihnen: 12")).to_be_visible()
    expect(page.get_by_text("Wartezeit etwa 20–35 Minuten")).to_be_visible()
    expect(page.get_by_text("Bitte nehmen Sie Platz: Wartebereich Erdgeschoss.")).to_be_visible()


def test_an_appointment_is_checked_in_on_the_pad(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe einen Termin")
    visitor.type("K7RMW3X")
    expect(visitor.key("Anmelden")).to_be_disabled()
    visitor.type("R")
    visitor.touch("Anmelden")
    assert visitor.number().startswith("T")
    expect(page.get_by_text("Ihr Termin:")).to_be_visible()


def test_an_unknown_code_is_said_and_can_be_corrected(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe einen Termin")
    visitor.type("K7RMW3X2")
    visitor.touch("Anmelden")
    expect(page.get_by_role("alert")).to_contain_text("Diesen Code kennen wir nicht.")
    expect(visitor.title()).to_be_focused()
    visitor.touch("Löschen")
    visitor.type("R")
    visitor.touch("Anmelden")
    assert visitor.number().startswith("T")


def test_who_has_a_number_on_paper_learns_how_long_it_will_still_take(
    page: Page, kiosk: KioskProcess
) -> None:
    visitor = Visitor(page, kiosk.url)
    number = visitor.take_number()
    visitor.touch("Fertig")
    visitor.touch("Ich habe schon eine Nummer")
    visitor.type("Z999")
    visitor.touch("Anzeigen")
    expect(page.get_by_role("alert")).to_contain_text("Diese Nummer gibt es heute nicht.")
    for _ in "Z999":
        visitor.touch("Löschen")
    visitor.type(number)
    visitor.touch("Anzeigen")
    assert visitor.number() == number
    expect(page.get_by_text("Vor Ihnen: 11")).to_be_visible()
    expect(page.get_by_text("Wartezeit etwa 15–30 Minuten")).to_be_visible()
    visitor.touch("Fertig")
    visitor.arrive()


def test_everything_works_by_keyboard_alone(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    page.keyboard.press("Tab")
    expect(visitor.key("Ich habe einen Termin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(visitor.title()).to_be_focused()
    page.keyboard.type("k7rmw3xq1r")
    expect(page.locator(".slot.filled")).to_have_count(8)
    page.keyboard.press("Enter")
    visitor.number()
    page.keyboard.press("Tab")
    expect(visitor.key("Fertig")).to_be_focused()
    page.keyboard.press("Enter")
    expect(visitor.title()).to_have_text("Haben Sie einen Termin?")


def test_nothing_of_a_visitor_is_left_for_the_next(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url, "en")
    number = visitor.take_number()
    visitor.touch("Done")
    visitor.language, visitor.words = "de", {**visitor.words}
    expect(visitor.title()).to_have_text("Haben Sie einen Termin?")
    assert number not in page.content()
    visitor.touch("Ich habe einen Termin")
    expect(page.locator(".slot.filled")).to_have_count(0)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert number not in page.url


def test_a_typed_code_is_gone_after_going_home(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe einen Termin")
    visitor.type("K7RM")
    visitor.touch("← Zurück")
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("← Zurück")
    assert "K7RM" not in page.locator("main").inner_text()


def test_a_double_touch_gives_one_ticket(page: Page, kiosk: KioskProcess, service: StandInProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    before = len(service.seen("tickets"))
    visitor.key("Reisepass beantragen").dblclick()
    visitor.number()
    assert len(service.seen("tickets")) == before + 1


def test_waiting_times_change_before_the_visitor_s_eyes_and_leave_the_focus(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    visitor.key("Reisepass beantragen").focus()
    service.tell("queue", code="reisepass", waiting=3, wait={"low_minutes": 90, "high_minutes": 120})
    expect(visitor.key("Reisepass beantragen")).to_contain_text("etwa 90–120 Minuten")
    expect(visitor.key("Reisepass beantragen")).to_be_focused()


def test_services_are_found_by_typing_part_of_a_word(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Dienstleistung suchen")
    visitor.type("AUSW")
    expect(page.locator(".count")).to_have_text(re.compile(r"Treffer: \d"))
    visitor.touch("Treffer zeigen")
    visitor.touch("Personalausweis beantragen")
    visitor.number()


def test_a_search_without_results_says_what_to_do(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Dienstleistung suchen")
    visitor.type("XYZ")
    expect(page.get_by_text("Nichts gefunden.")).to_be_visible()


def test_closed_walk_ins_say_why_and_when_again(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    service.tell("walk-ins", open=False, reason="holiday", next_chance_at="2026-11-23T07:00:00Z")
    page.clock.set_fixed_time("2026-11-22T12:00:00Z")
    visitor = Visitor(page, kiosk.url)
    expect(visitor.key("Ich habe keinen Termin")).to_contain_text("Heute ist ein Feiertag.")
    visitor.touch("Ich habe keinen Termin")
    expect(visitor.title()).to_have_text("Heute ist ein Feiertag.")
    expect(page.get_by_text("Ohne Termin wieder ab Montag, 23. November, 08:00 Uhr.")).to_be_visible()
    service.tell("walk-ins", open=True)


def test_walk_ins_that_close_at_the_last_moment_are_explained(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    service.tell("walk-ins", open=False, reason="stopped_by_staff")
    visitor.touch("Reisepass beantragen")
    expect(visitor.title()).to_have_text("Zurzeit werden keine weiteren Wartenummern ausgegeben.")
    service.tell("walk-ins", open=True)


def test_everybody_leaves_in_every_language_and_no_number_can_be_asked_for(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    service.tell("hall", hall="leave")
    expect(visitor.title()).to_have_text("Bitte verlassen Sie jetzt das Gebäude.")
    expect(page.get_by_text("Please leave the building now.")).to_be_visible()
    assert page.locator("main button:visible").count() == 0
    visitor.touch("Hilfe")
    expect(visitor.title()).to_have_text("Bitte verlassen Sie jetzt das Gebäude.")
    service.tell("hall", hall="paused")
    expect(visitor.title()).to_have_text("Haben Sie einen Termin?")
    expect(page.get_by_text("Der Aufruf ist kurz unterbrochen.")).to_be_visible()
    service.tell("queue", code="reisepass", waiting=5, wait=None, wait_reason="hall_paused")
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    expect(visitor.key("Reisepass beantragen")).to_contain_text("Aufruf unterbrochen")
    visitor.touch("← Zurück")
    visitor.touch("← Zurück")
    service.tell("hall", hall="open")
    expect(page.get_by_text("Der Aufruf ist kurz unterbrochen.")).to_be_hidden()


def test_in_a_pause_the_wait_is_not_just_unknown(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    service.tell("queue", code="reisepass", waiting=5, wait=None, wait_reason="hall_paused")
    expect(visitor.key("Reisepass beantragen")).to_contain_text("Aufruf unterbrochen")
    known = {"low_minutes": 20, "high_minutes": 35}
    service.tell("queue", code="reisepass", waiting=5, wait=known)
    expect(visitor.key("Reisepass beantragen")).to_contain_text("20–35")


def test_help_leads_to_the_reception_and_back(page: Page, kiosk: KioskProcess) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    visitor.touch("Hilfe")
    expect(page.get_by_text("Der Empfang ist rechts neben dem Eingang.")).to_be_visible()
    visitor.touch("← Zurück")
    expect(visitor.title()).to_have_text("Ausweise und Pässe")


def test_the_office_s_notice_is_shown_at_the_start(chromium: Browser, tmp_path: Path) -> None:
    with stand_in_running() as service, kiosk_running(service.url, tmp_path / "kiosk") as kiosk:
        kiosk.connected()
        notice = {"de": "Heute schließen wir schon um 15 Uhr.", "en": "Today we close at 3 pm."}
        service.tell("office", slug=OFFICE.slug, name=OFFICE.name, time_zone=OFFICE.time_zone, notice=notice)
        kiosk.until(lambda state: bool(state["connected"] and state["office"]["notice"]))
        page = chromium.new_page()
        Visitor(page, kiosk.url)
        expect(page.get_by_text("Heute schließen wir schon um 15 Uhr.")).to_be_visible()
        page.close()


def test_while_the_service_is_away_numbers_go_on_and_then_people_are_sent_to_the_reception(
    chromium: Browser, tmp_path: Path
) -> None:
    with stand_in_running() as service:
        port = service.port
        service.tell("numbers", own=1)
        kiosk = KioskProcess(service.url, tmp_path / "kiosk").connected()
        kiosk.line(lambda line: "outage_numbers_leased" in line)
        page = chromium.new_page()
        visitor = Visitor(page, kiosk.url)
    kiosk.until(lambda state: not state["connected"])
    expect(page.get_by_text("Nummern gibt es weiter")).to_be_visible(timeout=10_000)
    assert visitor.take_number() == "A999"
    expect(page.get_by_text("Die Verbindung ist unterbrochen. Ihre Nummer gilt.")).to_be_visible()
    expect(page.get_by_text("Vor Ihnen")).not_to_be_visible()
    visitor.touch("Fertig")
    expect(visitor.title()).to_have_text("Bitte gehen Sie zum Empfang", timeout=10_000)
    expect(page.get_by_text("Der Empfang ist rechts neben dem Eingang.")).to_be_visible()
    with stand_in_running(port):
        expect(visitor.title()).to_have_text("Haben Sie einen Termin?", timeout=20_000)
    page.close()
    kiosk.stop()


def test_a_request_that_fails_can_be_tried_again_for_the_same_ticket(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    before = len(service.seen("tickets"))
    service.tell("answers", answers=["commit, lose", "502", "502", "502"])
    visitor.touch("Reisepass beantragen")
    expect(visitor.title()).to_have_text("Das hat leider nicht geklappt")
    expect(page.get_by_text("Der Empfang ist rechts neben dem Eingang.")).to_be_visible()
    visitor.touch("Noch einmal versuchen")
    visitor.number()
    assert len(service.seen("tickets")) == before + 1


def test_without_a_printer_the_number_is_there_and_said_to_be_valid(
    chromium: Browser, service: StandInProcess, tmp_path: Path
) -> None:
    with kiosk_running(service.url, tmp_path / "kiosk", "escpos:127.0.0.1:1") as kiosk:
        kiosk.connected()
        page = chromium.new_page()
        visitor = Visitor(page, kiosk.url)
        visitor.take_number()
        expect(page.get_by_text("Ihre Nummer gilt trotzdem.")).to_be_visible()
        visitor.touch("Noch einmal drucken")
        expect(visitor.key("Noch einmal drucken")).to_be_visible()
        expect(page.get_by_text("Der Drucker druckt gerade nicht.")).to_be_visible()
        page.close()


def test_the_page_survives_a_restart_of_the_program_on_the_device(
    chromium: Browser, service: StandInProcess, tmp_path: Path
) -> None:
    with kiosk_running(service.url, tmp_path / "kiosk") as kiosk:
        page = chromium.new_page()
        visitor = Visitor(page, kiosk.connected().url)
    expect(visitor.title()).to_have_text("Bitte gehen Sie zum Empfang", timeout=10_000)
    assert visitor.faults == [] or all("WebSocket" in fault for fault in visitor.faults)
    page.close()
