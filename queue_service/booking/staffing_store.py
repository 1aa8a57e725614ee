"""The only caller of ``sql/queries/staffing.sql``."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from queue_service.booking.slot_arithmetic import CELL_MINUTES
from queue_service.offices.setup_model import PoolSetup, StaffedHours
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("staffing")
_encode = msgspec.json.Encoder().encode
_staffing = msgspec.json.Decoder(list[StaffedHours]).decode
PLANS_KEPT = 1024
"""Staffing plans that stay decoded."""


class PoolPlan(msgspec.Struct, frozen=True):
    """A pool with its staffing plan as applied."""

    office_id: int
    pool_id: int
    office: str
    retired: bool
    plan: PoolSetup
    missed: int
    came: int


class DayOverride(msgspec.Struct, frozen=True):
    """What was decided for one day of a pool, and why."""

    pool: str
    day: date
    staffing: list[StaffedHours]
    """Empty: no appointments on this day."""
    reason: str
    at: datetime


@lru_cache(PLANS_KEPT)
def _plan(text: str) -> PoolSetup:
    return msgspec.json.decode(text, type=PoolSetup)


async def pool_plans(conn: Connection, pool_ids: Sequence[int]) -> dict[int, PoolPlan]:
    """Give the staffing plans by pool id."""
    rows = _queries.pool_plans(conn, pool_ids=pool_ids)
    return {row["pool_id"]: PoolPlan(**{**row, "plan": _plan(row["plan"])}) async for row in rows}


async def count_no_shows(conn: Connection, now: datetime, days: int) -> list[tuple[int, int]]:
    """Count who came to pools that may be overbooked; gives (office, pool) of those with other figures."""
    rows = _queries.count_no_shows(conn, now=now, days=days)
    return [(row["office_id"], row["pool_id"]) async for row in rows]


async def overrides_at(
    conn: Connection, office_ids: Sequence[int], days: Sequence[date]
) -> dict[tuple[int, date], dict[str, list[StaffedHours]]]:
    """Give what was decided for days, by office and day, then by the pool's code."""
    decided: dict[tuple[int, date], dict[str, list[StaffedHours]]] = {}
    async for row in _queries.overrides_at(conn, office_ids=office_ids, days=days):
        decided.setdefault((row["office_id"], row["day"]), {})[row["pool"]] = _staffing(row["staffing"])
    return decided


async def overrides_of(conn: Connection, office_id: int, now: datetime) -> list[DayOverride]:
    """Give what was decided for days of an office from today on."""
    rows = _queries.overrides_of(conn, office_id=office_id, now=now)
    return [DayOverride(**{**row, "staffing": _staffing(row["staffing"])}) async for row in rows]


async def override_day(
    conn: Connection,
    office_id: int,
    pool_ids: Sequence[int],
    day: date,
    staffing: Sequence[StaffedHours],
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Staff these pools so on this day."""
    await _queries.override_day(
        conn,
        office_id=office_id,
        pool_ids=pool_ids,
        day=day,
        staffing=_encode(staffing).decode(),
        reason=reason,
        actor=actor,
        now=now,
    )


async def restore_day(conn: Connection, office_id: int, pool_ids: Sequence[int], day: date) -> None:
    """Staff these pools as planned again."""
    await _queries.restore_day(conn, office_id=office_id, pool_ids=pool_ids, day=day)


async def pool_ids(conn: Connection, office_id: int) -> dict[str, int]:
    """Give the ids of the office's pools by code."""
    return {row["code"]: row["id"] async for row in _queries.pool_ids(conn, office_id=office_id)}


async def keep_setup(conn: Connection, office_id: int) -> list[int]:
    """Keep other set-ups away from this office until the transaction ends; gives the ids of its pools."""
    return [row["id"] async for row in _queries.keep_setup(conn, office_id=office_id)]


async def replace_pools(conn: Connection, office_id: int, pools: Sequence[PoolSetup]) -> None:
    """Make the office have exactly these pools; the others are retired and keep their appointments."""
    await _queries.retire_pools(conn, office_id=office_id, codes=[pool.code for pool in pools])
    for pool in pools:
        pool_id = await _queries.upsert_pool(
            conn,
            office_id=office_id,
            code=pool.code,
            plan=_encode(pool).decode(),
            buffer_cells=pool.buffer_minutes // CELL_MINUTES,
        )
        await _queries.replace_pool_services(conn, office_id=office_id, pool_id=pool_id, codes=pool.services)
