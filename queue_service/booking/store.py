"""The only caller of ``sql/queries/booking.sql``."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from asyncpg import BitString, Record

from queue_service.booking.contingents import Left, Level, level_of
from queue_service.booking.day_cells import CELL, day_begins
from queue_service.booking.model import (
    AppointmentState,
    Channel,
    CheckInAppointment,
    KeptAppointment,
    KeptContact,
    PostalAddress,
    ServiceWish,
)
from queue_service.booking.slot_arithmetic import CELL_MINUTES, DAY_CELLS, Plane, Planes, visit_cells
from queue_service.offices.setup_model import PoolSetup, StaffedHours
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("booking")
_encode = msgspec.json.Encoder().encode
_wishes = msgspec.json.Decoder(list[ServiceWish]).decode
_staffing = msgspec.json.Decoder(list[StaffedHours]).decode
_address = msgspec.json.Decoder(PostalAddress).decode
PLANS_KEPT = 1024
"""Staffing plans that stay decoded."""

PoolDay: TypeAlias = tuple[int, date]
"""A pool's id and a local day of its office."""


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


class Leg(msgspec.Struct, frozen=True):
    """A visit, or one part of it: a pool, and where on its day."""

    pool: VisitPool
    day: date
    first_cell: int

    @property
    def pool_day(self) -> PoolDay:
        """Where it takes its place."""
        return self.pool.pool_id, self.day

    @property
    def fits_the_day(self) -> bool:
        """Whether it ends before the day does."""
        return self.first_cell + self.pool.cells <= DAY_CELLS

    @property
    def visit(self) -> Plane:
        """The cells that it takes."""
        return visit_cells(self.first_cell, self.pool.cells)

    @property
    def starts_at(self) -> datetime:
        """When it begins (UTC)."""
        return day_begins(self.day, ZoneInfo(self.pool.time_zone)) + self.first_cell * CELL


class OverviewRow(msgspec.Struct, frozen=True):
    """An office's days in order; for each whether it is staffed, and about how many visits still fit."""

    office: str
    days: list[date]
    staffed: list[bool]
    visits: list[int]


class SearchedDays(msgspec.Struct, frozen=True):
    """What a search asked: how many pools; were they staffed at all, and long enough for the visit."""

    pools: int
    staffed: bool
    long_enough: bool
    kept_for_others: bool
    next_release_at: datetime | None


class NewAppointment(msgspec.Struct, frozen=True):
    """All that an appointment begins with, but its place."""

    id: UUID
    references: list[str]
    secret_hash: bytes
    starts_at: datetime
    ends_at: datetime
    state: AppointmentState
    services: list[ServiceWish]
    persons: int
    channel: Channel
    emergency: bool
    expires_at: datetime | None
    contact: KeptContact


class PoolPlan(msgspec.Struct, frozen=True):
    """A pool with its staffing plan as applied."""

    office_id: int
    pool_id: int
    office: str
    retired: bool
    plan: PoolSetup
    missed: int
    came: int


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


class LockedAppointment(msgspec.Struct, frozen=True):
    """An appointment that no other verb can change now."""

    state: AppointmentState
    pool_id: int
    day: date


def _json(value: object) -> str | None:
    return None if value is None else _encode(value).decode()


def _bits(plane: Plane) -> BitString:
    return BitString.from_int(plane, DAY_CELLS)


def _all_bits(planes: Planes | None) -> list[BitString] | None:
    return None if planes is None else list(map(_bits, planes))


def _planes(bits: Iterable[BitString]) -> Planes:
    return [plane.to_int() for plane in bits]


def _limit(bits: Iterable[BitString] | None) -> Planes | None:
    return None if bits is None else _planes(bits)


@lru_cache(PLANS_KEPT)
def _plan(text: str) -> PoolSetup:
    return msgspec.json.decode(text, type=PoolSetup)


def _split(pool_days: Iterable[PoolDay]) -> dict[str, list[Any]]:
    pairs = list(pool_days)
    return {"pool_ids": [pool_id for pool_id, _ in pairs], "days": [day for _, day in pairs]}


