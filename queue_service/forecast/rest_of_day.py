"""The rest of a day, played forward: how full the hall will be, how long one would wait, who is not reached.

The same play as for single waits, with two differences. Everybody comes who may come, and not only those
who could overtake somebody; and every half hour somebody looks: how many wait, and when one who came now
would be called. Those who look take no counter's time.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Literal

import msgspec

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.drawn_visits import NEVER, Drawing, Entry, eligible
from queue_service.forecast.forecaster import quantile, spread_of
from queue_service.forecast.hall_run import HallRun, next_call
from queue_service.forecast.knowledge import ArrivalRate
from queue_service.forecast.later_arrivals import LaterInRun, LaterOnes
from queue_service.forecast.model import HallState, Range, Reason, Waiting, hour_of_day
from queue_service.forecast.stretch import LEVELS
from queue_service.forecast.told_range import told_minutes

LOOK_EVERY = 1800.0
"""Seconds: what a team lead plans by."""
VISITS_PER_OUTLOOK = 8_000
"""So many visits are played for one outlook: about 30 ms, once a minute."""
FEWEST_RUNS, MOST_RUNS = 16, 40
"""Sixteen: the tenth and the ninetieth percentile still lie between drawn values."""
WALK_IN = "walk_in"

NoLook = Literal["no_counter_open", "closed"]
"""Why there is no outlook: nobody who could call is here or planned; the day is over."""


NoWait = Reason | Literal["no_numbers"]
"""Why nobody is told a wait: as for single waits, or because no numbers are given out any more."""


class DayAhead(msgspec.Struct, frozen=True):
    """What is asked of the rest of a day; instants are POSIX seconds."""

    until: float
    closes: bool
    """Whether the counters close then; without a known end the look ends there."""
    numbers_until: float
    """Until when walk-ins get numbers."""
    services: tuple[str, ...]
    """What they may come for, where the office has not learned what they come for."""


class People(msgspec.Struct, frozen=True):
    """A number of people that is not known exactly."""

    low: int
    middle: int
    high: int
    """Between low and high in eight of ten cases."""


class Look(msgspec.Struct, frozen=True):
    """The hall as it will be at one instant."""

    at: float
    counters: int
    """Those that call then, by what is planned."""
    waiting: People
    wait: Range | None
    """Of somebody who comes then without appointment."""
    why_none: NoWait | None


class DayOutlook(msgspec.Struct, frozen=True):
    """The rest of a day; without looks there is a reason."""

    looks: tuple[Look, ...] = ()
    unserved: People | None = None
    """Those who would not be called before the counters close; None when no end is known."""
    counts_walk_ins: bool = False
    """Whether it has been learned how many come without appointment; else only those are counted who are
    here and who have one."""
    reason: NoLook | None = None


def looks_at(now: float, day_starts_at: float, until: float) -> list[float]:
    """Return now and every half hour by the clock before ``until``."""
    passed = (now - day_starts_at) // LOOK_EVERY
    first = day_starts_at + (passed + 1) * LOOK_EVERY
    count = max(0, int(-(-(until - first) // LOOK_EVERY)))
    return [now, *(first + step * LOOK_EVERY for step in range(count))]


def look_ahead(
    state: HallState,
    now: float,
    drawing: Drawing,
    order: CallOrder,
    calibration: Calibration,
    ahead: DayAhead,
) -> DayOutlook:
    """Return what the rest of the day will probably be like."""
    if ahead.until <= now:
        return DayOutlook(reason="closed")
    if not any(next_call(counter.spans, now) is not None for counter in state.counters):
        return DayOutlook(reason="no_counter_open")
    rates = _rates(drawing.knowledge.arrivals, state.day_starts_at, ahead)
    run = _DayRun(state, now, drawing, order, ahead, rates)
    run.play()
    looks = tuple(
        Look(
            at,
            sum(next_call(counter.spans, at) == at for counter in state.counters),
            _people(run.people[nth]),
            *run.answer(nth, calibration),
        )
        for nth, at in enumerate(run.looks_at)
    )
    return DayOutlook(looks, _people(run.unserved) if ahead.closes else None, bool(rates))


class _DayRun(HallRun):
    """Plays the rest of a day; ``people`` holds by look and run how many wait."""

    def __init__(
        self,
        state: HallState,
        now: float,
        drawing: Drawing,
        order: CallOrder,
        ahead: DayAhead,
        rates: dict[str, ArrivalRate],
    ) -> None:
        self._ahead, self._rates = ahead, rates
        self.looks_at = looks_at(now, state.day_starts_at, ahead.until)
        runs = _runs_for(_expected(state, now, rates, ahead))
        super().__init__(state, now, drawing, order, (), runs)
        self._first_asker = len(state.waiting)
        self.waits += [[NEVER] * runs for _ in self.looks_at]
        self.people = [[0] * runs for _ in self.looks_at]
        self.unserved = [0] * runs
        # Whom no counter can serve is in no queue of the play, and waits all the same.
        self._stuck = sum(not able for able in self.can_serve)
        # Every look has an answer of its own, and so has the one at the end.
        self._answerable += (2 if self._asked else 1) * len(self.looks_at) + 1

    def answer(self, nth: int, calibration: Calibration) -> tuple[Range | None, NoWait | None]:
        """Return what somebody would be told who came at a look, or why nothing."""
        at = self.looks_at[nth]
        if at >= self._ahead.numbers_until:
            return None, "no_numbers"
        if not self._asked:
            return None, "nobody_serves_this"
        spread = spread_of([wait - (at - self._now) for wait in self.waits[self._first_asker + nth]])
        if spread is None:
            return None, "closes_before"
        hour = hour_of_day(at, self._state.day_starts_at)
        calibrated = calibration.corrected(spread, WALK_IN, hour)
        return Range(*told_minutes(calibrated.low, calibrated.high), calibrated, spread), None

    def _later_ones(self) -> LaterOnes:
        later = LaterOnes(
            self._state,
            self._now,
            self._drawing,
            self._order,
            self._rates,
            self.runs,
            self._ahead.until - self._now,
            they_may_leave=True,
        )
        self._asked = _asked_for(self._state, self._rates, self._ahead)
        for services in set(self._asked):
            later.asker(WALK_IN, services, self._now, 0)
        self._all_later = later
        return later

    def _looks(self, run: int, queues: list[list[Entry]], later: LaterInRun) -> Iterator[float]:
        chance = Random(f"asks {run}")  # noqa: S311 - drawn visits, no secret
        for nth, at in enumerate(self.looks_at):
            yield at
            later.arrive(at)
            self.people[nth][run] = self._stuck + _still_here(queues, at, run)
            if self._asked:
                services = chance.choice(self._asked)
                queue, entry = self._all_later.asker(WALK_IN, services, at, self._first_asker + nth)
                later.queues[queue].insert(0, entry)
        yield self._ahead.until
        later.arrive(self._ahead.until)
        self.unserved[run] = self._stuck + _still_here(queues, self._ahead.until, run)


def _rates(learned: dict[str, ArrivalRate], day_starts_at: float, ahead: DayAhead) -> dict[str, ArrivalRate]:
    """Return how often walk-ins come as long as they get numbers."""
    last = hour_of_day(ahead.numbers_until, day_starts_at) if ahead.numbers_until < NEVER else NEVER
    ends_within = ahead.numbers_until > day_starts_at + last * 3600
    return {
        visitor_class: ArrivalRate(
            {h: often for h, often in rate.per_hour.items() if h < last or (h == last and ends_within)},
            rate.visits,
        )
        for visitor_class, rate in learned.items()
        if rate.visits
    }


def _expected(state: HallState, now: float, rates: dict[str, ArrivalRate], ahead: DayAhead) -> int:
    """Return about how many visits the rest of the day has."""
    first, last = (hour_of_day(at, state.day_starts_at) for at in (now, ahead.until))
    walk_ins = sum(
        often for rate in rates.values() for hour, often in rate.per_hour.items() if first <= hour <= last
    )
    return len(state.waiting) + len(state.coming) + len(state.counters) + int(walk_ins)


def _runs_for(visits: int) -> int:
    return max(FEWEST_RUNS, min(MOST_RUNS, VISITS_PER_OUTLOOK // max(visits, 1)))


def _asked_for(state: HallState, rates: dict[str, ArrivalRate], ahead: DayAhead) -> list[tuple[str, ...]]:
    """Return the visits that somebody may come for and some counter can serve, as often as they come."""
    usual: Sequence[tuple[str, ...]] = rates[WALK_IN].visits if WALK_IN in rates else ()
    every = list(usual) or [(service,) for service in ahead.services]
    able = {
        services: bool(eligible(Waiting("", WALK_IN, services, 0.0, 0.0), state.counters))
        for services in set(every)
    }
    return [services for services in every if able[services]]


def _still_here(queues: list[list[Entry]], at: float, run: int) -> int:
    return sum(
        not entry.newcomer and (entry.leaves is None or entry.leaves[run] > at)
        for queue in queues
        for entry in queue
    )


def _people(drawn: list[int]) -> People:
    ordered = sorted(map(float, drawn))
    low, middle, high = (round(quantile(ordered, level)) for level in LEVELS.values())
    return People(low, middle, high)
