"""HTTP for tickets, calls, counters and queues: parse, authorise, call the service, answer."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, requires
from queue_service.accounts.model import Permission, Principal
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import CheckInRequest, FieldError, IssuedTicket, TicketRequest
from queue_service.queueing import service
from queue_service.queueing.model import Counter, FollowedTicket, FoundCounter, FoundTicket, Queue, Ticket
from queue_service.queueing.order_policy import Why
from queue_service.queueing.order_routes import OrderController

LONGEST_CODE = 60
LONGEST_NOTE = 500
MOST_SERVICES = 500

ApiRequest: TypeAlias = Request[Principal, Any, State]
OfficePath = Annotated[str, PathParameter(max_length=LONGEST_CODE, description="The office's slug")]
CounterPath = Annotated[
    str,
    PathParameter(max_length=LONGEST_CODE + 9, description="The id that `GET …/counters` gives"),
]
CounterQuery = Annotated[
    str | None,
    QueryParameter(max_length=LONGEST_CODE + 9, description="Order the queue as this counter calls it"),
]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_CODE)]
SIGNED_IN = (errors.NotAuthenticated, errors.NotPermitted)
STORED = (errors.BadRequest, errors.IdempotencyMismatch, errors.Unavailable)


class OpenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the clerk wants to serve; all that the counter can, when nothing is named."""

    services: Annotated[list[Code], msgspec.Meta(max_length=MOST_SERVICES)] | None = None


class CallRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chosen visitor, and why this one."""

    ticket: UUID
    reason: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] | None = None


class TransferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a visitor is sent on to: a service, a counter (id, or number within the office), or both."""

    service: Code | None = None
    counter: Annotated[str, msgspec.Meta(max_length=LONGEST_CODE + 9)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] | None = None


class CalledAnswer(msgspec.Struct, frozen=True):
    """The visitor who was called and why it was their turn."""

    ticket: Ticket
    why: Why


class CounterAnswer(msgspec.Struct, frozen=True):
    """A counter as it is now, with everything that it could serve by its set-up."""

    id: str
    number: str
    name: dict[str, str]
    features: list[str]
    services: list[str]
    state: Literal["closed", "open"]
    serving: list[str]
    ticket: UUID | None
    opened_at: datetime | None


class Counters(msgspec.Struct, frozen=True):
    """The counters of an office in the order of its set-up."""

    items: list[CounterAnswer]


def actor_of(principal: Principal, office_id: int, authority_id: int) -> service.Actor:
    """Return the principal as the timeline names it."""
    supervises = principal.may(Permission.OFFICE_SUPERVISE, office_id, authority_id)
    return service.Actor(principal.key, principal.user_id, any_counter=supervises)


def device_actor(principal: Principal) -> tuple[service.Actor, str]:
    """Return who issues a ticket and the channel that this is."""
    return service.Actor(principal.key, principal.user_id), "kiosk" if principal.profile else "reception"


class OfficeQueueController(Controller):
    """What is asked of an office's queue."""

    path = "/api/v1/offices/{office:str}"
    tags = ("queue",)

    @post(
        "/tickets",
        operation_id="issueTicket",
        opt=requires(Permission.TICKET_ISSUE),
        responses=refusals(
            *SIGNED_IN, *STORED, errors.UnknownChoice, errors.OfficeNotFound, errors.ServiceNotFound,
            errors.WalkInsClosed, errors.ServiceNotOffered, errors.InProgress,
        ),
    )  # fmt: skip
    async def issue_ticket(
        self, office: OfficePath, data: JSONBody[TicketRequest], request: ApiRequest, state: State
    ) -> Response[IssuedTicket]:
        """Give a number to a visitor without an appointment."""
        now = state.clock()

        async def work(conn: Connection) -> IssuedTicket:
            here = await _office(conn, office, request, Permission.TICKET_ISSUE)
            actor, channel = device_actor(request.user)
            return await service.issue_ticket(
                conn, now, here, data, channel, actor, state.settings.visitor_url
            )

        return await answer(request, work, status=HTTPStatus.CREATED)

    @post(
        "/check-ins",
        operation_id="checkIn",
        opt=requires(Permission.TICKET_CHECK_IN),
        responses=refusals(
            *SIGNED_IN, *STORED, errors.OfficeNotFound, errors.AppointmentNotFound, errors.WrongDay,
            errors.WrongOffice, errors.AppointmentCancelled, errors.AlreadyCheckedIn, errors.InProgress,
        ),
    )  # fmt: skip
    async def check_in(
        self, office: OfficePath, data: JSONBody[CheckInRequest], request: ApiRequest, state: State
    ) -> Response[IssuedTicket]:
        """Give a number to a visitor with an appointment; `arrival` says whether early, on time or late."""
        now = state.clock()

        async def work(conn: Connection) -> IssuedTicket:
            here = await _office(conn, office, request, Permission.TICKET_CHECK_IN)
            actor, channel = device_actor(request.user)
            return await service.check_in(conn, now, here, data, channel, actor, state.settings.visitor_url)

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=True)

    @get(
        "/queue",
        operation_id="readQueue",
        opt=requires(Permission.OFFICE_READ_QUEUE),
        responses=refusals(
            *SIGNED_IN, errors.BadRequest, errors.OfficeNotFound, errors.CounterNotFound, errors.Unavailable
        ),
    )
    async def read_queue(
        self, office: OfficePath, request: ApiRequest, state: State, counter: CounterQuery = None
    ) -> Response[Queue]:
        """Tell who waits, in the order in which they would be called (from this counter), at one version."""
        async with state.database.connection() as conn:
            here = await _office(conn, office, request, Permission.OFFICE_READ_QUEUE)
            at = await _own_counter(conn, here, counter) if counter else None
            return json_answer(await service.queue(conn, state.clock(), here, at))

    @get(
        "/counters",
        operation_id="listCounters",
        opt=requires(Permission.OFFICE_READ_COUNTERS),
        responses=refusals(*SIGNED_IN, errors.OfficeNotFound, errors.Unavailable),
    )
    async def list_counters(
        self, office: OfficePath, request: ApiRequest, state: State
    ) -> Response[Counters]:
        """Tell which counters the office has and what they do now."""
        async with state.database.connection() as conn:
            here = await _office(conn, office, request, Permission.OFFICE_READ_COUNTERS)
            listed = await service.list_counters(conn, here)
        return json_answer(Counters([_counter_answer(entry.counter, entry.services) for entry in listed]))


