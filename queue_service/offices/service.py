"""What can be done with offices: apply a set-up, look offices and services up."""

from datetime import datetime

import msgspec

from queue_service.offices import store
from queue_service.offices.catalogue import Authority, OfferedService, Office
from queue_service.offices.setup_model import Known, Setup
from queue_service.platform.errors import OfficeNotFound, ServiceNotFound, ServiceNotOffered
from queue_service.platform.queries import Connection
from queue_service.protocol.ticket_layout import TicketLayout


async def known(conn: Connection) -> Known:
    """What is installed, so that set-up files may refer to it."""
    return Known(authorities=await store.known_authorities(conn), services=await store.known_services(conn))


async def apply_setup(conn: Connection, setup: Setup) -> list[Office]:
    """Make the installation what the checked files say, inside the caller's transaction.

    Applying the same files again changes nothing. Pools are not written here, since booking owns
    them; ``finish_setup`` comes after them.
    """
    for authority in setup.authorities:
        await store.upsert_authority(conn, authority)
    for service in setup.services:
        await store.upsert_service(conn, service)
    for office in setup.offices:
        office_id = await store.upsert_office(conn, office)
        await store.replace_offered_services(conn, office_id, office.services)
    return [await find_office(conn, office.slug) for office in setup.offices]


async def finish_setup(conn: Connection, now: datetime, office: Office) -> None:
    """Make the office's counters what its file says and tell its screens to read everything anew.

    The last thing in a transaction: every verb locks pool-days before counters, and the office's
    version after everything else.
    """
    await store.replace_counters(conn, office.id, office.setup.counters)
    await store.publish(conn, office.id, "office.changed", {}, now)


async def tell_screens(conn: Connection, now: datetime, office_id: int) -> None:
    """Tell an office's screens to read everything anew; the last thing in a transaction of the caller."""
    await store.publish(conn, office_id, "office.changed", {}, now)


async def stop_walk_ins(conn: Connection, now: datetime, office: Office, *, stopped: bool) -> Office:
    """Stop giving out numbers to visitors without an appointment, or go on; the screens are told.

    In a transaction of the caller. It lasts until somebody changes it.
    """
    await store.stop_walk_ins(conn, office.id, stopped=stopped)
    await store.publish(conn, office.id, "office.changed", {}, now)
    return await find_office(conn, office.slug)


async def ticket_layout(conn: Connection, office_id: int) -> TicketLayout:
    """Return how the office's tickets look."""
    return await store.ticket_layout(conn, office_id)


async def keep_ticket_layout(conn: Connection, office_id: int, layout: TicketLayout) -> None:
    """Have the office's tickets look so; its kiosks know within a minute."""
    await store.keep_ticket_layout(conn, office_id, layout)


async def find_office(conn: Connection, slug: str) -> Office:
    """Return the office; raises OfficeNotFound."""
    office = await store.find_office(conn, slug)
    if office is None:
        raise OfficeNotFound
    return office


async def find_office_by_id(conn: Connection, office_id: int) -> Office:
    """Return the office of a device; raises OfficeNotFound."""
    office = await store.find_office_by_id(conn, office_id)
    if office is None:
        raise OfficeNotFound
    return office


async def list_offices(conn: Connection) -> list[Office]:
    """Return all offices by authority and slug."""
    return await store.list_offices(conn)


async def list_authorities(conn: Connection) -> list[Authority]:
    """Return all authorities by slug."""
    return await store.list_authorities(conn)


async def list_catalogue(conn: Connection) -> list[OfferedService]:
    """Return every service that some office offers, by code."""
    return await store.list_catalogue(conn)


async def list_offered_services(conn: Connection, office: Office) -> list[OfferedService]:
    """Return what the office offers, in the order of its file."""
    return await store.list_offered_services(conn, office.id)


async def find_booked_service(conn: Connection, office: Office, code: str) -> OfferedService:
    """Return a service that somebody has an appointment for, also when the office has dropped it since.

    Raises ServiceNotFound.
    """
    service = await store.find_offered_service(conn, office.id, code)
    if service is not None:
        return service
    dropped = await store.find_service(conn, code)
    if dropped is None:
        raise ServiceNotFound
    return msgspec.structs.replace(dropped, letter=office.setup.numbers.letter)


async def find_offered_service(conn: Connection, office: Office, code: str) -> OfferedService:
    """Return the service as this office offers it.

    Raises ServiceNotFound for a code nobody knows, ServiceNotOffered when only others offer it.
    """
    service = await store.find_offered_service(conn, office.id, code)
    if service is None:
        raise ServiceNotOffered if await store.service_exists(conn, code) else ServiceNotFound
    return service
