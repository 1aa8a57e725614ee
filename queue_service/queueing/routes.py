"""HTTP for tickets, calls, counters and queues: parse, authorise, call the service, answer."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import TeamSetup
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import CheckInRequest, FieldError, IssuedTicket, TicketRequest
from queue_service.queueing import service
from queue_service.queueing.hall_routes import read_hall, read_outlook
from queue_service.queueing.model import Counter, FoundCounter, Queue, Ticket
from queue_service.queueing.order_policy import Why
from queue_service.queueing.order_routes import OrderController
from queue_service.queueing.ticket_routes import TicketController, actor_of
from queue_service.queueing.walk_in_routes import NumberController, WalkInController

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
    team: Code | None = None
    """Works on the list of this team."""


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the clerk leaves."""

    after_visit: bool = False
    """As soon as the visitor who is still in front of the counter has gone."""


class PauseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why nobody is called for a while."""

    reason: Annotated[str, msgspec.Meta(max_length=LONGEST_CODE)] = ""


class CallRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chosen visitor, and why this one."""

    ticket: UUID
    reason: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] | None = None
    """For the timeline; blank counts as none."""


class NextRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of the visit in front of the counter; the office's usual way, when nothing is said."""

    current: Literal["finish", "park"] | None = None


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
    state: Literal["closed", "open", "paused"]
    serving: list[str]
    ticket: UUID | None
    opened_at: datetime | None
    clerk: str | None
    """Who sits there, as ``staff:7``."""
    team: str | None
    closing: bool
    """It closes by itself when its visitor has gone."""
    pause_reason: str
    """Why it is paused: ``break``, ``idle`` or the clerk's words; empty when it isn't."""


class Counters(msgspec.Struct, frozen=True):
    """The counters of an office in the order of its set-up."""

    items: list[CounterAnswer]


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
            errors.WalkInsClosed, errors.ServiceNotOffered, errors.HallClosed, errors.InProgress,
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
            *SIGNED_IN, *STORED, errors.UnknownChoice, errors.OfficeNotFound, errors.AppointmentNotFound,
            errors.WrongDay, errors.WrongOffice, errors.AppointmentCancelled, errors.AlreadyCheckedIn,
            errors.HallClosed, errors.InProgress,
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
            team = await _team(conn, found.office, data.team) if data and data.team else None
            return await service.open_counter(conn, state.clock(), found, wanted, actor, team)

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
    async def close(
        self,
        counter: CounterPath,
        request: ApiRequest,
        state: State,
        data: JSONBody[CloseRequest | None] = None,
    ) -> Response[Counter]:
        """Leave a counter, now or when its visitor has gone."""

        async def work(conn: Connection) -> Counter:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = actor_of(request.user, found.office_id, found.authority_id)
            after_visit = data is not None and data.after_visit
            return await service.close_counter(conn, state.clock(), found, actor, after_visit=after_visit)

        return await answer(request, work)

    @post(
        "/pause",
        operation_id="pauseCounter",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.COUNTER_WORK),
        responses=refusals(*SIGNED_IN, *STORED, errors.CounterNotFound, errors.CounterNotOpen),
    )
    async def pause(
        self,
        counter: CounterPath,
        request: ApiRequest,
        state: State,
        data: JSONBody[PauseRequest | None] = None,
    ) -> Response[Counter]:
        """Call nobody for a while; whoever is in front of the counter stays."""

        async def work(conn: Connection) -> Counter:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = actor_of(request.user, found.office_id, found.authority_id)
            reason = data.reason if data else ""
            return await service.pause_counter(conn, state.clock(), found, actor, reason)

        return await answer(request, work)

    @post(
        "/resume",
        operation_id="resumeCounter",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.COUNTER_WORK),
        responses=refusals(*SIGNED_IN, *STORED, errors.CounterNotFound, errors.CounterNotOpen),
    )
    async def resume(self, counter: CounterPath, request: ApiRequest, state: State) -> Response[Counter]:
        """Go on after a pause; a team lead may end anybody's."""

        async def work(conn: Connection) -> Counter:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = actor_of(request.user, found.office_id, found.authority_id)
            return await service.resume_counter(conn, state.clock(), found, actor)

        return await answer(request, work)

    @post(
        "/call-next",
        operation_id="callNext",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.COUNTER_WORK),
        responses={
            HTTPStatus.NO_CONTENT: ResponseSpec(None, description="Nobody can be called."),
            **refusals(
                *SIGNED_IN,
                *STORED,
                errors.CounterNotFound,
                errors.CounterNotOpen,
                errors.StillServing,
                errors.HallClosed,
            ),
        },
    )
    async def call_next(
        self,
        counter: CounterPath,
        request: ApiRequest,
        state: State,
        data: JSONBody[NextRequest | None] = None,
    ) -> Response[CalledAnswer]:
        """Call whoever is next for this counter; 204 when nobody can be called."""

        async def work(conn: Connection) -> service.Called | None:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = service.Actor(request.user.key, request.user.user_id)
            now, current = state.clock(), service.after_current(found, data.current if data else None)
            if current is None:
                return await service.call_next(conn, now, found, actor)
            async with conn.transaction():
                return await service.call_next_after(conn, now, found, actor, current)

        return await answer(request, work)

    @post(
        "/call",
        operation_id="callTicket",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.COUNTER_WORK),
        responses=refusals(
            *SIGNED_IN, *STORED, errors.CounterNotFound, errors.CounterNotOpen, errors.StillServing,
            errors.TicketNotFound, errors.IllegalTransition, errors.CannotServe, errors.ReasonRequired,
            errors.HallClosed, errors.InProgress,
        ),
    )  # fmt: skip
    async def call_ticket(
        self, counter: CounterPath, data: JSONBody[CallRequest], request: ApiRequest, state: State
    ) -> Response[CalledAnswer]:
        """Call one chosen visitor; a reason is asked for out of turn and for another's visitor."""

        async def work(conn: Connection) -> service.Called:
            found = await service.find_counter(conn, counter)
            request.user.require(Permission.COUNTER_WORK, found.office_id, found.authority_id)
            actor = service.Actor(request.user.key, request.user.user_id)
            return await service.call_ticket(conn, state.clock(), found, data.ticket, actor, data.reason)

        return await answer(request, work)


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


async def _team(conn: Connection, slug: str, code: str) -> TeamSetup:
    office = await offices.find_office(conn, slug)
    team = next((team for team in office.setup.teams if team.code == code), None)
    if team is None:
        raise errors.UnknownChoice(errors=[FieldError("team", "The office has no such team.")])
    return team


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
        clerk=counter.clerk,
        team=counter.team,
        closing=counter.closing,
        pause_reason=counter.pause_reason,
    )


queue_routes: list[ControllerRouterHandler] = [
    OfficeQueueController,
    read_hall,
    read_outlook,
    OrderController,
    WalkInController,
    NumberController,
    CounterController,
    TicketController,
]
