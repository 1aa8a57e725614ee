"""HTTP for team leads: parse, authorise, call the service, answer."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, TypeAlias

from litestar import Controller, Response, delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.booking.routes import NOT_STORED, SIGNED_IN, STORED, ApiRequest, instant_or_day
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.routes import OfficePath
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.rescheduling import service
from queue_service.rescheduling.model import (
    MOST_POOLS,
    AffectedList,
    CancelAffected,
    DayDecision,
    MoveAffected,
    Outcomes,
    StaffingChange,
    StaffingChanged,
    StaffingPlan,
    Why,
)

LONGEST_DAY = 10
ASKED = (errors.BadRequest, errors.InvalidFields, errors.OfficeNotFound, errors.Unavailable)

FirstDay: TypeAlias = Annotated[
    str | None, QueryParameter(name="from", max_length=LONGEST_DAY, description="A day; today as a rule")
]
LastDay: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        name="to", max_length=LONGEST_DAY, description="A day, at most 60 days are given; 14 as a rule"
    ),
]
Pools: TypeAlias = Annotated[
    list[str] | None,
    QueryParameter(name="pool", max_items=MOST_POOLS, description="Codes of pools; all, when none is named"),
]
Preview: TypeAlias = Annotated[
    bool,
    QueryParameter(name="preview", description="Only say what would happen: nothing is changed, nobody told"),
]


class StaffingController(Controller):
    """Days staffed otherwise than planned, and the appointments that this affects."""

    path = "/api/v1/offices/{office:str}"
    tags = ("staffing",)
    opt = requires(Permission.OFFICE_SUPERVISE)
    response_headers = NOT_STORED

    @get("/staffing", operation_id="readStaffing", responses=refusals(*SIGNED_IN, *ASKED))
    async def read_staffing(
        self,
        office: OfficePath,
        request: ApiRequest,
        state: State,
        begin: FirstDay = None,
        end: LastDay = None,
    ) -> Response[StaffingPlan]:
        """Give each pool's days: hours as planned and as decided, what is booked, what is free."""
        first, last = _day("from", begin), _day("to", end)
        async with state.database.connection() as conn:
            found = await supervised(conn, request, office)
            return json_answer(await service.staffing_plan(conn, state.clock(), found, first, last))

    @put(
        "/staffing/{day:date}",
        operation_id="changeStaffing",
        responses=refusals(*SIGNED_IN, *ASKED, errors.PoolNotFound),
    )
    async def change_staffing(
        self,
        office: OfficePath,
        day: FromPath[date],
        data: JSONBody[StaffingChange],
        request: ApiRequest,
        state: State,
        preview: Preview = False,
    ) -> Response[StaffingChanged]:
        """Staff a day otherwise than planned, at once; no hours close it for appointments.

        Nobody's appointment is touched: the answer lists those that have no counter now, each with a
        new place, and `POST …/affected-appointments/move` moves them.
        """
        async with state.database.connection() as conn:
            found = await supervised(conn, request, office)
            changed = await service.change_staffing(
                conn, state.clock(), request.user, found, day, data, preview=preview
            )
        return json_answer(changed)

    @delete(
        "/staffing/{day:date}",
        operation_id="restoreStaffing",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *ASKED, errors.PoolNotFound),
    )
    async def restore_staffing(
        self,
        office: OfficePath,
        day: FromPath[date],
        request: ApiRequest,
        state: State,
        pools: Pools = None,
    ) -> Response[StaffingChanged]:
        """Staff a day as planned again; lists whom this leaves without a counter."""
        async with state.database.connection() as conn:
            found = await supervised(conn, request, office)
            changed = await service.restore_staffing(
                conn, state.clock(), request.user, found, day, pools or []
            )
        return json_answer(changed)

    @get(
        "/affected-appointments",
        operation_id="listAffectedAppointments",
        responses=refusals(*SIGNED_IN, *ASKED),
    )
    async def list_affected(
        self, office: OfficePath, request: ApiRequest, state: State
    ) -> Response[AffectedList]:
        """List the coming appointments that have no counter any more, each with a new place.

        All proposals can be had together. How each person is told is said, and nothing else of them.
        """
        async with state.database.connection() as conn:
            found = await supervised(conn, request, office)
            return json_answer(await service.list_affected(conn, state.clock(), request.user, found))

    @post(
        "/affected-appointments/move",
        operation_id="moveAffectedAppointments",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, errors.OfficeNotFound, errors.InProgress),
    )
    async def move_affected(
        self, office: OfficePath, data: JSONBody[MoveAffected], request: ApiRequest, state: State
    ) -> Response[Outcomes]:
        """Move affected appointments, and tell each person by their own ways.

        Whoever has none and a telephone is put on the hotline's call list; whoever has neither is
        answered with an empty `told_by`. Each appointment is moved for itself: what is gone meanwhile
        is answered with the next place, and an appointment that has its counter is left alone.
        """

        async def work(conn: Connection) -> Outcomes:
            found = await supervised(conn, request, office)
            why = Why("", data.told_reason)
            return await service.move_affected(conn, state.clock(), request.user, found, data.items, why)

        return await answer(request, work)

    @post(
        "/affected-appointments/cancel",
        operation_id="cancelAffectedAppointments",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, errors.OfficeNotFound, errors.InProgress),
    )
    async def cancel_affected(
        self, office: OfficePath, data: JSONBody[CancelAffected], request: ApiRequest, state: State
    ) -> Response[Outcomes]:
        """Cancel affected appointments for which nothing suits, and tell each person by their own ways.

        Whom to ring is put on the hotline's call list. An appointment that has its counter is left alone.
        """

        async def work(conn: Connection) -> Outcomes:
            found = await supervised(conn, request, office)
            return await service.cancel_affected(conn, state.clock(), found, data.references, data)

        return await answer(request, work)

    @post(
        "/days/{day:date}/cancel",
        operation_id="cancelDay",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, errors.OfficeNotFound, errors.InProgress),
    )
    async def cancel_day(
        self,
        office: OfficePath,
        day: FromPath[date],
        data: JSONBody[DayDecision],
        request: ApiRequest,
        state: State,
        preview: Preview = False,
    ) -> Response[Outcomes]:
        """Close a day for appointments, cancel those that are still to come, and tell each person."""

        async def work(conn: Connection) -> Outcomes:
            found = await supervised(conn, request, office)
            return await service.cancel_day(
                conn, state.clock(), request.user, found, day, data, preview=preview
            )

        return await answer(request, work, atomic=True)

    @post(
        "/days/{day:date}/move",
        operation_id="moveDay",
        status_code=HTTPStatus.OK,
        responses=refusals(*SIGNED_IN, *STORED, errors.OfficeNotFound, errors.InProgress),
    )
    async def move_day(
        self,
        office: OfficePath,
        day: FromPath[date],
        data: JSONBody[DayDecision],
        request: ApiRequest,
        state: State,
        preview: Preview = False,
    ) -> Response[Outcomes]:
        """Close a day for appointments, move those that are still to come, and tell each person.

        `left` counts those for whom there is no place. With an Idempotency-Key at most 200 are moved,
        the earliest first: for what is left, ask again with another key.
        """

        async def work(conn: Connection) -> Outcomes:
            found = await supervised(conn, request, office)
            return await service.move_day(
                conn, state.clock(), request.user, found, day, data, preview=preview
            )

        return await answer(request, work)


async def supervised(conn: Connection, request: ApiRequest, slug: str) -> Office:
    """Give the office; raises OfficeNotFound, and NotPermitted unless this person leads it."""
    office = await offices.find_office(conn, slug)
    request.user.require(Permission.OFFICE_SUPERVISE, office.id, office.authority_id)
    return office


def _day(field: str, text: str | None) -> date | None:
    day = instant_or_day(field, text)
    if isinstance(day, datetime):
        raise errors.InvalidFields(errors=[FieldError(field, "This is not a day: 2027-01-11")])
    return day


rescheduling_routes: list[ControllerRouterHandler] = [StaffingController]
