"""The only caller of ``sql/queries/slots.sql``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from queue_service.booking.contingents import Level
from queue_service.booking.slot_arithmetic import Plane
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("slots")


class Wanted(msgspec.Struct, frozen=True):
    """Services by code with their quantities, and the offices that are asked (None: all)."""

    codes: list[str]
    quantities: list[int]
    offices: list[str] | None
    persons: int = 1


class Period(msgspec.Struct, frozen=True):
    """What a search looks at: instants from ``not_before`` to ``end``, local days from first to last."""

    not_before: datetime
    end: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    weekdays: list[int] | None = None
    """By ISO 8601, 1 is Monday; None: all of them."""


class FreeDay(msgspec.Struct, frozen=True):
    """A pool's day on which the visit fits, by the cells that have a place left."""

    office: str
    time_zone: str
    minutes: int
    cells: int
    """What the visit keeps of the pool's day, with what stays free after it."""
    day: date
    plane: Plane


class VisitPool(msgspec.Struct, frozen=True):
    """A pool that can serve a visit, and how many cells the visit takes there."""

    office_id: int
    pool_id: int
    office: str
    time_zone: str
    minutes: int
    cells: int
    """With what stays free after the visit."""


class OpenDay(msgspec.Struct, frozen=True):
    """A pool's day with the cells that have a place left."""

    pool_id: int
    day: date
    plane: Plane


class OverviewRow(msgspec.Struct, frozen=True):
    """An office's first day with a place, and its days in order as JSON: ``OverviewDay``."""

    office: str
    earliest_day: date | None
    days: str


class SearchedDays(msgspec.Struct, frozen=True):
    """What a search asked: how many pools; were they staffed at all, and long enough for the visit."""

    pools: int
    staffed: bool
    long_enough: bool
    kept_for_others: bool
    next_release_at: datetime | None


def _asked(wanted: Wanted) -> dict[str, Any]:
    return msgspec.structs.asdict(wanted)


def _within(level: Level, period: Period) -> dict[str, Any]:
    columns = msgspec.structs.asdict(period)
    # Where a day's hours end is for the caller to cut off.
    del columns["end"]
    return columns | {"level": level}


async def search_days(
    conn: Connection, wanted: Wanted, level: Level, period: Period, *, after: date, days: int
) -> list[FreeDay]:
    """Give the next pool-days after ``after`` on which the visit fits, in order, complete for each day.

    At least ``days`` of them; fewer mean that there are no more.
    """
    rows = _queries.search_days(
        conn,
        **_asked(wanted),
        **_within(level, period),
        after_day=after,
        days=days,
    )
    return [FreeDay(**{**row, "plane": row["plane"].to_int()}) async for row in rows]


async def searched_days(conn: Connection, wanted: Wanted, level: Level, period: Period) -> SearchedDays:
    """Tell what a search without a result has asked."""
    row = await _queries.searched_days(
        conn,
        **_asked(wanted),
        **_within(level, period),
    )
    return SearchedDays(**row)


async def overview_days(conn: Connection, wanted: Wanted, level: Level, period: Period) -> list[OverviewRow]:
    """Give the days of every office that offers the services."""
    rows = _queries.overview_days(
        conn,
        **_asked(wanted),
        **_within(level, period),
    )
    return [OverviewRow(**row) async for row in rows]


async def visit_pools(conn: Connection, wanted: Wanted) -> list[VisitPool]:
    """Give the pools that can serve the visit, the most special first."""
    return [VisitPool(**row) async for row in _queries.visit_pools(conn, **_asked(wanted))]


async def partial_pools(conn: Connection, wanted: Wanted) -> list[VisitPool]:
    """Give, by office, the pools among which services are divided that no single one of them serves."""
    return [VisitPool(**row) async for row in _queries.partial_pools(conn, **_asked(wanted))]


async def open_days(conn: Connection, pool_ids: Sequence[int], level: Level, period: Period) -> list[OpenDay]:
    """Give the days of these pools on which anything is left for somebody of this level."""
    rows = _queries.open_days(
        conn,
        pool_ids=pool_ids,
        **_within(level, period),
    )
    return [OpenDay(row["pool_id"], row["day"], row["plane"].to_int()) async for row in rows]


async def unknown_names(conn: Connection, wanted: Wanted) -> dict[str, list[str]]:
    """Give the names that stand for nothing, by kind: ``service``, ``office``."""
    unknown: dict[str, list[str]] = {}
    async for row in _queries.unknown_names(conn, codes=wanted.codes, offices=wanted.offices or []):
        unknown.setdefault(row["kind"], []).append(row["name"])
    return unknown


async def too_many(conn: Connection, wanted: Wanted) -> dict[str, int]:
    """Give the services of which more are asked for than one visit may settle, with what it may."""
    rows = _queries.too_many(conn, codes=wanted.codes, quantities=wanted.quantities)
    return {row["code"]: row["max_quantity"] async for row in rows}
