"""The verbs of those who wait: one short transaction each; connection and time are arguments."""

from datetime import datetime
from itertools import count
from uuid import uuid4
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from queue_service.booking import contact as contacts
from queue_service.booking import pool_day_store, service, slot_store, visitor_secret, waiting_guard
from queue_service.booking import store as booking_store
from queue_service.booking import waiting_store as store
from queue_service.booking.contingents import level_of
from queue_service.booking.day_cells import ONE_DAY, cell_at, day_begins
from queue_service.booking.lifecycle import WAITING
from queue_service.booking.model import KeptAppointment, KeptContact
from queue_service.booking.pool_day_store import PoolDay
from queue_service.booking.reference import new_reference, parse_reference, shown
from queue_service.booking.search import refuse_unknown, wanted_services
from queue_service.booking.slot_store import Wanted
from queue_service.booking.supply_guard import ANYBODY, Asker
from queue_service.booking.taking import REFERENCES_TRIED
from queue_service.booking.visitor_secret import hash_of_secret, new_secret
from queue_service.booking.waiting_confirmation import tell_joined
from queue_service.booking.waiting_match import place_for
from queue_service.booking.waiting_model import (
    ENTRIES_SHOWN,
    RULE,
    CallItem,
    DayHours,
    KeptEntry,
    Offer,
    OfferedFor,
    OpenOffer,
    WaitingEntry,
    WaitingList,
    WaitingMade,
    WaitingRequest,
    clock_of,
)
from queue_service.booking.waiting_offers import offer_free
from queue_service.notices import service as notices
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.errors import (
    AppointmentNotFound,
    HoldExpired,
    IllegalTransition,
    InvalidFields,
    ServiceNotOffered,
    WaitingEntryNotFound,
)
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

LATEST_DAYS = 366
"""How far ahead a deadline may lie; whoever types a later one has slipped."""
LOOKED_FOR_AT_ONCE = 50
"""Entries a round: with a round every twenty seconds, thousands get their turn within minutes."""
DAYS_READ = 200
"""Pool-days at once: a horizon of days in a few pools."""


async def join(
    conn: Connection, now: datetime, request: WaitingRequest, *, asker: Asker = ANYBODY
) -> WaitingMade:
    """Put somebody on the list, or offer at once what is free and fits; who has to wait is told so.

    Raises InvalidFields, ServiceNotFound, OfficeNotFound, ServiceNotOffered when none of the offices
    can settle all the services in one visit, and TooManyBookings and TooManyFromAddress when ``asker``
    asks more than one may online.
    """
    contact = _checked_contact(request)
    wanted = wanted_services(request.services, request.offices or None, request.persons)
    await refuse_unknown(conn, wanted)
    pools = await slot_store.visit_pools(conn, wanted)
    if not pools:
        raise ServiceNotOffered
    secret = new_secret()
    new = _new_entry(request, wanted, now, ZoneInfo(pools[0].time_zone), secret)
    async with conn.transaction():
        address = await waiting_guard.admit(conn, now, request, contact, asker)
        reference = await store.add_entry(conn, new, contact, address, now)
        pool_day = await _fitting_day(conn, now, await find(conn, reference))
        if pool_day is not None:
            await _give_away(conn, now, pool_day)
        entry = await find(conn, reference)
        if entry.state == "waiting":
            await tell_joined(conn, now, entry, pools[0].office_id, secret)
    return WaitingMade(shown(reference), secret, entry.state)


def _checked_contact(request: WaitingRequest) -> KeptContact:
    """Give the contact as it is kept, with what the ways of telling need. Raises InvalidFields.

    Whoever names no confirmation gets it the way offers are told.
    """
    asked = request.contact.confirm_by
    confirm_by = [way for way in ([asked] if isinstance(asked, str) else asked) if way != "none"]
    told = [way for way in ("sms", "email") if way in request.ways]
    contact = replace(request.contact, confirm_by=[*confirm_by, *told] or "none")
    checked = contacts.checked(contact, request.channel, held=False)
    if "call" in request.ways and not checked.phone:
        raise InvalidFields(errors=[FieldError("contact.phone", "To be rung, a telephone number is needed.")])
    return replace(checked, confirm_by=list(dict.fromkeys(confirm_by or told)))


