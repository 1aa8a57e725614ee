"""Which counters a pool keeps for appointments on a day, and the places this gives."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from queue_service.booking.day_cells import wall_minutes
from queue_service.booking.slot_arithmetic import (
    CELL_MINUTES,
    NO_CELLS,
    Plane,
    Planes,
    add_places,
    cells_where,
    take_place,
)
from queue_service.offices.model import WEEKDAYS, OfficeCalendar, is_closed
from queue_service.offices.setup_model import Lending, PoolSetup, StaffedHours, Staffing

HOURS_KEPT = 4096
"""Different hours and breaks whose cells are remembered; most days repeat the week before."""


def day_planes(
    day: date, zone: ZoneInfo, plan: PoolSetup, pools: Sequence[PoolSetup], calendar: OfficeCalendar
) -> Planes:
    """Give the planes of a pool's day on which nobody has booked.

    ``pools`` are all of the office's: counters that one lends to another at some hours are there
    what they would have been here, and no more than are staffed.
    """
    planes = staffed_planes(day, zone, staffing_on(day, plan, calendar))
    for lending in lendings_on(day, plan, plan.lends):
        cells = _lent_cells(day, zone, lending)
        for _ in range(lending.counters):
            planes = take_place(planes, cells)
    for lender in pools:
        for lending in lendings_on(day, lender, lender.lends):
            if lending.to == plan.code and not _has_exception(day, plan):
                staffed = staffed_planes(day, zone, staffing_on(day, lender, calendar))
                for plane in staffed[: lending.counters]:
                    planes = add_places(planes, plane & _lent_cells(day, zone, lending), 1)
    return planes


def overbooked(planes: Planes, extra_places: Callable[[int], int]) -> Planes:
    """Give the planes with the places beyond the counters, in each cell as its number of counters allows."""
    grown = planes
    for counters, (plane, following) in enumerate(pairwise((*planes, NO_CELLS)), 1):
        extra = extra_places(counters)
        if extra:
            grown = add_places(grown, plane & ~following, extra)
    return grown


def lendings_on(day: date, lender: PoolSetup, lends: Iterable[Lending]) -> list[Lending]:
    """Give what a pool lends on ``day``; nothing on a day that has its own plan."""
    if _has_exception(day, lender):
        return []
    return [
        lending
        for lending in lends
        if WEEKDAYS[day.weekday()] in lending.weekdays
        and (lending.first_day is None or lending.first_day <= day)
        and (lending.last_day is None or day <= lending.last_day)
    ]


def _lent_cells(day: date, zone: ZoneInfo, lending: Lending) -> Plane:
    return _beginning(wall_minutes(day, zone), lending.hours.opens, lending.hours.closes - CELL_MINUTES)


def _has_exception(day: date, plan: PoolSetup) -> bool:
    return any(exception.day == day for exception in plan.exceptions)


def staffing_on(day: date, plan: PoolSetup, calendar: OfficeCalendar) -> list[StaffedHours]:
    """Give the pool's staffed hours on ``day``; entries at one time add up.

    An exception for the day is all that counts on it, be it a holiday. Otherwise holidays and
    closures leave no staffing, and other days have that of their weekday.
    """
    for exception in plan.exceptions:
        if exception.day == day:
            return exception.staffing
    if is_closed(day, calendar):
        return []
    return [
        StaffedHours(entry.hours, entry.counters, entry.breaks)
        for entry in plan.staffing
        if _is_in_force(entry, day)
    ]


def staffed_planes(day: date, zone: ZoneInfo, staffing: Iterable[StaffedHours]) -> Planes:
    """Give the planes of a day on which nobody has booked.

    A cell counts as staffed when all of its five minutes lie within the hours and outside breaks.
    """
    walls = wall_minutes(day, zone)
    planes: Planes = []
    for shift in staffing:
        staffed = _beginning(walls, shift.hours.opens, shift.hours.closes - CELL_MINUTES)
        for pause in shift.breaks:
            staffed &= ~_beginning(walls, pause.opens - CELL_MINUTES + 1, pause.closes - 1)
        planes = add_places(planes, staffed, shift.counters)
    return planes


@lru_cache(HOURS_KEPT)
def _beginning(walls: tuple[int, ...], first: int, last: int) -> Plane:
    """Give the cells that begin when the wall clock shows a minute from ``first`` to ``last``."""
    return cells_where(first <= minute <= last for minute in walls)


def _is_in_force(entry: Staffing, day: date) -> bool:
    return (
        WEEKDAYS[day.weekday()] in entry.weekdays
        and (entry.first_day is None or entry.first_day <= day)
        and (entry.last_day is None or day <= entry.last_day)
        and (entry.first_day is None or _weeks_between(entry.first_day, day) % entry.every_weeks == 0)
    )


def _weeks_between(first: date, day: date) -> int:
    """Count calendar weeks, which begin on Monday, whichever weekdays the two are."""
    return ((day - timedelta(day.weekday())) - (first - timedelta(first.weekday()))).days // 7
