"""What a scenario file says: an office, who comes, who works, and how it calls.

The annotations are the rules for single values, as in ``offices.setup_model``; what binds several
of them is in ``scenario_file``. ``docs/simulation.md`` explains every field to people.
"""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from queue_service.offices.model import (
    Land,
    Line,
    OfficeCalendar,
    Paragraph,
    Span,
    Weekday,
    WeekHours,
    allowed,
)
from queue_service.offices.setup_model import (
    ArrivalWindow,
    CounterCount,
    OrderSetup,
    Percent,
    Seconds,
    Slug,
    VisitorClass,
    WaitMinutes,
)

Share = Annotated[
    float, Meta(ge=0, le=10_000, extra=allowed("a number from 0 to 10000; shares are relative"))
]
Factor = Annotated[float, Meta(ge=0, le=10, extra=allowed("a factor from 0 to 10; 1 is as usual"))]
Scatter = Annotated[
    float, Meta(ge=0.01, le=4, extra=allowed("a squared coefficient of variation from 0.01 to 4"))
]
Variation = Annotated[float, Meta(ge=0, le=1, extra=allowed("a coefficient of variation from 0 to 1"))]
ServiceMinutes = Annotated[float, Meta(ge=1, le=240, extra=allowed("a number from 1 to 240 (minutes)"))]
MinutesOff = Annotated[
    int, Meta(ge=-120, le=120, extra=allowed("a number from -120 to 120 (minutes from the appointed time)"))
]
Visitors = Annotated[int, Meta(ge=1, le=20_000, extra=allowed("a number from 1 to 20000 (visitors)"))]
Week = Annotated[int, Meta(ge=1, le=53, extra=allowed("a calendar week from 1 to 53"))]
DayOfMonth = Annotated[int, Meta(ge=1, le=31, extra=allowed("a day of the month from 1 to 31"))]
Hour = Annotated[int, Meta(ge=0, le=23, extra=allowed("an hour of the day from 0 to 23"))]
ShownMinutes = Annotated[float, Meta(ge=0, le=480, extra=allowed("a number from 0 to 480 (minutes)"))]

EVERY_CLASS_ELSE = "walk_in"
"""The class of those without an appointment whom ``classes`` doesn't name."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all blocks of a scenario: a key that nobody reads is a mistake."""


class HourShare(Part, frozen=True):
    """How many come at these hours, beside others."""

    hours: Span
    share: Share
    """For the whole of ``hours``; of a day that is open for a part of them, this part."""


class BusyWeeks(Part, frozen=True):
    """Calendar weeks in which more, or fewer, come without an appointment; both are inclusive."""

    first: Week = msgspec.field(name="from")
    last: Week = msgspec.field(name="to")
    factor: Factor


class BusyDays(Part, frozen=True):
    """Days of each month in which more, or fewer, come without an appointment; both are inclusive."""

    first: DayOfMonth = msgspec.field(name="from")
    last: DayOfMonth = msgspec.field(name="to")
    factor: Factor


class Arrivals(Part, frozen=True):
    """Who wants to come, and those without an appointment: when."""

    visitors_a_day: Visitors
    """Mean of an ordinary week's open days, whoever misses an appointment included. A day has the part
    of the week that its open hours have of all ``hours``."""
    hours: Annotated[list[HourShare], Meta(min_length=1)]
    at_the_door_percent: Percent = 0
    """Of the day's visitors without an appointment: stand there when the door opens."""
    last_minutes_before_closing: WaitMinutes = 0
    """Nobody comes without an appointment later than this."""
    weekdays: dict[Weekday, Factor] = {}
    """Busier and quieter days, for the same hours."""
    day_variation: Variation = 0.0
    """How much days differ in those without an appointment beyond weekday, season and chance."""
    weeks: list[BusyWeeks] = []
    days_of_month: list[BusyDays] = []


