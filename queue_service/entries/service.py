"""The verbs of a booking with places for a party: one short transaction each; time is an argument.

Booking is one statement. Whatever else changes what is taken of an hour locks the hour and counts it
anew from its bookings, so that nothing can drift.
"""

from datetime import datetime
from itertools import groupby
from typing import Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from queue_service.booking import contact as contacts
from queue_service.booking import supply_guard
from queue_service.booking.confirmations import ways_of
from queue_service.booking.contingents import level_of
from queue_service.booking.lifecycle import APPOINTMENT
from queue_service.booking.model import HOLD_TIME, Channel, Contact, KeptContact
from queue_service.booking.reference import new_reference, parse_reference, shown
from queue_service.booking.supply_guard import ANYBODY, Asker, WantedHour
from queue_service.booking.taking import REFERENCES_TRIED
from queue_service.booking.visit_access import opens
from queue_service.booking.visit_changes import (
    as_visitors_move,
    refuse_impossible,
    refuse_late_change,
    refuse_restless_move,
    tell_no_more,
)
from queue_service.booking.visitor_secret import hash_of_secret, new_secret
from queue_service.entries import confirmations, store
from queue_service.entries.entry_days import apply_entries, broken_invariants, open_days, release_places
from queue_service.entries.entry_plan import entry_name, parse_entry
from queue_service.entries.entry_search import find_entries
from queue_service.entries.model import (
    CARD_ENTRIES,
    EntryArrival,
    EntryBooking,
    EntryBookingMade,
    EntryBookingRequest,
    EntryOffered,
    FoundEntry,
    KeptEntryBooking,
    OverbookedEntry,
    OverbookedHour,
    OverbookedHours,
    PartyToMove,
)
from queue_service.notices.model import ToldReason
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.facility_card import CardEntry
from queue_service.offices.model import local_day
from queue_service.platform.errors import (
    AlreadyCheckedIn,
    AppointmentCancelled,
    AppointmentNotFound,
    EntryBookingNotFound,
    EntryNotFound,
    InvalidFields,
    SlotTaken,
    WrongDay,
    WrongOffice,
)
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

__all__ = [
    "apply_entries", "arrive", "book", "broken_invariants", "cancel", "card_entries", "confirm", "end_past",
    "expire_holds", "find", "find_entries", "find_entry", "forget_contacts", "move", "open_days", "opens",
    "overbooked", "overbooked_hours", "release_places", "shown_arrival", "shown_booking",
]  # fmt: skip


async def book(
    conn: Connection, now: datetime, request: EntryBookingRequest, *, asker: Asker = ANYBODY
) -> EntryBookingMade:
    """Take places for the whole party, or none.

    Raises InvalidFields, OfficeNotFound, EntryNotFound, SlotTaken when there are not as many places
    left for the channel, and TooManyBookings when ``asker`` has as many as may be booked online.
    """
    contact = contacts.checked(request.contact, request.channel, held=request.hold)
    office = await offices.find_office(conn, request.office)
    entry = await _bookable(conn, now, office.id, request.entry, request.channel)
    if request.party_size > entry.most_party:
        message = f"At most {entry.most_party} can come by one booking."
        raise InvalidFields(errors=[FieldError("party_size", message)])
    told = not request.hold and bool(ways_of(contact))
    if request.channel != "online" and not told:
        return await _take(conn, now, request, office, entry, contact)
    async with conn.transaction():
        hour = WantedHour(office.id, entry.code, request.channel)
        claims = await supply_guard.admit_party(conn, now, hour, contact, asker)
        made = await _take(conn, now, request, office, entry, contact)
        await supply_guard.remember(conn, now, claims, made.reference)
        if told:
            await confirmations.tell(conn, now, await find(conn, made.reference), "booked")
        return made


