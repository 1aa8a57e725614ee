"""The only caller of ``sql/queries/confirmations.sql``."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("confirmations")


class DueReminder(msgspec.Struct, frozen=True):
    """An appointment whose visitor is to be reminded now."""

    office_id: int
    id: UUID
    reference: str
    starts_at: datetime


async def add_secret(conn: Connection, office_id: int, appointment_id: UUID, secret_hash: bytes) -> None:
    """Make a further secret open the appointment."""
    await _queries.add_secret(
        conn, office_id=office_id, appointment_id=appointment_id, secret_hash=secret_hash
    )


async def forget_secrets(conn: Connection, now: datetime) -> None:
    """End what links in messages open, for appointments whose contact is forgotten too."""
    await _queries.forget_secrets(conn, now=now)


async def told_since(conn: Connection, office_id: int, visit_id: UUID, since: datetime) -> int:
    """Count the messages that were written about an appointment, or a party's hour, since then."""
    told = await _queries.told_since(conn, office_id=office_id, visit_id=visit_id, since=since)
    return int(told)


async def settle_call(conn: Connection, now: datetime, reference: str, note: str) -> None:
    """End what somebody was to be rung for about a visit; ``note`` says why, to whoever sees it."""
    await _queries.settle_call(conn, reference=reference, note=note, now=now)


async def due_reminders(conn: Connection, now: datetime, ahead: timedelta, most: int) -> list[DueReminder]:
    """Give and lock the appointments whose visitors are to be reminded, none that another asker has."""
    return [DueReminder(**row) async for row in _queries.due_reminders(conn, now=now, ahead=ahead, most=most)]


async def note_reminded(conn: Connection, due: DueReminder) -> bool:
    """Note that the visitor is reminded of this start; False when that was noted before."""
    noted = await _queries.note_reminded(
        conn, office_id=due.office_id, appointment_id=due.id, starts_at=due.starts_at
    )
    return noted is not None
