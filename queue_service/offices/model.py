"""When an office is open: hours, closures, holidays, and the cells of its local day.

Pure rules; ``now`` is an argument. Times of day are minutes of the office's wall clock, so that
"08:00" is 480 on every day of the year; how many minutes have passed since midnight is another
matter on the two days of the year when clocks change, and is what cells count.
"""

from datetime import date
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta


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
