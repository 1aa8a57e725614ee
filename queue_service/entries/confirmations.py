"""What parties are told about their hours: as of appointments, inside the verbs' own transactions."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from queue_service.booking.confirmations import (
    REMINDED_AT_ONCE,
    WITHOUT_LINK,
    authority_of,
    noticed_authority,
    noticed_office,
    recipient_of,
    reminder_ways,
    ways_of,
)
from queue_service.booking.reference import shown, spelled
from queue_service.booking.visitor_secret import hash_of_secret, new_secret
from queue_service.entries import store
from queue_service.entries.model import KeptEntryBooking
from queue_service.notices import service as notices
from queue_service.notices.model import AppointmentNotice, Kind, NoticedService, ToldReason, Way
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Authority, Office
from queue_service.platform.queries import Connection

LINK = "/entry-booking"
"""The page that opens a booking by reference and secret."""
BOOKING_PAGE = "/entries"
"""The page that books, below it each place: whoever needs another time finds it."""


async def tell(
    conn: Connection,
    now: datetime,
    kept: KeptEntryBooking,
    kind: Kind,
    *,
    previous_start: datetime | None = None,
    reason: ToldReason | None = None,
    ways: Sequence[Way] | None = None,
) -> None:
    """Write the messages about something that has just happened, inside its transaction.

    ``kept`` is the booking as it is now, locked or just made. Without ``ways``, those by which the
    party wants to be told; where there are none, nothing is sent, and what is older is taken back.
    """
    wanted = ways_of(kept.contact) if ways is None else ways
    if not wanted:
        await notices.withdraw(conn, kept.office_id, kept.id)
        return
    notice = replace(await _notice(conn, kept, kind, previous_start), reason=reason)
    await notices.enqueue(conn, now, kept.office_id, notice, wanted)


async def _notice(
    conn: Connection, kept: KeptEntryBooking, kind: Kind, previous_start: datetime | None
) -> AppointmentNotice:
    """Look up all that has to be told, and make the secret of the link in it."""
    office = await offices.find_office_by_id(conn, kept.office_id)
    return replace(
        notice_of(kept, kind, office, await authority_of(conn, office)),
        previous_start=previous_start.astimezone(office.zone) if previous_start else None,
        link=f"{BOOKING_PAGE}/{kept.office}" if kind in WITHOUT_LINK else await _new_link(conn, kept),
        sequence=await notices.next_sequence(conn, kept.office_id, kept.id),
    )


def notice_of(kept: KeptEntryBooking, kind: Kind, office: Office, authority: Authority) -> AppointmentNotice:
    """Give what there is to tell about a party's hour, from what is known of it."""
    reference = shown(kept.reference)
    return AppointmentNotice(
        kind=kind,
        appointment_id=kept.id,
        authority=noticed_authority(authority),
        office=noticed_office(office),
        reference=reference,
        reference_words=spelled(reference),
        start=kept.starts_at.astimezone(office.zone),
        end=kept.ends_at.astimezone(office.zone),
        services=[NoticedService(kept.title, documents=_to_bring(office, kept.code), fee=kept.price)],
        recipient=recipient_of(kept.contact),
        persons=kept.party_size,
        of_hour=True,
    )


def _to_bring(office: Office, code: str) -> dict[str, list[str]]:
    """Give what the set-up asks for; nothing for a kind of hour that it no longer has."""
    return next((kind.bring for kind in office.setup.timed_entries if kind.code == code), {})


async def _new_link(conn: Connection, kept: KeptEntryBooking) -> str:
    """Give a link that opens the booking by a secret of its own: nobody knows the first one any more."""
    secret = new_secret()
    await store.add_secret(conn, kept.office_id, kept.id, hash_of_secret(secret))
    return f"{LINK}?{urlencode({'reference': shown(kept.reference), 'secret': secret})}"


def reminding_parties(ahead: timedelta) -> Callable[[Connection, datetime], Coroutine[Any, Any, None]]:
    """Give the chore that reminds parties that asked for it, so long before their hour."""

    async def remind_parties(conn: Connection, now: datetime) -> None:
        async with conn.transaction():
            for due in await store.due_reminders(conn, now, ahead, REMINDED_AT_ONCE):
                kept = await store.find_booking(conn, due.reference)
                ways = reminder_ways(kept.contact) if kept and kept.contact else []
                if kept and ways and await store.note_reminded(conn, due):
                    await tell(conn, now, kept, "reminder", ways=ways)

    return remind_parties
