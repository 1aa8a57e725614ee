"""HTTP for guarding the supply: challenges for anybody, no-show figures for those who plan."""

from datetime import date, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import ResponseHeader, State
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, requires
from queue_service.accounts.model import Permission, Principal
from queue_service.accounts.routes import client_address
from queue_service.booking import supply_guard_store as store
from queue_service.booking.no_show import MEASURED_DAYS, no_show_rate, overbooking_places, surely_missed
from queue_service.booking.proof_of_work import Challenge, new_challenge
from queue_service.booking.supply_guard import Asker, OnlineLimits
from queue_service.booking.supply_guard_store import Attendance
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals

OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]


class PoolNoShows(msgspec.Struct, frozen=True, kw_only=True):
    """Who came to the appointments of a pool, and what follows from it."""

    pool: str
    services: list[str]
    missed: int
    came: int
    rate: float | None
    """Share of those who did not come; None without appointments."""
    sure_rate: float
    """What of it can be counted on (Wilson's lower bound, 95 %)."""
    counters: int
    """The most that staffing plans at once."""
    overbooking_percent: int
    """What the pool's setting allows at most; 0: no overbooking."""
    overbooking_places: int
    """Visitors beyond the counters that may be booked at once."""


class NoShows(msgspec.Struct, frozen=True):
    """No-shows by pool over these days, both included."""

    first_day: date
    last_day: date
    items: list[PoolNoShows]


@get(
    "/api/v1/challenges",
    operation_id="readChallenge",
    opt=PUBLIC_FOR_UNKNOWN,
    tags=["appointments"],
    responses=refusals(errors.Unavailable),
    response_headers=[ResponseHeader(name="Cache-Control", value="no-store", description="Good for once")],
)
async def read_challenge(state: State) -> Response[Challenge]:
    """Give a challenge whose answer goes into the header `Proof-Of-Work` of `POST /appointments`.

    The answer is the challenge, a full stop and a number, such that the SHA-256 of these characters
    begins with `difficulty` zero bits; it is good for one booking. With difficulty 0 none is needed.
    """
    async with state.database.connection() as conn:
        return json_answer(await new_challenge(conn, state.clock(), state.settings.proof_of_work_bits))


@get(
    "/api/v1/offices/{office:str}/no-shows",
    operation_id="readNoShows",
    opt=requires(Permission.REPORT_READ),
    tags=["reports"],
    responses=refusals(
        errors.NotAuthenticated, errors.NotPermitted, errors.BadRequest, errors.OfficeNotFound,
        errors.Unavailable,
    ),
)  # fmt: skip
async def read_no_shows(
    office: OfficePath, request: Request[Principal, Any, State], state: State
) -> Response[NoShows]:
    """Tell how many did not come to their appointments in the last 90 days, by pool.

    With it, what the pool's setting makes of it: how many visitors beyond the counters are booked.
    """
    async with state.database.connection() as conn:
        found = await offices.find_office(conn, office)
        request.user.require(Permission.REPORT_READ, found.id, found.authority_id)
        today = state.clock().astimezone(found.zone).date()
        first_day = today - timedelta(days=MEASURED_DAYS)
        counted = await store.attendance(conn, found.id, first_day, today)
    return json_answer(NoShows(first_day, today - timedelta(days=1), [_pool(entry) for entry in counted]))


def _pool(counted: Attendance) -> PoolNoShows:
    counters = max((staffing.counters for staffing in counted.plan.staffing), default=0)
    percent = counted.plan.overbooking_percent
    return PoolNoShows(
        pool=counted.pool,
        services=counted.plan.services,
        missed=counted.missed,
        came=counted.came,
        rate=no_show_rate(counted.missed, counted.came),
        sure_rate=surely_missed(counted.missed, counted.came),
        counters=counters,
        overbooking_percent=percent,
        overbooking_places=overbooking_places(counters, counted.missed, counted.came, percent),
    )


def asker_of(request: Request[Any, Any, Any]) -> Asker:
    """Give who asks online, with this installation's limits, for ``booking.book`` and ``confirm``."""
    settings = request.app.state.settings
    return Asker(
        address=client_address(request),
        limits=OnlineLimits(
            per_service=settings.online_bookings_per_service,
            altogether=settings.online_bookings_per_person,
            unconfirmed_per_address=settings.online_holds_per_address,
            hourly_per_address=settings.online_bookings_per_address,
        ),
    )


supply_routes: list[ControllerRouterHandler] = [read_challenge, read_no_shows]
