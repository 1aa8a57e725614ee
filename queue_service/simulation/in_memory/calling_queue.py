"""A queue that calls in the order of the office's policy without sorting everybody for each call.

``queueing.order`` says who is next of all who wait. Here the same is asked of a few: whom the same
counters serve, in one class with one head start, are called by their wait in every policy, so of each
such *lane* only the first can be next. A test holds calls against ``in_calling_order``.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from operator import itemgetter

from queue_service.offices.setup_model import OrderSetup
from queue_service.queueing.order import ratio
from queue_service.queueing.order.turn import Moment, Turn, Waiting, call_by, due
from queue_service.queueing.order_policy import POLICIES

Lane = list[tuple[datetime, str, Waiting]]
"""A heap by wait and number; it may still hold, further down, who has left."""


class CallingQueue:
    """Those who wait; ``groups`` are numbered kinds of visits, each served by counters of its own.

    Tickets must have been admitted by ``queueing.arrival`` under the same rules.
    """

    def __init__(self, rules: OrderSetup, groups: int) -> None:
        self._rules = rules
        self._policy = POLICIES[rules.policy]
        self._lanes: list[dict[tuple[str, timedelta], Lane]] = [{} for _ in range(groups)]
        self._gone: set[str] = set()
        self._waiting = 0
        self._places = _CyclePlaces(rules) if rules.policy == "ratio" else None

    def __len__(self) -> int:
        return self._waiting

    def join(self, ticket: Waiting, group: int) -> None:
        """Let somebody wait."""
        key = (ticket.visitor_class, ticket.waiting_since - ticket.rank_at)
        heappush(self._lanes[group].setdefault(key, []), (ticket.waiting_since, ticket.number, ticket))
        self._waiting += 1
        if self._places is not None:
            self._places.add(ticket)

    def leave(self, ticket: Waiting) -> None:
        """Let somebody go who waits."""
        self._gone.add(ticket.number)
        self._forget(ticket)

    def call(self, groups: Iterable[int], moment: Moment) -> Waiting | None:
        """Take out and return the first of those whom a counter for these groups can serve."""
        lanes = [lane for group in groups for lane in self._lanes[group].values() if self._has_somebody(lane)]
        if not lanes:
            return None
        first = lanes[0]
        if len(lanes) > 1:
            turns = self._turns([lane[0][2] for lane in lanes], moment)
            first = min(lanes, key=lambda lane: turns[lane[0][1]])
        ticket = heappop(first)[2]
        self._forget(ticket)
        return ticket

    def _has_somebody(self, lane: Lane) -> bool:
        while lane and lane[0][1] in self._gone:
            heappop(lane)
        return bool(lane)

    def _forget(self, ticket: Waiting) -> None:
        self._waiting -= 1
        if self._places is not None:
            self._places.remove(ticket)

    def _turns(self, heads: Sequence[Waiting], moment: Moment) -> dict[str, Turn]:
        if self._places is not None:
            return self._places.turns(heads, moment)
        return self._policy.turns(heads, self._rules, moment)


class _CyclePlaces:
    """``ratio``: the only policy in which a turn depends on how many of the same kind are before."""

    def __init__(self, rules: OrderSetup) -> None:
        self._rules = rules
        self._by_wait: dict[bool, list[tuple[datetime, str]]] = {True: [], False: []}

    def add(self, ticket: Waiting) -> None:
        insort(self._by_wait[ticket.on_time], (ticket.waiting_since, ticket.number))

    def remove(self, ticket: Waiting) -> None:
        kind = self._by_wait[ticket.on_time]
        del kind[bisect_left(kind, (ticket.waiting_since, ticket.number))]

    def turns(self, heads: Sequence[Waiting], moment: Moment) -> dict[str, Turn]:
        return {ticket.number: due(ticket, moment) or self._turn(ticket, moment) for ticket in heads}

    def _turn(self, ticket: Waiting, moment: Moment) -> Turn:
        kind = self._by_wait[ticket.on_time]
        patience = call_by(ticket.visitor_class, moment.now, self._rules) - moment.now
        before = bisect_left(kind, (ticket.waiting_since, ticket.number))
        # Whose time has come stands outside of the cycle.
        before -= bisect_right(kind, moment.now - patience, key=itemgetter(0))
        place = ratio.place_of(before, self._rules, moment.cycle_place, on_time=ticket.on_time)
        return Turn(1 + place, ticket.waiting_since, ticket.number)
