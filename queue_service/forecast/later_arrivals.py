"""Who comes later and may go before those who wait: appointments of today, classes with a head start."""

from bisect import insort
from collections.abc import Mapping
from random import Random

from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.drawn_visits import NEVER, Drawing, Entry, Row, eligible
from queue_service.forecast.knowledge import ArrivalRate
from queue_service.forecast.model import ComingAppointment, HallState, Waiting, hour_of_day

SECONDS_AN_HOUR = 3600.0
LOOKS_AHEAD = 4 * SECONDS_AN_HOUR
"""For single waits: appointments further away overtake nobody who can be told anything useful."""
QUIET_HOUR = 1e-9
"""Stands for no arrivals, so that times between them can be drawn."""


class LaterOnes:
    """Everybody who may still come, for all runs of one forecast."""

    def __init__(
        self,
        state: HallState,
        now: float,
        drawing: Drawing,
        order: CallOrder,
        rates: Mapping[str, ArrivalRate],
        runs: int,
        looks_ahead: float = LOOKS_AHEAD,
        *,
        they_may_leave: bool = False,
    ) -> None:
        self.counters: list[frozenset[int]] = []
        """By queue of later ones: the counters that can serve it."""
        self._state, self._now, self._drawing, self._runs = state, now, drawing, runs
        self._rates, self._order = rates, order
        self._queue_of: dict[tuple[str, frozenset[int]], int] = {}
        self._appointments = [
            self._appointment(place, coming)
            for place, coming in enumerate(state.coming)
            if coming.at < now + looks_ahead
        ]
        self._patience = (
            {name: patience.leaving_after(0.0, runs) for name, patience in drawing.knowledge.patience.items()}
            if they_may_leave
            else {}
        )
        self._walk_ins = {
            (visitor_class, services): self._queue(self._waiting("", visitor_class, services, now))
            for visitor_class, rate in rates.items()
            for services in set(rate.visits)
        }

    def of_run(self, run: int) -> "LaterInRun":
        """Return those of one run."""
        appointments = [
            (arrives[run], queue, entry)
            for arrives, queue, entry in self._appointments
            if arrives[run] < NEVER
        ]
        appointments.sort(key=lambda coming: coming[0])
        streams = [
            _Stream(visitor_class, rate, self, Random(f"{visitor_class} {run}"))  # noqa: S311 - no secret
            for visitor_class, rate in self._rates.items()
        ]
        return LaterInRun(appointments, streams, [[] for _ in self.counters])

    def walk_in(
        self, visitor_class: str, services: tuple[str, ...], at: float, chance: Random
    ) -> tuple[int, Entry]:
        """Return the queue and the entry of somebody who comes without an appointment."""
        waiting = self._waiting(f"later {chance.random()}", visitor_class, services, at)
        hour = hour_of_day(at, self._state.day_starts_at)
        lasts = self._drawing.visit(waiting, hour, self._runs)
        patience = self._patience.get(visitor_class)
        leaves = [at + chance.choice(patience)] * self._runs if patience else None
        return self._walk_ins[visitor_class, services], Entry(waiting, lasts, leaves, -1, newcomer=False)

    def asker(
        self, visitor_class: str, services: tuple[str, ...], at: float, place: int
    ) -> tuple[int, Entry]:
        """Return the queue and the entry of somebody who would come at an instant and takes no time."""
        waiting = self._waiting("", visitor_class, services, at)
        return self._queue(waiting), Entry(waiting, (), None, place, newcomer=True)

    def rate_at(self, rate: ArrivalRate, at: float) -> float:
        """Return the arrivals per second at an instant."""
        return rate.per_hour.get(hour_of_day(at, self._state.day_starts_at), 0.0) / SECONDS_AN_HOUR

    @property
    def now(self) -> float:
        """The instant from which on they come."""
        return self._now

    def _waiting(
        self,
        ticket: str,
        visitor_class: str,
        services: tuple[str, ...],
        since: float,
        needs: frozenset[str] = frozenset(),
    ) -> Waiting:
        rank_at = since - self._order.head_start(visitor_class)
        return Waiting(ticket, visitor_class, services, since, rank_at, needs)

    def _queue(self, waiting: Waiting) -> int:
        counters = eligible(waiting, self._state.counters)
        key = (waiting.visitor_class, counters)
        if key not in self._queue_of:
            self._queue_of[key] = len(self.counters)
            self.counters.append(counters)
        return self._queue_of[key]

    def _appointment(self, place: int, coming: ComingAppointment) -> tuple[Row, int, Entry]:
        """Return by run when its visitor comes (NEVER: not at all), with its queue and entry."""
        name = f"appointment {place} {coming.at}"
        waiting = self._waiting(name, coming.visitor_class, coming.services, coming.at, coming.needs)
        hour = hour_of_day(coming.at, self._state.day_starts_at)
        # Whoever is later than planned by now may still come; nobody comes in the past.
        arrives = [max(coming.at + late, self._now) for late in self._drawing.arrival(name, self._runs)]
        entry = Entry(waiting, self._drawing.visit(waiting, hour, self._runs), None, -1, newcomer=False)
        return arrives, self._queue(waiting), entry


class LaterInRun:
    """Those who come later in one run; ``queues`` fill as they arrive, the longest wait last."""

    def __init__(
        self,
        appointments: list[tuple[float, int, Entry]],
        streams: list["_Stream"],
        queues: list[list[Entry]],
    ) -> None:
        self.queues = queues
        self._appointments = appointments
        self._next_appointment = 0
        self._streams = streams
        self.next_at = NEVER
        """When the next one comes."""
        self._look_ahead()

    def arrive(self, at: float) -> None:
        """Put all who have come by ``at`` into their queues."""
        while self._next_appointment < len(self._appointments):
            arrives, queue, entry = self._appointments[self._next_appointment]
            if arrives > at:
                break
            insort(self.queues[queue], entry, key=_longest_last)
            self._next_appointment += 1
        for stream in self._streams:
            while stream.next_at <= at:
                queue, entry = stream.take()
                self.queues[queue].insert(0, entry)
        self._look_ahead()

    def _look_ahead(self) -> None:
        self.next_at = min((stream.next_at for stream in self._streams), default=NEVER)
        if self._next_appointment < len(self._appointments):
            self.next_at = min(self.next_at, self._appointments[self._next_appointment][0])


class _Stream:
    """Walk-ins of one class in one run, drawn as they are needed."""

    def __init__(self, visitor_class: str, rate: ArrivalRate, later: LaterOnes, chance: Random) -> None:
        self._visitor_class, self._rate, self._later, self._chance = visitor_class, rate, later, chance
        self.next_at = later.now
        self._draw_next()

    def take(self) -> tuple[int, Entry]:
        """Return the one who comes at ``next_at``, and draw the next."""
        services = self._chance.choice(self._rate.visits)
        comer = self._later.walk_in(self._visitor_class, services, self.next_at, self._chance)
        self._draw_next()
        return comer

    def _draw_next(self) -> None:
        """Thinning hour by hour: what is left of an hour without arrivals is passed over."""
        at = self.next_at
        while True:
            end = at - (at % SECONDS_AN_HOUR) + SECONDS_AN_HOUR
            gap = self._chance.expovariate(max(self._later.rate_at(self._rate, at), QUIET_HOUR))
            if at + gap < end:
                self.next_at = at + gap
                return
            at = end
            if at - self._later.now > 24 * SECONDS_AN_HOUR:
                self.next_at = NEVER
                return


def _longest_last(entry: Entry) -> float:
    return -entry.waiting.waiting_since
