"""Clerks' shifts cover the day, and whoever is in the hall can be served to the end."""

from datetime import datetime, timedelta

import pytest

from queue_service.simulation.clerk_shifts import (
    BREAK,
    LONGEST_SHIFT,
    READY_BEFORE,
    Counter,
    can_be_served,
    plan_shifts,
)

OPENS = datetime.fromisoformat("2026-11-24T07:30:00+01:00")
CLOSES = datetime.fromisoformat("2026-11-24T18:30:00+01:00")


def counters(count: int) -> list[Counter]:
    return [
        Counter(f"office.{number}", frozenset({"reisepass"}), frozenset({f"feature_{number}"}))
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [1, 4, 8, 25])
def test_somebody_is_there_from_the_opening_and_at_the_end(count: int) -> None:
    shifts = plan_shifts(OPENS, CLOSES, counters(count))
    assert len(shifts) == count
    assert min(shift.begins for shift in shifts) == OPENS - READY_BEFORE
    assert max(shift.ends for shift in shifts) == CLOSES
    assert any(shift.stays_to_the_end for shift in shifts)


def test_nobody_of_many_works_longer_than_a_shift_and_everybody_has_a_break_in_it() -> None:
    for shift in plan_shifts(OPENS, CLOSES, counters(25)):
        assert shift.ends - shift.begins <= LONGEST_SHIFT + READY_BEFORE
        assert shift.break_begins is not None
        assert shift.begins < shift.break_begins
        assert shift.break_begins + BREAK < shift.ends


def test_never_more_than_a_third_of_the_clerks_are_on_their_break() -> None:
    shifts = plan_shifts(OPENS, CLOSES, counters(25))
    for minute in range(0, 11 * 60, 5):
        now = OPENS + timedelta(minutes=minute)
        away = [s for s in shifts if s.break_begins and s.break_begins <= now < s.break_begins + BREAK]
        assert len(away) <= len(shifts) / 3


def test_a_short_day_has_no_breaks_and_no_second_shift() -> None:
    for shift in plan_shifts(OPENS, OPENS + timedelta(hours=5), counters(8)):
        assert shift.break_begins is None
        assert shift.stays_to_the_end


def test_a_need_that_only_an_early_counter_meets_cannot_be_served_to_the_end() -> None:
    shifts = plan_shifts(OPENS, CLOSES, counters(8))
    early = next(shift.counter for shift in shifts if not shift.stays_to_the_end)
    late = next(shift.counter for shift in shifts if shift.stays_to_the_end)
    assert not can_be_served(shifts, "reisepass", list(early.features))
    assert can_be_served(shifts, "reisepass", list(late.features))
    assert not can_be_served(shifts, "personalausweis", [])
