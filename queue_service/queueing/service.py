"""The verbs of the queue: one short transaction each; connection and time are arguments."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import msgspec

from queue_service.booking import service as booking
from queue_service.offices import model as office_rules
from queue_service.offices import open_consultation
from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.setup_model import FEATURES, VISITOR_CLASSES
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import CheckInRequest, FieldError, IssuedTicket, TicketRequest
from queue_service.protocol.stream import LAST_CALLS_SHOWN, WaitRange, WalkIns
from queue_service.queueing import store
from queue_service.queueing.arrival import Admission, admit_appointment, admit_walk_in
from queue_service.queueing.hall import ChangeRecord, Hall, build_hall
from queue_service.queueing.lifecycle import TICKET
from queue_service.queueing.model import (
    Counter,
    CounterWithServices,
    FollowedTicket,
    FoundCounter,
    FoundTicket,
    Queue,
    Ticket,
)
from queue_service.queueing.order_policy import Waiting, Why, explain, head_start
from queue_service.queueing.wait_forecast import estimate, people_ahead

TOKEN_BYTES = 16
"""128 random bits: nobody follows another visitor's ticket by guessing."""
NEVER_RESTARTED = date(1, 1, 1)
"""The day under which an office that never restarts its numbers counts them."""
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


class Called(msgspec.Struct, frozen=True):
    """A call and why it was this ticket's turn."""

    ticket: Ticket
    why: Why


class Actor(msgspec.Struct, frozen=True):
    """Who acts: a key for the timeline, and the user id of a clerk (None for devices)."""

    key: str
    user_id: int | None = None
    any_counter: bool = False
    """A supervisor: may act on a visitor whom another counter has."""


async def walk_ins(conn: Connection, now: datetime, office: Office) -> WalkIns:
    """Return whether numbers are given out now, and if not, why and when again."""
    taken = await same_day_places_taken(conn, now)
    return open_consultation.walk_ins_of(office, now, taken.get(office.slug, {}))


async def same_day_places_taken(conn: Connection, now: datetime) -> dict[str, dict[str, int]]:
    """Return the places taken today, by office and code of the open consultation."""
    return await store.same_day_places_taken(conn, now)


async def issue_ticket(
    conn: Connection,
    now: datetime,
    office: Office,
    request: TicketRequest,
    channel: str,
    actor: Actor,
    visitor_url: str,
) -> IssuedTicket:
    """Give a number to somebody without an appointment.

    Sending the same ``request.id`` again gives the same ticket. Raises WalkInsClosed,
    ServiceNotFound, ServiceNotOffered, UnknownChoice, IdempotencyMismatch.
    """
    _check_choices(request.visitor_class, request.needs)
    service = await offices.find_offered_service(conn, office, request.service)
    if request.id and (known := await store.find_issued(conn, request.id)):
        if (known.office_id, known.service_id, known.appointment_id) != (office.id, service.id, None):
            raise errors.IdempotencyMismatch
        return await _answer(conn, now, known, request.id, visitor_url)
    if not service.walk_in:
        raise errors.ServiceNotOffered(reason="by_appointment_only")
    admission = admit_walk_in(now, request.visitor_class, office.head_starts)
    new = _new_ticket(now, office, service, admission, channel, request.id)
    new = msgspec.structs.replace(new, needs=request.needs, language=request.language)
    full: dict[str, int] = {}
    for ticket in _ways_in(office, service, now, new):
        issued = await _insert(conn, now, ticket, actor, visitor_url)
        if issued is not None:
            return issued
        if ticket.contingent is not None and ticket.contingent_places is not None:
            full[ticket.contingent] = ticket.contingent_places
    state = open_consultation.walk_ins_for(office, service.code, now, full)
    raise errors.WalkInsClosed(
        reason=state.reason, next_chance_at=state.next_chance_at, begins_at=state.begins_at
    )


def _ways_in(
    office: Office, service: OfferedService, now: datetime, new: store.NewTicket
) -> list[store.NewTicket]:
    """Return the tickets to try in turn: one for each open registration, or one without a contingent."""
    if office.walk_ins_stopped:
        return []
    if open_consultation.consultations_for(office, service.code):
        return [
            msgspec.structs.replace(new, contingent=one.code, contingent_places=one.places)
            for one in open_consultation.open_registrations(office, service.code, now)
        ]
    return [new] if office_rules.walk_ins_now(office.calendar, now).open else []


