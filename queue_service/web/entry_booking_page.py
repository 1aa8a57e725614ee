"""``/entries/…/book`` sent off, and ``/entry-booking``: what was booked, to print, look up and give back."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, require_own_origin
from queue_service.booking.contact import Fault, checked, faulty
from queue_service.booking.model import Contact
from queue_service.booking.visit_changes import closed_since
from queue_service.entries import service as entries
from queue_service.entries.model import EntryBookingMade, EntryBookingRequest, KeptEntryBooking
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.errors import (
    ChangesClosed,
    EntryBookingNotFound,
    InvalidFields,
    QueueError,
    TooManyAttempts,
)
from queue_service.platform.queries import Connection
from queue_service.web.appointment_access import sender_of
from queue_service.web.appointment_view import access_facts, in_groups, spelling
from queue_service.web.booking_contact import LONGEST
from queue_service.web.booking_refusals import contact_mistakes
from queue_service.web.entry_access import ENTRY_BOOKINGS, open_by_secret, opened
from queue_service.web.entry_pages import Choice, check, kind_of, when
from queue_service.web.hold_once import require_sent_proof
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page
from queue_service.web.sent_once import Sent, once
from queue_service.web.visitor_secrets import read_access

PRINCIPAL = "entry-page"
LONGEST_TYPED = 400
"""Characters of a field into which somebody may paste the whole link."""


@post("/entries/{office:str}/book", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def book_entry(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Book, once however often the form is sent, and go on to the confirmation."""
    require_own_origin(request)
    form = await request.form()
    sent = {name: value for name, value in form.items() if isinstance(value, str)}
    party = sent.get("party", "")
    choice = Choice(
        int(party) if party.isascii() and party.isdecimal() and len(party) <= 2 else 1, sent.get("code", "")
    )
    typed = {field: " ".join(sent.get(field, "").split()) for field in ("name", "email")}
    language = choose_language(request)
    now, database = request.app.state.clock(), request.app.state.database
    mistakes = _mistakes(typed, texts(language))
    if mistakes:
        async with database.connection() as conn:
            facility = await offices.find_office(conn, office)
            hour = await entries.find_entry(conn, facility, sent.get("entry", ""))
        shown = {field: text[: LONGEST[field]] for field, text in typed.items()}
        return await check(request, facility, hour, choice, shown, list(mistakes.items()))
    contact = Contact(
        name=typed["name"],
        email=typed["email"] or None,
        language=language,
        confirm_by="email" if typed["email"] else "none",
    )
    wish = EntryBookingRequest(office, sent.get("entry", ""), choice.party, contact=contact)
    sender = sender_of(request, sent.get("proof", ""))

    async def book(conn: Connection) -> EntryBookingMade:
        await require_sent_proof(conn, now, sender)
        return await entries.book(conn, now, wish, asker=sender.asker)

    try:
        made = await once(
            database,
            now,
            Sent(PRINCIPAL, sent.get("key", ""), wish),
            book,
            EntryBookingMade,
        )
    except QueueError as refused:
        query = f"{choice.query}&refused={refused.code}"
        return Redirect(f"/entries/{office}?{query}", status_code=303)
    redirect = Redirect(f"/entry-booking/{made.reference}", status_code=303)
    ENTRY_BOOKINGS.remember(request, redirect, made.reference, made.secret)
    return redirect


def _mistakes(typed: Mapping[str, str], words: Texts) -> dict[str, str]:
    """Give a sentence for each field that can't be kept as it was typed."""
    mistakes = {}
    if len(typed["name"]) > LONGEST["name"] or not typed["name"].isprintable():
        mistakes["name"] = words.gettext("Das ist zu lang oder enthält Zeichen, die kein Name hat.")
    if len(typed["email"]) > LONGEST["email"]:
        return mistakes | contact_mistakes(faulty({"contact.email": Fault.EMAIL_NOT_AN_ADDRESS}), words)
    try:
        checked(Contact(email=typed["email"] or None), "online", held=False)
    except InvalidFields as refused:
        mistakes |= contact_mistakes(refused, words)
    return mistakes


