"""The verbs of an appointment: one short transaction each; connection and time are arguments."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from queue_service.booking import confirmations, pool_day_store, store, supply_guard
from queue_service.booking import contact as contacts
from queue_service.booking.chains import Chain
from queue_service.booking.contingents import Left
from queue_service.booking.day_cells import cell_at
from queue_service.booking.lifecycle import APPOINTMENT
from queue_service.booking.model import (
    Appointment,
    BookingMade,
    BookingRequest,
    CheckInAppointment,
    Contact,
    ExpectedVisitor,
    KeptAppointment,
    KeptContact,
    MissedVisit,
    MoveRequest,
    NamedVisitor,
)
from queue_service.booking.overview import overview
from queue_service.booking.pool_day_store import PoolDay
from queue_service.booking.pool_days import (
    apply_pools,
    extend_horizon,
    left_without,
    measure_no_shows,
    recompute,
    release_places,
    verify,
)
from queue_service.booking.reference import parse_reference, shown
from queue_service.booking.search import find_places, wanted_services
from queue_service.booking.store import Leg
from queue_service.booking.supply_guard import ANYBODY, Asker
from queue_service.booking.taking import chains_to, take_place
from queue_service.booking.visit_access import opens
from queue_service.booking.visit_changes import (
    as_visitors_move,
    refuse_impossible,
    refuse_late_change,
    refuse_restless_move,
    tell_no_more,
)
from queue_service.booking.waiting_offers import take_in_answers
from queue_service.booking.waiting_store import offered_for
from queue_service.notices.model import ToldReason
from queue_service.platform.errors import (
    AlreadyCheckedIn,
    AppointmentNotFound,
    IllegalTransition,
    SlotTaken,
)
from queue_service.platform.queries import Connection

__all__ = [
    "apply_pools", "book", "cancel", "confirm", "expire_holds", "extend_horizon", "find",
    "find_for_check_in", "find_places", "follow_ticket", "forget_contacts", "mark_arrived",
    "measure_no_shows", "miss_past", "missed_on", "move", "opens", "overview", "recompute",
    "release_places", "shown_appointment", "still_expected", "verify",
]  # fmt: skip

VERB_OF_TICKET = {
    "finish": "finish",
    "send_on": "finish",
    "merge": "finish",
    "no_show": "no_show",
    "requeue": "return",
    "cancel": "cancel",
    "undo_finish": "reopen",
    "undo_no_show": "return",
    "undo_requeue": "no_show",
}
"""What an appointment does when its ticket does something; other verbs of tickets don't touch it."""


async def book(
    conn: Connection,
    now: datetime,
    request: BookingRequest,
    *,
    hold_for: timedelta | None = None,
    asker: Asker = ANYBODY,
) -> BookingMade:
    """Take a place; any start on full five minutes that fits, whether it was offered or not.

    A hold lasts for ``hold_for``, or as long as its channel's holds do. Raises InvalidFields,
    OfficeNotFound, ServiceNotFound, ServiceNotOffered, SlotTaken when nobody at the office has time
    then, and TooManyBookings when ``asker`` has as many as may be booked online.
    """
    contact = contacts.checked(request.contact, request.channel, held=request.hold)
    told = not request.hold and bool(confirmations.ways_of(contact))
    if request.channel != "online" and not told:
        return await take_place(conn, now, request, contact, hold_for=hold_for)
    async with conn.transaction():
        claims = await supply_guard.admit(conn, now, request, contact, asker)
        made = await take_place(conn, now, request, contact, hold_for=hold_for)
        await supply_guard.remember(conn, now, claims, made.reference)
        if told:
            await confirmations.tell(conn, now, await find(conn, made.reference), "booked")
        return made


async def find(conn: Connection, reference: str) -> KeptAppointment:
    """Give the appointment as it is kept; raises AppointmentNotFound.

    Who may see it is the caller's question: its staff, or whoever has the secret (``opens``).
    """
    return _found(await store.find_appointment(conn, parse_reference(reference)))