async def _take(
    conn: Connection,
    now: datetime,
    request: EntryBookingRequest,
    office: Office,
    entry: FoundEntry,
    contact: KeptContact,
) -> EntryBookingMade:
    """Take the places in one statement, whole also without a transaction; raises SlotTaken."""
    secret = new_secret()
    new = store.NewBooking(
        id=uuid4(),
        references=[new_reference() for _ in range(REFERENCES_TRIED)],
        secret_hash=hash_of_secret(secret),
        state="held" if request.hold else "booked",
        party_size=request.party_size,
        channel=request.channel,
        emergency=request.emergency,
        level=level_of(request.channel, emergency=request.emergency),
        expires_at=now + HOLD_TIME[request.channel] if request.hold else None,
    )
    reference = await store.book(conn, office.id, entry.id, new, contact, now)
    if reference is None:
        raise SlotTaken("There are not as many places left.")
    return EntryBookingMade(
        reference=shown(reference),
        secret=secret,
        status="held" if request.hold else "booked",
        office=office.slug,
        entry=entry_name(entry.code, entry.starts_at),
        title=entry.title,
        start=entry.starts_at.astimezone(office.zone),
        end=entry.ends_at.astimezone(office.zone),
        party_size=request.party_size,
        price=entry.price,
        expires_at=new.expires_at,
    )


async def find_entry(conn: Connection, office: Office, name: str) -> EntryOffered:
    """Give one hour of the office with what the web may still take; raises EntryNotFound."""
    found = await store.offered_entry(conn, office.id, *parse_entry(name), level=level_of("online"))
    if found is None:
        raise EntryNotFound
    return found


async def _bookable(
    conn: Connection, now: datetime, office_id: int, name: str, channel: Channel
) -> FoundEntry:
    """Give an hour of the office that can still be come to.

    Who stands at the entrance may join until it ends, everybody else until it begins. Raises
    EntryNotFound, and InvalidFields when it is over.
    """
    entry = await store.find_entry(conn, office_id, *parse_entry(name))
    if entry is None:
        raise EntryNotFound
    if now >= (entry.ends_at if channel == "counter" else entry.starts_at):
        raise InvalidFields(errors=[FieldError("entry", "This time is over.")])
    return entry


async def find(conn: Connection, reference: str) -> KeptEntryBooking:
    """Give the booking as it is kept; raises EntryBookingNotFound.

    Who may see it is the caller's question: its staff, or whoever has the secret (``opens``).
    """
    return _found(await store.find_booking(conn, _parsed(reference)))


def shown_booking(kept: KeptEntryBooking) -> EntryBooking:
    """Give the booking as its visitor and the staff see it."""
    zone = ZoneInfo(kept.time_zone)
    return EntryBooking(
        reference=shown(kept.reference),
        status=kept.state,
        office=kept.office,
        entry=entry_name(kept.code, kept.starts_at),
        code=kept.code,
        title=kept.title,
        start=kept.starts_at.astimezone(zone),
        end=kept.ends_at.astimezone(zone),
        party_size=kept.party_size,
        channel=kept.channel,
        price=kept.price,
        created_at=kept.created_at,
        expires_at=kept.expires_at,
        contact=contacts.shown(kept.contact) if kept.contact else None,
    )


def shown_arrival(kept: KeptEntryBooking) -> EntryArrival:
    """Give what the entrance has to know of a party."""
    zone = ZoneInfo(kept.time_zone)
    return EntryArrival(
        reference=shown(kept.reference),
        status=kept.state,
        title=kept.title,
        start=kept.starts_at.astimezone(zone),
        end=kept.ends_at.astimezone(zone),
        party_size=kept.party_size,
        price=kept.price,
    )


async def confirm(
    conn: Connection,
    now: datetime,
    reference: str,
    contact: Contact | None = None,
    *,
    asker: Asker = ANYBODY,
) -> KeptEntryBooking:
    """Make a hold a booking; ``contact`` replaces the one that came with the hold.

    Can't fail for want of places. Raises EntryBookingNotFound, HoldExpired, AppointmentCancelled,
    IllegalTransition, InvalidFields when the contact lacks what the channel needs, and TooManyBookings.
    """
    async with conn.transaction():
        kept = await _locked(conn, now, reference, "confirm")
        known: KeptContact | None = kept.contact
        if contact is not None:
            known = contacts.checked(contact, kept.channel, held=False)
            hour = WantedHour(kept.office_id, kept.code, kept.channel)
            await supply_guard.admit_party_confirmation(conn, now, hour, kept.reference, known, asker.limits)
            await store.write_contact(conn, kept.office_id, kept.id, known)
        contacts.require_name(known, kept.channel)
        await _change(conn, now, kept, "confirm")
        booked = await find(conn, reference)
        await confirmations.tell(conn, now, booked, "booked")
        return booked


