"""A card says what somebody asks on the telephone: is it open, until when, when again, and why not."""

from datetime import UTC, date, datetime

import pytest

from queue_service.offices.catalogue import Office
from queue_service.offices.facility_card import FacilityCard, facility_card, open_today
from queue_service.offices.model import Closure, Span, WeekHours
from queue_service.offices.setup_model import Address, Event, OfficeSetup
from queue_service.protocol.stream import WalkIns

HOURS = WeekHours(
    monday=[Span(480, 720), Span(840, 1080)],
    tuesday=[Span(480, 720), Span(720, 1080)],
    saturday=[Span(1080, 1440)],
)
EVE = Closure(date(2026, 12, 21), date(2026, 12, 22), {"de": "Umbau", "en": "Rebuilding"})


def office(*, hours: WeekHours = HOURS, events: list[Event] | None = None) -> Office:
    setup = OfficeSetup(
        slug="pool",
        authority="bremen",
        name={"de": "Bad"},
        address=Address("Am Markt 1", "28195", "Bremen"),
        opening_hours=hours,
        closures=[EVE],
        events=events or [],
    )
    return Office(
        1,
        "pool",
        1,
        "bremen",
        "HB",
        "",
        contact_days=2,
        walk_ins_stopped=False,
        order=setup.order,
        setup=setup,
    )


def berlin(text: str) -> datetime:
    """Give an instant of Bremen's winter."""
    return datetime.fromisoformat(f"{text}+01:00").astimezone(UTC)


def card(now: str, *, events: list[Event] | None = None) -> FacilityCard:
    return facility_card(office(events=events), [], WalkIns(open=False), [], berlin(now))


@pytest.mark.parametrize(
    ("now", "german", "english"),
    [
        ("2026-11-23T08:00", "Jetzt geöffnet, heute bis 12:00 Uhr.", "Open now, until 12:00 today."),
        ("2026-11-24T09:00", "Jetzt geöffnet, heute bis 18:00 Uhr.", "Open now, until 18:00 today."),
        ("2026-11-28T23:59", "Jetzt geöffnet, heute bis 24:00 Uhr.", "Open now, until 24:00 today."),
        (
            "2026-11-23T13:00",
            "Jetzt geschlossen. Heute ab 14:00 Uhr geöffnet.",
            "Closed now. Open today from 14:00.",
        ),
        (
            "2026-11-23T18:00",
            "Jetzt geschlossen. Wieder geöffnet morgen, Dienstag, 24. November, ab 8:00 Uhr.",
            "Closed now. Open again tomorrow, Tuesday 24 November, from 8:00.",
        ),
        (
            "2026-12-21T10:00",
            "Heute geschlossen (Umbau). Wieder geöffnet am Montag, 28. Dezember, ab 8:00 Uhr.",
            "Closed today (Rebuilding). Open again on Monday 28 December, from 8:00.",
        ),
    ],
)
def test_a_sentence_says_whether_the_door_is_open(now: str, german: str, english: str) -> None:
    assert card(now).today.sentence == {"de": german, "en": english}


def test_an_office_that_never_opens_says_so_and_promises_nothing() -> None:
    told = open_today(office(hours=WeekHours()).calendar, berlin("2026-11-23T10:00"))
    assert (told.open_now, told.opens_at, told.sentence["de"]) == (False, None, "Jetzt geschlossen.")


def test_closing_at_the_end_of_the_day_is_the_next_midnight() -> None:
    assert card("2026-11-28T20:00").today.closes_at == berlin("2026-11-29T00:00")


def test_the_coming_week_shows_hours_and_names_the_days_without() -> None:
    days = card("2026-12-21T10:00").days
    assert [(day.day.day, [hours.closes for hours in day.hours]) for day in days] == [
        (21, []), (22, []), (23, []), (24, []), (25, []), (26, []), (27, []),
    ]  # fmt: skip
    named = {day.day.day: day.day_off.name["de"] for day in days if day.day_off}
    assert named == {21: "Umbau", 22: "Umbau", 25: "Erster Weihnachtstag", 26: "Zweiter Weihnachtstag"}


def test_events_are_told_until_their_last_day_is_over_the_next_one_first() -> None:
    def event(first: int, last: int) -> Event:
        return Event({"de": f"vom {first}."}, date(2026, 11, first), date(2026, 11, last))

    told = card("2026-11-23T23:30", events=[event(28, 29), event(1, 22), event(20, 23)]).events
    assert [event.title["de"] for event in told] == ["vom 20.", "vom 28."]
