"""How many of a pool's places each channel may take, and when they are opened for booking.

Contingents are nested: what the web may take is part of what the telephone may take, which is part
of what the counter may take; supervisors alone may take the rest, for emergencies. A *level* says
how far somebody reaches, and an appointment counts in its own level and in all above it: so a web
that is sold out leaves the telephone's share alone, while a busy counter takes its own share first.

Shares are counted per cell of the day. A share of a few counters is no whole number, so it is
rounded up in some hours and down in others, evenly through the day and never in sum: of all cells
that a pool has with so many counters, a channel gets its share or less. Of two shares the smaller
one's places are always among the larger one's, which is what makes contingents nest and lets a
release add places without taking any away.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from queue_service.booking.slot_arithmetic import (
    DAY_CELLS,
    NO_CELLS,
    Plane,
    Planes,
    cells_in,
    longest_run,
    take_place,
)
from queue_service.offices.setup_model import Contingents, Release

Level: TypeAlias = Literal[1, 2, 3, 4]
ONLINE, PHONE, COUNTER, EMERGENCY = 1, 2, 3, 4
LEVELS: tuple[Level, ...] = (1, 2, 3, 4)
LEVEL_OF_CHANNEL: dict[str, Level] = {"online": 1, "phone": 2, "counter": 3}
"""The same stands in the database (booking_level); a test holds both together."""

WHOLE = 10_000
"""Shares are counted in hundredths of a percent, so that a share of a share stays exact."""
PHONE_AND_COUNTER_FLOOR = 20
"""Percent of a pool's places that no setting gives to the web. Ours: who has no internet must find a
place on any day, and about a fifth of adults in Germany book nothing online."""
BLOCK_CELLS = 12
"""An hour: long enough for nearly every visit, so that a share is worth something where it is rounded up."""
RELEASE_STEP = timedelta(minutes=15)
"""Places that are opened evenly through the day come in steps of this length."""
SHARES_KEPT = 4096
"""Different days whose shares are remembered; most days repeat the week before."""


class Left(msgspec.Struct, frozen=True):
    """What is left of a pool's day, level by level; None where a level has no limit of its own."""

    places: Planes
    """For supervisors: every place that has a counter."""
    counter: Planes | None = None
    phone: Planes | None = None
    online: Planes | None = None

    def limits(self, level: Level) -> list[Planes]:
        """Give what binds somebody of this level: the limits of the own level and of all above."""
        chain = (self.online, self.phone, self.counter, self.places)
        return [planes for planes in chain[level - 1 :] if planes is not None]

    def open_to(self, level: Level) -> Plane:
        """Give the cells in which somebody of this level finds a place."""
        plane = ~NO_CELLS
        for planes in self.limits(level):
            plane &= planes[0] if planes else NO_CELLS
        return plane

    def fits(self) -> list[int]:
        """Give the longest visit, in cells, that each level still has a start for, the web's first."""
        return [longest_run(self.open_to(level)) for level in LEVELS]

    def taken(self, cells: Plane, level: Level) -> "Left":
        """Give what is left after somebody of this level took a place in each of ``cells``."""
        return Left(
            take_place(self.places, cells),
            _taken(self.counter, cells, level, COUNTER),
            _taken(self.phone, cells, level, PHONE),
            _taken(self.online, cells, level, ONLINE),
        )


def _taken(planes: Planes | None, cells: Plane, level: Level, of: int) -> Planes | None:
    return planes if planes is None or level > of else take_place(planes, cells)


def level_of(channel: str, *, emergency: bool = False) -> Level:
    """Give how far an appointment reaches that is booked through ``channel``."""
    return 4 if emergency else LEVEL_OF_CHANNEL[channel]


def empty_day(staffed: Planes, contingents: Contingents, released: int) -> Left:
    """Give a day on which nobody has booked, with ``released`` (of ``WHOLE``) of it open for booking."""
    online, phone, counter = open_shares(contingents, released)
    return Left(
        staffed,
        _limit(staffed, counter),
        _limit(staffed, phone) if phone < counter else None,
        _limit(staffed, online) if online < phone else None,
    )


