"""Whom a counter calls next, as far as a forecast must know: one question, asked for each call.

Any policy can be forecast that answers it. Inside a class the longest wait goes first, in every
policy of this system; so a policy only ever chooses between the first of each class.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from queue_service.forecast.model import Waiting


class CallOrder(Protocol):
    """A policy of calling."""

    def head_start(self, visitor_class: str) -> float:
        """Return the seconds by which the ``rank_at`` of one who comes later lies before the arrival."""

    def may_overtake(self, visitor_class: str, other: str) -> bool:
        """Say whether somebody of ``visitor_class`` who comes later may go before a waiting ``other``."""

    def choose(self, heads: Sequence[Waiting], counter: str, now: float, memory: Mapping[str, int]) -> int:
        """Return the index of the one to call.

        ``heads`` are the first of each class that waits and that ``counter`` can serve, never
        none; ``memory`` is what ``after_call`` kept.
        """

    def after_call(self, visitor_class: str, memory: dict[str, int]) -> None:
        """Keep what the next choice depends on; most orders depend on nothing."""


class HeadStarts:
    """The longest wait with the head start of its class: for logs, whose offices have no set-up.

    ``seconds`` are head starts by class; whoever has waited ``cap`` seconds goes before all who have
    not. Equal: the lower ticket.
    """

    def __init__(self, seconds: Mapping[str, float], cap: float = float("inf")) -> None:
        self._seconds = dict(seconds)
        self._cap = cap

    def head_start(self, visitor_class: str) -> float:
        """Return the class's; nothing for one that has none."""
        return self._seconds.get(visitor_class, 0.0)

    def may_overtake(self, visitor_class: str, other: str) -> bool:
        """Say whether the head start is the longer one."""
        return self.head_start(visitor_class) > self.head_start(other)

    def after_call(self, visitor_class: str, memory: dict[str, int]) -> None:
        """Keep nothing."""

    def choose(self, heads: Sequence[Waiting], counter: str, now: float, memory: Mapping[str, int]) -> int:
        """Return the longest wait over the cap, or the longest with its head start."""
        del counter, memory
        capped = now - self._cap
        best, best_rank = 0, float("inf")
        for index, head in enumerate(heads):
            if head.waiting_since <= capped:
                return _longest_wait(heads)
            rank = head.rank_at
            if rank < best_rank or (rank == best_rank and head.ticket < heads[best].ticket):
                best, best_rank = index, rank
        return best


def _longest_wait(heads: Sequence[Waiting]) -> int:
    """Return the index of the longest wait; whoever has waited less than the cap has not the longest."""
    return min(range(len(heads)), key=lambda index: (heads[index].waiting_since, heads[index].ticket))
