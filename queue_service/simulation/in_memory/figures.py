"""What many played days come to under one policy. Minutes everywhere; shares from 0 to 1."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean

import msgspec

from queue_service.offices.setup_model import OrderPolicyName, OrderSetup
from queue_service.queueing.order.turn import APPOINTMENT
from queue_service.simulation.day_report import quantile
from queue_service.simulation.in_memory.played_day import PlayedDay, PlayedVisit

LATE = "late"
"""With an appointment, but too late for its place: admitted as without one."""
ALL = "all"
CLASS_ORDER = (APPOINTMENT, LATE, "walk_in", "small_children", "disabled", "pregnant", "transferred")
MINUTE = timedelta(minutes=1)
SECONDS_AN_HOUR = 3600


class Waits(msgspec.Struct, frozen=True):
    """Waits of a class, from arrival or appointed time, whichever is later, to the call."""

    visitors: int
    p50: float
    p90: float
    p99: float
    longest: float


class HourFigures(msgspec.Struct, frozen=True):
    """An hour of the day, over all days."""

    waited: float | None
    """Mean of the days' mean waits of those who came in this hour; None: nobody ever came."""
    use: float | None
    """Share of the staffed time that visits took; None: never staffed."""


class PolicyFigures(msgspec.Struct, frozen=True):
    """A year under one policy."""

    policy: OrderPolicyName
    days: int
    came: int
    served: int
    called_in_vain: int
    gave_back: int
    missed: int
    """Appointments that nobody came to; not among ``came``."""
    waits: Mapping[str, Waits]
    """By class in ``CLASS_ORDER``, then ``ALL``."""
    promise_minutes: int
    promise_kept: float
    """Of those on time for an appointment: called within the promise."""
    cap_minutes: int
    cap_kept: float
    """Of all others: called within the cap."""
    use: float
    overtime: Waits
    """Minutes after closing until the last visitor was done, by day."""
    hours: Mapping[int, HourFigures]
    hour_median: float
    hour_p90: float
    """Over the mean waits of all hours of all days, as offices publish them."""


class Tally:
    """Adds days up."""

    def __init__(self, rules: OrderSetup) -> None:
        self._rules = rules
        self._waits: dict[str, list[float]] = defaultdict(list)
        self._hours: dict[int, list[float]] = defaultdict(list)
        self._outcomes: dict[str, int] = defaultdict(int)
        self._busy: dict[int, float] = defaultdict(float)
        self._staffed: dict[int, float] = defaultdict(float)
        self._overtime: list[float] = []
        self._missed = 0

    def add(self, day: PlayedDay) -> None:
        """Add one day."""
        came: dict[int, list[float]] = defaultdict(list)
        ended: dict[int, datetime] = {}
        for visit in day.visits:
            self._outcomes[visit.outcome] += 1
            if visit.counter is None:
                continue
            waited = max((visit.ended_waiting - visit.waiting_since) / MINUTE, 0.0)
            self._waits[kind_of(visit)].append(waited)
            # Who came before the appointed time is counted from then on, and at that hour.
            came[max(visit.waiting_since, day.drawn.opens).hour].append(waited)
            done = visit.ended_waiting + visit.comer.takes
            _spread(self._busy, visit.ended_waiting, done)
            ended[visit.counter] = done
        for hour, waits in came.items():
            self._hours[hour].append(fmean(waits))
        for at, counter in enumerate(day.drawn.counters):
            for shift in counter.shifts:
                _spread(self._staffed, shift.begins, shift.ends)
            # The last visit may end after the shift; its clerk is there all the same.
            last = counter.shifts[-1].ends
            _spread(self._staffed, last, max(last, ended.get(at, last)))
        self._overtime.append((day.last_done - day.drawn.closes) / MINUTE)
        self._missed += day.drawn.missed

    def figures(self) -> PolicyFigures:
        """Return the sum of what was added."""
        by_class = {kind: self._waits[kind] for kind in CLASS_ORDER if self._waits.get(kind)}
        by_class[ALL] = [wait for waits in by_class.values() for wait in waits]
        others = [
            wait for kind, waits in by_class.items() if kind not in (APPOINTMENT, ALL) for wait in waits
        ]
        hour_means = [mean for means in self._hours.values() for mean in means]
        return PolicyFigures(
            policy=self._rules.policy,
            days=len(self._overtime),
            came=sum(self._outcomes.values()),
            served=self._outcomes["served"],
            called_in_vain=self._outcomes["called_in_vain"],
            gave_back=self._outcomes["gave_back"],
            missed=self._missed,
            waits={kind: summed_up(waits) for kind, waits in by_class.items()},
            promise_minutes=self._rules.promise_minutes,
            promise_kept=_share_within(by_class.get(APPOINTMENT, []), self._rules.promise_minutes),
            cap_minutes=self._rules.cap_minutes,
            cap_kept=_share_within(others, self._rules.cap_minutes),
            use=sum(self._busy.values()) / (sum(self._staffed.values()) or 1.0),
            overtime=summed_up(self._overtime),
            hours={hour: self._hour(hour) for hour in sorted(self._staffed.keys() | self._hours.keys())},
            hour_median=quantile(hour_means, 0.5),
            hour_p90=quantile(hour_means, 0.9),
        )

    def _hour(self, hour: int) -> HourFigures:
        means, staffed = self._hours.get(hour), self._staffed.get(hour)
        return HourFigures(
            fmean(means) if means else None, self._busy.get(hour, 0.0) / staffed if staffed else None
        )


def kind_of(visit: PlayedVisit) -> str:
    """Return the class under which a visit is told."""
    return LATE if visit.arrival in ("late", "too_late") else visit.visitor_class


def summed_up(waits: Sequence[float]) -> Waits:
    """Return the percentiles of waits; zeros of none."""
    ordered = sorted(waits)
    p50, p90, p99 = (quantile(ordered, share) for share in (0.5, 0.9, 0.99))
    return Waits(len(ordered), p50, p90, p99, ordered[-1] if ordered else 0.0)


def _share_within(waits: Sequence[float], minutes: float) -> float:
    return sum(wait <= minutes for wait in waits) / len(waits) if waits else 1.0


def _spread(by_hour: dict[int, float], begins: datetime, ends: datetime) -> None:
    """Add the seconds of a span to the hours of the day in which they lie; after midnight, from 24 on."""
    second: float = begins.hour * SECONDS_AN_HOUR + begins.minute * 60 + begins.second
    left = (ends - begins).total_seconds()
    while left > 0:
        hour, passed = divmod(second, SECONDS_AN_HOUR)
        part = min(left, SECONDS_AN_HOUR - passed)
        by_hour[int(hour)] += part
        second, left = second + part, left - part
