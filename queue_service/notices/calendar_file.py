"""An appointment as calendars take it: iCalendar (RFC 5545), with iTIP's methods (RFC 5546).

The event keeps its UID for good and its SEQUENCE grows, so that a later file moves or removes the
event that an earlier one made. Pure: the same notice gives the same file.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import (
    Alarm,
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vText,
)

from queue_service.notices.model import AppointmentNotice, Kind, in_language

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]

METHOD_OF: dict[Kind, Method] = {
    "booked": "REQUEST",
    "moved": "REQUEST",
    "displaced": "REQUEST",
    "cancelled": "CANCEL",
    "called_off": "CANCEL",
}
"""What a message's file asks the calendar to do. Others change nothing that is certain: a place that
is only offered is nobody's appointment yet."""
PRODUCT = "-//queue-service//appointments//DE"
ALARM_BEFORE = timedelta(hours=2)
"""Time to find one's papers and the way."""
TITLE = {"de": "Termin", "en": "Appointment"}
NOBODY_READS_ANSWERS = {
    "de": "Bitte sagen Sie nicht in Ihrem Kalender ab: Das erfahren wir nicht. Wie es geht, steht unten.",
    "de-simple": "Wollen Sie absagen? Dann drücken Sie bitte nicht auf „Ablehnen“. Das erfahren wir nicht.",
    "en": "Please don’t decline in your calendar: we wouldn’t know. How to cancel is written below.",
}
"""Calendars put a button to decline beside every invitation, which only writes to the organizer."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAYS_A_WEEK = len(WEEKDAYS)
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(weeks=1)
CLOCK_STEP = timedelta(minutes=15)
"""Clocks change on a full quarter of an hour."""


class ClockChange(NamedTuple):
    """One instant, by the clock that was and by the clock that is."""

    before: datetime
    after: datetime


class Correspondence(NamedTuple):
    """Who writes and who is written to: addresses as the e-mail that carries the file has them."""

    organizer: str
    attendee: str


def calendar_file(
    notice: AppointmentNotice,
    method: Method,
    *,
    description: str,
    stamp: datetime,
    between: Correspondence | None = None,
) -> bytes:
    """Give the file's content.

    Without ``between`` nobody is invited, which is what a page hands out (``PUBLISH``). ``stamp`` is
    when the notice was made.
    """
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    calendar.add_component(time_zone(notice.office.time_zone, notice.start.year))
    calendar.add_component(_event(notice, method, description, stamp, between))
    content: bytes = calendar.to_ical()
    return content


def time_zone(name: str, year: int) -> Timezone:
    """Give a VTIMEZONE that is right from the beginning of ``year`` on.

    One yearly rule for each change of clocks, as Outlook wants it: a list of dates since 1970, which
    libraries make, it doesn't read.
    """
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("TZID", name)
    changes = list(_clock_changes(zone, year - 1))
    for change in changes:
        component.add_component(_observance(change))
    if not changes:
        begin = datetime(year - 1, 1, 1, tzinfo=zone)
        component.add_component(_observance(ClockChange(begin, begin), yearly=False))
    return component


def _event(
    notice: AppointmentNotice,
    method: Method,
    description: str,
    stamp: datetime,
    between: Correspondence | None,
) -> Event:
    zone = _clock_of(notice)
    language = notice.recipient.language
    office = in_language(notice.office.name, language)
    # Neither the service nor the office, which gives it away: colleagues see titles, and so does
    # whoever sees the telephone when the alarm goes off.
    title = f"{in_language(TITLE, language)}: {in_language(notice.authority.name, language)}"
    event = Event()
    event.add("UID", str(notice.appointment_id))
    event.add("SEQUENCE", notice.sequence)
    event.add("DTSTAMP", stamp.astimezone(UTC))
    event.add("DTSTART", notice.start.astimezone(zone))
    event.add("DTEND", notice.end.astimezone(zone))
    event.add("SUMMARY", title)
    event.add("LOCATION", _location(notice, office))
    if between and method == "REQUEST":
        description = f"{in_language(NOBODY_READS_ANSWERS, language)}\n\n{description}"
    event.add("DESCRIPTION", description)
    event.add("CLASS", "PRIVATE")
    event.add("STATUS", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    if between:
        event.add("ORGANIZER", _person(between.organizer, in_language(notice.authority.name, language)))
        event.add("ATTENDEE", _invited(between.attendee))
    if method != "CANCEL":
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", title)
        alarm.add("TRIGGER", -ALARM_BEFORE)
        event.add_component(alarm)
    return event


def _clock_of(notice: AppointmentNotice) -> tzinfo:
    """Give the clock by which the event's times are written: the office's, if it says when they are.

    In autumn it shows an hour twice. RFC 5545 means the first, most readers take the second: only in
    UTC do they agree.
    """
    zone = ZoneInfo(notice.office.time_zone)
    shown_twice = any(
        instant.astimezone(zone).replace(fold=0).utcoffset()
        != instant.astimezone(zone).replace(fold=1).utcoffset()
        for instant in (notice.start, notice.end)
    )
    return UTC if shown_twice else zone


def _location(notice: AppointmentNotice, office: str) -> str:
    address = notice.office.address
    return f"{office}, {address.street}, {address.postal_code} {address.city}"


def _person(email: str, name: str = "") -> vCalAddress:
    person = vCalAddress(f"mailto:{email}")
    if name:
        person.params["CN"] = vText(name)
    return person


def _invited(email: str) -> vCalAddress:
    """Whom the event is for; nobody reads an answer, so none is asked for."""
    person = _person(email)
    person.params["ROLE"] = vText("REQ-PARTICIPANT")
    person.params["PARTSTAT"] = vText("NEEDS-ACTION")
    person.params["RSVP"] = vText("FALSE")
    return person


def _clock_changes(zone: ZoneInfo, year: int) -> Iterator[ClockChange]:
    """Give each change of clocks in a year."""
    instant = datetime(year, 1, 1, tzinfo=UTC)
    while instant.year == year:
        if _offset(instant, zone) != _offset(instant + ONE_DAY, zone):
            change = next(
                at
                for at in (instant + n * CLOCK_STEP for n in range(1, ONE_DAY // CLOCK_STEP + 1))
                if _offset(at, zone) != _offset(instant, zone)
            )
            before = timezone(_offset(instant, zone))
            yield ClockChange(change.astimezone(before), change.astimezone(zone))
        instant += ONE_DAY


def _observance(change: ClockChange, *, yearly: bool = True) -> TimezoneStandard | TimezoneDaylight:
    """Give the rule by which clocks show what they do from this change on, every year anew."""
    observance = TimezoneDaylight() if change.after.dst() else TimezoneStandard()
    day = change.before
    observance.add("DTSTART", day.replace(tzinfo=None))
    observance.add("TZOFFSETFROM", day.utcoffset())
    observance.add("TZOFFSETTO", change.after.utcoffset())
    observance.add("TZNAME", change.after.tzname())
    if yearly:
        last = (day + ONE_WEEK).month != day.month
        week = -1 if last else (day.day - 1) // DAYS_A_WEEK + 1
        weekday = f"{week}{WEEKDAYS[day.weekday()]}"
        observance.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": day.month, "BYDAY": weekday})
    return observance


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None, "every zone has one"
    return offset
