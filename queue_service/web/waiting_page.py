"""``/waiting``: citizens put themselves on the waiting list, see how they stand, and answer an offer."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, require_own_origin
from queue_service.booking import service as booking
from queue_service.booking import waiting_list
from queue_service.booking.model import KeptAppointment
from queue_service.booking.supply_routes import asker_of
from queue_service.booking.waiting_model import KeptEntry, WaitingMade
from queue_service.offices import service as offices
from queue_service.offices.model import local_day
from queue_service.platform.errors import QueueError, TooManyAttempts, WaitingEntryNotFound
from queue_service.platform.queries import Connection
from queue_service.web.appointment_access import APPOINTMENTS, sender_of
from queue_service.web.appointment_page import LONGEST_TYPED
from queue_service.web.appointment_view import in_groups, spelling
from queue_service.web.booking_contact import LONGEST
from queue_service.web.booking_offers import offices_meant
from queue_service.web.booking_page import TIME_ZONE, offices_for
from queue_service.web.booking_refusals import refusal_in_words
from queue_service.web.booking_wish import Chosen, Wish, chosen_services, read_wish, wish_for
from queue_service.web.dates_in_words import weekday_names
from queue_service.web.hold_once import new_proof_challenge, require_sent_proof
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page
from queue_service.web.sent_once import Sent, new_key, once
from queue_service.web.visitor_secrets import read_access
from queue_service.web.waiting_access import WAITING, open_by_secret, opened
from queue_service.web.waiting_form import (
    LATEST,
    NOTICES,
    WaitingForm,
    first_form,
    read_form,
    waiting_request,
)
from queue_service.web.waiting_view import notice_in_words, waiting_view

PRINCIPAL = "waiting-page"
Answered = TypeVar("Answered", KeptAppointment, KeptEntry)


class _Asked(msgspec.Struct, frozen=True):
    """What the visit is for, and where it could be."""

    wish: Wish
    chosen: list[Chosen]
    offices: list[str]
    """Slugs of those that were searched in; empty: any."""


@get("/waiting/join", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def join_page(request: PageRequest) -> Response[Any]:
    """Ask until when, on which days, with how much notice, and how to be told."""
    sent = list(request.query_params.multi_items())
    form = first_form(sent, _today(request), texts(choose_language(request)))
    asked = await _asked(request, sent, form)
    return await _join_form(request, asked, form, new_key()) if asked else Redirect("/", status_code=303)


@post("/waiting/join", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def join(request: PageRequest) -> Response[Any]:
    """Put somebody on the list, once however often the form is sent, and go on to their entry."""
    require_own_origin(request)
    fields = await request.form()
    sent = [(name, value) for name, value in fields.multi_items() if isinstance(value, str)]
    language = choose_language(request)
    words = texts(language)
    form = read_form(sent, words)
    asked = await _asked(request, sent, form)
    if asked is None:
        return Redirect("/", status_code=303)
    key = str(fields.get("key", ""))
    sender = sender_of(request, str(fields.get("proof", "")))
    wanted, mistakes = waiting_request(form, asked.wish, asked.offices, _today(request), language, words)
    if wanted is None:
        return await _join_form(request, asked, form, key, mistakes)
    now = request.app.state.clock()

    async def join_list(conn: Connection) -> WaitingMade:
        await require_sent_proof(conn, now, sender)
        return await waiting_list.join(conn, now, wanted, asker=sender.asker)

    try:
        made = await once(
            request.app.state.database, now, Sent(PRINCIPAL, key, wanted), join_list, WaitingMade
        )
    except QueueError as refused:
        return await _join_form(request, asked, form, key, {"join": _refusal(refused, words)})
    redirect = Redirect(f"/waiting/{made.reference}", status_code=303)
    WAITING.remember(request, redirect, made.reference, made.secret)
    return redirect


def _today(request: PageRequest) -> date:
    return local_day(request.app.state.clock(), TIME_ZONE)


async def _asked(request: PageRequest, sent: list[tuple[str, str]], form: WaitingForm) -> _Asked | None:
    """Give what the visit is for; None when nothing that is offered was chosen."""
    wish = read_wish(sent)
    async with request.app.state.database.connection() as conn:
        chosen = chosen_services(wish, await offices.list_catalogue(conn)) if wish else []
        if not chosen:
            return None
        wish = wish_for(chosen, wish.persons)
        among = await offices_for(conn, wish)
    meant = offices_meant(form.wanted, among)
    narrowed = bool(meant) and len(meant) < len(among)
    return _Asked(wish, chosen, [office.slug for office in meant] if narrowed else [])


def _refusal(refused: QueueError, words: Texts) -> str:
    if refused.extra.get("limit") == "waiting":
        return words.gettext(
            "Sie stehen schon so oft auf der Warteliste, wie man auf einmal darf. Streichen Sie einen Eintrag"
            " oder rufen Sie die 115 an."
        )
    if refused.code == "too_many_from_address":
        return words.gettext(
            "Von diesem Internetanschluss haben sich in der letzten Stunde schon viele eingetragen. Bitte"
            " versuchen Sie es später noch einmal oder rufen Sie die 115 an."
        )
    if refused.code == "proof_of_work_needed":
        return words.gettext(
            "Das Formular war sehr lange offen. Ihre Angaben stehen noch da: Bitte drücken Sie noch einmal"
            " auf „Jetzt eintragen“."
        )
    if refused.code == "service_not_offered":
        return words.gettext("Kein Standort erledigt alles zusammen in einem Termin.")
    return refusal_in_words(refused, words)


async def _join_form(
    request: PageRequest, asked: _Asked, form: WaitingForm, key: str, mistakes: dict[str, str] | None = None
) -> Response[str]:
    language = choose_language(request)
    words = texts(language)
    today = _today(request)
    return page(
        request,
        "waiting_join.html",
        status=HTTPStatus.BAD_REQUEST if mistakes else HTTPStatus.OK,
        wish=asked.wish,
        chosen=asked.chosen,
        offices=asked.offices,
        form=form,
        wanted=form.wanted,
        weekdays=weekday_names(language),
        notices=[(hours, notice_in_words(hours, words)) for hours in NOTICES],
        today=today,
        last_day=today + LATEST,
        longest=LONGEST,
        key=key,
        challenge=await new_proof_challenge(
            request.app.state.database,
            request.app.state.clock(),
            request.app.state.settings.proof_of_work_bits,
        ),
        mistakes=list((mistakes or {}).items()),
    )


@get("/waiting", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def find_entry(request: PageRequest) -> Response[Any]:
    """Answer the form, or open the entry that a link names with its secret."""
    reference = request.query_params.get("reference", "")[:LONGEST_TYPED]
    secret = request.query_params.get("secret", "")
    return await _open(request, reference, secret) if secret else _find_form(request, reference)


@post("/waiting", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def open_entry(request: PageRequest) -> Response[Any]:
    """Open the entry and go on to its page; what is wrong is said in the form."""
    require_own_origin(request)
    form = await request.form()
    typed = {name: str(form.get(name, ""))[:LONGEST_TYPED] for name in ("reference", "secret")}
    return await _open(request, *read_access(typed["reference"], typed["secret"]))


async def _open(request: PageRequest, reference: str, secret: str) -> Response[Any]:
    words = texts(choose_language(request))
    missing = {
        field: sentence
        for field, typed, sentence in (
            ("reference", reference, words.gettext("Bitte geben Sie Ihre Wartelistennummer ein.")),
            ("secret", secret, words.gettext("Bitte geben Sie den Schlüssel ein.")),
        )
        if not typed
    }
    if missing:
        return _find_form(request, reference, HTTPStatus.BAD_REQUEST, missing)
    try:
        async with request.app.state.database.connection() as conn:
            kept = await open_by_secret(conn, request, request.app.state.clock(), reference, secret)
            shown = (await waiting_list.show(conn, kept)).reference
    except WaitingEntryNotFound as wrong:
        # Which of the two it was, and whether there is such an entry, is nobody's business.
        sentence = words.gettext(
            "Wartelistennummer und Schlüssel passen nicht zusammen."
            " Bitte vergleichen Sie Zeichen für Zeichen."
        )
        return _find_form(request, reference, int(wrong.status), {"reference": sentence})
    except TooManyAttempts as refused:
        return _find_form(
            request, reference, int(refused.status), {"reference": refusal_in_words(refused, words)}
        )
    redirect = Redirect(f"/waiting/{shown}", status_code=303)
    WAITING.remember(request, redirect, shown, secret)
    return redirect


def _find_form(
    request: PageRequest, reference: str, status: int = 200, mistakes: dict[str, str] | None = None
) -> Response[str]:
    return page(
        request,
        "waiting_find.html",
        status=status,
        reference=reference,
        longest=LONGEST_TYPED,
        mistakes=list((mistakes or {}).items()),
    )


@get("/waiting/{entry:str}", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def entry_page(request: PageRequest, entry: FromPath[str]) -> Response[Any]:
    """Answer how the entry stands and what is on offer; without its secret, the form that asks for it."""
    return await _entry(request, entry, "waiting_entry.html")


@get("/waiting/{entry:str}/withdraw", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def withdraw_page(request: PageRequest, entry: FromPath[str]) -> Response[Any]:
    """Ask once more before the place in the order of asking is given up."""
    return await _entry(request, entry, "waiting_withdraw.html")


async def _entry(request: PageRequest, reference: str, template: str) -> Response[Any]:
    language = choose_language(request)
    try:
        async with request.app.state.database.connection() as conn:
            kept = await opened(conn, request, reference)
            view = await waiting_view(conn, request.app.state.clock(), kept, language)
    except WaitingEntryNotFound:
        return Redirect("/waiting", status_code=303)
    return page(
        request,
        template,
        view=view,
        refused=request.query_params.get("done") == "refused",
        spelling=spelling(view.reference, language),
        secret=in_groups(WAITING.remembered(request, view.reference)),
        mistakes=[],
    )


@post("/waiting/{entry:str}/accept", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def accept(request: PageRequest, entry: FromPath[str]) -> Response[Any]:
    """Make the place on offer an appointment and go on to its confirmation."""
    taken = await _answered(request, entry, partial(waiting_list.accept, asker=asker_of(request)))
    if isinstance(taken, Response):
        return taken
    shown = booking.shown_appointment(taken).reference
    redirect = Redirect(f"/appointment/{shown}", status_code=303)
    # What opens the entry opens what came of it.
    APPOINTMENTS.remember(request, redirect, shown, WAITING.remembered(request, entry))
    return redirect


@post("/waiting/{entry:str}/refuse", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def refuse(request: PageRequest, entry: FromPath[str]) -> Response[Any]:
    """Let the place go to the next and wait on."""
    refused = await _answered(request, entry, waiting_list.refuse)
    return (
        refused
        if isinstance(refused, Response)
        else Redirect(f"/waiting/{entry}?done=refused", status_code=303)
    )


@post("/waiting/{entry:str}/withdraw", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def withdraw(request: PageRequest, entry: FromPath[str]) -> Response[Any]:
    """Wait no more."""
    left = await _answered(request, entry, waiting_list.withdraw)
    return left if isinstance(left, Response) else Redirect(f"/waiting/{entry}", status_code=303)


async def _answered(
    request: PageRequest,
    reference: str,
    verb: Callable[[Connection, datetime, KeptEntry], Awaitable[Answered]],
) -> Answered | Response[Any]:
    """Do what was pressed; too late or twice, the entry's page says how it stands."""
    require_own_origin(request)
    try:
        async with request.app.state.database.connection() as conn:
            return await verb(conn, request.app.state.clock(), await opened(conn, request, reference))
    except WaitingEntryNotFound:
        return Redirect("/waiting", status_code=303)
    except QueueError:
        return Redirect(f"/waiting/{reference}", status_code=303)


@post("/waiting/{entry:str}/forget", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def forget_entry(request: PageRequest, entry: FromPath[str]) -> Response[Any]:
    """Close the entry on a device that others use too; its place in the order stays."""
    require_own_origin(request)
    redirect = Redirect("/", status_code=303)
    WAITING.forget(request, redirect, entry)
    return redirect


waiting_handlers: list[ControllerRouterHandler] = [
    join_page,
    join,
    find_entry,
    open_entry,
    entry_page,
    withdraw_page,
    accept,
    refuse,
    withdraw,
    forget_entry,
]
