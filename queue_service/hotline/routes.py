"""HTTP for the hotline: people, the call list, the authorities' greetings."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import ResponseHeader, State
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, requires
from queue_service.accounts.model import Permission, Principal
from queue_service.accounts.service import AuthorityNotFound
from queue_service.hotline import people, service
from queue_service.hotline.model import (
    DEFAULT_ITEMS,
    MOST_ITEMS,
    YEARS,
    Callback,
    CallbackRequest,
    CallbackState,
    CallCounts,
    CallList,
    DoneRequest,
    Duplicates,
    DuplicateSearch,
    PeopleFound,
    PersonSearch,
    PostponeRequest,
    ReleaseRequest,
)
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

ApiRequest: TypeAlias = Request[Principal, Any, State]

LONGEST_INSTANT = 40
SIGNED_IN = (errors.NotAuthenticated, errors.NotPermitted)
STORED = (errors.BadRequest, errors.InvalidFields, errors.IdempotencyMismatch, errors.Unavailable)
OF_A_CALLBACK = (
    errors.CallbackNotFound, errors.CallbackTaken, errors.IllegalTransition, errors.InProgress,
)  # fmt: skip
NOT_STORED = [ResponseHeader(name="Cache-Control", value="no-store", description="Holds personal data")]

InState = Annotated[
    CallbackState, QueryParameter(name="state", description="Which items; those to be called, as a rule")
]
DueBefore = Annotated[
    str | None,
    QueryParameter(
        name="due_before",
        max_length=LONGEST_INSTANT,
        description="An instant (RFC 3339 with offset): only what is due before it",
    ),
]
Mine = Annotated[
    bool, QueryParameter(name="mine", description="Only what the one who asks has taken, with `state=taken`")
]
After = Annotated[
    UUID | None, QueryParameter(name="after", description="What the answer before gave as `next`")
]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MOST_ITEMS, description="At most so many items")]


class AuthorityAnswer(msgspec.Struct, frozen=True):
    """An authority, with what an agent says when it was called."""

    id: str
    slug: str
    name: dict[str, str]
    greeting: dict[str, str]


class Authorities(msgspec.Struct, frozen=True):
    """Authorities by slug."""

    items: list[AuthorityAnswer]


@get(
    "/api/v1/authorities",
    operation_id="listAuthorities",
    opt=PUBLIC_FOR_UNKNOWN,
    tags=["offices"],
    responses=refusals(errors.Unavailable),
)
async def list_authorities(state: State) -> Response[Authorities]:
    """Tell all authorities with their greeting on the telephone."""
    async with state.database.connection() as conn:
        listed = await offices.list_authorities(conn)
    return json_answer(
        Authorities([AuthorityAnswer(one.slug, one.slug, one.name, one.greeting) for one in listed])
    )


class PeopleController(Controller):
    """Finding people's appointments. Asked by POST: what is searched for belongs into no address."""

    path = "/api/v1"
    tags = ("hotline",)
    response_headers = NOT_STORED

    @post(
        "/appointment-searches",
        operation_id="searchAppointments",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.APPOINTMENT_READ),
        responses=refusals(*SIGNED_IN, *STORED, errors.AppointmentNotFound, errors.InProgress),
    )
    async def search(
        self, data: JSONBody[PersonSearch], request: ApiRequest, state: State
    ) -> Response[PeopleFound]:
        """Give what a person has booked, by name, telephone or e-mail; the last one first.

        `items` are appointments, `entries` places of hours: a swimming hour, a theatre evening. At most
        twenty of both, of the offices where the one who asks may read them, and as long as their contact
        data is kept. Who was shown what is noted; what was searched for is not.
        """

        async def work(conn: Connection) -> PeopleFound:
            return await people.find_appointments(conn, state.clock(), request.user, data)

        return await answer(request, work, atomic=True)

    @post(
        "/appointment-duplicates",
        operation_id="findDuplicates",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.APPOINTMENT_READ),
        responses=refusals(*SIGNED_IN, *STORED, errors.AppointmentNotFound, errors.InProgress),
    )
    async def duplicates(
        self, data: JSONBody[DuplicateSearch], request: ApiRequest, state: State
    ) -> Response[Duplicates]:
        """Give the coming appointments, and places of hours, that the same person seems to have already.

        The same telephone number, e-mail address, or all words of the name: a warning to speak
        about, never a refusal. Those with a service or kind of hour that is being booked come first.
        """

        async def work(conn: Connection) -> Duplicates:
            return await people.find_duplicates(conn, state.clock(), request.user, data)

        return await answer(request, work, atomic=True)


