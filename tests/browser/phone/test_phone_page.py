"""The 115 console as a page: its keys, the card of every place, who may open it, whether all can use it."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, log_in
from tests.browser.phone.phone_console import DESK, Agent, Console, Others

OTHER_WIDTHS = (1920, 600, 320)
"""CSS pixels: a large screen, 1200 at 200 %, 1280 at 400 % (WCAG 1.4.10)."""
NOTHING_CUT_OFF = "dialog => dialog.scrollWidth <= dialog.clientWidth"


def test_the_overview_of_keys_lies_over_the_call_and_gives_it_back(console: Console) -> None:
    console.type("perso?")
    expect(console.page.locator("#service")).to_have_value("perso?")
    console.press("F1")
    overview = console.page.get_by_role("dialog", name="Alle Tasten")
    expect(overview).to_contain_text("verbindlich buchen")
    expect(overview).to_contain_text("neuer Anruf")
    console.press("F9", "Escape")
    expect(console.page.locator("#service")).to_be_focused()
    expect(console.page.locator("#service")).to_have_value("perso?")


def test_people_who_book_nothing_by_telephone_are_refused_in_words(
    demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/login?lang=de")
    log_in(page, demo_service, "clerk1")
    expect(page).to_have_url(re.compile("/desk"))
    answer = page.goto(f"{demo_service.base_url}/phone")
    assert answer is not None
    assert answer.status == 403


def test_every_place_answers_questions_and_its_hours_are_booked_moved_and_cancelled(  # noqa: PLR0915 - one call
    agent: Agent, console: Console, axe: Axe
) -> None:
    page = console.page
    console.choose_service("perso")
    office = console.offer(1)[0]
    console.press("F7")
    card = page.locator("#card")
    expect(card).to_be_focused()
    expect(page.locator("#card-office")).to_have_value(office)
    for heading in ("Öffnungszeiten", "Bitte mitbringen", "Zugang"):
        expect(card.get_by_role("heading", name=heading)).to_be_visible()
    console.press("Shift+Tab", "Shift+Tab")
    expect(page.locator("#card-office")).to_be_focused()
    page.locator("#card-office").select_option("suedbad")  # an "ü" is no key of the test's keyboard
    expect(card.get_by_role("heading", name="Preise")).to_be_visible()
    query: dict[str, str | int] = {"office": "suedbad", "channel": "phone", "limit": 50}
    hours = agent.api.get("/entries", params=query).raise_for_status().json()["items"]
    other = next(hour for hour in hours[1:] if hour["code"] == hours[0]["code"])
    who = {"name": "Familie Nass", "phone": "0176 12345678"}
    taken = {"office": "suedbad", "entry": other["entry"], "channel": "phone", "contact": who}
    second = agent.api.post("/entry-bookings", json=taken).raise_for_status().json()["reference"]
    console.press("Tab", "Tab", "1")
    expect(page.locator("#entry-party")).to_be_focused()
    console.press("ArrowUp", "Tab")
    console.type("Familie Wasser")
    console.press("Enter")
    expect(page.locator("#entry-confirm-sms")).to_be_focused()
    console.press("Shift+Tab")
    console.type("0176 12345678")
    console.press("Tab", "Space", "Enter")
    warning = page.get_by_role("alert").filter(has_text="Vielleicht gibt es schon eine Buchung")
    expect(warning).to_contain_text(f"({second}, gleiche Telefonnummer)")
    axe(page)
    console.press("Enter")
    expect(page.locator("#booked-reference")).to_be_focused()
    expect(page.locator("#booked-contact")).to_contain_text("per SMS")
    reference = page.locator("#booked-reference").inner_text()
    console.press("F9", "F8")
    console.type("familie wass")
    console.press("Enter")
    expect(page.locator("#hit-list button")).to_contain_text("Personen: 2")
    console.press("1")
    expect(page.locator("#found-reference")).to_have_text(reference)
    expect(page.locator("#found-facts")).to_contain_text("Personen: 2")
    console.press("Tab", "Enter")
    expect(console.offers.first).to_be_visible()
    assert console.offer(1) == ("suedbad", other["start"])
    console.press("1", "Enter")
    expect(page.locator("#booked-heading")).to_have_text("Termin verschoben")
    assert agent.api.get(f"/entry-bookings/{reference}").json()["entry"] == other["entry"]
    console.press("F9", "F8")
    console.type(reference)
    console.press("Enter")
    expect(page.locator("#found-reference")).to_be_focused()
    console.press("Tab", "Tab", "Enter", "Enter")
    console.reads("Der Termin ist abgesagt.")
    kept = agent.api.get(f"/entry-bookings/{reference}").raise_for_status().json()
    assert (kept["status"], kept["party_size"]) == ("cancelled", 2)
    assert kept["contact"]["confirm_by"] == ["sms"]
    agent.api.post(f"/entry-bookings/{second}/cancel").raise_for_status()


def test_hours_that_others_book_are_gone_from_the_card_while_it_is_read(
    agent: Agent, console: Console, axe: Axe
) -> None:
    page = console.page
    console.press("F7")
    page.locator("#card-office").select_option("suedbad")
    hours = page.locator("#card button.hit")
    expect(hours.first).to_contain_text("noch")
    query: dict[str, str | int] = {"office": "suedbad", "channel": "phone", "limit": 2}
    first, second = agent.api.get("/entries", params=query).raise_for_status().json()["items"]

    def others_book(hour: dict[str, Any], party: int) -> str:
        taken = {"office": "suedbad", "entry": hour["entry"], "party_size": party, "channel": "phone"}
        made = agent.api.post("/entry-bookings", json=taken | {"contact": {"name": "Andere"}})
        return str(made.raise_for_status().json()["reference"])

    free, most = first["free"], first["most_party"]
    taken = [others_book(second, 1), *(others_book(first, min(most, free - n)) for n in range(0, free, most))]
    expect(hours.nth(1)).to_contain_text(f"noch {second['free'] - 1} Plätze")
    expect(hours.first).to_contain_text("gerade vergeben")
    axe(page)
    page.locator("#card").focus()
    console.press("1")
    expect(page.locator("#card-dialog [data-error]")).to_have_text("Diese Plätze wurden gerade vergeben.")
    expect(page.locator("#entry-form")).to_be_hidden()
    for reference in taken:
        agent.api.post(f"/entry-bookings/{reference}/cancel").raise_for_status()
    expect(hours.first).to_contain_text(f"noch {free} Plätze")


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_state_is_accessible_and_fits(
    agent: Agent, open_page: OpenPage, axe: Axe, others: Others, language: str
) -> None:
    # What axe finds hangs on the state, neither on the language nor on the width: once is enough.
    console = agent.opens_console(open_page, f"?lang={language}")
    page = console.page

    def is_fine(*, seen_elsewhere: bool = False) -> None:
        if language == "de" and not seen_elsewhere:
            axe(page)
        for width in OTHER_WIDTHS:
            page.set_viewport_size({**DESK, "width": width})
            assert has_no_sideways_scroll(page), width
            assert dialog.count() == 0 or dialog.evaluate(NOTHING_CUT_OFF), width
        page.set_viewport_size(DESK)

    dialog = page.locator("dialog[open]")
    is_fine()
    for key in ("F1", "F6", "F7", "F10"):
        console.press(key)
        expect(dialog).to_be_visible()
        is_fine(seen_elsewhere=key in {"F6", "F7"})
        console.press("Escape")
        expect(dialog).to_have_count(0)
    console.type("pass")
    is_fine()
    console.press("Escape")
    console.choose_service("personalausweis" if language == "de" else "identity card")
    is_fine()
    console.press("k")
    expect(dialog).to_be_visible()
    is_fine()
    console.press("Escape")
    expect(dialog).to_have_count(0)
    console.press("1")
    expect(page.locator("#contact-name")).to_be_focused()
    console.press("Enter")
    expect(page.locator("#contact-mistakes")).to_be_visible()
    is_fine(seen_elsewhere=True)
    page.locator("#contact-name").focus()
    console.give_name_and_number("Erika Beispiel", "0421 3618888")
    expect(page.locator("#book")).to_be_focused()
    is_fine()
    console.press("Enter")
    expect(page.locator("#booked-reference")).to_be_focused()
    is_fine()
    reference = page.locator("#booked-reference").inner_text()
    console.press("F9", "F8")
    console.type(reference)
    console.press("Enter")
    expect(page.locator("#found-reference")).to_be_focused()
    is_fine()
    console.press("Tab", "Tab", "Enter")
    expect(page.locator("#cancel-for-good")).to_be_focused()
    is_fine()
    others.cancel(reference)
