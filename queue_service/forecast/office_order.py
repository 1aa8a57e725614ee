"""The office's own order, played by the forecast: what ``queueing.order`` decides, asked for first ones only.

Written once more, because the forecast may not ask the queue, which asks the forecast, and because it
chooses some thousand times between a few instead of sorting everybody. A test holds both against each
other for every policy.
"""

from collections.abc import Collection, Mapping, Sequence

from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.model import Waiting
from queue_service.offices.setup_model import OrderSetup

APPOINTMENT = "appointment"
"""The class of visitors who are on time for an appointment."""
CYCLE_PLACE = "cycle_place"
"""Where ``ratio`` keeps its place in ``HallState.memory``."""
MINUTE = 60.0

Key = tuple[float, float, str]
"""Tier, instant and number: the smallest is called."""


def office_order(rules: OrderSetup, kept_counters: Collection[str] = ()) -> CallOrder:
    """Return the order that an office has chosen.

    ``kept_counters`` are the names of those which ``reserve`` keeps at the moment; they are
    taken to stay kept.
    """
    if rules.policy == "reserve":
        return Reserve(rules, kept_counters)
    return {
        "head-start": HeadStart,
        "appointments-first": AppointmentsFirst,
        "strict-order": StrictOrder,
        "ratio": Ratio,
    }[rules.policy](rules)


class HeadStart:
    """``head-start``, and what the others have in common: whose time has come goes first."""

    def __init__(self, rules: OrderSetup) -> None:
        self._head_starts = {str(name): minutes * MINUTE for name, minutes in rules.head_starts.items()}
        self._cap = rules.cap_minutes * MINUTE
        self._promise = rules.promise_minutes * MINUTE

    def head_start(self, visitor_class: str) -> float:
        """Return the class's; nothing for one that has none."""
        return self._head_starts.get(visitor_class, 0.0)

    def may_overtake(self, visitor_class: str, other: str) -> bool:
        """Say whether the head start is longer, or the deadline is earlier."""
        return self.head_start(visitor_class) > self.head_start(other) or self._patience(
            visitor_class
        ) < self._patience(other)

    def choose(self, heads: Sequence[Waiting], counter: str, now: float, memory: Mapping[str, int]) -> int:
        """Return whose time came first or, when nobody's has come, whose turn it is."""
        best, best_key = 0, (float("inf"), 0.0, "")
        for index, head in enumerate(heads):
            call_by = head.waiting_since + self._patience(head.visitor_class)
            key = (0.0, call_by, head.ticket) if call_by <= now else self._turn(head, counter, memory)
            if key < best_key:
                best, best_key = index, key
        return best

    def after_call(self, visitor_class: str, memory: dict[str, int]) -> None:
        """Keep nothing."""

    def _turn(self, head: Waiting, counter: str, memory: Mapping[str, int]) -> Key:
        del counter, memory
        return (1.0, head.rank_at, head.ticket)

    def _patience(self, visitor_class: str) -> float:
        return self._promise if visitor_class == APPOINTMENT else self._cap


class AppointmentsFirst(HeadStart):
    """``appointments-first``."""

    def may_overtake(self, visitor_class: str, other: str) -> bool:
        """Say whether it is an appointment beside something else."""
        return visitor_class == APPOINTMENT != other

    def _turn(self, head: Waiting, counter: str, memory: Mapping[str, int]) -> Key:
        del counter, memory
        return (1.0 if head.visitor_class == APPOINTMENT else 2.0, head.waiting_since, head.ticket)


class StrictOrder(HeadStart):
    """``strict-order``: no deadline, no head start."""

    def may_overtake(self, visitor_class: str, other: str) -> bool:
        """Say that nobody does."""
        del visitor_class, other
        return False

    def choose(self, heads: Sequence[Waiting], counter: str, now: float, memory: Mapping[str, int]) -> int:
        """Return the longest wait."""
        del counter, now, memory
        return min(range(len(heads)), key=lambda index: (heads[index].waiting_since, heads[index].ticket))


class Ratio(HeadStart):
    """``ratio``: the kind whose place it is in the cycle; the other when nobody of that kind waits."""

    def __init__(self, rules: OrderSetup) -> None:
        super().__init__(rules)
        self._appointments = rules.appointments
        self._places = rules.appointments + rules.walk_ins

    def may_overtake(self, visitor_class: str, other: str) -> bool:
        """Say whether they are of different kinds: each has its places."""
        return (visitor_class == APPOINTMENT) != (other == APPOINTMENT)

    def after_call(self, visitor_class: str, memory: dict[str, int]) -> None:
        """Turn the cycle when it was this kind's place."""
        place = memory.get(CYCLE_PLACE, 0)
        if (visitor_class == APPOINTMENT) == (place < self._appointments):
            memory[CYCLE_PLACE] = (place + 1) % self._places

    def _turn(self, head: Waiting, counter: str, memory: Mapping[str, int]) -> Key:
        del counter
        place = memory.get(CYCLE_PLACE, 0)
        has_place = (head.visitor_class == APPOINTMENT) == (place < self._appointments)
        return (1.0 if has_place else 2.0, head.waiting_since, head.ticket)


class Reserve(HeadStart):
    """``reserve``: as ``head-start``, but kept counters call their class first."""

    def __init__(self, rules: OrderSetup, kept_counters: Collection[str]) -> None:
        super().__init__(rules)
        self._kept, self._class = frozenset(kept_counters), str(rules.reserved_class)

    def may_overtake(self, visitor_class: str, other: str) -> bool:
        """Say whether a head start, a deadline or a kept counter lets it."""
        kept = bool(self._kept) and visitor_class == self._class != other
        return kept or super().may_overtake(visitor_class, other)

    def _turn(self, head: Waiting, counter: str, memory: Mapping[str, int]) -> Key:
        del memory
        reserved = counter in self._kept and head.visitor_class == self._class
        return (1.0 if reserved else 2.0, head.rank_at, head.ticket)
