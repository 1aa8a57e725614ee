"""One day as it comes over an office: who works and who comes, drawn before anybody is called.

A day depends on scenario, date and seed alone and on no policy: all policies are compared on the
same visitors with the same lengths of visit, at the same counters.

A day is played by its own wall clock, written as UTC: nothing here asks what time it is elsewhere.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

import msgspec

from queue_service.offices.model import WEEKDAYS, Span, Weekday, is_closed
from queue_service.simulation.scenario import EVERY_CLASS_ELSE, Punctuality, Scenario, SecondsRange
from queue_service.simulation.scenario_file import serves, shared_minutes, stays, works_on
from queue_service.simulation.visitor_plan import EARLIEST_BEFORE_OPENING, service_time

CELL_MINUTES = 5
"""Appointments begin on full five minutes."""
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
PERCENT = 100


class Shift(msgspec.Struct, frozen=True):
    """Counters call visitors from ``begins`` to ``ends``."""

    begins: datetime
    ends: datetime


class StaffedCounter(msgspec.Struct, frozen=True):
    """One counter's day."""

    services: frozenset[int]
    """Places in the scenario's list."""
    shifts: tuple[Shift, ...]
    """Between breaks."""
    stays: bool
    """After the last shift it goes on until nobody is left whom it serves."""


class Comer(msgspec.Struct, frozen=True):
    """Somebody who comes."""

    arrives: datetime
    service: int
    visitor_class: str
    takes: timedelta
    """From the call until the counter calls the next."""
    appointment: datetime | None = None
    answers: bool = True
    """False: has left when called."""
    gives_back: datetime | None = None
    """When the number is given back, if it has not been called by then."""


class DrawnDay(msgspec.Struct, frozen=True):
    """A day before it is played."""

    day: date
    opens: datetime
    closes: datetime
    counters: tuple[StaffedCounter, ...]
    comers: tuple[Comer, ...]
    """By arrival."""
    missed: int
    """Appointments that nobody comes to."""


def open_days(scenario: Scenario) -> Iterator[date]:
    """Give the office's open days from the scenario's first on, without end."""
    calendar, day = scenario.calendar, scenario.first_day
    while True:
        if scenario.opening_hours.on(day) and not is_closed(day, calendar):
            yield day
        day += ONE_DAY


def draw_day(scenario: Scenario, day: date, seed: int) -> DrawnDay:
    """Draw a day on which the office is open."""
    return _Drawing(scenario, day, seed).day()


