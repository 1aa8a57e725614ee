"""The verbs of a call for help, each in a transaction of the caller; time is an argument.

A call has one row, and its row decides who was first: the kiosk's second press opens nothing, the
second colleague learns that somebody is on the way.
"""

from datetime import datetime, timedelta

from queue_service.help_requests import store
from queue_service.help_requests.model import HelpRequest, HelpRequests
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.help_request import HelpCall

UNANSWERED_AFTER = timedelta(minutes=3)
"""Then team leads see the call in their hall view. Ours: about as long as somebody waits at a device
without walking off."""
ENDED_AFTER = timedelta(hours=2)
"""Nobody stands before a device for so long; a call that was forgotten must not silence the next one."""
KEPT = timedelta(days=30)
"""As long as calls among staff (privacy: anonymous after 30 days)."""
SERVICE_ITSELF = "service"


async def ask(conn: Connection, now: datetime, office_id: int, device_id: int) -> HelpCall:
    """Call somebody to this device; pressing again changes nothing."""
    if await store.ask(conn, office_id, device_id, now):
        await store.publish(conn, office_id, "help.asked", now)
    return await call_of(conn, office_id, device_id)


async def call_of(conn: Connection, office_id: int, device_id: int) -> HelpCall:
    """Tell how this device's last call stands."""
    row = await store.last_call(conn, office_id, device_id)
    return HelpCall() if row is None else HelpCall(row.state, row.at)


async def acknowledge(
    conn: Connection, now: datetime, office_id: int, request_id: int, actor: str
) -> HelpRequest:
    """Say that one is on the way; the first who says so stands in the answer.

    Raises HelpRequestNotFound.
    """
    if await store.acknowledge(conn, office_id, request_id, actor, now):
        await store.publish(conn, office_id, "help.coming", now)
    return await _find(conn, now, office_id, request_id)


async def finish(conn: Connection, now: datetime, office_id: int, request_id: int, actor: str) -> HelpRequest:
    """Say that nobody is needed any more; saying it again changes nothing. Raises HelpRequestNotFound."""
    if await store.finish(conn, office_id, request_id, actor, now):
        await store.publish(conn, office_id, "help.done", now)
    return await _find(conn, now, office_id, request_id)


async def open_requests(conn: Connection, now: datetime, office_id: int) -> HelpRequests:
    """Return the calls that are open, oldest first."""
    rows = await store.open_requests(conn, office_id)
    return HelpRequests([_as_seen(row, now) for row in rows])


async def end_left_over(conn: Connection, now: datetime) -> None:
    """End calls that nobody has ended."""
    async with conn.transaction():
        for office_id in await store.end_left_over(conn, now - ENDED_AFTER, SERVICE_ITSELF, now):
            await store.publish(conn, office_id, "help.done", now)


async def forget(conn: Connection, now: datetime) -> None:
    """Delete calls that were kept long enough."""
    await store.forget(conn, now - KEPT)


async def _find(conn: Connection, now: datetime, office_id: int, request_id: int) -> HelpRequest:
    row = await store.find(conn, office_id, request_id)
    if row is None:
        raise errors.HelpRequestNotFound
    return _as_seen(row, now)


def _as_seen(row: store.HelpRow, now: datetime) -> HelpRequest:
    return HelpRequest(
        id=str(row.id),
        state=row.state,
        place=row.place,
        at=row.at,
        unanswered=row.state == "waiting" and now - row.at > UNANSWERED_AFTER,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
    )
