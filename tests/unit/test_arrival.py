"""What an appointment is worth at the kiosk: early, on time, late, and never nothing."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.offices.setup_model import ArrivalWindow, OrderSetup
from queue_service.queueing.arrival import admit_appointment, admit_walk_in
from queue_service.queueing.order.turn import head_start
from tests.unit.waiting_rooms import NOW, order_rules

windows = st.builds(ArrivalWindow, early_minutes=st.integers(0, 240), late_minutes=st.integers(0, 240))
instants = st.integers(-8 * 60 * 60, 8 * 60 * 60).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(instants, order_rules)
def test_a_walk_in_waits_from_its_arrival_with_the_head_start_of_its_class(
    now: datetime, rules: OrderSetup
) -> None:
    for visitor_class in ("walk_in", "pregnant"):
        admission = admit_walk_in(now, visitor_class, rules)
        assert admission.waiting_since == now
        assert now - admission.rank_at == head_start(visitor_class, rules)
        assert (admission.visitor_class, admission.arrival) == (visitor_class, None)
        assert admission.call_by - now == timedelta(minutes=rules.cap_minutes)


@given(instants, instants, windows, order_rules)
def test_nobody_waits_from_before_both_the_arrival_and_the_appointed_time(
    now: datetime, appointed: datetime, window: ArrivalWindow, rules: OrderSetup
) -> None:
    admission = admit_appointment(now, appointed, window, rules)
    assert admission.waiting_since == max(now, appointed)
    start = admission.waiting_since - admission.rank_at
    assert timedelta(0) <= start <= head_start("appointment", rules)


@given(instants, instants, windows, order_rules)
def test_who_comes_earlier_never_stands_further_back(
    now: datetime, appointed: datetime, window: ArrivalWindow, rules: OrderSetup
) -> None:
    sooner = admit_appointment(now - timedelta(minutes=1), appointed, window, rules)
    assert sooner.rank_at <= admit_appointment(now, appointed, window, rules).rank_at


@given(instants, windows, order_rules)
def test_coming_early_brings_nobody_in_front_of_the_appointed_time(
    appointed: datetime, window: ArrivalWindow, rules: OrderSetup
) -> None:
    punctual = admit_appointment(appointed, appointed, window, rules)
    hours_early = admit_appointment(appointed - timedelta(hours=3), appointed, window, rules)
    assert hours_early.rank_at == punctual.rank_at


@pytest.mark.parametrize(
    ("minutes_after", "arrival", "visitor_class", "credit"),
    [
        (-11, "early", "appointment", 1),
        (-10, "on_time", "appointment", 1),
        (0, "on_time", "appointment", 1),
        (10, "on_time", "appointment", 1),
        (11, "late", "walk_in", 0.5),
        (60, "late", "walk_in", 0.5),
        (61, "too_late", "walk_in", 0),
    ],
)
def test_the_window_is_ten_minutes_wide_on_both_sides_and_includes_its_edges(
    minutes_after: int, arrival: str, visitor_class: str, credit: float
) -> None:
    now = NOW + timedelta(minutes=minutes_after)
    rules = OrderSetup(head_starts={"appointment": 30}, promise_minutes=20, cap_minutes=90)
    admission = admit_appointment(now, NOW, ArrivalWindow(10, 10), rules)
    assert (admission.arrival, admission.visitor_class) == (arrival, visitor_class)
    assert admission.waiting_since - admission.rank_at == timedelta(minutes=30) * credit
    promise = timedelta(minutes=90 if visitor_class == "walk_in" else 20)
    assert admission.call_by - admission.waiting_since == promise