async def move(
    conn: Connection,
    now: datetime,
    reference: str,
    to: str,
    *,
    by_visitor: bool = False,
    told: Literal["moved", "displaced"] = "moved",
    told_reason: ToldReason | None = None,
) -> KeptEntryBooking:
    """Put the party into another hour of the same kind and office.

    The new places are taken and the old ones given back together, or neither. ``told`` is what the
    party hears: that it was moved as wished, or that the office had to, and why. Raises EntryBookingNotFound,
    EntryNotFound (also for an hour of another kind), SlotTaken, InvalidFields, HoldExpired,
    AppointmentCancelled, IllegalTransition, and for visitors ChangesClosed when it is too late and
    TooManyAttempts when they move to and fro.
    """
    async with conn.transaction():
        kept = await _locked(conn, now, reference, "move")
        if by_visitor:
            await refuse_late_change(conn, now, kept)
            await refuse_restless_move(conn, now, kept)
            kept = as_visitors_move(kept)
        entry = await _bookable(conn, now, kept.office_id, to, kept.channel)
        if entry.code != kept.code:
            raise EntryNotFound
        if entry.id == kept.entry_id:
            return kept
        both = [kept.entry_id, entry.id]
        await store.lock_entries(conn, kept.office_id, both)
        if not await store.move_booking(conn, kept, entry.id):
            raise SlotTaken("There are not as many places left.")
        await store.recount(conn, kept.office_id, both)
        moved = await find(conn, reference)
        if kept.state == "booked":
            await confirmations.tell(
                conn, now, moved, told, previous_start=kept.starts_at, reason=told_reason
            )
            if told == "moved":
                await tell_no_more(conn, now, moved, told)
        return moved


async def cancel(
    conn: Connection,
    now: datetime,
    reference: str,
    *,
    by_visitor: bool = False,
    told: Literal["cancelled", "called_off"] = "cancelled",
    told_reason: ToldReason | None = None,
) -> KeptEntryBooking:
    """Give the places back.

    ``told`` is what the party hears: that it was cancelled as wished, or that the office had to, and why.
    Raises EntryBookingNotFound, HoldExpired, AppointmentCancelled, AlreadyCheckedIn once the party has
    come, IllegalTransition, and ChangesClosed for visitors for whom it is too late.
    """
    async with conn.transaction():
        kept = await _locked(conn, now, reference, "cancel")
        if by_visitor:
            await refuse_late_change(conn, now, kept)
        if kept.state == "arrived":
            raise AlreadyCheckedIn("The party has come already.")
        await _change(conn, now, kept, "cancel")
        await _recount(conn, kept.office_id, [kept.entry_id])
        cancelled = await find(conn, reference)
        if kept.state == "booked":
            await confirmations.tell(conn, now, cancelled, told, reason=told_reason)
            if told == "cancelled":
                await tell_no_more(conn, now, cancelled, told)
        return cancelled


async def arrive(conn: Connection, now: datetime, office: Office, reference: str) -> KeptEntryBooking:
    """Note at the entrance that the party has come; they pay there.

    Raises EntryBookingNotFound, WrongOffice, WrongDay, AppointmentCancelled, AlreadyCheckedIn,
    HoldExpired, and IllegalTransition when the hour is over.
    """
    async with conn.transaction():
        kept = _found(await store.find_booking(conn, _parsed(reference), lock=True))
        if kept.office_id != office.id:
            raise WrongOffice(office=kept.office, starts_at=kept.starts_at)
        if kept.state == "held":
            raise AppointmentCancelled("These places were held and never booked.", state=kept.state)
        if kept.state in ("arrived", "fulfilled"):
            raise AlreadyCheckedIn("The party has come already.")
        refuse_impossible(kept, now, "check_in")
        if local_day(kept.starts_at, kept.time_zone) != local_day(now, kept.time_zone):
            raise WrongDay(starts_at=kept.starts_at)
        await _change(conn, now, kept, "check_in")
        return await find(conn, reference)


