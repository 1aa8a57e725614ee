"""``/appointment``: the confirmation, and changing or cancelling by reference and secret."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import segno
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, require_own_origin
from queue_service.booking import service as booking
from queue_service.booking.model import KeptAppointment, MoveRequest
from queue_service.platform.errors import (
    AppointmentCancelled,
    AppointmentNotFound,
    InvalidFields,
    QueueError,
    TooManyAttempts,
)
from queue_service.web.appointment_access import APPOINTMENTS, open_by_secret, opened
from queue_service.web.appointment_view import (
    AppointmentView,
    access_facts,
    calendar_answer,
    calendar_of,
    in_groups,
    spelling,
    view_of,
)
from queue_service.web.booking_offers import chosen_place, find_offers, read_preferences
from queue_service.web.booking_page import offices_for, places_context
from queue_service.web.booking_refusals import refusal_in_words, refused_in_words, why_none_in_words
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.offer_page import offer_page
from queue_service.web.rendering import PageRequest, page
from queue_service.web.visitor_secrets import read_access

LONGEST_TYPED = 400
"""Characters of a field into which somebody may paste the whole link."""
QR_BORDER = 2
"""Modules of white; the page around it is white too (ISO/IEC 18004 wants four in all)."""
CHANGEABLE = ("held", "booked")


@get("/appointment", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def find_appointment(request: PageRequest) -> Response[Any]:
    """Answer the form, or open the appointment that a link names with its secret."""
    reference = request.query_params.get("reference", "")
    secret = request.query_params.get("secret", "")
    return await _open(request, reference, secret) if secret else _form(request, reference)


@post("/appointment", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def open_appointment(request: PageRequest) -> Response[Any]:
    """Open the appointment and go on to its page; what is wrong is said in the form."""
    require_own_origin(request)
    form = await request.form()
    typed = {name: str(form.get(name, ""))[:LONGEST_TYPED] for name in ("reference", "secret")}
    return await _open(request, *read_access(typed["reference"], typed["secret"]))


async def _open(request: PageRequest, reference: str, secret: str) -> Response[Any]:
    words = texts(choose_language(request))
    missing = {
        field: sentence
        for field, typed, sentence in (
            ("reference", reference, words.gettext("Bitte geben Sie Ihre Terminnummer ein.")),
            ("secret", secret, words.gettext("Bitte geben Sie den Schlüssel ein.")),
        )
        if not typed
    }
    if missing:
        return _form(request, reference, HTTPStatus.BAD_REQUEST, missing)
    try:
        async with request.app.state.database.connection() as conn:
            kept = await open_by_secret(conn, request, request.app.state.clock(), reference, secret)
    except AppointmentNotFound as wrong:
        return _form(request, reference, int(wrong.status), {"reference": _wrong(words)})
    except TooManyAttempts as refused:
        sentence = refusal_in_words(refused, words)
        return _form(request, reference, int(refused.status), {"reference": sentence})
    shown = booking.shown_appointment(kept).reference
    redirect = Redirect(f"/appointment/{shown}", status_code=303)
    APPOINTMENTS.remember(request, redirect, shown, secret)
    return redirect


def _wrong(words: Texts) -> str:
    # Which of the two it was, and whether there is such an appointment, is nobody's business.
    return words.gettext(
        "Terminnummer und Schlüssel passen nicht zusammen. Bitte vergleichen Sie Zeichen für Zeichen."
    )


def _form(
    request: PageRequest, reference: str, status: int = 200, mistakes: dict[str, str] | None = None
) -> Response[str]:
    return page(
        request,
        "appointment_find.html",
        status=status,
        reference=reference,
        longest=LONGEST_TYPED,
        mistakes=list((mistakes or {}).items()),
    )


@get("/appointment/{reference:str}", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def appointment_page(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Answer the appointment: the confirmation, to be printed and kept."""
    found = await _found(request, reference)
    if isinstance(found, Response):
        return found
    kept, view = found
    if kept.state in {"held", "expired", "cancelled"}:
        async with request.app.state.database.connection() as conn:
            offer = await offer_page(request, conn, kept)
        if offer is not None:
            return offer
    if kept.state in {"held", "expired"}:
        return Redirect(f"/appointment/{view.reference}/contact", status_code=303)
    language = choose_language(request)
    secret = APPOINTMENTS.remembered(request, reference)
    link = _link(request, view.reference, secret)
    return page(
        request,
        "appointment.html",
        view=view,
        accent=view.office.accent,
        spelling=spelling(view.reference, language),
        access=access_facts(view.office, language),
        secret=in_groups(secret),
        link=link,
        qr=_qr(link),
        changeable=kept.state in CHANGEABLE and kept.starts_at > request.app.state.clock(),
        moved=request.query_params.get("done") == "moved",
    )


def _link(request: PageRequest, reference: str, secret: str) -> str:
    query = urlencode({"reference": reference, "secret": secret})
    return f"{request.app.state.settings.visitor_url}/appointment?{query}"


