"""HTTP for help at a kiosk: a device asks for its visitor, staff come and say that it is done."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import FromPath, PathParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.assistance import service
from queue_service.assistance.model import HelpRequest, HelpRequests
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.help import HelpAtDevice

ApiRequest: TypeAlias = Request[Principal, Any, State]
Step: TypeAlias = Callable[[Connection, datetime, int, UUID, str], Awaitable[HelpRequest]]

OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]
ASKED = (errors.NotAuthenticated, errors.NotPermitted, errors.Unavailable)
STORED = (*ASKED, errors.BadRequest, errors.IdempotencyMismatch, errors.InProgress)
ASK = requires(Permission.HELP_ASK)
ANSWER = requires(Permission.ALARM_RAISE)
"""Whoever may call colleagues may come to a visitor."""


class HelpAtDeviceController(Controller):
    """A device asks for whoever stands before it."""

    path = "/api/v1/device/help"
    tags = ("devices",)

    @get("", operation_id="readOwnHelp", opt=ASK, responses=refusals(*ASKED))
    async def read(self, request: ApiRequest, state: State) -> Response[HelpAtDevice]:
        """Tell the device whether somebody comes."""
        async with state.database.connection() as conn:
            asked = await service.of_device(conn, *_device_of(request))
        return json_answer(_told(asked))

    @post("", operation_id="askForHelp", status_code=HTTPStatus.OK, opt=ASK, responses=refusals(*STORED))
    async def ask(self, request: ApiRequest, state: State) -> Response[HelpAtDevice]:
        """Ask staff to come; asking again changes nothing."""

        async def work(conn: Connection) -> HelpAtDevice:
            return _told(await service.ask(conn, state.clock(), *_device_of(request)))

        return await answer(request, work, atomic=True)

    @delete("", operation_id="withdrawHelp", opt=ASK, responses=refusals(*ASKED))
    async def withdraw(self, request: ApiRequest, state: State) -> None:
        """Ask no more: the visitor does without."""
        async with state.database.transaction() as conn:
            await service.withdraw(conn, state.clock(), *_device_of(request), request.user.key)


class HelpRequestController(Controller):
    """Visitors who wait for somebody at a kiosk."""

    path = "/api/v1/offices/{office:str}/help-requests"
    tags = ("offices",)

    @get("", operation_id="listHelpRequests", opt=ANSWER, responses=refusals(*ASKED, errors.OfficeNotFound))
    async def list_open(
        self, office: OfficePath, request: ApiRequest, state: State
    ) -> Response[HelpRequests]:
        """Give the open requests; whoever has waited longest comes first."""
        async with state.database.connection() as conn:
            return json_answer(await service.open_at(conn, (await _office(conn, office, request)).id))

    @post(
        "/{help_request:uuid}/come",
        operation_id="comeToHelp",
        status_code=HTTPStatus.OK,
        opt=ANSWER,
        responses=refusals(*STORED, errors.OfficeNotFound, errors.HelpRequestNotFound),
    )
    async def come(
        self, office: OfficePath, help_request: FromPath[UUID], request: ApiRequest, state: State
    ) -> Response[HelpRequest]:
        """Say that one is on the way; who said so first stands in the answer, and the visitor reads it."""
        return await _step(service.come, office, help_request, request, state)

    @post(
        "/{help_request:uuid}/finish",
        operation_id="finishHelp",
        status_code=HTTPStatus.OK,
        opt=ANSWER,
        responses=refusals(*STORED, errors.OfficeNotFound, errors.HelpRequestNotFound),
    )
    async def finish(
        self, office: OfficePath, help_request: FromPath[UUID], request: ApiRequest, state: State
    ) -> Response[HelpRequest]:
        """Say that the visitor has been helped; doing so again changes nothing."""
        return await _step(service.finish, office, help_request, request, state)


async def _step(
    verb: Step, office: str, help_request: UUID, request: ApiRequest, state: State
) -> Response[HelpRequest]:
    async def work(conn: Connection) -> HelpRequest:
        here = await _office(conn, office, request)
        return await verb(conn, state.clock(), here.id, help_request, request.user.key)

    return await answer(request, work, atomic=True)


async def _office(conn: Connection, slug: str, request: ApiRequest) -> Office:
    here = await offices.find_office(conn, slug)
    request.user.require(Permission.ALARM_RAISE, here.id, here.authority_id)
    return here


def _device_of(request: ApiRequest) -> tuple[int, int]:
    """Give the office and the id of the device that asks."""
    office_id = request.user.device_office_id
    assert office_id is not None, "the right is a device's alone"
    return office_id, int(request.user.key.partition(":")[2])


def _told(asked: HelpRequest | None) -> HelpAtDevice:
    if asked is None:
        return HelpAtDevice("none")
    return HelpAtDevice("coming" if asked.state == "coming" else "asked", asked.asked_at)


assistance_handlers: list[ControllerRouterHandler] = [HelpAtDeviceController, HelpRequestController]
