"""A visit without sight and without touch: by keys alone, everything said, nothing left for the next one."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.kiosk.kiosk_listener import Listener
from tests.system.kiosk_processes import KioskProcess, StandInProcess, stand_in_running

LIMIT_SECONDS = 91
"""How long a step waits for a key, and a moment."""

EVERYTHING = """
() => [...document.querySelectorAll('*')].filter((one) => !one.matches('.clock')).map((one) => [
    one.localName, [...one.attributes].map(({name, value}) => `${name}=${value}`).sort().join(' '),
    one.children.length ? '' : one.textContent].join(' '))
"""
"""Every element but the clock, with all that is said of it."""

SCAN = """
code => [...code, 'Enter'].forEach((key) =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true})))
"""
"""Keys as fast as a scanner's, however busy the machine is."""


@pytest.fixture(scope="module")
def service() -> Iterator[StandInProcess]:
    """The stand-in of an office that asks, and gives several passports at once."""
    with stand_in_running() as program:
        program.tell("asks", asks=["pick_up", "induction_loop"], several="reisepass")
        yield program


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.set_default_timeout(10_000)
    yield page
    page.close()


def body_of_last(service: StandInProcess) -> dict[str, object]:
    body: dict[str, object] = service.seen("requests")[-1]["body"]
    return {name: value for name, value in body.items() if name not in ("id", "class") and value}


def test_keys_alone_lead_from_the_start_to_a_number_in_german(
    page: Page, kiosk: KioskProcess, service: StandInProcess, axe: Callable[[Page], None]
) -> None:
    visitor = Listener(page, kiosk.url)
    visitor.press("5", "1 von 10")
    axe(page)
    assert "Plus: lauter" in visitor.said()
    visitor.press("5", "Haben Sie einen Termin?")
    visitor.choose("Ich habe keinen Termin", "Was möchten Sie erledigen?")
    visitor.choose("Ausweise und Pässe", "Personalausweis beantragen")
    visitor.choose("Reisepass beantragen", "Wie viele brauchen Sie?")
    visitor.choose("2", "Sollen wir Sie abholen?")
    visitor.choose("Ja, bitte holen Sie mich ab", "Brauchen Sie etwas Besonderes?")
    visitor.choose("Ich nutze ein Hörgerät", "Gewählt.")
    axe(page)
    visitor.find("Weiter")
    visitor.said()
    visitor.press("5", "Ihre Nummer ist auch gedruckt.")
    said = visitor.said()
    number = ", ".join(page.locator(".number").inner_text())
    assert f"Ihre Nummer: {number}." in said
    for words in (
        "vor Ihnen: 12",
        "etwa 20 bis 35 Minuten",
        "rechts neben dem Eingang",
        "Jemand holt Sie dort ab",
    ):
        assert words in said
    axe(page)
    visitor.press("0", number)
    assert body_of_last(service) == {
        "service": "reisepass",
        "language": "de",
        "needs": ["induction_loop"],
        "pick_up": True,
        "slow_walk": True,
        "further_services": ["reisepass"],
        "together": True,
    }
    assert visitor.faults == []


def test_the_same_by_arrow_keys_in_english(
    page: Page, kiosk: KioskProcess, service: StandInProcess, axe: Callable[[Page], None]
) -> None:
    visitor = Listener(page, kiosk.url)
    visitor.press("ArrowDown", "1 von 10")
    visitor.press("ArrowDown", "Leichte Sprache")
    visitor.press("ArrowDown", "English")
    visitor.said()
    visitor.press("Enter", "Do you have an appointment?")
    axe(page)
    visitor.press("Enter", "What would you like to do?")
    visitor.press("ArrowRight", "Identity card")
    visitor.press("ArrowLeft", "What would you like to do?")
    visitor.press("Enter", "Identity card")
    visitor.press("Enter", "Shall we come and fetch you?")
    visitor.press("ArrowDown", "No")
    visitor.press("Enter", "Do you need anything special?")
    visitor.press("Enter", "Your number has also been printed.")
    assert {language for language, _ in visitor.heard} == {"en"}
    assert body_of_last(service) == {"service": "personalausweis", "language": "en", "slow_walk": True}
    visitor.press("ArrowUp", "Done")
    visitor.press("Enter", "Goodbye.")
    expect(page.locator(".choice")).to_have_count(2)


