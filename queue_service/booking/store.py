"""The only caller of ``sql/queries/booking.sql``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from asyncpg import BitString, Record

from queue_service.booking.contingents import Level, level_of
from queue_service.booking.day_cells import CELL, day_begins
from queue_service.booking.model import (
    CONTACT_COLUMNS,
    AppointmentState,
    Channel,
    CheckInAppointment,
    ExpectedVisitor,
    KeptAppointment,
    KeptContact,
    MissedVisit,
    NamedVisitor,
    PostalAddress,
    ServiceWish,
)
from queue_service.booking.pool_day_store import PoolDay
from queue_service.booking.slot_arithmetic import DAY_CELLS, Plane, visit_cells
from queue_service.booking.slot_store import VisitPool
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("booking")
_encode = msgspec.json.Encoder().encode
_wishes = msgspec.json.Decoder(list[ServiceWish]).decode
_address = msgspec.json.Decoder(PostalAddress).decode


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


class LockedAppointment(msgspec.Struct, frozen=True):
    """An appointment that no other verb can change now."""

    state: AppointmentState
    pool_id: int
    day: date


def _json(value: object) -> str | None:
    return None if value is None else _encode(value).decode()


def _bits(plane: Plane) -> BitString:
    return BitString.from_int(plane, DAY_CELLS)


def _contact_columns(contact: KeptContact) -> dict[str, Any]:
    columns: dict[str, Any] = msgspec.structs.asdict(contact)
    return columns | {"postal_address": _json(contact.postal_address)}


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
    contact = {name: columns.pop(name) for name in CONTACT_COLUMNS}
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
    conn: Connection, now: datetime, office_id: int, appointment_id: UUID, from_state: str, to_state: str
) -> bool:
    """Take the appointment to another state and end its hold; False when another verb was faster."""
    changed = await _queries.change_state(
        conn, office_id=office_id, id=appointment_id, from_state=from_state, to_state=to_state, now=now
    )
    return changed is not None


async def mark_arrived(conn: Connection, office_id: int, appointment_id: UUID) -> bool:
    """Note that the visitor of a booked appointment is here; False when another verb was faster."""
    arrived = await _queries.mark_arrived(conn, office_id=office_id, id=appointment_id)
    return arrived is not None


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
        emergency=kept.emergency,
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


async def announce(conn: Connection, office_id: int, appointment_id: UUID, kind: str, now: datetime) -> None:
    """Tell the office's screens about the appointment as it is now."""
    await _queries.announce(conn, office_id=office_id, id=appointment_id, kind=kind, now=now)


async def announce_departure(
    conn: Connection, office_id: int, appointment_id: UUID, kind: str, now: datetime
) -> None:
    """Tell the office's screens that the appointment is no longer there."""
    await _queries.announce_departure(conn, office_id=office_id, id=appointment_id, kind=kind, now=now)


async def expire_held(conn: Connection, now: datetime) -> tuple[int, list[PoolDay]]:
    """End holds whose time is over; gives their number, and the pool-days that they were on."""
    rows = [row async for row in _queries.expire_held(conn, now=now)]
    return len({row["id"] for row in rows}), [(row["pool_id"], row["day"]) for row in rows]


async def miss_past(conn: Connection, now: datetime) -> int:
    """Note that nobody came to the appointments of earlier days; gives their number."""
    return len([row async for row in _queries.miss_past(conn, now=now)])


async def forget_contacts(conn: Connection, now: datetime) -> None:
    """Delete who had the appointments that ended, or were cancelled, long enough ago."""
    await _queries.forget_contacts(conn, now=now)


async def visitor_named(conn: Connection, office_id: int, appointment_id: UUID) -> NamedVisitor | None:
    """Return by which name an appointment was made; None once that is forgotten."""
    row = await _queries.visitor_named(conn, office_id=office_id, appointment_id=appointment_id)
    return NamedVisitor(**row) if row else None


async def find_for_check_in(conn: Connection, reference: str) -> CheckInAppointment | None:
    """Give what the queue needs of an appointment."""
    row = await _queries.find_for_check_in(conn, reference=reference)
    return CheckInAppointment(**{**row, "services": _wishes(row["services"])}) if row else None


async def expected_on(conn: Connection, office_id: int, day: date) -> list[str]:
    """Give the references of those who are expected on a day."""
    return [row["reference"] async for row in _queries.expected_on(conn, office_id=office_id, day=day)]


async def missed_on(conn: Connection, office_id: int, day: date) -> list[MissedVisit]:
    """Give the visits of a day that nobody came to."""
    return [
        MissedVisit(row["starts_at"], _wishes(row["services"]))
        async for row in _queries.missed_on(conn, office_id=office_id, day=day)
    ]


async def still_expected(conn: Connection, office_id: int, day: date) -> list[ExpectedVisitor]:
    """Give the visits of a day whose visitors have not come yet."""
    return [
        ExpectedVisitor(row["starts_at"], _wishes(row["services"]), row["persons"])
        async for row in _queries.still_expected(conn, office_id=office_id, day=day)
    ]
