"""HTTP for hours with more people than places: parse, authorise, call the service, answer."""

from http import HTTPStatus

from litestar import Controller, Response, get, post
from litestar.datastructures import State
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.booking.routes import NOT_STORED, SIGNED_IN, STORED, ApiRequest
from queue_service.offices.routes import OfficePath
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.rescheduling import parties
from queue_service.rescheduling.model import AffectedParties, CancelAffected, MoveAffected, Outcomes, Why
from queue_service.rescheduling.routes import ASKED, supervised


class AffectedPartyController(Controller):
    """Parties for whom a plan has left no places, and what is done about them."""

    path = "/api/v1/offices/{office:str}/affected-parties"
    tags = ("entries",)
    opt = requires(Permission.OFFICE_SUPERVISE)
    response_headers = NOT_STORED

    @get("/", operation_id="listAffectedParties", responses=refusals(*SIGNED_IN, *ASKED))
    async def list_affected(
        self, office: OfficePath, request: ApiRequest, state: State
    ) -> Response[AffectedParties]:
        """List the parties without places since a plan was cut or an hour given up, each with another hour.

        Of each hour those that booked last, as many as are too many. All proposals can be had together. How
        each party is told is said, and nothing else of it.
        """
        async with state.database.connection() as conn:
            found = await supervised(conn, request, office)
            return json_answer(await parties.list_parties(conn, state.clock(), found))

    @post(
        "/move",
        operation_id="moveAffectedParties",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, errors.OfficeNotFound, errors.InProgress),
    )
    async def move_affected(
        self, office: OfficePath, data: JSONBody[MoveAffected], request: ApiRequest, state: State
    ) -> Response[Outcomes]:
        """Move affected parties to other hours of their kind, and tell each by its own ways.

        `start` names the hour. Whom to ring is put on the hotline's call list; whoever can't be told is
        answered with an empty `told_by`. What is gone meanwhile is answered with the next proposal, and a
        party that has its places is left alone.
        """

        async def work(conn: Connection) -> Outcomes:
            found = await supervised(conn, request, office)
            why = Why("", data.told_reason)
            return await parties.move_parties(conn, state.clock(), found, data.items, why)

        return await answer(request, work)

    @post(
        "/cancel",
        operation_id="cancelAffectedParties",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, errors.OfficeNotFound, errors.InProgress),
    )
    async def cancel_affected(
        self, office: OfficePath, data: JSONBody[CancelAffected], request: ApiRequest, state: State
    ) -> Response[Outcomes]:
        """Cancel affected parties for which no other hour suits, and tell each by its own ways."""

        async def work(conn: Connection) -> Outcomes:
            found = await supervised(conn, request, office)
            return await parties.cancel_parties(conn, state.clock(), found, data.references, data)

        return await answer(request, work)


party_routes: list[ControllerRouterHandler] = [AffectedPartyController]
