"""``/entry-booking/…/move``: another hour of the same kind for the same party, by one press."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, require_own_origin
from queue_service.booking.model import HORIZON
from queue_service.booking.visit_changes import closed_since
from queue_service.entries import service as entries
from queue_service.entries.model import EntrySearch
from queue_service.offices import service as offices
from queue_service.offices.model import local_day
from queue_service.platform.errors import EntryBookingNotFound, QueueError
from queue_service.web.entry_access import opened
from queue_service.web.entry_booking_page import changeable
from queue_service.web.entry_pages import (
    by_days,
    read_day,
    refused_in_words,
    when,
    why_none_in_words,
)
from queue_service.web.languages import choose_language, texts
from queue_service.web.rendering import PageRequest, page

HOURS_SHOWN_AT_ONCE = 13
"""Two weeks of one hour a day, its own among them; later days are one press away."""


@get("/entry-booking/{booking:str}/move", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def move_page(request: PageRequest, booking: FromPath[str]) -> Response[Any]:
    """Answer the hours to which the party could go; what can't be moved any more says so on its own page."""
    now, language = request.app.state.clock(), choose_language(request)
    begin = read_day(request.query_params.get("from", ""))
    try:
        async with request.app.state.database.connection() as conn:
            kept = await opened(conn, request, booking)
            facility = await offices.find_office(conn, kept.office)
            search = EntrySearch(
                offices=[kept.office],
                codes=[kept.code],
                begin=begin,
                party_size=kept.party_size,
                limit=HOURS_SHOWN_AT_ONCE,
            )
            found = await entries.find_entries(conn, now, search)
    except EntryBookingNotFound:
        return Redirect("/entry-booking", status_code=303)
    view = entries.shown_booking(kept)
    if not changeable(kept, now) or closed_since(facility, now, kept.starts_at):
        return Redirect(f"/entry-booking/{view.reference}", status_code=303)
    today = local_day(now, facility.setup.time_zone)
    days, later = by_days(found.items, facility, language, today, limit=HOURS_SHOWN_AT_ONCE)
    refused = request.query_params.get("refused", "")
    return page(
        request,
        "entry_move.html",
        status=409 if refused else 200,
        view=view,
        facility=facility,
        from_day=begin,
        today=today,
        last_day=today + HORIZON,
        days=days,
        others=any(hour.entry != view.entry for hour in found.items),
        later=urlencode({"from": later.isoformat()}) if later else "",
        why_none=why_none_in_words(found, facility, language),
        mistakes=[("hours", refused_in_words(refused, texts(language)))] if refused else [],
        accent=facility.accent,
        **when(kept.starts_at, kept.ends_at, facility, language),
    )


@post("/entry-booking/{booking:str}/move", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def move_booking(request: PageRequest, booking: FromPath[str]) -> Response[Any]:
    """Move the party to the chosen hour; when that is full, back to the hours and say so."""
    require_own_origin(request)
    form = await request.form()
    shown = booking
    try:
        async with request.app.state.database.connection() as conn:
            shown = entries.shown_booking(await opened(conn, request, booking)).reference
            entry = str(form.get("entry", ""))
            await entries.move(conn, request.app.state.clock(), booking, entry, by_visitor=True)
    except EntryBookingNotFound:
        return Redirect("/entry-booking", status_code=303)
    except QueueError as refused:
        query = urlencode({"refused": refused.code})
        return Redirect(f"/entry-booking/{shown}/move?{query}", status_code=303)
    return Redirect(f"/entry-booking/{shown}?done=moved", status_code=303)


entry_move_handlers: list[ControllerRouterHandler] = [move_page, move_booking]
