"""What visitors are told about their appointments: written inside the verbs' own transactions."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from queue_service.booking import confirmation_store, store
from queue_service.booking.model import KeptAppointment, KeptContact
from queue_service.booking.reference import shown, spelled
from queue_service.booking.visitor_secret import hash_of_secret, new_secret
from queue_service.notices import service as notices
from queue_service.notices.model import (
    WAYS,
    AppointmentNotice,
    Kind,
    NoticedAuthority,
    NoticedOffice,
    NoticedService,
    PostalAddress,
    Recipient,
    ToldReason,
    Way,
)
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Authority, OfferedService, Office
from queue_service.platform.queries import Connection

LINK = "/appointment"
"""The page that opens an appointment by reference and secret."""
BOOKING_PAGE = "/"
"""The page that books: what is cancelled opens no more, but whoever needs another appointment finds it."""
WITHOUT_LINK: tuple[Kind, ...] = ("cancelled", "called_off")
"""There is nothing left to open."""
REMINDED_BY: tuple[Way, ...] = ("email", "sms")
"""A letter would come too late to remind anybody."""
REMINDED_AT_ONCE = 50
"""Reminders written in one transaction; the next round writes the next ones."""


async def tell(
    conn: Connection,
    now: datetime,
    kept: KeptAppointment,
    kind: Kind,
    *,
    previous: KeptAppointment | None = None,
    respond_by: datetime | None = None,
    reason: ToldReason | None = None,
    ways: Sequence[Way] | None = None,
) -> None:
    """Write the messages about something that has just happened, inside its transaction.

    ``kept`` is the appointment as it is now, locked or just made; ``previous`` is it before a move. Without
    ``ways``, those by which the visitor wants to be told; where there are none, nothing is sent, and what
    is older is taken back.
    """
    wanted = ways_of(kept.contact) if ways is None else ways
    if kept.contact is None or not wanted:
        await notices.withdraw(conn, kept.office_id, kept.id)
        return
    notice = replace(await _notice(conn, kept, kind, previous, respond_by), reason=reason)
    await notices.enqueue(conn, now, kept.office_id, notice, wanted)


def ways_of(contact: KeptContact | None) -> list[Way]:
    """Give the ways by which somebody wants to be told; none for whom the code was only spoken."""
    return [way for way in WAYS if contact is not None and way in contact.confirm_by]


def reminder_ways(contact: KeptContact) -> list[Way]:
    """Give the ways by which somebody is reminded: as confirmed where that is quick, or else as can be."""
    quick = [way for way in ways_of(contact) if way in REMINDED_BY]
    reachable: dict[Way, str | None] = {"email": contact.email, "sms": contact.phone}
    return quick or [way for way in REMINDED_BY if reachable[way]][:1]


async def _notice(
    conn: Connection,
    kept: KeptAppointment,
    kind: Kind,
    previous: KeptAppointment | None,
    respond_by: datetime | None,
) -> AppointmentNotice:
    """Look up all that has to be told, and make the secret of the link in it."""
    office = await offices.find_office_by_id(conn, kept.office_id)
    authority = await authority_of(conn, office)
    services = [
        (await offices.find_booked_service(conn, office, wish.service), wish.quantity)
        for wish in kept.services
    ]
    link = BOOKING_PAGE if kind in WITHOUT_LINK else await _new_link(conn, kept)
    sequence = await notices.next_sequence(conn, kept.office_id, kept.id)
    notice = notice_of(kept, kind, office, authority, services)
    former = previous and await offices.find_office_by_id(conn, previous.office_id)
    return replace(
        notice,
        link=link,
        sequence=sequence,
        previous_start=previous.starts_at.astimezone(office.zone) if previous else None,
        previous_office=noticed_office(former) if former and former.id != office.id else None,
        respond_by=respond_by.astimezone(office.zone) if respond_by else None,
    )


async def authority_of(conn: Connection, office: Office) -> Authority:
    """Give the authority that writes for an office."""
    return next(known for known in await offices.list_authorities(conn) if known.id == office.authority_id)


def notice_of(
    kept: KeptAppointment,
    kind: Kind,
    office: Office,
    authority: Authority,
    services: Sequence[tuple[OfferedService, int]],
) -> AppointmentNotice:
    """Give what there is to tell about an appointment, from what is known of it."""
    reference = shown(kept.reference)
    zone = ZoneInfo(kept.time_zone)
    return AppointmentNotice(
        kind=kind,
        appointment_id=kept.id,
        authority=noticed_authority(authority),
        office=noticed_office(office),
        reference=reference,
        reference_words=spelled(reference),
        start=kept.starts_at.astimezone(zone),
        end=kept.ends_at.astimezone(zone),
        services=[
            NoticedService(service.name, quantity, service.documents, service.fee)
            for service, quantity in services
        ],
        recipient=recipient_of(kept.contact),
        persons=kept.persons,
    )


def noticed_authority(authority: Authority) -> NoticedAuthority:
    """Give what a message says of who writes it."""
    return NoticedAuthority(authority.slug, authority.name, authority.accent)


def noticed_office(office: Office) -> NoticedOffice:
    """Give what a message says of where to go."""
    setup = office.setup
    address = setup.address
    return NoticedOffice(
        slug=setup.slug,
        name=setup.name,
        address=PostalAddress(address.street, address.postal_code, address.city),
        time_zone=setup.time_zone,
        phone=setup.phone,
        access=[fact.text for fact in setup.access.values() if fact.text],
    )


def recipient_of(contact: KeptContact | None) -> Recipient:
    """Give whom a message is for."""
    if contact is None:
        return Recipient()
    home = contact.postal_address
    letter_box = PostalAddress(home.street, home.postal_code, home.city, home.country) if home else None
    return Recipient(
        contact.name, contact.phone, contact.email, letter_box, contact.language, contact.letter_form
    )


async def _new_link(conn: Connection, kept: KeptAppointment) -> str:
    """Give a link that opens the appointment by a secret of its own: nobody knows the first one any more."""
    secret = new_secret()
    await confirmation_store.add_secret(conn, kept.office_id, kept.id, hash_of_secret(secret))
    return f"{LINK}?{urlencode({'reference': shown(kept.reference), 'secret': secret})}"


def reminding(ahead: timedelta) -> Callable[[Connection, datetime], Coroutine[Any, Any, None]]:
    """Give the chore that reminds visitors who asked for it, so long before their appointment."""

    async def remind(conn: Connection, now: datetime) -> None:
        async with conn.transaction():
            for due in await confirmation_store.due_reminders(conn, now, ahead, REMINDED_AT_ONCE):
                kept = await store.find_appointment(conn, due.reference)
                ways = reminder_ways(kept.contact) if kept and kept.contact else []
                if kept and ways and await confirmation_store.note_reminded(conn, due):
                    await tell(conn, now, kept, "reminder", ways=ways)

    return remind


async def forget_secrets(conn: Connection, now: datetime) -> None:
    """End the links of appointments whose contact is forgotten too."""
    await confirmation_store.forget_secrets(conn, now)
