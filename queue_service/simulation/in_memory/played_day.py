"""A drawn day played by the pure rules: admission, calling order, counters that can or can't serve.

Whoever becomes free calls the first of the order whom it can serve; who comes while a counter is
idle is called at once. No network, no database, no clock.
"""

import heapq
from bisect import bisect_left, insort
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from queue_service.offices.setup_model import ArrivalWindow, OrderSetup
from queue_service.queueing.arrival import Admission, Arrival, admit_appointment, admit_walk_in
from queue_service.queueing.order import ratio, reserve
from queue_service.queueing.order.turn import Moment, Waiting
from queue_service.simulation.in_memory.calling_queue import CallingQueue
from queue_service.simulation.in_memory.drawn_day import Comer, DrawnDay

Outcome = Literal["served", "called_in_vain", "gave_back"]


class Queue(Protocol):
    """What calls are made from."""

    def __init__(self, rules: OrderSetup, groups: int) -> None: ...
    def __len__(self) -> int: ...
    def join(self, ticket: Waiting, group: int) -> None:
        """Let somebody wait."""

    def leave(self, ticket: Waiting) -> None:
        """Let somebody go who waits."""

    def call(self, groups: tuple[int, ...], moment: Moment) -> Waiting | None:
        """Take out and return the first whom a counter for these groups can serve."""


class PlayedVisit(msgspec.Struct, frozen=True):
    """One who came, and what became of it."""

    comer: Comer
    visitor_class: str
    arrival: Arrival | None
    waiting_since: datetime
    ended_waiting: datetime
    """When called, or when the number was given back."""
    outcome: Outcome
    counter: int | None


class PlayedDay(msgspec.Struct, frozen=True):
    """A day that is over."""

    drawn: DrawnDay
    visits: list[PlayedVisit]
    left_waiting: int
    """Whom nobody served; a scenario's checks see to it that there is none."""
    last_done: datetime


class _Here(msgspec.Struct, frozen=True):
    """Somebody who waits."""

    comer: Comer
    admission: Admission
    ticket: Waiting


def play_day(
    day: DrawnDay, rules: OrderSetup, window: ArrivalWindow, queue: type[Queue] = CallingQueue
) -> PlayedDay:
    """Play the day to its end."""
    return _Hall(day, rules, window, queue).play()


