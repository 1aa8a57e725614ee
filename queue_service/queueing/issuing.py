"""Giving out numbers: to walk-ins, and to visitors who come for an appointment."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

import asyncpg
import msgspec

from queue_service.booking import service as booking
from queue_service.booking.model import CheckInAppointment
from queue_service.offices import open_consultation
from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.model import local_day, walk_ins_now
from queue_service.offices.setup_model import FEATURES, VISITOR_CLASSES
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import CheckInRequest, FieldError, IssuedTicket, TicketRequest
from queue_service.protocol.stream import WalkIns
from queue_service.queueing import store
from queue_service.queueing.actor import Actor
from queue_service.queueing.arrival import Admission, Arrival, admit_appointment, admit_walk_in, arrival_at
from queue_service.queueing.open_hall import closed_hall_refuses
from queue_service.queueing.standing import Standing, is_served_today, note_promise, standing

TOKEN_BYTES = 16
"""128 random bits: nobody follows another visitor's ticket by guessing."""
NEVER_RESTARTED = date(1, 1, 1)
"""The day under which an office that never restarts its numbers counts them."""


async def walk_ins(conn: Connection, now: datetime, office: Office) -> WalkIns:
    """Return whether numbers are given out now, and if not, why and when again."""
    taken = await same_day_places_taken(conn, now)
    return open_consultation.walk_ins_of(office, now, taken.get(office.slug, {}))


async def same_day_places_taken(conn: Connection, now: datetime) -> dict[str, dict[str, int]]:
    """Return the places taken today, by office and code of the open consultation."""
    return await store.same_day_places_taken(conn, now)


async def issue_ticket(
    conn: Connection,
    now: datetime,
    office: Office,
    request: TicketRequest,
    channel: str,
    actor: Actor,
    visitor_url: str,
) -> IssuedTicket:
    """Give a number to somebody without an appointment.

    Sending the same ``request.id`` again gives the same ticket. Raises WalkInsClosed,
    ServiceNotFound, ServiceNotOffered, UnknownChoice, IdempotencyMismatch, HallClosed.
    """
    _check_choices(request.visitor_class, request.needs)
    service = await offices.find_offered_service(conn, office, request.service)
    if request.id and (known := await store.find_issued(conn, request.id)):
        if (known.office_id, known.service_id, known.appointment_id) != (office.id, service.id, None):
            raise errors.IdempotencyMismatch
        return await _answer(conn, now, known, request.id, visitor_url)
    if not service.walk_in:
        raise errors.ServiceNotOffered(reason="by_appointment_only")
    new = await walk_in_ticket(conn, now, office, service, request, channel)
    await _refuse_hopeless(conn, now, office, new, service)
    full: dict[str, int] = {}
    for ticket in ways_in(office, service, now, new):
        issued = await _insert(conn, now, ticket, actor, visitor_url)
        if issued is not None:
            return issued
        if ticket.contingent is not None and ticket.contingent_places is not None:
            full[ticket.contingent] = ticket.contingent_places
    state = open_consultation.walk_ins_for(office, service.code, now, full)
    raise errors.WalkInsClosed(
        reason=state.reason, next_chance_at=state.next_chance_at, begins_at=state.begins_at
    )


async def walk_in_ticket(
    conn: Connection,
    now: datetime,
    office: Office,
    service: OfferedService,
    request: TicketRequest,
    channel: str,
) -> store.NewTicket:
    """Return what somebody's ticket begins with who comes now without an appointment."""
    admission = admit_walk_in(now, request.visitor_class, office.order)
    new = _new_ticket(now, office, service, admission, channel, request.id)
    further = [await offices.find_offered_service(conn, office, code) for code in request.further_services]
    return msgspec.structs.replace(
        new,
        needs=request.needs,
        language=request.language,
        profile=store.Profile(
            request.pick_up, request.slow_walk, [one.id for one in further], together=request.together
        ),
    )


