"""What must hold of the data at any time, recomputed from truth."""

from datetime import datetime

from queue_service.booking import service as booking
from queue_service.booking import waiting_list
from queue_service.entries import service as entries
from queue_service.notices import service as notices
from queue_service.platform.queries import Connection
from queue_service.queueing import service as queueing


async def find_broken_invariants(conn: Connection, now: datetime) -> list[str]:
    """Return a sentence for each invariant that is broken; nothing is changed."""
    drifted = [
        f"pool {drift.pool} of {drift.office} on {drift.day}: {drift.what}"
        for drift in await booking.verify(conn, now)
    ]
    unsent = await notices.broken_invariants(conn, now)
    hours = await entries.broken_invariants(conn, now)
    unanswered = await waiting_list.broken_invariants(conn)
    return [*await queueing.broken_invariants(conn), *drifted, *unanswered, *unsent, *hours]
