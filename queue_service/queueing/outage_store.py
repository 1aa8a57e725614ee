"""The only caller of ``sql/queries/outages.sql``."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from queue_service.platform.queries import Connection, load_queries
from queue_service.protocol.outage import NumberBlock
from queue_service.queueing.model import Ticket
from queue_service.queueing.store import NewTicket

_queries = load_queries("outages")
_ticket = msgspec.json.Decoder(Ticket).decode


class UsedBlock(msgspec.Struct, frozen=True):
    """The block to which a number on paper belongs."""

    office_id: int
    digits: int


class Paper(msgspec.Struct, frozen=True):
    """The ticket that a paper stands for."""

    id: UUID
    number: str


async def lock_numbers(
    conn: Connection, office_id: int, days: Sequence[date], letters: Sequence[str]
) -> None:
    """Keep others from giving out or leasing such numbers until the transaction ends."""
    async for _ in _queries.lock_numbers(conn, office_id=office_id, days=days, letters=letters):
        pass


async def lease_numbers(
    conn: Connection,
    office_id: int,
    device_id: int,
    days: Sequence[date],
    letters: Sequence[str],
    size: int,
    now: datetime,
) -> None:
    """Lease what the device lacks; after ``lock_numbers``."""
    async for _ in _queries.lease_numbers(
        conn, office_id=office_id, device_id=device_id, days=days, letters=letters, size=size, now=now
    ):
        pass


async def own_blocks(
    conn: Connection, device_id: int, office_id: int, days: Sequence[date]
) -> list[NumberBlock]:
    """Return what the device holds of these days."""
    rows = _queries.own_blocks(conn, device_id=device_id, office_id=office_id, days=days)
    return [NumberBlock(**row) async for row in rows]


async def use_leased(
    conn: Connection, device_id: int, letter: str, value: int, issued_at: datetime
) -> UsedBlock | None:
    """Note that a number was given out; None when the device held no such number then."""
    row = await _queries.use_leased(
        conn, device_id=device_id, letter=letter, value=value, issued_at=issued_at
    )
    return UsedBlock(**row) if row else None


async def find_paper(conn: Connection, token: str) -> Paper | None:
    """Return the ticket with this token."""
    row = await _queries.find_paper(conn, token=token)
    return Paper(**row) if row else None


async def issue_leased(
    conn: Connection, new: NewTicket, number: str, issued_at: datetime, actor: str, now: datetime
) -> Ticket | None:
    """Insert; None when the contingent is used up. Raises asyncpg.UniqueViolationError."""
    row = await _queries.issue_leased(
        conn,
        office_id=new.office_id,
        id=new.id,
        day=new.day,
        number=number,
        visitor_class=new.admission.visitor_class,
        needs=new.needs,
        language=new.language,
        service_id=new.service_id,
        channel=new.channel,
        token=new.token,
        appointment_id=new.appointment_id,
        appointment_at=new.appointment_at,
        waiting_since=new.admission.waiting_since,
        rank_at=new.admission.rank_at,
        call_by=new.admission.call_by,
        contingent=new.contingent,
        contingent_places=new.contingent_places,
        **msgspec.structs.asdict(new.profile),
        actor=actor,
        issued_at=issued_at,
        now=now,
    )
    return _ticket(row["ticket"]) if row else None


async def renumber(
    conn: Connection, office_id: int, ticket_id: UUID, number: str, token: str, actor: str, now: datetime
) -> Ticket | None:
    """Give a waiting ticket the number and token of its paper; None when it does not wait there."""
    row = await _queries.renumber(
        conn, office_id=office_id, ticket_id=ticket_id, number=number, token=token, actor=actor, now=now
    )
    return _ticket(row["ticket"]) if row else None