async def expire_holds(conn: Connection, now: datetime) -> int:
    """End the holds that nobody confirmed in time and give their places back; gives their number.

    Safe to run by several processes at once. Until it runs, their places are kept: offers are too
    few for a moment and never too many.
    """
    async with conn.transaction():
        expired = sorted(await store.expire_held(conn, now))
        for office_id, hours in groupby(expired, key=lambda hour: hour[0]):
            await _recount(conn, office_id, sorted({entry_id for _, entry_id in hours}))
    return len(expired)


async def end_past(conn: Connection, now: datetime) -> int:
    """Note of hours that are over who has had them and who has missed them; gives their number."""
    return await store.end_past(conn, now)


async def forget_contacts(conn: Connection, now: datetime) -> None:
    """Delete names, numbers and addresses of visits that are over or cancelled, and end the links to them."""
    await store.forget_contacts(conn, now)
    await store.forget_secrets(conn, now)


async def overbooked(conn: Connection, now: datetime, office_id: int | None = None) -> list[OverbookedEntry]:
    """Give the coming hours, of one office or of all, with more people than places since a plan was cut."""
    return await store.overbooked(conn, now, office_id)


async def overbooked_hours(conn: Connection, now: datetime, office: Office) -> OverbookedHours:
    """Give the office's overbooked hours with the parties that may have to be moved."""
    parties: dict[tuple[str, datetime], list[PartyToMove]] = {}
    for party in await store.overbooked_parties(conn, office.id, now):
        to_move = PartyToMove(shown(party.reference), party.party_size)
        parties.setdefault((party.code, party.starts_at), []).append(to_move)
    return OverbookedHours(
        [
            OverbookedHour(
                entry=entry_name(hour.code, hour.starts_at),
                code=hour.code,
                start=hour.starts_at.astimezone(office.zone),
                places=hour.places,
                taken=hour.taken,
                parties=parties.get((hour.code, hour.starts_at), []),
            )
            for hour in await overbooked(conn, now, office.id)
        ]
    )


async def card_entries(conn: Connection, now: datetime, office: Office, channel: Channel) -> list[CardEntry]:
    """Give the office's next hours for its card, full ones among them."""
    return [
        CardEntry(hour.entry, hour.code, hour.title, hour.start, hour.end, hour.free, hour.price)
        for hour in await store.coming(conn, office.id, now, level_of(channel), CARD_ENTRIES)
    ]


def _parsed(reference: str) -> str:
    try:
        return parse_reference(reference)
    except AppointmentNotFound as unknown:
        raise EntryBookingNotFound from unknown


def _found(kept: KeptEntryBooking | None) -> KeptEntryBooking:
    if kept is None:
        raise EntryBookingNotFound
    return kept


async def _locked(conn: Connection, now: datetime, reference: str, verb: str) -> KeptEntryBooking:
    """Give the booking, locked, after asking its lifecycle whether ``verb`` may happen now."""
    kept = _found(await store.find_booking(conn, _parsed(reference), lock=True))
    refuse_impossible(kept, now, verb)
    return kept


async def _change(conn: Connection, now: datetime, kept: KeptEntryBooking, verb: str) -> None:
    to_state = APPOINTMENT.target(kept.state, verb)
    assert to_state is not None, "asked by _locked"
    await store.change_state(conn, now, kept.office_id, kept.id, kept.state, to_state)


async def _recount(conn: Connection, office_id: int, entry_ids: list[int]) -> None:
    """Lock these hours and count what is taken of them anew."""
    await store.lock_entries(conn, office_id, entry_ids)
    await store.recount(conn, office_id, entry_ids)
