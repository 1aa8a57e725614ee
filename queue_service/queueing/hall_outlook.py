"""The rest of an office's day as its team leads are told it.

Made by whoever makes the forecasts, once a minute, and kept; a page reads what was kept, so that nobody
who looks makes a simulation run.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from queue_service.forecast.drawn_visits import NEVER
from queue_service.forecast.rest_of_day import DayAhead, DayOutlook, Look, NoLook, NoWait, People
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.model import WeekHours, is_closed, local_day
from queue_service.protocol.stream import WaitRange
from queue_service.queueing.hall_picture import closing_today, instant

MADE_EVERY = timedelta(minutes=1)
"""An outlook takes some times as long as a forecast, and what it says changes slowly."""
FRESH = timedelta(minutes=5)
"""An older outlook is shown to nobody."""
LOOKS_AHEAD = timedelta(hours=4)
"""How far where no closing is known: as long as a shift's half."""


class OutlookPoint(msgspec.Struct, frozen=True):
    """The hall as it will probably be at one instant."""

    at: datetime
    counters: int
    """How many call then: those that are open now and go on, and those that are planned to open."""
    waiting: People
    """``middle``, and ``low`` to ``high`` in eight of ten cases."""
    wait: WaitRange | None
    """Of somebody who comes then without an appointment."""
    reason: NoWait | None = None
    """Why there is no wait."""


class HallOutlook(msgspec.Struct, frozen=True):
    """The rest of the day, by half hours."""

    made_at: datetime | None = None
    closes_at: datetime | None = None
    """None: no closing is known, the outlook ends somewhere."""
    items: list[OutlookPoint] = []
    unserved: People | None = None
    """Those who would not be called before closing."""
    counts_walk_ins: bool = False
    """False: how many come without an appointment has not been learned yet, and nobody else is counted."""
    reason: NoLook | Literal["no_forecast"] | None = None
    """Why there is nothing: nobody makes forecasts at the moment, no counter is open or planned to open, or
    the day is over."""


def day_ahead(
    office: Office, services: Sequence[OfferedService], now: datetime, *, any_counter: bool
) -> DayAhead:
    """Return what to ask of the rest of an office's day.

    ``any_counter``: somebody still calls, who goes on after closing time as long as visitors wait.
    """
    closes = closing_today(office, now)
    over = closes is not None and closes <= now
    ends_at = closes if closes is not None and not (over and any_counter) else None
    return DayAhead(
        until=(ends_at or now + LOOKS_AHEAD).timestamp(),
        closes=ends_at is not None,
        numbers_until=_numbers_until(office, now),
        services=tuple(service.code for service in services if service.walk_in),
    )


def told(seen: DayOutlook, ahead: DayAhead, now: datetime) -> HallOutlook:
    """Return an outlook as it is kept."""
    return HallOutlook(
        made_at=now,
        closes_at=_at(ahead.until) if ahead.closes else None,
        items=[_point(look) for look in seen.looks],
        unserved=seen.unserved,
        counts_walk_ins=seen.counts_walk_ins,
        reason=seen.reason,
    )


def _point(look: Look) -> OutlookPoint:
    wait = WaitRange(look.wait.low_minutes, look.wait.high_minutes) if look.wait else None
    return OutlookPoint(_at(look.at), look.counters, look.waiting, wait, look.why_none)


def _numbers_until(office: Office, now: datetime) -> float:
    """Return until when walk-ins get numbers today, as POSIX seconds."""
    if office.walk_ins_stopped:
        return now.timestamp()
    walk_ins = office.setup.walk_ins
    if walk_ins == "always":
        return NEVER
    hours = walk_ins if isinstance(walk_ins, WeekHours) else office.setup.opening_hours
    day = local_day(now, office.setup.time_zone)
    if walk_ins == "never" or is_closed(day, office.calendar):
        return now.timestamp()
    return max((instant(office, day, span.closes).timestamp() for span in hours.on(day)), default=0.0)


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
