"""The hall for team leads: nobody is forgotten, what all feel takes two steps, help is seen at once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo_office import OFFICE, Hall
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, is_connected, log_in

NEXT_FORECAST_MS = 15_000
"""Halls are looked at every few seconds, one after another."""
NEXT_OUTLOOK_MS = 75_000
"""The rest of the day is forecast once a minute; another test's people may be in what was made last."""


@pytest.fixture
def hall_view(hall: Hall, open_page: OpenPage) -> Iterator[Page]:
    """A team lead in front of the hall, which is open again afterwards."""
    page = open_page()
    page.goto(f"{hall.service.base_url}/hall")
    log_in(page, hall.service, "supervisor1")
    page.goto(f"{hall.service.base_url}/hall/{OFFICE}")
    is_connected(page)
    yield page
    with closing(hall.service.api("supervisor1")) as lead:
        lead.post(f"/offices/{OFFICE}/hall/resume", json={"ends": "pause"}).raise_for_status()


def test_a_team_lead_sees_who_is_stuck_who_depends_on_a_counter_and_pauses_the_hall(
    hall: Hall, hall_view: Page, axe: Axe
) -> None:
    served = hall.arrive("personalausweis")
    stuck = hall.arrive("personalausweis", needs=["interpreter", "closed_room"])
    hall.open_counter("2", ["personalausweis"])

    # Whom nobody can call is not forgotten, and closing a counter tells first who would be stranded.
    expect(hall_view.locator("#stuck-list .line__number")).to_have_text([stuck["number"]])
    expect(hall_view.locator("#queues tr")).to_contain_text(["Personalausweis beantragen"])
    hall_view.get_by_role("button", name="Schalter 2 frei").focus()
    hall_view.keyboard.press("Enter")
    expect(hall_view.locator(".counter__stranded:visible")).to_contain_text(served["number"])

    # A pause takes two steps; the first place of the focus is where nothing happens.
    hall_view.get_by_role("button", name="Aufruf unterbrechen").focus()
    hall_view.keyboard.press("Enter")
    expect(hall_view.locator("#confirm-no")).to_be_focused()
    hall_view.keyboard.press("Tab")
    hall_view.keyboard.press("Enter")
    expect(hall_view.locator("#alarms")).to_contain_text("Der Aufruf ist unterbrochen.")
    with closing(hall.service.api("clerk2")) as clerk:
        refused = clerk.post(f"/counters/{OFFICE}.2/call-next")
        assert (refused.status_code, refused.json()["code"]) == (409, "hall_closed")
        assert clerk.post(f"/offices/{OFFICE}/alarms").status_code == 201
    expect(hall_view.locator("#alarms")).to_contain_text("Alarm: Schalter 2 braucht Hilfe")
    axe(hall_view)
    assert has_no_sideways_scroll(hall_view)
    hall_view.get_by_role("button", name="Ich komme").press("Enter")
    expect(hall_view.locator("#alarms")).to_contain_text("Sie kommen.")
    hall_view.get_by_role("button", name="Alarm beenden").press("Enter")
    expect(hall_view.locator("#past-alarms-list")).to_contain_text("Hilferuf, Schalter 2")
    hall_view.get_by_role("button", name="Aufruf fortsetzen").press("Enter")
    hall_view.locator("#confirm-yes").press("Enter")
    expect(hall_view.locator("#alarms")).not_to_contain_text("unterbrochen")

    # One's own call for help is two presses of a key that nobody presses by chance.
    hall_view.keyboard.press("Alt+Shift+A")
    hall_view.keyboard.press("Alt+Shift+A")
    expect(hall_view.locator("#alarms")).to_contain_text("Ihre Kolleginnen und Kollegen wissen Bescheid.")
    hall_view.get_by_role("button", name="Alarm beenden").press("Enter")
    expect(hall_view.locator("#alarms")).to_be_empty()

    # How the day goes on is told in words and figures, soon after somebody calls.
    words = hall_view.locator("#outlook-words")
    expect(words).to_contain_text("Ein Ende des Tages ist nicht bekannt", timeout=NEXT_FORECAST_MS)
    hall_view.get_by_text("Zahlen dazu").click()
    now, *later = hall_view.locator("#outlook-figures tr").all()
    expect(now.get_by_role("cell").first).to_have_text("2", timeout=NEXT_OUTLOOK_MS)
    assert len(later) in {7, 8}
    expect(hall_view.locator("#outlook-picture circle")).to_have_count(1 + len(later))

    # What new rules would do is seen before they are made.
    hall_view.get_by_role("button", name="Reihenfolge ändern").press("Enter")
    hall_view.get_by_role("button", name="Wirkung zeigen").press("Enter")
    expect(hall_view.locator("#effect-words")).to_have_text(
        "Die Reihenfolge der Wartenden bleibt, wie sie ist."
    )
    axe(hall_view)


