"""A day is played as fast as the machine's answers and the busiest half hour allow."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_service.simulation.compression import (
    ANSWER_MAY_TAKE,
    FASTEST,
    SLOWEST,
    busiest_visitors_a_minute,
    choose_factor,
)
from queue_service.simulation.machine_speed import Speed

MORNING = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
EVERY_MINUTE = [MORNING + timedelta(minutes=minute) for minute in range(600)]
speeds = st.builds(
    Speed, commands_a_second=st.floats(0.1, 1e5), answer_seconds=st.floats(1e-5, 10, allow_nan=False)
)


def test_the_busiest_half_hour_counts_and_not_the_day() -> None:
    rush = [MORNING + timedelta(seconds=second) for second in range(0, 1800, 10)]
    assert 6 <= busiest_visitors_a_minute([*EVERY_MINUTE, *rush]) <= 7.1


@given(speeds)
def test_the_factor_stays_within_what_the_service_and_patience_allow(speed: Speed) -> None:
    assert SLOWEST <= choose_factor(EVERY_MINUTE, speed) <= FASTEST


def test_slow_answers_slow_the_day_down() -> None:
    quick, slow = Speed(10_000, 0.01), Speed(10_000, 0.04)
    assert choose_factor(EVERY_MINUTE, quick) == ANSWER_MAY_TAKE.total_seconds() / 0.01
    assert choose_factor(EVERY_MINUTE, slow) == choose_factor(EVERY_MINUTE, quick) / 4


def test_twice_as_many_visitors_take_twice_as_long_where_commands_are_scarce() -> None:
    scarce = Speed(100, 0.000_1)
    assert choose_factor(EVERY_MINUTE, scarce) == 600
    assert choose_factor([*EVERY_MINUTE, *EVERY_MINUTE], scarce) == 300


def test_a_day_without_visitors_runs_as_fast_as_answers_allow() -> None:
    assert choose_factor([], Speed(100, 0.01)) == ANSWER_MAY_TAKE.total_seconds() / 0.01