class CounterController(Controller):
    """What a clerk does at a counter."""

    path = "/api/v1/counters/{counter:str}"
    tags = ("counters",)

    @post(
        "/open",
        operation_id="openCounter",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.COUNTER_WORK),
        responses=refusals(
            *SIGNED_IN, *STORED, errors.UnknownChoice, errors.CounterNotFound, errors.CounterTaken,
            errors.ClerkElsewhere,
        ),
    )  # fmt: skip
    async def open(
        self,
        counter: CounterPath,
        request: ApiRequest,
        state: State,
        data: JSONBody[OpenRequest | None] = None,
    ) -> Response[Counter]:
        """Sit down at a counter; once more at the same one changes what is served."""

        async def work(conn: Connection) -> Counter:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = service.Actor(request.user.key, request.user.user_id)
            wanted = data.services if data else None
            await _refuse_unknown(conn, found.office, wanted or [])
            return await service.open_counter(conn, state.clock(), found, wanted, actor)

        return await answer(request, work, atomic=True)

    @post(
        "/close",
        operation_id="closeCounter",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.COUNTER_WORK),
        responses=refusals(
            *SIGNED_IN, *STORED, errors.CounterNotFound, errors.CounterNotOpen, errors.StillServing
        ),
    )
    async def close(self, counter: CounterPath, request: ApiRequest, state: State) -> Response[Counter]:
        """Leave a counter."""

        async def work(conn: Connection) -> Counter:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = actor_of(request.user, found.office_id, found.authority_id)
            return await service.close_counter(conn, state.clock(), found, actor)

        return await answer(request, work)

    @post(
        "/call-next",
        operation_id="callNext",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.COUNTER_WORK),
        responses={
            HTTPStatus.NO_CONTENT: ResponseSpec(None, description="Nobody can be called."),
            **refusals(
                *SIGNED_IN, *STORED, errors.CounterNotFound, errors.CounterNotOpen, errors.StillServing
            ),
        },
    )
    async def call_next(
        self, counter: CounterPath, request: ApiRequest, state: State
    ) -> Response[CalledAnswer]:
        """Call whoever is next for this counter; 204 when nobody can be called."""

        async def work(conn: Connection) -> service.Called | None:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = service.Actor(request.user.key, request.user.user_id)
            return await service.call_next(conn, state.clock(), found, actor)

        return await answer(request, work)

    @post(
        "/call",
        operation_id="callTicket",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.COUNTER_WORK),
        responses=refusals(
            *SIGNED_IN, *STORED, errors.CounterNotFound, errors.CounterNotOpen, errors.StillServing,
            errors.TicketNotFound, errors.IllegalTransition, errors.CannotServe,
        ),
    )  # fmt: skip
    async def call_ticket(
        self, counter: CounterPath, data: JSONBody[CallRequest], request: ApiRequest, state: State
    ) -> Response[CalledAnswer]:
        """Call one chosen visitor."""

        async def work(conn: Connection) -> service.Called:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = service.Actor(request.user.key, request.user.user_id)
            return await service.call_ticket(conn, state.clock(), found, data.ticket, actor, data.reason)

        return await answer(request, work)


