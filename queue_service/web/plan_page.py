"""``/plan``: team leads see who is staffed, booked and free in the next two weeks.

What is changed for a day stands in ``plan_day_page``; who loses a place by it, in
``plan_affected_page``. All of it is forms and links.
"""

from datetime import date
from itertools import groupby
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.platform.queries import Connection
from queue_service.rescheduling import parties
from queue_service.rescheduling import service as rescheduling
from queue_service.rescheduling.model import PoolDayPlan
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.plan_words import Reader
from queue_service.web.rendering import PageRequest, page

PATH = "/plan"
SUPERVISE = requires(Permission.OFFICE_SUPERVISE)


class PoolCell(msgspec.Struct, frozen=True):
    """A pool on a day, in words."""

    pool: str
    name: str
    hours: list[str]
    """Empty: no appointments."""
    booked: int
    free: str
    full: bool
    affected: int
    changed: bool
    reason: str


class DayRow(msgspec.Struct, frozen=True):
    """A day of the plan."""

    day: date
    name: str
    cells: list[PoolCell]

    @property
    def booked(self) -> int:
        """Appointments in all pools."""
        return sum(cell.booked for cell in self.cells)


@get(PATH, opt=SUPERVISE, include_in_schema=False)
async def choose_planned_office(request: PageRequest) -> Response[Any]:
    """Answer the offices that somebody leads, or go on at once when there is just one."""
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
    own = [
        office
        for office in listed
        if (office.setup.pools or office.setup.timed_entries)
        and request.user.may(Permission.OFFICE_SUPERVISE, office.id, office.authority_id)
    ]
    if len(own) == 1:
        return Redirect(f"{PATH}/{own[0].slug}", status_code=303)
    return page(request, "plan_offices.html", offices=own)


@get(PATH + "/{office:str}", opt=SUPERVISE, include_in_schema=False)
async def plan_page(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Answer the next two weeks, day by day and pool by pool."""
    now = request.app.state.clock()
    reader = reader_of(request)
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        names = reader.pools(here, await services_of(conn, here))
        plan = await rescheduling.staffing_plan(conn, now, here, None, None)
        affected = await rescheduling.count_affected(conn, now, here)
        without_places = await parties.count_parties(conn, now, here)
    return page(
        request,
        "plan.html",
        office=here,
        accent=here.accent,
        done=_done(request, reader.words),
        pools=names,
        affected=affected,
        without_places=without_places,
        days=[
            DayRow(day, reader.day(day), [cell_of(entry, names, reader) for entry in entries])
            for day, entries in groupby(plan.items, key=lambda entry: entry.day)
        ],
    )


def cell_of(entry: PoolDayPlan, names: dict[str, str], reader: Reader) -> PoolCell:
    """Give a pool's day in words."""
    return PoolCell(
        pool=entry.pool,
        name=names[entry.pool],
        hours=reader.hours(entry.staffing),
        booked=entry.booked,
        free=reader.duration(entry.free_minutes),
        full=not entry.free_minutes,
        affected=entry.affected,
        changed=entry.decided is not None,
        reason=entry.reason or "",
    )


async def led_office(conn: Connection, request: PageRequest, slug: str) -> Office:
    """Give the office; raises OfficeNotFound, and NotPermitted unless this person leads it."""
    office = await offices.find_office(conn, slug)
    request.user.require(Permission.OFFICE_SUPERVISE, office.id, office.authority_id)
    return office


async def services_of(conn: Connection, office: Office) -> dict[str, OfferedService]:
    """Give what the office offers, by code."""
    return {service.code: service for service in await offices.list_offered_services(conn, office)}


def reader_of(request: PageRequest) -> Reader:
    """Give who reads the page."""
    language = choose_language(request)
    return Reader(language, texts(language), request.app.state.clock().date())


def _done(request: PageRequest, words: Texts) -> str:
    """Give what the form before has done; empty for nothing."""
    sentences = {
        "changed": words.gettext("Die Besetzung ist geändert. Kein Termin ist betroffen."),
        "restored": words.gettext("Der Tag ist wieder wie geplant besetzt."),
    }
    return sentences.get(request.query_params.get("done", ""), "")


plan_handlers: list[ControllerRouterHandler] = [choose_planned_office, plan_page]
