"""The kiosk's page by keyboard alone, every step of it in every language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from queue_service.protocol.languages import LANGUAGE_NAMES
from tests.browser.kiosk.kiosk_keyboard import (
    HIGH_CONTRAST,
    TEXTS,
    WITH_COLOURS,
    WITHOUT_COLOURS,
    KeyboardVisitor,
)
from tests.browser.kiosk.kiosk_visitor import LANDSCAPE, PORTRAIT
from tests.system.kiosk_processes import (
    DEVICE_TOKEN,
    KioskProcess,
    StandInProcess,
    asking_stand_in,
    kiosk_running,
)

PAPERS = ("Ausweise und Pässe", "Identity cards and passports")
PASSPORT = ("Reisepass beantragen", "Passport")
FULL_HD = (1920, 1080)

COMFORT = {
    "en": ["Mehr Kontrast"],
    "pl": ["Größere Schrift", "Größere Schrift"],
    "tr": ["Tasten nach unten"],
}
"""What each of these visitors has set; the others take the page as it is."""
RULES = {"de": WITH_COLOURS, "en": HIGH_CONTRAST}
WALKED_IN_FULL = ("de", "ar")
"""Where each step is walked through stop by stop: read from the left, and from the right."""
LONG_WORDS = {"fr": (PORTRAIT, FULL_HD), "ru": (PORTRAIT, FULL_HD)}
"""Who stands before the larger screens too."""

WARNED_AFTER_SECONDS = 71
AWAY_AFTER_SECONDS = 5


@pytest.fixture(scope="module")
def service() -> Iterator[StandInProcess]:
    """The stand-in of an office that asks, and gives several passports at once."""
    with asking_stand_in() as program:
        yield program


@pytest.fixture(scope="module")
def visitor(chromium: Browser, kiosk: KioskProcess) -> Iterator[KeyboardVisitor]:
    """Stands at the screen that has the least room."""
    page = chromium.new_page(
        viewport={"width": LANDSCAPE[0], "height": LANDSCAPE[1]}, reduced_motion="reduce"
    )
    page.set_default_timeout(10_000)
    page.clock.install()
    # What is said is heard elsewhere; here every sentence must stand on the screen.
    page.route("**/api/speech", lambda route: route.fulfill(status=404, json={"code": "no_voice"}))
    visitor = KeyboardVisitor(page, kiosk.url)
    yield visitor
    assert visitor.thrown == []
    page.close()


def _come(visitor: KeyboardVisitor, language: str) -> None:
    """Stand at the start in this language, and set what its visitor has set."""
    visitor.rules = RULES.get(language, WITHOUT_COLOURS)
    visitor.walks_in_full = language in WALKED_IN_FULL
    visitor.screens = LONG_WORDS.get(language, ())
    visitor.come()
    visitor.speak(language)
    for words in COMFORT.get(language, ()):
        visitor.press(visitor.say(words))


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_a_visit_needs_no_finger(visitor: KeyboardVisitor, language: str) -> None:
    _come(visitor, language)
    visitor.look("start")
    visitor.go_on("Ich habe einen Termin", "check_in")
    visitor.look("check-in")
    visitor.page.keyboard.type("K7RM2222")
    visitor.go_on("Anmelden", "needs")
    visitor.look("needs at check-in")
    visitor.go_on("Nein, weiter", "check_in")
    visitor.page.get_by_role("alert").wait_for()
    visitor.look("unknown code")
    visitor.back_to("start")
    _call_somebody(visitor)
    visitor.go_on("Ich habe keinen Termin", "services")
    visitor.look("groups")
    _search(visitor)
    _take_a_number(visitor)
    visitor.speak(language)
    _ask_how_long(visitor)


def _call_somebody(visitor: KeyboardVisitor) -> None:
    visitor.go_on("Hilfe", "help")
    visitor.look("help")
    visitor.press(visitor.say("Jemanden rufen"))
    visitor.page.get_by_text(visitor.say("Ich brauche keine Hilfe mehr")).wait_for()
    visitor.look("help is called")
    visitor.press(visitor.say("Ich brauche keine Hilfe mehr"))
    visitor.page.get_by_text(visitor.say("Jemanden rufen")).wait_for()
    visitor.back_to("start")


def _search(visitor: KeyboardVisitor) -> None:
    visitor.go_on("Dienstleistung suchen", "search")
    visitor.look("search")
    visitor.page.keyboard.type("PASS")
    visitor.look("search with results")
    visitor.press(visitor.say("Treffer zeigen"))
    visitor.look("results")
    visitor.page.keyboard.type("XYZ")
    visitor.look("nothing found")
    visitor.back_to("services")


def _take_a_number(visitor: KeyboardVisitor) -> None:
    visitor.press(visitor.of_office(*PAPERS))
    visitor.look("services")
    visitor.press(visitor.of_office(*PASSPORT))
    visitor.arrive("quantity")
    visitor.look("quantity")
    visitor.press("3")
    visitor.arrive("needs")
    visitor.look("needs")
    visitor.press(visitor.say("Ich habe kleine Kinder dabei"), "Space")
    visitor.press(visitor.say("Bitte holen Sie mich ab"), "Space")
    visitor.look("needs chosen")
    visitor.go_on("Weiter", "ticket")
    visitor.page.get_by_text(visitor.say("Bitte nehmen Sie Ihre Nummer.")).wait_for()
    wait = TEXTS.say_count(
        "etwa {low}–{count} Minute", "etwa {low}–{count} Minuten", 35, visitor.language, low=20
    )
    expect(visitor.page.locator(".facts")).to_contain_text(wait)
    visitor.number = visitor.page.locator(".number").inner_text()
    visitor.look("ticket")
    visitor.press(visitor.say("Noch einmal drucken"))
    visitor.page.get_by_text(visitor.say("Noch einmal drucken")).wait_for()
    visitor.look("ticket once more")
    visitor.go_on("Fertig", "start")


def _ask_how_long(visitor: KeyboardVisitor) -> None:
    visitor.go_on("Ich habe schon eine Nummer: Wie lange noch?", "number")
    visitor.look("number")
    visitor.page.keyboard.type("Z999")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("alert").wait_for()
    visitor.look("unknown number")
    for _ in "Z999":
        visitor.page.keyboard.press("Backspace")
    visitor.page.keyboard.type(visitor.number)
    visitor.go_on("Anzeigen", "standing")
    visitor.look("standing")
    visitor.go_on("Fertig", "start")


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_a_visit_needs_no_sight(visitor: KeyboardVisitor, language: str) -> None:
    _come(visitor, language)
    visitor.choose(0, "language")
    visitor.look("spoken language")
    visitor.choose(0, "start")
    visitor.look("spoken start")
    if visitor.walks_in_full:
        _reach_the_bar(visitor)
    for at, step in ((1, "check_in"), (2, "number"), (3, "help")):
        visitor.choose(at, step)
        visitor.look(f"spoken {step}")
        visitor.page.keyboard.press("ArrowLeft")
        visitor.arrive("start")
    visitor.choose(0, "services")
    visitor.look("spoken groups")
    visitor.choose(0, "services")
    visitor.page.get_by_text(visitor.of_office(*PASSPORT)).first.wait_for()
    visitor.look("spoken services")
    visitor.choose(1, "quantity")
    visitor.look("spoken quantity")
    visitor.choose(0, "pick_up")
    visitor.look("spoken pick-up")
    visitor.choose(0, "needs")
    visitor.look("spoken needs")
    visitor.choose(0, "ticket")
    visitor.page.get_by_text(visitor.say("Noch einmal drucken")).wait_for()
    visitor.look("spoken ticket")
    visitor.choose(2, "start")


def _reach_the_bar(visitor: KeyboardVisitor) -> None:
    """Whoever sees a little uses the bar by Tab, beside the keys for the choices."""
    root = visitor.page.locator("html")
    visitor.press(visitor.say("Mehr Kontrast"))
    expect(root).to_have_attribute("data-contrast", "high")
    visitor.press(visitor.say("Mehr Kontrast"))
    expect(root).to_have_attribute("data-contrast", "normal")


@pytest.fixture
def everybody(
    visitor: KeyboardVisitor, kiosk: KioskProcess, service: StandInProcess
) -> Iterator[KeyboardVisitor]:
    """For what is the same to all of them, colours with the first; afterwards all is well again."""
    visitor.walks_in_full, visitor.screens = False, ()
    visitor.come()
    yield visitor
    service.accept_token(DEVICE_TOKEN)
    service.tell("answers", answers=[])
    service.tell("walk-ins", open=True)
    service.tell("hall", hall="open")
    kiosk.until(lambda state: state["connected"] and state["hall"] == "open" and state["walk_ins"]["open"])


def _in_every_language(visitor: KeyboardVisitor) -> Iterator[str]:
    for language in LANGUAGE_NAMES:
        visitor.rules = RULES.get(language.replace("en", ""), WITHOUT_COLOURS)
        visitor.speak(language)
        yield language


@pytest.fixture
def without_paper(kiosk: KioskProcess) -> Iterator[None]:
    """Nothing can be put where the tickets go."""
    papers = kiosk.data_dir / "tickets"
    if papers.exists():
        papers.rename(papers.with_suffix(".away"))
    papers.touch()
    yield
    papers.unlink()


@pytest.mark.usefixtures("without_paper")
def test_no_paper_a_pause_and_little_time_are_said_in_every_language(
    everybody: KeyboardVisitor, service: StandInProcess
) -> None:
    visitor = everybody
    service.tell("hall", hall="paused")
    for _ in _in_every_language(visitor):
        expect(visitor.page.locator(".notice")).to_have_count(2)
        visitor.look("paused")
        expect(visitor.page.locator(".overflowing")).to_have_count(0)
        visitor.go_on("Ich habe keinen Termin", "services")
        visitor.page.clock.run_for(WARNED_AFTER_SECONDS * 1000)
        expect(visitor.page.locator(".time-out")).to_be_visible()
        visitor.look("little time")
        visitor.press(visitor.of_office(*PAPERS))
        expect(visitor.page.locator(".time-out")).to_be_hidden()
        visitor.press(visitor.of_office(*PASSPORT))
        visitor.press("2")
        visitor.go_on("Nein, weiter", "ticket")
        visitor.page.get_by_text(visitor.say("Ihre Nummer gilt trotzdem.")).wait_for()
        visitor.look("ticket without paper")
        visitor.go_on("Fertig", "start")


def test_a_day_without_numbers_and_what_failed_are_explained_in_every_language(
    everybody: KeyboardVisitor, service: StandInProcess
) -> None:
    visitor = everybody
    for _ in _in_every_language(visitor):
        service.tell("answers", answers=["nonsense"])
        visitor.go_on("Ich habe keinen Termin", "services")
        visitor.press(visitor.of_office(*PAPERS))
        visitor.press(visitor.of_office(*PASSPORT))
        visitor.press("2")
        visitor.go_on("Nein, weiter", "failed")
        visitor.look("failed")
        visitor.go_on("Zum Anfang", "start")
    service.tell("walk-ins", open=False, reason="holiday", next_chance_at="2199-11-23T07:00:00Z")
    for _ in _in_every_language(visitor):
        visitor.go_on("Ich habe keinen Termin", "closed")
        visitor.look("closed")
        visitor.go_on("Zum Anfang", "start")


def test_whoever_comes_while_the_service_is_away_is_sent_on_in_every_language(
    everybody: KeyboardVisitor, service: StandInProcess
) -> None:
    visitor = everybody
    service.accept_token("another")
    visitor.page.clock.run_for(AWAY_AFTER_SECONDS * 1000)
    expect(visitor.page.locator(".choice")).to_have_count(0)
    for _ in _in_every_language(visitor):
        visitor.look("away")


def test_who_must_leave_and_who_lets_a_device_in_find_nothing_to_press_but_the_bar(
    everybody: KeyboardVisitor, service: StandInProcess, tmp_path: Path
) -> None:
    visitor = everybody
    visitor.rules, visitor.walks_in_full = WITH_COLOURS, True
    service.tell("hall", hall="leave")
    visitor.arrive("leave")
    visitor.look("leave")
    (tmp_path / "new.token").touch()
    with kiosk_running(service.url, tmp_path / "new") as kiosk:
        visitor.come(kiosk.url)
        visitor.arrive("pairing")
        expect(visitor.page.get_by_text("K7R-MW3")).to_be_visible()
        visitor.page.locator("h1").focus()
        visitor.look("pairing")