def _new_entry(
    request: WaitingRequest, wanted: Wanted, now: datetime, zone: ZoneInfo, secret: str
) -> store.NewEntry:
    today = cell_at(now, zone)[0]
    first_day, last_day = max(request.first_day or today, today), request.last_day
    faults = []
    if last_day < first_day:
        faults.append(FieldError("until", "This day is over, or before the first one asked for."))
    if last_day > today + LATEST_DAYS * ONE_DAY:
        faults.append(FieldError("until", f"This is more than {LATEST_DAYS} days ahead."))
    if request.hours.opens >= request.hours.closes:
        faults.append(FieldError("hours", "These hours end before they begin."))
    if faults:
        raise InvalidFields(errors=faults)
    return store.NewEntry(
        id=uuid4(),
        references=[new_reference() for _ in range(REFERENCES_TRIED)],
        secret_hash=hash_of_secret(secret),
        codes=wanted.codes,
        quantities=wanted.quantities,
        persons=request.persons,
        channel=request.channel,
        offices=list(dict.fromkeys(request.offices)),
        first_day=first_day,
        last_day=last_day,
        weekdays=sorted(set(request.weekdays)),
        opens=request.hours.opens,
        closes=request.hours.closes,
        notice_hours=request.notice_hours,
        ways=list(dict.fromkeys(request.ways)),
        lapses_at=day_begins(last_day + ONE_DAY, zone),
    )


async def find(conn: Connection, reference: str) -> KeptEntry:
    """Give the entry as it is kept; raises WaitingEntryNotFound. Who may see it is the caller's question."""
    try:
        stored = parse_reference(reference)
    except AppointmentNotFound as wrong:
        raise WaitingEntryNotFound from wrong
    entry = await store.find_entry(conn, stored)
    if entry is None:
        raise WaitingEntryNotFound
    return entry


async def offered_for(conn: Connection, kept: KeptAppointment) -> OfferedFor | None:
    """Tell whether an appointment is, or was, an offer to somebody who waits, and what became of it."""
    return await store.offered_for(conn, kept.office_id, kept.id)


async def offices_of(conn: Connection, entry: KeptEntry) -> list[Office]:
    """Give the offices that this one would go to; all of them, when none was named."""
    if not entry.offices:
        return await offices.list_offices(conn)
    return [await offices.find_office(conn, slug) for slug in entry.offices]


def opens(entry: KeptEntry, secret: str) -> bool:
    """Tell, in a time that doesn't depend on the answer, whether this is the entry's secret."""
    return visitor_secret.opens(secret, [entry.secret_hash])


async def accept(
    conn: Connection, now: datetime, entry: KeptEntry, *, asker: Asker | None = None
) -> KeptAppointment:
    """Make the place on offer an appointment; ``asker`` is the one who waited, None when staff do it.

    Raises HoldExpired, TooManyBookings, and IllegalTransition without an offer.
    """
    async with conn.transaction():
        held = await _locked_offer(conn, entry, "accept")
        return await service.confirm(conn, now, held, asker=asker or ANYBODY, by_visitor=asker is not None)


async def refuse(conn: Connection, now: datetime, entry: KeptEntry) -> KeptEntry:
    """Let the place on offer go to the next, and wait on. Raises IllegalTransition without an offer."""
    async with conn.transaction():
        await service.cancel(conn, now, await _locked_offer(conn, entry, "refuse"))
        return await find(conn, entry.reference)


