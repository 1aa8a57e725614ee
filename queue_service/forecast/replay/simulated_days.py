"""Days of a made-up office, played by rules that the forecast doesn't know.

Clerks have a pace of their own, days too, some hours go slower, plans of minutes are wrong, breaks begin late
and visitors leave: all of this the forecast must learn or bear. Pure and seeded: the same seed, the same day.
"""

import heapq
import math
from collections.abc import Mapping
from random import Random

import msgspec

from queue_service.forecast.call_order import HeadStarts
from queue_service.forecast.model import ComingAppointment, Span, Waiting
from queue_service.forecast.past_days import PastDay, PastVisit, PlannedCounter

HOUR = 3600.0
OPENS, CLOSES = 8 * HOUR, 16 * HOUR
"""Local seconds of the day between which visitors are let in; who is in then is served."""
COUNTERS_STAY = 4 * HOUR
"""Counters go on until the hall is empty, at most so long."""
PROFILE = {8: 0.9, 9: 1.15, 10: 1.3, 11: 1.2, 12: 0.8, 13: 0.75, 14: 0.95, 15: 0.9}
"""Walk-ins by hour, relative (assumed): a morning ramp and a dip at noon."""
SLOW_HOURS = {12: 1.15, 13: 1.15}
"""Visits last longer around noon (assumed)."""
SCATTER = 0.45
"""Squared coefficient of variation of visits, within the field's 0.25-0.6."""
PACE_OF_DAY, PACE_OF_CLERK = 0.07, 0.15
"""Standard deviations of the logarithms of how fast a day and a clerk are (assumed)."""
PAUSE_MEAN, PAUSE_SCATTER = 35.0, 1.5
WALK_SECONDS = (15.0, 60.0)
IN_VAIN_SECONDS = (60.0, 120.0)
PUNCTUAL_MEAN, PUNCTUAL_SIGMA = -420.0, 360.0
"""Seconds of arrival from the appointed time (assumed)."""
DAY_SECONDS = 86_400.0
LONGEST_WAIT = 90 * 60.0
"""The cap of the order, in seconds."""


class Scenario(msgspec.Struct, frozen=True):
    """An office and what comes over it."""

    name: str
    walk_ins_an_hour: float
    counters: int
    minutes: Mapping[str, float]
    """True mean minutes by service."""
    planned_minutes: Mapping[str, float]
    """What the office believes."""
    classes: Mapping[str, float] = msgspec.field(default_factory=lambda: {"walk_in": 1.0})
    """Shares among walk-ins."""
    appointments_an_hour: float = 0.0
    head_starts: Mapping[str, float] = {}
    specialists: int = 0
    """Counters that serve only the first half of the services."""
    appointment_no_show: float = 0.18
    in_vain: float = 0.03
    """Share of tickets whose visitor does not answer the call."""
    patience: float = 0.0
    """Mean seconds after which a visitor leaves unseen; 0: nobody does."""
    shifts: bool = False
    """Whether counters have breaks and open and close over the day, by a plan kept loosely."""
    late_breaks: float = 0.0
    """Mean seconds by which breaks begin and end late."""


SERVICES = {
    "ausweis": 11.0,
    "wohnsitz": 13.0,
    "reisepass": 12.0,
    "zeugnis": 6.0,
    "fahrzeug": 16.0,
    "gewerbe": 20.0,
}
"""True minutes of a made-up office."""
BELIEVED = {
    "ausweis": 15.0,
    "wohnsitz": 15.0,
    "reisepass": 15.0,
    "zeugnis": 5.0,
    "fahrzeug": 10.0,
    "gewerbe": 20.0,
}
"""What such services are planned with at Munich."""
SEVERAL = Scenario(
    "several classes",
    walk_ins_an_hour=22,
    counters=9,
    minutes=SERVICES,
    planned_minutes=BELIEVED,
    classes={"walk_in": 0.86, "disabled": 0.06, "small_children": 0.08},
    appointments_an_hour=20,
    head_starts={"appointment": 1800.0, "disabled": 1200.0, "small_children": 900.0},
    specialists=3,
)
SCENARIOS = (
    Scenario("one class", 30, 7, {"ausweis": 11.0}, {"ausweis": 15.0}),
    SEVERAL,
    msgspec.structs.replace(SEVERAL, name="changing counters", counters=11, shifts=True, late_breaks=240.0),
    msgspec.structs.replace(SEVERAL, name="overload", walk_ins_an_hour=30),
    msgspec.structs.replace(
        SEVERAL, name="no-shows", in_vain=0.12, appointment_no_show=0.25, patience=5400.0, walk_ins_an_hour=26
    ),
)


