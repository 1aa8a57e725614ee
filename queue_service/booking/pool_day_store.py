"""The only caller of ``sql/queries/pool_days.sql``."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from asyncpg import BitString, Record

from queue_service.booking.contingents import Left, Level
from queue_service.booking.slot_arithmetic import DAY_CELLS, Planes
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("pool_days")
PoolDay: TypeAlias = tuple[int, date]
"""A pool's id and a local day of its office."""


class KeptPoolDay(msgspec.Struct, frozen=True):
    """What the database holds for a pool's day."""

    pool_id: int
    pool: str
    office: str
    day: date
    left: Left
    fits: list[int]
    fits_empty: int
    next_release_at: datetime | None


class ComputedDay(msgspec.Struct, frozen=True):
    """What follows for a pool's day from its truth."""

    left: Left
    fits_empty: int
    next_release_at: datetime | None


class Visit(msgspec.Struct, frozen=True):
    """An appointment that holds a place on a pool's day."""

    pool_id: int
    day: date
    appointment_id: UUID
    reference: str
    first_cell: int
    cells: int
    starts_at: datetime
    level: Level


def _all_bits(planes: Planes | None) -> list[BitString] | None:
    return None if planes is None else [BitString.from_int(plane, DAY_CELLS) for plane in planes]


def _planes(bits: Iterable[BitString]) -> Planes:
    return [plane.to_int() for plane in bits]


def _limit(bits: Iterable[BitString] | None) -> Planes | None:
    return None if bits is None else _planes(bits)


def _split(pool_days: Iterable[PoolDay]) -> dict[str, list[Any]]:
    pairs = list(pool_days)
    return {"pool_ids": [pool_id for pool_id, _ in pairs], "days": [day for _, day in pairs]}


async def add_pool_days(conn: Connection, pool_days: Iterable[PoolDay]) -> None:
    """Make sure that these pool-days are there."""
    await _queries.add_pool_days(conn, **_split(pool_days))


async def lock_pool_days(conn: Connection, pool_days: Iterable[PoolDay]) -> list[PoolDay]:
    """Keep bookings away from these pool-days until the transaction ends; gives those that exist."""
    return [(row["pool_id"], row["day"]) async for row in _queries.lock_pool_days(conn, **_split(pool_days))]


async def visits_on(conn: Connection, pool_days: Iterable[PoolDay]) -> dict[PoolDay, list[Visit]]:
    """Give the appointments that hold places, in the order in which they keep them."""
    visits: dict[PoolDay, list[Visit]] = {}
    async for row in _queries.visits_on(conn, **_split(pool_days)):
        visits.setdefault((row["pool_id"], row["day"]), []).append(Visit(**row))
    return visits


async def write_pool_days(conn: Connection, computed: Mapping[PoolDay, ComputedDay]) -> None:
    """Put what was computed in the place of what locked pool-days held."""
    await _queries.write_pool_day(
        conn,
        [
            {
                "pool_id": pool_id,
                "day": day,
                "planes": _all_bits(made.left.places),
                "counter_planes": _all_bits(made.left.counter),
                "phone_planes": _all_bits(made.left.phone),
                "online_planes": _all_bits(made.left.online),
                "fits_empty": made.fits_empty,
                "next_release_at": made.next_release_at,
            }
            for (pool_id, day), made in computed.items()
        ],
    )


async def due_releases(conn: Connection, now: datetime, most: int) -> list[PoolDay]:
    """Give pool-days of which more was to be opened by now, at most so many."""
    return [(row["pool_id"], row["day"]) async for row in _queries.due_releases(conn, now=now, most=most)]


async def pool_days_from(conn: Connection, now: datetime) -> list[KeptPoolDay]:
    """Give all pool-days of today and later."""
    rows = _queries.pool_days_from(conn, now=now)
    return [_kept_day(row) async for row in rows]


def _kept_day(row: Record) -> KeptPoolDay:
    columns = dict(row)
    left = Left(
        _planes(columns.pop("planes")),
        *(_limit(columns.pop(f"{level}_planes")) for level in ("counter", "phone", "online")),
    )
    return KeptPoolDay(**columns, left=left)


async def missing_pool_days(
    conn: Connection, office_id: int, now: datetime, horizon_days: int
) -> list[PoolDay]:
    """Give the days up to the horizon that pools of this office should have and haven't."""
    rows = _queries.missing_pool_days(conn, office_id=office_id, now=now, horizon_days=horizon_days)
    return [(row["pool_id"], row["day"]) async for row in rows]


async def coming_pool_days(conn: Connection, office_id: int, now: datetime) -> list[PoolDay]:
    """Give the days of today and later that pools of this office have."""
    rows = _queries.coming_pool_days(conn, office_id=office_id, now=now)
    return [(row["pool_id"], row["day"]) async for row in rows]
