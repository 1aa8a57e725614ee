"""Where a ticket stands in the queue, and how long it will still take."""

from datetime import datetime
from uuid import UUID

from queue_service.platform.queries import Connection
from queue_service.protocol.stream import WaitRange
from queue_service.queueing import store
from queue_service.queueing.wait_forecast import estimate, people_ahead


async def standing(
    conn: Connection, now: datetime, office_id: int, ticket_id: UUID, service_id: int
) -> tuple[int, WaitRange | None]:
    """Return how many are ahead of a waiting ticket, and its wait; None while nobody serves it."""
    ahead = await store.queue_ahead(conn, office_id=office_id, ticket_id=ticket_id, now=now)
    open_counters = ahead.open_counters()
    reach = [counter.services for counter in open_counters] or [frozenset(c.services) for c in ahead.counters]
    service = str(service_id)
    return (
        people_ahead(service, ahead.waiting, reach),
        estimate(service, ahead.waiting, ahead.minutes, open_counters),
    )