async def accept_place(
    conn: Connection, now: datetime, kept: KeptAppointment, *, asker: Asker
) -> KeptAppointment:
    """Accept just this offer, for whoever knows the appointment and not the entry.

    Raises IllegalTransition when it is none (any more), HoldExpired, TooManyBookings.
    """
    async with conn.transaction():
        held = await _locked_place(conn, kept)
        return await service.confirm(conn, now, held, asker=asker, by_visitor=True)


async def open_offer(conn: Connection, entry: KeptEntry) -> OpenOffer | None:
    """Give what is kept for this entry and not answered yet."""
    return await store.open_offer(conn, entry.id)


async def refuse_place(conn: Connection, now: datetime, kept: KeptAppointment) -> KeptAppointment:
    """Refuse just this offer. Raises IllegalTransition when it is none (any more)."""
    async with conn.transaction():
        return await service.cancel(conn, now, await _locked_place(conn, kept))


async def _locked_place(conn: Connection, kept: KeptAppointment) -> str:
    """Give the reference of an appointment on offer, locked. Raises IllegalTransition."""
    locked = await booking_store.find_appointment(conn, kept.reference, lock=True)
    if locked is None or locked.state != "held" or await offered_for(conn, locked) is None:
        raise IllegalTransition("This place is not on offer any more.")
    return locked.reference


async def withdraw(conn: Connection, now: datetime, entry: KeptEntry) -> KeptEntry:
    """Wait no more; a place on offer goes to the next. Raises IllegalTransition once the waiting is over."""
    async with conn.transaction():
        # Whatever comes in between, an offer or its end, is another one's progress: then once more.
        while not await store.withdraw(conn, entry.id, now):
            held = await _lock_held(conn, entry)
            if held is not None:
                await service.cancel(conn, now, held)
            else:
                entry = await find(conn, entry.reference)
                if not WAITING.allowed(entry.state):
                    raise _not_allowed(entry)
        await notices.withdraw_about_waiting(conn, [entry.id])
        return await find(conn, entry.reference)


async def _locked_offer(conn: Connection, entry: KeptEntry, verb: str) -> str:
    """Give the reference of the appointment on offer, locked, or raise why there is none."""
    held = await _lock_held(conn, entry)
    if held is not None:
        return held
    entry = await find(conn, entry.reference)
    raise _not_allowed(entry) if WAITING.target(entry.state, verb) is None else HoldExpired()


async def _lock_held(conn: Connection, entry: KeptEntry) -> str | None:
    """Lock what is held for this entry, before anything else is; None when nothing is (any more).

    Answered elsewhere meanwhile, it may be an appointment by now, which nobody wants to lose by saying
    no to an offer.
    """
    offer = await store.open_offer(conn, entry.id)
    if offer is None:
        return None
    kept = await booking_store.find_appointment(conn, offer.reference, lock=True)
    return kept.reference if kept is not None and kept.state == "held" else None


def _not_allowed(entry: KeptEntry) -> IllegalTransition:
    return IllegalTransition(
        "There is no offer, or nobody waits here any more.",
        state=entry.state,
        allowed=WAITING.allowed(entry.state),
    )


async def look_for_places(conn: Connection, now: datetime) -> None:
    """Go through what is free for those whose turn it is, and offer what fits.

    Most places are given away when they become free. This finds the others: more became free than one
    transaction gives away, or somebody joined in the very moment. Safe to run by several processes.
    """
    for reference in await store.next_to_look_for(conn, LOOKED_FOR_AT_ONCE, now):
        entry = await find(conn, reference)
        pool_day = await _fitting_day(conn, now, entry)
        reached: int | None = 0
        # A transaction may end before it comes to this one; the next goes on from there.
        while pool_day is not None and reached is not None and reached < entry.place:
            reached = await _give_away(conn, now, pool_day, after=reached)


