"""``/``: citizens book for themselves: what, where and when; then the place is held for them.

Four steps, plain forms and addresses: 1 what is to be settled, 2 place and time (both here), 3 how
it is confirmed, 4 check (``held_place_page``). Going back, reloading and several windows work as
with any page. Nothing is known of a person until step 3.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, require_own_origin
from queue_service.booking import service as booking
from queue_service.booking.model import HORIZON, MOST_PERSONS, BookingRequest, Contact
from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.model import local_day
from queue_service.platform.errors import IllegalTransition, InvalidFields, QueueError
from queue_service.platform.queries import Connection
from queue_service.web.appointment_access import APPOINTMENTS, held_here, opened, sender_of
from queue_service.web.appointment_view import view_of
from queue_service.web.booking_offers import (
    chosen_place,
    find_offers,
    has_level_access,
    read_preferences,
)
from queue_service.web.booking_refusals import next_release_in_words, refused_in_words, why_none_in_words
from queue_service.web.booking_search import LONGEST_SEARCH, search_services, search_text
from queue_service.web.booking_wish import Chosen, Wish, chosen_services, read_wish, wish_for
from queue_service.web.dates_in_words import day_in_words, weekday_names
from queue_service.web.hold_once import hold_once, new_proof_challenge
from queue_service.web.languages import choose_language, texts
from queue_service.web.rendering import PageRequest, page
from queue_service.web.sent_once import new_key

TIME_ZONE = "Europe/Berlin"
"""Whose day begins when none of an office is meant."""
STEPS = 4
LONGEST_QUERY = 2_000
"""Characters of the preferences that travel with the form; nine fields need a tenth of it."""


class ServiceLine(msgspec.Struct, frozen=True):
    """A service in the list."""

    service: OfferedService
    href: str
    search: str
    """All words by which it is found; for the script that filters as one types."""
    chosen: bool


class ServiceGroup(msgspec.Struct, frozen=True):
    """A heading of the list."""

    name: dict[str, str]
    lines: list[ServiceLine]

    @property
    def size(self) -> int:
        """How many services it lists."""
        return len(self.lines)


@get("/", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def services_page(request: PageRequest) -> Response[str]:
    """Answer what can be settled, found by heading or by typing; and all other ways to the office."""
    wish = read_wish(request.query_params.multi_items())
    typed = request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
    async with request.app.state.database.connection() as conn:
        catalogue = await offices.list_catalogue(conn)
    # In the order of the catalogue's file, which its writers have thought about.
    in_order = sorted(catalogue, key=lambda service: service.id)
    chosen = chosen_services(wish, in_order)
    return page(
        request,
        "booking_services.html",
        typed=typed,
        longest=LONGEST_SEARCH,
        groups=_grouped(search_services(in_order, typed), wish_for(chosen, wish.persons)),
        empty=not catalogue,
        chosen=chosen,
        wish=wish_for(chosen, wish.persons),
    )


def _grouped(services: Sequence[OfferedService], wish: Wish) -> list[ServiceGroup]:
    groups: dict[str, ServiceGroup] = {}
    for service in services:
        group = groups.setdefault(service.group.get("de", ""), ServiceGroup(service.group, []))
        group.lines.append(
            ServiceLine(
                service,
                f"/booking/services?{wish.plus(service.code).query}" if service.appointment else "/offices",
                search_text(service),
                service.code in wish.quantities,
            )
        )
    return list(groups.values())


@get("/booking/services", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def chosen_services_page(request: PageRequest) -> Response[Any]:
    """Answer what was chosen: what to bring, price, minutes; how many of it, and how many people."""
    wish = read_wish(request.query_params.multi_items())
    if removed := request.query_params.get("remove"):
        return Redirect(f"/booking/services?{wish.without(removed).query}", status_code=303)
    async with request.app.state.database.connection() as conn:
        chosen = await _chosen(conn, wish)
    if not chosen:
        return Redirect("/", status_code=303)
    return page(
        request,
        "booking_chosen.html",
        chosen=chosen,
        wish=wish_for(chosen, wish.persons),
        most_persons=MOST_PERSONS,
        minutes=sum(entry.service.minutes * entry.quantity for entry in chosen),
    )


@get("/booking/places", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def places_page(request: PageRequest) -> Response[Any]:
    """Answer the free places, a few days at a time, or say why there are none and what else there is."""
    sent = list(request.query_params.multi_items())
    now = request.app.state.clock()
    language = choose_language(request)
    words = texts(language)
    wish = read_wish(sent)
    wanted, mistakes = read_preferences(sent, words)
    async with request.app.state.database.connection() as conn:
        chosen = await _chosen(conn, wish)
        if not chosen:
            return Redirect("/", status_code=303)
        wish = wish_for(chosen, wish.persons)
        among = await offices_for(conn, wish)
        offers = await find_offers(conn, now, wish, wanted, among)
        held = [kept for kept in await held_here(conn, request, now) if kept.services == wish.services]
        held_view = await view_of(conn, held[0], language) if held else None
    why = offers.why_none
    if refused := request.query_params.get("refused"):
        mistakes["places"] = refused_in_words(refused, words)
    return page(
        request,
        "booking_places.html",
        status=400 if "from" in mistakes else 200,
        chosen=chosen,
        wish=wish,
        wanted=wanted,
        offers=offers,
        offices=among,
        held=held_view,
        preferences=urlencode(wanted.fields),
        why_none=why_none_in_words(why, words) if why else "",
        next_release=(
            next_release_in_words(why.next_release_at, TIME_ZONE, language, words)
            if why and why.next_release_at
            else ""
        ),
        waiting_query=urlencode([*wish.fields, *msgspec.structs.replace(wanted, day=None).fields])
        if among
        else "",
        overview_query=urlencode(
            [*wish.fields, *msgspec.structs.replace(wanted, day=None, office="").fields]
        ),
        challenge=await new_proof_challenge(
            request.app.state.database, now, request.app.state.settings.proof_of_work_bits
        ),
        **places_context(request, now, mistakes),
    )


def places_context(request: PageRequest, now: datetime, mistakes: dict[str, str]) -> dict[str, Any]:
    """Give what every page with a choice of places needs."""
    language = choose_language(request)
    today = local_day(now, TIME_ZONE)
    return {
        "today": today,
        "last_day": today + HORIZON,
        "weekdays": weekday_names(language),
        "day_words": partial(day_in_words, language=language, today=today),
        "key": new_key(),
        "mistakes": list(mistakes.items()),
        "level_access": has_level_access,
    }


async def offices_for(conn: Connection, wish: Wish) -> list[Office]:
    """Give the offices that settle all of a wish by appointment."""
    found = []
    for office in await offices.list_offices(conn):
        offered = {
            service.code
            for service in await offices.list_offered_services(conn, office)
            if service.appointment
        }
        if offered >= set(wish.quantities):
            found.append(office)
    return found


async def _chosen(conn: Connection, wish: Wish) -> list[Chosen]:
    return chosen_services(wish, await offices.list_catalogue(conn)) if wish else []


@post("/booking/hold", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def hold_place(request: PageRequest) -> Redirect:
    """Hold the chosen place and go on to the contact; without one, back to the places and say why."""
    require_own_origin(request)
    form = await request.form()
    sent = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    wish = read_wish(sent)
    place = chosen_place(str(form.get("place", "")))
    now = request.app.state.clock()
    try:
        if place is None:
            raise InvalidFields
        made = await hold_once(
            request.app.state.database,
            now,
            str(form.get("key", "")),
            BookingRequest(
                office=place[0],
                services=wish.services,
                start=place[1],
                persons=wish.persons,
                hold=True,
                contact=Contact(language=choose_language(request)),
            ),
            sender_of(request, str(form.get("proof", ""))),
        )
    except QueueError as refused:
        # Preferences come along, so that the same search is shown again.
        kept = parse_qsl(str(form.get("preferences", ""))[:LONGEST_QUERY])
        query = urlencode([*wish.fields, *kept, ("refused", refused.code)])
        return Redirect(f"/booking/places?{query}", status_code=303)
    await _let_go(request, now, str(form.get("instead", "")), made.reference)
    redirect = Redirect(f"/appointment/{made.reference}/contact", status_code=303)
    APPOINTMENTS.remember(request, redirect, made.reference, made.secret)
    return redirect


async def _let_go(request: PageRequest, now: datetime, reference: str, held_now: str) -> None:
    """Give back the place that this browser held before it chose another one."""
    if not reference or reference == held_now:
        return
    # What is no longer held needs no giving back, and what is booked stays: confirmed between our
    # look at it and the cancelling, it makes this transaction fail.
    database = request.app.state.database
    with suppress(QueueError):
        async with database.connection() as conn, conn.transaction(isolation="repeatable_read"):
            if (await opened(conn, request, reference)).state != "held":
                raise IllegalTransition
            await booking.cancel(conn, now, reference)


booking_handlers: list[ControllerRouterHandler] = [
    services_page,
    chosen_services_page,
    places_page,
    hold_place,
]
