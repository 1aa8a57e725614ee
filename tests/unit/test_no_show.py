"""More than there are counters are booked only as far as the measured no-shows surely carry it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.booking.no_show import no_show_rate, overbooking_places, surely_missed

visits = st.integers(min_value=0, max_value=3000)
counters = st.integers(min_value=0, max_value=40)
percents = st.integers(min_value=0, max_value=100)


@pytest.mark.parametrize(
    ("counters", "missed", "came", "percent", "places"),
    [
        (25, 340, 1660, 20, 2),  # 17 % of 2,000, as Berlin measured in 2019
        (25, 340, 1660, 4, 1),  # what the setting allows
        (25, 340, 1660, 0, 0),
        (25, 5, 25, 20, 0),  # the same share of too few
        (25, 0, 2000, 20, 0),
        (25, 0, 0, 20, 0),
        (2, 340, 1660, 100, 0),  # one too many would be felt
        (8, 500, 1500, 50, 1),
    ],
)
def test_the_figures_of_the_page(counters: int, missed: int, came: int, percent: int, places: int) -> None:
    assert overbooking_places(counters, missed, came, percent) == places


def test_wilson_s_bound_is_below_the_share_and_comes_near_it() -> None:
    assert surely_missed(10, 90) == pytest.approx(0.0612, abs=0.0005)
    assert surely_missed(10_000, 90_000) == pytest.approx(0.1, abs=0.002)
    assert (surely_missed(0, 0), no_show_rate(0, 0), no_show_rate(1, 3)) == (0.0, None, 0.25)


@given(counters, visits, visits, percents)
def test_overbooking_never_exceeds_its_setting_and_grows_with_no_shows_alone(
    counters: int, missed: int, came: int, percent: int
) -> None:
    places = overbooking_places(counters, missed, came, percent)
    assert 0 <= places <= counters * percent / 100
    assert overbooking_places(counters, missed + 100, came, percent) >= places
    assert overbooking_places(counters, missed, came + 100, percent) <= places
    assert 0 <= surely_missed(missed, came) <= (no_show_rate(missed, came) or 0)
