"""HTTP for what happens to one ticket: parse, authorise, call the service, answer."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, PathParameter

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, requires
from queue_service.accounts.model import Permission, Principal
from queue_service.audit import service as audit
from queue_service.booking import service as booking
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import MOST_NEEDS, FieldError, LanguageTag
from queue_service.queueing import service
from queue_service.queueing.model import FollowedTicket, FoundTicket, Performed, Ticket, TimelineEntry

LONGEST_CODE = 60
LONGEST_NOTE = 500
MOST_PERFORMED = 20
MOST_MERGED = 10
LONGEST_REMINDER = 8 * 60

ApiRequest: TypeAlias = Request[Principal, Any, State]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_CODE)]
Note = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]
SIGNED_IN = (errors.NotAuthenticated, errors.NotPermitted)
STORED = (errors.BadRequest, errors.IdempotencyMismatch, errors.Unavailable)


class TransferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a visitor is sent on to; at least one of service, counter, clerk, team and office."""

    service: Code | None = None
    counter: Annotated[str, msgspec.Meta(max_length=LONGEST_CODE + 9)] | None = None
    """Its id, or its number within the office."""
    clerk: Code | None = None
    """A colleague of the office, as counters name them: ``staff:7``."""
    team: Code | None = None
    office: Code | None = None
    """Another office; the visitor gets a number there, which is answered."""
    returns: bool = False
    """Comes back to this counter when what it is sent for is done."""
    note: Note | None = None


class FinishRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done; all that the counter serves of the visit, when nothing is named."""

    services: Annotated[list[Performed], msgspec.Meta(max_length=MOST_PERFORMED)] = []


class ParkRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the visitor steps aside, and when the clerk wants to be reminded."""

    reason: Note = ""
    remind_minutes: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_REMINDER)] | None = None


class MergeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The other numbers of the family."""

    tickets: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=MOST_MERGED)]


class ProfileRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be known of a visitor; what is left out stays as it is."""

    needs: Annotated[list[str], msgspec.Meta(max_length=MOST_NEEDS)] | None = None
    language: LanguageTag | None = None
    pick_up: bool | None = None
    slow_walk: bool | None = None
    note: Note | None = None


class Visitor(msgspec.Struct, frozen=True):
    """Who stands before the clerk."""

    name: str | None
    """None for whoever booked nothing, stands before somebody else, or where the office shows no names."""


class Timeline(msgspec.Struct, frozen=True):
    """What happened to a visit, in order."""

    items: list[TimelineEntry]


def actor_of(principal: Principal, office_id: int, authority_id: int) -> service.Actor:
    """Return the principal as the timeline names it."""
    supervises = principal.may(Permission.OFFICE_SUPERVISE, office_id, authority_id)
    return service.Actor(principal.key, principal.user_id, any_counter=supervises)


MOVE_REFUSED = (
    *SIGNED_IN, *STORED, errors.TicketNotFound, errors.NotYourTicket, errors.IllegalTransition,
    errors.InProgress,
)  # fmt: skip
MOVE_REFUSALS = refusals(*MOVE_REFUSED)
TIMED_REFUSALS = refusals(*MOVE_REFUSED, errors.TooSoon, errors.HallClosed)
RESUME_REFUSALS = refusals(
    *SIGNED_IN, *STORED, errors.TicketNotFound, errors.NotYourTicket, errors.IllegalTransition,
    errors.StillServing, errors.CounterNotOpen, errors.InProgress,
)  # fmt: skip


