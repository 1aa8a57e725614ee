"""Who is on the telephone: what they have booked, by name, number or address; each look at it noted."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from queue_service.accounts.model import Permission, Principal
from queue_service.audit import service as audit
from queue_service.booking import contact as contacts
from queue_service.booking import service as booking
from queue_service.booking.model import Contact
from queue_service.booking.reference import parse_reference, shown
from queue_service.entries import service as entries
from queue_service.hotline import store
from queue_service.hotline.model import (
    MOST_PEOPLE,
    YEARS,
    Duplicate,
    DuplicateHour,
    Duplicates,
    DuplicateSearch,
    FoundDuplicate,
    PeopleFound,
    PersonSearch,
)
from queue_service.hotline.store import Person
from queue_service.platform.errors import InvalidFields
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

SEARCHABLE = re.compile(r"[^\W_]{2,}")
"""A word of a name that narrows a search: two letters or more."""


async def find_appointments(
    conn: Connection, now: datetime, who: Principal, asked: PersonSearch
) -> PeopleFound:
    """Give the appointments and places of people who fit, of the offices where this person may read them.

    Needs the caller's transaction: that they were shown is noted in it. Raises InvalidFields when
    nothing is asked for, or something that can't be found; AppointmentNotFound for a wrong ``after``.
    """
    person = _person(asked.name, asked.phone, asked.email, place="")
    if person == Person(None, None, None):
        raise InvalidFields(
            errors=[FieldError("name", "A name of two letters or more, a telephone number or an e-mail.")]
        )
    visits = await store.visits_of(
        conn,
        who.reach(Permission.APPOINTMENT_READ),
        person,
        after=parse_reference(asked.after) if asked.after else None,
        limit=MOST_PEOPLE + 1,
    )
    found = visits[:MOST_PEOPLE]
    appointments = [await booking.find(conn, one.reference) for one in found if one.kind == "appointment"]
    parties = [await entries.find(conn, one.reference) for one in found if one.kind == "entry"]
    seen = [(kept.authority_id, kept.office_id, kept.reference) for kept in appointments]
    seen += [(kept.authority_id, kept.office_id, kept.reference) for kept in parties]
    await audit.note_access(conn, now, who, "search", audit.by_office(seen))
    return PeopleFound(
        items=[booking.shown_appointment(kept) for kept in appointments],
        entries=[entries.shown_booking(kept) for kept in parties],
        next=shown(found[-1].reference) if len(visits) > MOST_PEOPLE else None,
    )


async def find_duplicates(
    conn: Connection, now: datetime, who: Principal, asked: DuplicateSearch
) -> Duplicates:
    """Give the coming appointments and places of hours that the same person seems to have already.

    A name counts when all its words are the same. Needs the caller's transaction, as above. Raises
    InvalidFields, AppointmentNotFound for a reference that can't be one.
    """
    if asked.start is not None and asked.start.year not in YEARS:
        raise InvalidFields(errors=[FieldError("start", "Nobody has an appointment then.")])
    contact = asked.contact
    found = await store.duplicates(
        conn,
        now,
        who.reach(Permission.APPOINTMENT_READ),
        _person(contact.name, contact.phone, contact.email, place="contact."),
        asked,
        without=parse_reference(asked.reference) if asked.reference else None,
        limit=MOST_PEOPLE,
    )
    seen = [(entry.authority_id, entry.office_id, entry.reference) for entry in found]
    await audit.note_access(conn, now, who, "duplicates", audit.by_office(seen))
    return Duplicates([_duplicate(entry) for entry in found])


def _duplicate(found: FoundDuplicate) -> Duplicate:
    return Duplicate(
        reference=shown(found.reference),
        office=found.office,
        start=found.starts_at.astimezone(ZoneInfo(found.time_zone)),
        services=found.services,
        hour=_hour(found),
        match=found.match,
    )


def _hour(found: FoundDuplicate) -> DuplicateHour | None:
    if found.code is None or found.title is None or found.party_size is None:
        return None
    return DuplicateHour(found.code, found.title, found.party_size)


def _person(name: str | None, phone: str | None, email: str | None, *, place: str) -> Person:
    """Give what is searched for, as contacts are kept; raises InvalidFields naming ``place`` and field."""
    try:
        kept = contacts.checked(Contact(name=name or "", phone=phone, email=email), "online", held=True)
    except InvalidFields as faulty:
        errors = [
            replace(error, field=place + error.field.removeprefix("contact.")) for error in faulty.errors
        ]
        raise InvalidFields(errors=errors) from faulty
    searchable = SEARCHABLE.search(kept.name) is not None
    return Person(kept.name if searchable else None, kept.phone, kept.email)
