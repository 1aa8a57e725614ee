"""Which counters a pool keeps for appointments on a day, and the places this gives."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from queue_service.booking.day_cells import wall_minutes
from queue_service.booking.slot_arithmetic import CELL_MINUTES, Plane, Planes, add_places, cells_where
from queue_service.offices.model import WEEKDAYS, OfficeCalendar, is_closed
from queue_service.offices.setup_model import PoolSetup, StaffedHours, Staffing

HOURS_KEPT = 4096
"""Different hours and breaks whose cells are remembered; most days repeat the week before."""


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
    )