def open_shares(contingents: Contingents, released: int) -> tuple[int, int, int]:
    """Give what may be taken by the web, with the telephone, and with the counter (of ``WHOLE``).

    ``released`` (of ``WHOLE``) is open for booking; supervisors may take the rest.
    """
    counter = (100 - contingents.emergency) * released // 100
    phone = min(contingents.phone * released // 100, counter)
    return min(online_percent(contingents) * released // 100, phone), phone, counter


def online_percent(contingents: Contingents) -> int:
    """Give the web's share in percent: as set, but never so much that nothing is left for others."""
    return min(contingents.online, 100 - PHONE_AND_COUNTER_FLOOR)


def _limit(staffed: Planes, share: int) -> Planes | None:
    return None if share >= WHOLE else list(share_of(tuple(staffed), share))


@lru_cache(SHARES_KEPT)
def share_of(staffed: tuple[Plane, ...], share: int) -> tuple[Plane, ...]:
    """Give ``share`` (of ``WHOLE``) of the places: of n counters, n times the share in each cell.

    What is left of a whole number decides in how many hours of the day it is rounded up.
    """
    limited = [NO_CELLS] * len(staffed)
    for counters, (plane, following) in enumerate(pairwise((*staffed, NO_CELLS)), 1):
        for block, cells in enumerate(_blocks(plane & ~following)):
            numerator, denominator = van_der_corput(block)
            for k in range((counters * share * denominator + numerator * WHOLE) // (WHOLE * denominator)):
                limited[k] |= cells
    while limited and not limited[-1]:
        limited.pop()
    return tuple(limited)


def _blocks(plane: Plane) -> Iterator[Plane]:
    """Cut cells into blocks of ``BLOCK_CELLS`` in the order of the day; the last may be shorter."""
    cells = cells_in(plane)
    for first in range(0, len(cells), BLOCK_CELLS):
        yield sum(1 << (DAY_CELLS - 1 - cell) for cell in cells[first : first + BLOCK_CELLS])


def van_der_corput(n: int) -> tuple[int, int]:
    """Give the n-th number of van der Corput's sequence in base 2 as a fraction.

    It begins 0, 1/2, 1/4, 3/4, 1/8. Any first n of them lie in [0, 1) as evenly as can be, and never
    too many of them at its upper end: of n hours, at most n times a share are rounded up by it.
    """
    digits = f"{n:b}"
    return int(digits[::-1], 2), 1 << len(digits)


def release_times(day: date, zone: ZoneInfo, releases: Sequence[Release]) -> list[tuple[datetime, int]]:
    """List when how much (of ``WHOLE``, in sum) of a day is open, earliest first.

    Without releases a day is open as soon as it comes within the horizon, which is the empty list.
    """
    steps = sorted(step for release in releases for step in _steps(day, zone, release))
    opened, times = 0, []
    for instant, share in steps:
        opened += share
        times.append((instant, min(opened, WHOLE)))
    return times


def _steps(day: date, zone: ZoneInfo, release: Release) -> Iterator[tuple[datetime, int]]:
    begins = _at(day, zone, release.days_before, release.at)
    ends = _at(day, zone, release.days_before, release.until) if release.until else begins
    count = max((ends - begins) // RELEASE_STEP, 0) + 1
    share = release.percent * WHOLE // 100
    for step in range(count):
        # Differences of whole numbers: in sum it is all of the share, however it divides.
        part = share * (step + 1) // count - share * step // count
        yield begins + step * RELEASE_STEP, part


def _at(day: date, zone: ZoneInfo, days_before: int, clock: str) -> datetime:
    local = datetime.combine(day - timedelta(days=days_before), time.fromisoformat(clock), zone)
    # A local time that clocks skip or show twice equals no other, not even itself as the database has it.
    return local.astimezone(UTC)


def released(times: Sequence[tuple[datetime, int]], now: datetime) -> tuple[int, datetime | None]:
    """Give how much of a day is open at ``now`` (of ``WHOLE``), and when more of it will be."""
    if not times:
        return WHOLE, None
    opened = 0
    for instant, share in times:
        if instant > now:
            return opened, instant
        opened = share
    return opened, None
