"""The only caller of ``sql/queries/waiting_list.sql``."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from queue_service.booking.contingents import Level
from queue_service.booking.model import CONTACT_COLUMNS, Channel, KeptContact, PostalAddress, ServiceWish
from queue_service.booking.pool_day_store import PoolDay
from queue_service.booking.slot_arithmetic import Plane
from queue_service.booking.slot_store import Wanted
from queue_service.booking.waiting_match import DayClock
from queue_service.booking.waiting_model import Answer, KeptEntry, OfferedFor, OpenOffer, Way
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("waiting_list")
_encode = msgspec.json.Encoder().encode
_address = msgspec.json.Decoder(PostalAddress).decode
OFFER_COLUMNS = tuple(field.name for field in msgspec.structs.fields(OpenOffer))


class NewEntry(msgspec.Struct, frozen=True):
    """All that an entry begins with, but its place in the order of asking."""

    id: UUID
    references: list[str]
    secret_hash: bytes
    codes: list[str]
    quantities: list[int]
    persons: int
    channel: Channel
    offices: list[str]
    first_day: date
    last_day: date
    weekdays: list[int]
    opens: int
    closes: int
    notice_hours: int
    ways: list[Way]
    lapses_at: datetime


class WantedDay(msgspec.Struct, frozen=True):
    """A pool's day that somebody may be waiting for."""

    pool_id: int
    day: date
    time_zone: str

    @property
    def pool_day(self) -> PoolDay:
        """Its key."""
        return self.pool_id, self.day


class FreePoolDay(msgspec.Struct, frozen=True):
    """A pool's day on which a visit may fit."""

    pool_id: int
    day: date
    time_zone: str
    cells: int
    plane: Plane


class AnsweredOffer(msgspec.Struct, frozen=True):
    """An appointment that was held for somebody who waits, and what they answered."""

    office_id: int
    appointment_id: UUID
    entry_id: UUID
    answer: Answer
    over: bool
    """They wait no more."""


class ListedEntry(msgspec.Struct, frozen=True):
    """An entry with how many are ahead of it, and what it is offered."""

    entry: KeptEntry
    ahead: int
    offer: OpenOffer | None


class ListedCall(msgspec.Struct, frozen=True):
    """Somebody to be rung, about what, and what is kept for them."""

    entry: str
    """Its reference, as it is stored."""
    name: str
    phone: str
    language: str
    services: list[ServiceWish]
    offer: OpenOffer


def _split(pool_days: Iterable[PoolDay]) -> dict[str, list[Any]]:
    pairs = list(pool_days)
    return {"pool_ids": [pool_id for pool_id, _ in pairs], "days": [day for _, day in pairs]}


async def add_entry(
    conn: Connection, new: NewEntry, contact: KeptContact, joined_from: bytes | None, now: datetime
) -> str:
    """Put somebody at the end of the order of asking; gives the reference as it is stored.

    ``joined_from`` is the hash of the network address, None where it isn't counted.
    """
    columns = msgspec.structs.asdict(contact)
    if contact.postal_address is not None:
        columns["postal_address"] = _encode(contact.postal_address).decode()
    return str(
        await _queries.add_entry(
            conn, **msgspec.structs.asdict(new), **columns, joined_from=joined_from, now=now
        )
    )


async def open_entries_of(conn: Connection, phone: str | None, person: str | None) -> int:
    """Give how often somebody waits already, and let nobody of the same number or address join meanwhile."""
    async for _ in _queries.lock_person(conn, phone=phone, person=person):
        pass
    return int(await _queries.open_entries_of(conn, phone=phone, person=person))


async def joined_since(conn: Connection, address: bytes, since: datetime, most: int) -> datetime | None:
    """Give when the last but so many of those who joined from an address did; None for fewer."""
    at: datetime | None = await _queries.joined_since(conn, hash=address, since=since, most=most)
    return at


async def forget_addresses(conn: Connection, before: datetime) -> None:
    """Delete from where people joined up to this instant."""
    await _queries.forget_addresses(conn, before=before)


async def find_entry(conn: Connection, reference: str) -> KeptEntry | None:
    """Give the entry with its contact."""
    row = await _queries.find_entry(conn, reference=reference)
    return _kept(row) if row else None


def _kept(row: Record) -> KeptEntry:
    columns: dict[str, Any] = dict(row)
    contact = {name: columns.pop(name) for name in CONTACT_COLUMNS}
    has_contact = columns.pop("has_contact")
    if contact["postal_address"] is not None:
        contact["postal_address"] = _address(contact["postal_address"])
    return KeptEntry(**columns, contact=KeptContact(**contact) if has_contact else None)


async def ahead(conn: Connection, entry_id: UUID) -> int:
    """Give how many asked before this entry and could get the same places."""
    return int(await _queries.ahead(conn, id=entry_id))


async def wanted_days(conn: Connection, pool_days: Iterable[PoolDay]) -> list[WantedDay]:
    """Give those of these pool-days that somebody may be waiting for, by day and pool."""
    return [WantedDay(**row) async for row in _queries.wanted_days(conn, **_split(pool_days))]


