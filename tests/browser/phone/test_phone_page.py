"""The 115 console: what is found and shown, callbacks, the waiting list, and whether all can use it."""

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, log_in
from tests.browser.phone.phone_console import DESK, Agent, Console, Others

SERVICE = "personalausweis"
OTHER_WIDTHS = (1920, 600, 320)
"""CSS pixels: a large screen, 1200 at 200 %, 1280 at 400 % (WCAG 1.4.10)."""
NOTHING_CUT_OFF = "dialog => dialog.scrollWidth <= dialog.clientWidth"


def test_services_are_found_by_what_callers_say_and_how_agents_type(console: Console) -> None:
    wanted = {
        "perso": "Personalausweis beantragen",
        "fuehrungs": "Führungszeugnis beantragen",
        "fuhrungs": "Führungszeugnis beantragen",
        "99036008003000": "Fahrzeug abmelden",
        "auto abm": "Fahrzeug abmelden",
        "heiraten": "Eheschließung anmelden",
        "umgezogen": "Wohnsitz an- oder ummelden",
        "reispass": "Reisepass beantragen",
        "gewrebe": "Gewerbe anmelden",
        "personalausweiss": "Personalausweis beantragen",
        "reisepas": "Reisepass beantragen",
        "ummelden": "Wohnsitz an- oder ummelden",
        "internat führerschain": "Internationaler Führerschein",
        "umzg": "Wohnsitz an- oder ummelden",
        "kinderreisepass": "Reisepass beantragen",
        "geburtsurkunde": "Geburts-, Ehe- oder Sterbeurkunde",
        "pin vergessen": "Online-Ausweis und PIN",
        "certificate of conduct": "Führungszeugnis beantragen",
    }
    found = {}
    for typed in wanted:
        console.type(typed)
        first = console.page.get_by_label("Gefundene Dienstleistungen").get_by_role("option", selected=True)
        found[typed] = first.inner_text().rpartition(" ")[0].rpartition(" ")[0]
        console.press("Escape")
    assert found == wanted


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


def test_words_that_fit_nothing_are_answered_in_words(console: Console) -> None:
    console.type("xyzzy")
    expect(console.page.get_by_text("Keine Dienstleistung gefunden.")).to_be_visible()
    console.press("Enter")
    expect(console.page.locator("#service")).to_be_focused()


def test_offers_are_the_earliest_of_all_offices_in_order(console: Console) -> None:
    console.choose_service("perso")
    expect(console.offers).to_have_count(9)
    offers = [console.offer(number) for number in range(1, 10)]
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(offers))
    assert len({office for office, _ in offers}) > 1
    console.press("0")
    expect(console.page.locator("#places-count")).to_contain_text("Seite 2")
    assert console.offer(1)[1] >= offers[-1][1]


def test_why_there_is_no_place_is_said_in_words(console: Console) -> None:
    console.choose_service("perso")
    console.press("F2")
    console.type("steuererkl")
    console.press("Enter")
    expect(console.page.locator("#places-note")).to_contain_text(
        "Kein Standort bietet alles zusammen mit Termin an."
    )
    console.reads("Nichts frei.")


def test_a_day_on_which_nothing_can_be_booked_is_refused_in_words(console: Console) -> None:
    console.choose_service("perso")
    console.page.get_by_label("Ab", exact=True).fill("2020-01-01")
    console.press("Enter")
    console.reads("Termine gibt es vom ")


def test_a_narrower_search_shows_one_office_in_the_afternoon(console: Console) -> None:
    console.choose_service("perso")
    console.press("F3")
    console.page.locator("#filter-office").select_option("bsc-nord")
    console.press("Enter")
    expect(console.focused).to_have_attribute("name", "place")
    console.press("t", "t")
    expect(console.page.get_by_label("Tageszeit")).to_have_value("afternoon")
    expect(console.offers.first).to_have_attribute("data-offer", re.compile(r"^bsc-nord \S+T1[2-9]:"))
    offers = [console.offer(number) for number in range(1, 10)]
    assert {office for office, _ in offers} == {"bsc-nord"}
    assert all(start[11:13] >= "12" for _, start in offers)


def test_an_appointment_is_moved_and_cancelled_by_its_number(console: Console, others: Others) -> None:
    console.choose_service("perso")
    console.hold()
    console.give_name_and_number("Erika Beispiel", "0421 3618888")
    reference = console.book()
    console.press("F9", "F8")
    console.type(reference.lower().replace("-", " "))
    console.press("Enter")
    expect(console.page.locator("#found-facts")).to_contain_text("Erika Beispiel")
    console.press("Tab", "Enter")
    expect(console.focused).to_have_attribute("name", "place")
    office, start = console.offer(5)
    console.press("5")
    expect(console.page.get_by_role("button", name="Termin hierher verschieben")).to_be_focused()
    console.press("Enter")
    expect(console.page.locator("#booked-reference")).to_be_focused()
    kept = others.appointment(reference)
    assert (kept["office"], kept["start"], kept["status"]) == (office, start, "booked")
    console.press("F9", "F8")
    console.type(reference)
    console.press("Enter")
    expect(console.page.locator("#found-reference")).to_be_focused()
    console.press("Tab", "Tab", "Enter", "Enter")
    console.reads("Der Termin ist abgesagt.")
    assert others.appointment(reference)["status"] == "cancelled"