async def _refuse_hopeless(
    conn: Connection, now: datetime, office: Office, new: store.NewTicket, service: OfferedService
) -> None:
    """Raise WalkInsClosed for whom the counters won't reach any more, where the office wants that."""
    if office.setup.walk_in_stop != "forecast":
        return
    visitor_class = new.admission.visitor_class
    if not await is_served_today(conn, now, office.id, service.code, visitor_class, new.needs):
        state = open_consultation.not_served_today(office, service.code, now)
        raise errors.WalkInsClosed(
            "All who can still be served today have a number.",
            reason=state.reason,
            next_chance_at=state.next_chance_at,
            begins_at=state.begins_at,
        )


def ways_in(
    office: Office, service: OfferedService, now: datetime, new: store.NewTicket
) -> list[store.NewTicket]:
    """Return the tickets to try in turn: one for each open registration, or one without a contingent."""
    if office.walk_ins_stopped:
        return []
    if open_consultation.consultations_for(office, service.code):
        return [
            msgspec.structs.replace(new, contingent=one.code, contingent_places=one.places)
            for one in open_consultation.open_registrations(office, service.code, now)
        ]
    return [new] if walk_ins_now(office.calendar, now).open else []


async def check_in(
    conn: Connection,
    now: datetime,
    office: Office,
    request: CheckInRequest,
    channel: str,
    actor: Actor,
    visitor_url: str,
) -> IssuedTicket:
    """Give a number to somebody who came for an appointment; runs in the caller's transaction.

    Early and late visitors get one too; ``arrival`` says what happened. Raises UnknownChoice,
    AppointmentNotFound, WrongOffice, WrongDay, AppointmentCancelled, AlreadyCheckedIn, HallClosed.
    """
    check_needs(request.needs)
    if request.id and (known := await store.find_issued(conn, request.id)):
        if known.office_id != office.id or known.appointment_id is None:
            raise errors.IdempotencyMismatch
        came = None
        if known.appointment_at is not None:
            came = arrival_at(known.created_at, known.appointment_at, office.setup.arrival)
        return await _answer(conn, now, known, request.id, visitor_url, came)
    new = await arrived_ticket(conn, now, office, request, channel)
    issued = await _insert(conn, now, new, actor, visitor_url)
    assert issued is not None, "an appointment takes no same-day place"
    return issued


async def arrived_ticket(
    conn: Connection, now: datetime, office: Office, request: CheckInRequest, channel: str
) -> store.NewTicket:
    """Note that somebody is here for an appointment and return what the ticket begins with.

    Raises AppointmentNotFound, WrongOffice, WrongDay, AppointmentCancelled, AlreadyCheckedIn.
    """
    found = await _expected(conn, office, request.reference, now)
    await booking.mark_arrived(conn, found.office_id, found.id)
    admission = admit_appointment(now, found.starts_at, office.setup.arrival, office.order)
    service, *further = [
        await offices.find_booked_service(conn, office, booked.service) for booked in found.services
    ]
    return msgspec.structs.replace(
        _new_ticket(now, office, service, admission, channel, request.id),
        needs=request.needs,
        language=request.language,
        appointment_id=found.id,
        appointment_at=found.starts_at,
        profile=store.Profile(request.pick_up, request.slow_walk, [one.id for one in further]),
    )


async def _expected(conn: Connection, office: Office, reference: str, now: datetime) -> CheckInAppointment:
    """Return the appointment for which somebody is here.

    Raises AppointmentNotFound, WrongOffice, WrongDay, AppointmentCancelled, AlreadyCheckedIn.
    """
    found = await booking.find_for_check_in(conn, reference)
    if found.office_id != office.id:
        raise errors.WrongOffice(office=found.office, starts_at=found.starts_at)
    if found.state in ("cancelled", "expired", "held"):
        raise errors.AppointmentCancelled(state=found.state)
    if local_day(found.starts_at, office.setup.time_zone) != local_day(now, office.setup.time_zone):
        raise errors.WrongDay(starts_at=found.starts_at)
    if found.state != "booked":
        raise errors.AlreadyCheckedIn
    return found


