"""HTTP for giving out numbers by hand: stopped and begun again by those who lead an office."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Controller, Request, Response, put
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals
from queue_service.protocol.stream import WalkIns
from queue_service.queueing import service

ApiRequest: TypeAlias = Request[Principal, Any, State]
OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]


class WalkInsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether numbers are given out; opening means: at the hours of the set-up."""

    open: bool


class WalkInController(Controller):
    """Whether visitors without an appointment get numbers."""

    path = "/api/v1/offices/{office:str}/walk-ins"
    tags = ("queue",)

    @put(
        "",
        operation_id="setWalkIns",
        status_code=HTTPStatus.OK,
        opt=requires(Permission.OFFICE_SUPERVISE),
        responses=refusals(
            errors.NotAuthenticated, errors.NotPermitted, errors.OfficeNotFound, errors.BadRequest,
            errors.Unavailable,
        ),
    )  # fmt: skip
    async def set(
        self, office: OfficePath, data: JSONBody[WalkInsRequest], request: ApiRequest, state: State
    ) -> Response[WalkIns]:
        """Stop giving out numbers, or go on; answers what visitors are told from now on."""
        now = state.clock()
        async with state.database.connection() as conn, conn.transaction():
            here = await offices.find_office(conn, office)
            request.user.require(Permission.OFFICE_SUPERVISE, here.id, here.authority_id)
            changed = await offices.stop_walk_ins(conn, now, here, stopped=not data.open)
            return json_answer(await service.walk_ins(conn, now, changed))
