"""Printing a number once more, for a visitor who lost the paper or never got it: no second number.

Somebody of the staff orders it from a kiosk; the kiosk hears that there is something to print, asks what,
prints, and says how it went. Whatever dies in between, it asks again with its next connection.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from queue_service.accounts.model import Principal
from queue_service.devices import copy_store
from queue_service.devices.copy_store import CopyRow
from queue_service.offices import service as offices
from queue_service.platform.errors import Conflict, IllegalTransition, NotFound
from queue_service.platform.queries import Connection
from queue_service.protocol.ticket_copy import CopyOrder, CopyOrders
from queue_service.queueing import service as queueing
from queue_service.queueing.model import FoundTicket

PRINTED_WITHIN = timedelta(minutes=10)
"""Later nobody stands at the kiosk any more for this paper."""
KEPT = timedelta(days=1)


class NoKiosk(Conflict):
    """There is no such kiosk at the ticket's office."""

    code = "no_kiosk"


class CopyNotFound(NotFound):
    """This kiosk was not to print that."""

    code = "copy_not_found"


class TicketCopy(msgspec.Struct, frozen=True):
    """One more paper."""

    id: UUID
    number: str
    kiosk: str
    """Where it stands."""
    ordered_at: datetime
    told_at: datetime | None
    """When the kiosk said how it went; None: not yet."""
    reason: str | None
    """What kept it from paper; None: nothing, or nobody knows yet."""


async def order(
    conn: Connection, now: datetime, found: FoundTicket, device_id: int | None, who: Principal
) -> TicketCopy:
    """Have a kiosk of the office print a ticket, in a transaction of the caller.

    Without one that is named, the kiosk that gave the number out. Raises NoKiosk, IllegalTransition.
    """
    await copy_store.forget_copies(conn, now - KEPT)
    ticket_id = found.ticket.id
    kiosk = await copy_store.kiosk_for(conn, found.office_id, ticket_id, device_id)
    if kiosk is None:
        raise NoKiosk
    copy_id = uuid4()
    wanted = copy_store.CopyToBe(copy_id, found.office_id, ticket_id, kiosk, who.key, now)
    if not await copy_store.order_copy(conn, wanted):
        raise IllegalTransition(state=found.state, allowed=[])
    return next(copy for copy in await copies_at(conn, now, found.office_id) if copy.id == copy_id)


async def copies_at(conn: Connection, now: datetime, office_id: int) -> list[TicketCopy]:
    """Return the papers of the last day, the latest first."""
    return [_copy(row) for row in await copy_store.copies_at(conn, office_id, now - KEPT)]


async def to_print(conn: Connection, now: datetime, device_id: int, visitor_url: str) -> CopyOrders:
    """Return what a kiosk is to print, each ticket as it is now."""
    items = []
    for row in await copy_store.open_copies(conn, device_id, now - PRINTED_WITHIN):
        found = await queueing.find_ticket(conn, row.ticket_id, queueing.Actor(f"device:{device_id}"))
        ticket = await queueing.issued_ticket(conn, now, row.ticket_id, visitor_url)
        office = await offices.find_office(conn, found.office)
        services = {one.code: one.name for one in await offices.list_offered_services(conn, office)}
        name = services.get(found.ticket.service, {})
        items.append(CopyOrder(row.id, ticket, found.ticket.language, name, row.ordered_at))
    return CopyOrders(items)


async def tell(conn: Connection, now: datetime, device_id: int, copy_id: UUID, reason: str | None) -> None:
    """Keep how it went. Raises CopyNotFound."""
    if not await copy_store.tell_copy(conn, copy_id, device_id, reason, now):
        raise CopyNotFound


def _copy(row: CopyRow) -> TicketCopy:
    return TicketCopy(**msgspec.structs.asdict(row))