def test_a_code_is_put_together_from_characters_said_back_and_brings_what_the_visitor_needs(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    visitor = Listener(page, kiosk.url)
    visitor.press("5", "1 von 10")
    visitor.press("5", "Haben Sie einen Termin?")
    visitor.choose("Ich habe einen Termin", "Bitte geben Sie Ihren Code ein")
    visitor.press("2", "3")
    visitor.press("5", "Eingabe: 3")
    visitor.press("4", "Bitte geben Sie Ihren Code ein")
    visitor.press("k", "Eingabe: K")
    visitor.choose("7", "Eingabe: K, 7")
    for typed in ("R", "M", "W"):
        visitor.press(typed, f", {typed}")
    visitor.choose("3", "W, 3", by="8")
    visitor.press("X", "3, X")
    visitor.press("R", "Anmelden")
    expect(page.locator("h1")).to_have_text("Eingabe: K, 7, R, M, W, 3, X, R")
    visitor.press("5", "Sollen wir Sie abholen?")
    visitor.choose("Ja, bitte holen Sie mich ab", "Brauchen Sie etwas Besonderes?")
    visitor.press("5", "Ihre Nummer ist auch gedruckt.")
    said = visitor.said()
    assert "T, 0" in said
    assert "Ihr Termin" in said
    assert "Jemand holt Sie dort ab" in said
    assert "aufgerufen" not in said
    assert body_of_last(service) == {
        "reference": "K7RMW3XR",
        "language": "de",
        "pick_up": True,
        "slow_walk": True,
    }


def test_a_service_is_found_by_first_letters_of_which_only_those_are_offered_that_lead_on(
    page: Page, kiosk: KioskProcess, axe: Callable[[Page], None]
) -> None:
    visitor = Listener(page, kiosk.url)
    visitor.press("5", "1 von 10")
    visitor.press("5", "Haben Sie einen Termin?")
    visitor.choose("Ich habe keinen Termin", "Was möchten Sie erledigen?")
    visitor.press("8", "Nach Anfangsbuchstaben suchen")
    visitor.press("5", "Mit welchem Buchstaben fängt ein Wort im Namen an?")
    letters = page.locator(".character .row-words").all_inner_texts()
    assert "".join(letters) == "ABDEFGIMOPRUVW"
    axe(page)
    visitor.choose("R", "Treffer: 2")
    visitor.find("Vorläufiger Reisepass")
    visitor.press("4", "Mit welchem Buchstaben")
    visitor.press("a", "Eingabe: A")
    assert page.locator(".character .row-words").all_inner_texts() == ["B", "N", "U"]
    visitor.choose("N", "Treffer: 2")
    visitor.find("Gewerbe anmelden")
    visitor.press("0", "Gewerbe anmelden")
    visitor.press("5", "Sollen wir Sie abholen?")
    visitor.press("4", "Eingabe: A, N")
    assert visitor.faults == []


def test_a_scanned_confirmation_checks_in_from_the_start_and_begins_no_speech(
    page: Page, kiosk: KioskProcess
) -> None:
    visitor = Listener(page, kiosk.url)
    page.evaluate(SCAN, "K7RM-W3XR")
    page.get_by_role("button", name="Nein, weiter").click()
    expect(page.locator(".number")).to_contain_text("T0")
    assert visitor.heard == []


def test_nothing_of_the_visitor_before_is_left(page: Page, kiosk: KioskProcess) -> None:
    page.clock.install()
    visitor = Listener(page, kiosk.url)
    root = page.locator("html")
    before = page.evaluate(EVERYTHING)
    visitor.press("MediaPlayPause", "1 von 10")
    visitor.press("+", "Lautstärke 4 von 5")
    page.locator(".bar-button").nth(2).click()
    visitor.choose("English", "Do you have an appointment?")
    visitor.choose("I have an appointment", "Please enter your code")
    visitor.press("2", "3")
    visitor.press("5", "3")
    expect(root).to_have_attribute("lang", "en")
    page.clock.run_for(LIMIT_SECONDS * 1000)
    while page.locator(".choice").count() == 0:
        page.clock.run_for(LIMIT_SECONDS * 1000)
    assert page.evaluate(EVERYTHING) == before
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    visitor.press("5", "1 von 10")
    expect(page.locator(".spoken-keys")).to_contain_text("Lautstärke 3 von 5")
    visitor.press("*", "Auf Wiedersehen.")
    visitor.said()
    page.keyboard.press("*")
    visitor.press("0", "1 von 10")


def test_a_language_that_cannot_be_spoken_is_shown_and_said_to_be_silent(
    page: Page, kiosk: KioskProcess
) -> None:
    page.route("**/api/speech", lambda route: route.fulfill(status=404, json={"code": "no_voice"}))
    visitor = Listener(page, kiosk.url)
    visitor.press("5", "1 von 10")
    expect(page.get_by_text("Das Gerät kann das gerade nicht vorlesen. Der Text steht hier.")).to_be_visible()
    visitor.press("5", "Haben Sie einen Termin?")
    expect(page.get_by_text("Ich habe keinen Termin")).to_be_visible()
