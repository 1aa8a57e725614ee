"""Taking a place: what every way to an appointment has in common."""

from datetime import datetime, timedelta
from uuid import uuid4

from queue_service.booking import slot_store, store
from queue_service.booking.chains import Chain, chains_for
from queue_service.booking.contingents import level_of
from queue_service.booking.day_cells import ONE_DAY, begins_cell, cell_at
from queue_service.booking.model import HOLD_TIME, HORIZON, BookingMade, BookingRequest, KeptContact
from queue_service.booking.reference import new_reference, shown
from queue_service.booking.search import refuse_unknown, wanted_services
from queue_service.booking.slot_store import Wanted
from queue_service.booking.store import Leg, NewAppointment
from queue_service.booking.visitor_secret import hash_of_secret, new_secret
from queue_service.platform.errors import InvalidFields, ServiceNotOffered, SlotTaken
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

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
    chains = await chains_to(conn, now, wanted, request.start)
    secret = new_secret()
    appointment_id = uuid4()
    references = [new_reference() for _ in range(REFERENCES_TRIED)]
    expires_at = now + (hold_for or HOLD_TIME[request.channel]) if request.hold else None
    for chain in chains:
        if pool_id is not None and [pool_id] != [pool.pool_id for pool in chain.pools]:
            continue
        legs = chain.legs(*cell_at(request.start, chain.zone))
        if not all(leg.fits_the_day for leg in legs):
            continue
        new = NewAppointment(
            id=appointment_id,
            references=references,
            secret_hash=hash_of_secret(secret),
            starts_at=request.start,
            ends_at=legs[0].starts_at + timedelta(minutes=chain.minutes),
            state="held" if request.hold else "booked",
            services=request.services,
            persons=request.persons,
            channel=request.channel,
            emergency=request.emergency,
            expires_at=expires_at,
            contact=contact,
        )
        kind = (
            "appointment.booked" if not request.hold and legs[0].day == cell_at(now, chain.zone)[0] else None
        )
        reference = await _take(conn, now, legs, new, kind)
        if reference is not None:
            return BookingMade(
                reference=shown(reference),
                secret=secret,
                status="held" if request.hold else "booked",
                office=legs[0].pool.office,
                start=new.starts_at.astimezone(chain.zone),
                end=new.ends_at.astimezone(chain.zone),
                expires_at=expires_at,
            )
    raise SlotTaken


async def _take(
    conn: Connection, now: datetime, legs: list[Leg], new: NewAppointment, kind: str | None
) -> str | None:
    """Take all parts of a visit or none; gives the reference, or None when a place is gone."""
    first = legs[0]
    if len(legs) == 1:
        return await store.book(conn, first.pool, first.day, first.first_cell, first.visit, new, kind, now)
    reference = None
    level = level_of(new.channel, emergency=new.emergency)
    parts = conn.transaction()
    await parts.start()
    try:
        # By key, as everybody locks pool-days; the screens' version comes last.
        for leg in sorted(legs, key=lambda leg: leg.pool_day):
            if leg is first:
                reference = await store.book(
                    conn, leg.pool, leg.day, leg.first_cell, leg.visit, new, None, now
                )
                gone = reference is None
            else:
                gone = not await store.take_leg(conn, leg, level)
            if gone:
                await parts.rollback()
                return None
        await store.add_legs(conn, new.id, legs)
        if kind is not None:
            await store.announce(conn, first.pool.office_id, new.id, kind, now)
    except BaseException:
        await parts.rollback()
        raise
    await parts.commit()
    return reference


async def chains_to(conn: Connection, now: datetime, wanted: Wanted, start: datetime) -> list[Chain]:
    """Give the pools that a visit could go to, and in which order where it takes several.

    Raises what is wrong with the wish or its start: InvalidFields, OfficeNotFound, ServiceNotFound,
    ServiceNotOffered, SlotTaken for what is too far ahead.
    """
    if start < now:
        raise InvalidFields(errors=[FieldError("start", "This time is over.")])
    if start > now + HORIZON + ONE_DAY:
        raise SlotTaken(f"Appointments are given out {HORIZON.days} days ahead.")
    pools = await slot_store.visit_pools(conn, wanted)
    chains = [Chain([pool]) for pool in pools] or await chains_for(conn, wanted)
    if not chains:
        await refuse_unknown(conn, wanted)
        raise ServiceNotOffered
    if not begins_cell(start, chains[0].zone):
        raise InvalidFields(errors=[FieldError("start", "Appointments begin on full five minutes.")])
    return chains
