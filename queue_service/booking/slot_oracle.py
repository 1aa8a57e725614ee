"""What is left of a pool's day, computed the slow and obvious way.

No bitmaps: every question goes through the day's cells one by one and asks the wall clock and
every visit about each. Property tests and ``queue-service verify`` hold ``slot_arithmetic``, and
what the database keeps, against this.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from math import floor
from zoneinfo import ZoneInfo

from queue_service.booking.slot_arithmetic import CELL_MINUTES
from queue_service.booking.staffing import lendings_on, staffing_on
from queue_service.offices.model import OfficeCalendar
from queue_service.offices.setup_model import Contingents, Lending, PoolSetup, StaffedHours

CELL = timedelta(minutes=CELL_MINUTES)


def cells_of_day(day: date, zone: ZoneInfo) -> list[datetime]:
    """List the instants (UTC) at which the cells of a local day begin."""
    instant = datetime.combine(day, time.min, zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
    begins = []
    while instant < end:
        begins.append(instant)
        instant += CELL
    return begins


def staffed_places(day: date, zone: ZoneInfo, staffing: Iterable[StaffedHours]) -> list[int]:
    """Count the staffed counters in each cell: a cell counts when all of it lies in staffed hours."""
    staffing = list(staffing)
    places = []
    for begins in cells_of_day(day, zone):
        wall = begins.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        places.append(
            sum(
                shift.counters
                for shift in staffing
                if shift.hours.opens <= minute
                and minute + CELL_MINUTES <= shift.hours.closes
                and not any(
                    pause.opens < minute + CELL_MINUTES and minute < pause.closes for pause in shift.breaks
                )
            )
        )
    return places


def day_places(
    day: date, zone: ZoneInfo, plan: PoolSetup, pools: Sequence[PoolSetup], calendar: OfficeCalendar
) -> list[int]:
    """Count a pool's places in each cell, with what it lends to other pools and borrows from them."""
    places = staffed_places(day, zone, staffing_on(day, plan, calendar))
    for lending in lendings_on(day, plan, plan.lends):
        places = [max(here - away, 0) for here, away in zip(places, _lent(day, zone, lending), strict=True)]
    if any(exception.day == day for exception in plan.exceptions):
        return places
    for lender in pools:
        for lending in lendings_on(day, lender, lender.lends):
            if lending.to == plan.code:
                staffed = staffed_places(day, zone, staffing_on(day, lender, calendar))
                there = map(min, staffed, _lent(day, zone, lending))
                places = [here + more for here, more in zip(places, there, strict=True)]
    return places


def _lent(day: date, zone: ZoneInfo, lending: Lending) -> list[int]:
    return staffed_places(day, zone, [StaffedHours(lending.hours, lending.counters)])


def shares(contingents: Contingents, released: int) -> list[Fraction]:
    """Give what each level may take of a day of which ``released`` hundredths of a percent are open.

    Online, telephone, counter, and supervisors, who may take everything.
    """
    opened = Fraction(released, 10_000)
    counter = Fraction(100 - contingents.emergency, 100) * opened
    phone = min(Fraction(contingents.phone, 100) * opened, counter)
    online = min(Fraction(min(contingents.online, 80), 100) * opened, phone)
    return [*(Fraction(floor(share * 10_000), 10_000) for share in (online, phone, counter)), Fraction(1)]


@lru_cache(1024)  # Fractions are slow, and most days repeat the week before.
def share_of(places: tuple[int, ...], share: Fraction) -> list[int]:
    """Give each cell its share, rounded up or down as its hour of cells with so many counters is told."""
    seen: dict[int, int] = {}
    limits = []
    for count in places:
        hour = seen.get(count, 0) // (60 // CELL_MINUTES)
        seen[count] = seen.get(count, 0) + 1
        digits = f"{hour:b}"[::-1]
        threshold = sum(Fraction(int(digit), 2**place) for place, digit in enumerate(digits, 1))
        limits.append(floor(count * share + threshold))
    return limits


def places_left(places: Sequence[int], visits: Iterable[tuple[int, int]]) -> list[int]:
    """Count what ``visits``, each (first cell, cells), leave of ``places``; never below zero."""
    left = list(places)
    for first, cells in visits:
        for cell in range(first, first + cells):
            left[cell] -= 1
    return [max(count, 0) for count in left]


def possible_starts(left: Sequence[int], cells: int) -> list[int]:
    """List the cells from which every one of ``cells`` cells has a place left."""
    return [
        start
        for start in range(len(left) - cells + 1)
        if all(left[start + step] > 0 for step in range(cells))
    ]


def longest_visit(left: Sequence[int]) -> int:
    """Give the cells of the longest unbroken time with a place left."""
    longest = current = 0
    for count in left:
        current = current + 1 if count > 0 else 0
        longest = max(longest, current)
    return longest


def offered_starts(left: Sequence[int], cells: int, *, first: int, end: int) -> list[int]:
    """List the offers as the rule is told: end to end from where a run begins, or else its first fit."""
    possible = set(possible_starts(left, cells))
    offers: list[int] = []
    of_this_run: list[int] = []
    spare: int | None = None
    next_aligned: int | None = None
    for cell in range(len(left) + 1):
        if cell == len(left) or left[cell] == 0:
            offers += of_this_run or ([] if spare is None else [spare])
            of_this_run, spare, next_aligned = [], None, None
            continue
        next_aligned = cell if next_aligned is None else next_aligned
        if cell in possible and first <= cell < end and spare is None:
            spare = cell
        if cell == next_aligned:
            if cell in possible and first <= cell < end:
                of_this_run.append(cell)
            next_aligned = cell + cells
    return offers
