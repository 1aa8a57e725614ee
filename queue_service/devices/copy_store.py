"""The only caller of ``sql/queries/ticket_copies.sql``."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from queue_service.platform.queries import Connection, load_queries

_sql: Any = load_queries("ticket_copies")


class CopyToBe(msgspec.Struct, frozen=True):
    """Which paper comes from which kiosk, and who wants it; ``actor`` is a key of accounts."""

    copy_id: UUID
    office_id: int
    ticket_id: UUID
    device_id: int
    actor: str
    now: datetime


class OpenCopyRow(msgspec.Struct, frozen=True):
    """What a kiosk is to print."""

    id: UUID
    ticket_id: UUID
    ordered_at: datetime


class CopyRow(msgspec.Struct, frozen=True):
    """A paper that was ordered, and how it went."""

    id: UUID
    number: str
    kiosk: str
    ordered_at: datetime
    told_at: datetime | None
    reason: str | None


async def kiosk_for(conn: Connection, office_id: int, ticket_id: UUID, device_id: int | None) -> int | None:
    """Return the kiosk that is to print; None for an office without."""
    found: int | None = await _sql.kiosk_for(
        conn, office_id=office_id, ticket_id=ticket_id, device_id=device_id
    )
    return found


async def order_copy(conn: Connection, copy: CopyToBe) -> bool:
    """Have it printed; False for a ticket that is over."""
    return await _sql.order_copy(conn, **msgspec.structs.asdict(copy)) is not None


async def open_copies(conn: Connection, device_id: int, since: datetime) -> list[OpenCopyRow]:
    """Return what a kiosk is still to print."""
    return [OpenCopyRow(**row) async for row in _sql.open_copies(conn, device_id=device_id, since=since)]


async def tell_copy(
    conn: Connection, copy_id: UUID, device_id: int, reason: str | None, now: datetime
) -> bool:
    """Keep how it went; False for what this kiosk was not to print."""
    told = await _sql.tell_copy(conn, copy_id=copy_id, device_id=device_id, reason=reason, now=now)
    return told is not None


async def copies_at(conn: Connection, office_id: int, since: datetime) -> list[CopyRow]:
    """Return what was ordered at an office, the latest first."""
    return [CopyRow(**row) async for row in _sql.copies_at(conn, office_id=office_id, since=since)]


async def forget_copies(conn: Connection, before: datetime) -> None:
    """Delete what was ordered before."""
    await _sql.forget_copies(conn, before=before)
