"""HTTP for one more paper of a number: ordered by staff, printed by a kiosk."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.devices import ticket_copies
from queue_service.devices.care_routes import own_id
from queue_service.devices.ticket_copies import TicketCopy
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.ticket_copy import CopyOrders, CopyOutcome
from queue_service.queueing import service as queueing

ApiRequest: TypeAlias = Request[Principal, Any, State]
OWN = requires(Permission.TICKET_OUTAGE)
ASKED = (errors.NotAuthenticated, errors.NotPermitted, errors.Unavailable)
STORED = (*ASKED, errors.BadRequest, errors.IdempotencyMismatch, errors.InProgress)


class CopyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which kiosk the paper is to come."""

    kiosk: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None
    """Its id, as ``GET /devices`` gives it; None: the one that gave the number out."""


class CopyController(Controller):
    """One more paper of a ticket."""

    path = "/api/v1/tickets/{ticket:uuid}/copies"
    tags = ("tickets",)

    @post(
        "",
        operation_id="printTicketAgain",
        opt=requires(Permission.OFFICE_READ_QUEUE),
        responses=refusals(*STORED, errors.TicketNotFound, errors.IllegalTransition, ticket_copies.NoKiosk),
    )
    async def order(
        self,
        ticket: FromPath[UUID],
        request: ApiRequest,
        state: State,
        data: JSONBody[CopyRequest | None] = None,
    ) -> Response[TicketCopy]:
        """Have a kiosk print a number once more, marked as a copy; the number stays the same."""

        async def work(conn: Connection) -> TicketCopy:
            actor = queueing.Actor(request.user.key, request.user.user_id)
            found = await queueing.find_ticket(conn, ticket, actor)
            request.user.require(Permission.OFFICE_READ_QUEUE, found.office_id, found.authority_id)
            kiosk = data.kiosk if data else None
            return await ticket_copies.order(conn, state.clock(), found, kiosk, request.user)

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=True)


class OwnCopyController(Controller):
    """What a kiosk is to print for staff."""

    path = "/api/v1/device/ticket-copies"
    tags = ("devices",)

    @get("", operation_id="listTicketCopies", opt=OWN, responses=refusals(*ASKED))
    async def to_print(self, request: ApiRequest, state: State) -> Response[CopyOrders]:
        """Give what is still to be printed, the oldest first."""
        async with state.database.connection() as conn:
            return json_answer(
                await ticket_copies.to_print(conn, state.clock(), own_id(request), state.settings.visitor_url)
            )

    @put(
        "/{copy:uuid}",
        operation_id="tellTicketCopy",
        status_code=HTTPStatus.NO_CONTENT,
        opt=OWN,
        responses=refusals(*ASKED, errors.BadRequest, ticket_copies.CopyNotFound),
    )
    async def tell(
        self, copy: FromPath[UUID], data: JSONBody[CopyOutcome], request: ApiRequest, state: State
    ) -> None:
        """Say that it was printed, or what kept it from paper; what was said first stays."""
        async with state.database.transaction() as conn:
            await ticket_copies.tell(conn, state.clock(), own_id(request), copy, data.reason)


copy_routes: list[ControllerRouterHandler] = [CopyController, OwnCopyController]