async def candidates(
    conn: Connection, pool_day: PoolDay, clock: DayClock, *, after: int, most: int
) -> list[KeptEntry]:
    """Give whom the free time of a pool's day fits, in the order of asking, behind the place ``after``."""
    pool_id, day = pool_day
    asked = msgspec.structs.asdict(clock)
    rows = _queries.candidates(conn, pool_id=pool_id, day=day, **asked, after_place=after, most=most)
    return [_kept(row) async for row in rows]


async def free_cells(conn: Connection, pool_day: PoolDay, level: Level) -> Plane:
    """Give the cells of a pool's day in which somebody of this level finds a place."""
    pool_id, day = pool_day
    plane: Plane = (await _queries.free_cells(conn, pool_id=pool_id, day=day, level=level)).to_int()
    return plane


async def claim_entry(conn: Connection, entry_id: UUID) -> bool:
    """Keep others from offering this one a place; False when another transaction is about to, or has."""
    return await _queries.claim_entry(conn, id=entry_id) is not None


async def offer(
    conn: Connection, entry_id: UUID, reference: str, respond_by: datetime, now: datetime
) -> None:
    """Make the held appointment what a claimed entry is offered."""
    await _queries.offer(conn, entry_id=entry_id, reference=reference, respond_by=respond_by, now=now)


async def settle(
    conn: Connection, pool_days: Iterable[PoolDay], allowed: int, now: datetime
) -> list[AnsweredOffer]:
    """Take what became of held appointments on these pool-days into the list; gives those that ended."""
    rows = _queries.settle(conn, **_split(pool_days), allowed=allowed, now=now)
    return [AnsweredOffer(**row) async for row in rows]


async def withdraw(conn: Connection, entry_id: UUID, now: datetime) -> bool:
    """End the waiting of somebody who has no offer; False when they have one, or wait no more."""
    return await _queries.withdraw(conn, id=entry_id, now=now) is not None


async def open_offer(conn: Connection, entry_id: UUID) -> OpenOffer | None:
    """Give what is kept for this entry and not answered yet."""
    row = await _queries.open_offer(conn, entry_id=entry_id)
    return OpenOffer(**row) if row else None


async def offered_for(conn: Connection, office_id: int, appointment_id: UUID) -> OfferedFor | None:
    """Give what became of an appointment as an offer; None when it was never one."""
    row = await _queries.offered_for(conn, office_id=office_id, appointment_id=appointment_id)
    return OfferedFor(**row) if row else None


async def list_entries(conn: Connection, office: str, most: int) -> list[ListedEntry]:
    """Give who waits and would come to this office, in the order of asking, without contacts."""
    return [_listed(row) async for row in _queries.list_entries(conn, office=office, most=most)]


def _listed(row: Record) -> ListedEntry:
    columns: dict[str, Any] = dict(row)
    offered = {name: columns.pop(name) for name in OFFER_COLUMNS if name != "reference"}
    offered["reference"], number_ahead = columns.pop("appointment"), columns.pop("ahead")
    return ListedEntry(
        KeptEntry(**columns, contact=None),
        number_ahead,
        OpenOffer(**offered) if offered["entry_id"] is not None else None,
    )


async def list_calls(conn: Connection) -> list[ListedCall]:
    """Give whom to ring about a place that is kept for them, the most urgent first."""
    return [_call(row) async for row in _queries.list_calls(conn)]


def _call(row: Record) -> ListedCall:
    columns: dict[str, Any] = dict(row)
    offered = {name: columns.pop(name) for name in OFFER_COLUMNS}
    wishes = zip(columns.pop("codes"), columns.pop("quantities"), strict=True)
    services = [ServiceWish(code, quantity) for code, quantity in wishes]
    return ListedCall(**columns, services=services, offer=OpenOffer(**offered))


async def next_to_look_for(conn: Connection, most: int, now: datetime) -> list[str]:
    """Give the references of those for whom free places were not gone through for the longest time."""
    return [row["reference"] async for row in _queries.next_to_look_for(conn, most=most, now=now)]


async def free_days(
    conn: Connection, wanted: Wanted, level: Level, entry: KeptEntry, now: datetime, *, skip: int, most: int
) -> list[FreePoolDay]:
    """Give the pool-days on which the visit may fit, earliest first, but for the first ``skip``."""
    rows = _queries.free_days(
        conn,
        **msgspec.structs.asdict(wanted),
        entry_id=entry.id,
        level=level,
        first_day=entry.first_day,
        last_day=entry.last_day,
        weekdays=entry.weekdays,
        not_before=now,
        skip=skip,
        most=most,
    )
    return [FreePoolDay(**{**row, "plane": row["plane"].to_int()}) async for row in rows]


async def lapse(conn: Connection, now: datetime) -> int:
    """End the waiting of those whose last day is over; gives their number."""
    return len([row async for row in _queries.lapse(conn, now=now)])


async def forget_contacts(conn: Connection, now: datetime) -> None:
    """Delete who ended waiting long enough ago."""
    await _queries.forget_contacts(conn, now=now)


async def broken_invariants(conn: Connection) -> list[str]:
    """Give a sentence for each entry and offer that don't belong together."""
    return [row["finding"] async for row in _queries.broken_invariants(conn)]