def shown_appointment(kept: KeptAppointment) -> Appointment:
    """Give the appointment as its visitor and the staff see it."""
    zone = ZoneInfo(kept.time_zone)
    return Appointment(
        reference=shown(kept.reference),
        status=kept.state,
        office=kept.office,
        start=kept.starts_at.astimezone(zone),
        end=kept.ends_at.astimezone(zone),
        services=kept.services,
        persons=kept.persons,
        channel=kept.channel,
        created_at=kept.created_at,
        expires_at=kept.expires_at,
        contact=contacts.shown(kept.contact) if kept.contact else None,
    )


async def confirm(
    conn: Connection,
    now: datetime,
    reference: str,
    contact: Contact | None = None,
    *,
    asker: Asker = ANYBODY,
    by_visitor: bool = False,
) -> KeptAppointment:
    """Make a hold an appointment; ``contact`` replaces the one that came with the hold.

    A hold that was an offer to somebody who waited has not been counted among what one person may book,
    and is when the visitor takes it; staff decide for themselves. Can't fail for want of a place. Raises
    AppointmentNotFound, HoldExpired, AppointmentCancelled, IllegalTransition, InvalidFields when the
    contact lacks what the channel needs, and TooManyBookings.
    """
    async with conn.transaction():
        kept = await _locked(conn, now, reference, "confirm")
        known: KeptContact | None = kept.contact
        if contact is not None:
            known = contacts.checked(contact, kept.channel, held=False)
            await supply_guard.admit_confirmation(conn, now, kept, known, asker.limits)
            await store.write_contact(conn, kept.office_id, kept.id, known)
        elif by_visitor and known is not None and await offered_for(conn, kept.office_id, kept.id):
            await supply_guard.admit_confirmation(conn, now, kept, known, asker.limits)
        contacts.require_name(known, kept.channel)
        await _change(conn, now, kept, "confirm")
        await take_in_answers(conn, now, [(kept.pool_id, kept.day)])
        await confirmations.tell(conn, now, await find(conn, reference), "booked")
        await _announce(conn, now, kept, "appointment.booked")
        return await find(conn, reference)


async def cancel(
    conn: Connection,
    now: datetime,
    reference: str,
    *,
    by_visitor: bool = False,
    told: Literal["cancelled", "called_off"] = "cancelled",
    told_reason: ToldReason | None = None,
) -> KeptAppointment:
    """Give the place back.

    ``told`` is what the visitor hears: that it was cancelled as wished, or that the office had to, and
    why. Raises AppointmentNotFound, AppointmentCancelled, HoldExpired, AlreadyCheckedIn once the visitor has
    a number (then the ticket is what is cancelled), IllegalTransition, and ChangesClosed for visitors
    for whom it is too late.
    """
    async with conn.transaction():
        kept = await _locked(conn, now, reference, "cancel")
        if by_visitor:
            await refuse_late_change(conn, now, kept)
        if kept.state == "arrived":
            raise AlreadyCheckedIn
        await _change(conn, now, kept, "cancel")
        await recompute(conn, now, await store.held_days(conn, kept.office_id, kept.id))
        cancelled = await find(conn, reference)
        if kept.state == "booked":
            await confirmations.tell(conn, now, cancelled, told, reason=told_reason)
            if told == "cancelled":
                await tell_no_more(conn, now, cancelled, told)
            await _announce(conn, now, kept, "appointment.cancelled")
        return cancelled


