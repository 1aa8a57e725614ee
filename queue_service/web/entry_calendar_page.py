"""``/entry-booking/…/calendar.ics``: a party's hour as a file that calendars take."""

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from msgspec.structs import replace

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.booking.confirmations import authority_of
from queue_service.entries.confirmations import notice_of
from queue_service.entries.model import KeptEntryBooking
from queue_service.notices import service as notices
from queue_service.notices.calendar_file import calendar_file
from queue_service.notices.model import AppointmentNotice, Recipient, in_language, list_in_language
from queue_service.offices import service as offices
from queue_service.platform.errors import EntryBookingNotFound
from queue_service.platform.queries import Connection
from queue_service.web.appointment_view import calendar_answer
from queue_service.web.entry_access import opened
from queue_service.web.languages import choose_language, texts
from queue_service.web.rendering import PageRequest


@get("/entry-booking/{booking:str}/calendar.ics", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def entry_calendar(request: PageRequest, booking: FromPath[str]) -> Response[Any]:
    """Answer the file; of a booking that isn't one to come to, its page, which says why."""
    language = choose_language(request)
    try:
        async with request.app.state.database.connection() as conn:
            kept = await opened(conn, request, booking)
            notice = await _notice(conn, kept, language)
    except EntryBookingNotFound:
        return Redirect("/entry-booking", status_code=303)
    if kept.state != "booked":
        return Redirect(f"/entry-booking/{notice.reference}", status_code=303)
    return calendar_answer(notice.reference, _file(notice, request.app.state.clock()))


async def _notice(conn: Connection, kept: KeptEntryBooking, language: str) -> AppointmentNotice:
    office = await offices.find_office_by_id(conn, kept.office_id)
    return replace(
        notice_of(kept, "booked", office, await authority_of(conn, office)),
        recipient=Recipient(language=language),
        # After every file that was sent or taken before, so that this one replaces it.
        sequence=await notices.next_sequence(conn, kept.office_id, kept.id),
    )


def _file(notice: AppointmentNotice, now: datetime) -> bytes:
    language = notice.recipient.language
    words = texts(language)
    [hour] = notice.services
    bring = list_in_language(hour.documents, language)
    lines = [
        in_language(hour.name, language),
        words.gettext("Buchungsnummer: %(reference)s") % {"reference": notice.reference},
        *([words.gettext("Bitte mitbringen:")] if bring else []),
        *(f"- {thing}" for thing in bring),
    ]
    return calendar_file(notice, "PUBLISH", description="\n".join(lines), stamp=now)


entry_calendar_handlers: list[ControllerRouterHandler] = [entry_calendar]
