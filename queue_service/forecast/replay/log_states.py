"""A past day gone through again: the hall as it stood each time somebody came and had to wait.

Nothing that was known only later stands in a state.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.drawn_visits import eligible
from queue_service.forecast.model import AtCounter, ComingAppointment, Counter, HallState, Span, Waiting
from queue_service.forecast.past_days import PastDay, PastVisit

FORGOTTEN = 7200.0
"""Seconds after which a counter that served nobody is taken to be closed, where there is no plan."""


class Moment(msgspec.Struct, frozen=True):
    """Somebody has come and waits: ``visit`` is the last of ``state.waiting``."""

    at: float
    visit: PastVisit
    state: HallState
    ended: list[PastVisit]
    """Queued visits whose wait has ended by now, by when it ended; grows from moment to moment."""


class CounterSkills:
    """Which services each counter serves, where no plan says it: those that it was seen serving."""

    def __init__(self, days: list[PastDay]) -> None:
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._all: set[str] = set()
        for day in days:
            for visit in day.visits:
                self.learn(visit)

    def learn(self, visit: PastVisit) -> None:
        """Add what a served visit shows."""
        self._all.update(visit.services)
        if visit.counter is not None and visit.called_at is not None:
            self._seen[visit.counter].update(visit.services)

    def of(self, counter: str, wanted: frozenset[str]) -> frozenset[str]:
        """Return its services; a counter seen for the first time serves everything."""
        return frozenset(self._seen[counter]) if self._seen[counter] else frozenset(self._all) | wanted


def moments(day: PastDay, order: CallOrder, skills: CounterSkills) -> Iterator[Moment]:
    """Give every moment of a day at which somebody came and was not called at once."""
    walk = _Walk(day, order, skills)
    for visit in day.visits:
        walk.until(visit.arrived_at)
        if visit.ended_waiting_at is not None and visit.ended_waiting_at <= visit.arrived_at:
            continue
        walk.come(visit)
        state = walk.state(visit.arrived_at)
        if not walk.called_at_once(visit, state):
            yield Moment(visit.arrived_at, visit, state, walk.ended)


def halls(
    day: PastDay, order: CallOrder, skills: CounterSkills, instants: Iterable[float]
) -> Iterator[tuple[float, HallState]]:
    """Give the hall of a past day at each of some ascending instants."""
    walk = _Walk(day, order, skills)
    coming = sorted(day.visits, key=lambda visit: visit.arrived_at, reverse=True)
    for at in instants:
        while coming and coming[-1].arrived_at <= at:
            visit = coming.pop()
            walk.until(visit.arrived_at)
            walk.come(visit)
        walk.until(at)
        yield at, walk.state(at)


class _Walk:
    """The hall of a past day, moved on from arrival to arrival."""

    def __init__(self, day: PastDay, order: CallOrder, skills: CounterSkills) -> None:
        self._day, self._order, self._skills = day, order, skills
        self._waiting: dict[str, Waiting] = {}
        self._visits: dict[str, PastVisit] = {visit.ticket: visit for visit in day.visits}
        self._at_counter: dict[str, PastVisit] = {}
        self._last_done: dict[str, float] = {}
        self._changes = sorted(change for visit in day.visits for change in _changes(visit))
        self._next = 0
        self._coming = sorted(
            [
                *(
                    (visit.arrived_at, _appointment(visit))
                    for visit in day.visits
                    if visit.appointment_at is not None
                ),
                *((float("inf"), appointment) for appointment in day.missed),
            ],
            key=lambda coming: coming[1].at,
        )
        self.ended: list[PastVisit] = []

    def until(self, at: float) -> None:
        """Move the hall on to an instant."""
        while self._next < len(self._changes) and self._changes[self._next][0] <= at:
            when, kind, ticket = self._changes[self._next]
            self._next += 1
            visit = self._visits[ticket]
            if kind == "1 waited":
                if self._waiting.pop(ticket, None) is not None:
                    self.ended.append(visit)
                if visit.called_at is not None and visit.counter is not None:
                    self._at_counter[visit.counter] = visit
                    self._skills.learn(visit)
            elif visit.counter is not None:
                self._last_done[visit.counter] = when
                if self._at_counter.get(visit.counter) is visit:
                    del self._at_counter[visit.counter]

    def come(self, visit: PastVisit) -> None:
        """Let somebody wait."""
        rank_at = visit.waiting_since - self._order.head_start(visit.visitor_class)
        self._waiting[visit.ticket] = Waiting(
            visit.ticket, visit.visitor_class, visit.services, visit.waiting_since, rank_at, visit.needs
        )

    def state(self, at: float) -> HallState:
        """Return the hall at an instant, the last one who came included."""
        waiting = tuple(self._waiting.values())
        coming = tuple(
            appointment
            for came_at, appointment in self._coming
            if came_at > at and appointment.at > at - FORGOTTEN / 4
        )
        counters = self._planned(at, waiting) if self._day.counters is not None else self._seen(at)
        return HallState(waiting, counters, self._day.starts_at, coming)

    def called_at_once(self, visit: PastVisit, state: HallState) -> bool:
        """Say whether a counter is ready for the one who came, where a plan says who is there."""
        if self._day.counters is None:
            return False
        newest = self._waiting[visit.ticket]
        able = [state.counters[index] for index in eligible(newest, state.counters)]
        return any(
            counter.visit is None
            and (counter.away_since is None or counter.away_since >= visit.arrived_at)
            and any(span.start <= visit.arrived_at < span.end for span in counter.spans or ())
            for counter in able
        )

    def _seen(self, at: float) -> tuple[Counter, ...]:
        """Return who has served today: with somebody waiting, whoever serves nobody is away."""
        names = {
            *self._at_counter,
            *(name for name, done in self._last_done.items() if at - done < FORGOTTEN),
        }
        wanted = frozenset(service for waiting in self._waiting.values() for service in waiting.services)
        return tuple(
            Counter(
                name,
                self._skills.of(name, wanted),
                visit=self._visit_at(name),
                away_since=None if name in self._at_counter else self._last_done[name],
            )
            for name in sorted(names)
        )

    def _planned(self, at: float, waiting: tuple[Waiting, ...]) -> tuple[Counter, ...]:
        counters = []
        for planned in self._day.counters or ():
            counter = Counter(
                planned.name,
                planned.services,
                planned.facilities,
                self._visit_at(planned.name),
                spans=_from_now_on(planned.spans, at),
            )
            if counter.visit is None:
                opened = max((span.start for span in planned.spans if span.start <= at), default=at)
                free = max(self._last_done.get(planned.name, opened), opened)
                first = min(
                    (self._visits[one.ticket].arrived_at for one in waiting if eligible(one, (counter,))),
                    default=None,
                )
                away = None if first is None else max(free, first)
                counter = msgspec.structs.replace(counter, away_since=away)
            if counter.spans or counter.visit is not None:
                counters.append(counter)
        return tuple(counters)

    def _visit_at(self, counter: str) -> AtCounter | None:
        visit = self._at_counter.get(counter)
        if visit is None or visit.called_at is None:
            return None
        return AtCounter(visit.services, visit.called_at)


def _changes(visit: PastVisit) -> Iterator[tuple[float, str, str]]:
    if visit.ended_waiting_at is not None:
        yield visit.ended_waiting_at, "1 waited", visit.ticket
    if visit.finished_at is not None:
        yield visit.finished_at, "2 done", visit.ticket


def _appointment(visit: PastVisit) -> ComingAppointment:
    return ComingAppointment(
        visit.appointment_at or visit.arrived_at, visit.visitor_class, visit.services, visit.needs
    )


def _from_now_on(spans: tuple[Span, ...], at: float) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.end > at)
