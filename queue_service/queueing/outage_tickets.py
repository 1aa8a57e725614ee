"""Taking in what a kiosk gave out while the service was away: whoever holds a paper is in the queue.

Nothing that would refuse a visitor at the kiosk refuses one here who was given a number already: not
the hours, not a contingent, not an appointment that can't be found. Only a number that the device
never held is refused.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias
from uuid import uuid4

import asyncpg
import msgspec

from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.setup_model import FEATURES, VISITOR_CLASSES
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import CheckInRequest, TicketRequest
from queue_service.protocol.outage import HandedIn, HandedInItem, Outage, OutageCheckIn, OutageTicket
from queue_service.queueing import issuing, outage_store, store
from queue_service.queueing.actor import Actor
from queue_service.queueing.arrival import WALK_IN
from queue_service.queueing.open_hall import closed_hall_refuses

CHANNEL = "kiosk"
Paper: TypeAlias = OutageTicket | OutageCheckIn

DURING_OUTAGE = "Während einer Störung gezogen: "
SERVICE_GONE = DURING_OUTAGE + "die gewählte Dienstleistung gibt es hier nicht (mehr)."
CALLED_MEANWHILE = DURING_OUTAGE + "zuvor unter einer anderen Nummer aufgerufen."
NOT_ARRIVED: Mapping[type[errors.QueueError], str] = MappingProxyType(
    {
        errors.AppointmentNotFound: DURING_OUTAGE + "kein Termin zu diesem Code.",
        errors.WrongOffice: DURING_OUTAGE + "Termin an einem anderen Ort.",
        errors.WrongDay: DURING_OUTAGE + "Termin an einem anderen Tag.",
        errors.AppointmentCancelled: DURING_OUTAGE + "Termin abgesagt.",
        errors.AlreadyCheckedIn: DURING_OUTAGE + "zu diesem Termin schon angemeldet.",
    }
)
"""Why somebody with a code waits as one without an appointment; for the desk, in the words of the office."""


class _NoService(Exception):
    """The office offers nothing that anybody could wait for."""


async def take_in(conn: Connection, now: datetime, device_id: int, outage: Outage, actor: Actor) -> HandedIn:
    """Queue everybody who was given a number, each in a transaction of its own, in the order of issue.

    Raises HallClosed, when nobody may wait; what came before is taken, and known the next time.
    """
    papers: list[Paper] = sorted(
        [*outage.tickets, *outage.check_ins], key=lambda paper: (paper.issued_at, paper.number)
    )
    items = []
    for paper in papers:
        # A device whose clock is ahead didn't give out numbers that are still to come.
        paper_at = min(paper.issued_at, now)
        try:
            async with conn.transaction():
                item = await _take(conn, now, device_id, paper, paper_at, actor)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name not in ("ticket_number_key", "ticket_token_key"):
                raise
            item = HandedInItem(paper.id, "refused", "number_taken")
        except _NoService:
            item = HandedInItem(paper.id, "refused", "no_service")
        items.append(item)
    return HandedIn(items)


async def _take(
    conn: Connection, now: datetime, device_id: int, paper: Paper, paper_at: datetime, actor: Actor
) -> HandedInItem:
    letter, value = paper.number[0], int(paper.number[1:])
    block = await outage_store.use_leased(conn, device_id, letter, value, paper_at)
    if block is None or paper.number != f"{letter}{value:0{block.digits}}":
        return HandedInItem(paper.id, "refused", "number_not_leased")
    known = await outage_store.find_paper(conn, paper.token)
    if known is not None:
        if known.number != paper.number:
            return HandedInItem(paper.id, "refused", "number_taken")
        return HandedInItem(paper.id, "known")
    with closed_hall_refuses():
        heard_of = await store.find_issued(conn, paper.id)
        # The service gave a number after all, whose answer never reached the kiosk. The paper counts.
        if heard_of is not None and await outage_store.renumber(
            conn, block.office_id, paper.id, paper.number, paper.token, actor.key, now
        ):
            return HandedInItem(paper.id, "taken")
        office = await offices.find_office_by_id(conn, block.office_id)
        new = await _ticket_of(conn, paper_at, office, paper)
        if heard_of is not None:
            # Called by a number that nobody had on paper: its visitor waits still.
            new = msgspec.structs.replace(
                new, id=uuid4(), profile=msgspec.structs.replace(new.profile, note=CALLED_MEANWHILE)
            )
        await _queue(conn, now, office, new, paper, paper_at, actor)
    return HandedInItem(paper.id, "taken")


async def _queue(
    conn: Connection,
    now: datetime,
    office: Office,
    new: store.NewTicket,
    paper: Paper,
    paper_at: datetime,
    actor: Actor,
) -> None:
    """Insert the ticket, with one of the day's places where one is left."""
    ways = [new]
    if new.appointment_id is None:
        service = await _service(conn, office, new.service_id)
        ways = [way for way in issuing.ways_in(office, service, paper_at, new) if way.contingent] + ways
    for way in ways:
        if await outage_store.issue_leased(conn, way, paper.number, paper_at, actor.key, now):
            return


