"""The order of a log in which nobody wrote it down: the head starts that explain most of its calls."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from queue_service.forecast.past_days import PastDay, PastVisit

HEAD_STARTS = (0.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 1800.0)
"""Seconds that are tried for each class."""
ROUNDS = 3
SAME_SECOND = 2.0
"""Seconds within which two tickets stand equal: clocks of a log are kept in whole ones."""
MOST_CALLS = 3000

Choice = tuple[PastVisit, list[PastVisit]]


def learned_head_starts(days: Sequence[PastDay]) -> tuple[dict[str, float], float]:
    """Return head starts by class, in seconds, and the share of the calls that they explain."""
    choices = [choice for day in days for choice in _choices(day)][:MOST_CALLS]
    classes = sorted({visit.visitor_class for day in days for visit in day.visits})
    best = dict.fromkeys(classes, 0.0)
    share = _explained(choices, best)
    for _ in range(ROUNDS):
        for visitor_class in classes:
            for seconds in HEAD_STARTS:
                tried = {**best, visitor_class: seconds}
                explained = _explained(choices, tried)
                if explained > share:
                    best, share = tried, explained
    least = min(best.values(), default=0.0)
    return {visitor_class: seconds - least for visitor_class, seconds in best.items()}, share


def _choices(day: PastDay) -> list[Choice]:
    """Return each call with those of whom it chose one."""
    waited = [
        visit
        for visit in day.visits
        if visit.ended_waiting_at is not None and visit.ended_waiting_at > visit.arrived_at
    ]
    arrivals = [visit.arrived_at for visit in waited]
    longest = max((visit.ended_waiting_at or 0.0) - visit.arrived_at for visit in waited) if waited else 0.0
    choices = []
    for called in waited:
        at = called.called_at
        if at is None:
            continue
        near = waited[bisect_left(arrivals, at - longest) : bisect_right(arrivals, at)]
        there = [one for one in near if one.arrived_at < at <= (one.ended_waiting_at or at)]
        if len(there) > 1:
            choices.append((called, there))
    return choices


def _explained(choices: Sequence[Choice], head_starts: Mapping[str, float]) -> float:
    if not choices:
        return 0.0
    explained = 0
    for called, there in choices:
        first = min(one.waiting_since - head_starts[one.visitor_class] for one in there)
        rank = called.waiting_since - head_starts[called.visitor_class]
        explained += rank <= first + SAME_SECOND
    return explained / len(choices)
