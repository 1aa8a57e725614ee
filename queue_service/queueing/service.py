"""The verbs of the queue: one short transaction each; connection and time are arguments.

Its face to other areas: numbers are given out in ``issuing``, calls made in ``calling``, counters
opened in ``counters``; what happens to a ticket afterwards stands here.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from queue_service.booking import service as booking
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import local_day
from queue_service.offices.setup_model import OrderSetup
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.protocol.stream import LAST_CALLS_SHOWN
from queue_service.queueing import store
from queue_service.queueing.actor import Actor
from queue_service.queueing.calling import Called, call_next, call_ticket, illegal
from queue_service.queueing.counters import (
    close_counter,
    find_counter,
    list_counters,
    my_counter,
    open_counter,
)
from queue_service.queueing.hall import ChangeRecord, Hall, build_hall
from queue_service.queueing.issuing import check_in, issue_ticket, same_day_places_taken, walk_ins
from queue_service.queueing.lifecycle import TICKET
from queue_service.queueing.model import FollowedTicket, FoundCounter, FoundTicket, Queue, Ticket
from queue_service.queueing.order.turn import head_start
from queue_service.queueing.standing import standing

__all__ = [
    "Actor", "Called", "broken_invariants", "call_next", "call_ticket", "change_order", "changes_since",
    "check_in", "close_counter", "end_days", "find_counter", "find_ticket", "follow", "forget_changes",
    "forget_contingents",
    "issue_ticket", "list_counters", "move_ticket", "my_counter", "open_counter", "preview_order", "queue",
    "read_hall", "requeue", "same_day_places_taken", "transfer", "waiting_figures", "walk_ins",
]  # fmt: skip

KIND_OF_VERB = {
    "recall": "ticket.recalled",
    "start": "ticket.started",
    "finish": "ticket.finished",
    "no_show": "ticket.no_show",
    "park": "ticket.parked",
    "resume": "ticket.resumed",
    "transfer": "ticket.transferred",
    "requeue": "ticket.requeued",
    "cancel": "ticket.cancelled",
}
"""The change that each verb publishes."""
CHANGES_KEPT = timedelta(days=2)
"""A screen that was away longer takes a snapshot anyway."""
CONTINGENTS_KEPT = timedelta(days=30)
"""For whoever asks after a month where the same-day places of a day went."""


async def find_ticket(conn: Connection, ticket_id: UUID, actor: Actor) -> FoundTicket:
    """Return the ticket and where the actor sits; raises TicketNotFound."""
    found = await store.find_ticket(conn, ticket_id, actor.user_id)
    if found is None:
        raise errors.TicketNotFound
    return found


async def move_ticket(conn: Connection, now: datetime, found: FoundTicket, verb: str, actor: Actor) -> Ticket:
    """Take a ticket one step: recall, start, finish, no_show, park, resume, cancel.

    In a transaction of the caller when the ticket has an appointment, whose own lifecycle follows.
    Raises IllegalTransition, NotYourTicket, CounterNotOpen, StillServing.
    """
    if verb == "resume" and found.desk_office_id != found.office_id:
        raise errors.CounterNotOpen
    return await _move(conn, now, found, _step(found, verb, actor), actor)


async def requeue(conn: Connection, now: datetime, found: FoundTicket, actor: Actor) -> Ticket:
    """Put a visitor back into the queue with the wait that was already earned."""
    return await _move(conn, now, found, _step(found, "requeue", actor), actor)


async def transfer(
    conn: Connection,
    now: datetime,
    office: Office,
    found: FoundTicket,
    actor: Actor,
    *,
    service: str | None,
    counter: FoundCounter | None,
    note: str | None,
) -> Ticket:
    """Send a visitor on to another service or counter of the office; the earned wait is kept.

    Raises BadRequest when neither is named, ServiceNotFound, ServiceNotOffered, CannotServe.
    """
    if service is None and counter is None:
        raise errors.InvalidFields(
            "Name a service or a counter.", errors=[FieldError("service", "or counter is required")]
        )
    target = await offices.find_offered_service(conn, office, service) if service else None
    if counter is not None and counter.office_id != found.office_id:
        raise errors.CounterNotFound
    service_id = target.id if target else found.service_id
    if counter is not None and not counter.can_serve(service_id, found.ticket.needs):
        # Nobody else may call a visitor who is bound to a counter: this one would wait for ever.
        raise errors.CannotServe(needs=found.ticket.needs, service=service or found.ticket.service)
    gained = head_start("transferred", office.order)
    step = msgspec.structs.replace(
        _step(found, "transfer", actor),
        target_counter_id=counter.id if counter else None,
        service_id=target.id if target else None,
        visitor_class="transferred",
        # Never less than the class had before.
        rank_at=min(found.rank_at, found.waiting_since - gained),
        note=note,
    )
    return await _move(conn, now, found, step, actor)


def _step(found: FoundTicket, verb: str, actor: Actor) -> store.Move:
    at_counter = found.counter_id if actor.any_counter and found.state in ("called", "serving") else None
    own = found.desk_id if found.desk_office_id == found.office_id else None
    to_state = next(step.to for step in TICKET.transitions if step.verb == verb)
    return store.Move(
        verb=verb,
        kind=KIND_OF_VERB[verb],
        from_states=TICKET.sources(verb),
        to_state=to_state,
        counter_id=at_counter or own,
    )


async def _move(
    conn: Connection, now: datetime, found: FoundTicket, step: store.Move, actor: Actor
) -> Ticket:
    if found.appointment_id is not None and found.state in step.from_states:
        await booking.follow_ticket(conn, now, found.office_id, found.appointment_id, step.verb)
    moved = await store.move_ticket(conn, found.office_id, found.ticket.id, step, actor.key, now)
    if moved is not None:
        return moved
    fresh = await find_ticket(conn, found.ticket.id, actor)
    if fresh.state not in step.from_states:
        raise illegal(fresh.ticket, step.verb)
    if fresh.state in ("called", "serving"):
        raise errors.NotYourTicket(counter=fresh.ticket.counter)
    if step.verb == "resume" and fresh.desk_ticket_id is not None:
        ticket = await store.ticket(conn, found.office_id, fresh.desk_ticket_id)
        raise errors.StillServing(ticket=msgspec.to_builtins(ticket))
    # The state changed twice between the refusal and this look; the caller may simply repeat.
    raise errors.InProgress(retry_after=1)


async def change_order(conn: Connection, now: datetime, office: Office, rules: OrderSetup) -> None:
    """Call by these rules from now on; everybody who waits gets what they give.

    In a transaction of the caller.
    """
    await store.change_order(conn, office.id, rules)
    await store.reorder_waiting(conn, office.id, now)


class Preview(msgspec.Struct, frozen=True):
    """What new rules would do to the queue as it stands."""

    now: list[Ticket]
    """Who waits, in the order in force."""
    then: list[Ticket]
    """The same visitors, in the order that the new rules give."""


async def preview_order(conn: Connection, now: datetime, office: Office, rules: OrderSetup) -> Preview:
    """Return the queue as it is and as it would be; nothing is changed.

    The very change is made and rolled back, so that what is shown is what would happen.
    """
    before = await store.queue(conn, office.id, None, now)
    attempt = conn.transaction()
    await attempt.start()
    try:
        await change_order(conn, now, office, rules)
        after = await store.queue(conn, office.id, None, now)
    finally:
        await attempt.rollback()
    return Preview(before.items, after.items)


async def queue(
    conn: Connection, now: datetime, office: Office, counter: FoundCounter | None = None
) -> Queue:
    """Return who waits, in the order in which they would be called (from this counter)."""
    return await store.queue(conn, office.id, counter.id if counter else None, now)


async def follow(conn: Connection, now: datetime, token: str) -> FollowedTicket:
    """Return what the visitor's own link shows; raises TicketNotFound after its day."""
    found = await store.find_by_token(conn, token)
    if found is None or local_day(now, found.time_zone) != found.day:
        raise errors.TicketNotFound
    ahead, wait = None, None
    if found.state == "waiting":
        ahead, wait = await standing(conn, now, found.office_id, found.id, found.service_id)
    return FollowedTicket(
        number=found.number,
        office=found.office,
        state=found.state,  # type: ignore[arg-type]  # the column's check constraint allows just these
        people_ahead=ahead,
        wait=wait,
        counter=found.counter,
        counter_name=found.counter_name,
        called_at=found.called_at,
    )