async def _service(conn: Connection, office: Office, service_id: int) -> OfferedService:
    offered = await offices.list_offered_services(conn, office)
    return next(service for service in offered if service.id == service_id)


async def _ticket_of(conn: Connection, at: datetime, office: Office, paper: Paper) -> store.NewTicket:
    """Return the ticket as it would have begun at that instant."""
    if isinstance(paper, OutageTicket):
        new = await _walk_in(conn, at, office, paper)
    else:
        new = await _check_in(conn, at, office, paper)
    return msgspec.structs.replace(new, id=paper.id, token=paper.token)


async def _check_in(conn: Connection, at: datetime, office: Office, paper: OutageCheckIn) -> store.NewTicket:
    needs = _needs_known(paper)
    request = CheckInRequest(paper.reference, paper.language, paper.id, needs, paper.pick_up, paper.slow_walk)
    try:
        return await issuing.arrived_ticket(conn, at, office, request, CHANNEL)
    except tuple(NOT_ARRIVED) as refused:
        service = await _first_walk_in(conn, office)
        wanted = TicketRequest(
            service.code, paper.language, needs=needs, pick_up=paper.pick_up, slow_walk=paper.slow_walk
        )
        new = await issuing.walk_in_ticket(conn, at, office, service, wanted, CHANNEL)
        return _noted(new, NOT_ARRIVED[type(refused)])


async def _walk_in(conn: Connection, at: datetime, office: Office, paper: OutageTicket) -> store.NewTicket:
    offered = {service.code: service for service in await offices.list_offered_services(conn, office)}
    service = offered.get(paper.service)
    wanted = TicketRequest(
        service=paper.service,
        language=paper.language,
        visitor_class=paper.visitor_class if paper.visitor_class in VISITOR_CLASSES else WALK_IN,
        needs=_needs_known(paper),
        pick_up=paper.pick_up,
        slow_walk=paper.slow_walk,
        further_services=[code for code in paper.further_services if code in offered],
        together=paper.together,
    )
    new = await issuing.walk_in_ticket(
        conn, at, office, service or await _first_walk_in(conn, office), wanted, CHANNEL
    )
    return new if service else _noted(new, SERVICE_GONE)


def _needs_known(paper: Paper) -> list[str]:
    """Give what a counter can have; what the kiosk may have asked in another version binds nobody."""
    return [need for need in paper.needs if need in FEATURES]


async def _first_walk_in(conn: Connection, office: Office) -> OfferedService:
    """Return what whoever waits for nothing in particular waits for."""
    offered = await offices.list_offered_services(conn, office)
    if not offered:
        raise _NoService
    return next((service for service in offered if service.walk_in), offered[0])


def _noted(new: store.NewTicket, note: str) -> store.NewTicket:
    return msgspec.structs.replace(new, profile=msgspec.structs.replace(new.profile, note=note))
