"""The only caller of ``sql/queries/queueing.sql``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from queue_service.emergency.model import Alarm
from queue_service.offices.setup_model import OrderSetup, VisitSetup
from queue_service.platform.queries import Connection, load_queries
from queue_service.protocol.stream import HallState
from queue_service.queueing.arrival import Admission
from queue_service.queueing.hall import ChangeRecord, HallRecord, TakenPlaces
from queue_service.queueing.model import (
    Counter,
    CounterWithServices,
    FoundCounter,
    FoundTicket,
    Happened,
    LastStep,
    Queue,
    Ticket,
)
from queue_service.queueing.order.turn import CallFacts
from queue_service.queueing.told_waits import HallWaits, ToldWait
from queue_service.queueing.wait_forecast import OpenCounter

_queries = load_queries("queueing")
_ticket = msgspec.json.Decoder(Ticket).decode
_tickets = msgspec.json.Decoder(list[Ticket]).decode
_counter = msgspec.json.Decoder(Counter).decode
_call_facts = msgspec.json.Decoder(CallFacts).decode
_visits = msgspec.json.Decoder(VisitSetup).decode
_order = msgspec.json.Decoder(OrderSetup).decode
_told = msgspec.json.Decoder(ToldWait).decode


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class Profile(msgspec.Struct, frozen=True):
    """What a ticket brings beside its place in the order."""

    pick_up: bool = False
    slow_walk: bool = False
    further_services: list[int] = []
    together: bool = False
    note: str = ""
    sent_from: UUID | None = None


class NewTicket(msgspec.Struct, frozen=True):
    """All that a ticket begins with."""

    office_id: int
    id: UUID
    day: date
    number_day: date
    letter: str
    admission: Admission
    needs: list[str]
    language: str
    service_id: int
    channel: str
    token: str
    appointment_id: UUID | None
    appointment_at: datetime | None
    contingent: str | None = None
    """Of the same-day places: the open consultation that one is taken from."""
    contingent_places: int | None = None
    profile: Profile = Profile()


class CalledTicket(msgspec.Struct, frozen=True):
    """A call, with what decided it."""

    ticket: Ticket
    why: CallFacts


class Move(msgspec.Struct, frozen=True):
    """One step of a ticket. ``counter_id`` is the acting clerk's counter."""

    verb: str
    kind: str
    from_states: list[str]
    to_state: str
    counter_id: int | None = None
    target_counter_id: int | None = None
    changes: dict[str, object] = {}
    """Further columns as they are to be; those that aren't named stay."""
    detail: dict[str, object] = {}
    """For the timeline."""


class Description(msgspec.Struct, frozen=True):
    """What is to be known of a ticket from now on: columns as they are to be, and what the timeline says."""

    changes: dict[str, object]
    detail: dict[str, object] = {}


class Issued(msgspec.Struct, frozen=True):
    """A ticket that exists already, as its issue was answered."""

    office_id: int
    number: str
    token: str
    created_at: datetime
    service_id: int
    appointment_id: UUID | None
    appointment_at: datetime | None
    pick_up: bool


class Followed(msgspec.Struct, frozen=True):
    """A ticket found by its visitor's token."""

    office_id: int
    id: UUID
    office: str
    time_zone: str
    day: date
    number: str
    state: str
    service_id: int
    counter: str | None
    counter_name: dict[str, str] | None
    called_at: datetime | None
    language: str
    pick_up: bool
    hall: HallState
    served_with: str | None


class CounterLoad(msgspec.Struct, frozen=True):
    """A counter as the estimate sees it; services by inner id as text."""

    open: bool
    services: list[str]
    busy_with: str | None


class Ahead(msgspec.Struct, frozen=True):
    """What stands before a ticket; services by inner id as text."""

    waiting: dict[str, int]
    minutes: dict[str, int]
    counters: list[CounterLoad]
    hall: HallState

    def open_counters(self) -> list[OpenCounter]:
        """The counters that take visitors now."""
        return [
            OpenCounter(frozenset(c.services), self.minutes.get(c.busy_with, 0) if c.busy_with else 0)
            for c in self.counters
            if c.open
        ]


class OfficeLoad(msgspec.Struct, frozen=True):
    """How full an office is, and what was told last to somebody who comes for whatever."""

    slug: str
    ahead: Ahead
    told: ToldWait | None


