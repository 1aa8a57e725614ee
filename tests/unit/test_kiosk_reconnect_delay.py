"""How the kiosk comes back to a service that was away."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.reconnect_delay import (
    FIRST_DELAY_SECONDS,
    LEAST_SHARE,
    LONGEST_DELAY_SECONDS,
    reconnect_delay,
)

chances = st.floats(0, 1)


@given(failures=st.integers(1, 10**9), chance=chances)
def test_no_delay_is_longer_than_the_longest_or_shorter_than_half_the_first(
    failures: int, chance: float
) -> None:
    assert FIRST_DELAY_SECONDS * LEAST_SHARE <= reconnect_delay(failures, chance) <= LONGEST_DELAY_SECONDS


@given(failures=st.integers(1, 50), chance=chances)
def test_delays_grow_until_the_longest(failures: int, chance: float) -> None:
    assert reconnect_delay(failures + 1, chance) >= reconnect_delay(failures, chance)


def test_the_first_attempt_comes_within_half_a_second() -> None:
    assert reconnect_delay(1, 1) == FIRST_DELAY_SECONDS


def test_chance_spreads_devices_over_half_the_delay() -> None:
    assert reconnect_delay(100, 0) == LONGEST_DELAY_SECONDS * LEAST_SHARE
    assert reconnect_delay(100, 1) == LONGEST_DELAY_SECONDS