async def check_in(
    conn: Connection,
    now: datetime,
    office: Office,
    request: CheckInRequest,
    channel: str,
    actor: Actor,
    visitor_url: str,
) -> IssuedTicket:
    """Give a number to somebody who came for an appointment; runs in the caller's transaction.

    Early and late visitors get one too; ``arrival`` says what happened. Raises
    AppointmentNotFound, WrongOffice, WrongDay, AppointmentCancelled, AlreadyCheckedIn.
    """
    if request.id and (known := await store.find_issued(conn, request.id)):
        if known.office_id != office.id or known.appointment_id is None:
            raise errors.IdempotencyMismatch
        return await _answer(conn, now, known, request.id, visitor_url)
    found = await booking.find_for_check_in(conn, request.reference)
    if found.office_id != office.id:
        raise errors.WrongOffice(office=found.office, starts_at=found.starts_at)
    if found.state in ("cancelled", "expired", "held"):
        raise errors.AppointmentCancelled(state=found.state)
    if found.state != "booked":
        raise errors.AlreadyCheckedIn
    if _local_day(found.starts_at, office) != _local_day(now, office):
        raise errors.WrongDay(starts_at=found.starts_at)
    await booking.mark_arrived(conn, found.office_id, found.id)
    window = office.setup.arrival
    admission = admit_appointment(
        now,
        found.starts_at,
        timedelta(minutes=window.early_minutes),
        timedelta(minutes=window.late_minutes),
        office.head_starts,
    )
    service = await offices.find_booked_service(conn, office, found.services[0].service)
    new = msgspec.structs.replace(
        _new_ticket(now, office, service, admission, channel, request.id),
        language=request.language,
        appointment_id=found.id,
        appointment_at=found.starts_at,
    )
    issued = await _insert(conn, now, new, actor, visitor_url)
    assert issued is not None, "an appointment takes no same-day place"
    return issued


def _new_ticket(
    now: datetime,
    office: Office,
    service: OfferedService,
    admission: Admission,
    channel: str,
    ticket_id: UUID | None,
) -> store.NewTicket:
    day = _local_day(now, office)
    return store.NewTicket(
        office_id=office.id,
        id=ticket_id or uuid4(),
        day=day,
        number_day=day if office.setup.numbers.restart_daily else NEVER_RESTARTED,
        letter=service.letter,
        admission=admission,
        needs=[],
        language="de",
        service_id=service.id,
        channel=channel,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        appointment_id=None,
        appointment_at=None,
    )


async def _insert(
    conn: Connection, now: datetime, new: store.NewTicket, actor: Actor, visitor_url: str
) -> IssuedTicket | None:
    """Insert and answer; None when the contingent is used up."""
    try:
        ticket = await store.issue_ticket(conn, new, actor.key, now)
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name == "ticket_appointment_key":
            raise errors.AlreadyCheckedIn from taken
        if taken.constraint_name in ("ticket_pkey", "ticket_id_key"):
            # The same request under way twice; its repeat finds the ticket.
            raise errors.InProgress(retry_after=1) from taken
        raise
    if ticket is None:
        return None
    issued = store.Issued(
        office_id=new.office_id,
        number=ticket.number,
        token=new.token,
        created_at=ticket.created_at,
        waiting_since=ticket.waiting_since,
        rank_at=ticket.rank_at,
        service_id=new.service_id,
        appointment_id=new.appointment_id,
        appointment_at=new.appointment_at,
        visitor_class=ticket.visitor_class,
    )
    answer = await _answer(conn, now, issued, ticket.id, visitor_url)
    return msgspec.structs.replace(answer, arrival=new.admission.arrival)


async def _answer(
    conn: Connection, now: datetime, issued: store.Issued, ticket_id: UUID, visitor_url: str
) -> IssuedTicket:
    ahead, wait = await _standing(
        conn, now, issued.office_id, issued.service_id, issued.waiting_since, issued.rank_at, issued.number
    )
    arrival = None
    if issued.appointment_at is not None:
        arrival = "late" if issued.visitor_class != "appointment" else "on_time"
    return IssuedTicket(
        id=ticket_id,
        number=issued.number,
        token=issued.token,
        people_ahead=ahead,
        wait=wait,
        created_at=issued.created_at,
        follow_url=f"{visitor_url}/t/{issued.token}",
        appointment_at=issued.appointment_at,
        arrival=arrival,
    )


