"""The verbs of a request for help, each in a transaction of the caller; time is an argument.

Whoever publishes locks the office's line of versions first, so that screens hear of requests in the
order in which they stand in the database.
"""

from datetime import datetime, timedelta
from uuid import UUID

from queue_service.assistance import store
from queue_service.assistance.model import HelpRequest, HelpRequests
from queue_service.platform.errors import HelpRequestNotFound
from queue_service.platform.queries import Connection

ANSWERED_WITHIN = timedelta(minutes=3)
"""Then the hall view says that nobody comes. Ours: the walk through a large hall, twice."""
REQUESTS_KEPT = timedelta(days=30)
"""As long as calls are kept with who made them."""


async def ask(conn: Connection, now: datetime, office_id: int, device_id: int) -> HelpRequest:
    """Ask for somebody to come to this device; asking again changes nothing."""
    await store.lock_office(conn, office_id)
    if await store.ask(conn, office_id, device_id, now):
        await store.publish(conn, office_id, "help.asked", now)
    asked = await store.open_of_device(conn, office_id, device_id)
    if asked is None:
        raise HelpRequestNotFound
    return asked


async def withdraw(conn: Connection, now: datetime, office_id: int, device_id: int, actor: str) -> None:
    """Ask no more; nothing happens where nobody has asked."""
    await store.lock_office(conn, office_id)
    asked = await store.open_of_device(conn, office_id, device_id)
    if asked is not None and await store.finish(conn, office_id, UUID(asked.id), actor, now):
        await store.publish(conn, office_id, "help.over", now)


async def of_device(conn: Connection, office_id: int, device_id: int) -> HelpRequest | None:
    """Return the device's open request."""
    return await store.open_of_device(conn, office_id, device_id)


async def open_at(conn: Connection, office_id: int) -> HelpRequests:
    """Return the office's open requests."""
    return HelpRequests(await store.open_at(conn, office_id))


async def come(conn: Connection, now: datetime, office_id: int, request_id: UUID, actor: str) -> HelpRequest:
    """Say that one is on the way; whoever said so first stands in it. Raises HelpRequestNotFound."""
    await store.lock_office(conn, office_id)
    if await store.come(conn, office_id, request_id, actor, now):
        await store.publish(conn, office_id, "help.coming", now)
    return await _find(conn, office_id, request_id)


async def finish(
    conn: Connection, now: datetime, office_id: int, request_id: UUID, actor: str
) -> HelpRequest:
    """Say that it is done; doing so again changes nothing. Raises HelpRequestNotFound."""
    await store.lock_office(conn, office_id)
    if await store.finish(conn, office_id, request_id, actor, now):
        await store.publish(conn, office_id, "help.over", now)
    return await _find(conn, office_id, request_id)


async def waiting_in_vain(conn: Connection, now: datetime) -> set[int]:
    """Return the devices whose visitors have asked for too long and to whom nobody is coming."""
    return await store.unanswered(conn, now - ANSWERED_WITHIN)


async def forget_requests(conn: Connection, now: datetime) -> None:
    """Delete requests that were kept long enough."""
    await store.forget(conn, now - REQUESTS_KEPT)


async def _find(conn: Connection, office_id: int, request_id: UUID) -> HelpRequest:
    known = await store.find(conn, office_id, request_id)
    if known is None:
        raise HelpRequestNotFound
    return known
