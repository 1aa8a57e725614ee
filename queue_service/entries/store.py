"""The only caller of ``sql/queries/entries.sql``."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from asyncpg import Record

from queue_service.booking.contingents import Level
from queue_service.booking.model import (
    CONTACT_COLUMNS,
    AppointmentState,
    Channel,
    KeptContact,
    PostalAddress,
)
from queue_service.entries.entry_plan import entry_name
from queue_service.entries.model import (
    DueRelease,
    DueReminder,
    EntryOffered,
    FoundEntry,
    KeptEntryBooking,
    Miscounted,
    OpenPlaces,
    OverbookedEntry,
    OverbookedParty,
    OverdueRelease,
    PlannedEntry,
)
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("entries")
_encode = msgspec.json.Encoder().encode
_texts = msgspec.json.Decoder(dict[str, str]).decode
_address = msgspec.json.Decoder(PostalAddress).decode


class Asked(msgspec.Struct, frozen=True):
    """What a search looks at; None: any. Local days and instants both limit it."""

    offices: list[str] | None
    codes: list[str] | None
    not_before: datetime
    before: datetime | None
    first_day: date | None
    last_day: date | None
    party_size: int


class Searched(msgspec.Struct, frozen=True):
    """What a search without a result has met."""

    offered: bool
    planned: bool
    party_fits: bool
    left_for_others: bool
    next_release_at: datetime | None
    """Of hours with places left for others."""


class FreeEntry(msgspec.Struct, frozen=True):
    """An hour's row as a search gives it."""

    office: str
    time_zone: str
    code: str
    starts_at: datetime
    ends_at: datetime
    title: dict[str, str]
    price: dict[str, str]
    most_party: int
    places: int
    free: int


class NewBooking(msgspec.Struct, frozen=True):
    """All that a booking begins with, but its hour."""

    id: UUID
    references: list[str]
    secret_hash: bytes
    state: AppointmentState
    party_size: int
    channel: Channel
    emergency: bool
    level: int
    expires_at: datetime | None


def _json(value: object) -> str | None:
    return None if value is None else _encode(value).decode()


def _contact_columns(contact: KeptContact) -> dict[str, Any]:
    columns: dict[str, Any] = msgspec.structs.asdict(contact)
    return columns | {"postal_address": _json(contact.postal_address)}


def _with_texts(row: Record) -> dict[str, Any]:
    return {**row, "title": _texts(row["title"]), "price": _texts(row["price"])}


def _offered(row: Record) -> EntryOffered:
    free = FreeEntry(**_with_texts(row))
    zone = ZoneInfo(free.time_zone)
    return EntryOffered(
        office=free.office,
        entry=entry_name(free.code, free.starts_at),
        code=free.code,
        title=free.title,
        start=free.starts_at.astimezone(zone),
        end=free.ends_at.astimezone(zone),
        places=free.places,
        free=free.free,
        most_party=free.most_party,
        price=free.price,
    )


async def keep_plan(conn: Connection, office_id: int) -> date:
    """Keep every other making of this office's hours away; gives the day up to which they were made."""
    opened_until: date = await _queries.keep_plan(conn, office_id=office_id)
    return opened_until


async def offices_to_open(conn: Connection, horizon_days: int, now: datetime) -> list[int]:
    """Give the ids of offices whose hours aren't made up to the horizon."""
    rows = _queries.offices_to_open(conn, horizon_days=horizon_days, now=now)
    return [row["office_id"] async for row in rows]


async def set_opened_until(conn: Connection, office_id: int, opened_until: date) -> None:
    """Note up to which day an office's hours are made."""
    await _queries.set_opened_until(conn, office_id=office_id, opened_until=opened_until)


async def lock_coming(conn: Connection, office_id: int, now: datetime) -> None:
    """Keep bookings away from the office's coming hours until the transaction ends."""
    [row async for row in _queries.lock_coming(conn, office_id=office_id, now=now)]


async def write_planned(conn: Connection, office_id: int, planned: Sequence[PlannedEntry]) -> None:
    """Make these hours what is planned; what is taken of them stays."""
    await _queries.upsert_entry(
        conn,
        [
            {
                **msgspec.structs.asdict(entry),
                "office_id": office_id,
                "title": _json(entry.title),
                "price": _json(entry.price),
            }
            for entry in planned
        ],
    )


