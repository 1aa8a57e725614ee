"""Citizens book at the front door: on a telephone, by keyboard, without scripts, going back."""

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll

TELEPHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 800}
"""A small telephone, and a wide screen at 400 % (WCAG 1.4.10)."""
A4_POINTS = (595, 842)
PLACES = "/booking/places?service=personalausweis"


@pytest.fixture
def at(demo_service: DemoService, open_page: OpenPage) -> Callable[..., Page]:
    """Open a page of the service."""

    def opened(path: str, **options: object) -> Page:
        page = open_page(**{"viewport": TELEPHONE, **options})
        page.goto(f"{demo_service.base_url}{path}")
        return page

    return opened


def question(page: Page, words: str) -> None:
    """Wait for the step that asks this."""
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def choose_first_place(page: Page) -> None:
    page.locator(".time").first.click()
    question(page, "Wie sollen wir den Termin bestätigen?")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_family_of_two_books_on_a_telephone_and_cancels(
    at: Callable[..., Page], axe: Axe, javascript: bool
) -> None:
    page = at("/", java_script_enabled=javascript)

    def looked_at() -> None:
        assert has_no_sideways_scroll(page)
        if javascript:
            axe(page)

    looked_at()
    page.get_by_label("Anliegen suchen").fill("perso")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("„perso“ gesucht"))
    looked_at()
    page.get_by_role("link", name="Personalausweis beantragen").click()
    question(page, "Ihr Anliegen")
    looked_at()
    page.get_by_label("Wie viele brauchen Sie?").select_option("2")
    page.get_by_label("Wie viele Personen kommen zum Termin?").select_option("2")
    press(page, "Weiter: Ort und Zeit wählen")
    expect(page).to_have_title(re.compile("^Schritt 2 von 4: Ort und Zeit"))
    looked_at()
    choose_first_place(page)
    expect(page.get_by_text("Für Sie freigehalten bis")).to_be_visible()
    looked_at()
    page.get_by_label("Per E-Mail").check()
    page.get_by_label("E-Mail-Adresse").fill("erika@beispiel.de")
    press(page, "Weiter: Angaben prüfen")
    question(page, "Stimmt alles?")
    expect(page.get_by_text("Per E-Mail an erika@beispiel.de")).to_be_visible()
    looked_at()
    press(page, "Termin verbindlich buchen")
    question(page, "Ihr Termin ist gebucht")
    expect(page.get_by_text("2 × Personalausweis beantragen, 2 Personen")).to_be_visible()
    looked_at()
    page.get_by_role("link", name="Termin absagen").click()
    question(page, "Möchten Sie diesen Termin absagen?")
    looked_at()
    press(page, "Ja, Termin absagen")
    question(page, "Ihr Termin ist abgesagt")


def test_everything_can_be_done_by_keyboard(at: Callable[..., Page]) -> None:
    page = at("/", viewport={"width": 1280, "height": 800})

    def tab_to(text: str) -> None:
        """Press Tab until the focus stands on what says this; within what a page can have."""
        for _ in range(60):
            page.keyboard.press("Tab")
            said = page.evaluate(
                "() => (e => (e.labels?.[0] ?? e).textContent.trim())(document.activeElement)"
            )
            if text in said:
                return
        raise AssertionError(f"the focus never comes to {text!r}")

    tab_to("Ausweise und Pässe")
    page.keyboard.press("Enter")
    tab_to("Reisepass beantragen")
    page.keyboard.press("Enter")
    question(page, "Ihr Anliegen")
    tab_to("Weiter: Ort und Zeit")
    page.keyboard.press("Enter")
    question(page, "Wo und wann?")
    tab_to("Uhr, ")
    page.keyboard.press("Enter")
    question(page, "Wie sollen wir den Termin bestätigen?")
    tab_to("Nur auf der nächsten Seite")
    page.keyboard.press("Space")
    tab_to("Weiter: Angaben prüfen")
    page.keyboard.press("Enter")
    question(page, "Stimmt alles?")
    tab_to("Termin verbindlich buchen")
    page.keyboard.press("Enter")
    question(page, "Ihr Termin ist gebucht")


def test_going_back_loses_nothing_that_was_typed_and_no_place(at: Callable[..., Page]) -> None:
    page = at(PLACES)
    choose_first_place(page)
    page.get_by_label("Per SMS").check()
    page.get_by_label("Handynummer").fill("0151 23456789")
    press(page, "Weiter: Angaben prüfen")
    question(page, "Stimmt alles?")
    page.go_back()
    expect(page.get_by_label("Handynummer")).to_have_value("0151 23456789")
    page.go_back()
    expect(page.get_by_text("Für Sie ist schon ein Termin reserviert")).to_be_visible()
    page.get_by_role("link", name="Mit diesem Termin weitermachen").click()
    question(page, "Wie sollen wir den Termin bestätigen?")


def test_an_impatient_double_click_books_one_appointment(at: Callable[..., Page]) -> None:
    page = at(PLACES)
    page.locator(".time").first.dblclick()
    question(page, "Wie sollen wir den Termin bestätigen?")
    page.get_by_label("Nur auf der nächsten Seite").check()
    press(page, "Weiter: Angaben prüfen")
    page.get_by_role("button", name="Termin verbindlich buchen").dblclick()
    question(page, "Ihr Termin ist gebucht")
    held = [cookie for cookie in page.context.cookies() if "appointment" in str(cookie.get("name"))]
    assert len(held) == 1


