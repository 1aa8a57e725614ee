"""HTTP for calls for help: a kiosk calls, staff of its office answer."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.help_requests import service
from queue_service.help_requests.model import HelpRequest, HelpRequests
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.help_request import HelpCall

ApiRequest: TypeAlias = Request[Principal, Any, State]

MOST_DIGITS = 18
"""Of an id, which PostgreSQL keeps as bigint."""
OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]
RequestPath = Annotated[
    str, PathParameter(max_length=MOST_DIGITS, description="The id that `GET …/help-requests` gives")
]
ASKED = (errors.NotAuthenticated, errors.NotPermitted, errors.Unavailable)
STORED = (*ASKED, errors.BadRequest, errors.IdempotencyMismatch, errors.InProgress)
CALL = requires(Permission.HELP_ASK)
ANSWER = requires(Permission.HELP_ANSWER)


class DeviceHelpController(Controller):
    """A visitor before a kiosk wants a person."""

    path = "/api/v1/device/help"
    tags = ("devices",)

    @post("", operation_id="askForHelp", opt=CALL, responses=refusals(*STORED))
    async def ask(self, request: ApiRequest, state: State) -> Response[HelpCall]:
        """Call somebody to this device; while a call is open, asking again changes nothing."""

        async def work(conn: Connection) -> HelpCall:
            return await service.ask(conn, state.clock(), *_device(request))

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=True)

    @get("", operation_id="readHelp", opt=CALL, responses=refusals(*ASKED))
    async def read(self, request: ApiRequest, state: State) -> Response[HelpCall]:
        """Tell how this device's last call stands."""
        async with state.database.connection() as conn:
            return json_answer(await service.call_of(conn, *_device(request)))


class HelpRequestController(Controller):
    """Visitors who wait for a person, before the office's kiosks."""

    path = "/api/v1/offices/{office:str}/help-requests"
    tags = ("emergency",)

    @get(
        "",
        operation_id="listHelpRequests",
        opt=ANSWER,
        responses=refusals(*ASKED, errors.OfficeNotFound),
    )
    async def list_requests(
        self, office: OfficePath, request: ApiRequest, state: State
    ) -> Response[HelpRequests]:
        """Tell which calls are open, oldest first."""
        async with state.database.connection() as conn:
            here = await _office(conn, office, request)
            return json_answer(await service.open_requests(conn, state.clock(), here.id))

    @post(
        "/{help_request:str}/acknowledge",
        operation_id="acknowledgeHelpRequest",
        status_code=HTTPStatus.OK,
        opt=ANSWER,
        responses=refusals(*STORED, errors.OfficeNotFound, errors.HelpRequestNotFound),
    )
    async def acknowledge(
        self, office: OfficePath, help_request: RequestPath, request: ApiRequest, state: State
    ) -> Response[HelpRequest]:
        """Say that one is on the way; who said so first stands in the answer."""

        async def work(conn: Connection) -> HelpRequest:
            here = await _office(conn, office, request)
            return await service.acknowledge(
                conn, state.clock(), here.id, _id(help_request), request.user.key
            )

        return await answer(request, work, atomic=True)

    @post(
        "/{help_request:str}/finish",
        operation_id="finishHelpRequest",
        status_code=HTTPStatus.OK,
        opt=ANSWER,
        responses=refusals(*STORED, errors.OfficeNotFound, errors.HelpRequestNotFound),
    )
    async def finish(
        self, office: OfficePath, help_request: RequestPath, request: ApiRequest, state: State
    ) -> Response[HelpRequest]:
        """Say that the visitor has been helped, or has gone."""

        async def work(conn: Connection) -> HelpRequest:
            here = await _office(conn, office, request)
            return await service.finish(conn, state.clock(), here.id, _id(help_request), request.user.key)

        return await answer(request, work, atomic=True)


def _device(request: ApiRequest) -> tuple[int, int]:
    """Give the office and the id of the device that asks."""
    office_id = request.user.device_office_id
    assert office_id is not None, "the right is a device's alone"
    return office_id, int(request.user.key.partition(":")[2])


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise errors.HelpRequestNotFound
    return int(text)


async def _office(conn: Connection, slug: str, request: ApiRequest) -> Office:
    office = await offices.find_office(conn, slug)
    request.user.require(Permission.HELP_ANSWER, office.id, office.authority_id)
    return office


help_routes: list[ControllerRouterHandler] = [DeviceHelpController, HelpRequestController]
