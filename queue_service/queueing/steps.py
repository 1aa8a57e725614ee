"""What happens to a ticket after its call: one step of its lifecycle each, and the way back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from queue_service.booking import service as booking
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import OrderSetup
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.queueing import store
from queue_service.queueing.actor import Actor
from queue_service.queueing.calling import illegal
from queue_service.queueing.lifecycle import TICKET, UNDOABLE
from queue_service.queueing.model import FoundCounter, FoundTicket, Performed, Ticket
from queue_service.queueing.open_hall import closed_hall_refuses
from queue_service.queueing.order.turn import call_by, head_start

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
    "continue": "ticket.continued",
    "merge": "ticket.merged",
    "send_on": "ticket.sent_on",
}
"""The change that each verb publishes."""
UNDO_KEPT = timedelta(hours=1)
"""Longer than any office lets its clerks take a step back."""
TRANSFERRED = "transferred"
SLOW_WALK_TAKES = 2
"""So many times the pause between two calls for somebody who needs longer for the way (ours; the desk's
``verbs.js`` counts the same down)."""


async def find_ticket(conn: Connection, ticket_id: UUID, actor: Actor) -> FoundTicket:
    """Return the ticket and where the actor sits; raises TicketNotFound."""
    found = await store.find_ticket(conn, ticket_id, actor.user_id)
    if found is None:
        raise errors.TicketNotFound
    return found


async def move_ticket(conn: Connection, now: datetime, found: FoundTicket, verb: str, actor: Actor) -> Ticket:
    """Take a ticket one step: recall, start, finish, no_show, park, resume, requeue, cancel.

    In a transaction of the caller when the ticket has an appointment, whose own lifecycle follows.
    Raises IllegalTransition, NotYourTicket, CounterNotOpen, StillServing, TooSoon.
    """
    match verb:
        case "recall":
            return await recall(conn, now, found, actor)
        case "finish":
            return await finish(conn, now, found, actor)
        case "no_show":
            return await no_show(conn, now, found, actor)
        case "park":
            return await park(conn, now, found, actor)
        case "requeue":
            return await requeue(conn, now, found, actor)
        case "resume" if found.desk_office_id != found.office_id:
            raise errors.CounterNotOpen
        case _:
            return await take_step(conn, now, found, step_of(found, verb, actor), actor)


async def recall(conn: Connection, now: datetime, found: FoundTicket, actor: Actor) -> Ticket:
    """Call the same number again; raises HallClosed, and TooSoon within the pause and beyond the limit."""
    rules, ticket = found.visits, found.ticket
    if found.state == "called" and ticket.called_at is not None:
        if ticket.calls > rules.most_recalls:
            raise errors.TooSoon(
                "This number has been called often enough.", reason="recalls_used_up", calls=ticket.calls
            )
        times = SLOW_WALK_TAKES if ticket.slow_walk else 1
        pause = (
            ticket.called_at + timedelta(seconds=times * rules.recall_pause_seconds) - now
        ).total_seconds()
        if pause > 0:
            raise errors.TooSoon(reason="recall_pause", retry_after=int(pause) + 1)
    with closed_hall_refuses():
        return await take_step(conn, now, found, step_of(found, "recall", actor), actor)


async def no_show(conn: Connection, now: datetime, found: FoundTicket, actor: Actor) -> Ticket:
    """Nobody came; raises TooSoon before the number was called as often as the office asks."""
    wanted = found.visits.no_show_after_calls
    if found.state == "called" and found.ticket.calls < wanted:
        raise errors.TooSoon(
            "Call this number again before its visitor counts as not come.",
            reason="too_few_calls", calls=found.ticket.calls, needed=wanted,
        )  # fmt: skip
    return await take_step(conn, now, found, step_of(found, "no_show", actor), actor)


async def park(
    conn: Connection,
    now: datetime,
    found: FoundTicket,
    actor: Actor,
    *,
    reason: str = "",
    remind_at: datetime | None = None,
) -> Ticket:
    """Let the visitor step aside for a while, for a reason and until a time to be reminded of."""
    step = step_of(found, "park", actor)
    changes: dict[str, object] = {"park_reason": reason, "remind_at": remind_at}
    return await take_step(
        conn, now, found, msgspec.structs.replace(step, changes=changes, detail=_said(reason=reason)), actor
    )


async def finish(
    conn: Connection, now: datetime, found: FoundTicket, actor: Actor, performed: Sequence[Performed] = ()
) -> Ticket:
    """End the service. A visit with more to come, or one that is to return, waits again.

    It keeps the wait that it has earned. When nothing is named, all was done that this counter can
    serve of the visit.
    """
    open_services = _still_open(found, performed)
    done = performed or [
        Performed(code)
        for code in [found.ticket.service, *found.ticket.further_services]
        if code not in {code for _, code in open_services}
    ]
    written = msgspec.to_builtins([*found.ticket.performed, *done])
    onward = _onward(found, open_services)
    step = msgspec.structs.replace(
        step_of(found, "continue" if onward else "finish", actor),
        target_counter_id=found.return_counter_id if onward and not open_services else None,
        changes={**onward, "performed": written},
        detail={"performed": written},
    )
    return await take_step(conn, now, found, step, actor)


def _still_open(found: FoundTicket, performed: Sequence[Performed]) -> list[tuple[int, str]]:
    """Services that are still to come after this one, by inner id and code."""
    further = list(zip(found.further_services, found.ticket.further_services, strict=True))
    if found.ticket.together:
        return []
    if performed:
        named = {item.service for item in performed}
        return [(service, code) for service, code in further if code not in named]
    return [(service, code) for service, code in further if service not in found.desk_services]


def _onward(found: FoundTicket, open_services: Sequence[tuple[int, str]]) -> dict[str, object]:
    """What a visit goes on with: its next service, or its way back; empty when it ends here."""
    if open_services:
        inner = [service for service, _ in open_services]
        return {"service_id": inner[0], "further_services": inner[1:]}
    if found.return_counter_id is not None:
        return {
            "service_id": found.return_service_id or found.service_id,
            "further_services": [],
            "return_counter_id": None,
            "return_service_id": None,
        }
    return {}


async def requeue(conn: Connection, now: datetime, found: FoundTicket, actor: Actor) -> Ticket:
    """Put a visitor back into the queue.

    The wait that was earned is kept; who comes back later than the grace allows waits from now on.
    """
    step = step_of(found, "requeue", actor)
    missed = found.ticket.missed_at
    if found.state == "no_show" and missed is not None:
        late = now - missed > timedelta(minutes=found.visits.grace_minutes)
        if late:
            lost = now - found.waiting_since
            changes: dict[str, object] = {
                "waiting_since": now,
                "rank_at": found.rank_at + lost,
                "call_by": found.call_by + lost,
            }
            step = msgspec.structs.replace(step, changes=changes, detail={"too_late": True})
    return await take_step(conn, now, found, step, actor)


class Target(msgspec.Struct, frozen=True):
    """Where a visitor is sent on to within the office; at least one is named."""

    service: str | None = None
    counter: FoundCounter | None = None
    clerk_id: int | None = None
    team: str | None = None
    returns: bool = False
    """Comes back to the counter that sends, when what it was sent for is done."""


async def transfer(
    conn: Connection,
    now: datetime,
    office: Office,
    found: FoundTicket,
    actor: Actor,
    target: Target,
    note: str | None = None,
) -> Ticket:
    """Send a visitor on within the office; the earned wait is kept.

    Raises InvalidFields when nothing is named, ServiceNotFound, ServiceNotOffered, CannotServe.
    """
    if target.service is None and target.counter is None and target.clerk_id is None and target.team is None:
        raise errors.InvalidFields(
            "Name a service or a counter.", errors=[FieldError("service", "or counter is required")]
        )
    if target.team is not None and target.team not in {team.code for team in office.setup.teams}:
        raise errors.UnknownChoice(errors=[FieldError("team", "The office has no such team.")])
    offered = await offices.find_offered_service(conn, office, target.service) if target.service else None
    counter = target.counter
    if counter is not None and counter.office_id != found.office_id:
        raise errors.CounterNotFound
    service_id = offered.id if offered else found.service_id
    if counter is not None and not counter.can_serve(found.at_once(service_id), found.ticket.needs):
        # Nobody else may call a visitor who is bound to a counter: this one would wait for ever.
        raise errors.CannotServe(needs=found.ticket.needs, service=target.service or found.ticket.service)
    rank_at, deadline = sent_on_rank(found.waiting_since, found.rank_at, found.call_by, office.order)
    changes: dict[str, object] = {
        "service_id": service_id,
        "clerk_id": target.clerk_id,
        "team": target.team,
        "class": TRANSFERRED,
        "rank_at": rank_at,
        "call_by": deadline,
        **({"note": note} if note is not None else {}),
    }
    if target.returns and found.counter_id is not None:
        changes |= {"return_counter_id": found.counter_id, "return_service_id": found.service_id}
    step = msgspec.structs.replace(
        step_of(found, "transfer", actor),
        target_counter_id=counter.id if counter else None,
        changes=changes,
        detail=_said(
            service=target.service, counter=counter.number if counter else None, team=target.team, note=note,
            returns=target.returns or None,
        ),
    )  # fmt: skip
    return await take_step(conn, now, found, step, actor)


def sent_on_rank(
    waiting_since: datetime, rank_at: datetime, was_to_be_called_by: datetime, rules: OrderSetup
) -> tuple[datetime, datetime]:
    """Return rank and deadline of somebody who is sent on: never less than the class had before."""
    return (
        min(rank_at, waiting_since - head_start(TRANSFERRED, rules)),
        min(was_to_be_called_by, call_by(TRANSFERRED, waiting_since, rules)),
    )


async def merge(
    conn: Connection, now: datetime, found: FoundTicket, others: Sequence[UUID], actor: Actor
) -> Ticket:
    """Let one number go on for a whole family: the others' services follow in its visit.

    Whatever one of them needs, the family needs. In a transaction of the caller. Raises TicketNotFound
    for a ticket of another office, NotYourTicket for one that another counter has called, and
    IllegalTransition for one whose service has begun, or that is over.
    """
    further, since = list(found.further_services), found.waiting_since
    everybody = [found.ticket]
    for other_id in sorted(set(others) - {found.ticket.id}):
        other = await find_ticket(conn, other_id, actor)
        if other.office_id != found.office_id:
            raise errors.TicketNotFound
        step = msgspec.structs.replace(
            step_of(other, "merge", actor),
            changes={"merged_into": str(found.ticket.id)},
            detail={"into": found.ticket.number},
        )
        await take_step(conn, now, other, step, actor)
        everybody.append(other.ticket)
        further += [other.service_id, *other.further_services]
        since = min(since, other.waiting_since)
    earned = found.waiting_since - since
    changes: dict[str, object] = {
        "further_services": further,
        "rank_at": found.rank_at - earned,
        "call_by": found.call_by - earned,
        "needs": list(dict.fromkeys(need for ticket in everybody for need in ticket.needs)),
        "pick_up": any(ticket.pick_up for ticket in everybody),
        "slow_walk": any(ticket.slow_walk for ticket in everybody),
    }
    joined = [ticket.number for ticket in everybody[1:]]
    return await _describe(conn, now, found, actor, store.Description(changes, _said(joined=joined)), "merge")


class Profile(msgspec.Struct, frozen=True):
    """What is to be known of a visitor to call them rightly; None leaves it as it is."""

    needs: list[str] | None = None
    language: str | None = None
    pick_up: bool | None = None
    slow_walk: bool | None = None
    note: str | None = None


async def describe(
    conn: Connection, now: datetime, found: FoundTicket, actor: Actor, profile: Profile
) -> Ticket:
    """Change what a visitor needs, wherever the ticket stands; raises IllegalTransition when it is over."""
    named = {key: value for key, value in msgspec.structs.asdict(profile).items() if value is not None}
    return await _describe(conn, now, found, actor, store.Description(named))


async def _describe(
    conn: Connection,
    now: datetime,
    found: FoundTicket,
    actor: Actor,
    description: store.Description,
    verb: str = "describe",
) -> Ticket:
    described = await store.describe_ticket(
        conn, found.office_id, found.ticket.id, description, actor.key, now
    )
    if described is None:
        raise illegal((await find_ticket(conn, found.ticket.id, actor)).ticket, verb)
    return described


async def undo(conn: Connection, now: datetime, found: FoundTicket, actor: Actor) -> Ticket:
    """Take the actor's own last step back, within the office's time for it.

    In a transaction of the caller. Raises CannotUndo.
    """
    last = await store.last_step(conn, found.office_id, found.ticket.id)
    if last is None or last.actor != actor.key or last.verb not in UNDOABLE:
        raise errors.CannotUndo(reason="nothing_to_undo")
    if last.verb == "cancel" and (last.appointment or last.contingent):
        # The place that was given back may be somebody else's by now.
        raise errors.CannotUndo(reason="place_given_back")
    since = now - timedelta(seconds=found.visits.undo_seconds)
    if last.at < since:
        raise errors.CannotUndo(reason="too_late")
    # An appointment follows a requeue only of somebody who was missed.
    if found.appointment_id is not None and (last.verb != "requeue" or last.from_state == "no_show"):
        await booking.follow_ticket(conn, now, found.office_id, found.appointment_id, f"undo_{last.verb}")
    undone = await store.undo_step(
        conn,
        office_id=found.office_id,
        ticket_id=found.ticket.id,
        counter_id=found.desk_id if found.desk_office_id == found.office_id else None,
        verb=last.verb,
        actor=actor.key,
        since=since,
        now=now,
    )
    if undone is None:
        raise errors.CannotUndo(reason="counter_taken")
    return undone


async def forget_undo(conn: Connection, now: datetime) -> None:
    """Delete steps that can't be taken back any more."""
    await store.forget_undo(conn, now - UNDO_KEPT)


def _said(**detail: object) -> dict[str, object]:
    """What a step's timeline says, without what wasn't said."""
    return {key: value for key, value in detail.items() if value}


def step_of(found: FoundTicket, verb: str, actor: Actor) -> store.Move:
    """Return the step that this verb is for this actor."""
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


async def take_step(
    conn: Connection, now: datetime, found: FoundTicket, step: store.Move, actor: Actor
) -> Ticket:
    """Take the step and let the appointment follow; says why when it can't be taken."""
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
