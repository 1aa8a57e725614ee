"""HTTP for giving out numbers by hand: stopped and begun again by those who lead an office."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Controller, Request, Response, get, put
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals
from queue_service.protocol.stream import WalkIns
from queue_service.queueing import service
from queue_service.queueing.model import FollowedTicket

ApiRequest: TypeAlias = Request[Principal, Any, State]
OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]
NumberPath = Annotated[str, PathParameter(max_length=20, description="As on the paper; `a 42` is `A042`")]


class WalkInsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether numbers are given out; opening means: at the hours of the set-up."""

    open: bool


class NumberController(Controller):
    """How it stands with a number, for those who have it on paper and no telephone."""

    path = "/api/v1/offices/{office:str}/numbers"
    tags = ("queue",)

    @get(
        "/{number:str}",
        operation_id="followNumber",
        opt=requires(Permission.TICKET_ISSUE),
        responses=refusals(
            errors.NotAuthenticated, errors.NotPermitted, errors.OfficeNotFound, errors.TicketNotFound,
            errors.Unavailable,
        ),
    )  # fmt: skip
    async def follow(
        self, office: OfficePath, number: NumberPath, request: ApiRequest, state: State
    ) -> Response[FollowedTicket]:
        """Tell what the ticket's own link tells, by its number of today."""
        async with state.database.connection() as conn:
            here = await offices.find_office(conn, office)
            request.user.require(Permission.TICKET_ISSUE, here.id, here.authority_id)
            return json_answer(await service.follow_number(conn, state.clock(), here, number))


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
