"""How long somebody who comes now will wait: a first, honest, simple estimate.

The work that stands before the visitor is the planned minutes of the tickets ahead, as far as the
counters that can serve the visitor will do it, plus half a visit for each busy one. Divided by the
number of those counters it is the expected wait; the range around it is wide on purpose until
service times are learned from the office itself.
"""

from collections.abc import Mapping, Sequence

import msgspec

from queue_service.protocol.stream import WaitRange

LOW_SHARE = 0.7
HIGH_SHARE = 1.5
"""Bounds of the range as shares of the expected wait: service times scatter with a squared
coefficient of variation of 0.25-0.6 (assumed), and walk time between visitors is not planned."""
ROUND_TO_MINUTES = 5
"""People are told "20-35 minutes", never "23"."""


class OpenCounter(msgspec.Struct, frozen=True):
    """A counter that takes visitors now."""

    services: frozenset[str]
    busy_minutes: float = 0
    """Planned minutes of the visit in front of it; 0 when it is free."""


def estimate(
    service: str, waiting: Mapping[str, int], minutes: Mapping[str, int], counters: Sequence[OpenCounter]
) -> WaitRange | None:
    """Return the range for one more visitor of ``service``; None when no open counter serves it.

    ``waiting`` counts tickets ahead by service, ``minutes`` are planned minutes by service.
    """
    servers = [counter for counter in counters if service in counter.services]
    if not servers:
        return None
    work = 0.0
    for other, count in waiting.items():
        able = sum(other in counter.services for counter in counters)
        shared = sum(other in counter.services for counter in servers)
        if shared:
            work += count * minutes.get(other, 0) * shared / able
    if not work and any(not counter.busy_minutes for counter in servers):
        return WaitRange(0, ROUND_TO_MINUTES)
    work += sum(counter.busy_minutes / 2 for counter in servers)
    return rounded(work / len(servers))


def estimate_for_anyone(
    waiting: Mapping[str, int], minutes: Mapping[str, int], counters: Sequence[OpenCounter]
) -> WaitRange | None:
    """Return the range for a visitor of whatever service, as a whole hall is told; None without a counter."""
    if not counters:
        return None
    work = sum(count * minutes.get(service, 0) for service, count in waiting.items())
    if not work and any(not counter.busy_minutes for counter in counters):
        return WaitRange(0, ROUND_TO_MINUTES)
    return rounded((work + sum(counter.busy_minutes / 2 for counter in counters)) / len(counters))


def rounded(expected_minutes: float) -> WaitRange:
    """Return the range told to people for an expected wait."""
    step = ROUND_TO_MINUTES
    low = int(expected_minutes * LOW_SHARE // step * step)
    high = int(-(-expected_minutes * HIGH_SHARE // step) * step)
    return WaitRange(low, max(high, low + step))


def people_ahead(service: str, waiting: Mapping[str, int], counters: Sequence[frozenset[str]]) -> int:
    """Return how many tickets ahead compete for a counter that serves ``service``.

    ``counters`` are the services of each open counter or, when none is open, of every counter.
    """
    return sum(
        count
        for other, count in waiting.items()
        if other == service or any({service, other} <= services for services in counters)
    )
