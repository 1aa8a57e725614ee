"""Notes who of the staff is shown contact data, in the transaction that reads it, and tells it later.

Whoever answers staff with a name, a number or an address calls ``note_access``; a visitor who opens
the own appointment by its secret is nobody's to note.
"""

from collections.abc import Sequence
from datetime import datetime

from queue_service.accounts.model import Principal
from queue_service.audit import store
from queue_service.audit.model import ACCESSES_KEPT, AccessKind, ContactAccesses, Seen
from queue_service.platform.queries import Connection


async def note_access(
    conn: Connection, now: datetime, who: Principal, what: AccessKind, seen: Sequence[Seen]
) -> None:
    """Write that this person was shown this contact data; nothing when there was none.

    Inside the transaction of the read or verb, so that no answer goes out unnoted.
    """
    shown = [place for place in seen if place.names]
    if shown:
        await store.note_access(conn, now, who.key, what, shown)


async def accesses_at(
    conn: Connection, office_id: int, *, before_id: int | None, limit: int
) -> ContactAccesses:
    """Give who was shown contact data of an office, the latest first."""
    found = await store.accesses_at(conn, office_id, before_id=before_id, limit=limit + 1)
    items = found[:limit]
    return ContactAccesses(items, next=items[-1].id if len(found) > limit else None)


async def forget_accesses(conn: Connection, now: datetime) -> None:
    """Delete accesses that were kept long enough."""
    await store.forget_accesses(conn, now - ACCESSES_KEPT)


def by_office(seen: Sequence[tuple[int, int | None, str]]) -> list[Seen]:
    """Group (authority id, office id, name) to one entry each place."""
    places: dict[tuple[int, int | None], list[str]] = {}
    for authority_id, office_id, name in seen:
        places.setdefault((authority_id, office_id), []).append(name)
    return [Seen(authority_id, office_id, names) for (authority_id, office_id), names in places.items()]
