"""The verbs of the queue: one short transaction each; connection and time are arguments.

Its face to other areas: numbers are given out in ``issuing``, calls made in ``calling``, counters
opened in ``counters``; what happens to a ticket afterwards stands here.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from queue_service.offices.catalogue import Office
from queue_service.offices.model import local_day
from queue_service.offices.setup_model import OrderSetup
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.stream import LAST_CALLS_SHOWN
from queue_service.queueing import store
from queue_service.queueing.actor import Actor
from queue_service.queueing.calling import Called, call_next, call_ticket
from queue_service.queueing.counter_plan import plan_today
from queue_service.queueing.counters import (
    close_counter,
    find_counter,
    list_counters,
    my_counter,
    open_counter,
    pause_counter,
    pause_idle_counters,
    resume_counter,
)
from queue_service.queueing.forecasting import forget_told, keep_forecasting, lapse_forecasts
from queue_service.queueing.fullness import waiting_figures
from queue_service.queueing.hall import ChangeRecord, Hall, build_hall
from queue_service.queueing.issuing import (
    check_in,
    check_needs,
    issue_ticket,
    issued_ticket,
    same_day_places_taken,
    walk_ins,
)
from queue_service.queueing.lifecycle import TICKET
from queue_service.queueing.model import FollowedTicket, FoundCounter, Queue, Ticket
from queue_service.queueing.next_visitor import after_current, call_next_after
from queue_service.queueing.number_blocks import lease as lease_numbers
from queue_service.queueing.outage_tickets import take_in as take_in_outage
from queue_service.queueing.sending import clerk_of, send_on
from queue_service.queueing.servable import unservable
from queue_service.queueing.standing import standing
from queue_service.queueing.steps import (
    KIND_OF_VERB,
    Profile,
    Target,
    describe,
    find_ticket,
    finish,
    forget_undo,
    merge,
    move_ticket,
    no_show,
    park,
    recall,
    requeue,
    transfer,
    undo,
)
from queue_service.queueing.stuck import count_stuck
from queue_service.queueing.timeline import timeline
from queue_service.queueing.timeline_words import END_OF_DAY
from queue_service.queueing.typed_number import written_number
from queue_service.queueing.wait_learning import learn_waits

__all__ = [
    "KIND_OF_VERB",
    "Actor",
    "Called",
    "Profile",
    "Target",
    "after_current",
    "broken_invariants",
    "call_next",
    "call_next_after",
    "call_ticket",
    "change_order",
    "changes_since",
    "check_in",
    "check_needs",
    "clerk_of",
    "close_counter",
    "count_stuck",
    "describe",
    "end_days",
    "find_counter",
    "find_ticket",
    "finish",
    "follow",
    "forget_changes",
    "forget_contingents",
    "forget_told",
    "forget_undo",
    "issue_ticket",
    "issued_ticket",
    "keep_forecasting",
    "lapse_forecasts",
    "learn_waits",
    "lease_numbers",
    "list_counters",
    "merge",
    "move_ticket",
    "my_counter",
    "no_show",
    "open_counter",
    "park",
    "pause_counter",
    "pause_idle_counters",
    "plan_today",
    "preview_order",
    "queue",
    "read_hall",
    "recall",
    "requeue",
    "resume_counter",
    "same_day_places_taken",
    "send_on",
    "take_in_outage",
    "ticket_of_number",
    "timeline",
    "transfer",
    "undo",
    "waiting_figures",
    "walk_ins",
]  # fmt: skip

CHANGES_KEPT = timedelta(days=2)
"""A screen that was away longer takes a snapshot anyway."""
CONTINGENTS_KEPT = timedelta(days=30)
"""For whoever asks after a month where the same-day places of a day went."""


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
    found = await store.queue(conn, office.id, counter.id if counter else None, now)
    stuck = unservable(found.items, await store.list_counters(conn, office.id))
    return msgspec.structs.replace(found, unservable=[one.ticket.number for one in stuck])


async def follow(conn: Connection, now: datetime, token: str) -> FollowedTicket:
    """Return what the visitor's own link shows; raises TicketNotFound after its day."""
    found = await store.find_by_token(conn, token)
    if found is None or local_day(now, found.time_zone) != found.day:
        raise errors.TicketNotFound
    stands = None
    if found.state == "waiting":
        stands = await standing(conn, now, found.office_id, found.id, found.service_id)
    return FollowedTicket(
        number=found.number,
        office=found.office,
        state=found.state,  # type: ignore[arg-type]  # the column's check constraint allows just these
        people_ahead=stands.people_ahead if stands else None,
        wait=stands.told.wait if stands else None,
        wait_reason=stands.told.reason if stands else None,
        counter=found.counter,
        counter_name=found.counter_name,
        called_at=found.called_at,
        language=found.language,
        pick_up=found.pick_up,
        hall=found.hall,
        served_with=found.served_with,
    )


async def follow_number(conn: Connection, now: datetime, office: Office, text: str) -> FollowedTicket:
    """Return the same for a number of today, as somebody types it who has only the paper.

    Raises TicketNotFound.
    """
    today = local_day(now, office.setup.time_zone)
    number = written_number(text, office.setup.numbers.digits)
    token = await store.token_of_number(conn, office.id, today, number)
    if token is None:
        raise errors.TicketNotFound
    return await follow(conn, now, token)


async def ticket_of_number(conn: Connection, now: datetime, office: Office, text: str) -> UUID:
    """Return the id of the ticket with a number of today, as staff type it. Raises TicketNotFound."""
    today = local_day(now, office.setup.time_zone)
    number = written_number(text, office.setup.numbers.digits)
    token = await store.token_of_number(conn, office.id, today, number)
    found = await store.find_by_token(conn, token) if token else None
    if found is None:
        raise errors.TicketNotFound
    return found.id


async def end_days(conn: Connection, now: datetime, office: Office) -> int:
    """Cancel what waits or is parked since an earlier day; returns how many tickets that were.

    Each one is a change of its own, so that screens that ran through the night follow.
    """
    today = local_day(now, office.setup.time_zone)
    sweep = Actor(END_OF_DAY)
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