async def withdraw_unplanned(
    conn: Connection, office_id: int, planned: Sequence[PlannedEntry], now: datetime
) -> None:
    """Offer no coming hour but these; those that somebody booked stay for their bookings."""
    plan = {
        "office_id": office_id,
        "codes": [entry.code for entry in planned],
        "starts": [entry.starts_at for entry in planned],
        "now": now,
    }
    await _queries.drop_unplanned(conn, **plan)
    await _queries.withdraw_unplanned(conn, **plan)


async def due_releases(conn: Connection, now: datetime, most: int) -> list[DueRelease]:
    """Give and lock hours of which more is to be opened, none that somebody else is working on."""
    return [DueRelease(**row) async for row in _queries.due_releases(conn, now=now, most=most)]


async def open_places(conn: Connection, opened: Sequence[tuple[DueRelease, OpenPlaces]]) -> None:
    """Open locked hours as far as said."""
    await _queries.open_places(
        conn,
        [
            {"office_id": due.office_id, "hour_id": due.id, **msgspec.structs.asdict(places)}
            for due, places in opened
        ],
    )


async def overdue_releases(conn: Connection, due_before: datetime, now: datetime) -> list[OverdueRelease]:
    """Give the coming hours of which more was to be opened before then."""
    rows = _queries.overdue_releases(conn, due_before=due_before, now=now)
    return [OverdueRelease(**row) async for row in rows]


async def search(conn: Connection, asked: Asked, level: Level, limit: int) -> list[EntryOffered]:
    """Give the earliest hours with places for the party by this level."""
    rows = _queries.search(conn, **msgspec.structs.asdict(asked), level=level, limit=limit)
    return [_offered(row) async for row in rows]


async def searched(conn: Connection, asked: Asked) -> Searched:
    """Tell what a search without a result has met."""
    return Searched(**await _queries.searched(conn, **msgspec.structs.asdict(asked)))


async def coming(
    conn: Connection, office_id: int, now: datetime, level: Level, limit: int
) -> list[EntryOffered]:
    """Give the office's next hours, full ones among them."""
    rows = _queries.coming(conn, office_id=office_id, now=now, level=level, limit=limit)
    return [_offered(row) async for row in rows]


async def offered_entry(
    conn: Connection, office_id: int, code: str, starts_at: datetime, *, level: Level
) -> EntryOffered | None:
    """Give one hour of an office with what the level may still take of it."""
    row = await _queries.offered_entry(conn, office_id=office_id, code=code, starts_at=starts_at, level=level)
    return _offered(row) if row else None


async def find_entry(conn: Connection, office_id: int, code: str, starts_at: datetime) -> FoundEntry | None:
    """Give one hour of an office."""
    row = await _queries.find_entry(conn, office_id=office_id, code=code, starts_at=starts_at)
    return FoundEntry(**_with_texts(row)) if row else None


async def book(
    conn: Connection, office_id: int, entry_id: int, new: NewBooking, contact: KeptContact, now: datetime
) -> str | None:
    """Take the places and write the booking; gives its reference, or None when they are gone."""
    reference: str | None = await _queries.book(
        conn,
        office_id=office_id,
        hour_id=entry_id,
        **msgspec.structs.asdict(new),
        **_contact_columns(contact),
        now=now,
    )
    return reference


async def find_booking(conn: Connection, reference: str, *, lock: bool = False) -> KeptEntryBooking | None:
    """Give the booking; ``lock`` keeps other verbs away from it until the transaction ends."""
    if lock:
        # Two statements: what is read must be what the lock was waited for.
        await _queries.lock_booking(conn, reference=reference)
    row = await _queries.find_booking(conn, reference=reference)
    return _kept(row) if row else None


def _kept(row: Record) -> KeptEntryBooking:
    columns = _with_texts(row)
    contact = {name: columns.pop(name) for name in CONTACT_COLUMNS}
    has_contact = columns.pop("has_contact")
    if contact["postal_address"] is not None:
        contact["postal_address"] = _address(contact["postal_address"])
    return KeptEntryBooking(**columns, contact=KeptContact(**contact) if has_contact else None)


