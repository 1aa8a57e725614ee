"""How devices come back to a service that was away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display import service_link as display
from kiosk import service_link as kiosk
from queue_service.protocol.reconnect_delay import reconnect_delay

DELAYS = [
    (kiosk.FIRST_DELAY_SECONDS, kiosk.LONGEST_DELAY_SECONDS),
    (display.FIRST_DELAY_SECONDS, display.LONGEST_DELAY_SECONDS),
]
on_each_device = pytest.mark.parametrize(("first", "longest"), DELAYS, ids=["kiosk", "display"])
chances = st.floats(0, 1)


@on_each_device
@given(failures=st.integers(1, 10**9), chance=chances)
def test_no_delay_is_longer_than_the_longest_or_shorter_than_half_the_first(
    first: float, longest: float, failures: int, chance: float
) -> None:
    assert first / 2 <= reconnect_delay(failures, chance, first=first, longest=longest) <= longest


@on_each_device
@given(failures=st.integers(1, 50), chance=chances)
def test_delays_never_shrink_while_attempts_fail(
    first: float, longest: float, failures: int, chance: float
) -> None:
    one, next_one = (
        reconnect_delay(failures + more, chance, first=first, longest=longest) for more in (0, 1)
    )
    assert next_one >= one


@on_each_device
def test_the_first_attempt_comes_within_the_first_delay(first: float, longest: float) -> None:
    assert reconnect_delay(1, 1, first=first, longest=longest) == first


@on_each_device
def test_devices_that_lost_the_service_together_come_back_apart(first: float, longest: float) -> None:
    assert reconnect_delay(100, 0, first=first, longest=longest) == longest / 2
    assert reconnect_delay(100, 1, first=first, longest=longest) == longest