def _contact_columns(contact: KeptContact) -> dict[str, Any]:
    columns: dict[str, Any] = msgspec.structs.asdict(contact)
    return columns | {"postal_address": _json(contact.postal_address)}


def _asked(wanted: Wanted) -> dict[str, Any]:
    return msgspec.structs.asdict(wanted)


async def search_days(
    conn: Connection, wanted: Wanted, level: Level, period: Period, *, after: date, days: int
) -> list[FreeDay]:
    """Give the next pool-days after ``after`` on which the visit fits, in order, complete for each day.

    At least ``days`` of them; fewer mean that there are no more.
    """
    rows = _queries.search_days(
        conn,
        **_asked(wanted),
        level=level,
        not_before=period.not_before,
        first_day=period.first_day,
        last_day=period.last_day,
        weekdays=period.weekdays,
        after_day=after,
        days=days,
    )
    return [FreeDay(**{**row, "plane": row["plane"].to_int()}) async for row in rows]


async def searched_days(conn: Connection, wanted: Wanted, level: Level, period: Period) -> SearchedDays:
    """Tell what a search without a result has asked."""
    row = await _queries.searched_days(
        conn,
        **_asked(wanted),
        level=level,
        not_before=period.not_before,
        first_day=period.first_day,
        last_day=period.last_day,
        weekdays=period.weekdays,
    )
    return SearchedDays(**row)


async def overview_days(conn: Connection, wanted: Wanted, level: Level, period: Period) -> list[OverviewRow]:
    """Give the days of every office that offers the services."""
    rows = _queries.overview_days(
        conn,
        **_asked(wanted),
        level=level,
        not_before=period.not_before,
        first_day=period.first_day,
        last_day=period.last_day,
        weekdays=period.weekdays,
    )
    return [OverviewRow(**row) async for row in rows]


async def visit_pools(conn: Connection, wanted: Wanted) -> list[VisitPool]:
    """Give the pools that can serve the visit, the most special first."""
    return [VisitPool(**row) async for row in _queries.visit_pools(conn, **_asked(wanted))]


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


async def book(
    conn: Connection,
    pool: VisitPool,
    day: date,
    first_cell: int,
    visit: Plane,
    new: NewAppointment,
    kind: str | None,
    now: datetime,
) -> str | None:
    """Take the place and write the appointment; gives its reference, or None when the place is gone.

    ``kind`` names the change that the office's screens are told, if any.
    """
    row = await _queries.book(
        conn,
        office_id=pool.office_id,
        pool_id=pool.pool_id,
        day=day,
        first_cell=first_cell,
        cells=pool.cells,
        visit=_bits(visit),
        level=level_of(new.channel, emergency=new.emergency),
        id=new.id,
        references=new.references,
        secret_hash=new.secret_hash,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        state=new.state,
        services=_json(new.services),
        persons=new.persons,
        channel=new.channel,
        emergency=new.emergency,
        expires_at=new.expires_at,
        **_contact_columns(new.contact),
        kind=kind,
        now=now,
    )
    return None if row is None else str(row["reference"])


async def find_appointment(conn: Connection, reference: str, *, lock: bool = False) -> KeptAppointment | None:
    """Give the appointment; ``lock`` keeps other verbs away from it until the transaction ends."""
    if lock:
        # Two statements: what is read must be what the lock was waited for.
        await _queries.lock_appointment(conn, reference=reference)
    row = await _queries.find_appointment(conn, reference=reference)
    return _kept(row) if row else None


def _kept(row: Record) -> KeptAppointment:
    columns: dict[str, Any] = dict(row)
    contact = {
        name: columns.pop(name)
        for name in ("name", "phone", "email", "postal_address", "language", "confirm_by", "remind")
    }
    has_contact = columns.pop("has_contact")
    if contact["postal_address"] is not None:
        contact["postal_address"] = _address(contact["postal_address"])
    columns["services"] = _wishes(columns["services"])
    return KeptAppointment(**columns, contact=KeptContact(**contact) if has_contact else None)