class _Drawing:
    """What of a scenario concerns one day, and its chances."""

    def __init__(self, scenario: Scenario, day: date, seed: int) -> None:
        self._scenario, self._day = scenario, day
        self._weekday: Weekday = WEEKDAYS[day.weekday()]
        self._spans = scenario.opening_hours.on(day)
        # Apart, so that one counter more, or one visitor fewer, changes nothing about the others.
        self._chance, self._absences, self._bookings = (
            Random(f"{seed} {day} {what}")  # noqa: S311 - a drawn day, no secret
            for what in ("walk-ins", "absences", "appointments")
        )
        self._service_sums = list(accumulate(one.share for one in scenario.services))
        self._services = range(len(scenario.services))
        self._classes = [*scenario.classes, EVERY_CLASS_ELSE]
        special = list(accumulate(scenario.classes.values()))
        self._class_sums = [*special, PERCENT]

    def day(self) -> DrawnDay:
        booked = self._with_appointment()
        come = [comer for comer in booked if comer is not None]
        return DrawnDay(
            self._day,
            self._at(self._spans[0].opens),
            self._at(self._spans[-1].closes),
            tuple(self._counters()),
            tuple(sorted([*come, *self._walk_ins()], key=lambda comer: comer.arrives)),
            len(booked) - len(come),
        )

    def _counters(self) -> Iterator[StaffedCounter]:
        scenario, closes = self._scenario, self._spans[-1].closes
        for row in scenario.staff:
            present = sum(
                self._absences.random() * PERCENT >= scenario.absent_percent for _ in range(row.counters)
            )
            if not works_on(row, self._weekday) or row.hours.opens >= closes:
                continue
            counter = StaffedCounter(
                frozenset(at for at, one in enumerate(scenario.services) if serves(row, one.service)),
                tuple(self._shifts(row.hours, row.breaks)),
                stays(row, self._weekday, closes),
            )
            yield from [counter] * max(1, present)

    def _shifts(self, hours: Span, breaks: Sequence[Span]) -> Iterator[Shift]:
        begins = max(hours.opens, self._spans[0].opens)
        last = min(hours.closes, self._spans[-1].closes)
        for rest in breaks:
            if begins < rest.opens and rest.closes < last:
                yield Shift(self._at(begins), self._at(rest.opens))
                begins = rest.closes
        yield Shift(self._at(begins), self._at(last))

    def _walk_ins(self) -> Iterator[Comer]:
        arrivals, chance = self._scenario.arrivals, self._chance
        variation = math.sqrt(math.log(1 + arrivals.day_variation**2))
        busy = chance.lognormvariate(-(variation**2) / 2, variation) if variation else 1.0
        expected = self._expected() * (PERCENT - self._scenario.appointments.percent) / PERCENT
        count = _poisson(chance, expected * busy * self._season())
        hours = [Span(max(part.opens, one.hours.opens), min(part.closes, one.hours.closes))
                 for one in arrivals.hours for part in self._spans]  # fmt: skip
        shares = [one.share / (one.hours.closes - one.hours.opens)
                  for one in arrivals.hours for _ in self._spans]  # fmt: skip
        sums = list(accumulate(
            share * max(0, span.closes - span.opens) for share, span in zip(shares, hours, strict=True)
        ))  # fmt: skip
        last = self._spans[-1].closes - arrivals.last_minutes_before_closing
        for _ in range(count):
            span = chance.choices(hours, cum_weights=sums)[0]
            minute = chance.uniform(span.opens, span.closes)
            if chance.random() * PERCENT < arrivals.at_the_door_percent:
                minute = self._spans[0].opens
            if minute <= last:
                yield self._walk_in(self._at(minute))

    def _walk_in(self, arrives: datetime) -> Comer:
        chance, leaving = self._chance, self._scenario.leaving
        fate = chance.random() * PERCENT
        told = leaving.unseen_percent <= fate < leaving.unseen_percent + leaving.told_percent
        answers = fate >= leaving.unseen_percent
        service = chance.choices(self._services, cum_weights=self._service_sums)[0]
        return Comer(
            arrives,
            service,
            chance.choices(self._classes, cum_weights=self._class_sums)[0],
            self._takes(chance, service, answers=answers),
            answers=answers,
            gives_back=arrives + timedelta(minutes=leaving.told_after) if told else None,
        )

    def _with_appointment(self) -> list[Comer | None]:
        """Return who has one; None for those who miss it."""
        wanted, chance = self._scenario.appointments, self._bookings
        cells = [
            minute
            for span in self._spans
            for minute in range(
                span.opens,
                min(span.closes, self._spans[-1].closes - wanted.last_minutes_before_closing),
                CELL_MINUTES,
            )
        ]
        count = round(self._expected() * wanted.percent / PERCENT)
        comers: list[Comer | None] = []
        for nth in range(count if cells else 0):
            appointed = self._at(cells[nth * len(cells) // count])
            service = chance.choices(self._services, cum_weights=self._service_sums)[0]
            arrives = max(
                appointed + _off(chance, wanted.punctuality),
                self._at(self._spans[0].opens) - EARLIEST_BEFORE_OPENING,
            )
            takes = self._takes(chance, service, answers=True)
            missed = chance.random() * PERCENT < wanted.missed_percent
            comers.append(None if missed else Comer(arrives, service, EVERY_CLASS_ELSE, takes, appointed))
        return comers

    def _takes(self, chance: Random, service: int, *, answers: bool) -> timedelta:
        wanted, desk = self._scenario.services[service], self._scenario.desk
        lasts = service_time(chance, wanted.minutes, wanted.scatter)
        beside = _seconds(chance, desk.walk) + _seconds(chance, desk.afterwards)
        # Drawn all the same: who leaves changes nothing about the others.
        return lasts + timedelta(seconds=beside) if answers else timedelta(seconds=desk.in_vain)

    def _expected(self) -> float:
        """Return how many want to come on such a weekday outside of any season."""
        week = {day: self._weight(day) for day in WEEKDAYS}
        opened = sum(1 for weight in week.values() if weight)
        return self._scenario.arrivals.visitors_a_day * opened * week[self._weekday] / sum(week.values())

    def _weight(self, weekday: Weekday) -> float:
        spans, arrivals = getattr(self._scenario.opening_hours, weekday), self._scenario.arrivals
        return arrivals.weekdays.get(weekday, 1.0) * sum(
            one.share * shared_minutes(one.hours, spans) / (one.hours.closes - one.hours.opens)
            for one in arrivals.hours
        )

    def _season(self) -> float:
        arrivals, week = self._scenario.arrivals, self._day.isocalendar().week
        factors = [one.factor for one in arrivals.weeks if one.first <= week <= one.last]
        factors += [one.factor for one in arrivals.days_of_month if one.first <= self._day.day <= one.last]
        return math.prod(factors)

    def _at(self, minute: float) -> datetime:
        return datetime.combine(self._day, time.min, UTC) + minute * ONE_MINUTE


def _off(chance: Random, punctuality: Sequence[Punctuality]) -> timedelta:
    one = chance.choices(punctuality, [part.percent for part in punctuality])[0]
    return timedelta(minutes=chance.uniform(one.earliest, one.latest))


def _seconds(chance: Random, limits: SecondsRange) -> float:
    return chance.uniform(limits.shortest, limits.longest)


def _poisson(chance: Random, mean: float) -> int:
    """Count events of a Poisson process, one exponential gap after another."""
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count, passed = count + 1, passed + chance.expovariate(1.0)
    return count
