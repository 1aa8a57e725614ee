"""A team lead closes a day: seen before it is done, new places chosen, everybody told; by keyboard."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_office import OFFICE, DemoService
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, log_in

DAYS_AHEAD = 5
"""Within the two weeks that the plan shows, and late enough for everybody to hear of it."""
PEOPLE: dict[str, dict[str, str]] = {
    "E-Mail": {"email": "erika@example.org", "confirm_by": "email"},
    "Anruf (115)": {"phone": "0421 361 12345", "confirm_by": "none"},
    "nicht erreichbar": {"confirm_by": "none"},
}


@pytest.fixture
def booked(demo_service: DemoService) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A day with three appointments, one of each way to be told; afterwards it is staffed as planned."""
    with closing(demo_service.api("supervisor1")) as lead:
        soon = (date.today() + timedelta(DAYS_AHEAD)).isoformat()  # noqa: DTZ011  # days ahead, in any zone
        asked = {"service": "personalausweis", "office": OFFICE, "channel": "counter", "from": soon}
        places = lead.get("/slots", params=asked).raise_for_status().json()["items"]
        day = places[0]["start"][:10]
        starts = [place["start"] for place in places if place["start"].startswith(day)]
        made = [_book(lead, start, how) for start, how in zip(starts, PEOPLE.values(), strict=False)]
        yield day, made
        lead.delete(f"/offices/{OFFICE}/staffing/{day}").raise_for_status()


def _book(lead: Any, start: str, how: dict[str, str]) -> dict[str, Any]:
    body = {
        "office": OFFICE,
        "services": [{"service": "personalausweis"}],
        "start": start,
        "channel": "counter",
        "contact": {"name": "Erika Mustermann", "language": "de", **how},
    }
    return dict(lead.post("/appointments", json=body).raise_for_status().json())


def test_a_day_is_closed_and_everybody_gets_a_new_place_or_hears_that_there_is_none(
    demo_service: DemoService,
    open_page: OpenPage,
    axe: Axe,
    booked: tuple[str, list[dict[str, Any]]],
) -> None:
    day, appointments = booked
    page: Page = open_page()
    page.goto(f"{demo_service.base_url}/plan")
    log_in(page, demo_service, "supervisor1")
    expect(page.get_by_role("heading", name="Besetzung und Termine")).to_be_visible()
    axe(page)
    page.locator(f'a[href$="/days/{day}?pool=buergerservice"]').press("Enter")
    # All of it works without scripts: there is none but the one that changes colours.
    expect(page.locator("script:not([src$='theme_choice.js'])")).to_have_count(0)
    page.get_by_label("Keine Termine an diesem Tag").check()
    check = page.get_by_role("button", name="Prüfen, wer betroffen ist")
    check.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Bitte nennen Sie den Grund.")
    axe(page)
    page.get_by_label("Grund").fill("Wasserschaden")
    check.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Betroffen: 3 Termine"))).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Änderung übernehmen").press("Enter")
    for appointment, told in zip(appointments, PEOPLE, strict=True):
        row = page.get_by_role("row").filter(has_text=appointment["reference"])
        expect(row).to_contain_text(told)
        expect(row.get_by_role("checkbox")).to_be_checked()
    choice = page.get_by_label(f"Neuer Platz für {appointments[0]['reference']}")
    choice.select_option(index=1)
    chosen = choice.locator("option").nth(1).inner_text()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert has_no_sideways_scroll(page)
    page.get_by_label(f"{appointments[2]['reference']} auswählen").press("Space")
    page.get_by_label("Grund, den wir nennen").select_option("Ein Schaden am Gebäude")
    page.get_by_role("button", name="Neue Termine mitteilen").press("Enter")
    expect(page.get_by_role("heading", name="2 Termine sind verlegt")).to_be_visible()
    row = page.get_by_role("row").filter(has_text=appointments[0]["reference"])
    expect(row).to_contain_text(chosen)
    expect(page.get_by_role("heading", name=re.compile("^Werden angerufen"))).to_be_visible()
    axe(page)
    # Sent once more, it tells nobody twice.
    page.reload()
    expect(page.get_by_role("heading", name="2 Termine sind verlegt")).to_be_visible()
    # For whom nothing suits, it is cancelled, once it was asked whether that is meant.
    page.goto(f"{demo_service.base_url}/plan/{OFFICE}/affected")
    page.get_by_role("button", name="Ausgewählte absagen").press("Enter")
    expect(page.get_by_text("1 Person ist nicht erreichbar")).to_be_visible()
    axe(page)
    assert has_no_sideways_scroll(page)
    page.get_by_label("Grund", exact=True).fill("Wasserschaden")
    page.get_by_role("button", name="1 Termin absagen").press("Enter")
    expect(page.get_by_role("heading", name="1 Termin ist abgesagt")).to_be_visible()
    page.goto(f"{demo_service.base_url}/plan/{OFFICE}/affected")
    expect(page.get_by_text("Alle Termine haben einen Schalter.")).to_be_visible()