async def move(
    conn: Connection,
    now: datetime,
    reference: str,
    request: MoveRequest,
    *,
    by_visitor: bool = False,
    told: Literal["moved", "displaced"] = "moved",
    told_reason: ToldReason | None = None,
) -> KeptAppointment:
    """Put the appointment to another time, at this office or another; services and length stay.

    The new place is taken and the old one given back together, or neither. ``told`` is what the
    visitor hears: that it was moved as wished, or that the office had to, and why. Raises
    AppointmentNotFound, SlotTaken, ServiceNotOffered, OfficeNotFound, InvalidFields, HoldExpired,
    AppointmentCancelled, IllegalTransition, and ChangesClosed for visitors for whom it is too late.
    """
    async with conn.transaction():
        kept = await _locked(conn, now, reference, "move")
        if by_visitor and kept.state == "held" and await offered_for(conn, kept.office_id, kept.id):
            # It was kept for them in the order of asking; any other place is anybody's.
            raise IllegalTransition("A place on offer can be accepted or refused, not moved.")
        if by_visitor:
            await refuse_late_change(conn, now, kept)
            await refuse_restless_move(conn, now, kept)
            kept = as_visitors_move(kept)
        wanted = wanted_services(kept.services, [request.office or kept.office], kept.persons)
        chains = await chains_to(conn, now, wanted, request.start)
        held = await store.held_days(conn, kept.office_id, kept.id)
        legs = await _legs_with_places(conn, now, kept, held, chains, request.start)
        # One that has always gone to one pool keeps its length, also where the service takes another.
        whole = len(legs) == len(held) == 1
        length = kept.ends_at - kept.starts_at if whole else _length(legs)
        cells = kept.cells if whole else legs[0].pool.cells
        await store.move_appointment(conn, kept, legs, cells, legs[0].starts_at + length)
        await recompute(conn, now, [*held, *(leg.pool_day for leg in legs)])
        moved = await find(conn, reference)
        if kept.state == "booked":
            await confirmations.tell(conn, now, moved, told, previous=kept, reason=told_reason)
            if told == "moved":
                await tell_no_more(conn, now, moved, told)
            await _announce_move(conn, now, kept, moved)
        return moved


async def _legs_with_places(
    conn: Connection,
    now: datetime,
    kept: KeptAppointment,
    held: Sequence[PoolDay],
    chains: Sequence[Chain],
    start: datetime,
) -> list[Leg]:
    """Give parts that all have their new place, the old ones counted as free; raises SlotTaken."""
    courses = [chain.legs(*cell_at(start, chain.zone)) for chain in chains]
    if len(held) == 1:
        courses = [
            [replace(leg, pool=replace(leg.pool, cells=kept.cells)) for leg in legs]
            if len(legs) == 1
            else legs
            for legs in courses
        ]
    await pool_day_store.lock_pool_days(conn, {*held, *(leg.pool_day for legs in courses for leg in legs)})
    left: dict[PoolDay, Left] = {}
    for legs in courses:
        if not all(leg.fits_the_day for leg in legs):
            continue
        for leg in legs:
            if leg.pool_day not in left:
                left[leg.pool_day] = await left_without(conn, now, leg.pool_day, kept.id)
        if all(left[leg.pool_day].open_to(kept.level) & leg.visit == leg.visit for leg in legs):
            return legs
    raise SlotTaken


def _length(legs: Sequence[Leg]) -> timedelta:
    return timedelta(minutes=sum(leg.pool.minutes for leg in legs))


async def expire_holds(conn: Connection, now: datetime) -> int:
    """End the holds that nobody confirmed in time and give their places back; gives their number.

    Safe to run by several processes at once. Until it runs, their places are kept: offers are too
    few for a moment and never too many.
    """
    async with conn.transaction():
        expired, pool_days = await store.expire_held(conn, now)
        await recompute(conn, now, pool_days)
    return expired


async def forget_contacts(conn: Connection, now: datetime) -> None:
    """Delete names, numbers and addresses of visits that are over or cancelled; what remains names nobody."""
    await store.forget_contacts(conn, now)


async def miss_past(conn: Connection, now: datetime) -> int:
    """Note that nobody came to the appointments of earlier days; gives their number.

    Safe to run by several processes at once. Their places are not given back: their time is over.
    """
    return await store.miss_past(conn, now)