def test_counters_for_appointments_are_taken_away_for_some_hours_after_a_look_at_whom_it_affects(
    hall: Hall, hall_view: Page, axe: Axe
) -> None:
    with closing(hall.service.api("supervisor1")) as lead:
        office = lead.get(f"/offices/{OFFICE}").json()
        day = datetime.now(ZoneInfo(office["time_zone"])).date().isoformat()
        whole_day = {"hours": {"opens": 0, "closes": 1440}, "counters": 2, "breaks": []}
        change = {"reason": "Probe", "staffing": [whole_day], "pools": ["fahrzeuge"]}
        lead.put(f"/offices/{OFFICE}/staffing/{day}", json=change).raise_for_status()
        hall_view.reload()

        hall_view.get_by_role("button", name="Ändern … Auto und Führerschein").press("Enter")
        hall_view.get_by_label("Weniger Schalter").check()
        for field, typed in (("von", "12:00"), ("bis", "08:00"), ("Grund, nur für das Team", "Krankheit")):
            hall_view.get_by_label(field, exact=True).fill(typed)
        hall_view.get_by_role("button", name="Übernehmen").press("Enter")
        expect(hall_view.locator("#pool-error")).to_have_text("„Bis“ muss nach „von“ liegen.")
        hall_view.get_by_label("bis", exact=True).fill("14:00")
        axe(hall_view)
        hall_view.get_by_role("button", name="Wirkung zeigen").press("Enter")
        expect(hall_view.locator("#pool-effect")).to_have_text("Kein Termin verliert seinen Schalter.")
        row = hall_view.locator('[data-pool="fahrzeuge"]')
        expect(row).to_contain_text("00:00–24:00 2 Schalter")
        hall_view.get_by_role("button", name="Übernehmen").press("Enter")
        expect(row).to_contain_text("00:00–12:00 2 Schalter, 12:00–14:00 1 Schalter, 14:00–24:00 2 Schalter")
        expect(row).to_contain_text("Heute geändert: Krankheit")
        plan = lead.get(f"/offices/{OFFICE}/staffing?from={day}&to={day}").json()["items"]
        assert [len(entry["decided"] or []) for entry in plan if entry["pool"] == "fahrzeuge"] == [3]
        lead.delete(f"/offices/{OFFICE}/staffing/{day}?pool=fahrzeuge").raise_for_status()


def test_what_is_planned_for_a_counter_is_said_in_few_words(hall_view: Page) -> None:
    words = """async () => {
        const address = document.querySelector('script[src*="hall/hall.js"]').src;
        const { planWords } = await import(address.replace("hall/hall.js", "desk/plan_words.js"));
        const at = (time) => Date.parse(`2026-11-23T${time}:00Z`);
        const span = (begin, end) => ({ begin: `2026-11-23T${begin}:00Z`, end: `2026-11-23T${end}:00Z` });
        const hours = [span("08:00", "12:00"), span("14:00", "16:00")];
        const plan = { hours, breaks: [span("10:00", "10:15")] };
        const said = (state, time, of = plan) => planWords(of, state, at(time), "UTC");
        return [
            said("closed", "07:30"), said("closed", "13:00"), said("closed", "15:00"),
            said("open", "08:10"), said("open", "09:00"), said("paused", "10:05"), said("open", "11:00"),
            said("open", "13:00"), said("open", "16:30"), said("open", "09:00", { hours: [], breaks: [] }),
            said("open", "09:30", { hours: null, breaks: plan.breaks }), said("open", "09:00", null),
        ];
    }"""
    assert hall_view.evaluate(words) == [
        "öffnet 08:00", "öffnet 14:00", "",
        "schließt 12:00", "Pause 10:00–10:15, schließt 12:00", "Pause 10:00–10:15, schließt 12:00",
        "schließt 12:00", "geplant ab 14:00", "sollte seit 16:00 geschlossen sein", "heute nicht geplant",
        "Pause 10:00–10:15", "",
    ]  # fmt: skip