async def _standing(
    conn: Connection,
    now: datetime,
    office_id: int,
    service_id: int,
    waiting_since: datetime,
    rank_at: datetime,
    number: str,
) -> tuple[int, WaitRange | None]:
    """How many are ahead, and how long it will take."""
    ahead = await store.queue_ahead(
        conn, office_id=office_id, waiting_since=waiting_since, rank_at=rank_at, number=number, now=now
    )
    open_counters = ahead.open_counters()
    reach = [counter.services for counter in open_counters] or [frozenset(c.services) for c in ahead.counters]
    service = str(service_id)
    return (
        people_ahead(service, ahead.waiting, reach),
        estimate(service, ahead.waiting, ahead.minutes, open_counters),
    )


async def call_next(conn: Connection, now: datetime, counter: FoundCounter, actor: Actor) -> Called | None:
    """Call whoever is next for this counter; None when nobody can be called.

    Raises CounterNotOpen, StillServing.
    """
    called = await store.call_next(
        conn,
        office_id=counter.office_id,
        counter_id=counter.id,
        clerk_id=_clerk(actor),
        actor=actor.key,
        now=now,
    )
    if called is None:
        await _require_free_desk(conn, counter, actor)
        return None
    return Called(called.ticket, _why(called, now))


async def call_ticket(
    conn: Connection, now: datetime, counter: FoundCounter, ticket_id: UUID, actor: Actor
) -> Called:
    """Call one chosen visitor.

    Raises CounterNotOpen, StillServing, TicketNotFound, IllegalTransition, CannotServe.
    """
    called = await store.call_ticket(
        conn,
        office_id=counter.office_id,
        counter_id=counter.id,
        clerk_id=_clerk(actor),
        ticket_id=ticket_id,
        actor=actor.key,
        now=now,
    )
    if called is not None:
        return Called(called.ticket, _why(called, now))
    await _require_free_desk(conn, counter, actor)
    found = await find_ticket(conn, ticket_id, actor)
    if found.office_id != counter.office_id:
        raise errors.TicketNotFound
    if found.state != "waiting":
        raise _illegal(found.ticket, "call")
    raise errors.CannotServe(needs=found.ticket.needs, service=found.ticket.service)


def _why(called: store.CalledTicket, now: datetime) -> Why:
    ticket = called.ticket
    waiting = Waiting(ticket.number, ticket.visitor_class, ticket.waiting_since, ticket.rank_at)
    return explain(waiting, now, called.walk_in_cap)


async def _require_free_desk(conn: Connection, counter: FoundCounter, actor: Actor) -> None:
    """Say why a counter could not call, if the reason is the counter and not an empty queue."""
    office, number = counter_parts(counter)
    now_there = await store.find_counter(conn, office, number)
    if now_there is None or now_there.clerk_id is None or now_there.clerk_id != actor.user_id:
        raise errors.CounterNotOpen
    if now_there.ticket_id is not None:
        ticket = await store.ticket(conn, now_there.office_id, now_there.ticket_id)
        raise errors.StillServing(ticket=msgspec.to_builtins(ticket))


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
    gained = head_start("transferred", office.head_starts)
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
        raise _illegal(fresh.ticket, step.verb)
    if fresh.state in ("called", "serving"):
        raise errors.NotYourTicket(counter=fresh.ticket.counter)
    if step.verb == "resume" and fresh.desk_ticket_id is not None:
        ticket = await store.ticket(conn, found.office_id, fresh.desk_ticket_id)
        raise errors.StillServing(ticket=msgspec.to_builtins(ticket))
    # The state changed twice between the refusal and this look; the caller may simply repeat.
    raise errors.InProgress(retry_after=1)


def _illegal(ticket: Ticket, verb: str) -> errors.IllegalTransition:
    return errors.IllegalTransition(
        f"A ticket that is {ticket.state} can't take the step {verb}.",
        state=ticket.state,
        allowed=TICKET.allowed(ticket.state),
    )