class _Hall:
    """The hall while the day is played; counters are known by their place in the day's list."""

    def __init__(self, day: DrawnDay, rules: OrderSetup, window: ArrivalWindow, queue: type[Queue]) -> None:
        self._day, self._rules, self._window = day, rules, window
        self._group_of_service, self._groups_of_counter = _groups(day)
        self._queue = queue(rules, len(set(self._group_of_service.values())))
        self._here: dict[str, _Here] = {}
        self._patience: list[tuple[datetime, str]] = []
        self._cycle_place = 0
        self._shift = [0] * len(day.counters)
        self._due: list[datetime | None] = [counter.shifts[0].begins for counter in day.counters]
        """When each counter does something next; anything else in ``_events`` is out of date."""
        self._events = [(counter.shifts[0].begins, at) for at, counter in enumerate(day.counters)]
        heapq.heapify(self._events)
        self._idle: dict[int, None] = {}
        """Counters with nobody to call, the longest idle first."""
        self._open: list[int] = []
        self._visits: list[PlayedVisit] = []
        self._last_done = day.closes

    def play(self) -> PlayedDay:
        for nth, comer in enumerate(self._day.comers, start=1):
            self._go_on_until(comer.arrives)
            self._let_in(comer, f"{nth:05}")
        self._go_on_until(None)
        return PlayedDay(self._day, self._visits, len(self._queue), self._last_done)

    def _go_on_until(self, at: datetime | None) -> None:
        while self._events and (at is None or self._events[0][0] <= at):
            due, counter = heapq.heappop(self._events)
            if self._due[counter] == due:
                self._idle.pop(counter, None)
                self._is_free(counter, due)

    def _let_in(self, comer: Comer, number: str) -> None:
        at, rules = comer.arrives, self._rules
        if comer.appointment is None:
            admission = admit_walk_in(at, comer.visitor_class, rules)
        else:
            admission = admit_appointment(at, comer.appointment, self._window, rules)
        ticket = Waiting(
            number, admission.visitor_class, admission.waiting_since, admission.rank_at, admission.call_by
        )
        self._here[number] = _Here(comer, admission, ticket)
        if comer.gives_back is not None:
            heapq.heappush(self._patience, (comer.gives_back, number))
        group = self._group_of_service[comer.service]
        self._queue.join(ticket, group)
        idle = next((one for one in self._idle if group in self._groups_of_counter[one]), None)
        if idle is not None:
            del self._idle[idle]
            self._is_free(idle, at)

    def _is_free(self, counter: int, at: datetime) -> None:
        """Let a counter begin, call, rest or end, whatever its plan says."""
        staffed, nth = self._day.counters[counter], self._shift[counter]
        last = nth == len(staffed.shifts) - 1
        if at >= staffed.shifts[nth].ends and not (last and staffed.stays):
            self._close(counter)
            if not last:
                self._shift[counter] += 1
                rest = staffed.shifts[nth + 1].begins - staffed.shifts[nth].ends
                self._next_at(counter, at + rest)
            return
        self._open_up(counter)
        ticket = self._call(counter, at)
        if ticket is not None:
            takes = self._here.pop(ticket.number).comer.takes
            self._last_done = max(self._last_done, at + takes)
            self._next_at(counter, at + takes)
            return
        self._idle[counter] = None
        self._next_at(counter, None if last and staffed.stays else staffed.shifts[nth].ends)

    def _call(self, counter: int, at: datetime) -> Waiting | None:
        self._take_numbers_back(at)
        moment = Moment(at, self._cycle_place, kept=self._is_kept(counter))
        ticket = self._queue.call(self._groups_of_counter[counter], moment)
        if ticket is None:
            return None
        if self._rules.policy == "ratio":
            self._cycle_place = ratio.next_place(
                self._cycle_place, self._rules, called_on_time=ticket.on_time
            )
        here = self._here[ticket.number]
        self._ended(here, at, "served" if here.comer.answers else "called_in_vain", counter)
        return ticket

    def _take_numbers_back(self, at: datetime) -> None:
        while self._patience and self._patience[0][0] <= at:
            gone_at, number = heapq.heappop(self._patience)
            here = self._here.pop(number, None)
            if here is not None:
                self._queue.leave(here.ticket)
                self._ended(here, gone_at, "gave_back", None)

    def _ended(self, here: _Here, at: datetime, outcome: Outcome, counter: int | None) -> None:
        known = here.admission
        self._visits.append(
            PlayedVisit(
                here.comer, known.visitor_class, known.arrival, known.waiting_since, at, outcome, counter
            )
        )

    def _is_kept(self, counter: int) -> bool:
        if self._rules.policy != "reserve":
            return False
        kept = reserve.kept_counters(len(self._open), len(self._queue), self._rules)
        return bisect_left(self._open, counter) < kept

    def _open_up(self, counter: int) -> None:
        place = bisect_left(self._open, counter)
        if place == len(self._open) or self._open[place] != counter:
            insort(self._open, counter)

    def _close(self, counter: int) -> None:
        place = bisect_left(self._open, counter)
        if place < len(self._open) and self._open[place] == counter:
            del self._open[place]

    def _next_at(self, counter: int, at: datetime | None) -> None:
        self._due[counter] = at
        if at is not None:
            heapq.heappush(self._events, (at, counter))


def _groups(day: DrawnDay) -> tuple[dict[int, int], list[tuple[int, ...]]]:
    """Return by service its group, those that the same counters serve, and by counter its groups."""
    numbers: dict[frozenset[int], int] = {}
    of_service = {}
    for service in sorted(set().union(*(counter.services for counter in day.counters))):
        able = frozenset(at for at, counter in enumerate(day.counters) if service in counter.services)
        of_service[service] = numbers.setdefault(able, len(numbers))
    of_counter = [
        tuple(group for able, group in numbers.items() if at in able) for at in range(len(day.counters))
    ]
    return of_service, of_counter
