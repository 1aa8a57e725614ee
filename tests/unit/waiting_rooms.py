"""Waiting rooms for properties: tickets of every class, as the rules of arrival let them in."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from queue_service.offices.setup_model import VISITOR_CLASSES
from queue_service.queueing.order_policy import DEFAULT_HEAD_STARTS, Waiting, head_start

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONGEST_WAIT = timedelta(hours=10)

waits = st.integers(-30 * 60, int(LONGEST_WAIT.total_seconds())).map(
    lambda seconds: timedelta(seconds=seconds)
)
"""Since when somebody waits; below zero for an appointment that is still to come."""
caps = st.integers(0, 8 * 60).map(lambda minutes: timedelta(minutes=minutes))
head_starts = st.dictionaries(st.sampled_from(VISITOR_CLASSES), st.integers(0, 120))


@st.composite
def tickets(draw: st.DrawFn, number: int, waited: st.SearchStrategy[timedelta] = waits) -> Waiting:
    """Draw a ticket with the head start of its class, or part of it, as for somebody who came late."""
    visitor_class = draw(st.sampled_from(VISITOR_CLASSES))
    since = NOW - draw(waited)
    share = draw(st.sampled_from([0.0, 0.5, 1.0]))
    start = head_start(visitor_class, DEFAULT_HEAD_STARTS) * share
    return Waiting(f"A{number:03}", visitor_class, since, since - start)


@st.composite
def rooms(draw: st.DrawFn, largest: int = 12, waited: st.SearchStrategy[timedelta] = waits) -> list[Waiting]:
    """Draw a waiting room; equal waits are common, as they are at a kiosk in the first minute."""
    size = draw(st.integers(0, largest))
    return [draw(tickets(number, waited | st.just(timedelta(minutes=20)))) for number in range(1, size + 1)]
