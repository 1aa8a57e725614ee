"""HTTP for places and appointments: parse, authorise, call the service, answer."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import ResponseHeader, State
from litestar.params import JSONBody, PathParameter, QueryParameter

from queue_service.accounts.guards import PUBLIC
from queue_service.accounts.model import Permission, Principal
from queue_service.audit.model import AccessKind
from queue_service.booking import service
from queue_service.booking.model import (
    MOST_PERSONS,
    MOST_PLACES,
    MOST_SERVICES,
    Appointment,
    BookingMade,
    BookingRequest,
    Channel,
    ConfirmRequest,
    KeptAppointment,
    MoveRequest,
)
from queue_service.booking.proof_of_work import HEADER, require_proof
from queue_service.booking.sent_secret import OPENED_BY_SECRET, Secret
from queue_service.booking.supply_routes import asker_of
from queue_service.booking.visit_access import Wanted, lets_in
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

ApiRequest: TypeAlias = Request[Principal, Any, State]

LONGEST_CODE = 60
LONGEST_INSTANT = 40
LONGEST_REFERENCE = 40
MOST_OFFICES = 100
MOST_WISHES = MOST_SERVICES * 20
"""Each of the services as often as one visit may settle it."""
YEARS = range(2000, 3000)
"""Beyond them, time zones run out of calendar."""
SEARCH = {
    "online": Permission.APPOINTMENT_SEARCH_ONLINE,
    "phone": Permission.APPOINTMENT_SEARCH_PHONE,
    "counter": Permission.APPOINTMENT_SEARCH_COUNTER,
}
BOOK = {
    "online": Permission.APPOINTMENT_BOOK_ONLINE,
    "phone": Permission.APPOINTMENT_BOOK_PHONE,
    "counter": Permission.APPOINTMENT_BOOK_COUNTER,
}
NOT_STORED = [ResponseHeader(name="Cache-Control", value="no-store", description="True for a moment only")]
SIGNED_IN = (errors.NotAuthenticated, errors.NotPermitted)
STORED = (errors.BadRequest, errors.InvalidFields, errors.IdempotencyMismatch, errors.Unavailable)
OF_AN_APPOINTMENT = (
    errors.AppointmentNotFound,
    errors.HoldExpired,
    errors.AppointmentCancelled,
    errors.IllegalTransition,
    errors.InProgress,
)

Services = Annotated[
    list[str],
    QueryParameter(
        name="service",
        min_items=1,
        max_items=MOST_WISHES,
        description="Code of a service; name it several times for several of it, and others for others",
    ),
]
Offices = Annotated[
    list[str] | None,
    QueryParameter(
        name="office", max_items=MOST_OFFICES, description="Slugs of offices; any, when none is named"
    ),
]
From = Annotated[
    str | None,
    QueryParameter(
        name="from",
        max_length=LONGEST_INSTANT,
        description="An instant (RFC 3339 with offset) or a day of the office: places begin then or later",
    ),
]
To = Annotated[
    str | None,
    QueryParameter(
        name="to",
        max_length=LONGEST_INSTANT,
        description="An instant (RFC 3339 with offset), before which places begin, or the last day",
    ),
]
Persons = Annotated[
    int,
    QueryParameter(
        name="persons",
        ge=1,
        le=MOST_PERSONS,
        description="How many people come together: some services take longer for several",
    ),
]
AsChannel = Annotated[
    Channel, QueryParameter(name="channel", description="`online` for anybody, the others for staff")
]
Limit = Annotated[
    int, QueryParameter(name="limit", ge=1, le=MOST_PLACES, description="At most so many places")
]
ReferencePath = Annotated[
    str,
    PathParameter(
        max_length=LONGEST_REFERENCE, description="As dictated: case, spaces and hyphens don't matter"
    ),
]


class AppointmentController(Controller):
    """What happens to an appointment."""

    path = "/api/v1/appointments"
    tags = ("appointments",)
    dependencies = OPENED_BY_SECRET
    response_headers = NOT_STORED

    @post(
        "/",
        operation_id="bookAppointment",
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN, *STORED, errors.OfficeNotFound, errors.ServiceNotFound, errors.ServiceNotOffered,
            errors.SlotTaken, errors.TooManyBookings, errors.TooManyFromAddress, errors.ProofOfWorkNeeded,
            errors.InProgress,
        ),
    )  # fmt: skip
    async def book(
        self, data: JSONBody[BookingRequest], request: ApiRequest, state: State
    ) -> Response[BookingMade]:
        """Book a place, or hold it for some minutes.

        The secret is answered here and never again: with the reference it opens the appointment. Online,
        one person may have so many coming appointments, and where the service asks for it, the header
        `Proof-Of-Work` answers `GET /challenges`.
        """
        request.user.require(BOOK[data.channel])

        async def work(conn: Connection) -> BookingMade:
            if data.channel != "online" or data.emergency:
                office = await offices.find_office(conn, data.office)
                request.user.require(BOOK[data.channel], office.id, office.authority_id)
                if data.emergency:
                    request.user.require(Permission.OFFICE_SUPERVISE, office.id, office.authority_id)
            elif request.user.kind == "anonymous":
                bits, sent = state.settings.proof_of_work_bits, request.headers.get(HEADER)
                await require_proof(conn, state.clock(), bits, sent)
            return await service.book(conn, state.clock(), data, asker=asker_of(request))

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=data.channel == "online")

    @get(
        "/{reference:str}",
        operation_id="readAppointment",
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN,
            errors.BadRequest,
            errors.InvalidFields,
            errors.AppointmentNotFound,
            errors.Unavailable,
        ),
    )
    async def read(
        self, reference: ReferencePath, request: ApiRequest, state: State, secret: Secret = None
    ) -> Response[Appointment]:
        """Give the appointment to its visitor or to staff."""
        async with state.database.transaction() as conn:
            kept = await _opened(conn, request, reference, secret, Permission.APPOINTMENT_READ, "read")
        return json_answer(service.shown_appointment(kept))

    @post(
        "/{reference:str}/confirm",
        operation_id="confirmAppointment",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(*SIGNED_IN, *STORED, *OF_AN_APPOINTMENT, errors.TooManyBookings),
    )
    async def confirm(
        self,
        reference: ReferencePath,
        request: ApiRequest,
        state: State,
        data: JSONBody[ConfirmRequest | None] = None,
        secret: Secret = None,
    ) -> Response[Appointment]:
        """Make a hold an appointment; a contact given here replaces the one that came with the hold."""

        async def work(conn: Connection) -> Appointment:
            await _opened(conn, request, reference, secret, Permission.APPOINTMENT_CHANGE, "confirm")
            contact = data.contact if data else None
            asker = asker_of(request)
            kept = await service.confirm(
                conn, state.clock(), reference, contact, asker=asker, by_visitor=secret is not None
            )
            return service.shown_appointment(kept)

        return await answer(request, work, atomic=True)

    @post(
        "/{reference:str}/move",
        operation_id="moveAppointment",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN,
            *STORED,
            *OF_AN_APPOINTMENT,
            errors.OfficeNotFound,
            errors.ServiceNotOffered,
            errors.SlotTaken,
            errors.ChangesClosed,
            errors.TooManyAttempts,
        ),
    )
    async def move(
        self,
        reference: ReferencePath,
        data: JSONBody[MoveRequest],
        request: ApiRequest,
        state: State,
        secret: Secret = None,
    ) -> Response[Appointment]:
        """Put the appointment to another time, here or at another office; services and length stay."""

        async def work(conn: Connection) -> Appointment:
            await _opened(conn, request, reference, secret, Permission.APPOINTMENT_CHANGE, "move")
            if data.office is not None and secret is None:
                # Staff of one office hand nobody, with name and number, over to another on their own.
                there = await offices.find_office(conn, data.office)
                request.user.require(Permission.APPOINTMENT_CHANGE, there.id, there.authority_id)
            by_visitor = secret is not None
            moved = await service.move(conn, state.clock(), reference, data, by_visitor=by_visitor)
            return service.shown_appointment(moved)

        return await answer(request, work, atomic=True)

    @post(
        "/{reference:str}/cancel",
        operation_id="cancelAppointment",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN, *STORED, *OF_AN_APPOINTMENT, errors.AlreadyCheckedIn, errors.ChangesClosed
        ),
    )
    async def cancel(
        self, reference: ReferencePath, request: ApiRequest, state: State, secret: Secret = None
    ) -> Response[Appointment]:
        """Give the place back."""

        async def work(conn: Connection) -> Appointment:
            await _opened(conn, request, reference, secret, Permission.APPOINTMENT_CHANGE, "cancel")
            by_visitor = secret is not None
            cancelled = await service.cancel(conn, state.clock(), reference, by_visitor=by_visitor)
            return service.shown_appointment(cancelled)

        return await answer(request, work, atomic=True)


async def _opened(
    conn: Connection,
    request: ApiRequest,
    reference: str,
    secret: str | None,
    permission: Permission,
    what: AccessKind,
) -> KeptAppointment:
    """Give the appointment to whoever has its secret, or may act as staff of its office.

    That staff are shown its contact is noted, so this needs the transaction of the answer. Everybody
    else is told that it isn't there, which is also what a wrong secret is told.
    """
    kept = await service.find(conn, reference)
    wanted = Wanted(request.user, what, permission, secret)
    if not await lets_in(conn, request.app.state.clock(), kept, wanted):
        raise errors.AppointmentNotFound
    return kept


def instant_or_day(field: str, text: str | None) -> datetime | date | None:
    """Read RFC 3339: an instant with offset, or a day. Raises InvalidFields."""
    if text is None:
        return None
    try:
        if "T" not in text.upper():
            read: datetime | date = date.fromisoformat(text)
        else:
            # A plus sign that nobody escaped arrives as a space.
            read = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as wrong:
        raise _bad_time(field) from wrong
    if read.year not in YEARS or (isinstance(read, datetime) and read.tzinfo is None):
        raise _bad_time(field)
    return read


def _bad_time(field: str) -> errors.InvalidFields:
    example = "2027-01-11T08:00:00+01:00 or 2027-01-11"
    return errors.InvalidFields(
        errors=[FieldError(field, f"This is not a time with offset or a day: {example}")]
    )
