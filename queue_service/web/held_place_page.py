"""``/appointment/{reference}/contact`` and on: steps 3 and 4, for whoever holds the place.

What is typed is kept nowhere until the last step: it travels from form to form. When the hold has
run out meanwhile, the page says so, offers the same place or the next ones, and loses no letter.
"""

from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, require_own_origin
from queue_service.booking import service as booking
from queue_service.booking import waiting_list
from queue_service.booking.model import BookingRequest, Contact, KeptAppointment, PlaceSearch
from queue_service.booking.supply_routes import asker_of
from queue_service.offices import service as offices_service
from queue_service.platform.errors import AppointmentNotFound, HoldExpired, InvalidFields, QueueError
from queue_service.platform.queries import Connection
from queue_service.web.appointment_access import APPOINTMENTS, opened, sender_of
from queue_service.web.appointment_view import AppointmentView, view_of
from queue_service.web.booking_contact import (
    LONGEST,
    ContactForm,
    checked_contact,
    read_contact,
)
from queue_service.web.booking_offers import chosen_place
from queue_service.web.booking_refusals import refusal_in_words
from queue_service.web.dates_in_words import day_in_words
from queue_service.web.hold_once import hold_once, new_proof_challenge
from queue_service.web.languages import LANGUAGE_QUERY, choose_language, texts
from queue_service.web.rendering import PageRequest, page
from queue_service.web.sent_once import new_key

PLACES_INSTEAD = 6
"""Offered when a hold has run out: enough to find one near, few enough to read."""
MAY_BE_KEPT = "private, no-cache"
"""For a page without personal data: going back to it, a browser shows what was typed there."""