async def lock_appointment(
    conn: Connection, office_id: int, appointment_id: UUID
) -> LockedAppointment | None:
    """Keep other verbs away from this appointment until the transaction ends."""
    row = await _queries.lock_appointment_by_id(conn, office_id=office_id, id=appointment_id)
    return LockedAppointment(**row) if row else None


async def change_state(
    conn: Connection, office_id: int, appointment_id: UUID, from_state: str, to_state: str
) -> bool:
    """Take the appointment to another state and end its hold; False when another verb was faster."""
    changed = await _queries.change_state(
        conn, office_id=office_id, id=appointment_id, from_state=from_state, to_state=to_state
    )
    return changed is not None


async def write_contact(conn: Connection, office_id: int, appointment_id: UUID, contact: KeptContact) -> None:
    """Put this contact in the place of the one before."""
    await _queries.write_contact(
        conn, office_id=office_id, appointment_id=appointment_id, **_contact_columns(contact)
    )


async def move_appointment(
    conn: Connection, kept: KeptAppointment, legs: Sequence[Leg], cells: int, ends_at: datetime
) -> None:
    """Put a locked appointment into another place; all its pool-days are recomputed by the caller.

    ``cells`` is what its first part keeps: an appointment that moves keeps its length.
    """
    first = legs[0]
    await _queries.drop_legs(conn, office_id=kept.office_id, appointment_id=kept.id)
    await _queries.move_appointment(
        conn,
        office_id=kept.office_id,
        id=kept.id,
        to_office_id=first.pool.office_id,
        pool_id=first.pool.pool_id,
        day=first.day,
        first_cell=first.first_cell,
        cells=cells,
        starts_at=first.starts_at,
        ends_at=ends_at,
    )
    await add_legs(conn, kept.id, legs)


async def add_legs(conn: Connection, appointment_id: UUID, legs: Sequence[Leg]) -> None:
    """Write the parts of a visit after the first."""
    later = [
        {
            "office_id": leg.pool.office_id,
            "appointment_id": appointment_id,
            "position": position,
            "pool_id": leg.pool.pool_id,
            "day": leg.day,
            "first_cell": leg.first_cell,
            "cells": leg.pool.cells,
            "starts_at": leg.starts_at,
        }
        for position, leg in enumerate(legs, 1)
        if position > 1
    ]
    if later:
        await _queries.add_leg(conn, later)


async def take_leg(conn: Connection, leg: Leg, level: Level) -> bool:
    """Take a place for a later part of a visit; False when it is gone."""
    taken = await _queries.take_leg(
        conn,
        office_id=leg.pool.office_id,
        pool_id=leg.pool.pool_id,
        day=leg.day,
        visit=_bits(leg.visit),
        level=level,
    )
    return taken is not None


async def held_days(conn: Connection, office_id: int, appointment_id: UUID) -> list[PoolDay]:
    """Give the pool-days of which an appointment holds a place, the first part's first."""
    rows = _queries.held_days(conn, office_id=office_id, id=appointment_id)
    return [(row["pool_id"], row["day"]) async for row in rows]


async def partial_pools(conn: Connection, wanted: Wanted) -> list[VisitPool]:
    """Give, by office, the pools among which services are divided that no single one of them serves."""
    return [VisitPool(**row) async for row in _queries.partial_pools(conn, **_asked(wanted))]


async def open_days(conn: Connection, pool_ids: Sequence[int], level: Level, period: Period) -> list[OpenDay]:
    """Give the days of these pools on which anything is left for somebody of this level."""
    rows = _queries.open_days(
        conn,
        pool_ids=pool_ids,
        level=level,
        not_before=period.not_before,
        first_day=period.first_day,
        last_day=period.last_day,
        weekdays=period.weekdays,
    )
    return [OpenDay(row["pool_id"], row["day"], row["plane"].to_int()) async for row in rows]


