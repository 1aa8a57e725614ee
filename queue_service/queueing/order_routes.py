"""HTTP for the rules of the calling order: read, tried out and changed by those who lead an office."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import OrderSetup
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.queueing import service
from queue_service.queueing.model import Ticket

ApiRequest: TypeAlias = Request[Principal, Any, State]
OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]
REFUSED = (errors.NotAuthenticated, errors.NotPermitted, errors.OfficeNotFound, errors.Unavailable)


class PlaceInQueue(msgspec.Struct, frozen=True):
    """Where somebody who waits stands now and would stand; 1 is called next."""

    number: str
    visitor_class: str = msgspec.field(name="class")
    now: int
    then: int


class OrderPreview(msgspec.Struct, frozen=True):
    """Everybody who waits, in the order that the new rules would give."""

    items: list[PlaceInQueue]


class OrderController(Controller):
    """By which rules an office calls."""

    path = "/api/v1/offices/{office:str}/order"
    tags = ("queue",)

    @get(
        "", operation_id="readOrder", opt=requires(Permission.OFFICE_READ_QUEUE), responses=refusals(*REFUSED)
    )
    async def read(self, office: OfficePath, request: ApiRequest, state: State) -> Response[OrderSetup]:
        """Tell by which rules visitors are called now."""
        async with state.database.connection() as conn:
            return json_answer((await _office(conn, office, request, Permission.OFFICE_READ_QUEUE)).order)

    @put(
        "",
        operation_id="changeOrder",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.OFFICE_SUPERVISE),
        responses=refusals(*REFUSED, errors.BadRequest),
    )
    async def change(
        self, office: OfficePath, data: JSONBody[OrderSetup], request: ApiRequest, state: State
    ) -> Response[OrderSetup]:
        """Call by these rules from now on; what is left out gets its usual value."""
        async with state.database.connection() as conn, conn.transaction():
            here = await _office(conn, office, request, Permission.OFFICE_SUPERVISE)
            await service.change_order(conn, state.clock(), here, data)
        return json_answer(data)

    @post(
        "/preview",
        operation_id="previewOrder",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.OFFICE_SUPERVISE),
        responses=refusals(*REFUSED, errors.BadRequest, errors.IdempotencyMismatch),
    )
    async def preview(
        self, office: OfficePath, data: JSONBody[OrderSetup], request: ApiRequest, state: State
    ) -> Response[OrderPreview]:
        """Tell what these rules would do to the queue as it stands; nothing is changed."""

        async def work(conn: Connection) -> OrderPreview:
            here = await _office(conn, office, request, Permission.OFFICE_SUPERVISE)
            preview = await service.preview_order(conn, state.clock(), here, data)
            before = {ticket.id: place for place, ticket in enumerate(preview.now, start=1)}
            return OrderPreview(
                [
                    # Who joined between the two looks stands last in the first.
                    PlaceInQueue(
                        ticket.number, ticket.visitor_class, before.get(ticket.id, len(before) + 1), place
                    )
                    for place, ticket in enumerate(preview.then, start=1)
                ]
            )

        return await answer(request, work)


async def _office(conn: Connection, slug: str, request: ApiRequest, permission: Permission) -> Office:
    office = await offices.find_office(conn, slug)
    request.user.require(permission, office.id, office.authority_id)
    return office


def _place(ticket: Ticket, before: int, after: int) -> PlaceInQueue:
    return PlaceInQueue(ticket.number, ticket.visitor_class, before, after)
