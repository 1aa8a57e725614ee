"""Shares of a pool's places nest, leave the floor alone, and open in waves that add and never take away."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from queue_service.booking import slot_oracle
from queue_service.booking.contingents import (
    LEVELS,
    PHONE_AND_COUNTER_FLOOR,
    WHOLE,
    empty_day,
    level_of,
    release_times,
    released,
    share_of,
)
from queue_service.booking.slot_arithmetic import DAY_CELLS, Planes, places_left, planes_of, visit_cells
from queue_service.offices.setup_model import Contingents, Release

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2027, 1, 12)
percents = st.integers(0, 100)
shares = st.integers(0, WHOLE)
contingents = st.builds(Contingents, percents, percents, percents)
shifts = st.lists(st.tuples(st.integers(60, 250), st.integers(1, 49), st.integers(1, 5)), max_size=4)


@st.composite
def staffed_days(draw: st.DrawFn) -> Planes:
    counts = [0] * DAY_CELLS
    for first, cells, counters in draw(shifts):
        for cell in range(first, first + cells):
            counts[cell] += counters
    return planes_of(counts)


days = staffed_days()


@given(days, shares)
def test_a_share_is_what_the_oracle_counts_hour_by_hour(staffed: Planes, share: int) -> None:
    expected = slot_oracle.share_of(tuple(places_left(staffed)), Fraction(share, WHOLE))
    assert places_left(list(share_of(tuple(staffed), share))) == expected


@given(days, contingents)
def test_no_setting_of_the_web_breaks_the_floor_of_telephone_and_counter(
    staffed: Planes, wanted: Contingents
) -> None:
    limits = [places_left(planes) for planes in empty_day(staffed, wanted, WHOLE).limits(1)]
    most = Fraction(100 - PHONE_AND_COUNTER_FLOOR, 100) * sum(places_left(staffed))
    assert sum(map(min, *limits)) <= most


@given(days, contingents, shares)
def test_what_the_web_finds_the_telephone_finds_and_what_that_finds_the_counter(
    staffed: Planes, wanted: Contingents, share: int
) -> None:
    day = empty_day(staffed, wanted, share)
    opened = [day.open_to(level) for level in LEVELS]
    assert all(lower & upper == lower for lower, upper in pairwise(opened))


@given(days, contingents, shares, shares)
def test_a_release_adds_places_and_takes_none_away(
    staffed: Planes, wanted: Contingents, one: int, other: int
) -> None:
    before, after = (empty_day(staffed, wanted, share) for share in sorted((one, other)))
    for level in LEVELS:
        assert before.open_to(level) & after.open_to(level) == before.open_to(level)


@given(
    days, contingents, st.lists(st.tuples(st.integers(60, 250), st.integers(1, 12), st.sampled_from(LEVELS)))
)
def test_levels_stay_nested_whoever_books_what(
    staffed: Planes, wanted: Contingents, visits: list[tuple[int, int, int]]
) -> None:
    left = empty_day(staffed, wanted, WHOLE)
    for first, length, level in visits:
        cells_of_visit = visit_cells(first, length)
        if left.open_to(level) & cells_of_visit == cells_of_visit:  # type: ignore[arg-type]
            left = left.taken(cells_of_visit, level)  # type: ignore[arg-type]
    assert left.open_to(1) & left.open_to(2) == left.open_to(1)
    assert left.open_to(4) == (left.places[0] if left.places else 0)


def test_the_web_being_sold_out_leaves_the_telephone_its_share() -> None:
    staffed = planes_of([5 if 96 <= cell < 144 else 0 for cell in range(DAY_CELLS)])
    left = empty_day(staffed, Contingents(online=40), WHOLE)
    morning = visit_cells(96, 48)
    for _ in range(2):
        left = left.taken(morning, 1)
    assert left.fits() == [0, 48, 48, 48]


def test_counter_visits_use_their_own_share_before_the_web_s() -> None:
    staffed = planes_of([5 if 96 <= cell < 144 else 0 for cell in range(DAY_CELLS)])
    left = empty_day(staffed, Contingents(online=40), WHOLE)
    for _ in range(3):
        left = left.taken(visit_cells(96, 48), 3)
    assert left.fits() == [48] * 4
    for _ in range(2):
        left = left.taken(visit_cells(96, 48), 3)
    assert left.fits() == [0] * 4


def test_an_appointment_reaches_as_far_as_its_channel_and_a_supervisor_s_to_the_last_counter() -> None:
    assert [level_of(channel) for channel in ("online", "phone", "counter")] == [1, 2, 3]
    assert level_of("phone", emergency=True) == 4


def test_the_rest_of_a_day_opens_at_seven_the_day_before() -> None:
    times = release_times(DAY, BERLIN, [Release(60, 60), Release(40, 1, "07:00")])
    seven = datetime(2027, 1, 11, 7, tzinfo=BERLIN)
    assert released(times, seven - timedelta(seconds=1)) == (6000, seven)
    assert released(times, seven) == (WHOLE, None)


def test_places_that_open_through_the_day_come_evenly_and_are_all_there_at_the_end() -> None:
    times = release_times(DAY, BERLIN, [Release(30, 0, "08:00", "10:00")])
    instants = [instant for instant, _ in times]
    assert (instants[0], instants[-1]) == (
        datetime(2027, 1, 12, 8, tzinfo=BERLIN),
        datetime(2027, 1, 12, 10, tzinfo=BERLIN),
    )
    steps = [share for _, share in times]
    growth = [later - earlier for earlier, later in zip([0, *steps], steps, strict=False)]
    assert max(growth) - min(growth) <= 1
    assert steps[-1] == 3000


def test_an_hour_that_clocks_skip_or_show_twice_is_an_instant_like_any_other() -> None:
    for day, hour in ((date(2027, 3, 28), 1), (date(2026, 10, 25), 0)):
        instant = datetime.combine(day, time(hour, 30), UTC)
        times = release_times(day, BERLIN, [Release(100, 0, "02:30")])
        assert released(times, instant - timedelta(seconds=1)) == (0, instant)
        assert released(times, instant) == (WHOLE, None)


def test_without_releases_a_day_is_open_at_once() -> None:
    assert released(release_times(DAY, BERLIN, []), datetime(2027, 1, 1, tzinfo=BERLIN)) == (WHOLE, None)