async def issue_ticket(conn: Connection, new: NewTicket, actor: str, now: datetime) -> Ticket | None:
    """Insert; None when the contingent is used up.

    Raises asyncpg.UniqueViolationError for a known id or an appointment checked in before.
    """
    row = await _queries.issue_ticket(
        conn,
        office_id=new.office_id,
        id=new.id,
        day=new.day,
        number_day=new.number_day,
        letter=new.letter,
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
        now=now,
    )
    return _ticket(row["ticket"]) if row else None


def _called(row: Record | None) -> CalledTicket | None:
    return CalledTicket(_ticket(row["ticket"]), _call_facts(row["why"])) if row else None


async def call_next(
    conn: Connection, *, office_id: int, counter_id: int, clerk_id: int, actor: str, now: datetime
) -> CalledTicket | None:
    """Call whoever is next; None when nobody was called, for whatever reason."""
    return _called(
        await _queries.call_next(
            conn, office_id=office_id, counter_id=counter_id, clerk_id=clerk_id, actor=actor, now=now
        )
    )


async def call_ticket(
    conn: Connection,
    *,
    office_id: int,
    counter_id: int,
    clerk_id: int,
    ticket_id: UUID,
    reason: str | None,
    actor: str,
    now: datetime,
) -> CalledTicket | None:
    """Call a chosen waiting ticket; None when that is not possible."""
    return _called(
        await _queries.call_ticket(
            conn,
            office_id=office_id,
            counter_id=counter_id,
            clerk_id=clerk_id,
            ticket_id=ticket_id,
            reason=reason,
            actor=actor,
            now=now,
        )
    )


async def lock_call_cycle(conn: Connection, office_id: int) -> int:
    """The office's place in its cycle of appointments and walk-ins, locked."""
    place: int = await _queries.lock_call_cycle(conn, office_id=office_id)
    return place


async def turn_call_cycle(conn: Connection, office_id: int, place: int) -> None:
    """The next call has this place in the cycle."""
    await _queries.turn_call_cycle(conn, office_id=office_id, place=place)


async def change_order(conn: Connection, office_id: int, rules: OrderSetup) -> None:
    """The rules by which the office calls from now on."""
    await _queries.change_order(conn, office_id=office_id, rules=msgspec.json.encode(rules).decode())


async def reorder_waiting(conn: Connection, office_id: int, now: datetime) -> int:
    """Give everybody who waits what the rules give; returns the change's version."""
    version: int = await _queries.reorder_waiting(conn, office_id=office_id, now=now)
    return version


async def move_ticket(
    conn: Connection, office_id: int, ticket_id: UUID, move: Move, actor: str, now: datetime
) -> Ticket | None:
    """Take one step; None when the ticket's state or owner does not allow it."""
    step = msgspec.structs.asdict(move)
    row = await _queries.move_ticket(
        conn,
        office_id=office_id,
        ticket_id=ticket_id,
        actor=actor,
        now=now,
        **{**step, "changes": _json(move.changes), "detail": _json(move.detail)},
    )
    return _ticket(row["ticket"]) if row else None


async def last_step(conn: Connection, office_id: int, ticket_id: UUID) -> LastStep | None:
    """What may still be taken back of a ticket."""
    row = await _queries.last_step(conn, office_id=office_id, ticket_id=ticket_id)
    return LastStep(**row) if row else None


async def undo_step(
    conn: Connection,
    *,
    office_id: int,
    ticket_id: UUID,
    counter_id: int | None,
    verb: str,
    actor: str,
    since: datetime,
    now: datetime,
) -> Ticket | None:
    """Take the last step back; None when something has happened since, or the counter is taken."""
    row = await _queries.undo_step(
        conn,
        office_id=office_id,
        ticket_id=ticket_id,
        counter_id=counter_id,
        verb=verb,
        actor=actor,
        since=since,
        now=now,
    )
    return _ticket(row["ticket"]) if row else None


async def forget_undo(conn: Connection, before: datetime) -> None:
    """Delete steps that are too old to be taken back."""
    await _queries.forget_undo(conn, before=before)


async def describe_ticket(
    conn: Connection, office_id: int, ticket_id: UUID, described: Description, actor: str, now: datetime
) -> Ticket | None:
    """Change what a ticket needs; None when its visitor has left."""
    row = await _queries.describe_ticket(
        conn,
        office_id=office_id,
        ticket_id=ticket_id,
        changes=_json(described.changes),
        detail=_json(described.detail),
        actor=actor,
        now=now,
    )
    return _ticket(row["ticket"]) if row else None


