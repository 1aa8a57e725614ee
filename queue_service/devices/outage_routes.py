"""HTTP for a kiosk that goes on while the service is away: numbers before, what it gave out afterwards."""

from http import HTTPStatus
from typing import Any, TypeAlias

from litestar import Controller, Request, Response, post
from litestar.datastructures import State
from litestar.params import JSONBody

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.devices.care_routes import own_id
from queue_service.platform import errors
from queue_service.platform.http import answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.outage import HandedIn, NumberBlocks, Outage
from queue_service.queueing import service as queueing

ApiRequest: TypeAlias = Request[Principal, Any, State]
REFUSED = (
    errors.NotAuthenticated, errors.NotPermitted, errors.BadRequest, errors.IdempotencyMismatch,
    errors.InProgress, errors.Unavailable,
)  # fmt: skip


class OutageController(Controller):
    """What keeps a kiosk going."""

    path = "/api/v1/device"
    tags = ("devices",)

    @post(
        "/number-blocks",
        operation_id="leaseNumbers",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.TICKET_OUTAGE),
        responses=refusals(*REFUSED),
    )
    async def lease(self, request: ApiRequest, state: State) -> Response[NumberBlocks]:
        """Lease the kiosk numbers for today and the days to come; asking again gives the same."""

        async def work(conn: Connection) -> NumberBlocks:
            office_id = request.user.device_office_id
            assert office_id is not None, "the right is a device's alone"
            return await queueing.lease_numbers(conn, state.clock(), office_id, own_id(request))

        return await answer(request, work, atomic=True)

    @post(
        "/outage-tickets",
        operation_id="handInOutage",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.TICKET_OUTAGE),
        responses=refusals(*REFUSED, errors.HallClosed),
    )
    async def hand_in(self, data: JSONBody[Outage], request: ApiRequest, state: State) -> Response[HandedIn]:
        """Queue the visitors to whom the kiosk gave numbers meanwhile, at the times of their papers.

        Every paper is taken once, however often it is sent; it needs no Idempotency-Key for that.
        """

        async def work(conn: Connection) -> HandedIn:
            actor = queueing.Actor(request.user.key)
            return await queueing.take_in_outage(conn, state.clock(), own_id(request), data, actor)

        return await answer(request, work)
