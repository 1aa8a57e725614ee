"""The page that a visitor opens on a telephone: one number, one sentence, one range."""

import re

from playwright.sync_api import expect

from tests.browser.demo_office import DemoService, Hall
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll

TELEPHONE = {"width": 360, "height": 740}


def test_the_number_comes_with_people_ahead_and_no_invented_time(
    hall: Hall, open_page: OpenPage, axe: Axe
) -> None:
    hall.arrive()
    mine = hall.arrive()
    page = open_page(viewport=TELEPHONE)
    page.goto(mine["follow_url"])
    expect(page.get_by_role("heading", level=1)).to_have_text(mine["number"])
    expect(page.get_by_role("status")).to_contain_text("Vor Ihnen wartet noch eine Person")
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
    expect(page.get_by_role("status")).to_contain_text("Sie sind dran: bitte zu Schalter 1")
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


def test_english_is_complete(hall: Hall, open_page: OpenPage) -> None:
    page = open_page(locale="en-GB", viewport=TELEPHONE)
    page.goto(hall.arrive()["follow_url"])
    expect(page.get_by_role("status")).to_contain_text("You are next")
