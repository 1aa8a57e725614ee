"""Proposals can all be had together, and none is further from the former visit than it has to be."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.booking.contingents import Left
from queue_service.booking.day_cells import CELL, cell_at, day_begins
from queue_service.booking.slot_arithmetic import DAY_CELLS, places_left, planes_of
from queue_service.rescheduling.proposals import (
    Course,
    OpenDay,
    Part,
    Place,
    Supply,
    Wish,
    ends,
    nearest,
    propose,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2027, 3, 22)
"""In its week the clocks go forward."""
NOW = datetime(2027, 3, 21, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
OPENS, CLOSES = 96, 144
"""Cells: eight to twelve o'clock on an ordinary day."""
POOLS = {"mitte": 1, "nord": 2}


def open_day(office: str, day: date, places: list[int], pool_id: int | None = None) -> OpenDay:
    counts = [0] * OPENS + places + [0] * (DAY_CELLS - OPENS - len(places))
    return OpenDay(office, "Europe/Berlin", pool_id or POOLS[office], day, Left(planes_of(counts)))


def wish(n: int, day: date, cell: int, cells: int, offices: tuple[str, ...] = ("mitte", "nord")) -> Wish:
    start = (day_begins(day, BERLIN) + cell * CELL).astimezone(BERLIN)
    ways = {office: [Course([Part(POOLS[office], 0, cells)], 5 * cells)] for office in offices}
    return Wish(f"R{n:03}", "mitte", start, 3, NOW, ways)


def days(office: str) -> st.SearchStrategy[list[OpenDay]]:
    counters = st.lists(st.integers(0, 2), min_size=CLOSES - OPENS, max_size=CLOSES - OPENS)
    return st.lists(counters, min_size=1, max_size=3).map(
        lambda week: [open_day(office, MONDAY + n * timedelta(2), each) for n, each in enumerate(week)]
    )


def clients() -> st.SearchStrategy[list[Wish]]:
    one = st.tuples(st.integers(0, 6), st.integers(OPENS, CLOSES), st.integers(1, 12))
    return st.lists(one, max_size=12).map(
        lambda asked: [
            wish(n, MONDAY + timedelta(day), cell, cells) for n, (day, cell, cells) in enumerate(asked)
        ]
    )


@given(days("mitte"), days("nord"), clients())
def test_all_proposals_can_be_had_together(
    mitte: list[OpenDay], nord: list[OpenDay], wishes: list[Wish]
) -> None:
    proposed = propose(wishes, Supply([*mitte, *nord]), ["mitte", "nord"], WEEK)
    taken: Counter[tuple[str, date, int]] = Counter()
    for one in wishes:
        if one.reference in proposed:
            office, start = proposed[one.reference]
            day, first = cell_at(start, BERLIN)
            cells = one.courses[office][0].parts[0].cells
            taken.update((office, day, first + n) for n in range(cells))
    there = {(entry.office, entry.day): places_left(entry.left.places) for entry in [*mitte, *nord]}
    assert all(there[office, day][cell] >= count for (office, day, cell), count in taken.items())


@given(days("mitte"), clients())
def test_nobody_goes_away_empty_handed_or_comes_earlier_without_need(
    mitte: list[OpenDay], wishes: list[Wish]
) -> None:
    supply = Supply(mitte)
    for one in wishes:
        offered = [start for entry in mitte for start in supply.starts(one, "mitte", entry.day)]
        later = [start for start in offered if start >= one.start]
        [*best] = nearest(one, supply, "mitte", WEEK, most=1)
        assert bool(best) == bool(offered)
        if best:
            _, start = best[0]
            assert start in (later or offered)
            # No place is both on a nearer day and in the same half of it.
            wanted = [
                other
                for other in later or offered
                if abs(other.date() - one.start.date()) < abs(start.date() - one.start.date())
            ]
            assert all((other.hour < 12) is not (one.start.hour < 12) for other in wanted)
        propose([one], supply, ["mitte"], WEEK)


def test_whoever_can_not_be_told_in_time_is_offered_nothing_before() -> None:
    supply = Supply([open_day("mitte", MONDAY, [1] * 12), open_day("mitte", MONDAY + WEEK, [1] * 12)])
    by_letter = wish(1, MONDAY, OPENS, 3)
    by_letter = Wish(
        by_letter.reference,
        "mitte",
        by_letter.start,
        3,
        NOW + timedelta(days=4),
        by_letter.courses,
    )
    [(_, start)] = nearest(by_letter, supply, "mitte", WEEK, most=1)
    assert start.date() == MONDAY + WEEK


def test_a_visit_through_two_pools_takes_a_place_of_each() -> None:
    here, there = [1] * 24, [0] * 6 + [1] * 18
    supply = Supply([open_day("mitte", MONDAY, here, 1), open_day("mitte", MONDAY, there, 2)])
    course = Course([Part(1, 0, 3), Part(2, 3, 4)], 35)
    chained = Wish("R001", "mitte", datetime(2027, 3, 22, 8, tzinfo=BERLIN), 3, NOW, {"mitte": [course]})
    place: Place = ("mitte", datetime(2027, 3, 22, 8, 15, tzinfo=BERLIN))
    assert propose([chained], supply, ["mitte"], WEEK) == {"R001": place}
    second = Wish("R002", "mitte", chained.start, 3, NOW, {"mitte": [Course([Part(2, 0, 3)], 15)]})
    assert propose([second], supply, ["mitte"], WEEK)["R002"][1].strftime("%H:%M") == "08:50"


def test_the_nearer_of_two_offices_is_asked_first() -> None:
    supply = Supply([open_day("nord", MONDAY, [1] * 12)])
    assert propose([wish(1, MONDAY, OPENS, 3)], supply, ["mitte", "nord"], WEEK)["R001"][0] == "nord"


IN_MARCH, IN_OCTOBER = date(2027, 3, 28), date(2027, 10, 31)
"""Days on which clocks change at night."""


@pytest.mark.parametrize(
    ("day", "begins", "shown"),
    [
        (IN_MARCH, "01:30+01:00", "03:30+02:00"),
        (IN_OCTOBER, "01:30+02:00", "02:30+02:00"),
        (IN_OCTOBER, "02:30+02:00", "02:30+01:00"),
        (IN_OCTOBER, "02:30+01:00", "03:30+01:00"),
    ],
)
def test_an_hour_ends_an_hour_later_while_clocks_change(day: date, begins: str, shown: str) -> None:
    start = datetime.fromisoformat(f"{day}T{begins}").astimezone(BERLIN)
    assert ends(start, 60).isoformat() == f"{day}T{shown.replace('+', ':00+')}"


def test_both_hours_that_clocks_show_twice_are_proposed_and_the_nearest_that_is_later_first() -> None:
    night = OpenDay("mitte", "Europe/Berlin", 1, IN_OCTOBER, Left(planes_of([0] * 24 + [1] * 24)))
    before = wish(1, IN_OCTOBER - WEEK, 24, 12)
    offered = [start for _, start in nearest(before, Supply([night]), "mitte", WEEK, most=9)]
    assert [start.isoformat()[11:] for start in offered] == ["02:00:00+02:00", "02:00:00+01:00"]
    # At half past two of summer time, the winter's two o'clock is still to come.
    late = wish(2, IN_OCTOBER, 30, 12)
    [(_, start), *_] = nearest(late, Supply([night]), "mitte", WEEK, most=9)
    assert start.isoformat()[11:] == "02:00:00+01:00"
