"""How long each visitor would have waited until called, also those who left before.

Who leaves says only that the wait would have been longer than that. To count only those who
stayed would make every wait look shorter, and most of all the long ones, which people leave. But a queue
tells more than a single line of the log: had the visitor stayed, the first counter that called somebody
*behind* would have called this visitor instead. So the wait ends at that call or, when nobody
stood behind, at the first end of a visit plus the usual pause. That is exact as long as the order is, up
to what the visitor's staying would have changed for those behind.
"""

from bisect import bisect_left

from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.past_days import PastDay, PastVisit

RESOLVED_WITHIN = 3600.0
"""Seconds after leaving; a hall in which nobody was called for an hour was closed, and no wait is known."""


def true_waits(day: PastDay, order: CallOrder, pause: float) -> dict[str, float]:
    """Return by ticket the seconds to the call; without those for whom it can't be known.

    ``pause`` is the usual time from the end of a visit to the next call.
    """
    calls = sorted(
        (visit.called_at, _rank(visit, order), visit.services, visit.counter or "")
        for visit in day.visits
        if visit.called_at is not None
    )
    times = [call[0] for call in calls]
    ends = sorted(visit.finished_at for visit in day.visits if visit.finished_at is not None)
    waits = {}
    for visit in day.visits:
        if visit.called_at is not None:
            waits[visit.ticket] = visit.called_at - visit.arrived_at
            continue
        if visit.left_at is None:
            continue
        left, rank = visit.left_at, _rank(visit, order)
        behind = next((at for at, other, *_ in calls[bisect_left(times, left) :] if other > rank), None)
        free = _first_end_without_anyone_ahead(day, ends, visit, order)
        known = [at for at in (behind, None if free is None else free + pause) if at is not None]
        if known and min(known) - left <= RESOLVED_WITHIN:
            waits[visit.ticket] = min(known) - visit.arrived_at
    return waits


def _rank(visit: PastVisit, order: CallOrder) -> float:
    return visit.waiting_since - order.head_start(visit.visitor_class)


def _first_end_without_anyone_ahead(
    day: PastDay, ends: list[float], visit: PastVisit, order: CallOrder
) -> float | None:
    """Return the first end of a visit after somebody left at which nobody before them waited."""
    left, rank = visit.left_at or 0.0, _rank(visit, order)
    ahead = [
        other.ended_waiting_at or float("inf")
        for other in day.visits
        if other.arrived_at <= left and _rank(other, order) < rank and (other.ended_waiting_at or left) > left
    ]
    last = max(ahead, default=left)
    place = bisect_left(ends, max(left, last))
    return ends[place] if place < len(ends) and last < float("inf") else None