async def announce(conn: Connection, office_id: int, appointment_id: UUID, kind: str, now: datetime) -> None:
    """Tell the office's screens about the appointment as it is now."""
    await _queries.announce(conn, office_id=office_id, id=appointment_id, kind=kind, now=now)


async def announce_departure(
    conn: Connection, office_id: int, appointment_id: UUID, kind: str, now: datetime
) -> None:
    """Tell the office's screens that the appointment is no longer there."""
    await _queries.announce_departure(conn, office_id=office_id, id=appointment_id, kind=kind, now=now)


async def expire_held(conn: Connection, now: datetime) -> list[PoolDay]:
    """End holds whose time is over; gives the pool-day of each."""
    return [(row["pool_id"], row["day"]) async for row in _queries.expire_held(conn, now=now)]


async def miss_past(conn: Connection, now: datetime) -> int:
    """Note that nobody came to the appointments of earlier days; gives their number."""
    return len([row async for row in _queries.miss_past(conn, now=now)])


async def forget_contacts(conn: Connection, before: datetime) -> None:
    """Delete who had the appointments that ended before this instant."""
    await _queries.forget_contacts(conn, before=before)


async def find_for_check_in(conn: Connection, reference: str) -> CheckInAppointment | None:
    """Give what the queue needs of an appointment."""
    row = await _queries.find_for_check_in(conn, reference=reference)
    return CheckInAppointment(**{**row, "services": _wishes(row["services"])}) if row else None


async def add_pool_days(conn: Connection, pool_days: Iterable[PoolDay]) -> None:
    """Make sure that these pool-days are there."""
    await _queries.add_pool_days(conn, **_split(pool_days))


async def lock_pool_days(conn: Connection, pool_days: Iterable[PoolDay]) -> list[PoolDay]:
    """Keep bookings away from these pool-days until the transaction ends; gives those that exist."""
    return [(row["pool_id"], row["day"]) async for row in _queries.lock_pool_days(conn, **_split(pool_days))]


async def pool_plans(conn: Connection, pool_ids: Sequence[int]) -> dict[int, PoolPlan]:
    """Give the staffing plans by pool id."""
    rows = _queries.pool_plans(conn, pool_ids=pool_ids)
    return {row["pool_id"]: PoolPlan(**{**row, "plan": _plan(row["plan"])}) async for row in rows}


class DayOverride(msgspec.Struct, frozen=True):
    """What was decided for one day of a pool, and why."""

    pool: str
    day: date
    staffing: list[StaffedHours]
    """Empty: no appointments on this day."""
    reason: str
    at: datetime


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
        staffing=_json(staffing),
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


async def expected_on(conn: Connection, office_id: int, day: date) -> list[str]:
    """Give the references of those who are expected on a day."""
    return [row["reference"] async for row in _queries.expected_on(conn, office_id=office_id, day=day)]


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


async def keep_setup(conn: Connection, office_id: int) -> list[int]:
    """Keep other set-ups away from this office until the transaction ends; gives the ids of its pools."""
    return [row["id"] async for row in _queries.keep_setup(conn, office_id=office_id)]


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


async def count_no_shows(conn: Connection, now: datetime, days: int) -> list[tuple[int, int]]:
    """Count who came to pools that may be overbooked; gives (office, pool) of those with other figures."""
    rows = _queries.count_no_shows(conn, now=now, days=days)
    return [(row["office_id"], row["pool_id"]) async for row in rows]


async def replace_pools(conn: Connection, office_id: int, pools: Sequence[PoolSetup]) -> None:
    """Make the office have exactly these pools; the others are retired and keep their appointments."""
    await _queries.retire_pools(conn, office_id=office_id, codes=[pool.code for pool in pools])
    for pool in pools:
        pool_id = await _queries.upsert_pool(
            conn,
            office_id=office_id,
            code=pool.code,
            plan=_json(pool),
            buffer_cells=pool.buffer_minutes // CELL_MINUTES,
        )
        await _queries.replace_pool_services(conn, office_id=office_id, pool_id=pool_id, codes=pool.services)
