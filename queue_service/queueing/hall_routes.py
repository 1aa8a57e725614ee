"""HTTP for the hall as its team leads see it."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import PathParameter

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals
from queue_service.queueing.forecasting import outlook
from queue_service.queueing.hall_outlook import HallOutlook
from queue_service.queueing.hall_overview import HallOverview, oversee

OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]


@get(
    "/api/v1/offices/{office:str}/hall",
    operation_id="readHall",
    tags=["queue"],
    opt=requires(Permission.OFFICE_SUPERVISE),
    responses=refusals(
        errors.NotAuthenticated, errors.NotPermitted, errors.OfficeNotFound, errors.Unavailable
    ),
)
async def read_hall(
    office: OfficePath, request: Request[Principal, Any, State], state: State
) -> Response[HallOverview]:
    """Tell what every counter does, who waits for what and how long, and whom no open counter can call."""
    async with state.database.connection() as conn:
        here = await offices.find_office(conn, office)
        request.user.require(Permission.OFFICE_SUPERVISE, here.id, here.authority_id)
        return json_answer(await oversee(conn, state.clock(), here))


@get(
    "/api/v1/offices/{office:str}/outlook",
    operation_id="readOutlook",
    tags=["queue"],
    opt=requires(Permission.OFFICE_SUPERVISE),
    responses=refusals(
        errors.NotAuthenticated, errors.NotPermitted, errors.OfficeNotFound, errors.Unavailable
    ),
)
async def read_outlook(
    office: OfficePath, request: Request[Principal, Any, State], state: State
) -> Response[HallOutlook]:
    """Tell by half hours until closing how many will wait and how long, and how many would not be called."""
    async with state.database.connection() as conn:
        here = await offices.find_office(conn, office)
        request.user.require(Permission.OFFICE_SUPERVISE, here.id, here.authority_id)
        return json_answer(await outlook(conn, state.clock(), here))