def _qr(link: str) -> Markup:
    drawn = segno.make(link, error="m", micro=False)
    return Markup(drawn.svg_inline(border=QR_BORDER, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704  # segno draws, nothing in it is text


@get("/appointment/{reference:str}/calendar.ics", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def calendar_page(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Answer the file that a calendar takes."""
    found = await _found(request, reference)
    if isinstance(found, Response):
        return found
    kept, view = found
    async with request.app.state.database.connection() as conn:
        content = await calendar_of(conn, request.app.state.clock(), kept, view, choose_language(request))
    return calendar_answer(view.reference, content)


@get("/appointment/{reference:str}/move", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def move_page(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Answer the places to which the appointment could go."""
    found = await _found(request, reference)
    if isinstance(found, Response):
        return found
    kept, view = found
    if kept.state not in CHANGEABLE:
        return Redirect(f"/appointment/{view.reference}", status_code=303)
    now = request.app.state.clock()
    words = texts(choose_language(request))
    wanted, mistakes = read_preferences(request.query_params.multi_items(), words)
    wish = view.wish
    if refused := request.query_params.get("refused"):
        mistakes["places"] = refused_in_words(refused, words)
    async with request.app.state.database.connection() as conn:
        among = await offices_for(conn, wish)
        offers = await find_offers(conn, now, wish, wanted, among)
    return page(
        request,
        "appointment_move.html",
        view=view,
        accent=view.office.accent,
        wanted=wanted,
        wish=wish,
        offers=offers,
        offices=among,
        why_none=why_none_in_words(offers.why_none, words) if offers.why_none else "",
        **places_context(request, now, mistakes),
    )


@post("/appointment/{reference:str}/move", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def move(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Put the appointment to the chosen place; when that is gone, back to the places and say so."""
    require_own_origin(request)
    form = await request.form()
    place = chosen_place(str(form.get("place", "")))
    try:
        if place is None:
            raise InvalidFields
        async with request.app.state.database.connection() as conn:
            kept = await opened(conn, request, reference)
            if (kept.office, kept.starts_at) != place:
                wish = MoveRequest(place[1], place[0])
                await booking.move(conn, request.app.state.clock(), reference, wish, by_visitor=True)
    except AppointmentNotFound:
        return Redirect("/appointment", status_code=303)
    except QueueError as refused:
        query = urlencode({"refused": refused.code})
        return Redirect(f"/appointment/{reference}/move?{query}", status_code=303)
    return Redirect(f"/appointment/{reference}?done=moved", status_code=303)


@get("/appointment/{reference:str}/cancel", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def cancel_page(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Ask once whether the appointment is really to be given up."""
    return await _cancel_form(request, reference)


@post("/appointment/{reference:str}/cancel", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def cancel(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Give the place back; sent twice, it is given back once."""
    require_own_origin(request)
    try:
        async with request.app.state.database.connection() as conn:
            await opened(conn, request, reference)
            await booking.cancel(conn, request.app.state.clock(), reference, by_visitor=True)
    except AppointmentNotFound:
        return Redirect("/appointment", status_code=303)
    except AppointmentCancelled:
        pass
    except QueueError as refused:
        return await _cancel_form(request, reference, refused)
    return Redirect(f"/appointment/{reference}", status_code=303)


async def _cancel_form(
    request: PageRequest, reference: str, refused: QueueError | None = None
) -> Response[Any]:
    found = await _found(request, reference)
    if isinstance(found, Response):
        return found
    kept, view = found
    if kept.state not in CHANGEABLE and refused is None:
        return Redirect(f"/appointment/{view.reference}", status_code=303)
    words = texts(choose_language(request))
    return page(
        request,
        "appointment_cancel.html",
        status=int(refused.status) if refused else HTTPStatus.OK,
        view=view,
        accent=view.office.accent,
        mistakes=[("cancel", refusal_in_words(refused, words))] if refused else [],
    )


@post("/appointment/{reference:str}/forget", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def forget_appointment(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Close the appointment on a device that others use too; it stays booked."""
    require_own_origin(request)
    redirect = Redirect("/", status_code=303)
    APPOINTMENTS.forget(request, redirect, reference)
    return redirect


async def _found(
    request: PageRequest, reference: str
) -> tuple[KeptAppointment, AppointmentView] | Response[Any]:
    """Give the appointment to the browser that may see it; all others get the form, whatever is wrong."""
    try:
        async with request.app.state.database.connection() as conn:
            kept = await opened(conn, request, reference)
            return kept, await view_of(conn, kept, choose_language(request))
    except AppointmentNotFound:
        return Redirect("/appointment", status_code=303)


appointment_handlers: list[ControllerRouterHandler] = [
    find_appointment,
    open_appointment,
    appointment_page,
    calendar_page,
    move_page,
    move,
    cancel_page,
    cancel,
    forget_appointment,
]