async def still_expected(conn: Connection, office_id: int, day: date) -> list[ExpectedVisitor]:
    """Return the visits of a day whose visitors have not come yet, in their order."""
    return await store.still_expected(conn, office_id, day)


async def visitor_named(conn: Connection, office_id: int, appointment_id: UUID) -> NamedVisitor | None:
    """Give by which name an appointment was made; None once that is forgotten."""
    return await store.visitor_named(conn, office_id, appointment_id)


async def find_for_check_in(conn: Connection, reference: str) -> CheckInAppointment:
    """Give what the queue needs of an appointment; raises AppointmentNotFound."""
    found = await store.find_for_check_in(conn, parse_reference(reference))
    if found is None:
        raise AppointmentNotFound
    return found


async def missed_on(conn: Connection, office_id: int, day: date) -> list[MissedVisit]:
    """Return the appointments of a day that nobody came to, by time."""
    return await store.missed_on(conn, office_id, day)


async def mark_arrived(conn: Connection, office_id: int, appointment_id: UUID) -> None:
    """Note that the visitor is here, inside the transaction that gives the number.

    Raises AlreadyCheckedIn when it was noted before or the appointment is not one to come to.
    """
    if not await store.mark_arrived(conn, office_id, appointment_id):
        raise AlreadyCheckedIn


async def follow_ticket(
    conn: Connection, now: datetime, office_id: int, appointment_id: UUID, verb: str
) -> None:
    """Let an appointment follow what happens to its ticket, inside the transaction of that verb.

    Before the ticket's own statement, which takes the office's version: a place that is given back
    locks a pool-day first.
    """
    if verb not in VERB_OF_TICKET:
        return
    locked = await store.lock_appointment(conn, office_id, appointment_id)
    if locked is None:
        return
    to_state = APPOINTMENT.target(locked.state, VERB_OF_TICKET[verb])
    if to_state is None:
        return
    await store.change_state(conn, now, office_id, appointment_id, locked.state, to_state)
    if to_state == "cancelled":
        await recompute(conn, now, await store.held_days(conn, office_id, appointment_id))


def _found(kept: KeptAppointment | None) -> KeptAppointment:
    if kept is None:
        raise AppointmentNotFound
    return kept


async def _locked(conn: Connection, now: datetime, reference: str, verb: str) -> KeptAppointment:
    """Give the appointment, locked, after asking its lifecycle whether ``verb`` may happen now."""
    kept = _found(await store.find_appointment(conn, parse_reference(reference), lock=True))
    refuse_impossible(kept, now, verb)
    return kept


async def _change(conn: Connection, now: datetime, kept: KeptAppointment, verb: str) -> None:
    to_state = APPOINTMENT.target(kept.state, verb)
    assert to_state is not None, "asked by _locked"
    await store.change_state(conn, now, kept.office_id, kept.id, kept.state, to_state)


def _is_today(kept: KeptAppointment, now: datetime) -> bool:
    return kept.day == cell_at(now, ZoneInfo(kept.time_zone))[0]


async def _announce(conn: Connection, now: datetime, kept: KeptAppointment, kind: str) -> None:
    """Tell the office's screens, which show no other day's appointments than today's."""
    if _is_today(kept, now):
        await store.announce(conn, kept.office_id, kept.id, kind, now)


async def _announce_move(
    conn: Connection, now: datetime, before: KeptAppointment, after: KeptAppointment
) -> None:
    """Tell screens that an appointment of today is another one, has gone, or has come."""
    stays = before.office_id == after.office_id
    if stays and _is_today(before, now) and _is_today(after, now):
        await store.announce(conn, after.office_id, after.id, "appointment.moved", now)
        return
    # By id of the office: versions are taken in one order, whichever way appointments move.
    for kept in sorted((before, after), key=lambda kept: kept.office_id):
        if kept is before and _is_today(before, now):
            await store.announce_departure(conn, kept.office_id, kept.id, "appointment.cancelled", now)
        elif kept is after:
            await _announce(conn, now, after, "appointment.booked")