def simulated_day(scenario: Scenario, day: int, seed: int) -> PastDay:
    """Return one day; ``day`` counts from 0 and with ``seed`` decides all of it."""
    return _Office(scenario, day, Random(f"{scenario.name} {seed} {day}")).play()  # noqa: S311 - no secret


class _Comer(msgspec.Struct):
    """One who comes, and how patient and attentive."""

    visit: PastVisit
    leaves_at: float
    answers: bool


class _Office:
    """One day as it is played."""

    def __init__(self, scenario: Scenario, day: int, chance: Random) -> None:
        self._scenario, self._chance = scenario, chance
        self._day = day
        self._starts_at = day * DAY_SECONDS
        self._order = HeadStarts(scenario.head_starts, LONGEST_WAIT)
        self._pace = chance.lognormvariate(0, PACE_OF_DAY)
        self._counters = [self._planned(index) for index in range(scenario.counters)]
        self._clerks = [chance.lognormvariate(0, PACE_OF_CLERK) for _ in self._counters]
        self._real_spans = [self._as_kept(counter.spans) for counter in self._counters]
        self._missed: list[ComingAppointment] = []
        self._comers = sorted(
            [*self._walk_ins(), *self._with_appointment()], key=lambda comer: comer.visit.arrived_at
        )
        self._waiting: list[tuple[_Comer, Waiting]] = []
        self._done: dict[str, PastVisit] = {}

    def play(self) -> PastDay:
        """Return the day: whichever counter is free calls whom the order says."""
        numbered = [
            msgspec.structs.replace(comer.visit, ticket=f"A{number:04}")
            for number, comer in enumerate(self._comers, start=1)
        ]
        for comer, visit in zip(self._comers, numbered, strict=True):
            comer.visit = visit
        frees = [(spans[0].start, index) for index, spans in enumerate(self._real_spans) if spans]
        heapq.heapify(frees)
        coming = 0
        while frees:
            at, counter = heapq.heappop(frees)
            opens = _open_at(self._real_spans[counter], at)
            if opens is None:
                continue
            if opens > at:
                heapq.heappush(frees, (opens, counter))
                continue
            while coming < len(self._comers) and self._comers[coming].visit.arrived_at <= at:
                self._take_ticket(self._comers[coming])
                coming += 1
            free_again = self._call(counter, at)
            if free_again is not None:
                heapq.heappush(frees, (free_again, counter))
            elif coming < len(self._comers):
                heapq.heappush(frees, (max(at, self._comers[coming].visit.arrived_at) + 1, counter))
        for comer, _ in self._waiting:
            self._done[comer.visit.ticket] = comer.visit
        visits = sorted(self._done.values(), key=lambda visit: visit.ticket)
        return PastDay(
            f"day {self._day + 1}", self._starts_at, tuple(visits), tuple(self._counters), tuple(self._missed)
        )

    def _take_ticket(self, comer: _Comer) -> None:
        visit = comer.visit
        rank_at = visit.waiting_since - self._order.head_start(visit.visitor_class)
        self._waiting.append(
            (comer, Waiting(visit.ticket, visit.visitor_class, visit.services, visit.waiting_since, rank_at))
        )

    def _call(self, counter: int, at: float) -> float | None:
        """Let a counter call; returns when it is free again, None when it has nobody to call."""
        planned = self._counters[counter]
        for comer, _ in [one for one in self._waiting if one[0].leaves_at <= at]:
            self._done[comer.visit.ticket] = msgspec.structs.replace(comer.visit, left_at=comer.leaves_at)
        self._waiting = [one for one in self._waiting if one[0].leaves_at > at]
        able = [one for one in self._waiting if planned.services.issuperset(one[1].services)]
        if not able:
            return None
        comer, waiting = able[self._order.choose([one[1] for one in able], planned.name, at, {})]
        self._waiting.remove((comer, waiting))
        chance = self._chance
        if comer.answers:
            hour = int((at - self._starts_at) // HOUR)
            mean = self._scenario.minutes[waiting.services[0]] * 60 * SLOW_HOURS.get(hour, 1.0)
            lasts = mean * self._pace * self._clerks[counter] * _unit_length(chance, SCATTER)
            lasts += chance.uniform(*WALK_SECONDS)
        else:
            lasts = chance.uniform(*IN_VAIN_SECONDS)
        finished = at + lasts
        self._done[waiting.ticket] = msgspec.structs.replace(
            comer.visit,
            called_at=at,
            finished_at=finished,
            counter=planned.name,
            came_to_counter=comer.answers,
        )
        return finished + PAUSE_MEAN * _unit_length(chance, PAUSE_SCATTER)

    def _walk_ins(self) -> list[_Comer]:
        chance, comers = self._chance, []
        classes, shares = zip(*self._scenario.classes.items(), strict=True)
        most = self._scenario.walk_ins_an_hour * max(PROFILE.values())
        at = OPENS - HOUR / 4
        while (at := at + chance.expovariate(most / HOUR)) < CLOSES:
            profile = PROFILE.get(int(at // HOUR), PROFILE[int(OPENS // HOUR)])
            if chance.random() < profile * self._scenario.walk_ins_an_hour / most:
                visitor_class = chance.choices(classes, shares)[0]
                comers.append(self._comer(visitor_class, self._starts_at + at, None))
        return comers

    def _with_appointment(self) -> list[_Comer]:
        rate, comers = self._scenario.appointments_an_hour, []
        for place in range(int(rate * (CLOSES - OPENS) / HOUR)):
            # By fives, as slots are.
            at = self._starts_at + OPENS + (place / rate * HOUR) // 300 * 300
            service = self._chance.choice(list(self._scenario.minutes))
            if self._chance.random() < self._scenario.appointment_no_show:
                self._missed.append(ComingAppointment(at, "appointment", (service,)))
            else:
                arrives = at + self._chance.gauss(PUNCTUAL_MEAN, PUNCTUAL_SIGMA)
                comers.append(self._comer("appointment", arrives, at))
        return comers

    def _comer(self, visitor_class: str, at: float, appointment_at: float | None) -> _Comer:
        chance, scenario = self._chance, self._scenario
        service = chance.choice(list(scenario.minutes))
        visit = PastVisit("", visitor_class, (service,), at, appointment_at=appointment_at)
        leaves = visit.waiting_since + (
            chance.expovariate(1 / scenario.patience) if scenario.patience else DAY_SECONDS
        )
        return _Comer(visit, leaves, chance.random() >= scenario.in_vain)

    def _planned(self, index: int) -> PlannedCounter:
        services = sorted(self._scenario.minutes)
        if index < self._scenario.specialists:
            services = services[: len(services) // 2]
        start, end = self._starts_at + OPENS, self._starts_at + CLOSES + COUNTERS_STAY
        spans: tuple[Span, ...] = (Span(start, end),)
        if self._scenario.shifts:
            # Every third comes two hours later, every third leaves two hours earlier; each has half an hour's
            # break, one after the other from eleven on.
            late = 2 * HOUR if index % 3 == 1 else 0.0
            early = 2 * HOUR + COUNTERS_STAY if index % 3 == 2 else 0.0
            rest = self._starts_at + 11 * HOUR + index % 6 * HOUR / 3
            spans = (Span(start + late, rest), Span(rest + HOUR / 2, end - early))
        return PlannedCounter(str(index + 1), frozenset(services), spans)

    def _as_kept(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        """Return a plan as people keep it."""
        mean = self._scenario.late_breaks
        if not mean:
            return spans
        return tuple(
            Span(
                span.start + self._chance.expovariate(1 / mean), span.end + self._chance.expovariate(1 / mean)
            )
            for span in spans
        )


def _open_at(spans: tuple[Span, ...], at: float) -> float | None:
    for span in spans:
        if at < span.end:
            return max(at, span.start)
    return None


def _unit_length(chance: Random, scatter: float) -> float:
    """Return a log-normal length with mean 1."""
    sigma = math.sqrt(math.log(1 + scatter))
    return chance.lognormvariate(-(sigma**2) / 2, sigma)