def ticket_day(now: datetime, office: Office) -> date:
    """Return the office's own day, to which a ticket belongs."""
    return local_day(now, office.setup.time_zone)


def number_day(now: datetime, office: Office) -> date:
    """Return the day under which numbers are counted."""
    return ticket_day(now, office) if office.setup.numbers.restart_daily else NEVER_RESTARTED


def _new_ticket(
    now: datetime,
    office: Office,
    service: OfferedService,
    admission: Admission,
    channel: str,
    ticket_id: UUID | None,
) -> store.NewTicket:
    return store.NewTicket(
        office_id=office.id,
        id=ticket_id or uuid4(),
        day=ticket_day(now, office),
        number_day=number_day(now, office),
        letter=service.letter,
        admission=admission,
        needs=[],
        language="de",
        service_id=service.id,
        channel=channel,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        appointment_id=None,
        appointment_at=None,
    )


async def _insert(
    conn: Connection, now: datetime, new: store.NewTicket, actor: Actor, visitor_url: str
) -> IssuedTicket | None:
    """Insert and answer; None when the contingent is used up."""
    try:
        with closed_hall_refuses():
            ticket = await store.issue_ticket(conn, new, actor.key, now)
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name == "ticket_appointment_key":
            raise errors.AlreadyCheckedIn from taken
        if taken.constraint_name in ("ticket_pkey", "ticket_id_key"):
            # The same request under way twice; its repeat finds the ticket.
            raise errors.InProgress(retry_after=1) from taken
        raise
    if ticket is None:
        return None
    issued = store.Issued(
        office_id=new.office_id,
        number=ticket.number,
        token=new.token,
        created_at=ticket.created_at,
        service_id=new.service_id,
        appointment_id=new.appointment_id,
        appointment_at=new.appointment_at,
        pick_up=new.profile.pick_up,
    )
    stands = await standing(conn, now, issued.office_id, ticket.id, issued.service_id)
    await note_promise(conn, now, issued.office_id, ticket.id, stands)
    return _answer_with(stands, issued, ticket.id, visitor_url, new.admission.arrival)


async def issued_ticket(conn: Connection, now: datetime, ticket_id: UUID, visitor_url: str) -> IssuedTicket:
    """Give a ticket as whoever drew it was answered, with the queue as it is now; raises TicketNotFound."""
    issued = await store.find_issued(conn, ticket_id)
    if issued is None:
        raise errors.TicketNotFound
    return await _answer(conn, now, issued, ticket_id, visitor_url)


async def _answer(
    conn: Connection,
    now: datetime,
    issued: store.Issued,
    ticket_id: UUID,
    visitor_url: str,
    arrival: Arrival | None = None,
) -> IssuedTicket:
    stands = await standing(conn, now, issued.office_id, ticket_id, issued.service_id)
    return _answer_with(stands, issued, ticket_id, visitor_url, arrival)


def _answer_with(
    stands: Standing, issued: store.Issued, ticket_id: UUID, visitor_url: str, arrival: Arrival | None
) -> IssuedTicket:
    return IssuedTicket(
        id=ticket_id,
        number=issued.number,
        token=issued.token,
        people_ahead=stands.people_ahead,
        wait=stands.told.wait,
        wait_reason=stands.told.reason,
        created_at=issued.created_at,
        follow_url=f"{visitor_url}/t/{issued.token}",
        appointment_at=issued.appointment_at,
        arrival=arrival,
        pick_up=issued.pick_up,
    )


def _check_choices(visitor_class: str, needs: Sequence[str]) -> None:
    if visitor_class not in VISITOR_CLASSES:
        raise errors.UnknownChoice(errors=[FieldError("class", f"one of {', '.join(VISITOR_CLASSES)}")])
    check_needs(needs)


def check_needs(needs: Sequence[str]) -> None:
    """Raise UnknownChoice for what no counter can have."""
    wrong = [
        FieldError("needs", f"{need[:40]!r} is not one of {', '.join(FEATURES)}")
        for need in needs
        if need not in FEATURES
    ]
    if wrong:
        raise errors.UnknownChoice(errors=wrong)