MOVE_REFUSALS = refusals(
    *SIGNED_IN, *STORED, errors.TicketNotFound, errors.NotYourTicket, errors.IllegalTransition,
    errors.InProgress,
)  # fmt: skip
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
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def recall(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """Call the same visitor again."""
        return await _move(request, ticket, "recall")

    @post("/{ticket:uuid}/start", operation_id="startTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def start(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """The visitor is here; service begins."""
        return await _move(request, ticket, "start")

    @post("/{ticket:uuid}/finish", operation_id="finishTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def finish(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """Service is done; the counter is free."""
        return await _move(request, ticket, "finish")

    @post("/{ticket:uuid}/no-show", operation_id="missTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def no_show(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """Nobody came."""
        return await _move(request, ticket, "no_show")

    @post("/{ticket:uuid}/park", operation_id="parkTicket", status_code=HTTPStatus.OK,
          opt=requires(Permission.TICKET_HANDLE), responses=MOVE_REFUSALS)  # fmt: skip
    async def park(self, ticket: FromPath[UUID], request: ApiRequest) -> Response[Ticket]:
        """The visitor steps aside for a while; the counter is free."""
        return await _move(request, ticket, "park")

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
            errors.InProgress,
        ),
    )  # fmt: skip
    async def transfer(
        self, ticket: FromPath[UUID], data: JSONBody[TransferRequest], request: ApiRequest, state: State
    ) -> Response[Ticket]:
        """Send the visitor on to another service or counter of this office."""

        async def work(conn: Connection) -> Ticket:
            found, actor = await _found(conn, ticket, request)
            office = await offices.find_office(conn, found.office)
            counter = None
            if data.counter is not None:
                full = data.counter if "." in data.counter else f"{found.office}.{data.counter}"
                counter = await service.find_counter(conn, full)
            return await service.transfer(
                conn, state.clock(), office, found, actor,
                service=data.service, counter=counter, note=data.note,
            )  # fmt: skip

        return await answer(request, work, atomic=True)


async def _office(conn: Connection, slug: str, request: ApiRequest, permission: Permission) -> Office:
    office = await offices.find_office(conn, slug)
    request.user.require(permission, office.id, office.authority_id)
    return office


async def _own_counter(conn: Connection, office: Office, counter: str) -> FoundCounter:
    """Return a counter of this office by its id or its number; raises CounterNotFound."""
    found = await service.find_counter(conn, counter if "." in counter else f"{office.slug}.{counter}")
    if found.office_id != office.id:
        raise errors.CounterNotFound
    return found


async def _refuse_unknown(conn: Connection, slug: str, codes: list[str]) -> None:
    """Raise UnknownChoice for codes of services that the office doesn't have.

    What it has and the counter can't serve is left out instead: a clerk chooses for all counters.
    """
    if not codes:
        return
    known = {
        offered.code
        for offered in await offices.list_offered_services(conn, await offices.find_office(conn, slug))
    }
    unknown = [
        FieldError(f"services[{place}]", "The office offers no such service.")
        for place, code in enumerate(codes)
        if code not in known
    ]
    if unknown:
        raise errors.UnknownChoice(errors=unknown)


async def _found(conn: Connection, ticket: UUID, request: ApiRequest) -> tuple[FoundTicket, service.Actor]:
    """The ticket, and who acts on it; raises TicketNotFound, NotPermitted."""
    found = await service.find_ticket(conn, ticket, service.Actor(request.user.key, request.user.user_id))
    request.user.require(Permission.TICKET_HANDLE, found.office_id, found.authority_id)
    return found, actor_of(request.user, found.office_id, found.authority_id)


async def _move(request: ApiRequest, ticket: UUID, verb: str) -> Response[Ticket]:
    async def work(conn: Connection) -> Ticket:
        found, actor = await _found(conn, ticket, request)
        now = request.app.state.clock()
        if found.appointment_id is None:
            return await service.move_ticket(conn, now, found, verb, actor)
        async with conn.transaction():
            return await service.move_ticket(conn, now, found, verb, actor)

    return await answer(request, work)


def _counter_answer(counter: Counter, services: list[str]) -> CounterAnswer:
    return CounterAnswer(
        id=counter.id,
        number=counter.number,
        name=counter.name,
        features=counter.features,
        services=services,
        state=counter.state,
        serving=counter.serving,
        ticket=counter.ticket,
        opened_at=counter.opened_at,
    )


queue_routes = [OfficeQueueController, OrderController, CounterController, TicketController]