async def change_state(
    conn: Connection, now: datetime, office_id: int, booking_id: UUID, from_state: str, to_state: str
) -> bool:
    """Take the booking to another state and end its hold; False when another verb was faster."""
    changed = await _queries.change_state(
        conn, office_id=office_id, id=booking_id, from_state=from_state, to_state=to_state, now=now
    )
    return changed is not None


async def write_contact(conn: Connection, office_id: int, booking_id: UUID, contact: KeptContact) -> None:
    """Put this contact in the place of the one before."""
    await _queries.write_contact(
        conn, office_id=office_id, booking_id=booking_id, **_contact_columns(contact)
    )


async def lock_entries(conn: Connection, office_id: int, ids: Sequence[int]) -> None:
    """Keep bookings away from these hours until the transaction ends."""
    [row async for row in _queries.lock_entries(conn, office_id=office_id, hour_ids=ids)]


async def move_booking(conn: Connection, kept: KeptEntryBooking, entry_id: int) -> bool:
    """Put a locked booking into another locked hour; False when that has no places for the party."""
    moved = await _queries.move_booking(
        conn,
        office_id=kept.office_id,
        id=kept.id,
        hour_id=entry_id,
        party_size=kept.party_size,
        level=kept.level,
        emergency=kept.emergency,
    )
    return moved is not None


async def recount(conn: Connection, office_id: int, ids: Sequence[int]) -> None:
    """Count what is taken of locked hours from their bookings."""
    await _queries.recount(conn, office_id=office_id, hour_ids=ids)


async def expire_held(conn: Connection, now: datetime) -> list[tuple[int, int]]:
    """End holds whose time is over; gives the office and hour of each."""
    return [(row["office_id"], row["entry_id"]) async for row in _queries.expire_held(conn, now=now)]


async def end_past(conn: Connection, now: datetime) -> int:
    """Note who has had the hours that are over, and who has missed them; gives their number."""
    return len([row async for row in _queries.end_past(conn, now=now)])


async def forget_contacts(conn: Connection, now: datetime) -> None:
    """Delete who had booked the hours that ended, or had cancelled, long enough ago."""
    await _queries.forget_contacts(conn, now=now)


async def add_secret(conn: Connection, office_id: int, booking_id: UUID, secret_hash: bytes) -> None:
    """Make a further secret open the booking."""
    await _queries.add_secret(conn, office_id=office_id, booking_id=booking_id, secret_hash=secret_hash)


async def forget_secrets(conn: Connection, now: datetime) -> None:
    """End what links in messages open, for bookings whose contact is forgotten too."""
    await _queries.forget_secrets(conn, now=now)


async def due_reminders(conn: Connection, now: datetime, ahead: timedelta, most: int) -> list[DueReminder]:
    """Give and lock the bookings whose parties are to be reminded, none that another asker has."""
    return [DueReminder(**row) async for row in _queries.due_reminders(conn, now=now, ahead=ahead, most=most)]


async def note_reminded(conn: Connection, due: DueReminder) -> bool:
    """Note that the party is reminded of this start; False when that was noted before."""
    noted = await _queries.note_reminded(
        conn, office_id=due.office_id, booking_id=due.id, starts_at=due.starts_at
    )
    return noted is not None


async def miscounted(conn: Connection, now: datetime) -> list[Miscounted]:
    """Give the hours of which something else is kept than their bookings say."""
    return [Miscounted(**row) async for row in _queries.miscounted(conn, now=now)]


async def overbooked(conn: Connection, now: datetime, office_id: int | None = None) -> list[OverbookedEntry]:
    """Give the hours with more people than places, of one office or of all."""
    return [OverbookedEntry(**row) async for row in _queries.overbooked(conn, office_id=office_id, now=now)]


async def overbooked_parties(conn: Connection, office_id: int, now: datetime) -> list[OverbookedParty]:
    """Give who is expected at an office's overbooked hours, of each the one that booked last first."""
    return [
        OverbookedParty(**row)
        async for row in _queries.overbooked_parties(conn, office_id=office_id, now=now)
    ]
