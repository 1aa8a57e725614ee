"""The only caller of ``sql/queries/assistance.sql``."""

from datetime import datetime
from uuid import UUID

from queue_service.assistance.model import HelpRequest
from queue_service.platform.queries import Connection, load_queries

_queries = load_queries("assistance")


async def lock_office(conn: Connection, office_id: int) -> None:
    """Keep everybody else from publishing until the transaction ends."""
    await _queries.lock_office(conn, office_id=office_id)


async def ask(conn: Connection, office_id: int, device_id: int, now: datetime) -> bool:
    """Open a request; False where one is open."""
    return await _queries.ask(conn, office_id=office_id, device_id=device_id, now=now) is not None


async def open_of_device(conn: Connection, office_id: int, device_id: int) -> HelpRequest | None:
    """The device's open request at this office."""
    row = await _queries.open_of_device(conn, office_id=office_id, device_id=device_id)
    return HelpRequest(**row) if row else None


async def find(conn: Connection, office_id: int, request_id: UUID) -> HelpRequest | None:
    """One request of the office."""
    row = await _queries.find(conn, office_id=office_id, request_id=request_id)
    return HelpRequest(**row) if row else None


async def open_at(conn: Connection, office_id: int) -> list[HelpRequest]:
    """The office's open requests, oldest first."""
    return [HelpRequest(**row) async for row in _queries.open_at(conn, office_id=office_id)]


async def come(conn: Connection, office_id: int, request_id: UUID, actor: str, now: datetime) -> bool:
    """Note who comes; False when nobody is needed any more."""
    done = await _queries.come(conn, office_id=office_id, request_id=request_id, actor=actor, now=now)
    return done is not None


async def finish(conn: Connection, office_id: int, request_id: UUID, actor: str, now: datetime) -> bool:
    """End a request; False when it is over."""
    done = await _queries.finish(conn, office_id=office_id, request_id=request_id, actor=actor, now=now)
    return done is not None


async def publish(conn: Connection, office_id: int, kind: str, now: datetime) -> None:
    """Tell the office's screens."""
    await _queries.publish(conn, office_id=office_id, kind=kind, now=now)


async def unanswered(conn: Connection, before: datetime) -> set[int]:
    """Devices whose visitors wait in vain."""
    return {row["device_id"] async for row in _queries.unanswered(conn, before=before)}


async def forget(conn: Connection, before: datetime) -> None:
    """Delete what was over by then."""
    await _queries.forget(conn, before=before)
