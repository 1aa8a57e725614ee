"""Slots by bitmaps are the slots that a plain sweep over the day finds."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from queue_service.booking import slot_arithmetic, slot_oracle
from queue_service.booking.slot_arithmetic import (
    DAY_CELLS,
    add_places,
    cells_in,
    cells_where,
    has_place,
    longest_visit,
    offered_starts,
    places_left,
    planes_of,
    take_place,
    visit_cells,
)
from queue_service.booking.staffing import staffed_planes
from queue_service.offices.model import Span
from queue_service.offices.setup_model import StaffedHours

WHOLE_DAY = Span(0, 1440)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "UTC", "America/Havana", "Australia/Lord_Howe")]
CLOCKS_GO_FORWARD = date(2027, 3, 28)
CLOCKS_GO_BACK = date(2027, 10, 31)

days = st.dates(date(2026, 1, 1), date(2028, 12, 31)) | st.sampled_from([CLOCKS_GO_FORWARD, CLOCKS_GO_BACK])
visits = st.tuples(st.integers(0, DAY_CELLS - 1), st.integers(1, 24)).filter(
    lambda visit: sum(visit) <= DAY_CELLS
)
places_per_cell = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 40)), max_size=20).map(
    lambda runs: ([count for count, length in runs for _ in range(length)] + [0] * DAY_CELLS)[:DAY_CELLS]
)


@st.composite
def spans(draw: st.DrawFn, within: Span) -> Span:
    opens = draw(st.integers(within.opens, within.closes - 1))
    return Span(opens, draw(st.integers(opens + 1, within.closes)))


@st.composite
def shifts(draw: st.DrawFn) -> StaffedHours:
    hours = draw(spans(WHOLE_DAY))
    return StaffedHours(hours, draw(st.integers(1, 5)), draw(st.lists(spans(hours), max_size=2)))


@given(days, st.sampled_from(ZONES), st.lists(shifts(), max_size=4))
@example(CLOCKS_GO_FORWARD, BERLIN, [StaffedHours(Span(0, 1440), 2)])
@example(CLOCKS_GO_BACK, BERLIN, [StaffedHours(Span(0, 1440), 1), StaffedHours(Span(120, 180), 3)])
def test_staffing_gives_the_places_that_the_wall_clock_gives(
    day: date, zone: ZoneInfo, staffing: list[StaffedHours]
) -> None:
    swept = slot_oracle.staffed_places(day, zone, staffing)
    assert places_left(staffed_planes(day, zone, staffing))[: len(swept)] == swept
    assert not any(places_left(staffed_planes(day, zone, staffing))[len(swept) :])


@pytest.mark.parametrize(
    ("day", "cells", "nine_o_clock"),
    [(CLOCKS_GO_FORWARD, 276, 96), (CLOCKS_GO_BACK, 300, 120), (date(2027, 6, 1), 288, 108)],
)
def test_nine_o_clock_is_another_cell_on_the_days_on_which_clocks_change(
    day: date, cells: int, nine_o_clock: int
) -> None:
    assert len(slot_oracle.cells_of_day(day, BERLIN)) == cells
    assert cells_in(staffed_planes(day, BERLIN, [StaffedHours(Span(540, 545), 1)])[0]) == [nine_o_clock]


@given(places_per_cell, st.lists(visits, max_size=30))
def test_visits_leave_the_places_that_counting_leaves(
    places: list[int], taken: list[tuple[int, int]]
) -> None:
    planes = planes_of(places)
    for first, cells in taken:
        planes = take_place(planes, visit_cells(first, cells))
    assert places_left(planes) == slot_oracle.places_left(places, taken)


@given(places_per_cell, st.lists(visits, max_size=10))
def test_every_plane_is_within_the_one_before_and_none_is_empty(
    places: list[int], taken: list[tuple[int, int]]
) -> None:
    planes = planes_of(places)
    for first, cells in taken:
        planes = take_place(planes, visit_cells(first, cells))
    assert all(planes)
    assert all(upper & lower == upper for lower, upper in pairwise(planes))


@given(places_per_cell, visits, st.integers(1, 3))
def test_places_that_are_added_and_taken_again_leave_the_day_as_it_was(
    places: list[int], visit: tuple[int, int], count: int
) -> None:
    cells = visit_cells(*visit)
    planes = add_places(planes_of(places), cells, count)
    for _ in range(count):
        assert has_place(planes, cells)
        planes = take_place(planes, cells)
    assert planes == planes_of(places)


@given(places_per_cell, visits)
def test_a_visit_has_a_place_where_every_one_of_its_cells_has_one(
    places: list[int], visit: tuple[int, int]
) -> None:
    first, cells = visit
    expected = first in slot_oracle.possible_starts(places, cells)
    assert has_place(planes_of(places), visit_cells(first, cells)) == expected


@given(places_per_cell)
def test_the_longest_visit_is_the_longest_that_still_has_a_start(places: list[int]) -> None:
    longest = longest_visit(planes_of(places))
    assert longest == 0 or slot_oracle.possible_starts(places, longest)
    assert not slot_oracle.possible_starts(places, longest + 1)


@given(places_per_cell, st.integers(1, 24), st.integers(0, DAY_CELLS), st.integers(0, DAY_CELLS))
def test_offers_are_those_that_a_sweep_through_the_day_makes(
    places: list[int], cells: int, first: int, end: int
) -> None:
    offered = offered_starts(cells_where(count > 0 for count in places), cells, first=first, end=end)
    assert offered == slot_oracle.offered_starts(places, cells, first=first, end=end)


@given(places_per_cell, st.integers(1, 24), st.integers(0, DAY_CELLS), st.integers(0, DAY_CELLS))
def test_something_is_offered_exactly_when_something_fits(
    places: list[int], cells: int, first: int, end: int
) -> None:
    possible = [start for start in slot_oracle.possible_starts(places, cells) if first <= start < end]
    offered = offered_starts(cells_where(count > 0 for count in places), cells, first=first, end=end)
    assert bool(offered) == bool(possible)
    assert set(offered) <= set(possible)


@given(places_per_cell, st.integers(1, 24))
def test_booking_every_offer_of_a_day_leaves_no_hole_that_could_have_been_offered(
    places: list[int], cells: int
) -> None:
    assume(any(places))
    plane = cells_where(count > 0 for count in places)
    offered = offered_starts(plane, cells)
    most = sum((end - start) // cells for start, end in slot_arithmetic.free_runs(plane))
    assert len(offered) == most


def test_offers_of_a_quarter_of_an_hour_follow_one_another() -> None:
    morning = visit_cells(96, 12)
    assert offered_starts(morning, 3) == [96, 99, 102, 105]


def test_offers_do_not_move_with_the_clock() -> None:
    morning = visit_cells(96, 12)
    assert offered_starts(morning, 3, first=97) == [99, 102, 105]


def test_the_last_minutes_of_a_run_are_offered_although_no_earlier_offer_would_end_there() -> None:
    fifty_minutes = visit_cells(96, 10)
    assert offered_starts(fifty_minutes, 4) == [96, 100]
    assert offered_starts(fifty_minutes, 4, first=101) == [101]
    assert offered_starts(fifty_minutes, 4, first=103) == []


def test_an_empty_day_offers_nothing() -> None:
    assert longest_visit([]) == 0
    assert not has_place([], visit_cells(0, 1))
    assert offered_starts(0, 1) == []
    assert timedelta(minutes=slot_arithmetic.CELL_MINUTES * DAY_CELLS) == timedelta(hours=25)