@get("/appointment/{reference:str}/contact", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def contact_page(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Answer the question how the appointment is to be confirmed."""
    found = await _held(request, reference)
    if isinstance(found, Response):
        return found
    return _contact_form(request, found, ContactForm())


@post("/appointment/{reference:str}/contact", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def change_contact(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Answer the same form with what was typed before, for whoever comes back from the last step."""
    require_own_origin(request)
    form = read_contact(await request.form())
    found = await _held(request, reference, form)
    if isinstance(found, Response):
        return found
    return _contact_form(request, found, form)


# The language switch, and whoever pastes the address, come by GET and have typed nothing yet.
@get(
    [f"/appointment/{{reference:str}}/{step}" for step in ("check", "confirm", "again")],
    opt=PUBLIC_FOR_UNKNOWN,
    include_in_schema=False,
    sync_to_thread=False,
)
def back_to_contact(request: PageRequest, reference: FromPath[str]) -> Redirect:
    """Go on to the question whose answers the page would need, in the language asked for."""
    query = urlencode({LANGUAGE_QUERY: choose_language(request)})
    return Redirect(f"/appointment/{reference}/contact?{query}", status_code=303)


@post("/appointment/{reference:str}/check", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def check_page(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Answer everything once more before it counts; what is wrong with the contact is said in its form."""
    require_own_origin(request)
    form = read_contact(await request.form())
    found = await _held(request, reference, form)
    if isinstance(found, Response):
        return found
    return _check(request, found, form)


@post("/appointment/{reference:str}/confirm", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def confirm(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Book what is held, and go on to the confirmation; sent twice, it is still one appointment."""
    require_own_origin(request)
    form = read_contact(await request.form())
    found = await _held(request, reference, form)
    if isinstance(found, Response):
        return found
    language = choose_language(request)
    contact, mistakes = checked_contact(form, language, texts(language))
    if mistakes:
        return _contact_form(request, found, form, mistakes)
    try:
        async with request.app.state.database.connection() as conn:
            asker = asker_of(request)
            await booking.confirm(conn, request.app.state.clock(), reference, contact, asker=asker)
    except HoldExpired:
        return await _expired(request, found, form)
    except QueueError as refused:
        # The other of two clicks was faster: what was wanted has happened.
        if refused.extra.get("state") != "booked":
            return _check(request, found, form, refused)
    return Redirect(f"/appointment/{found.reference}", status_code=303)


@post("/appointment/{reference:str}/again", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def hold_again(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Hold the same place or another one instead of what has run out; what was typed comes along."""
    require_own_origin(request)
    sent = await request.form()
    form = read_contact(sent)
    place = chosen_place(str(sent.get("place", "")))
    language = choose_language(request)
    database, now = request.app.state.database, request.app.state.clock()
    async with database.connection() as conn:
        before = await _own(conn, request, reference)
        if before is None:
            return Redirect("/appointment", status_code=303)
        old = await view_of(conn, before, language)
    try:
        if place is None:
            raise InvalidFields
        made = await hold_once(
            database,
            now,
            str(sent.get("key", "")),
            BookingRequest(
                office=place[0],
                services=before.services,
                start=place[1],
                persons=before.persons,
                hold=True,
                contact=Contact(language=language),
            ),
            sender_of(request, str(sent.get("proof", ""))),
        )
        async with database.connection() as conn:
            new = await view_of(conn, await booking.find(conn, made.reference), language)
    except QueueError as refused:
        return await _expired(request, old, form, refused)
    # With nothing typed yet, the question itself comes first.
    answer = _check(request, new, form) if form.confirm_by else _contact_form(request, new, form)
    APPOINTMENTS.remember(request, answer, made.reference, made.secret)
    return answer


async def _own(conn: Connection, request: PageRequest, reference: str) -> KeptAppointment | None:
    try:
        return await opened(conn, request, reference)
    except AppointmentNotFound:
        return None


async def _held(
    request: PageRequest, reference: str, form: ContactForm | None = None
) -> AppointmentView | Response[Any]:
    """Give the held place, or the page to be seen instead: log-in, confirmation, or that time is up."""
    async with request.app.state.database.connection() as conn:
        kept = await _own(conn, request, reference)
        if kept is None:
            return Redirect("/appointment", status_code=303)
        if await waiting_list.offered_for(conn, kept) is not None:
            # An offer is answered on its own page: whoever waits has said how they are told.
            return Redirect(f"/appointment/{reference}", status_code=303)
        view = await view_of(conn, kept, choose_language(request))
    over = kept.expires_at is not None and kept.expires_at <= request.app.state.clock()
    if kept.state == "expired" or (kept.state == "held" and over):
        return await _expired(request, view, form or ContactForm())
    if kept.state != "held":
        # Booked already: the second of two clicks, or somebody who went back.
        return Redirect(f"/appointment/{view.reference}", status_code=303)
    return view


def _contact_form(
    request: PageRequest, view: AppointmentView, form: ContactForm, mistakes: dict[str, str] | None = None
) -> Response[str]:
    answer = page(
        request,
        "booking_contact.html",
        status=HTTPStatus.BAD_REQUEST if mistakes else HTTPStatus.OK,
        view=view,
        form=form,
        longest=LONGEST,
        mistakes=list((mistakes or {}).items()),
        now=request.app.state.clock(),
    )
    if request.method == "GET":
        answer.headers["Cache-Control"] = MAY_BE_KEPT
    return answer


def _check(
    request: PageRequest, view: AppointmentView, form: ContactForm, refused: QueueError | None = None
) -> Response[str]:
    language = choose_language(request)
    words = texts(language)
    _, mistakes = checked_contact(form, language, words)
    if mistakes:
        return _contact_form(request, view, form, mistakes)
    return page(
        request,
        "booking_check.html",
        status=int(refused.status) if refused else HTTPStatus.OK,
        view=view,
        form=form,
        mistakes=[("confirm", refusal_in_words(refused, words))] if refused else [],
        days_kept=view.office.contact_days,
        now=request.app.state.clock(),
    )


async def _expired(
    request: PageRequest, view: AppointmentView, form: ContactForm, refused: QueueError | None = None
) -> Response[str]:
    """Answer that time is up, with the same place if it is free, and the next ones."""
    language = choose_language(request)
    words = texts(language)
    now = request.app.state.clock()
    search = PlaceSearch(services=view.shown.services, persons=view.shown.persons, limit=PLACES_INSTEAD)
    async with request.app.state.database.connection() as conn:
        found = await booking.find_places(conn, now, search)
        named = {place.office for place in found.items}
        offices = {slug: await offices_service.find_office(conn, slug) for slug in sorted(named)}
    return page(
        request,
        "booking_expired.html",
        status=int(refused.status) if refused else HTTPStatus.CONFLICT,
        view=view,
        form=form,
        places=found.items,
        challenge=await new_proof_challenge(
            request.app.state.database, now, request.app.state.settings.proof_of_work_bits
        ),
        offices=offices,
        same_is_over=view.shown.start <= now,
        key=new_key(),
        day_words=partial(day_in_words, language=language, today=view.shown.start.date()),
        mistakes=[("places", refusal_in_words(refused, words))] if refused else [],
    )


held_place_handlers: list[ControllerRouterHandler] = [
    contact_page,
    change_contact,
    back_to_contact,
    check_page,
    confirm,
    hold_again,
]