class CallbackController(Controller):
    """The call list: who is to be called, when, and what was said already."""

    path = "/api/v1/callbacks"
    tags = ("hotline",)
    opt = requires(Permission.CALLBACK_HANDLE)
    response_headers = NOT_STORED

    @post(
        "/",
        operation_id="addCallback",
        responses=refusals(
            *SIGNED_IN, *STORED, errors.OfficeNotFound, AuthorityNotFound, errors.ServiceNotFound,
            errors.AppointmentNotFound, errors.InProgress,
        ),
    )  # fmt: skip
    async def add(
        self, data: JSONBody[CallbackRequest], request: ApiRequest, state: State
    ) -> Response[Callback]:
        """Promise that somebody is called, with all that the one who calls should know."""

        async def work(conn: Connection) -> Callback:
            kept = await service.ask_for_call(conn, state.clock(), request.user, data)
            return service.shown_callback(kept, request.user)

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=True)

    @get(
        "/",
        operation_id="listCallbacks",
        responses=refusals(*SIGNED_IN, errors.BadRequest, errors.InvalidFields, errors.Unavailable),
    )
    async def list_callbacks(
        self,
        request: ApiRequest,
        state: State,
        in_state: InState = "open",
        due_before: DueBefore = None,
        mine: Mine = False,
        after: After = None,
        limit: Limit = DEFAULT_ITEMS,
    ) -> Response[CallList]:
        """Give the call list, the most urgent first: what the grants of the one who asks reach."""
        async with state.database.transaction() as conn:
            listed = await service.call_list(
                conn,
                state.clock(),
                request.user,
                in_state,
                due_before=_instant("due_before", due_before),
                mine=mine,
                after=after,
                limit=limit,
            )
        return json_answer(listed)

    @get("/count", operation_id="countCallbacks", responses=refusals(*SIGNED_IN, errors.Unavailable))
    async def count(self, request: ApiRequest, state: State) -> Response[CallCounts]:
        """Give how many calls there are to make, without anybody's name: nothing of it is noted."""
        async with state.database.connection() as conn:
            return json_answer(await service.count_calls(conn, request.user))

    @post(
        "/{callback:uuid}/take",
        operation_id="takeCallback",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, *OF_A_CALLBACK),
    )
    async def take(self, callback: FromPath[UUID], request: ApiRequest, state: State) -> Response[Callback]:
        """Make this call: of two who want it at once, one gets it."""

        async def work(conn: Connection) -> Callback:
            kept = await service.take(conn, state.clock(), request.user, callback)
            return service.shown_callback(kept, request.user)

        return await answer(request, work, atomic=True)

    @post(
        "/{callback:uuid}/release",
        operation_id="releaseCallback",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, *OF_A_CALLBACK),
    )
    async def release(
        self,
        callback: FromPath[UUID],
        request: ApiRequest,
        state: State,
        data: JSONBody[ReleaseRequest | None] = None,
    ) -> Response[Callback]:
        """Give the item back to the others; supervisors also what somebody else has taken."""

        async def work(conn: Connection) -> Callback:
            note = data.note if data else ""
            kept = await service.release(conn, state.clock(), request.user, callback, note)
            return service.shown_callback(kept, request.user)

        return await answer(request, work, atomic=True)

    @post(
        "/{callback:uuid}/postpone",
        operation_id="postponeCallback",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, *OF_A_CALLBACK),
    )
    async def postpone(
        self, callback: FromPath[UUID], data: JSONBody[PostponeRequest], request: ApiRequest, state: State
    ) -> Response[Callback]:
        """Put the call off, for everybody: nobody answered, or later suits better."""

        async def work(conn: Connection) -> Callback:
            kept = await service.postpone(conn, state.clock(), request.user, callback, data.due_at, data.note)
            return service.shown_callback(kept, request.user)

        return await answer(request, work, atomic=True)

    @post(
        "/{callback:uuid}/done",
        operation_id="finishCallback",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, *OF_A_CALLBACK),
    )
    async def done(
        self, callback: FromPath[UUID], data: JSONBody[DoneRequest], request: ApiRequest, state: State
    ) -> Response[Callback]:
        """Note what came of the call; name and number are deleted two days later."""

        async def work(conn: Connection) -> Callback:
            kept = await service.finish(conn, state.clock(), request.user, callback, data.result)
            return service.shown_callback(kept, request.user)

        return await answer(request, work, atomic=True)


def _instant(field: str, text: str | None) -> datetime | None:
    """Read RFC 3339 with its offset; raises InvalidFields."""
    if text is None:
        return None
    try:
        # A plus sign that nobody escaped arrives as a space.
        read = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as wrong:
        raise _no_instant(field) from wrong
    if read.tzinfo is None or read.year not in YEARS:
        raise _no_instant(field)
    return read


def _no_instant(field: str) -> errors.InvalidFields:
    example = "2027-01-11T14:00:00+01:00"
    return errors.InvalidFields(errors=[FieldError(field, f"This is not a time with offset: {example}")])


hotline_routes: list[ControllerRouterHandler] = [list_authorities, PeopleController, CallbackController]
