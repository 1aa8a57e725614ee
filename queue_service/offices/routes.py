"""HTTP for what everybody may know of offices and services."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.params import PathParameter

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.offices import service
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.model import Closure, WeekHours, is_open
from queue_service.offices.open_consultation import walk_ins_of
from queue_service.offices.setup_model import Access, AccessFact, Address
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals
from queue_service.protocol.stream import WaitRange, WalkIns

LONGEST_SLUG = 60
OfficePath = Annotated[str, PathParameter(max_length=LONGEST_SLUG, description="The office's slug")]


class Figures(msgspec.Struct, frozen=True):
    """How full the office is now."""

    waiting: int
    open_counters: int
    wait: WaitRange | None
    """For somebody who would come now, as the office's displays have it; None when nobody can say."""
    wait_reason: str | None
    """Why there is none: ``no_counter_open``, ``nobody_serves_this``, ``closes_before``, ``hall_paused``."""


class OfficeAnswer(msgspec.Struct, frozen=True):
    """An office as anybody may know it. Hours are minutes after midnight of its own time zone."""

    id: str
    slug: str
    name: dict[str, str]
    authority: str
    address: Address
    latitude: float | None
    longitude: float | None
    phone: str | None
    time_zone: str
    opening_hours: WeekHours
    closures: list[Closure]
    open_now: bool
    walk_ins: WalkIns
    """Whether numbers are given out without an appointment now, and how many same-day places are left."""
    accessibility: dict[AccessFact, Access]
    notice: dict[str, str]
    figures: Figures


class Offices(msgspec.Struct, frozen=True):
    """Offices by authority and slug."""

    items: list[OfficeAnswer]


class ServiceAnswer(msgspec.Struct, frozen=True):
    """A service as an office offers it; ``id`` is its code."""

    id: str
    code: str
    leika_key: str | None
    name: dict[str, str]
    group: dict[str, str]
    minutes: int
    modes: list[str]
    max_quantity: int
    documents: dict[str, list[str]]
    fee: dict[str, str]


class Services(msgspec.Struct, frozen=True):
    """Services in the order of the office's set-up."""

    items: list[ServiceAnswer]


class OfficeController(Controller):
    """Public facts."""

    path = "/api/v1"
    tags = ("offices",)

    @get(
        "/offices",
        operation_id="listOffices",
        opt=PUBLIC_FOR_UNKNOWN,
        responses=refusals(errors.Unavailable),
    )
    async def list_offices(self, state: State) -> Response[Offices]:
        """Tell all offices with hours, access and how full they are."""
        async with state.database.connection() as conn:
            listed = await service.list_offices(conn)
            now = state.clock()
            figures = await state.waiting_figures(conn)
            taken = await state.same_day_places_taken(conn, now)
        return json_answer(Offices([_office(office, figures, taken, now) for office in listed]))

    @get(
        "/offices/{office:str}",
        operation_id="readOffice",
        opt=PUBLIC_FOR_UNKNOWN,
        responses=refusals(errors.BadRequest, errors.OfficeNotFound, errors.Unavailable),
    )
    async def read_office(self, office: OfficePath, state: State) -> Response[OfficeAnswer]:
        """Tell one office."""
        async with state.database.connection() as conn:
            found = await service.find_office(conn, office)
            now = state.clock()
            figures = await state.waiting_figures(conn)
            taken = await state.same_day_places_taken(conn, now)
        return json_answer(_office(found, figures, taken, now))

    @get(
        "/offices/{office:str}/services",
        operation_id="listServices",
        opt=PUBLIC_FOR_UNKNOWN,
        responses=refusals(errors.BadRequest, errors.OfficeNotFound, errors.Unavailable),
    )
    async def list_services(self, office: OfficePath, state: State) -> Response[Services]:
        """Tell what the office offers, how, and what to bring."""
        async with state.database.connection() as conn:
            found = await service.find_office(conn, office)
            offered = await service.list_offered_services(conn, found)
        return json_answer(Services([_service(entry) for entry in offered]))

    @get(
        "/services",
        operation_id="listCatalogue",
        opt=PUBLIC_FOR_UNKNOWN,
        responses=refusals(errors.Unavailable),
    )
    async def list_catalogue(self, state: State) -> Response[Services]:
        """Tell every service that some office offers."""
        async with state.database.connection() as conn:
            return json_answer(Services([_service(entry) for entry in await service.list_catalogue(conn)]))


def _office(
    office: Office, figures: dict[str, Any], taken: dict[str, dict[str, int]], now: datetime
) -> OfficeAnswer:
    full = figures[office.slug]
    setup = office.setup
    return OfficeAnswer(
        id=office.slug,
        slug=office.slug,
        name=setup.name,
        authority=office.authority,
        address=setup.address,
        latitude=setup.latitude,
        longitude=setup.longitude,
        phone=setup.phone,
        time_zone=setup.time_zone,
        opening_hours=setup.opening_hours,
        closures=setup.closures,
        open_now=is_open(office.calendar, now),
        walk_ins=walk_ins_of(office, now, taken.get(office.slug, {})),
        accessibility=setup.access,
        notice=setup.notice,
        figures=Figures(full.waiting, full.open_counters, full.wait, full.wait_reason),
    )


def _service(offered: OfferedService) -> ServiceAnswer:
    return ServiceAnswer(
        id=offered.code,
        code=offered.code,
        leika_key=offered.leika_key,
        name=offered.name,
        group=offered.group,
        minutes=offered.minutes,
        modes=offered.modes,
        max_quantity=offered.max_quantity,
        documents=offered.documents,
        fee=offered.fee,
    )
