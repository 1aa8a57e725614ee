"""The 115 console with callers who have an appointment, wait for one, or are to be called back."""

import re

from playwright.sync_api import expect

from tests.browser.people_at_pages import Axe, OpenPage
from tests.browser.phone.phone_console import Agent, Console, Others

SERVICE = "personalausweis"


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