async def queue(conn: Connection, now: datetime, office: Office) -> Queue:
    """Return who waits, in the order in which they would be called."""
    return await store.queue(conn, office.id, now)


async def follow(conn: Connection, now: datetime, token: str) -> FollowedTicket:
    """Return what the visitor's own link shows; raises TicketNotFound after its day."""
    found = await store.find_by_token(conn, token)
    if found is None or office_rules.local_day(now, found.time_zone) != found.day:
        raise errors.TicketNotFound
    ahead, wait = None, None
    if found.state == "waiting":
        ahead, wait = await _standing(
            conn, now, found.office_id, found.service_id, found.waiting_since, found.rank_at, found.number
        )
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


async def find_counter(conn: Connection, counter_id: str) -> FoundCounter:
    """Return the counter with this public id (``bsc-mitte.3``); raises CounterNotFound."""
    office, _, number = counter_id.rpartition(".")
    found = await store.find_counter(conn, office, number) if office else None
    if found is None:
        raise errors.CounterNotFound
    return found


def counter_parts(counter: FoundCounter) -> tuple[str, str]:
    """Return the office's slug and the counter's number."""
    return counter.office, counter.number


async def open_counter(
    conn: Connection, now: datetime, counter: FoundCounter, services: Sequence[str] | None, actor: Actor
) -> Counter:
    """Seat the clerk; doing it again at the same counter changes what she serves.

    Raises CounterTaken, ClerkElsewhere, CounterNotFound (retired).
    """
    if counter.retired:
        raise errors.CounterNotFound
    try:
        # A step of its own: after the refusal the caller's transaction can still be asked where she sits.
        async with conn.transaction():
            opened = await store.open_counter(
                conn,
                office_id=counter.office_id,
                counter_id=counter.id,
                clerk_id=_clerk(actor),
                service_codes=services,
                now=now,
            )
    except asyncpg.UniqueViolationError as elsewhere:
        raise errors.ClerkElsewhere(counter=await store.my_counter(conn, _clerk(actor))) from elsewhere
    if opened is None:
        raise errors.CounterTaken
    return opened


async def close_counter(conn: Connection, now: datetime, counter: FoundCounter, actor: Actor) -> Counter:
    """Free the counter. Raises CounterNotOpen, StillServing."""
    clerk = None if actor.any_counter else _clerk(actor)
    closed = await store.close_counter(
        conn, office_id=counter.office_id, counter_id=counter.id, clerk_id=clerk, now=now
    )
    if closed is None:
        owner = Actor(actor.key, counter.clerk_id) if actor.any_counter else actor
        await _require_free_desk(conn, counter, owner)
        raise errors.CounterNotOpen
    return closed


async def list_counters(conn: Connection, office: Office) -> list[CounterWithServices]:
    """Return the office's counters in the order of its file."""
    return await store.list_counters(conn, office.id)


async def my_counter(conn: Connection, actor: Actor) -> str | None:
    """Return the id of the counter where the actor sits, if any."""
    return await store.my_counter(conn, actor.user_id) if actor.user_id else None


async def waiting_figures(conn: Connection) -> dict[str, store.WaitingFigures]:
    """Return how full each office is, by slug."""
    return await store.waiting_figures(conn)


async def end_days(conn: Connection, now: datetime, office: Office) -> int:
    """Cancel what waits or is parked since an earlier day; returns how many tickets that were.

    Each one is a change of its own, so that screens that ran through the night follow.
    """
    today = _local_day(now, office)
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


def _local_day(instant: datetime, office: Office) -> date:
    return office_rules.local_day(instant, office.setup.time_zone)


def _clerk(actor: Actor) -> int:
    if actor.user_id is None:
        raise errors.NotPermitted
    return actor.user_id


def _check_choices(visitor_class: str, needs: Sequence[str]) -> None:
    wrong = []
    if visitor_class not in VISITOR_CLASSES:
        wrong.append(FieldError("class", f"one of {', '.join(VISITOR_CLASSES)}"))
    wrong += [
        FieldError("needs", f"{need[:40]!r} is not one of {', '.join(FEATURES)}")
        for need in needs
        if need not in FEATURES
    ]
    if wrong:
        raise errors.UnknownChoice(errors=wrong)