def test_an_unknown_number_is_said_in_words(console: Console) -> None:
    console.press("F8")
    console.type("2345-AAAA")
    console.press("Enter")
    console.reads("Unter dieser Terminnummer gibt es keinen Termin.")


def test_appointments_are_found_by_the_caller_s_line_and_by_name(
    agent: Agent, open_page: OpenPage, others: Others, axe: Axe
) -> None:
    references = [
        others.book_for(SERVICE, name=f"{first} Suchbar", phone="0421 3619876")
        for first in ("Wilma", "Willi")
    ]
    console = agent.opens_console(open_page, "?caller=+494213619876")
    console.press("F8", "Enter")
    hits = console.page.get_by_role("list", name="Gefundene Termine").get_by_role("button")
    expect(hits).to_have_count(2)
    expect(hits.first).to_be_focused()
    axe(console.page)
    console.press("2")
    expect(console.page.locator("#found-reference")).to_be_focused()
    assert console.page.locator("#found-reference").inner_text() in references
    console.press("Escape")
    expect(hits.first).to_be_focused()
    console.press("F8")
    console.type("suchbar will")
    console.press("Enter")
    expect(hits).to_have_count(1)
    expect(hits).to_contain_text("Willi Suchbar, 0421 3619876")
    console.press("F9")
    expect(console.page.locator("body")).not_to_contain_text("Suchbar")


def test_somebody_is_called_back_and_need_not_tell_it_twice(
    console: Console, others: Others, axe: Axe
) -> None:
    page = console.page
    console.choose_service("perso")
    console.press("F6", "Enter")
    expect(page.locator("#callback-name")).to_be_focused()
    expect(page.locator("#callback-name")).to_have_accessible_description("Bitte den Namen eintragen.")
    axe(page)
    console.type("Rita Rückruf")
    console.press("Tab")
    console.type("0421 3619879")
    expect(page.get_by_label("Worum geht es?")).to_have_value("Personalausweis beantragen")
    console.press("Tab", "Tab")
    console.type("Kommt mit Rollstuhl.")
    console.press("Enter")
    console.reads("Rückruf vorgemerkt: ")
    expect(console.focused).to_have_attribute("name", "place")
    console.press("F9")
    expect(page.get_by_role("button", name="Rückrufe")).to_have_accessible_name(re.compile(r"Rückrufe \(1\)"))
    console.press("F10")
    items = page.get_by_role("list", name="Rückrufe").get_by_role("button")
    expect(items).to_have_count(1)
    console.press("1")
    hand_over = page.get_by_role("group", name="Rückruf")
    expect(hand_over).to_contain_text("Rückruf an Rita Rückruf, 0421 3619879")
    expect(hand_over).to_contain_text("Kommt mit Rollstuhl.")
    expect(console.focused).to_have_attribute("name", "place")
    console.hold()
    expect(page.locator("#contact-name")).to_have_value("Rita Rückruf")
    console.press("Tab", "Tab", "ArrowLeft", "Enter")
    reference = console.book()
    console.reads("Danach F10: Rückruf abschließen.")
    console.press("F10")
    expect(page.get_by_label("Ergebnis oder Notiz")).to_have_value(
        re.compile(f"Termin gebucht: {reference}, ")
    )
    axe(page)
    console.press("Enter")
    console.reads("Der Rückruf ist erledigt.")
    expect(page.locator("body")).not_to_contain_text("Rita")
    console.press("F10")
    expect(page.get_by_role("dialog", name="Rückrufe")).to_contain_text("Niemand wartet auf einen Anruf.")
    others.cancel(reference)


def test_a_place_that_becomes_free_is_offered_to_whoever_waits_and_booked_by_their_yes(
    console: Console, others: Others, axe: Axe
) -> None:
    page = console.page
    console.choose_service("perso")
    console.press("w")
    expect(page.locator("#waiting-name")).to_be_focused()
    console.type("Walter Warteliste")
    console.press("Tab")
    console.type("0421 3619880")
    axe(page)
    console.press("Enter")
    console.reads("Auf der Warteliste, Nummer")
    console.press("F9", "F10")
    offered = page.get_by_role("list", name="Rückrufe").get_by_role("button").first
    expect(offered).to_contain_text("freier Termin, Antwort bis:")
    expect(offered).to_contain_text("Walter Warteliste, 0421 3619880")
    console.press("1")
    expect(page.locator("#read-back-text")).to_contain_text("Personalausweis beantragen")
    console.press("F10")
    expect(page.get_by_role("dialog", name="Nimmt die Person den freien Termin?")).to_be_visible()
    axe(page)
    console.press("Enter")
    reference = page.locator("#booked-reference")
    expect(reference).to_be_focused()
    kept = others.appointment(reference.inner_text())
    assert (kept["status"], kept["contact"]["name"]) == ("booked", "Walter Warteliste")
    others.cancel(kept["reference"])


