"""Which new place each appointment is proposed, so that all of them can be had together.

Plain rules over what is left of pool-days. The earliest appointment chooses first; each choice is
taken off what is left before the next one chooses, so no two proposals want the same counter at the
same time. Choices are those that a search offers: they follow one another and leave no holes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from heapq import nsmallest
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from queue_service.booking.contingents import Left, Level
from queue_service.booking.day_cells import CELL, cell_at, day_begins, first_cell_from
from queue_service.booking.slot_arithmetic import (
    CELL_MINUTES,
    DAY_CELLS,
    NO_CELLS,
    Plane,
    cells_in,
    offered_starts,
    visit_cells,
)

WHOLE_DAY: Plane = (1 << DAY_CELLS) - 1
NOON = 12
"""Hours: whoever chose a morning has their afternoons taken, and the other way round."""
OTHER_HALF_DAYS = 1
"""An afternoon instead of a morning is a little more unwelcome than the next morning."""

Place: TypeAlias = tuple[str, datetime]
"""Office, and start in its own time."""


class Part(msgspec.Struct, frozen=True):
    """What a visit takes of one pool's day."""

    pool_id: int
    offset: int
    """Cells after the beginning of the visit."""
    cells: int


class Course(msgspec.Struct, frozen=True):
    """One way through an office: mostly one pool, or several in one order."""

    parts: Sequence[Part]
    minutes: int


class Wish(msgspec.Struct, frozen=True):
    """An appointment that needs another place."""

    reference: str
    office: str
    start: datetime
    """As it is now, in the office's own time."""
    level: Level
    not_before: datetime
    """Sooner, the visitor may not have heard of it."""
    courses: Mapping[str, Sequence[Course]]
    """By office, in the order in which a move tries them."""


class OpenDay(msgspec.Struct, frozen=True):
    """A pool's day that has places left."""

    office: str
    time_zone: str
    pool_id: int
    day: date
    left: Left


class Supply:
    """What is left of pool-days while proposals are made."""

    def __init__(self, days: Iterable[OpenDay] = ()) -> None:
        self._left: dict[tuple[int, date], Left] = {}
        self._zones: dict[str, ZoneInfo] = {}
        self._days: dict[str, list[date]] = {}
        self.add(days)

    def add(self, days: Iterable[OpenDay]) -> None:
        """Let further pool-days be chosen from; of those that are known, what was taken stays taken."""
        for entry in days:
            self._left.setdefault((entry.pool_id, entry.day), entry.left)
            self._zones[entry.office] = ZoneInfo(entry.time_zone)
            self._days.setdefault(entry.office, []).append(entry.day)
        self._days = {office: sorted(set(known)) for office, known in self._days.items()}

    def days(self, office: str) -> list[date]:
        """Give the office's days that have places, in order."""
        return self._days.get(office, [])

    def starts(self, wish: Wish, office: str, day: date) -> Iterator[datetime]:
        """Give the starts on a day at which somebody has time for this visit."""
        zone = self._zones[office]
        begins, first = day_begins(day, zone), first_cell_from(wish.not_before, day, zone)
        for course in wish.courses.get(office, ()):
            for cell in self._start_cells(course, wish.level, day, first):
                yield (begins + cell * CELL).astimezone(zone)

    def take(self, wish: Wish, place: Place) -> None:
        """Take a place that ``starts`` has given, from the pools that a move would go to."""
        office, start = place
        day, cell = cell_at(start, self._zones[office])
        for course in wish.courses[office]:
            visits = [(part.pool_id, visit_cells(cell + part.offset, part.cells)) for part in course.parts]
            if all(self._open(pool_id, day, wish.level) & visit == visit for pool_id, visit in visits):
                for pool_id, visit in visits:
                    self._left[pool_id, day] = self._left[pool_id, day].taken(visit, wish.level)
                return
        raise LookupError(place)

    def _open(self, pool_id: int, day: date, level: Level) -> Plane:
        left = self._left.get((pool_id, day))
        return left.open_to(level) if left else NO_CELLS

    def _start_cells(self, course: Course, level: Level, day: date, first: int) -> list[int]:
        """Give the cells at which a course is offered, not before ``first``."""
        if len(course.parts) == 1:
            [part] = course.parts
            return offered_starts(self._open(part.pool_id, day, level), part.cells, first=first)
        possible = ~NO_CELLS
        for part in course.parts:
            possible &= _fitting(self._open(part.pool_id, day, level), part.cells) << part.offset
        starts: list[int] = []
        for cell in cells_in(possible & WHOLE_DAY):
            if cell >= (starts[-1] + course.minutes // CELL_MINUTES if starts else first):
                starts.append(cell)
        return starts


def _fitting(plane: Plane, cells: int) -> Plane:
    """Give the cells at which a run of so many of the plane's begins."""
    for _ in range(1, cells):
        plane &= plane << 1
    return plane & WHOLE_DAY


def propose(
    wishes: Iterable[Wish], supply: Supply, offices: Sequence[str], within: timedelta
) -> dict[str, Place]:
    """Give a place by reference for those for whom there is one, and take it off the supply.

    The first of the offices that has one, the nearest there: not before the former start where that
    can be, on the nearest day, at the nearest hour.
    """
    proposed: dict[str, Place] = {}
    for wish in sorted(wishes, key=lambda wish: (wish.start, wish.reference)):
        best = next(
            (found[0] for office in offices if (found := nearest(wish, supply, office, within, most=1))), None
        )
        if best is not None:
            supply.take(wish, best)
            proposed[wish.reference] = best
    return proposed


def nearest(wish: Wish, supply: Supply, office: str, within: timedelta, *, most: int) -> list[Place]:
    """Give the best places at one office, the best first, and nothing taken for them.

    Places before the former start are given when there are none after it.
    """
    former = wish.start.date()
    days = [day for day in supply.days(office) if abs(day - former) <= within]
    later = [day for day in days if day >= former]
    earlier = [day for day in reversed(days) if day <= former]
    return _nearest(wish, supply, office, later, most=most, before=False) or _nearest(
        wish, supply, office, earlier, most=most, before=True
    )


def _nearest(
    wish: Wish, supply: Supply, office: str, days: Sequence[date], *, most: int, before: bool
) -> list[Place]:
    # As instants: by the clock of one zone, both hours of the night in October would be one.
    former, zone = wish.start.astimezone(UTC), wish.start.tzinfo
    best: list[datetime] = []
    for day in days:
        if len(best) == most and unwelcome(wish.start, best[-1])[0] < abs(day - wish.start.date()).days:
            # Whatever a day so far away has, it is no better.
            break
        starts = {start.astimezone(UTC) for start in supply.starts(wish, office, day)}
        here = {start for start in starts if (start < former) is before}
        best = nsmallest(most, {*best, *here}, key=lambda start: unwelcome(wish.start, start))
    return [(office, start.astimezone(zone)) for start in best]


def ends(start: datetime, minutes: int) -> datetime:
    """Give when a visit ends, by the clock of its start; it has its length on nights of a change, too."""
    return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)


def unwelcome(former: datetime, instant: datetime) -> tuple[int, bool, int, datetime]:
    """Tell how far a place is from the former one: days and halves of a day, then minutes by the clock."""
    start = instant.astimezone(former.tzinfo)
    days_apart = abs(start.date() - former.date()).days
    other_half = (start.hour < NOON) is not (former.hour < NOON)
    by_the_clock = abs(60 * (start.hour - former.hour) + start.minute - former.minute)
    return days_apart + OTHER_HALF_DAYS * other_half, other_half, by_the_clock, instant
