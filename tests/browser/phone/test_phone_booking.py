"""The 115 console: booking by keyboard alone, and what happens when something gets in the way."""

import re

from playwright.sync_api import Request, Route, expect

from queue_service.booking.reference import DIN_5009_NAMES
from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import Axe, OpenPage, log_in
from tests.browser.phone.phone_console import AGENT, Agent, Console, Others

SERVICE = "personalausweis"
KEYS_OF_A_BOOKING = 12
"""Key strokes from the first key to "booked" in the common case, typed words not counted."""
CONTACT_SENTENCE = "Keine Telefonnummer. Beispiel: 0421 361 12345."


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


def test_a_letter_needs_an_address_and_may_be_in_large_print_and_leichter_sprache(
    console: Console, others: Others
) -> None:
    console.choose_service("perso")
    console.hold()
    console.type("Erika Beispiel")
    console.press("Tab", "Tab", "Space", "ArrowRight", "ArrowRight", "Enter")
    expect(console.page.get_by_role("textbox", name="Straße und Hausnummer")).to_be_focused()
    for line in ("Am Wall 123", "28195", "Bremen"):
        console.type(line)
        console.press("Tab")
    console.press("Space", "Tab")  # in großer Schrift
    console.press("Space", "Enter")  # in Leichter Sprache
    reference = console.book()
    contact = others.appointment(reference)["contact"]
    assert (contact["confirm_by"], contact["language"]) == (["letter"], "de-simple")
    assert contact["letter_form"] == "large_print"
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
    clocked: Console, others: Others
) -> None:
    console = clocked
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


def test_a_countdown_that_runs_out_does_not_lose_the_call(clocked: Console, others: Others) -> None:
    console = clocked
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

    def note(request: Request) -> None:
        sent.append(f"{request.method} {request.url}")

    console.page.on("request", note)
    console.press("1", "1", "2")
    expect(console.page.locator("#contact-name")).to_be_focused()
    console.page.remove_listener("request", note)
    assert len([request for request in sent if re.fullmatch("POST .*/appointments", request)]) == 1
    console.press("Control+a")
    console.give_name_and_number("Erika Beispiel", "0421 3618888")
    others.cancel(console.book())


def test_an_ended_session_loses_nothing(
    agent: Agent, open_page: OpenPage, demo_service: DemoService, others: Others
) -> None:
    console = agent.opens_console(open_page)
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
