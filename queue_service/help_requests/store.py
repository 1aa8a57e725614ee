"""The only caller of ``sql/queries/help_requests.sql``."""

from datetime import datetime

import msgspec

from queue_service.platform.queries import Connection, load_queries
from queue_service.protocol.help_request import HelpState

_queries = load_queries("help_requests")


class HelpRow(msgspec.Struct, frozen=True):
    """A call, and the device that it came from."""

    id: int
    state: HelpState
    place: str
    at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None


class CallRow(msgspec.Struct, frozen=True):
    """How a device's last call stands."""

    state: HelpState
    at: datetime


async def ask(conn: Connection, office_id: int, device_id: int, now: datetime) -> bool:
    """Open a call; False when the device has one open."""
    asked = await _queries.ask_for_help(conn, office_id=office_id, device_id=device_id, now=now)
    return asked is not None


async def last_call(conn: Connection, office_id: int, device_id: int) -> CallRow | None:
    """The device's newest call at this office."""
    row = await _queries.last_help_call(conn, office_id=office_id, device_id=device_id)
    return CallRow(**row) if row is not None else None


async def acknowledge(conn: Connection, office_id: int, request_id: int, actor: str, now: datetime) -> bool:
    """Note who comes; False when somebody does already, or nobody has to."""
    done = await _queries.acknowledge_help(
        conn, office_id=office_id, request_id=request_id, actor=actor, now=now
    )
    return done is not None


async def finish(conn: Connection, office_id: int, request_id: int, actor: str, now: datetime) -> bool:
    """End a call; False when it is over."""
    done = await _queries.finish_help(conn, office_id=office_id, request_id=request_id, actor=actor, now=now)
    return done is not None


async def find(conn: Connection, office_id: int, request_id: int) -> HelpRow | None:
    """One call of the office."""
    row = await _queries.find_help(conn, office_id=office_id, request_id=request_id)
    return HelpRow(**row) if row is not None else None


async def open_requests(conn: Connection, office_id: int) -> list[HelpRow]:
    """The office's open calls, oldest first."""
    return [HelpRow(**row) async for row in _queries.open_help(conn, office_id=office_id)]


async def publish(conn: Connection, office_id: int, kind: str, now: datetime) -> None:
    """Tell the office's screens that a call is another now."""
    await _queries.publish_help(conn, office_id=office_id, kind=kind, now=now)


async def end_left_over(conn: Connection, before: datetime, actor: str, now: datetime) -> list[int]:
    """End calls that were made before; give the offices."""
    rows = _queries.end_left_over_help(conn, before=before, actor=actor, now=now)
    return sorted({row["office_id"] async for row in rows})


async def forget(conn: Connection, before: datetime) -> None:
    """Delete calls that were over by then."""
    await _queries.forget_help(conn, before=before)
