"""Visits that one pool can't serve: several pools of an office, one after another, without a wait.

An office has each service in one pool, so which pools a visit needs is decided by its services;
their order is free. A chain is one order: at a start that suits it, each pool has a place when the
one before is done.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby, permutations
from zoneinfo import ZoneInfo

import msgspec

from queue_service.booking import slot_store
from queue_service.booking.contingents import Level
from queue_service.booking.day_cells import CELL, day_begins, first_cell_from, wall_cell
from queue_service.booking.slot_arithmetic import CELL_MINUTES, DAY_CELLS, Plane, cells_in
from queue_service.booking.slot_store import Period, VisitPool, Wanted
from queue_service.booking.store import Leg
from queue_service.offices.model import Span
from queue_service.platform.queries import Connection

MOST_POOLS = 3
"""Pools of one visit; more would have more orders than anybody could be told about."""
WHOLE_DAY: Plane = (1 << DAY_CELLS) - 1


class Chain(msgspec.Struct, frozen=True):
    """The pools of a visit in one order, each with what the visit takes there; mostly it is one pool."""

    pools: list[VisitPool]

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.pools[0].time_zone)

    @property
    def minutes(self) -> int:
        """From the beginning of the first part to the end of the last."""
        return sum(pool.minutes for pool in self.pools)

    def legs(self, day: date, first_cell: int) -> list[Leg]:
        """Give the parts of a visit that begins there."""
        legs, cell = [], first_cell
        for pool in self.pools:
            legs.append(Leg(pool, day, cell))
            cell += pool.minutes // CELL_MINUTES
        return legs

    def starts(self, planes: Mapping[int, Plane]) -> Plane:
        """Give the cells at which the visit can begin, from the open cells of each pool by its id."""
        possible, offset = WHOLE_DAY, 0
        for pool in self.pools:
            here = _starts(planes[pool.pool_id], pool.cells)
            # What is possible so many cells later, seen from the beginning.
            possible &= (here << offset) & WHOLE_DAY
            offset += pool.minutes // CELL_MINUTES
        return possible


async def chains_for(conn: Connection, wanted: Wanted) -> list[Chain]:
    """Give the chains for services that no single pool serves, at offices that offer all of them."""
    if len(wanted.codes) == 1:
        return []
    by_office: dict[str, list[VisitPool]] = {}
    for pool in await slot_store.partial_pools(conn, wanted):
        by_office.setdefault(pool.office, []).append(pool)
    return [
        Chain(list(order))
        for pools in by_office.values()
        if 1 < len(pools) <= MOST_POOLS
        for order in permutations(pools)
    ]


async def chained_starts(
    conn: Connection, chains: Sequence[Chain], level: Level, period: Period, hours: Span | None
) -> Iterator[tuple[datetime, Chain]]:
    """Give the starts (UTC) at which a chain can begin, one visit after another."""
    ids = sorted({pool.pool_id for chain in chains for pool in chain.pools})
    days: dict[date, dict[int, Plane]] = {}
    for row in await slot_store.open_days(conn, ids, level, period) if ids else []:
        days.setdefault(row.day, {})[row.pool_id] = row.plane
    return (
        (start, chain)
        for day, planes in sorted(days.items())
        for start, chain in sorted(_day_starts(chains, day, planes, period, hours), key=lambda one: one[0])
    )


def _day_starts(
    chains: Sequence[Chain], day: date, planes: Mapping[int, Plane], period: Period, hours: Span | None
) -> Iterator[tuple[datetime, Chain]]:
    """Give an office's starts, whichever of its chains makes them possible: all of them take as long."""
    for _, of_office in groupby(chains, key=lambda chain: chain.pools[0].office_id):
        possible = [chain for chain in of_office if all(pool.pool_id in planes for pool in chain.pools)]
        if not possible:
            continue
        chain, starts = possible[0], 0
        for order in possible:
            starts |= order.starts(planes)
        first, end = _window(day, chain.zone, period, hours)
        following = first
        for cell in cells_in(starts):
            if following <= cell < end:
                yield day_begins(day, chain.zone) + cell * CELL, chain
                following = cell + chain.minutes // CELL_MINUTES


def _window(day: date, zone: ZoneInfo, period: Period, hours: Span | None) -> tuple[int, int]:
    """Give the first cell that is looked at on a day, and the one after the last."""
    first = first_cell_from(period.not_before, day, zone)
    end = first_cell_from(period.end, day, zone) if period.end else DAY_CELLS
    if hours is None:
        return first, end
    return max(first, wall_cell(day, hours.opens, zone)), min(end, wall_cell(day, hours.closes, zone))


def _starts(plane: Plane, cells: int) -> Plane:
    """Give the cells at which ``cells`` neighbouring cells of ``plane`` begin."""
    starts, known = plane, 1
    while known < cells:
        step = min(known, cells - known)
        starts &= (starts << step) & WHOLE_DAY
        known += step
    return starts
