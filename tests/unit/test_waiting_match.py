"""A place fits somebody who waits when it keeps everything they asked for, and leaves time to answer."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.booking.day_cells import instant_of, wall_minutes
from queue_service.booking.slot_arithmetic import DAY_CELLS, cells_where, has_place, visit_cells
from queue_service.booking.waiting_match import (
    ANSWER_TIME,
    LEAST_ANSWER_TIME,
    LEAST_NOTICE,
    answered_by,
    place_for,
)
from queue_service.booking.waiting_model import Way, Wishes

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2027, 1, 11)
LONGER_DAY = date(2027, 10, 31)
NOON_BEFORE = datetime(2027, 1, 10, 11, tzinfo=UTC)
ANYTHING = Wishes(MONDAY, MONDAY, [], 0, 1440, 0, ["sms"])


def free(*spans: tuple[int, int]) -> int:
    """Give the cells that lie within these spans of hours."""
    return cells_where(any(a * 12 <= cell < b * 12 for a, b in spans) for cell in range(DAY_CELLS))


def start_of(wishes: Wishes, plane: int, cells: int, now: datetime = NOON_BEFORE) -> str | None:
    found = place_for(wishes, now, BERLIN, MONDAY, plane, cells)
    return f"{found.start:%H:%M}" if found else None


def test_a_gap_of_the_visits_length_is_taken_before_a_longer_one_is_cut() -> None:
    assert start_of(ANYTHING, free((8, 12), (14, 15)), 12) == "14:00"


def test_where_every_gap_is_cut_the_earliest_start_is_taken() -> None:
    assert start_of(ANYTHING, free((8, 12), (14, 16)), 12) == "08:00"


def test_who_asks_for_the_middle_of_a_gap_gets_it() -> None:
    assert start_of(replace(ANYTHING, opens=9 * 60 + 30, closes=10 * 60), free((8, 12)), 12) == "09:30"


def test_a_visit_begins_before_the_hours_asked_for_end() -> None:
    assert start_of(replace(ANYTHING, opens=7 * 60, closes=8 * 60), free((8, 12)), 12) is None


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """Give an instant of January 2027; the 8th is a Friday, the 11th a Monday."""
    return datetime(2027, 1, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("asked", "ways", "answered"),
    [
        (local(11, 9), ["sms"], local(11, 11)),
        (local(11, 19), ["sms"], local(12, 9)),
        (local(11, 3), ["email"], local(11, 10)),
        (local(9, 10), ["email"], local(9, 12)),
        (local(9, 10), ["call"], local(11, 10)),
        (local(8, 17), ["call"], local(11, 9)),
        (local(8, 17), ["call", "sms"], local(8, 19)),
    ],
)
def test_the_time_to_answer_runs_while_one_can_answer(
    asked: datetime, ways: list[Way], answered: datetime
) -> None:
    assert answered_by(asked, ANSWER_TIME, BERLIN, ways) == answered


def test_an_offer_ends_before_the_notice_that_is_needed_begins() -> None:
    found = place_for(replace(ANYTHING, notice_hours=2), local(11, 9), BERLIN, MONDAY, free((12, 13)), 12)
    assert found is not None
    assert (found.start, found.respond_by) == (local(11, 12), local(11, 10))


def test_a_place_is_not_offered_to_somebody_who_would_have_to_answer_in_the_night() -> None:
    wishes = replace(ANYTHING, notice_hours=2)
    assert start_of(wishes, free((9, 10)), 12, now=local(11, 3)) is None
    assert start_of(wishes, free((9, 12)), 12, now=local(11, 3)) == "11:00"


cells = st.lists(st.booleans(), min_size=DAY_CELLS, max_size=DAY_CELLS)
runs = st.lists(st.tuples(st.integers(60, 200), st.integers(1, 60)), max_size=6).map(
    lambda pairs: cells_where(any(a <= cell < a + n for a, n in pairs) for cell in range(DAY_CELLS))
)
wishes = st.builds(
    lambda first, days, weekdays, opens, length, notice, ways: Wishes(
        first, first + timedelta(days=days), weekdays, opens, min(opens + length, 1440), notice, ways
    ),
    st.dates(date(2027, 1, 4), date(2027, 1, 14)),
    st.integers(0, 10),
    st.lists(st.integers(1, 7), max_size=4, unique=True),
    st.integers(0, 1200),
    st.integers(5, 1440),
    st.integers(0, 72),
    st.lists(st.sampled_from(["sms", "email", "call"]), min_size=1, unique=True),
)
instants = st.datetimes(datetime(2027, 1, 4), datetime(2027, 1, 14), timezones=st.just(UTC))  # noqa: DTZ001
days = st.sampled_from([MONDAY, date(2027, 1, 9), date(2027, 1, 12)])


@given(wishes, instants, days, runs | cells.map(cells_where), st.integers(1, 30))
def test_an_offer_fits_and_there_is_one_whenever_anything_fits(
    wishes: Wishes, now: datetime, day: date, plane: int, length: int
) -> None:
    """Held against every cell of the day, tried one after another."""
    notice = max(timedelta(hours=wishes.notice_hours), LEAST_NOTICE)
    answered = answered_by(now, LEAST_ANSWER_TIME, BERLIN, wishes.ways)
    walls = wall_minutes(day, BERLIN)
    fitting = {
        cell
        for cell in range(min(len(walls), DAY_CELLS - length + 1))
        if has_place([plane], visit_cells(cell, length))
        and wishes.opens <= walls[cell] < wishes.closes
        and instant_of(day, cell, BERLIN) - notice >= answered
        and wishes.first_day <= day <= wishes.last_day
        and (not wishes.weekdays or day.isoweekday() in wishes.weekdays)
    }
    found = place_for(wishes, now, BERLIN, day, plane, length)
    assert (found is not None) == bool(fitting)
    if found is not None:
        assert found.first_cell in fitting
        assert found.start == instant_of(day, found.first_cell, BERLIN)
        assert answered <= found.respond_by <= found.start - notice


def test_on_the_day_on_which_clocks_go_back_hours_are_those_of_the_wall() -> None:
    asked = Wishes(LONGER_DAY, LONGER_DAY, [], 9 * 60, 10 * 60, 0, ["sms"])
    plane = cells_where(True for _ in range(DAY_CELLS))
    found = place_for(asked, datetime(2027, 10, 29, 8, tzinfo=UTC), BERLIN, LONGER_DAY, plane, 3)
    assert found is not None
    assert f"{found.start:%H:%M %Z}" == "09:00 CET"
