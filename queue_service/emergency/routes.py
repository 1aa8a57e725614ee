"""HTTP for emergencies: calls for help among staff, everybody leaves, the calling pauses."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.emergency import service
from queue_service.emergency.model import Alarm, Alarms, HallAlarmKind
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection

ApiRequest: TypeAlias = Request[Principal, Any, State]

MOST_DIGITS = 18
"""Of an alarm's id, which PostgreSQL keeps as bigint."""
OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]
AlarmPath = Annotated[
    str, PathParameter(max_length=MOST_DIGITS, description="The id that `GET …/alarms` gives")
]
REFUSED = (errors.NotAuthenticated, errors.NotPermitted, errors.OfficeNotFound, errors.Unavailable)
STORED = (*REFUSED, errors.BadRequest, errors.IdempotencyMismatch, errors.InProgress)


class ReopenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is over: named, so that nobody ends an evacuation who meant a pause."""

    ends: HallAlarmKind


class AlarmController(Controller):
    """Colleagues who need help. The hall does not learn of it."""

    path = "/api/v1/offices/{office:str}/alarms"
    tags = ("emergency",)

    @get("", operation_id="listAlarms", opt=requires(Permission.ALARM_RAISE), responses=refusals(*REFUSED))
    async def list_alarms(self, office: OfficePath, request: ApiRequest, state: State) -> Response[Alarms]:
        """Tell how the hall is, and its alarms of the last day, open ones first."""
        async with state.database.connection() as conn:
            here = await _office(conn, office, request, Permission.ALARM_RAISE)
            return json_answer(await service.alarms(conn, state.clock(), here.id))

    @post(
        "",
        operation_id="raiseAlarm",
        opt=requires(Permission.ALARM_RAISE),
        responses=refusals(*STORED),
    )
    async def call_for_help(self, office: OfficePath, request: ApiRequest, state: State) -> Response[Alarm]:
        """Call colleagues to where one sits; pressing again changes nothing."""

        async def work(conn: Connection) -> Alarm:
            here = await _office(conn, office, request, Permission.ALARM_RAISE)
            return await service.call_for_help(
                conn, state.clock(), here.id, request.user.key, request.user.user_id
            )

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=True)

    @post(
        "/{alarm:str}/acknowledge",
        operation_id="acknowledgeAlarm",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.ALARM_RAISE),
        responses=refusals(*STORED, errors.AlarmNotFound, errors.AlarmOver),
    )
    async def acknowledge(
        self, office: OfficePath, alarm: AlarmPath, request: ApiRequest, state: State
    ) -> Response[Alarm]:
        """Say that one is on the way; who said so first stands in the answer."""

        async def work(conn: Connection) -> Alarm:
            here = await _office(conn, office, request, Permission.ALARM_RAISE)
            return await service.acknowledge(conn, state.clock(), here.id, _alarm_id(alarm), request.user.key)

        return await answer(request, work, atomic=True)

    @post(
        "/{alarm:str}/end",
        operation_id="endAlarm",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.ALARM_RAISE),
        responses=refusals(*STORED, errors.AlarmNotFound),
    )
    async def end(
        self, office: OfficePath, alarm: AlarmPath, request: ApiRequest, state: State
    ) -> Response[Alarm]:
        """End a call for help: one's own, or as a team lead anybody's."""

        async def work(conn: Connection) -> Alarm:
            here = await _office(conn, office, request, Permission.ALARM_RAISE)
            leads = request.user.may(Permission.OFFICE_SUPERVISE, here.id, here.authority_id)
            return await service.end_help(
                conn, state.clock(), here.id, _alarm_id(alarm), request.user.key, leads=leads
            )

        return await answer(request, work, atomic=True)


class HallController(Controller):
    """The whole hall: everybody leaves, the calling pauses, it goes on."""

    path = "/api/v1/offices/{office:str}/hall"
    tags = ("emergency",)

    @post(
        "/leave",
        operation_id="leaveHall",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.OFFICE_SUPERVISE),
        responses=refusals(*STORED),
    )
    async def leave(self, office: OfficePath, request: ApiRequest) -> Response[Alarms]:
        """Tell everybody on all screens to leave; nobody is called and no number given out until it ends."""
        return await _close(request, office, "leave")

    @post(
        "/pause",
        operation_id="pauseHall",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.OFFICE_SUPERVISE),
        responses=refusals(*STORED),
    )
    async def pause(self, office: OfficePath, request: ApiRequest) -> Response[Alarms]:
        """Call nobody for a while and say so; numbers are still given out."""
        return await _close(request, office, "pause")

    @post(
        "/resume",
        operation_id="resumeHall",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.OFFICE_SUPERVISE),
        responses=refusals(*STORED),
    )
    async def resume(
        self, office: OfficePath, data: JSONBody[ReopenRequest], request: ApiRequest, state: State
    ) -> Response[Alarms]:
        """End the pause, or let everybody back in."""

        async def work(conn: Connection) -> Alarms:
            here = await _office(conn, office, request, Permission.OFFICE_SUPERVISE)
            await service.reopen_hall(conn, state.clock(), here.id, data.ends, request.user.key)
            return await service.alarms(conn, state.clock(), here.id)

        return await answer(request, work, atomic=True)


async def _close(request: ApiRequest, slug: str, kind: HallAlarmKind) -> Response[Alarms]:
    now = request.app.state.clock()

    async def work(conn: Connection) -> Alarms:
        here = await _office(conn, slug, request, Permission.OFFICE_SUPERVISE)
        await service.close_hall(conn, now, here.id, kind, request.user.key)
        return await service.alarms(conn, now, here.id)

    return await answer(request, work, atomic=True)


def _alarm_id(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise errors.AlarmNotFound
    return int(text)


async def _office(conn: Connection, slug: str, request: ApiRequest, permission: Permission) -> Office:
    office = await offices.find_office(conn, slug)
    request.user.require(permission, office.id, office.authority_id)
    return office


emergency_routes: list[ControllerRouterHandler] = [AlarmController, HallController]
