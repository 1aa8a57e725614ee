"""``/desk``: choose an office, take a counter, work.

These handlers show the two choices and the empty workplace; from there on the page's scripts
follow the office's stream and send verbs to the public API, as any other program would.
"""

from typing import Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.setup_model import TeamSetup
from queue_service.platform.errors import ClerkElsewhere, CounterTaken
from queue_service.platform.queries import Connection
from queue_service.queueing import service as queueing
from queue_service.queueing.model import CounterWithServices
from queue_service.web.languages import choose_language, localized, texts
from queue_service.web.rendering import PageRequest, page


class ServiceChoice(msgspec.Struct, frozen=True):
    """A service that a clerk may take on, under its heading."""

    code: str
    name: dict[str, str]
    group_name: str


class _Wish(NamedTuple):
    """What a form that has to be shown again asked for."""

    counter: str
    services: list[str]
    team: str


class Elsewhere(msgspec.Struct, frozen=True):
    """A counter that the clerk has left open somewhere else."""

    office: str
    name: str


@get("/desk", opt=requires(Permission.COUNTER_WORK), include_in_schema=False)
async def choose_office(request: PageRequest) -> Response[Any]:
    """Answer the clerk's offices, or go on at once when there is just one."""
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
    own = [office for office in listed if _works_at(request, office)]
    if len(own) == 1:
        return Redirect(f"/desk/{own[0].slug}", status_code=303)
    return page(request, "desk_offices.html", offices=own)


