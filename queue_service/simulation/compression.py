"""How fast a day can be played on this machine; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from queue_service.simulation.machine_speed import Speed

COMMANDS_A_VISIT = 5.0
"""Issue, call, start and finish, and a share of recalls, no-shows, openings and calls in vain."""
USED_SHARE = 0.5
"""Of the commands a second that the machine was seen to answer, so that answers stay quick."""
ANSWER_MAY_TAKE = timedelta(seconds=8)
"""Of simulated time: about as long as a person needs to press a key and look up."""
SLOWEST, FASTEST = 20.0, 4000.0
"""The service's clock allows up to 5,000."""
BUSY_SPAN = timedelta(minutes=30)


def busiest_visitors_a_minute(arrivals: Sequence[datetime]) -> float:
    """Return the rate of arrivals in the busiest half hour."""
    ordered = sorted(arrivals)
    most, first = 0, 0
    for last, instant in enumerate(ordered):
        while instant - ordered[first] >= BUSY_SPAN:
            first += 1
        most = max(most, last - first + 1)
    return most / (BUSY_SPAN / timedelta(minutes=1))


def choose_factor(arrivals: Sequence[datetime], speed: Speed) -> float:
    """Return how many times faster than real time the day can run.

    Bounded by the commands a second in the busiest half hour and by how long one answer takes in
    simulated time.
    """
    commands_a_second = busiest_visitors_a_minute(arrivals) * COMMANDS_A_VISIT / 60
    by_load = speed.commands_a_second * USED_SHARE / commands_a_second if commands_a_second else FASTEST
    by_answer = ANSWER_MAY_TAKE.total_seconds() / speed.answer_seconds
    return float(round(min(max(min(by_load, by_answer), SLOWEST), FASTEST)))
