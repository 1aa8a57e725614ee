"""An appointment as its visitor reads it: day and time, where, what to bring, how to spell its number."""

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response

from queue_service.booking import service as booking
from queue_service.booking.confirmations import notice_of
from queue_service.booking.model import Appointment, KeptAppointment
from queue_service.booking.reference import spelled
from queue_service.notices import service as notices
from queue_service.notices.calendar_file import calendar_file
from queue_service.notices.model import Recipient
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import AccessFact
from queue_service.platform.queries import Connection
from queue_service.protocol.dictation import ALPHABET
from queue_service.web.booking_wish import Chosen, Wish, wish_for
from queue_service.web.dates_in_words import day_in_words, time_in_words
from queue_service.web.languages import localized, texts

SECONDS_A_MINUTE = 60
SECRET_GROUP = 4
"""Characters between spaces when a secret is printed to be typed."""


class AppointmentView(msgspec.Struct, frozen=True):
    """Everything that pages tell about one appointment, in the reader's language."""

    shown: Appointment
    office: Office
    chosen: list[Chosen]
    day: str
    time: str
    minutes: int
    kept_until: str
    """The time until which a held place is kept; empty for an appointment."""

    @property
    def wish(self) -> Wish:
        """What the visit is for, to search another place for it."""
        return wish_for(self.chosen, self.shown.persons)

    @property
    def reference(self) -> str:
        """As people see it."""
        return self.shown.reference

    @property
    def state(self) -> str:
        """Of the appointment's lifecycle."""
        return str(self.shown.status)


async def view_of(conn: Connection, kept: KeptAppointment, language: str) -> AppointmentView:
    """Look up what an appointment's page tells."""
    words = texts(language)
    office = await offices.find_office(conn, kept.office)
    zone = office.setup.time_zone
    chosen = [
        Chosen(await offices.find_booked_service(conn, office, wish.service), wish.quantity)
        for wish in kept.services
    ]
    return AppointmentView(
        shown=booking.shown_appointment(kept),
        office=office,
        chosen=chosen,
        day=day_in_words(kept.starts_at.astimezone(ZoneInfo(zone)).date(), language),
        time=time_in_words(kept.starts_at, zone, words),
        minutes=int((kept.ends_at - kept.starts_at).total_seconds()) // SECONDS_A_MINUTE,
        kept_until=time_in_words(kept.expires_at, zone, words) if kept.expires_at else "",
    )


def spelling(reference: str, language: str) -> list[tuple[str, str]]:
    """Give each character of a reference with the word by which it is told on the telephone.

    German words are also what an English reader is asked for by a German agent; digits are left as
    they are in other languages.
    """
    characters = [character for character in reference if character in ALPHABET]
    return [
        (character, character if character.isdigit() and language != "de" else word)
        for character, word in zip(characters, spelled(reference), strict=True)
    ]


def in_groups(secret: str) -> list[str]:
    """Give a secret in pieces that an eye can keep."""
    return [secret[start : start + SECRET_GROUP] for start in range(0, len(secret), SECRET_GROUP)]


async def calendar_of(
    conn: Connection, now: datetime, kept: KeptAppointment, view: AppointmentView, language: str
) -> bytes:
    """Give the appointment as a file for calendars, in the reader's language."""
    authorities = await offices.list_authorities(conn)
    authority = next(entry for entry in authorities if entry.id == kept.authority_id)
    services = [(entry.service, entry.quantity) for entry in view.chosen]
    notice = msgspec.structs.replace(
        notice_of(kept, "booked", view.office, authority, services),
        recipient=Recipient(language=language),
        # After every file that was sent or taken before, so that this one replaces it.
        sequence=await notices.next_sequence(conn, kept.office_id, kept.id),
    )
    return calendar_file(notice, "PUBLISH", description=_calendar_words(view, language), stamp=now)


def calendar_answer(reference: str, content: bytes) -> Response[bytes]:
    """Answer a file that a calendar takes; caches keep none, because the next one replaces it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{reference}.ics"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _calendar_words(view: AppointmentView, language: str) -> str:
    words = texts(language)
    documents = [
        document
        for entry in view.chosen
        for document in entry.service.documents.get(language) or entry.service.documents.get("de", [])
    ]
    return "\n".join(
        [
            words.gettext("Terminnummer: %(reference)s") % {"reference": view.reference},
            *([words.gettext("Bitte mitbringen:")] if documents else []),
            *(f"- {document}" for document in documents),
        ]
    )


def access_facts(office: Office, language: str) -> list[str]:
    """Give what is known of entrance, lift, toilet, parking …; one sentence each, the door first."""
    known = office.setup.access
    sentences = [localized(known[fact].text, language) for fact in get_args(AccessFact) if fact in known]
    return [sentence for sentence in sentences if sentence]
