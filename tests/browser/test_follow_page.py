"""The page that a visitor opens on a telephone: one number, one sentence, one range."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from queue_service.protocol.languages import LANGUAGE_NAMES, direction
from queue_service.web.languages import texts
from tests.browser.demo_office import DemoService, Hall
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll

TELEPHONE = {"width": 360, "height": 740}
NARROW_TELEPHONE: ViewportSize = {"width": 320, "height": 640}
LARGEST_BYTES = 50 * 1024
"""Of everything that the browser is sent for the page, heads included (issue: follow your number)."""
FILES_OF_THE_PAGE = 7


@pytest.fixture(scope="module")
def telephone(chromium: Browser) -> Iterator[Page]:
    """One page for all languages."""
    context = chromium.new_context(viewport=NARROW_TELEPHONE, locale="de-DE")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def hall_in_ten_languages(hall_of_the_day: Hall) -> dict[str, str]:
    """One visitor for all languages, by the address that asks for each."""
    hall_of_the_day.empty()
    mine = hall_of_the_day.arrive()
    return {language: f"{mine['follow_url']}?lang={language}" for language in LANGUAGE_NAMES}


def test_the_number_comes_with_people_ahead_and_no_invented_time(
    hall: Hall, open_page: OpenPage, axe: Axe
) -> None:
    hall.arrive()
    mine = hall.arrive()
    page = open_page(viewport=TELEPHONE)
    page.goto(mine["follow_url"])
    expect(page.get_by_role("heading", level=1)).to_have_text(mine["number"])
    expect(page.get_by_role("status")).to_contain_text("Vor Ihnen wartet noch 1 Person.")
    expect(page.get_by_role("status")).to_contain_text("Bitte kommen Sie jetzt zurück.")
    # No counter is open: an estimate would be a guess.
    expect(page.get_by_role("status")).to_contain_text("Zurzeit ist kein Schalter besetzt")
    assert has_no_sideways_scroll(page)
    axe(page)


def test_a_range_is_told_once_somebody_serves(hall: Hall, open_page: OpenPage) -> None:
    hall.open_counter("1")
    for _ in range(3):
        hall.arrive()
    page = open_page(viewport=TELEPHONE)
    page.goto(hall.arrive()["follow_url"])
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"etwa \d+ bis \d+ Minuten"))


def test_the_call_appears_without_reloading(hall: Hall, open_page: OpenPage, axe: Axe) -> None:
    hall.open_counter("1")
    mine = hall.arrive()
    page = open_page(viewport=TELEPHONE)
    page.clock.install()
    page.goto(mine["follow_url"])
    expect(page.get_by_role("status")).to_contain_text("Sie sind als Nächstes dran")
    hall.call("1", mine["id"])
    page.clock.run_for(16_000)
    expect(page.get_by_role("status")).to_contain_text("Sie sind dran. Bitte gehen Sie zu:")
    expect(page.get_by_text("Schalter 1", exact=True)).to_be_visible()
    expect(page).to_have_title(re.compile(f"^{mine['number']} – Sie sind dran"))
    axe(page)


def test_a_lost_connection_is_said(hall: Hall, open_page: OpenPage) -> None:
    page = open_page(viewport=TELEPHONE)
    page.clock.install()
    page.goto(hall.arrive()["follow_url"])
    page.context.set_offline(True)
    page.clock.run_for(16_000)
    sentence = "Keine Verbindung. Bitte achten Sie auf die Anzeige im Wartebereich."
    expect(page.get_by_role("alert")).to_have_text(sentence)
    page.context.set_offline(False)
    page.clock.run_for(16_000)
    expect(page.get_by_text(sentence)).to_be_hidden()


def test_it_is_readable_without_scripts_and_then_reloads_by_itself(hall: Hall, open_page: OpenPage) -> None:
    mine = hall.arrive()
    page = open_page(viewport=TELEPHONE, java_script_enabled=False)
    page.goto(mine["follow_url"])
    expect(page.get_by_role("heading", level=1)).to_have_text(mine["number"])
    assert '<meta http-equiv="refresh"' in page.content()


def test_the_page_names_neither_service_nor_person(hall: Hall, open_page: OpenPage) -> None:
    page = open_page(viewport=TELEPHONE)
    page.goto(hall.arrive("reisepass")["follow_url"])
    expect(page.locator("body")).not_to_contain_text(re.compile("pass", re.IGNORECASE))


def test_an_unknown_code_is_answered_in_words_with_a_way_on(
    demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page(viewport=TELEPHONE)
    answer = page.goto(f"{demo_service.base_url}/t/not-a-token")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Diese Wartenummer ist nicht zu finden")).to_be_visible()
    expect(page.get_by_label("Zeichenfolge auf Ihrem Zettel")).to_be_visible()


def test_the_code_can_be_typed_and_the_whole_address_be_pasted(
    hall: Hall, demo_service: DemoService, open_page: OpenPage
) -> None:
    mine = hall.arrive()
    page = open_page(viewport=TELEPHONE)
    for typed in (f" {mine['token']} ", mine["follow_url"]):
        page.goto(f"{demo_service.base_url}/t")
        page.get_by_label("Zeichenfolge auf Ihrem Zettel").fill(typed)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(mine["number"])


def test_the_browser_speaks_for_who_left_the_kiosk_in_german(hall: Hall, open_page: OpenPage) -> None:
    page = open_page(locale="en-GB", viewport=TELEPHONE)
    page.goto(hall.arrive()["follow_url"])
    expect(page.get_by_role("status")).to_contain_text("You are next")


def test_everything_that_a_telephone_loads_is_fifty_kilobytes_at_most(
    hall: Hall, open_page: OpenPage
) -> None:
    mine = hall.arrive(language="ar")
    page = open_page(viewport=TELEPHONE)
    sent = page.context.new_cdp_session(page)
    sizes: list[int] = []
    sent.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    sent.send("Network.enable")
    page.goto(mine["follow_url"], wait_until="networkidle")
    # Page, sheets for light, dark and contrast, scripts, sign.
    assert len(sizes) >= FILES_OF_THE_PAGE
    assert sum(sizes) <= LARGEST_BYTES


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_it_speaks_the_language_of_the_ticket_and_fits_a_narrow_telephone(
    hall_in_ten_languages: dict[str, str], telephone: Page, axe: Axe, language: str
) -> None:
    telephone.goto(hall_in_ten_languages[language])
    html = telephone.locator("html")
    expect(html).to_have_attribute("lang", language)
    expect(html).to_have_attribute("dir", direction(language))
    expect(telephone.get_by_role("status")).to_contain_text(
        texts(language).gettext("Bitte kommen Sie jetzt zurück.")
    )
    assert [
        link.inner_text() for link in telephone.get_by_role("navigation").get_by_role("link").all()
    ] == list(LANGUAGE_NAMES.values())
    assert has_no_sideways_scroll(telephone)
    axe(telephone)


def test_the_language_can_be_changed_and_stays(hall: Hall, open_page: OpenPage) -> None:
    mine = hall.arrive(language="tr")
    page = open_page(viewport=TELEPHONE)
    page.goto(mine["follow_url"])
    page.get_by_role("link", name="Polski").click()
    expect(page.get_by_role("status")).to_contain_text("Są Państwo następni w kolejce.")
    page.goto(mine["follow_url"])
    expect(page.locator("html")).to_have_attribute("lang", "pl")
