"""What a forecast is made from and what it answers: a hall at one instant, a range or a reason.

All instants are POSIX seconds and all lengths seconds: a simulation adds and compares them a
hundred thousand times, and an instant that is a number needs no time zone to be compared.
"""

from typing import Literal

import msgspec

Reason = Literal["no_counter_open", "nobody_serves_this", "closes_before"]
"""Why a wait is unknown: no counter that could serve this is open or planned to open; no counter
serves it at all; the counters probably close first."""


class Waiting(msgspec.Struct, frozen=True):
    """A ticket that waits, or somebody who might come."""

    ticket: str
    visitor_class: str
    services: tuple[str, ...]
    waiting_since: float
    """What the order counts from: the later one of arrival and appointment."""
    rank_at: float
    """``waiting_since`` less the head start that it was given."""
    needs: frozenset[str] = frozenset()


class AtCounter(msgspec.Struct, frozen=True):
    """The visit that a counter has called or serves."""

    services: tuple[str, ...]
    called_at: float


class Span(msgspec.Struct, frozen=True):
    """When a counter calls visitors: a part of its shift between two breaks."""

    start: float
    end: float


class Counter(msgspec.Struct, frozen=True):
    """A counter that is open, or will be."""

    name: str
    services: frozenset[str]
    facilities: frozenset[str] = frozenset()
    """The needs that it can meet."""
    visit: AtCounter | None = None
    away_since: float | None = None
    """Since when it has called nobody though somebody whom it serves waits; None when it serves
    or could call at once."""
    spans: tuple[Span, ...] | None = None
    """From now on, in order; None when nothing is planned and it is open without a known end."""


class ComingAppointment(msgspec.Struct, frozen=True):
    """An appointment of today whose visitor has not come yet."""

    at: float
    visitor_class: str
    services: tuple[str, ...]
    needs: frozenset[str] = frozenset()


class HallState(msgspec.Struct, frozen=True):
    """A hall at one instant."""

    waiting: tuple[Waiting, ...]
    counters: tuple[Counter, ...]
    day_starts_at: float
    """Local midnight. Hours of the day are counted from here, so on the two days on which the
    clocks change they are one off."""
    coming: tuple[ComingAppointment, ...] = ()
    memory: dict[str, int] = {}
    """What the order keeps of today's calls: ``{"cycle_place": n}`` for ``ratio``, else nothing."""


class Newcomer(msgspec.Struct, frozen=True):
    """Somebody who would take a ticket now."""

    service: str
    visitor_class: str
    needs: frozenset[str] = frozenset()


class Spread(msgspec.Struct, frozen=True):
    """What a simulation, or any other rule, says of one wait: seconds from now on."""

    low: float
    """Tenth percentile."""
    middle: float
    """Median: the figure that is wrong by the least on average, and the one that people are told."""
    high: float
    """Ninetieth percentile."""
    mean: float
    """Above the median, because waits are skewed: the figure whose squared error is least."""


class Range(msgspec.Struct, frozen=True):
    """A wait as it can be told."""

    low_minutes: int
    high_minutes: int
    """Both rounded outwards, see ``told_range``."""
    calibrated: Spread
    """Its low and high enclose 80 % of the waits of this class and hour; what ``Calibration.observe``
    wants back when the wait has ended."""
    simulated: Spread
    """As the simulation had it; what ``fit_stretch`` learns from."""
    opens_at: float | None = None
    """When the first counter is planned to open that serves this; None: one calls already."""


class Unknown(msgspec.Struct, frozen=True):
    """That nothing honest can be said, and why."""

    reason: Reason


Answer = Range | Unknown


class HallForecast(msgspec.Struct, frozen=True):
    """The answers for everybody in a hall, from one simulation."""

    tickets: dict[str, Answer]
    newcomers: dict[Newcomer, Answer]


def hour_of_day(at: float, day_starts_at: float) -> int:
    """Return the local hour; hours after midnight of an office that is still open go on from 24."""
    return int((at - day_starts_at) // 3600)
