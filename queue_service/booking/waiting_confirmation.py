"""Tells whoever has to wait that they stand on the list, by which number, and how to leave it."""

from datetime import datetime
from urllib.parse import urlencode

from queue_service.booking.confirmations import (
    authority_of,
    noticed_authority,
    noticed_office,
    recipient_of,
    ways_of,
)
from queue_service.booking.day_cells import ONE_DAY, day_begins
from queue_service.booking.reference import shown, spelled
from queue_service.booking.waiting_model import KeptEntry
from queue_service.notices import service as notices
from queue_service.notices.model import AppointmentNotice, NoticedService
from queue_service.offices import service as offices
from queue_service.platform.queries import Connection

LINK = "/waiting"
"""The page that opens an entry by reference and secret."""


async def tell_joined(conn: Connection, now: datetime, entry: KeptEntry, office_id: int, secret: str) -> None:
    """Write the messages by the ways of the contact, in the transaction in which somebody joined.

    ``office_id``: one of the offices that they would go to, whose staff see what doesn't arrive.
    """
    ways = ways_of(entry.contact)
    if not ways:
        return
    office = await offices.find_office_by_id(conn, office_id)
    services = [
        (await offices.find_booked_service(conn, office, wish.service), wish.quantity)
        for wish in entry.services
    ]
    reference = shown(entry.reference)
    notice = AppointmentNotice(
        kind="waiting_joined",
        appointment_id=entry.id,
        authority=noticed_authority(await authority_of(conn, office)),
        office=noticed_office(office),
        reference=reference,
        reference_words=spelled(reference),
        start=day_begins(entry.first_day, office.zone),
        end=day_begins(entry.last_day + ONE_DAY, office.zone),
        services=[NoticedService(service.name, quantity) for service, quantity in services],
        recipient=recipient_of(entry.contact),
        persons=entry.persons,
        link=f"{LINK}?{urlencode({'reference': reference, 'secret': secret})}",
        last_day=entry.last_day,
    )
    await notices.enqueue(conn, now, office_id, notice, ways)