async def _give_away(conn: Connection, now: datetime, pool_day: PoolDay, *, after: int = 0) -> int | None:
    """Offer what is free on a day from behind ``after`` in the order of asking; gives how far it came."""
    async with conn.transaction():
        await pool_day_store.lock_pool_days(conn, [pool_day])
        return await offer_free(conn, now, pool_day, after)


async def _fitting_day(conn: Connection, now: datetime, entry: KeptEntry) -> PoolDay | None:
    """Give the first day on which a free place fits this entry."""
    wanted = wanted_services(entry.services, entry.offices or None, entry.persons)
    level = level_of(entry.channel)
    for skip in count(0, DAYS_READ):
        days = await store.free_days(conn, wanted, level, entry, now, skip=skip, most=DAYS_READ)
        for free in days:
            zone = ZoneInfo(free.time_zone)
            if place_for(entry.wishes, now, zone, free.day, free.plane, free.cells):
                return free.pool_id, free.day
        if len(days) < DAYS_READ:
            break
    return None


async def lapse(conn: Connection, now: datetime) -> int:
    """End the waiting of those whose last day is over; gives their number."""
    return await store.lapse(conn, now)


async def forget_waiting(conn: Connection, now: datetime) -> None:
    """Delete names, numbers and addresses of those who wait no more; what remains names nobody."""
    await store.forget_contacts(conn, now)
    await waiting_guard.forget_addresses(conn, now)


async def broken_invariants(conn: Connection) -> list[str]:
    """Give a sentence for each offer without a held place, and each place that is kept for nobody."""
    return await store.broken_invariants(conn)


async def show(conn: Connection, entry: KeptEntry) -> WaitingEntry:
    """Give the entry as whoever waits sees it, with contact."""
    ahead = await store.ahead(conn, entry.id) if WAITING.allowed(entry.state) else None
    return _shown(entry, ahead, await store.open_offer(conn, entry.id))


async def waiting_at(conn: Connection, office: str) -> WaitingList:
    """Give who waits and would come to this office, in the order of asking, without contacts."""
    listed = await store.list_entries(conn, office, ENTRIES_SHOWN)
    return WaitingList(RULE, [_shown(one.entry, one.ahead, one.offer) for one in listed])


async def to_be_rung(conn: Connection) -> list[store.ListedCall]:
    """Give whom to ring about a place that is kept for them, the most urgent first, at all offices."""
    return await store.list_calls(conn)


def shown_call(call: store.ListedCall) -> CallItem:
    """Give it as the agents see it."""
    return CallItem(
        reference=shown(call.entry),
        name=call.name,
        phone=call.phone,
        phone_shown=contacts.phone_shown(call.phone),
        language=call.language,
        services=call.services,
        offer=_shown_offer(call.offer),
    )


def _shown(entry: KeptEntry, ahead: int | None, offer: OpenOffer | None) -> WaitingEntry:
    return WaitingEntry(
        reference=shown(entry.reference),
        state=entry.state,
        services=entry.services,
        persons=entry.persons,
        offices=entry.offices,
        first_day=entry.first_day,
        last_day=entry.last_day,
        weekdays=entry.weekdays,
        hours=DayHours(clock_of(entry.opens), clock_of(entry.closes)),
        notice_hours=entry.notice_hours,
        ways=entry.ways,
        channel=entry.channel,
        asked_at=entry.asked_at,
        ahead=ahead,
        refused=entry.refused,
        unanswered=entry.unanswered,
        offer=_shown_offer(offer) if offer else None,
        contact=contacts.shown(entry.contact) if entry.contact else None,
    )


def _shown_offer(offer: OpenOffer) -> Offer:
    zone = ZoneInfo(offer.time_zone)
    return Offer(
        appointment=shown(offer.reference),
        office=offer.office,
        start=offer.starts_at.astimezone(zone),
        end=offer.ends_at.astimezone(zone),
        offered_at=offer.offered_at.astimezone(zone),
        respond_by=offer.respond_by.astimezone(zone),
    )
