"""The only caller of ``sql/queries/audit.sql``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from queue_service.audit.model import AccessKind, ContactAccess, Seen
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("audit")


async def note_access(
    conn: Connection, now: datetime, actor: str, what: AccessKind, seen: Sequence[Seen]
) -> None:
    """Write one line for each office."""
    await _queries.note_access(
        conn,
        [
            {
                "authority_id": place.authority_id,
                "office_id": place.office_id,
                "now": now,
                "actor": actor,
                "what": what,
                "seen": list(place.names),
            }
            for place in seen
        ],
    )


async def accesses_at(
    conn: Connection, office_id: int, *, before_id: int | None, limit: int
) -> list[ContactAccess]:
    """Give the accesses to contact data of an office, the latest first."""
    rows = _queries.accesses_at(conn, office_id=office_id, before_id=before_id, limit=limit)
    return [ContactAccess(**row) async for row in rows]


async def forget_accesses(conn: Connection, before: datetime) -> None:
    """Delete what was noted before this instant."""
    await _queries.forget_accesses(conn, before=before)