class Punctuality(Part, frozen=True):
    """How far from the appointed time so many of a hundred come; evenly between both ends."""

    percent: Percent
    earliest: MinutesOff = msgspec.field(name="from")
    latest: MinutesOff = msgspec.field(name="to")


class Appointments(Part, frozen=True):
    """Appointments: evenly over the open hours, on full five minutes."""

    percent: Percent
    """Of ``visitors_a_day``."""
    punctuality: Annotated[list[Punctuality], Meta(min_length=1)]
    missed_percent: Percent = 0
    """Never seen."""
    last_minutes_before_closing: WaitMinutes = 30


class ServiceTime(Part, frozen=True):
    """A service, how often it is wanted and how long it takes."""

    service: Slug
    share: Share
    minutes: ServiceMinutes
    """Mean of the time at the counter."""
    scatter: Scatter = 0.4
    """Squared coefficient of variation; 0.25-0.6 is the field's assumption."""


class Staff(Part, frozen=True):
    """Counters that are staffed at these hours; those whose hours reach closing stay until all are served."""

    counters: CounterCount
    hours: Span
    weekdays: list[Weekday] = []
    """Empty: every day."""
    breaks: list[Span] = []
    """Begin when the visit is done that is under way, and are as long as here all the same."""
    services: list[Slug] = []
    """Empty: all."""


class SecondsRange(Part, frozen=True):
    """Between these, all alike."""

    shortest: Seconds = msgspec.field(name="from")
    longest: Seconds = msgspec.field(name="to")


class DeskTimes(Part, frozen=True):
    """What a visit takes beside the service."""

    walk: SecondsRange
    """From the call to the counter."""
    afterwards: SecondsRange
    """From the end of a visit to the next call: papers, and looking up."""
    in_vain: Seconds
    """Calling somebody who has left, until the next is called."""


class Leaving(Part, frozen=True):
    """Who of those without an appointment does not stay."""

    unseen_percent: Percent = 0
    """Gone without a word when called."""
    told_percent: Percent = 0
    """Give their number back after waiting too long."""
    told_after: WaitMinutes = 45
    """Minutes."""


class HourWait(Part, frozen=True):
    """What an office has published of one hour."""

    hour: Hour
    minutes: ShownMinutes


class Published(Part, frozen=True):
    """Waits as they really were, which the simulated ones must meet."""

    source: Line
    hours: Annotated[list[HourWait], Meta(min_length=1)]
    """Mean of all days' mean waits of those who came in the hour."""
    median: ShownMinutes
    """Over all hours of all days, each counted once."""
    p90: ShownMinutes
    hour_tolerance: ShownMinutes
    """Minutes."""
    hour_tolerance_percent: Percent
    """Each hour may be off by the larger of the two: on afternoons that are open once a week, a year has
    fifty days and chance some minutes."""
    median_tolerance: ShownMinutes
    p90_tolerance: ShownMinutes


class Scenario(Part, frozen=True, kw_only=True):
    """One office's days."""

    name: Line
    office: Slug
    """The office of a service that ``day --scenario`` plays at."""
    land: Land
    """Its public holidays are left out."""
    first_day: date
    opening_hours: WeekHours
    arrivals: Arrivals
    appointments: Appointments
    classes: dict[VisitorClass, Percent] = {}
    """Of those without an appointment; all others have none."""
    services: Annotated[list[ServiceTime], Meta(min_length=1)]
    staff: Annotated[list[Staff], Meta(min_length=1)]
    absent_percent: Percent = 0
    """Of each row's counters, on average, by chance; at least one is always there."""
    desk: DeskTimes
    leaving: Leaving = Leaving()
    order: OrderSetup = OrderSetup()
    arrival_window: ArrivalWindow = ArrivalWindow()
    sources: Annotated[list[Paragraph], Meta(min_length=1)]
    """In German: where the figures come from, and which are assumed. Stands in the report."""
    published: Published | None = None

    @property
    def calendar(self) -> OfficeCalendar:
        """The days on which it is open."""
        return OfficeCalendar("Europe/Berlin", self.land, self.opening_hours)