class TicketController(Controller):
    """What happens to one ticket."""

    path = "/api/v1/tickets"
    tags = ("tickets",)

    @get(
        "/by-token/{token:str}",
        operation_id="followTicket",
        opt=PUBLIC_FOR_UNKNOWN,
        responses=refusals(errors.TicketNotFound, errors.BadRequest, errors.Unavailable),
    )
    async def follow(
        self, token: Annotated[str, PathParameter(max_length=64)], state: State
    ) -> Response[FollowedTicket]:
        """Tell a visitor, by the secret part of the ticket's address, how the queue stands."""
        async with state.database.connection() as conn:
            return json_answer(await service.follow(conn, state.clock(), token))

    @post("/{ticket:uuid}/recall", operation_id="recallTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=TIMED_REFUSALS)  # fmt: skip
    async def recall(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """Call the same visitor again."""
        return await _move(request, ticket, "recall")

    @post("/{ticket:uuid}/start", operation_id="startTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def start(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """The visitor is here; service begins."""
        return await _move(request, ticket, "start")

    @post("/{ticket:uuid}/finish", operation_id="finishTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE),
          responses=refusals(*MOVE_REFUSED, errors.UnknownChoice))  # fmt: skip
    async def finish(
        self, ticket: FromPath[UUID], request: ApiRequest, data: JSONBody[FinishRequest | None] = None
    ) -> Response[Ticket]:
        """Service is done; the counter is free. A visit with more to come waits for its next service."""
        performed = data.services if data else []

        async def step(conn: Connection, now: datetime, found: FoundTicket, actor: service.Actor) -> Ticket:
            await _refuse_unknown(conn, found, performed)
            return await service.finish(conn, now, found, actor, performed)

        return await _step(request, ticket, step)

    @post("/{ticket:uuid}/no-show", operation_id="missTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=TIMED_REFUSALS)  # fmt: skip
    async def no_show(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """Nobody came."""
        return await _move(request, ticket, "no_show")

    @post("/{ticket:uuid}/park", operation_id="parkTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def park(
        self, ticket: FromPath[UUID], request: ApiRequest, data: JSONBody[ParkRequest | None] = None
    ) -> Response[Ticket]:
        """The visitor steps aside for a while; the counter is free."""

        async def step(conn: Connection, now: datetime, found: FoundTicket, actor: service.Actor) -> Ticket:
            wanted = data or ParkRequest()
            remind = timedelta(minutes=wanted.remind_minutes) if wanted.remind_minutes else None
            return await service.park(
                conn, now, found, actor, reason=wanted.reason, remind_at=now + remind if remind else None
            )

        return await _step(request, ticket, step)

    @post("/{ticket:uuid}/resume", operation_id="resumeTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE),
          responses=RESUME_REFUSALS)  # fmt: skip
    async def resume(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """A parked visitor is back, at the counter of whoever resumes."""
        return await _move(request, ticket, "resume")

    @post("/{ticket:uuid}/requeue", operation_id="requeueTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def requeue(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """Back into the queue, with the wait that was already earned."""
        return await _move(request, ticket, "requeue")

    @post("/{ticket:uuid}/cancel", operation_id="cancelTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def cancel(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """The visitor has left for good."""
        return await _move(request, ticket, "cancel")

    @post(
        "/{ticket:uuid}/transfer",
        operation_id="transferTicket",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.TICKET_HANDLE),
        responses=refusals(
            *SIGNED_IN, *STORED, errors.TicketNotFound, errors.ServiceNotFound, errors.CounterNotFound,
            errors.NotYourTicket, errors.IllegalTransition, errors.ServiceNotOffered, errors.CannotServe,
            errors.HallClosed, errors.InProgress, errors.UnknownChoice,
        ),
    )  # fmt: skip
    async def transfer(
        self, ticket: FromPath[UUID], data: JSONBody[TransferRequest], request: ApiRequest, state: State
    ) -> Response[Ticket]:
        """Send the visitor on: to a service, counter, person or team here, or to another office."""

        async def work(conn: Connection) -> Ticket:
            found, actor = await _found(conn, ticket, request)
            now, office = state.clock(), await offices.find_office(conn, found.office)
            if data.office is not None and data.office != office.slug:
                there = await offices.find_office(conn, data.office)
                wanted = data.service or found.ticket.service
                return await service.send_on(conn, now, found, there, wanted, actor, data.note)
            counter = None
            if data.counter is not None:
                full = data.counter if "." in data.counter else f"{found.office}.{data.counter}"
                counter = await service.find_counter(conn, full)
            clerk = await service.clerk_of(conn, office, data.clerk) if data.clerk is not None else None
            target = service.Target(data.service, counter, clerk, data.team, returns=data.returns)
            return await service.transfer(conn, now, office, found, actor, target, data.note)

        return await answer(request, work, atomic=True)

    @post(
        "/{ticket:uuid}/merge",
        operation_id="mergeTickets",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.TICKET_HANDLE),
        responses=MOVE_REFUSALS,
    )
    async def merge(
        self, ticket: FromPath[UUID], data: JSONBody[MergeRequest], request: ApiRequest, state: State
    ) -> Response[Ticket]:
        """Let one number go on for a whole family; the others' numbers end."""

        async def work(conn: Connection) -> Ticket:
            found, actor = await _found(conn, ticket, request)
            return await service.merge(conn, state.clock(), found, data.tickets, actor)

        return await answer(request, work, atomic=True)

    @post(
        "/{ticket:uuid}/undo",
        operation_id="undoStep",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.TICKET_HANDLE),
        responses=refusals(*SIGNED_IN, *STORED, errors.TicketNotFound, errors.CannotUndo, errors.InProgress),
    )
    async def undo(self, ticket: FromPath[UUID], request: ApiRequest, state: State) -> Response[Ticket]:
        """Take one's own last step back, within seconds."""

        async def work(conn: Connection) -> Ticket:
            found, actor = await _found(conn, ticket, request)
            return await service.undo(conn, state.clock(), found, actor)

        return await answer(request, work, atomic=True)

    @patch(
        "/{ticket:uuid}",
        operation_id="describeTicket",
        opt=requires(Permission.OFFICE_READ_QUEUE),
        responses=refusals(
            *SIGNED_IN, errors.BadRequest, errors.UnknownChoice, errors.TicketNotFound,
            errors.IllegalTransition, errors.Unavailable,
        ),
    )  # fmt: skip
    async def describe(
        self, ticket: FromPath[UUID], data: JSONBody[ProfileRequest], request: ApiRequest, state: State
    ) -> Response[Ticket]:
        """Note what a visitor needs to be called and served rightly."""
        service.check_needs(data.needs or [])
        profile = service.Profile(**msgspec.structs.asdict(data))
        async with state.database.connection() as conn, conn.transaction():
            found, actor = await _found(conn, ticket, request, Permission.OFFICE_READ_QUEUE)
            return json_answer(await service.describe(conn, state.clock(), found, actor, profile))

    @get(
        "/{ticket:uuid}/visitor",
        operation_id="readVisitor",
        opt=requires(Permission.TICKET_HANDLE),
        responses=refusals(*SIGNED_IN, errors.TicketNotFound, errors.Unavailable),
    )
    async def visitor(self, ticket: FromPath[UUID], request: ApiRequest, state: State) -> Response[Visitor]:
        """Tell by which name somebody booked who stands before one; nobody picks whom to call by a name."""
        async with state.database.transaction() as conn:
            found, _ = await _found(conn, ticket, request, Permission.TICKET_HANDLE)
            named = None
            here = found.desk_ticket_id == ticket and found.visits.show_names
            if here and found.appointment_id is not None:
                named = await booking.visitor_named(conn, found.office_id, found.appointment_id)
            if named is not None:
                seen = audit.by_office([(found.authority_id, found.office_id, named.reference)])
                await audit.note_access(conn, state.clock(), request.user, "desk", seen)
            return json_answer(Visitor(named.name if named else None))

    @get(
        "/{ticket:uuid}/timeline",
        operation_id="readTimeline",
        opt=requires(Permission.OFFICE_READ_QUEUE),
        responses=refusals(*SIGNED_IN, errors.TicketNotFound, errors.Unavailable),
    )
    async def timeline(self, ticket: FromPath[UUID], request: ApiRequest, state: State) -> Response[Timeline]:
        """Tell everything that happened to a visit, in order, with the why of each call."""
        async with state.database.connection() as conn:
            found, _ = await _found(conn, ticket, request, Permission.OFFICE_READ_QUEUE)
            return json_answer(Timeline(await service.timeline(conn, found)))


Step: TypeAlias = Callable[[Connection, datetime, FoundTicket, service.Actor], Awaitable[Ticket]]


async def _found(
    conn: Connection, ticket: UUID, request: ApiRequest, permission: Permission = Permission.TICKET_HANDLE
) -> tuple[FoundTicket, service.Actor]:
    """The ticket, and who acts on it; raises TicketNotFound, NotPermitted."""
    found = await service.find_ticket(conn, ticket, service.Actor(request.user.key, request.user.user_id))
    request.user.require(permission, found.office_id, found.authority_id)
    return found, actor_of(request.user, found.office_id, found.authority_id)


async def _refuse_unknown(conn: Connection, found: FoundTicket, performed: Sequence[Performed]) -> None:
    """Raise UnknownChoice for services that the office doesn't have."""
    if not performed:
        return
    offered = await offices.list_offered_services(conn, await offices.find_office(conn, found.office))
    known = {service.code for service in offered} | {found.ticket.service, *found.ticket.further_services}
    unknown = [
        FieldError(f"services[{place}].service", "The office offers no such service.")
        for place, item in enumerate(performed)
        if item.service not in known
    ]
    if unknown:
        raise errors.UnknownChoice(errors=unknown)


async def _move(request: ApiRequest, ticket: UUID, verb: str) -> Response[Ticket]:
    async def step(conn: Connection, now: datetime, found: FoundTicket, actor: service.Actor) -> Ticket:
        return await service.move_ticket(conn, now, found, verb, actor)

    return await _step(request, ticket, step)


async def _step(request: ApiRequest, ticket: UUID, step: Step) -> Response[Ticket]:
    """Take a step; in one transaction with the appointment's where there is one."""

    async def work(conn: Connection) -> Ticket:
        found, actor = await _found(conn, ticket, request)
        now = request.app.state.clock()
        if found.appointment_id is None:
            return await step(conn, now, found, actor)
        async with conn.transaction():
            return await step(conn, now, found, actor)

    return await answer(request, work)
