"""The 115 console: booking by keyboard alone, and what happens when something gets in the way."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Route, expect

from queue_service.booking.reference import DIN_5009_NAMES
from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, log_in
from tests.browser.phone_console import AGENT, Agent, Console, Others

SERVICE = "personalausweis"
KEYS_OF_A_BOOKING = 12
"""Key strokes from the first key to "booked" in the common case, typed words not counted."""
AXE_AT_WIDTHS = {1200, 320}
CONTACT_SENTENCE = "Keine Telefonnummer. Beispiel: 0421 361 12345."


@pytest.fixture(scope="module")
def agent(demo_service: DemoService, chromium: Browser) -> Iterator[Agent]:
    somebody = Agent(demo_service, chromium)
    yield somebody
    somebody.api.close()


@pytest.fixture
def others(agent: Agent) -> Iterator[Others]:
    colleagues = Others(agent.api)
    yield colleagues
    colleagues.tidy()


@pytest.fixture
def console(agent: Agent, open_page: OpenPage) -> Console:
    return agent.opens_console(open_page)


def test_an_appointment_is_booked_by_keyboard_alone_from_log_in_to_the_spelled_reference(
    demo_service: DemoService, open_page: OpenPage, others: Others
) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/phone?lang=de")
    page.get_by_label("Benutzername").focus()
    page.keyboard.type(AGENT)
    page.keyboard.press("Tab")
    page.keyboard.type(demo_service.users[AGENT])
    page.keyboard.press("Enter")
    expect(page.locator("#service")).to_be_focused()
    console = Console(page)
    console.choose_service("perso")
    office, start = console.offer(2)
    console.hold("2")
    console.give_name_and_number("Erika Beispiel", "(0421) 361-8888")
    expect(page.locator("#contact-shown")).to_contain_text("Erika Beispiel")
    expect(page.locator("#contact-shown")).to_contain_text("0421 3618888")
    reference = console.book()
    assert console.pressed <= KEYS_OF_A_BOOKING
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", reference)
    spelled = page.locator(".spelled__character").all_inner_texts()
    wanted = [
        f"{letter} wie {DIN_5009_NAMES[letter]}" if letter.isalpha() else f"{letter} Ziffer"
        for letter in reference.replace("-", "")
    ]
    assert [" ".join(words.split()) for words in spelled] == wanted
    kept = others.appointment(reference)
    assert (kept["status"], kept["office"], kept["start"]) == ("booked", office, start)
    assert kept["services"] == [{"service": SERVICE, "quantity": 1}]
    assert (kept["contact"]["name"], kept["contact"]["phone"]) == ("Erika Beispiel", "+494213618888")
    others.cancel(reference)


def test_all_services_and_quantities_of_a_visit_are_booked(console: Console, others: Others) -> None:
    console.choose_service("2 reisepass bean")
    console.press("F2")
    console.choose_service("meldebesch")
    expect(console.page.locator("#chosen-minutes")).to_have_text("etwa 40 Min.")
    console.hold()
    console.give_name_and_number("Familie Sommer", "")
    reference = console.book()
    kept = others.appointment(reference)
    assert [(wish["service"], wish["quantity"]) for wish in kept["services"]] == [
        ("reisepass", 2),
        ("meldebescheinigung", 1),
    ]
    others.cancel(reference)


def test_offers_are_the_earliest_of_all_offices_in_order(console: Console) -> None:
    console.choose_service("perso")
    expect(console.offers).to_have_count(9)
    offers = [console.offer(number) for number in range(1, 10)]
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(offers))
    assert len({office for office, _ in offers}) > 1
    console.press("0")
    expect(console.page.locator("#places-count")).to_contain_text("Seite 2")
    assert console.offer(1)[1] >= offers[-1][1]


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


def test_a_nonsense_number_is_refused_beside_the_field_and_in_the_summary(
    console: Console, others: Others, axe: Axe
) -> None:
    console.choose_service("perso")
    console.hold()
    console.give_name_and_number("Erika Beispiel", "ruf mich an")
    phone = console.page.locator("#contact-phone")
    expect(phone).to_be_focused()
    expect(phone).to_have_accessible_description(CONTACT_SENTENCE)
    expect(phone).to_have_attribute("aria-invalid", "true")
    summary = console.page.get_by_role("alert").filter(has_text="Bitte prüfen")
    expect(summary.get_by_role("link", name=CONTACT_SENTENCE)).to_be_visible()
    axe(console.page)
    console.press("Control+a")
    console.type("0421 361 12345")
    console.press("Enter")
    console.is_read_back()
    reference = console.book()
    assert others.appointment(reference)["contact"]["phone"] == "+4942136112345"
    others.cancel(reference)


def test_a_text_message_needs_a_mobile_number(console: Console) -> None:
    console.choose_service("perso")
    console.hold()
    console.type("Erika Beispiel")
    console.press("Tab")
    console.type("0421 3618888")
    console.press("Tab", "Space", "Enter")
    expect(console.focused).to_have_accessible_description(re.compile("SMS geht nur an eine Handynummer"))


def test_a_letter_needs_an_address_and_may_be_in_leichter_sprache(console: Console, others: Others) -> None:
    console.choose_service("perso")
    console.hold()
    console.type("Erika Beispiel")
    console.press("Tab", "Tab", "Space", "ArrowRight", "ArrowRight", "Enter")
    expect(console.page.get_by_label("Straße und Hausnummer")).to_be_focused()
    for line in ("Am Wall 123", "28195", "Bremen"):
        console.type(line)
        console.press("Tab")
    console.press("Space", "Enter")  # in Leichter Sprache
    reference = console.book()
    contact = others.appointment(reference)["contact"]
    assert (contact["confirm_by"], contact["language"]) == (["letter"], "de-simple")
    assert contact["postal_address"]["street"] == "Am Wall 123"
    others.cancel(reference)


def test_a_place_that_somebody_else_took_is_struck_out_and_leaves_at_the_next_key(
    console: Console, others: Others, axe: Axe
) -> None:
    console.choose_service("perso")
    gone = console.offer(3)
    others.take_all(*gone, SERVICE)
    console.press("3")
    console.reads("Dieser Termin wurde gerade vergeben. Bitte einen anderen wählen.")
    struck = console.offers.nth(2)
    expect(struck).to_contain_text("gerade vergeben")
    axe(console.page)
    assert console.offer(3) == gone, "nothing moves until the next key"
    console.press("ArrowDown")
    expect(console.page.locator(".offer--gone")).to_have_count(0)
    assert gone not in [console.offer(number) for number in range(1, 10)]
    console.hold("3")
    console.give_name_and_number("Erika Beispiel", "0421 3618888")
    others.cancel(console.book())


def test_places_that_go_while_the_agent_reads_are_struck_out_within_a_second(
    agent: Agent, open_page: OpenPage, others: Others
) -> None:
    console = agent.opens_console_with_own_clock(open_page)
    console.choose_service("perso")
    others.take_all(*console.offer(4), SERVICE)
    console.page.clock.run_for(1_000)
    expect(console.offers.nth(3)).to_contain_text("gerade vergeben")
    expect(console.page.locator(".offer--gone")).to_have_count(1)
    console.press("4")
    console.reads("Dieser Termin ist schon vergeben.")


def test_a_place_that_is_given_back_is_free_for_others(console: Console, others: Others) -> None:
    console.choose_service("perso")
    office, start = console.offer(1)
    others.cancel(others.take_all(office, start, SERVICE)[-1])  # now there is just one
    console.hold()
    assert not others.is_free(office, start, SERVICE)
    console.press("Escape")
    expect(console.focused).to_have_attribute("name", "place")
    assert others.is_free(office, start, SERVICE)


def test_a_countdown_that_runs_out_does_not_lose_the_call(
    agent: Agent, open_page: OpenPage, others: Others
) -> None:
    console = agent.opens_console_with_own_clock(open_page)
    console.choose_service("perso")
    console.hold()
    expect(console.page.locator("#hold")).to_have_text(re.compile(r"reserviert, noch [45]:\d\d"))
    console.page.clock.fast_forward("05:02")
    expect(console.page.locator("#hold")).to_have_text("Reservierung abgelaufen")
    console.reads("Die Reservierung ist abgelaufen.")
    console.give_name_and_number("Erika Beispiel", "0421 3618888")
    others.cancel(console.book())


def test_a_booking_whose_answer_is_lost_is_done_once(console: Console, others: Others) -> None:
    console.choose_service("perso")
    console.hold()
    console.give_name_and_number("Erika Beispiel", "0421 3618888")
    console.is_read_back()

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    console.page.route("**/confirm", lose_answer)
    console.press("Enter")
    console.reads("Keine Verbindung.")
    console.page.unroute("**/confirm")
    reference = console.book()
    assert others.appointment(reference)["status"] == "booked"
    others.cancel(reference)


def test_pressing_twice_books_once(console: Console, others: Others) -> None:
    console.choose_service("perso")
    sent: list[str] = []
    console.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    console.press("1", "1", "2")
    expect(console.page.locator("#contact-name")).to_be_focused()
    assert len([url for url in sent if url.endswith("/appointments")]) == 1
    console.press("Control+a")
    console.give_name_and_number("Erika Beispiel", "0421 3618888")
    others.cancel(console.book())


def test_an_ended_session_loses_nothing(console: Console, demo_service: DemoService, others: Others) -> None:
    console.choose_service("perso")
    console.hold()
    console.page.context.clear_cookies()
    console.give_name_and_number("Erika Beispiel", "0421 3618888")
    console.reads("Ihre Anmeldung ist abgelaufen.")
    second = console.page.context.new_page()
    second.goto(f"{demo_service.base_url}/login?lang=de")
    log_in(second, demo_service, AGENT)
    second.close()
    console.press("Enter")
    others.cancel(console.book())


def test_a_new_call_begins_with_nothing_of_the_one_before(console: Console, others: Others) -> None:
    console.choose_service("perso")
    console.hold()
    office, start = console.offer(1)
    console.type("Erika Beispiel")
    console.press("F9")
    console.reads("Dieser Termin ist noch nicht gebucht. F9 noch einmal drücken")
    expect(console.page.locator("#contact-name")).to_have_value("Erika Beispiel")
    console.press("F9")
    expect(console.page.locator("#service")).to_be_focused()
    expect(console.offers).to_have_count(0)
    expect(console.page.locator("#contact-name")).to_have_value("")
    expect(console.page.locator("body")).not_to_contain_text("Erika")
    assert others.is_free(office, start, SERVICE)


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


def test_a_second_booking_is_said_before_it_is_made_and_nothing_stops_it(
    console: Console, others: Others, axe: Axe
) -> None:
    first = others.book_for(SERVICE, name="Doris Doppelt", phone="0421 3619877")
    console.choose_service("perso")
    console.hold()
    console.give_name_and_number("D. Doppelt", "0421 3619877")
    expect(console.focused).to_have_text(re.compile("Trotzdem buchen"))
    warning = console.page.get_by_role("alert").filter(has_text="Vielleicht gibt es schon einen Termin")
    expect(warning).to_contain_text(f"({first}, gleiche Telefonnummer)")
    axe(console.page)
    console.press("Enter")
    expect(console.page.locator("#booked-reference")).to_be_focused()
    others.cancel(console.page.locator("#booked-reference").inner_text())


def test_a_helper_books_for_somebody_whose_name_the_appointment_has(console: Console, others: Others) -> None:
    console.choose_service("perso")
    console.hold()
    console.type("Gerda Gehörlos")
    console.press("Tab")
    console.type("0421 3619878")
    console.press("Tab", "ArrowLeft", "Tab", "Tab", "Space", "Tab")
    console.type("Dolmetschdienst Nord")
    console.press("Enter")
    console.is_read_back()
    expect(console.page.locator("#read-back-text")).to_contain_text("Der Termin ist für: Gerda Gehörlos")
    expect(console.page.locator("#contact-shown")).to_contain_text("Es ruft an: Dolmetschdienst Nord")
    kept = others.appointment(console.book())
    assert kept["contact"]["name"] == "Gerda Gehörlos"
    assert "Dolmetschdienst" not in str(kept), "who helps is nobody's record"
    others.cancel(kept["reference"])


def test_somebody_is_called_back_and_need_not_tell_it_twice(
    agent: Agent, open_page: OpenPage, others: Others, axe: Axe
) -> None:
    console = agent.opens_console(open_page)
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
    console.press("F9", "F10")
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


def test_a_reminder_is_a_question_of_its_own_and_needs_a_way(console: Console, others: Others) -> None:
    console.choose_service("perso")
    console.hold()
    console.type("Erika Beispiel")
    console.press("Tab")
    console.type("0421 3618888")
    console.press("Tab", "ArrowLeft", "Tab", "Space", "Enter")
    expect(console.page.locator("#contact-remind")).to_be_focused()
    expect(console.focused).to_have_accessible_description(re.compile("Erinnert wird per SMS oder E-Mail"))
    console.press("Shift+Tab", "Shift+Tab", "Control+a")
    console.type("0176 12345678")
    console.press("Enter")
    reference = console.book()
    assert others.appointment(reference)["contact"]["remind"] is True
    others.cancel(reference)


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
    console.press("Tab", "Tab", "1")
    expect(page.locator("#entry-party")).to_be_focused()
    axe(page)
    console.press("ArrowUp", "Tab")
    console.type("Familie Wasser")
    console.press("Enter")
    expect(page.locator("#booked-reference")).to_be_focused()
    reference = page.locator("#booked-reference").inner_text()
    console.press("F9", "F8")
    console.type(reference)
    console.press("Enter")
    expect(page.locator("#found-facts")).to_contain_text("Personen: 2")
    console.press("Tab", "Enter", "Enter")
    console.reads("Der Termin ist abgesagt.")
    kept = agent.api.get(f"/entry-bookings/{reference}").raise_for_status().json()
    assert (kept["status"], kept["party_size"]) == ("cancelled", 2)


def test_an_unknown_number_is_said_in_words(console: Console) -> None:
    console.press("F8")
    console.type("2345-AAAA")
    console.press("Enter")
    console.reads("Unter dieser Terminnummer gibt es keinen Termin.")


def test_why_there_is_no_place_is_said_in_words(console: Console) -> None:
    console.choose_service("perso")
    console.press("F2")
    console.type("steuererkl")
    console.press("Enter")
    expect(console.page.locator("#places-note")).to_contain_text(
        "Kein Standort bietet alles zusammen mit Termin an."
    )
    console.reads("Nichts frei.")


def test_the_caller_s_number_fills_the_form_and_stays_out_of_the_address(
    agent: Agent, open_page: OpenPage
) -> None:
    console = agent.opens_console(open_page, "?caller=+494213618888")
    expect(console.page.locator("#caller")).to_contain_text("0421 3618888")
    expect(console.page).to_have_url(f"{agent.service.base_url}/phone")
    console.choose_service("perso")
    console.hold()
    expect(console.page.locator("#contact-phone")).to_have_value("0421 3618888")
    console.press("Escape")
    expect(console.focused).to_have_attribute("name", "place")


def test_the_read_back_follows_the_caller_s_language(console: Console) -> None:
    console.choose_service("perso")
    console.page.get_by_label("Vorlesen auf").select_option("en")
    console.page.keyboard.press("F4")
    console.hold()
    text = console.page.locator("#read-back-text")
    expect(text).to_have_attribute("lang", "en")
    expect(text).to_contain_text("Please bring: ")
    expect(text).to_contain_text("Apply for an identity card")
    console.press("Escape")
    expect(console.focused).to_have_attribute("name", "place")


@pytest.mark.parametrize(("language", "width"), [("de", 1200), ("en", 1920), ("de", 600), ("en", 320)])
def test_every_state_is_accessible_and_fits(
    agent: Agent, open_page: OpenPage, axe: Axe, others: Others, language: str, width: int
) -> None:
    # 600 CSS pixels are 1200 at 200 %, 320 are 1280 at 400 % (WCAG 1.4.10). What axe finds stands in
    # columns or below one another: one width of each is enough.
    console = agent.opens_console(open_page, f"?lang={language}", viewport={"width": width, "height": 800})
    page = console.page

    def is_fine() -> None:
        assert has_no_sideways_scroll(page)
        if width in AXE_AT_WIDTHS:
            axe(page)

    is_fine()
    for key in ("F1", "F6", "F7", "F10"):
        console.press(key)
        dialog = page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        is_fine()
        assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth"), key
        console.press("Escape")
        expect(dialog).to_have_count(0)
    console.type("pass")
    is_fine()
    console.press("Escape")
    console.choose_service("personalausweis" if language == "de" else "identity card")
    is_fine()
    console.press("1")
    expect(page.locator("#contact-name")).to_be_focused()
    console.press("Enter")
    expect(page.locator("#contact-mistakes")).to_be_visible()
    is_fine()
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
