"""Taking a place: what every way to an appointment has in common."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from queue_service.booking import store
from queue_service.booking.day_cells import ONE_DAY, begins_cell, cell_at
from queue_service.booking.model import HOLD_TIME, HORIZON, BookingMade, BookingRequest, KeptContact
from queue_service.booking.reference import new_reference, shown
from queue_service.booking.search import refuse_unknown, wanted_services
from queue_service.booking.slot_arithmetic import DAY_CELLS, visit_cells
from queue_service.booking.store import NewAppointment, VisitPool, Wanted
from queue_service.platform.errors import InvalidFields, ServiceNotOffered, SlotTaken
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

SECRET_BYTES = 24
"""192 random bits: who knows a reference, as a whole waiting room may, opens nothing by it."""
REFERENCES_TRIED = 3
"""With 27 thousand million references and ten million appointments, three taken in a row is a matter
of more bookings than there will be."""


async def take_place(
    conn: Connection,
    now: datetime,
    request: BookingRequest,
    contact: KeptContact,
    *,
    hold_for: timedelta | None = None,
    pool_id: int | None = None,
) -> BookingMade:
    """Take a place for a contact that was checked; at home in any transaction, and whole without one.

    A hold lasts for ``hold_for``, or as long as its channel's holds do. ``pool_id``: only there, where
    the caller has locked the day. Raises InvalidFields, OfficeNotFound, ServiceNotFound,
    ServiceNotOffered, SlotTaken.
    """
    wanted = wanted_services(request.services, [request.office], request.persons)
    pools = await pools_for(conn, now, wanted, request.start)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    appointment_id = uuid4()
    references = [new_reference() for _ in range(REFERENCES_TRIED)]
    expires_at = now + (hold_for or HOLD_TIME[request.channel]) if request.hold else None
    for pool in (pool for pool in pools if pool_id in (None, pool.pool_id)):
        zone = ZoneInfo(pool.time_zone)
        day, first_cell = cell_at(request.start, zone)
        if first_cell + pool.cells > DAY_CELLS:
            continue
        new = NewAppointment(
            id=appointment_id,
            references=references,
            secret_hash=hash_of_secret(secret),
            starts_at=request.start,
            ends_at=request.start + timedelta(minutes=pool.minutes),
            state="held" if request.hold else "booked",
            services=request.services,
            persons=request.persons,
            channel=request.channel,
            emergency=request.emergency,
            expires_at=expires_at,
            contact=contact,
        )
        kind = "appointment.booked" if not request.hold and day == cell_at(now, zone)[0] else None
        visit = visit_cells(first_cell, pool.cells)
        reference = await store.book(conn, pool, day, first_cell, visit, new, kind, now)
        if reference is not None:
            return BookingMade(
                reference=shown(reference),
                secret=secret,
                status="held" if request.hold else "booked",
                office=pool.office,
                start=new.starts_at.astimezone(zone),
                end=new.ends_at.astimezone(zone),
                expires_at=expires_at,
            )
    raise SlotTaken


async def pools_for(conn: Connection, now: datetime, wanted: Wanted, start: datetime) -> list[VisitPool]:
    """Give the pools that a visit could go to; raises what is wrong with the wish or its start."""
    if start < now:
        raise InvalidFields(errors=[FieldError("start", "This time is over.")])
    if start > now + HORIZON + ONE_DAY:
        raise SlotTaken(f"Appointments are given out {HORIZON.days} days ahead.")
    pools = await store.visit_pools(conn, wanted)
    if not pools:
        await refuse_unknown(conn, wanted)
        raise ServiceNotOffered
    if not begins_cell(start, ZoneInfo(pools[0].time_zone)):
        raise InvalidFields(errors=[FieldError("start", "Appointments begin on full five minutes.")])
    return pools


def hash_of_secret(secret: str) -> bytes:
    """Give what is kept of a secret: random as it is, it needs no salt."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()
