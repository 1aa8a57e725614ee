"""Calling: who is next for a counter, or one whom the clerk chooses, and why."""

from datetime import datetime
from uuid import UUID

import msgspec

from queue_service.emergency import service as emergency
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.queueing import store
from queue_service.queueing.actor import Actor
from queue_service.queueing.lifecycle import INNER_VERBS, TICKET
from queue_service.queueing.model import FoundCounter, Ticket
from queue_service.queueing.open_hall import closed_hall_refuses
from queue_service.queueing.order import ratio
from queue_service.queueing.order.turn import APPOINTMENT
from queue_service.queueing.order_policy import Why, explain
from queue_service.queueing.servable import can_call, present


class Called(msgspec.Struct, frozen=True):
    """A call and why it was this ticket's turn."""

    ticket: Ticket
    why: Why


async def call_next(conn: Connection, now: datetime, counter: FoundCounter, actor: Actor) -> Called | None:
    """Call whoever is next for this counter; None when nobody can be called.

    Raises CounterNotOpen, StillServing, HallClosed.
    """
    if counter.order.policy == "ratio":
        async with conn.transaction():
            called = await _call_in_cycle(conn, now, counter, actor)
    else:
        called = await _call_first(conn, now, counter, actor)
    if called is None:
        await require_free_desk(conn, counter, actor)
        await emergency.require_open_hall(conn, counter.office_id)
        return None
    return Called(called.ticket, explain(called.why, now))


async def _call_first(
    conn: Connection, now: datetime, counter: FoundCounter, actor: Actor
) -> store.CalledTicket | None:
    with closed_hall_refuses():
        return await store.call_next(
            conn,
            office_id=counter.office_id,
            counter_id=counter.id,
            clerk_id=actor.clerk,
            actor=actor.key,
            now=now,
        )


async def _call_in_cycle(
    conn: Connection, now: datetime, counter: FoundCounter, actor: Actor
) -> store.CalledTicket | None:
    """Call with the office's cycle locked, and turn it: no two calls have the same place in it."""
    place = await store.lock_call_cycle(conn, counter.office_id)
    called = await _call_first(conn, now, counter, actor)
    if called is not None:
        on_time = called.ticket.visitor_class == APPOINTMENT
        turned = ratio.next_place(place, counter.order, called_on_time=on_time)
        await store.turn_call_cycle(conn, counter.office_id, turned)
    return called


async def call_ticket(
    conn: Connection,
    now: datetime,
    counter: FoundCounter,
    ticket_id: UUID,
    actor: Actor,
    reason: str | None = None,
) -> Called:
    """Call one chosen visitor.

    A reason is needed where the office asks for one and the visitor is not next here anyway, and
    everywhere for somebody who waits for another counter, a colleague who is there, or a team.
    Raises CounterNotOpen, StillServing, HallClosed, TicketNotFound, IllegalTransition, CannotServe,
    ReasonRequired.
    """
    said = (reason or "").strip() or None
    called = None
    if said or not counter.visits.reason_for_choice or await _is_next(conn, now, counter, ticket_id):
        with closed_hall_refuses():
            called = await store.call_ticket(
                conn,
                office_id=counter.office_id,
                counter_id=counter.id,
                clerk_id=actor.clerk,
                ticket_id=ticket_id,
                reason=said,
                actor=actor.key,
                now=now,
            )
    if called is None:
        raise await _why_no_choice(conn, counter, ticket_id, actor, said)
    return Called(called.ticket, explain(called.why, now))


async def _is_next(conn: Connection, now: datetime, counter: FoundCounter, ticket_id: UUID) -> bool:
    """Tell whether "next" would bring this visitor here as the queue stands."""
    queue = await store.queue(conn, counter.office_id, counter.id, now)
    counters = [entry.counter for entry in await store.list_counters(conn, counter.office_id)]
    here = present(counters)
    own = next((one for one in counters if one.number == counter.number), None)
    first = next((ticket for ticket in queue.items if own and can_call(own, ticket, here)), None)
    return first is not None and first.id == ticket_id


async def _why_no_choice(
    conn: Connection, counter: FoundCounter, ticket_id: UUID, actor: Actor, reason: str | None
) -> errors.QueueError:
    """Return why a chosen visitor was not called: what nobody can change stands before the reason."""
    await require_free_desk(conn, counter, actor)
    await emergency.require_open_hall(conn, counter.office_id)
    found = await store.find_ticket(conn, ticket_id, actor.user_id)
    if found is None or found.office_id != counter.office_id:
        return errors.TicketNotFound()
    if found.state != "waiting":
        return illegal(found.ticket, "call")
    if not counter.can_serve(found.at_once(), found.ticket.needs):
        return errors.CannotServe(needs=found.ticket.needs, service=found.ticket.service)
    if reason is None:
        ticket = found.ticket
        return errors.ReasonRequired(counter=ticket.counter, clerk=ticket.clerk, team=ticket.team)
    # The ticket was somewhere else for a moment; the caller may simply repeat.
    return errors.InProgress(retry_after=1)


async def require_free_desk(conn: Connection, counter: FoundCounter, actor: Actor) -> None:
    """Say why a counter could not call, if the reason is the counter and not an empty queue."""
    now_there = await store.find_counter(conn, counter.office, counter.number)
    if now_there is None or now_there.clerk_id is None or now_there.clerk_id != actor.user_id:
        raise errors.CounterNotOpen
    if now_there.ticket_id is None and now_there.state != "open":
        raise errors.CounterNotOpen
    if now_there.ticket_id is not None:
        ticket = await store.ticket(conn, now_there.office_id, now_there.ticket_id)
        raise errors.StillServing(ticket=msgspec.to_builtins(ticket))


def illegal(ticket: Ticket, verb: str) -> errors.IllegalTransition:
    """Return the refusal of a step that the ticket's state doesn't allow."""
    return errors.IllegalTransition(
        f"A ticket that is {ticket.state} can't take the step {verb}.",
        number=ticket.number,
        state=ticket.state,
        allowed=[verb for verb in TICKET.allowed(ticket.state) if verb not in INNER_VERBS],
    )
