"""Letters from the list to the post, as a person at the reception brings them there, by keyboard."""

import re
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_office import OFFICE, DemoService
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, log_in

NEXT_WEEK = 8
"""Days ahead: the post has time enough."""


@pytest.fixture
def booked(demo_service: DemoService) -> list[dict[str, Any]]:
    """Two appointments by telephone whose visitors want a letter."""
    with closing(demo_service.api("agent1")) as agent:
        day = (date.today() + timedelta(days=NEXT_WEEK)).isoformat()  # noqa: DTZ011  # a week ahead, in any zone
        asked = {"service": "personalausweis", "office": OFFICE, "channel": "phone", "from": day}
        places = agent.get("/slots", params=asked).raise_for_status().json()["items"]
        return [
            _book(agent, place["start"], name, form)
            for place, name, form in zip(places, NAMES, ("standard", "large_print"), strict=False)
        ]


NAMES = ("Erika Mustermann", "Jörg Weiß")


def _book(agent: Any, start: str, name: str, letter_form: str) -> dict[str, Any]:
    contact = {
        "name": name,
        "postal_address": {"street": "Am Wall 4", "postal_code": "28195", "city": "Bremen"},
        "language": "de",
        "confirm_by": "letter",
        "letter_form": letter_form,
    }
    body = {
        "office": OFFICE,
        "services": [{"service": "personalausweis"}],
        "start": start,
        "channel": "phone",
    }
    answer = agent.post("/appointments", json={**body, "contact": contact}).raise_for_status()
    return dict(answer.json())


def open_letters(page: Page, service: DemoService) -> None:
    page.goto(f"{service.base_url}/letters")
    log_in(page, service, "reception1")
    expect(page.get_by_role("heading", name="Briefe und Nachrichten")).to_be_visible()


def test_letters_are_printed_opened_twice_and_posted(
    demo_service: DemoService, open_page: OpenPage, axe: Axe, booked: list[dict[str, Any]]
) -> None:
    page = open_page()
    open_letters(page, demo_service)
    first, second = (appointment["reference"] for appointment in booked)
    forms = [page.get_by_role("row").filter(has_text=reference) for reference in (first, second)]
    expect(forms[0].get_by_role("cell", name="normal")).to_be_visible()
    expect(forms[1].get_by_role("cell", name="Großdruck")).to_be_visible()
    page.get_by_label(f"Brief {second} drucken").uncheck()
    # All of it works without scripts: the only one is for the colours of the page.
    expect(page.locator("script:not([src*=theme_choice])")).to_have_count(0)
    axe(page)
    page.get_by_role("button", name="Ausgewählte Briefe drucken").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Die Druckdatei ist bereit.")
    expect(page.get_by_label(f"Brief {second} drucken")).to_be_checked()
    file = str(page.get_by_role("link", name=re.compile("^Druckdatei öffnen")).get_attribute("href"))
    for _ in range(2):
        answer = page.request.get(f"{demo_service.base_url}{file}")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        # Letters to other tests' people may lie in the same pile.
        sheets = [sheet.get_textpage().get_text_bounded() for sheet in pypdfium2.PdfDocument(answer.body())]
        assert NAMES[0] in "".join(sheet for sheet in sheets if first in sheet)
        assert not any(second in sheet for sheet in sheets)
    page.get_by_text("Briefe in diesem Stapel").press("Enter")
    expect(page.get_by_role("rowheader", name=first)).to_be_visible()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert has_no_sideways_scroll(page)
    page.get_by_role("button", name="Als aufgegeben markieren").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Die Briefe sind als aufgegeben vermerkt.")
    expect(page.get_by_role("heading", name="Gedruckt, noch nicht aufgegeben")).to_have_count(0)
    assert page.request.get(f"{demo_service.base_url}{file}").status == 409
