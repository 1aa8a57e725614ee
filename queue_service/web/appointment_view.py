"""An appointment as its visitor reads it: day and time, where, what to bring, how to spell its number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec

from queue_service.booking import service as booking
from queue_service.booking.model import Appointment, KeptAppointment
from queue_service.booking.reference import ALPHABET, spelled
from queue_service.notices.calendar_file import calendar_file
from queue_service.notices.model import (
    AppointmentNotice,
    NoticedAuthority,
    NoticedOffice,
    NoticedService,
    Recipient,
)
from queue_service.notices.model import PostalAddress as NoticedAddress
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Authority, OfferedService, Office
from queue_service.offices.setup_model import AccessFact
from queue_service.platform.queries import Connection
from queue_service.web.booking_wish import Chosen, Wish, wish_for
from queue_service.web.dates_in_words import day_in_words, time_in_words
from queue_service.web.languages import Texts, localized

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


async def view_of(conn: Connection, kept: KeptAppointment, language: str, words: Texts) -> AppointmentView:
    """Look up what an appointment's page tells."""
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


SECONDS_A_MINUTE = 60


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


def calendar_of(
    kept: KeptAppointment,
    view: AppointmentView,
    authority: Authority,
    language: str,
    words: Texts,
    now: datetime,
) -> bytes:
    """Give the appointment as a file for calendars."""
    documents = [line for entry in view.chosen for line in _documents(entry.service, language)]
    lines = [
        words.gettext("Terminnummer: %(reference)s") % {"reference": view.reference},
        *([words.gettext("Bitte mitbringen:")] if documents else []),
        *(f"- {line}" for line in documents),
    ]
    notice = _notice(kept, view, authority, language)
    return calendar_file(notice, "PUBLISH", description="\n".join(lines), stamp=now)


def _documents(service: OfferedService, language: str) -> list[str]:
    by_language: Mapping[str, Any] = service.documents
    return list(by_language.get(language) or by_language.get("de", []))


def _notice(
    kept: KeptAppointment, view: AppointmentView, authority: Authority, language: str
) -> AppointmentNotice:
    setup = view.office.setup
    address = setup.address
    return AppointmentNotice(
        kind="booked",
        appointment_id=kept.id,
        authority=NoticedAuthority(authority.slug, authority.name, authority.accent),
        office=NoticedOffice(
            setup.slug,
            setup.name,
            NoticedAddress(address.street, address.postal_code, address.city),
            setup.time_zone,
            setup.phone,
        ),
        reference=view.reference,
        reference_words=spelled(view.reference),
        start=view.shown.start,
        end=view.shown.end,
        services=[NoticedService(entry.service.name, entry.quantity) for entry in view.chosen],
        recipient=Recipient(language=language),
        persons=kept.persons,
    )


def access_facts(office: Office, language: str) -> list[str]:
    """Give what is known of entrance, lift, toilet, parking …; one sentence each, the door first."""
    known = office.setup.access
    sentences = [localized(known[fact].text, language) for fact in get_args(AccessFact) if fact in known]
    return [sentence for sentence in sentences if sentence]
