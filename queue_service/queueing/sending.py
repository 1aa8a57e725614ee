"""Sending a visitor on to another office of the house: a number there, with the wait earned here."""

import secrets
from datetime import datetime
from uuid import uuid4

import msgspec

from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.queueing import store
from queue_service.queueing.actor import Actor
from queue_service.queueing.arrival import Admission
from queue_service.queueing.issuing import TOKEN_BYTES, number_day, ticket_day
from queue_service.queueing.model import FoundTicket, Ticket
from queue_service.queueing.steps import TRANSFERRED, sent_on_rank, step_of, take_step

LONGEST_USER_ID = 9
"""Digits; more than fit into the database's integer are nobody."""


async def send_on(
    conn: Connection,
    now: datetime,
    found: FoundTicket,
    there: Office,
    service: str,
    actor: Actor,
    note: str | None,
) -> Ticket:
    """Finish the ticket here and give its visitor a number there; returns that one.

    In a transaction of the caller: a visitor is never without a number and never has two. Raises
    ServiceNotFound, ServiceNotOffered, IllegalTransition, NotYourTicket.
    """
    if there.id == found.office_id:
        raise errors.BadRequest("The visitor is at this office already.")
    offered = await offices.find_offered_service(conn, there, service)
    await store.lock_sending(conn)
    ticket_id = uuid4()
    step = msgspec.structs.replace(
        step_of(found, "send_on", actor),
        detail={"office": there.slug, "service": offered.code, "ticket": str(ticket_id)},
    )
    await take_step(conn, now, found, step, actor)
    rank_at, call_by = sent_on_rank(found.waiting_since, found.rank_at, found.call_by, there.order)
    new = store.NewTicket(
        office_id=there.id,
        id=ticket_id,
        day=ticket_day(now, there),
        number_day=number_day(now, there),
        letter=offered.letter,
        admission=Admission(TRANSFERRED, found.waiting_since, rank_at, call_by),
        needs=found.ticket.needs,
        language=found.ticket.language,
        service_id=offered.id,
        channel=found.ticket.channel,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        appointment_id=None,
        appointment_at=None,
        profile=store.Profile(
            pick_up=found.ticket.pick_up,
            slow_walk=found.ticket.slow_walk,
            note=note if note is not None else found.ticket.note,
            sent_from=found.ticket.id,
        ),
    )
    made = await store.issue_ticket(conn, new, actor.key, now)
    assert made is not None, "a number without a contingent is always to be had"
    return made


async def clerk_of(conn: Connection, office: Office, key: str) -> int:
    """Return the user id behind ``staff:7``; raises UnknownChoice unless that person sits at a counter here.

    Somebody bound to a colleague who has gone home would wait for ever.
    """
    kind, _, number = key.partition(":")
    known = kind == "staff" and number.isascii() and number.isdigit() and len(number) <= LONGEST_USER_ID
    if not known or not await store.clerk_sits_here(conn, office.id, int(number)):
        raise errors.UnknownChoice(errors=[FieldError("clerk", "Nobody of that key sits at a counter here.")])
    return int(number)
