from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from display.reconnect_delay import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, reconnect_delay
from display.service_clock import ServiceClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
chances = st.floats(0, 1)


@given(st.integers(1, 100_000), chances)
def test_no_delay_is_longer_than_the_longest_or_nothing_at_all(failures: int, chance: float) -> None:
    assert FIRST_DELAY_SECONDS / 2 <= reconnect_delay(failures, chance) <= LONGEST_DELAY_SECONDS


@given(st.integers(1, 30), chances)
def test_delays_never_shrink_while_attempts_fail(failures: int, chance: float) -> None:
    assert reconnect_delay(failures, chance) <= reconnect_delay(failures + 1, chance)


def test_displays_that_lost_the_service_together_come_back_apart() -> None:
    assert reconnect_delay(4, 0.0) * 2 == reconnect_delay(4, 1.0)


def test_a_display_whose_clock_is_wrong_learns_the_services_time() -> None:
    clock = ServiceClock()
    ours = NOON - timedelta(minutes=7)
    assert clock.at(ours) == ours
    clock.hear(at=NOON, now=ours)
    assert clock.at(ours + timedelta(seconds=90)) == NOON + timedelta(seconds=90)