@get("/desk/{office:str}", opt=requires(Permission.COUNTER_WORK), include_in_schema=False)
async def desk_page(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Answer the workplace at the clerk's counter; without one, go on to choosing it."""
    async with request.app.state.database.connection() as conn:
        here = await _office(conn, request, office)
        own = await queueing.my_counter(conn, _clerk(request))
        counters = await queueing.list_counters(conn, here)
        listed = await offices.list_offices(conn)
    mine = next((entry for entry in counters if entry.counter.id == own), None)
    if mine is None:
        return Redirect(f"/desk/{here.slug}/counter", status_code=303)
    teams = {team.code: team.name for team in here.setup.teams}
    return page(
        request,
        "desk.html",
        office=here,
        accent=here.accent,
        counter=mine.counter,
        team=teams.get(mine.counter.team or ""),
        teams=here.setup.teams,
        services=mine.services,
        plan=msgspec.to_builtins(queueing.plan_today(here, mine.counter.number, request.app.state.clock())),
        visits=msgspec.to_builtins(here.setup.visits),
        elsewhere=[office for office in listed if office.slug != here.slug],
        now=request.app.state.clock().isoformat(),
    )


@get("/desk/{office:str}/counter", opt=requires(Permission.COUNTER_WORK), include_in_schema=False)
async def choose_counter(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Answer the counters of the office and what may be served there."""
    async with request.app.state.database.connection() as conn:
        here = await _office(conn, request, office)
        return await _counter_form(conn, request, here)


@post("/desk/{office:str}/counter", opt=requires(Permission.COUNTER_WORK), include_in_schema=False)
async def take_counter(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Seat the clerk and go on to the workplace; what is wrong is said in the form."""
    form = await request.form()
    wanted = str(form.get("counter", ""))
    team = str(form.get("team", ""))
    chosen = [str(code) for code in form.getall("service", [])]
    words = texts(choose_language(request))
    async with request.app.state.database.connection() as conn:
        here = await _office(conn, request, office)
        mistakes: dict[str, str] = {}
        if not wanted:
            mistakes["counter"] = words.gettext("Bitte wählen Sie einen Schalter.")
        if not chosen:
            mistakes["services"] = words.gettext("Bitte wählen Sie mindestens eine Dienstleistung.")
        if team and _team(here, team) is None:
            mistakes["team"] = words.gettext("Dieses Team gibt es nicht mehr.")
        if not mistakes:
            try:
                await _sit_down(conn, request, here, wanted, chosen, _team(here, team))
            except CounterTaken:
                mistakes["counter"] = words.gettext("An diesem Schalter sitzt inzwischen jemand anderes.")
            except ClerkElsewhere:
                mistakes["counter"] = words.gettext(
                    "Sie haben noch einen anderen Schalter geöffnet. Bitte verlassen Sie ihn zuerst."
                )
        if mistakes:
            return await _counter_form(conn, request, here, _Wish(wanted, chosen, team), mistakes)
    return Redirect(f"/desk/{here.slug}", status_code=303)


async def _sit_down(
    conn: Connection,
    request: PageRequest,
    office: Office,
    counter_id: str,
    chosen: list[str],
    team: TeamSetup | None,
) -> None:
    counter = await queueing.find_counter(conn, counter_id)
    request.user.require(Permission.COUNTER_WORK, counter.office_id, counter.authority_id)
    every = {service.code for service in await offices.list_offered_services(conn, office)}
    # All boxes ticked means "all the counter can", also when the office offers more tomorrow.
    services = None if set(chosen) >= every else chosen
    async with conn.transaction():
        await queueing.open_counter(conn, request.app.state.clock(), counter, services, _clerk(request), team)


def _team(office: Office, code: str) -> TeamSetup | None:
    return next((team for team in office.setup.teams if team.code == code), None)


async def _counter_form(
    conn: Connection,
    request: PageRequest,
    office: Office,
    wish: _Wish | None = None,
    mistakes: dict[str, str] | None = None,
) -> Response[str]:
    language = choose_language(request)
    counters = await queueing.list_counters(conn, office)
    own = await queueing.my_counter(conn, _clerk(request))
    mine = next((entry for entry in counters if entry.counter.id == own), None)
    services = await offices.list_offered_services(conn, office)
    return page(
        request,
        "desk_counter.html",
        status=400 if mistakes else 200,
        office=office,
        accent=office.accent,
        counters=counters,
        own=mine.counter.id if mine else None,
        chosen=(wish.counter if wish else "") or (mine.counter.id if mine else None),
        team=wish.team if wish else mine.counter.team if mine else None,
        serving=_ticked(wish.services if wish else None, mine, services),
        services=[_choice(service, language) for service in services],
        elsewhere=await _elsewhere(conn, own, language) if own and mine is None else None,
        mistakes=list((mistakes or {}).items()),
    )


def _ticked(
    chosen: list[str] | None, mine: CounterWithServices | None, services: list[OfferedService]
) -> list[str] | None:
    """The services to tick, or None for all of them."""
    if chosen is not None:
        return chosen
    if mine is None or set(mine.counter.serving) >= set(mine.services):
        return None
    return [service.code for service in services if service.code in mine.counter.serving]


def _choice(service: OfferedService, language: str) -> ServiceChoice:
    return ServiceChoice(service.code, service.name, localized(service.group, language))


async def _elsewhere(conn: Connection, counter_id: str, language: str) -> Elsewhere:
    found = await queueing.find_counter(conn, counter_id)
    other = await offices.find_office(conn, found.office)
    entries = await queueing.list_counters(conn, other)
    name = next((entry.counter.name for entry in entries if entry.counter.id == counter_id), {})
    return Elsewhere(other.slug, f"{localized(name, language)} ({localized(other.setup.name, language)})")


def _works_at(request: PageRequest, office: Office) -> bool:
    return bool(request.user.may(Permission.COUNTER_WORK, office.id, office.authority_id))


async def _office(conn: Connection, request: PageRequest, slug: str) -> Office:
    """The office, if the clerk works there; raises OfficeNotFound, NotPermitted."""
    office = await offices.find_office(conn, slug)
    request.user.require(Permission.COUNTER_WORK, office.id, office.authority_id)
    return office


def _clerk(request: PageRequest) -> queueing.Actor:
    return queueing.Actor(request.user.key, request.user.user_id)
