"""Waiting rooms for properties: tickets of every class, as the rules of arrival let them in."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from queue_service.offices.setup_model import VISITOR_CLASSES, OrderPolicyName, OrderSetup
from queue_service.queueing.order.turn import Moment, Waiting, call_by, head_start

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONGEST_WAIT = timedelta(hours=10)
USUAL = OrderSetup()

waits = st.integers(-30 * 60, int(LONGEST_WAIT.total_seconds())).map(
    lambda seconds: timedelta(seconds=seconds)
)
"""Since when somebody waits; below zero for an appointment that is still to come."""
policies = st.sampled_from(get_args(OrderPolicyName))
order_rules = st.builds(
    OrderSetup,
    policy=policies,
    head_starts=st.dictionaries(st.sampled_from(VISITOR_CLASSES), st.integers(0, 120)),
    cap_minutes=st.integers(5, 8 * 60),
    promise_minutes=st.integers(5, 8 * 60),
    late_credit_percent=st.integers(0, 100),
    appointments=st.integers(1, 4),
    walk_ins=st.integers(1, 4),
    reserved_class=st.sampled_from(VISITOR_CLASSES),
    reserved_percent=st.integers(0, 100),
    reserved_from_waiting=st.integers(1, 4),
)


@st.composite
def tickets(
    draw: st.DrawFn, number: int, rules: OrderSetup = USUAL, waited: st.SearchStrategy[timedelta] = waits
) -> Waiting:
    """Draw a ticket with the head start of its class, or part of it, as for somebody who came late."""
    visitor_class = draw(st.sampled_from(VISITOR_CLASSES))
    since = NOW - draw(waited)
    share = draw(st.sampled_from([0.0, 0.5, 1.0]))
    start = head_start(visitor_class, rules) * share
    return Waiting(f"A{number:03}", visitor_class, since, since - start, call_by(visitor_class, since, rules))


@st.composite
def rooms(
    draw: st.DrawFn,
    largest: int = 12,
    rules: OrderSetup = USUAL,
    waited: st.SearchStrategy[timedelta] = waits,
) -> list[Waiting]:
    """Draw a waiting room; equal waits are common, as they are at a kiosk in the first minute."""
    size = draw(st.integers(0, largest))
    return [
        draw(tickets(number, rules, waited | st.just(timedelta(minutes=20)))) for number in range(1, size + 1)
    ]


@st.composite
def ruled_rooms(draw: st.DrawFn, largest: int = 12) -> tuple[list[Waiting], OrderSetup, Moment]:
    """Draw rules of any policy, a room under them, and where cycle and kept counters stand."""
    rules = draw(order_rules)
    room = draw(rooms(largest, rules))
    place = draw(st.integers(0, rules.appointments + rules.walk_ins - 1))
    return room, rules, Moment(NOW, place, kept=draw(st.booleans()))