async def timeline(conn: Connection, office_id: int, ticket_id: UUID) -> list[Happened]:
    """Everything that happened to a visit, in order."""
    return [
        Happened(**{**row, "detail": msgspec.json.decode(row["detail"], type=dict[str, Any])})
        async for row in _queries.timeline(conn, office_id=office_id, ticket_id=ticket_id)
    ]


async def lock_sending(conn: Connection) -> None:
    """Be the only one who sends a visitor from one office to another until this transaction ends."""
    await _queries.lock_sending(conn)


async def find_ticket(conn: Connection, ticket_id: UUID, clerk_id: int | None) -> FoundTicket | None:
    """A ticket and where the acting clerk sits."""
    row = await _queries.find_ticket(conn, ticket_id=ticket_id, clerk_id=clerk_id)
    if row is None:
        return None
    return FoundTicket(**{**row, "ticket": _ticket(row["ticket"]), "visits": _visits(row["visits"])})


async def ticket(conn: Connection, office_id: int, ticket_id: UUID) -> Ticket | None:
    """A ticket as answered."""
    text = await _queries.ticket_text(conn, office_id=office_id, ticket_id=ticket_id)
    return _ticket(text) if text else None


async def find_by_token(conn: Connection, token: str) -> Followed | None:
    """The ticket that this token follows."""
    row = await _queries.find_by_token(conn, token=token)
    if row is None:
        return None
    name = row["counter_name"]
    return Followed(
        **{**row, "counter_name": msgspec.json.decode(name, type=dict[str, str]) if name else None}
    )


async def token_of_number(conn: Connection, office_id: int, day: date, number: str) -> str | None:
    """Return the secret of the ticket with this number of the day."""
    token: str | None = await _queries.token_of_number(conn, office_id=office_id, day=day, number=number)
    return token


async def find_issued(conn: Connection, ticket_id: UUID) -> Issued | None:
    """The ticket that was issued under an id chosen by a device."""
    row = await _queries.find_issued(conn, ticket_id=ticket_id)
    return Issued(**row) if row else None


async def queue_ahead(conn: Connection, *, office_id: int, ticket_id: UUID, now: datetime) -> Ahead:
    """Who would be called before this ticket, and the counters."""
    row = await _queries.queue_ahead(conn, office_id=office_id, ticket_id=ticket_id, now=now)
    return _ahead(row)


def _ahead(row: Record) -> Ahead:
    return Ahead(
        waiting=msgspec.json.decode(row["waiting"], type=dict[str, int]),
        minutes=msgspec.json.decode(row["minutes"], type=dict[str, int]),
        counters=msgspec.json.decode(row["counters"], type=list[CounterLoad]),
        hall=row["hall"],
    )


async def queue(conn: Connection, office_id: int, counter_id: int | None, now: datetime) -> Queue:
    """Who is waiting, in the order in which they are called (from this counter), and who else is here."""
    row = await _queries.queue(conn, office_id=office_id, counter_id=counter_id, now=now)
    return Queue(version=row["version"], items=_tickets(row["items"]), others=_tickets(row["others"]))


async def hall(conn: Connection, office_id: int, calls: int) -> HallRecord:
    """Everything that screens show, at one version."""
    row = await _queries.hall(conn, office_id=office_id, calls=calls)
    return HallRecord(
        version=row["version"],
        tickets=_tickets(row["tickets"]),
        counters=msgspec.json.decode(row["counters"], type=list[Counter]),
        calls=msgspec.json.decode(row["calls"], type=list[ChangeRecord]),
        contingents=msgspec.json.decode(row["contingents"], type=list[TakenPlaces]),
        forecast=msgspec.json.decode(row["forecast"], type=HallWaits) if row["forecast"] else None,
        state=row["state"],
        alarms=msgspec.json.decode(row["alarms"], type=list[Alarm]),
    )


async def changes_since(conn: Connection, office_id: int, version: int) -> list[ChangeRecord]:
    """The office's changes after ``version``, in order."""
    return [
        ChangeRecord(
            version=row["version"], kind=row["kind"], at=row["at"], body=msgspec.Raw(row["body"].encode())
        )
        async for row in _queries.changes_since(conn, office_id=office_id, version=version)
    ]


async def find_counter(conn: Connection, office_slug: str, number: str) -> FoundCounter | None:
    """A counter by the two parts of its id."""
    row = await _queries.find_counter(conn, office_slug=office_slug, number=number)
    if row is None:
        return None
    return FoundCounter(**{**row, "order": _order(row["order"]), "visits": _visits(row["visits"])})


