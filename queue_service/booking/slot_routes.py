"""HTTP for searches: where and when a place is left, as a list or as a map of days."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation
from msgspec.structs import replace

from queue_service.accounts.guards import PUBLIC
from queue_service.accounts.model import Permission
from queue_service.booking import service
from queue_service.booking.model import (
    DEFAULT_PLACES,
    Overview,
    PlaceSearch,
    PlacesFound,
    ServiceWish,
)
from queue_service.booking.routes import (
    NOT_STORED,
    SEARCH,
    SIGNED_IN,
    ApiRequest,
    AsChannel,
    From,
    Limit,
    Offices,
    Persons,
    Services,
    To,
    instant_or_day,
)
from queue_service.offices.model import MINUTES_A_DAY, WEEKDAYS, Span, Weekday
from queue_service.offices.setup_model import AccessFact
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals
from queue_service.protocol.device_api import FieldError

CLOCK_TIME = r"^([01]?[0-9]|2[0-4]):[0-5][0-9]$"
POSITION = r"^-?[0-9]{1,2}(\.[0-9]{1,8})?,-?[0-9]{1,3}(\.[0-9]{1,8})?$"

Weekdays = Annotated[
    list[Weekday] | None,
    QueryParameter(name="weekday", max_items=7, description="Only on these days of the week"),
]
NotBefore = Annotated[
    str | None,
    QueryParameter(
        name="after", pattern=CLOCK_TIME, description="Places begin at this time of day or later, as 08:30"
    ),
]
Before = Annotated[
    str | None,
    QueryParameter(
        name="before",
        pattern=CLOCK_TIME,
        description="Places begin before this time of day: 12:00 for mornings",
    ),
]
AccessFacts = Annotated[
    list[AccessFact] | None,
    QueryParameter(name="access", max_items=10, description="Only offices that are known to have all of it"),
]
Near = Annotated[
    str | None,
    QueryParameter(
        name="near",
        pattern=POSITION,
        description="Latitude and longitude, as 53.0793,8.8017: the nearest offices first",
    ),
]
Emergency = Annotated[
    bool,
    QueryParameter(
        name="emergency", description="With places that are kept for emergencies; for supervisors"
    ),
]
ANSWERS = refusals(
    *SIGNED_IN, errors.BadRequest, errors.InvalidFields, errors.OfficeNotFound,
    errors.ServiceNotFound, errors.Unavailable,
)  # fmt: skip


def asked_search(  # noqa: PLR0913, PLR0917  # so many questions may be asked
    request: ApiRequest,
    services: Services,
    asked_offices: Offices = None,
    begin: From = None,
    end: To = None,
    persons: Persons = 1,
    channel: AsChannel = "online",
    weekdays: Weekdays = None,
    access: AccessFacts = None,
    near: Near = None,
    emergency: Emergency = False,
) -> PlaceSearch:
    """Give what list and map are asked alike; refuses who may not search so."""
    _require(request, channel, emergency=emergency)
    return PlaceSearch(
        services=[ServiceWish(code) for code in services],
        offices=asked_offices or [],
        begin=instant_or_day("from", begin),
        end=instant_or_day("to", end),
        channel=channel,
        persons=persons,
        emergency=emergency,
        weekdays=_numbers(weekdays),
        access=list(access or []),
        near=_position(near),
    )


ASKED_SEARCH: Mapping[str, Provide] = {"search": Provide(asked_search, sync_to_thread=False)}
# Not decoded once more: msgspec has no type for an instant or a day.
AskedSearch: TypeAlias = NamedDependency[SkipValidation[PlaceSearch]]


class SlotController(Controller):
    """What can be booked."""

    path = "/api/v1/slots"
    tags = ("appointments",)
    dependencies = ASKED_SEARCH
    response_headers = NOT_STORED

    @get("/", operation_id="findSlots", opt=PUBLIC, responses=ANSWERS)
    async def find_slots(
        self,
        state: State,
        search: AskedSearch,
        limit: Limit = DEFAULT_PLACES,
        not_before: NotBefore = None,
        before: Before = None,
    ) -> Response[PlacesFound]:
        """Give the earliest places over the offices asked, or say why there are none.

        Places follow one another from the beginning of each free time, each as long as the visit;
        `POST /appointments` accepts any other start on full five minutes that fits as well. With
        `near` the nearest office's places come first, a few of each.
        """
        search = replace(search, limit=limit, hours=_hours(not_before, before))
        async with state.database.connection() as conn:
            return json_answer(await service.find_places(conn, state.clock(), search))

    @get("/overview", operation_id="overviewSlots", opt=PUBLIC, responses=ANSWERS)
    async def overview(self, state: State, search: AskedSearch) -> Response[Overview]:
        """Give each office's earliest day and, day by day, about how many such visits still fit."""
        async with state.database.connection() as conn:
            return json_answer(await service.overview(conn, state.clock(), search))


def _require(request: ApiRequest, channel: Literal["online", "phone", "counter"], *, emergency: bool) -> None:
    request.user.require(SEARCH[channel])
    if emergency:
        request.user.require(Permission.OFFICE_SUPERVISE)


def _numbers(weekdays: list[Weekday] | None) -> list[int] | None:
    return sorted({WEEKDAYS.index(weekday) + 1 for weekday in weekdays}) if weekdays else None


def _hours(after: str | None, before: str | None) -> Span | None:
    if after is None and before is None:
        return None
    opens = 0 if after is None else _minutes("after", after)
    closes = MINUTES_A_DAY if before is None else _minutes("before", before)
    return Span(opens, closes)


def _minutes(field: str, clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    if 60 * hour + minute > MINUTES_A_DAY:
        raise errors.InvalidFields(errors=[FieldError(field, "A day ends at 24:00.")])
    return 60 * hour + minute


def _position(near: str | None) -> tuple[float, float] | None:
    if near is None:
        return None
    latitude, longitude = map(float, near.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:  # degrees
        raise errors.InvalidFields(errors=[FieldError("near", "No place on Earth has this position.")])
    return latitude, longitude
