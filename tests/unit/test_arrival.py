"""What an appointment is worth at the kiosk: early, on time, late, and never nothing."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.queueing.arrival import admit_appointment, admit_walk_in
from queue_service.queueing.order_policy import LATE_CREDIT, head_start
from tests.unit.waiting_rooms import NOW, head_starts

WINDOW = timedelta(minutes=10)
minutes = st.integers(0, 240).map(lambda count: timedelta(minutes=count))
instants = st.integers(-8 * 60 * 60, 8 * 60 * 60).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(instants, head_starts)
def test_a_walk_in_waits_from_its_arrival_with_the_head_start_of_its_class(
    now: datetime, figures: dict[str, int]
) -> None:
    for visitor_class in ("walk_in", "pregnant"):
        admission = admit_walk_in(now, visitor_class, figures)
        assert admission.waiting_since == now
        assert now - admission.rank_at == head_start(visitor_class, figures)
        assert (admission.visitor_class, admission.arrival) == (visitor_class, None)


@given(instants, instants, minutes, minutes, head_starts)
def test_nobody_waits_from_before_both_the_arrival_and_the_appointed_time(
    now: datetime, appointed: datetime, early: timedelta, late: timedelta, figures: dict[str, int]
) -> None:
    admission = admit_appointment(now, appointed, early, late, figures)
    assert admission.waiting_since == max(now, appointed)
    start = admission.waiting_since - admission.rank_at
    assert timedelta(0) <= start <= head_start("appointment", figures)


@given(instants, instants, minutes, minutes, head_starts)
def test_who_comes_earlier_never_stands_further_back(
    now: datetime, appointed: datetime, early: timedelta, late: timedelta, figures: dict[str, int]
) -> None:
    sooner = admit_appointment(now - timedelta(minutes=1), appointed, early, late, figures)
    assert sooner.rank_at <= admit_appointment(now, appointed, early, late, figures).rank_at


@given(instants, minutes, minutes, head_starts)
def test_coming_early_brings_nobody_in_front_of_the_appointed_time(
    appointed: datetime, early: timedelta, late: timedelta, figures: dict[str, int]
) -> None:
    punctual = admit_appointment(appointed, appointed, early, late, figures)
    hours_early = admit_appointment(appointed - timedelta(hours=3), appointed, early, late, figures)
    assert hours_early.rank_at == punctual.rank_at


@pytest.mark.parametrize(
    ("minutes_after", "arrival", "visitor_class", "credit"),
    [
        (-11, "early", "appointment", 1),
        (-10, "on_time", "appointment", 1),
        (0, "on_time", "appointment", 1),
        (10, "on_time", "appointment", 1),
        (11, "late", "walk_in", LATE_CREDIT),
    ],
)
def test_the_window_is_ten_minutes_wide_on_both_sides_and_includes_its_edges(
    minutes_after: int, arrival: str, visitor_class: str, credit: float
) -> None:
    now = NOW + timedelta(minutes=minutes_after)
    admission = admit_appointment(now, NOW, WINDOW, WINDOW, {"appointment": 30})
    assert (admission.arrival, admission.visitor_class) == (arrival, visitor_class)
    assert admission.waiting_since - admission.rank_at == timedelta(minutes=30) * credit