async def list_counters(conn: Connection, office_id: int) -> list[CounterWithServices]:
    """The office's counters in the order of its file."""
    return [
        CounterWithServices(_counter(row["counter"]), row["services"])
        async for row in _queries.list_counters(conn, office_id=office_id)
    ]


def _counter_of(row: Record | None) -> Counter | None:
    return _counter(row["counter"]) if row else None


async def open_counter(
    conn: Connection,
    *,
    office_id: int,
    counter_id: int,
    clerk_id: int,
    service_codes: Sequence[str] | None,
    team: str | None,
    now: datetime,
) -> Counter | None:
    """Seat a clerk; None when somebody else sits there.

    Raises UniqueViolationError when she sits elsewhere, or another office uses the room.
    """
    return _counter_of(
        await _queries.open_counter(
            conn,
            office_id=office_id,
            counter_id=counter_id,
            clerk_id=clerk_id,
            service_codes=service_codes,
            team=team,
            now=now,
        )
    )


async def close_counter(
    conn: Connection,
    *,
    office_id: int,
    counter_id: int,
    clerk_id: int | None,
    after_visit: bool,
    now: datetime,
) -> Counter | None:
    """Free a counter, or have it freed; None when it is closed, not this clerk's, or has a visitor."""
    return _counter_of(
        await _queries.close_counter(
            conn,
            office_id=office_id,
            counter_id=counter_id,
            clerk_id=clerk_id,
            after_visit=after_visit,
            now=now,
        )
    )


async def pause_counter(
    conn: Connection, *, office_id: int, counter_id: int, clerk_id: int | None, reason: str, now: datetime
) -> Counter | None:
    """Call nobody to it for a while; None when it isn't open or not this clerk's."""
    return _counter_of(
        await _queries.pause_counter(
            conn, office_id=office_id, counter_id=counter_id, clerk_id=clerk_id, reason=reason, now=now
        )
    )


async def resume_counter(
    conn: Connection, *, office_id: int, counter_id: int, clerk_id: int | None, now: datetime
) -> Counter | None:
    """Go on after a pause; None when it isn't paused or not this clerk's."""
    return _counter_of(
        await _queries.resume_counter(
            conn, office_id=office_id, counter_id=counter_id, clerk_id=clerk_id, now=now
        )
    )


async def idle_counters(conn: Connection, now: datetime) -> list[tuple[int, int]]:
    """Office and counter ids of counters that stand idle while people wait."""
    return [(row["office_id"], row["counter_id"]) async for row in _queries.idle_counters(conn, now=now)]


async def my_counter(conn: Connection, clerk_id: int) -> str | None:
    """The id of the counter where this clerk sits."""
    counter: str | None = await _queries.my_counter(conn, clerk_id=clerk_id)
    return counter


async def left_over(conn: Connection, office_id: int, today: date) -> list[UUID]:
    """Tickets of earlier days that still wait or are parked."""
    return [row["id"] async for row in _queries.left_over(conn, office_id=office_id, today=today)]


async def stuck_tickets(conn: Connection) -> dict[str, list[str]]:
    """Numbers of those whom no counter that calls can call, by office."""
    return {row["office"]: row["numbers"] async for row in _queries.stuck_tickets(conn)}


async def office_loads(conn: Connection) -> list[OfficeLoad]:
    """How full each office is."""
    return [
        OfficeLoad(row["slug"], _ahead(row), _told(row["told"]) if row["told"] else None)
        async for row in _queries.office_loads(conn)
    ]


async def same_day_places_taken(conn: Connection, now: datetime) -> dict[str, dict[str, int]]:
    """Places taken today, by office and code of the open consultation."""
    taken: dict[str, dict[str, int]] = {}
    async for row in _queries.same_day_places_taken(conn, now=now):
        taken.setdefault(row["slug"], {})[row["code"]] = row["used"]
    return taken


async def forget_changes(conn: Connection, before: datetime) -> Any:
    """Trim the feed by age."""
    return await _queries.forget_changes(conn, before=before)


async def forget_contingents(conn: Connection, before_day: date) -> None:
    """Trim the counts of same-day places; an office's last day stays."""
    await _queries.forget_contingents(conn, before_day=before_day)


async def broken_invariants(conn: Connection) -> list[str]:
    """What must hold and doesn't, in words."""
    return [row["finding"] async for row in _queries.broken_invariants(conn)]


async def clerk_sits_here(conn: Connection, office_id: int, clerk_id: int) -> bool:
    """Whether this person sits at a counter of the office."""
    return bool(await _queries.clerk_sits_here(conn, office_id=office_id, clerk_id=clerk_id))
