"""The hall played forward, many times over, to see when each one is called.

Every run has its own drawing of how long each visit lasts, whether its visitor answers or has left, and
who else comes. Whichever counter is free first calls whom the order chooses, until everybody has been called.
"""

import heapq
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple
from zlib import crc32

from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.drawn_visits import NEVER, Drawing, Entry, Row, eligible
from queue_service.forecast.durations import at_quantiles, remaining
from queue_service.forecast.later_arrivals import LaterInRun, LaterOnes
from queue_service.forecast.model import Counter, HallState, Newcomer, Span, Waiting, hour_of_day

CALLS_PER_FORECAST = 4_000
"""So many calls are played for one forecast: about 10 ms."""
FEWEST_RUNS, MOST_RUNS = 12, 40
"""In a very full hall a forecast takes longer rather than being drawn from fewer runs. Four times as
many as the most made the bank's test week no better (pinball 16.2 and 16.2 s)."""
LONGEST_DAY = 16 * 3600.0
"""Nothing is played further ahead."""


class Lane(NamedTuple):
    """Those of one class whom the same counters can serve; the longest wait is last, and taken from there."""

    entries: list[Entry]
    counters: frozenset[int]


def runs_for(visitors: int) -> int:
    """Return how often a hall of so many is played."""
    return max(FEWEST_RUNS, min(MOST_RUNS, CALLS_PER_FORECAST // max(visitors, 1)))


class HallRun:
    """One forecast's playing; ``waits`` holds by place and run the seconds from now to the call."""

    def __init__(
        self,
        state: HallState,
        now: float,
        drawing: Drawing,
        order: CallOrder,
        newcomers: Sequence[Newcomer],
        runs: int | None = None,
    ) -> None:
        self._state, self._now, self._drawing, self._order = state, now, drawing, order
        self.runs = runs or runs_for(len(state.waiting) + len(state.counters))
        self.waits: list[list[float]] = [
            [NEVER] * self.runs for _ in range(len(state.waiting) + len(newcomers))
        ]
        self.can_serve: list[frozenset[int]] = []
        """By place: the counters that can."""
        self._eligible: dict[tuple[tuple[str, ...], frozenset[str]], frozenset[int]] = {}
        self._lanes = self._lanes_of(newcomers)
        self._answerable = sum(len(lane.entries) for lane in self._lanes)
        """What a run ends with: so many calls and looks."""
        self._later = self._later_ones()
        able = [lane.counters for lane in self._lanes] + self._later.counters
        self._queues_of = [
            [queue for queue, counters in enumerate(able) if index in counters]
            for index in range(len(state.counters))
        ]
        self._surely_until = [_surely_calls_until(counter, now) for counter in state.counters]
        self._delays = [self._opens_late(counter) for counter in state.counters]
        self._frees = [self._free_at(counter) for counter in state.counters]

    def play(self) -> None:
        """Play all runs."""
        for run in range(self.runs):
            self._play_once(run)

    def _lanes_of(self, newcomers: Sequence[Newcomer]) -> list[Lane]:
        lanes: dict[tuple[str, float, frozenset[int]], Lane] = {}
        hour = hour_of_day(self._now, self._state.day_starts_at)
        for place, waiting in enumerate(self._state.waiting):
            counters = self._counters_for(waiting)
            self.can_serve.append(counters)
            lasts = self._drawing.visit(waiting, hour, self.runs)
            entry = Entry(waiting, lasts, self._leaves(waiting), place, newcomer=False)
            head_start = waiting.waiting_since - waiting.rank_at
            if counters:
                lane = lanes.setdefault((waiting.visitor_class, head_start, counters), Lane([], counters))
                lane.entries.append(entry)
        for place, somebody in enumerate(newcomers, start=len(self._state.waiting)):
            head_start = self._order.head_start(somebody.visitor_class)
            waiting = Waiting(
                "",
                somebody.visitor_class,
                (somebody.service,),
                self._now,
                self._now - head_start,
                somebody.needs,
            )
            counters = self._counters_for(waiting)
            self.can_serve.append(counters)
            if counters:
                lane = lanes.setdefault((waiting.visitor_class, head_start, counters), Lane([], counters))
                lane.entries.append(Entry(waiting, (), None, place, newcomer=True))
        for lane in lanes.values():
            lane.entries.sort(key=_call_order, reverse=True)
        return list(lanes.values())

    def _counters_for(self, waiting: Waiting) -> frozenset[int]:
        wanted = (waiting.services, waiting.needs)
        counters = self._eligible.get(wanted)
        if counters is None:
            counters = self._eligible[wanted] = eligible(waiting, self._state.counters)
        return counters

    def _leaves(self, waiting: Waiting) -> Row | None:
        patience = self._drawing.knowledge.patience.get(waiting.visitor_class)
        if patience is None or not patience.seconds:
            return None
        waited = max(0.0, self._now - waiting.waiting_since)
        times = [self._now + more for more in patience.leaving_after(waited, self.runs)]
        turn = crc32(waiting.ticket.encode(), 1)
        Random(turn).shuffle(times)  # noqa: S311 - drawn visits, no secret
        return times

    def _free_at(self, counter: Counter) -> Row:
        """Return by run when a counter could make its next call."""
        if counter.visit is None and counter.away_since is None:
            return [self._now] * self.runs
        chance = Random(crc32(counter.name.encode()))  # noqa: S311 - drawn visits, no secret
        pauses = self._drawing.knowledge.pauses
        if counter.visit is None:
            away = self._now - (counter.away_since or self._now)
            times = list(remaining(pauses, away, self.runs))
        else:
            passed = self._now - counter.visit.called_at
            hour = hour_of_day(counter.visit.called_at, self._state.day_starts_at)
            lengths = self._drawing.length(counter.visit.services, hour)
            # One who came for several things is taken to be at the first of them for the length of all.
            whole = lengths[0] if len(lengths) == 1 else tuple(map(sum, zip(*lengths, strict=True)))
            times = list(remaining(whole, passed, self.runs))
            chance.shuffle(times)
            after = at_quantiles(pauses, self.runs)
            times = [left + pause for left, pause in zip(times, after, strict=True)]
        chance.shuffle(times)
        return [self._now + seconds for seconds in times]

    def _opens_late(self, counter: Counter) -> Row:
        """Return by run how late a counter begins a span."""
        delays = list(at_quantiles(self._drawing.knowledge.opening_delays, self.runs))
        Random(f"opens {counter.name}").shuffle(delays)  # noqa: S311 - drawn visits, no secret
        return delays

    def _later_ones(self) -> LaterOnes:
        here = {lane.entries[0].waiting.visitor_class for lane in self._lanes}
        rates = {
            visitor_class: rate
            for visitor_class, rate in self._drawing.knowledge.arrivals.items()
            if any(self._order.may_overtake(visitor_class, other) for other in here)
        }
        return LaterOnes(self._state, self._now, self._drawing, self._order, rates, self.runs)

    def _looks(self, run: int, queues: list[list[Entry]], later: LaterInRun) -> Iterator[float]:
        """Give the instants at which somebody looks at the queues; a forecast needs none."""
        del run, queues, later
        return iter(())

    def _play_once(self, run: int) -> None:
        """Play one run: whichever counter is free first calls whom the order chooses."""
        now, choose, counters, waits = self._now, self._order.choose, self._state.counters, self.waits
        later = self._later.of_run(run)
        queues = [lane.entries.copy() for lane in self._lanes] + later.queues
        queues_of = [[queues[queue] for queue in able] for able in self._queues_of]
        memory, after_call = dict(self._state.memory), self._order.after_call
        unanswered = self._answerable
        surely_until = self._surely_until
        frees = [(row[run], index) for index, row in enumerate(self._frees)]
        heapq.heapify(frees)
        looks = self._looks(run, queues, later)
        next_look = next(looks, NEVER)
        while frees and unanswered:
            at, counter = frees[0]
            if at >= next_look:
                next_look = next(looks, NEVER)
                unanswered -= 1
                continue
            if at >= surely_until[counter] and (opens := next_call(counters[counter].spans, at)) != at:
                _free_later(frees, None if opens is None else opens + self._delays[counter][run])
                continue
            if at >= later.next_at:
                later.arrive(at)
            filled = [queue for queue in queues_of[counter] if queue]
            if not filled:
                something = min(later.next_at, next_look)
                _free_later(frees, something if something - now < LONGEST_DAY else None)
                continue
            if len(filled) > 1:
                first = [queue[-1][0] for queue in filled]
                filled[0] = filled[choose(first, counters[counter].name, at, memory)]
            waiting, lasts, leaves, place, newcomer = filled[0].pop()
            if place >= 0:
                waits[place][run] = at - now
                unanswered -= 1
            # Who has left, and who might only come, is called without a counter losing time.
            if newcomer or (leaves is not None and leaves[run] < at):
                continue
            after_call(waiting.visitor_class, memory)
            heapq.heapreplace(frees, (at + lasts[run], counter))
        # Counters may close before the last look.
        for _ in looks:
            pass


def _surely_calls_until(counter: Counter, now: float) -> float:
    """Return until when no plan need be looked at."""
    if counter.spans is None:
        return NEVER
    return counter.spans[0].end if counter.spans and counter.spans[0].start <= now else 0.0


def _free_later(frees: list[tuple[float, int]], at: float | None) -> None:
    """Let the counter that is free first call nobody before ``at``; None: no more."""
    if at is None:
        heapq.heappop(frees)
    else:
        heapq.heapreplace(frees, (at, frees[0][1]))


def _call_order(entry: Entry) -> tuple[float, bool, str]:
    waiting = entry.waiting
    return (waiting.waiting_since, entry.newcomer, waiting.ticket)


def next_call(spans: tuple[Span, ...] | None, at: float) -> float | None:
    """Return when a counter calls at ``at`` or next; None when it calls no more today."""
    if spans is None:
        return at
    for span in spans:
        if at < span.end:
            return max(at, span.start)
    return None