@get("/entry-booking", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def find_booking(request: PageRequest) -> Response[Any]:
    """Answer the form, or open the booking that a link names with its secret."""
    reference = request.query_params.get("reference", "")[:LONGEST_TYPED]
    secret = request.query_params.get("secret", "")
    return await _open(request, reference, secret) if secret else _form(request, reference)


@post("/entry-booking", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def open_booking(request: PageRequest) -> Response[Any]:
    """Open the booking and go on to its page; what is wrong is said in the form."""
    require_own_origin(request)
    form = await request.form()
    typed = {name: str(form.get(name, ""))[:LONGEST_TYPED] for name in ("reference", "secret")}
    return await _open(request, *read_access(typed["reference"], typed["secret"]))


async def _open(request: PageRequest, reference: str, secret: str) -> Response[Any]:
    words = texts(choose_language(request))
    if not reference or not secret:
        sentence = words.gettext("Bitte geben Sie die Buchungsnummer und den Schlüssel ein.")
        return _form(request, reference, HTTPStatus.BAD_REQUEST, sentence)
    try:
        async with request.app.state.database.connection() as conn:
            kept = await open_by_secret(conn, request, request.app.state.clock(), reference, secret)
    except EntryBookingNotFound as wrong:
        # Which of the two it was, and whether there is such a booking, is nobody's business.
        sentence = words.gettext(
            "Buchungsnummer und Schlüssel passen nicht zusammen. Bitte vergleichen Sie Zeichen für Zeichen."
        )
        return _form(request, reference, int(wrong.status), sentence)
    except TooManyAttempts as refused:
        sentence = words.gettext("Das waren zu viele Versuche. Bitte warten Sie einige Minuten.")
        return _form(request, reference, int(refused.status), sentence)
    shown = entries.shown_booking(kept).reference
    redirect = Redirect(f"/entry-booking/{shown}", status_code=303)
    ENTRY_BOOKINGS.remember(request, redirect, shown, secret)
    return redirect


def _form(request: PageRequest, reference: str, status: int = 200, mistake: str = "") -> Response[str]:
    mistakes = [("reference", mistake)] if mistake else []
    return page(
        request,
        "entry_find.html",
        status=status,
        reference=reference,
        longest=LONGEST_TYPED,
        mistakes=mistakes,
    )


@get("/entry-booking/{booking:str}", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def booking_page(request: PageRequest, booking: FromPath[str]) -> Response[Any]:
    """Answer the booking: the confirmation, to be printed and kept; or ask for its secret."""
    try:
        async with request.app.state.database.connection() as conn:
            kept = await opened(conn, request, booking)
            facility = await offices.find_office(conn, kept.office)
    except EntryBookingNotFound:
        return Redirect("/entry-booking", status_code=303)
    return _booking(request, kept, facility)


def _booking(request: PageRequest, kept: KeptEntryBooking, facility: Office) -> Response[str]:
    language = choose_language(request)
    view = entries.shown_booking(kept)
    now = request.app.state.clock()
    return page(
        request,
        "entry_booking.html",
        view=view,
        facility=facility,
        kind=kind_of(facility, kept.code),
        spelling=spelling(view.reference, language),
        access=access_facts(facility, language),
        secret=in_groups(ENTRY_BOOKINGS.remembered(request, view.reference)),
        changeable=changeable(kept, now),
        too_late=closed_since(facility, now, kept.starts_at) is not None,
        moved=request.query_params.get("done") == "moved" and kept.state == "booked",
        accent=facility.accent,
        **when(kept.starts_at, kept.ends_at, facility, language),
    )


def changeable(kept: KeptEntryBooking, now: datetime) -> bool:
    """Tell whether there is still anything to move or give back."""
    return kept.state == "booked" and kept.starts_at > now


@get("/entry-booking/{booking:str}/cancel", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def ask_to_cancel(request: PageRequest, booking: FromPath[str]) -> Response[Any]:
    """Ask once more before the places are given back."""
    return await _cancel_form(request, booking)


async def _cancel_form(
    request: PageRequest, booking: str, refused: ChangesClosed | None = None
) -> Response[Any]:
    try:
        async with request.app.state.database.connection() as conn:
            kept = await opened(conn, request, booking)
            facility = await offices.find_office(conn, kept.office)
    except EntryBookingNotFound:
        return Redirect("/entry-booking", status_code=303)
    words = texts(choose_language(request))
    return page(
        request,
        "entry_cancel.html",
        status=int(refused.status) if refused else HTTPStatus.OK,
        mistakes=[("cancel", too_late_in_words(words))] if refused else [],
        view=entries.shown_booking(kept),
        facility=facility,
        accent=facility.accent,
        **when(kept.starts_at, kept.ends_at, facility, choose_language(request)),
    )


@post("/entry-booking/{booking:str}/cancel", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def cancel_booking(request: PageRequest, booking: FromPath[str]) -> Response[Any]:
    """Give the places back; the booking's page says what has become of it, also when it can't be."""
    require_own_origin(request)
    shown = booking
    try:
        async with request.app.state.database.connection() as conn:
            shown = entries.shown_booking(await opened(conn, request, booking)).reference
            await entries.cancel(conn, request.app.state.clock(), booking, by_visitor=True)
    except EntryBookingNotFound:
        return Redirect("/entry-booking", status_code=303)
    except ChangesClosed as refused:
        return await _cancel_form(request, booking, refused)
    except QueueError:
        # Cancelled before, or come already: the page shows which.
        return Redirect(f"/entry-booking/{shown}", status_code=303)
    return Redirect(f"/entry-booking/{shown}", status_code=303)


def too_late_in_words(words: Texts) -> str:
    """Say that visitors can't change a booking any more."""
    return words.gettext(
        "So kurz vorher geht das hier nicht mehr. Bitte rufen Sie die 115 an, wenn Sie nicht kommen können."
    )


entry_booking_handlers: list[ControllerRouterHandler] = [
    book_entry,
    find_booking,
    open_booking,
    booking_page,
    ask_to_cancel,
    cancel_booking,
]
