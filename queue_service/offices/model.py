"""When an office is open and gives out numbers: hours, closures, public holidays.

Pure rules; ``now`` is an argument. Times of day are minutes of the office's wall clock, so that
"08:00" is 480 on every day of the year. An office is open when its clock shows a time within its
hours: on the two days when clocks change, an hour that is there twice counts twice, and one that
is left out doesn't count. (How long a day is, cell by cell, is booking's matter: ``day_cells``.)
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

import holidays
import msgspec
from msgspec import Meta

from queue_service.protocol.stream import WalkIns


def allowed(what: str) -> dict[str, str]:
    """Give the note by which a set-up's reader says what a value may be."""
    return {"allowed": what}


GERMAN = {"german": True}
"""Marks texts by language of which the German one must be given: it is shown where another is missing."""

Language = Annotated[
    str,
    Meta(
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        max_length=35,
        extra=allowed("a language tag such as de, en or de-simple"),
    ),
]
Line = Annotated[str, Meta(min_length=1, max_length=200, extra=allowed("text of 1 to 200 characters"))]
Paragraph = Annotated[str, Meta(min_length=1, max_length=1000, extra=allowed("text of 1 to 1000 characters"))]
Text = Annotated[dict[Language, Line], Meta(extra=GERMAN)]
LongText = Annotated[dict[Language, Paragraph], Meta(extra=GERMAN)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
"""Monday first, as ``date.weekday`` counts."""
MINUTES_A_DAY = 24 * 60

Land = Literal["BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"]
"""ISO 3166-2:DE without ``DE-``; public holidays are the Land's."""


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """Hours of a day by the wall clock, in minutes after midnight; ``closes`` is 1440 at its end."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.opens, self.closes))

    def holds(self, other: "Span") -> bool:
        """Tell whether ``other`` lies within."""
        return self.opens <= other.opens and other.closes <= self.closes


class WeekHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours by weekday; each day's spans are in order and don't overlap."""

    monday: list[Span] = []
    tuesday: list[Span] = []
    wednesday: list[Span] = []
    thursday: list[Span] = []
    friday: list[Span] = []
    saturday: list[Span] = []
    sunday: list[Span] = []

    def on(self, day: date) -> list[Span]:
        """Give the spans of the weekday on which ``day`` falls."""
        return getattr(self, WEEKDAYS[day.weekday()])  # type: ignore[no-any-return]


class Closure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whole days on which the office is closed beside holidays; both ends are inclusive."""

    first_day: date = msgspec.field(name="from")
    last_day: date = msgspec.field(name="to")
    reason: Text


class OfficeCalendar(msgspec.Struct, frozen=True):
    """All that decides whether an office is open."""

    time_zone: str
    land: str
    opening_hours: WeekHours
    walk_ins: Literal["always", "opening_hours", "never"] | WeekHours = "opening_hours"
    closures: list[Closure] = []


LOOK_AHEAD_DAYS = 400
"""An office that opens later than in a year and a month has no next opening worth telling."""
ONE_DAY = timedelta(days=1)
STEP = timedelta(minutes=5)
"""Opening hours begin and end on full five minutes."""
HOLIDAY_LANGUAGES = {"de": "de", "en": "en_US"}
"""Our language tags and those of the ``holidays`` package; names in other languages are German."""


class DayOff(msgspec.Struct, frozen=True):
    """Why an office is closed for a whole day."""

    code: Literal["holiday", "closure"]
    name: dict[str, str]
    """The holiday or the reason of the closure, by language."""


def local_day(instant: datetime, time_zone: str) -> date:
    """Give the calendar day that an instant falls on in a time zone."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def holiday_name(land: str, day: date, language: str = "de") -> str | None:
    """Name the public holiday that the Land keeps on ``day``, or None."""
    return _holidays(land, day.year, HOLIDAY_LANGUAGES.get(language, "de")).get(day)


def day_off(calendar: OfficeCalendar, day: date) -> DayOff | None:
    """Tell why the office is closed on all of ``day``; None on a day that its hours decide."""
    for closure in calendar.closures:
        if closure.first_day <= day <= closure.last_day:
            return DayOff("closure", closure.reason)
    names = {language: holiday_name(calendar.land, day, language) for language in HOLIDAY_LANGUAGES}
    named = {language: name for language, name in names.items() if name}
    return DayOff("holiday", named) if named else None


def is_closed(day: date, calendar: OfficeCalendar) -> bool:
    """Tell whether a holiday or a closure takes all of ``day``."""
    return day_off(calendar, day) is not None


def is_open(calendar: OfficeCalendar, now: datetime) -> bool:
    """Tell whether the office is open to visitors at ``now``."""
    return _within(calendar, calendar.opening_hours, now)


def next_opening(calendar: OfficeCalendar, now: datetime) -> datetime | None:
    """Give the first instant (UTC) from ``now`` on at which the office is open.

    ``now`` itself while it is open; None when it doesn't open within ``LOOK_AHEAD_DAYS``.
    """
    return _next_within(calendar, calendar.opening_hours, now)


def walk_ins_now(calendar: OfficeCalendar, now: datetime) -> WalkIns:
    """Tell whether numbers are given out without an appointment, and if not, why and when again."""
    if calendar.walk_ins == "always":
        return WalkIns(open=True)
    if calendar.walk_ins == "never":
        return WalkIns(open=False, reason="by_appointment_only")
    hours = calendar.opening_hours if calendar.walk_ins == "opening_hours" else calendar.walk_ins
    if _within(calendar, hours, now):
        return WalkIns(open=True)
    off = day_off(calendar, local_day(now, calendar.time_zone))
    return WalkIns(
        open=False,
        reason=off.code if off else "outside_hours",
        next_chance_at=_next_within(calendar, hours, now),
    )


@lru_cache(maxsize=256)
def _holidays(land: str, year: int, language: str) -> dict[date, str]:
    return dict(holidays.country_holidays("DE", subdiv=land, years=year, language=language))


def _within(calendar: OfficeCalendar, hours: WeekHours, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(calendar.time_zone))
    minute = local.hour * 60 + local.minute
    return any(span.opens <= minute < span.closes for span in hours.on(local.date())) and not is_closed(
        local.date(), calendar
    )


def _next_within(calendar: OfficeCalendar, hours: WeekHours, now: datetime) -> datetime | None:
    zone = ZoneInfo(calendar.time_zone)
    if _within(calendar, hours, now):
        return now.astimezone(UTC)
    today = local_day(now, calendar.time_zone)
    for day in (today + offset * ONE_DAY for offset in range(LOOK_AHEAD_DAYS + 1)):
        if hours.on(day) and not is_closed(day, calendar):
            opening = next((at for at in _steps(day, zone, now) if _within(calendar, hours, at)), None)
            if opening:
                return opening
    return None


def _steps(day: date, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """List the instants (UTC) of ``day`` after ``after`` at which hours can begin.

    Hours begin on full steps, and so do the hours that a change of clocks begins: going through
    all of them needs no thought about hours that are there twice or not at all.
    """
    begins, ends = (
        datetime.combine(midnight, time.min, zone).astimezone(UTC) for midnight in (day, day + ONE_DAY)
    )
    passed = max((after - begins) // STEP + 1, 0)
    return (begins + step * STEP for step in range(passed, (ends - begins) // STEP))
