"""A calendar takes an appointment in, follows its moves and lets go of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from msgspec.structs import replace

from queue_service.notices.calendar_file import Correspondence, Method, calendar_file, time_zone
from queue_service.notices.model import AppointmentNotice, NoticedAuthority
from queue_service.notices.sample_notice import sample_notice

BERLIN = ZoneInfo("Europe/Berlin")
STAMP = datetime(2026, 11, 23, 9, tzinfo=UTC)
ID = UUID("7f3c5a60-2d0e-4c57-9a53-3f1f0f6f2c11")
DESCRIPTION = "Bitte mitbringen: Ausweis, Foto; alles.\nBis bald!"
AUTHORITY = NoticedAuthority("bremen", {"de": "Freie Hansestadt Bremen", "en": "City of Bremen"})
BEFORE_SUMMER = datetime(2027, 3, 26, 10, 15, tzinfo=BERLIN)
BETWEEN = Correspondence("termine@bremen.test", "erika@xn--brgerpark-q9a.de")
IN_SUMMER = datetime(2027, 3, 30, 10, 15, tzinfo=BERLIN)


def notice(start: datetime = BEFORE_SUMMER, sequence: int = 0) -> AppointmentNotice:
    sample = sample_notice("booked", "de", AUTHORITY)
    return replace(
        sample, appointment_id=ID, start=start, end=start + timedelta(minutes=20), sequence=sequence
    )


def content(
    told: AppointmentNotice, method: Method = "REQUEST", between: Correspondence | None = BETWEEN
) -> bytes:
    return calendar_file(told, method, description=DESCRIPTION, stamp=STAMP, between=between)


def event_of(file: bytes) -> Any:
    """Give the file's event; what its properties are is known to whoever asks for one."""
    [event] = Calendar.from_ical(file).walk("VEVENT")
    return event


def test_an_invitation_says_when_and_where_and_rings_before() -> None:
    file = content(notice())
    event = event_of(file)
    assert Calendar.from_ical(file)["METHOD"] == "REQUEST"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        BEFORE_SUMMER,
        BEFORE_SUMMER + timedelta(minutes=20),
    )
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["LOCATION"] == "Bürgeramt Musterstadt-Mitte, Marktplatz 1, 12345 Musterstadt"
    assert event["DESCRIPTION"].startswith("Bitte sagen Sie nicht in Ihrem Kalender ab")
    assert event["DESCRIPTION"].endswith(DESCRIPTION)
    assert event["ORGANIZER"] == "mailto:termine@bremen.test"
    assert event["ATTENDEE"] == "mailto:erika@xn--brgerpark-q9a.de"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(hours=-2)


def test_a_move_and_a_cancellation_are_about_the_same_event_and_come_later() -> None:
    booked = event_of(content(notice()))
    moved = event_of(content(notice(IN_SUMMER, sequence=1)))
    cancelled = event_of(content(notice(IN_SUMMER, sequence=2), "CANCEL"))
    assert booked["UID"] == moved["UID"] == cancelled["UID"] == str(ID)
    assert [event["SEQUENCE"] for event in (booked, moved, cancelled)] == [0, 1, 2]
    assert [event["STATUS"] for event in (booked, moved, cancelled)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert not cancelled.walk("VALARM")


def test_what_others_see_of_a_calendar_tells_neither_the_office_nor_the_service() -> None:
    event = event_of(content(notice()))
    assert event["SUMMARY"] == "Termin: Freie Hansestadt Bremen"
    assert event["CLASS"] == "PRIVATE"


def test_without_an_organizer_nobody_is_invited() -> None:
    event = event_of(content(notice(), "PUBLISH", between=None))
    assert "ORGANIZER" not in event
    assert "ATTENDEE" not in event
    assert event["DESCRIPTION"] == DESCRIPTION


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_outlook_finds_all_that_it_asks_for_in_a_cancellation_too(method: Method) -> None:
    """MS-OXCICAL: each zone that is named is there, with one rule for summer and one for winter."""
    calendar = Calendar.from_ical(content(notice(), method))
    [zone] = calendar.walk("VTIMEZONE")
    [event] = calendar.walk("VEVENT")
    assert {event[name].params.get("TZID") for name in ("DTSTART", "DTEND")} == {zone["TZID"]}
    assert {rule.name for rule in zone.subcomponents} == {"DAYLIGHT", "STANDARD"}
    assert [("RRULE" in rule, "RDATE" in rule) for rule in zone.subcomponents] == [(True, False)] * 2
    assert {"UID", "SEQUENCE", "DTSTAMP", "ORGANIZER", "ATTENDEE", "LOCATION", "SUMMARY"} <= set(event)
    assert event.decoded("DTSTAMP") == STAMP


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_clocks_show_twice_is_told_in_utc(fold: int) -> None:
    """Of 02:30, ical.js and libical take the later one, others the earlier; nobody errs about UTC."""
    start = datetime(2027, 10, 31, 2, 30, tzinfo=BERLIN, fold=fold)
    told = replace(notice(), start=start, end=(start.astimezone(UTC) + timedelta(hours=1)).astimezone(BERLIN))
    event = event_of(content(told))
    assert [event[name].to_ical() for name in ("DTSTART", "DTEND")] == [
        start.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").encode(),
        told.end.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").encode(),
    ]


def test_lines_end_and_fold_as_the_norm_says() -> None:
    lines = content(notice()).split(b"\r\n")
    assert not any(b"\n" in line for line in lines)
    assert max(len(line) for line in lines) <= 75


@pytest.mark.parametrize("day", range(0, 365, 5))
def test_the_zone_in_the_file_shows_the_clock_that_the_office_shows(day: int) -> None:
    """The file's own zone is asked, not the reader's: Outlook believes it rather than its name."""
    at = datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    component = time_zone("Europe/Berlin", 2027)
    component["TZID"] = "Nowhere/Else"
    assert at.astimezone(component.to_tz(lookup_tzid=False)).replace(tzinfo=None) == at.astimezone(
        BERLIN
    ).replace(tzinfo=None)


def test_a_zone_whose_clocks_never_change_has_one_rule() -> None:
    rules: list[Any] = time_zone("Asia/Tokyo", 2027).subcomponents
    [rule] = rules
    assert rule["TZOFFSETTO"].td == timedelta(hours=9)