def test_a_mistake_stands_beside_its_field_and_in_the_summary(at: Callable[..., Page], axe: Axe) -> None:
    page = at(PLACES)
    choose_first_place(page)
    page.get_by_label("Per E-Mail").check()
    page.get_by_label("E-Mail-Adresse").fill("erika")
    press(page, "Weiter: Angaben prüfen")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(re.compile("^Fehler: Schritt 3 von 4"))
    axe(page)
    page.get_by_role("alert").get_by_role("link", name="Das ist keine E-Mail-Adresse").click()
    field = page.get_by_label("E-Mail-Adresse")
    expect(field).to_be_focused()
    expect(field).to_have_value("erika")
    expect(field).to_have_accessible_description(re.compile("Das ist keine E-Mail-Adresse"))


def test_only_what_was_asked_for_is_offered(at: Callable[..., Page], axe: Axe) -> None:
    page = at(PLACES, viewport=NARROW)
    page.get_by_text("Ort, Tag oder Uhrzeit eingrenzen").click()
    page.get_by_label("Standort", exact=True).select_option("bsc-nord")
    page.get_by_label("Dienstag").check()
    page.get_by_label("ab 12 Uhr").check()
    press(page, "Termine anzeigen")
    expect(page.locator(".day__heading").first).to_contain_text("Dienstag")
    assert all(name == "BürgerServiceCenter-Nord" for name in page.locator(".day__name").all_inner_texts())
    assert all(text >= "12:00" for text in page.locator(".time").all_inner_texts())
    assert has_no_sideways_scroll(page)
    axe(page)


def test_the_time_left_is_told_in_words(at: Callable[..., Page]) -> None:
    page = at(PLACES)
    page.clock.install()
    choose_first_place(page)
    expect(page.get_by_text("Noch 15 Minuten.")).to_be_visible()
    page.clock.run_for(13 * 60_000)
    expect(page.get_by_role("status")).to_have_text("Der Termin ist nur noch kurz für Sie freigehalten.")
    page.clock.run_for(3 * 60_000)
    expect(page.get_by_role("status")).to_contain_text("Die Zeit ist um. Machen Sie ruhig weiter")


def test_the_confirmation_fits_on_one_sheet_and_says_what_counts(
    at: Callable[..., Page], tmp_path: Path
) -> None:
    page = at(PLACES)
    choose_first_place(page)
    page.get_by_label("Nur auf der nächsten Seite").check()
    press(page, "Weiter: Angaben prüfen")
    press(page, "Termin verbindlich buchen")
    question(page, "Ihr Termin ist gebucht")
    reference = page.locator(".reference__number").inner_text()
    page.pdf(path=tmp_path / "confirmation.pdf", prefer_css_page_size=True)
    sheets = pypdfium2.PdfDocument(tmp_path / "confirmation.pdf")
    assert len(sheets) == 1
    assert tuple(round(side) for side in sheets[0].get_size()) == A4_POINTS
    text = sheets[0].get_textpage().get_text_range()
    for said in (reference, "Bitte mitbringen", "secret=", "Bürgertelefon 115"):
        assert said in text
    # What can be pressed is of no use on paper.
    assert "Drucken\r" not in text
    assert "Für Beschäftigte" not in text


def test_the_same_is_found_with_and_without_scripts_and_told_in_english(
    at: Callable[..., Page], axe: Axe
) -> None:
    scripted = at("/", locale="en-GB", viewport=NARROW)
    scripted.get_by_label("Search").press_sequentially("lappen")
    plain = at("/?q=lappen", locale="en-GB", java_script_enabled=False)
    found = [page.locator(".service:visible a").all_inner_texts() for page in (scripted, plain)]
    assert found[0] == found[1] != []
    expect(scripted.get_by_role("status")).to_have_text(f"{len(found[0])} matches found")
    assert has_no_sideways_scroll(scripted)
    axe(scripted)


def test_whoever_finds_nothing_waits_says_no_to_one_offer_and_leaves(
    at: Callable[..., Page], axe: Axe
) -> None:
    page = at("/booking/places?service=personalausweis&office=bsc-nord&weekday=6")

    def looked_at() -> None:
        assert has_no_sideways_scroll(page)
        axe(page)

    looked_at()
    page.get_by_role("link", name="Auf die Warteliste setzen lassen").click()
    question(page, "Auf die Warteliste setzen lassen")
    page.get_by_role("link", name="An allen Standorten warten").click()
    press(page, "Jetzt eintragen")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="Bitte wählen Sie, wie wir Ihnen Bescheid").click()
    page.get_by_label("Mit einem Anruf der 115").check()
    press(page, "Jetzt eintragen")
    field = page.get_by_label("Telefonnummer")
    expect(field).to_have_accessible_description(re.compile("brauchen wir Ihre Telefonnummer"))
    looked_at()
    field.fill("0421 361 88880")
    press(page, "Jetzt eintragen")
    question(page, "Ein Termin ist für Sie frei")
    looked_at()
    press(page, "Nein, auf einen anderen warten")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("Sie stehen auf der Warteliste|Ein Termin ist für Sie frei")
    )
    looked_at()
    page.get_by_role("link", name="Von der Warteliste streichen").click()
    press(page, "Ja, von der Liste streichen")
    question(page, "Sie stehen nicht mehr auf der Warteliste")


def test_a_visit_to_two_groups_of_counters_is_booked_as_one(at: Callable[..., Page]) -> None:
    # Vehicles are another pool there, so the visit leads from one to the next.
    page = at("/booking/places?service=personalausweis&service=fahrzeug-abmelden&office=bsc-nord")
    choose_first_place(page)
    page.get_by_label("Nur auf der nächsten Seite").check()
    press(page, "Weiter: Angaben prüfen")
    press(page, "Termin verbindlich buchen")
    question(page, "Ihr Termin ist gebucht")
    for said in ("Personalausweis beantragen", "Fahrzeug", "BürgerServiceCenter-Nord"):
        expect(page.locator(".visit--booked")).to_contain_text(said)