def test_every_place_answers_questions_and_its_hours_are_booked_and_cancelled(
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
    console.press("Tab", "Enter", "Enter")
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


def test_the_calendar_leads_to_the_places_of_one_office_from_one_day_on(console: Console) -> None:
    console.choose_service("perso")
    console.press("k")
    expect(console.focused).to_have_accessible_name(re.compile(", frühester Tag: "))
    console.press("ArrowDown", "End")
    last = console.focused
    while "noch etwa" not in (last.get_attribute("aria-label") or ""):
        console.press("ArrowLeft")  # to an open day
    office, _, day, _ = (last.get_attribute("aria-label") or "").split(", ")
    console.press("Enter")
    expect(console.page.locator(".day__heading").first).to_contain_text(day.rpartition(" ")[0])
    expect(console.focused).to_have_attribute("name", "place")
    expect(console.page.locator("#filter-office option:checked")).to_have_text(office)
    assert len({console.offer(number)[0] for number in range(1, 10)}) == 1


def test_a_full_day_in_the_calendar_is_refused_in_words(console: Console) -> None:
    console.choose_service("perso")
    console.press("k")
    console.page.locator("#day-map td", has_text="–").first.click()
    dialog = console.page.get_by_role("dialog", name="Kalender")
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("An diesem Tag ist dort nichts frei."))


def test_the_nearest_offices_come_first_with_their_distance(console: Console) -> None:
    console.choose_service("perso")
    near = console.page.get_by_label("In der Nähe von")
    near.focus()
    console.type("Vegesack")
    console.press("Enter")
    expect(console.focused).to_have_attribute("name", "place")
    console.reads("Zuerst die Standorte nahe Vegesack.")
    assert console.offer(1)[0] == "bsc-nord"
    expect(console.offers.first).to_contain_text("1,1 km")
    near.focus()
    console.press("Control+a")
    console.type("Atlantis")
    console.press("Enter")
    console.reads("Diesen Stadtteil oder diese Postleitzahl kennt das Verzeichnis nicht.")
    expect(near).to_be_focused()


def test_only_days_of_the_wanted_weekday_are_offered(console: Console) -> None:
    console.choose_service("perso")
    console.page.get_by_label("Wochentag").select_option("thursday")
    console.page.get_by_label("Tageszeit").select_option("morning")
    expect(console.page.locator(".day__heading").first).to_contain_text("Donnerstag")
    headings = console.page.locator(".day__heading").all_inner_texts()
    assert all("Donnerstag" in heading for heading in headings)
    assert all(console.offer(number)[1][11:13] < "12" for number in range(1, 10))


def test_somebody_on_the_waiting_list_is_found_by_the_number_and_taken_off(
    agent: Agent, console: Console, others: Others
) -> None:
    reference = others.wait_for_a_place(SERVICE, name="Wanda Wartet", phone="0421 3619881")
    console.press("F8")
    console.type(reference)
    console.press("Enter")
    console.reads("Steht auf der Warteliste. Streichen?")
    expect(console.page.locator("#found-facts")).to_contain_text("Wanda Wartet")
    console.press("Tab", "Enter", "Enter")
    console.reads("Von der Warteliste gestrichen.")
    kept = agent.api.get(f"/waiting-list/{reference}").raise_for_status().json()
    assert kept["state"] == "withdrawn"


def test_supervisors_alone_are_offered_places_kept_for_emergencies(
    console: Console, chromium: Browser, demo_service: DemoService, open_page: OpenPage
) -> None:
    expect(console.page.locator("#emergency-possible")).to_be_hidden()
    supervisor = Agent(demo_service, chromium, "supervisor1")
    urgent = supervisor.opens_console(open_page)
    urgent.choose_service("perso")
    urgent.page.get_by_label("mit Notfallplätzen").check()
    expect(urgent.page.locator("#places-count")).to_contain_text("9 Termine")
    urgent.press("F4")
    with urgent.page.expect_response("**/api/v1/appointments") as held:
        urgent.hold()
    assert held.value.status == 201
    assert '"emergency":true' in (held.value.request.post_data or "")
    urgent.press("Escape")
    expect(urgent.focused).to_have_attribute("name", "place")
    supervisor.leave()