async def waiting_figures(conn: Connection) -> dict[str, store.WaitingFigures]:
    """Return how full each office is, by slug."""
    return await store.waiting_figures(conn)


async def end_days(conn: Connection, now: datetime, office: Office) -> int:
    """Cancel what waits or is parked since an earlier day; returns how many tickets that were.

    Each one is a change of its own, so that screens that ran through the night follow.
    """
    today = local_day(now, office.setup.time_zone)
    sweep = Actor("service:end_of_day")
    cancelled = 0
    for ticket_id in await store.left_over(conn, office.id, today):
        found = await find_ticket(conn, ticket_id, sweep)
        if found.state in TICKET.sources("cancel"):
            step = store.Move("cancel", KIND_OF_VERB["cancel"], ["waiting", "parked"], "cancelled")
            cancelled += await store.move_ticket(conn, office.id, ticket_id, step, sweep.key, now) is not None
    return cancelled


async def read_hall(conn: Connection, office: Office) -> Hall:
    """Return the office's hall as it is now, at one version."""
    return build_hall(await store.hall(conn, office.id, LAST_CALLS_SHOWN))


async def changes_since(conn: Connection, office_id: int, version: int) -> list[ChangeRecord]:
    """Return the office's changes after ``version``, in order; those trimmed by age are missing."""
    return await store.changes_since(conn, office_id, version)


async def broken_invariants(conn: Connection) -> list[str]:
    """Return what must hold of tickets, counters and the feed and doesn't, in words."""
    return await store.broken_invariants(conn)


async def forget_changes(conn: Connection, now: datetime) -> None:
    """Trim the feed."""
    await store.forget_changes(conn, now - CHANGES_KEPT)


async def forget_contingents(conn: Connection, now: datetime) -> None:
    """Trim the counts of same-day places; tickets themselves say what was used of them."""
    await store.forget_contingents(conn, (now - CONTINGENTS_KEPT).date())
