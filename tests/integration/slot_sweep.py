"""Finds places the slow way: every pool, every day, every cell, every appointment."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import permutations

import msgspec
from msgspec.structs import replace

from queue_service.booking import slot_oracle
from queue_service.booking.contingents import level_of, release_times, released
from queue_service.booking.day_cells import CELL
from queue_service.booking.model import LEAD_TIME, Channel, Place
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import PoolSetup, StaffedHours, StaffingException
from queue_service.platform.queries import Connection
from tests.integration.booking_town import BERLIN, MINUTES


class Part(msgspec.Struct, frozen=True):
    """What a visit, or one part of it, keeps of a pool's time."""

    starts_at: datetime
    ends_at: datetime
    level: int


class Stage(msgspec.Struct, frozen=True):
    """What a visit would take of one pool: cells, with and without what stays free after it."""

    pool: str
    kept: int
    cells: int


async def swept(
    conn: Connection,
    now: datetime,
    slugs: Iterable[str],
    days: Sequence[date],
    channel: Channel,
    wanted: Sequence[str],
    begin: datetime,
    limit: int,
) -> list[Place]:
    """Give the earliest places at these offices on these days, by start and then office."""
    minutes = timedelta(minutes=sum(MINUTES[code] for code in wanted))
    first = max(begin, now + LEAD_TIME[channel])
    found: set[tuple[datetime, str]] = set()
    for slug in slugs:
        entry = await offices.find_office(conn, slug)
        for day in days:
            pools = await _as_decided(conn, entry, day)
            left = {
                pool.code: _left(entry, pool, pools, day, now, channel, await _parts(conn, entry, pool))
                for pool in pools
            }
            begins = slot_oracle.cells_of_day(day, BERLIN)
            after = sum(instant < first for instant in begins)
            found |= {(begins[cell], slug) for cell in _offers(pools, left, wanted, after)}
    return [
        Place(
            slug,
            start.astimezone(BERLIN),
            (start + minutes).astimezone(BERLIN),
            minutes // timedelta(minutes=1),
        )
        for start, slug in sorted(found)[:limit]
    ]


async def _as_decided(conn: Connection, entry: Office, day: date) -> list[PoolSetup]:
    """Give the office's plans, with what was decided for the day as the only exception."""
    rows = await conn.fetch(
        """
        SELECT p.code, d.staffing ::text AS staffing FROM staffing_override d JOIN pool p ON p.id = d.pool_id
         WHERE d.office_id = $1 AND d.day = $2
        """,
        entry.id,
        day,
    )
    decided = {
        row["code"]: [StaffingException(day, msgspec.json.decode(row["staffing"], type=list[StaffedHours]))]
        for row in rows
    }
    return [replace(pool, exceptions=decided.get(pool.code, [])) for pool in entry.setup.pools]


async def _parts(conn: Connection, entry: Office, pool: PoolSetup) -> list[Part]:
    """Give what is kept of a pool's time; how much was decided when it was booked."""
    rows = await conn.fetch(
        """
        SELECT part.starts_at, part.cells, a.channel
          FROM (SELECT office_id, id, pool_id, starts_at, cells FROM appointment
                 UNION ALL
                SELECT office_id, appointment_id, pool_id, starts_at, cells FROM appointment_leg) AS part
          JOIN appointment a ON a.office_id = part.office_id AND a.id = part.id
          JOIN pool p ON p.id = part.pool_id
         WHERE p.office_id = $1 AND p.code = $2 AND a.state NOT IN ('cancelled', 'expired')
        """,
        entry.id,
        pool.code,
    )
    return [
        Part(row["starts_at"], row["starts_at"] + row["cells"] * CELL, level_of(row["channel"]))
        for row in rows
    ]


def _left(
    entry: Office,
    pool: PoolSetup,
    pools: Sequence[PoolSetup],
    day: date,
    now: datetime,
    channel: Channel,
    parts: Sequence[Part],
) -> list[int]:
    """Count what is left for the channel in each cell: the least of its own limit and of those above."""
    begins = slot_oracle.cells_of_day(day, BERLIN)
    places = slot_oracle.day_places(day, BERLIN, pool, pools, entry.calendar)
    opened, _ = released(release_times(day, BERLIN, pool.releases), now)
    left = list(places)
    for level, share in enumerate(slot_oracle.shares(pool.contingents, opened), 1):
        if level < level_of(channel):
            continue
        limit = slot_oracle.share_of(tuple(places), share)
        for cell, instant in enumerate(begins):
            kept = sum(part.starts_at <= instant < part.ends_at and part.level <= level for part in parts)
            left[cell] = min(left[cell], max(limit[cell] - kept, 0))
    return left


def _offers(
    pools: Sequence[PoolSetup], left: dict[str, list[int]], wanted: Sequence[str], after: int
) -> list[int]:
    """List the cells at which the visit is offered: with one pool, or with several one after another."""
    stages = [
        Stage(pool.code, cells + pool.buffer_minutes * timedelta(minutes=1) // CELL, cells)
        for pool in pools
        if (
            cells := sum(MINUTES[code] for code in wanted if code in pool.services)
            * timedelta(minutes=1)
            // CELL
        )
    ]
    if len(stages) == 1:
        [only] = stages
        counts = left[only.pool]
        return slot_oracle.offered_starts(counts, only.kept, first=after, end=len(counts))
    offers: list[int] = []
    following = after
    for cell in range(len(left[stages[0].pool])):
        if cell >= following and any(_chained(order, left, cell) for order in permutations(stages)):
            offers.append(cell)
            following = cell + sum(stage.cells for stage in stages)
    return offers


def _chained(order: Sequence[Stage], left: dict[str, list[int]], cell: int) -> bool:
    """Tell whether each pool has a place when the one before is done."""
    for stage in order:
        counts = left[stage.pool][cell : cell + stage.kept]
        if len(counts) < stage.kept or min(counts) == 0:
            return False
        cell += stage.cells
    return True
