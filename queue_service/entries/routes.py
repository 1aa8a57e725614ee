"""HTTP for hours with places and their bookings: parse, authorise, call the service, answer."""

from http import HTTPStatus
from typing import Annotated, TypeAlias

from litestar import Controller, Response, get, post
from litestar.datastructures import State
from litestar.params import JSONBody, QueryParameter

from queue_service.accounts.guards import PUBLIC, requires
from queue_service.accounts.model import Permission
from queue_service.audit.model import AccessKind
from queue_service.booking.model import ConfirmRequest
from queue_service.booking.proof_of_work import HEADER, require_proof
from queue_service.booking.routes import (
    BOOK,
    MOST_OFFICES,
    NOT_STORED,
    SEARCH,
    SIGNED_IN,
    STORED,
    ApiRequest,
    AsChannel,
    From,
    Offices,
    ReferencePath,
    To,
    instant_or_day,
)
from queue_service.booking.sent_secret import OPENED_BY_SECRET, Secret
from queue_service.booking.slot_routes import Emergency
from queue_service.booking.supply_routes import asker_of
from queue_service.booking.visit_access import Wanted, lets_in
from queue_service.entries import service
from queue_service.entries.card_routes import FacilityCardController, OfficePath
from queue_service.entries.model import (
    DEFAULT_ENTRIES,
    MOST_ENTRIES,
    MOST_PARTY,
    EntriesFound,
    EntryArrival,
    EntryArrivalRequest,
    EntryBooking,
    EntryBookingMade,
    EntryBookingRequest,
    EntryMoveRequest,
    EntrySearch,
    KeptEntryBooking,
    OverbookedHours,
)
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection

OF_A_BOOKING = (
    errors.EntryBookingNotFound,
    errors.HoldExpired,
    errors.AppointmentCancelled,
    errors.IllegalTransition,
    errors.InProgress,
)

Codes: TypeAlias = Annotated[
    list[str] | None,
    QueryParameter(
        name="code", max_items=MOST_OFFICES, description="Kinds of hours; any, when none is named"
    ),
]
Party: TypeAlias = Annotated[
    int, QueryParameter(name="party", ge=1, le=MOST_PARTY, description="How many come together")
]
Limit: TypeAlias = Annotated[
    int, QueryParameter(name="limit", ge=1, le=MOST_ENTRIES, description="At most so many hours")
]


class EntryController(Controller):
    """What can be booked."""

    path = "/api/v1/entries"
    tags = ("entries",)
    response_headers = NOT_STORED

    @get(
        "/",
        operation_id="findEntries",
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN, errors.BadRequest, errors.InvalidFields, errors.OfficeNotFound, errors.Unavailable
        ),
    )
    async def find_entries(  # noqa: PLR0913, PLR0917  # so many questions may be asked
        self,
        request: ApiRequest,
        state: State,
        asked_offices: Offices = None,
        codes: Codes = None,
        begin: From = None,
        end: To = None,
        party_size: Party = 1,
        channel: AsChannel = "online",
        emergency: Emergency = False,
        limit: Limit = DEFAULT_ENTRIES,
    ) -> Response[EntriesFound]:
        """Give the earliest hours with places for the whole party, or say why there are none."""
        request.user.require(SEARCH[channel])
        if emergency:
            request.user.require(Permission.OFFICE_SUPERVISE)
        search = EntrySearch(
            offices=asked_offices or [],
            codes=codes or [],
            begin=instant_or_day("from", begin),
            end=instant_or_day("to", end),
            party_size=party_size,
            channel=channel,
            emergency=emergency,
            limit=limit,
        )
        async with state.database.connection() as conn:
            return json_answer(await service.find_entries(conn, state.clock(), search))


class EntryBookingController(Controller):
    """What happens to a booking."""

    path = "/api/v1/entry-bookings"
    tags = ("entries",)
    dependencies = OPENED_BY_SECRET
    response_headers = NOT_STORED

    @post(
        "/",
        operation_id="bookEntry",
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN, *STORED, errors.OfficeNotFound, errors.EntryNotFound, errors.SlotTaken,
            errors.TooManyBookings, errors.TooManyFromAddress, errors.ProofOfWorkNeeded, errors.InProgress,
        ),
    )  # fmt: skip
    async def book(
        self, data: JSONBody[EntryBookingRequest], request: ApiRequest, state: State
    ) -> Response[EntryBookingMade]:
        """Book places for a party, or hold them for some minutes; the price is paid on site.

        The secret is answered here and never again: with the reference it opens the booking. Online,
        one person may have so many coming bookings, of a kind of hour and altogether.
        """
        request.user.require(BOOK[data.channel])

        async def work(conn: Connection) -> EntryBookingMade:
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
        "/{booking:str}",
        operation_id="readEntryBooking",
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN,
            errors.BadRequest,
            errors.InvalidFields,
            errors.EntryBookingNotFound,
            errors.Unavailable,
        ),
    )
    async def read(
        self, booking: ReferencePath, request: ApiRequest, state: State, secret: Secret = None
    ) -> Response[EntryBooking]:
        """Give the booking to its visitor or to staff."""
        async with state.database.transaction() as conn:
            kept = await _opened(conn, request, booking, secret, Permission.APPOINTMENT_READ, "read")
        return json_answer(service.shown_booking(kept))

    @post(
        "/{booking:str}/confirm",
        operation_id="confirmEntryBooking",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(*SIGNED_IN, *STORED, *OF_A_BOOKING, errors.TooManyBookings),
    )
    async def confirm(
        self,
        booking: ReferencePath,
        request: ApiRequest,
        state: State,
        data: JSONBody[ConfirmRequest | None] = None,
        secret: Secret = None,
    ) -> Response[EntryBooking]:
        """Make a hold a booking; a contact given here replaces the one that came with the hold."""

        async def work(conn: Connection) -> EntryBooking:
            await _opened(conn, request, booking, secret, Permission.APPOINTMENT_CHANGE, "confirm")
            contact = data.contact if data else None
            asker = asker_of(request)
            kept = await service.confirm(conn, state.clock(), booking, contact, asker=asker)
            return service.shown_booking(kept)

        return await answer(request, work, atomic=True)

    @post(
        "/{booking:str}/move",
        operation_id="moveEntryBooking",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN,
            *STORED,
            *OF_A_BOOKING,
            errors.EntryNotFound,
            errors.SlotTaken,
            errors.ChangesClosed,
            errors.TooManyAttempts,
        ),
    )
    async def move(
        self,
        booking: ReferencePath,
        data: JSONBody[EntryMoveRequest],
        request: ApiRequest,
        state: State,
        secret: Secret = None,
    ) -> Response[EntryBooking]:
        """Put the party into another hour of the same kind and office."""

        async def work(conn: Connection) -> EntryBooking:
            await _opened(conn, request, booking, secret, Permission.APPOINTMENT_CHANGE, "move")
            by_visitor = secret is not None
            moved = await service.move(
                conn,
                state.clock(),
                booking,
                data.entry,
                by_visitor=by_visitor,
                told="displaced" if data.displaced and not by_visitor else "moved",
            )
            return service.shown_booking(moved)

        return await answer(request, work, atomic=True)

    @post(
        "/{booking:str}/cancel",
        operation_id="cancelEntryBooking",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(*SIGNED_IN, *STORED, *OF_A_BOOKING, errors.AlreadyCheckedIn, errors.ChangesClosed),
    )
    async def cancel(
        self, booking: ReferencePath, request: ApiRequest, state: State, secret: Secret = None
    ) -> Response[EntryBooking]:
        """Give the places back."""

        async def work(conn: Connection) -> EntryBooking:
            await _opened(conn, request, booking, secret, Permission.APPOINTMENT_CHANGE, "cancel")
            by_visitor = secret is not None
            cancelled = await service.cancel(conn, state.clock(), booking, by_visitor=by_visitor)
            return service.shown_booking(cancelled)

        return await answer(request, work, atomic=True)


class FacilityController(Controller):
    """A facility's entrance, and what its plan has left undecided."""

    path = "/api/v1/offices"
    tags = ("entries",)

    @post(
        "/{office:str}/entry-arrivals",
        operation_id="arriveForEntry",
        opt=requires(Permission.TICKET_CHECK_IN),
        responses=refusals(
            *SIGNED_IN, *STORED, *OF_A_BOOKING, errors.OfficeNotFound, errors.WrongDay, errors.WrongOffice,
            errors.AlreadyCheckedIn,
        ),
    )  # fmt: skip
    async def arrive(
        self, office: OfficePath, data: JSONBody[EntryArrivalRequest], request: ApiRequest, state: State
    ) -> Response[EntryArrival]:
        """Note that a party has come, and tell how many they are and what they pay."""

        async def work(conn: Connection) -> EntryArrival:
            here = await offices.find_office(conn, office)
            request.user.require(Permission.TICKET_CHECK_IN, here.id, here.authority_id)
            return service.shown_arrival(await service.arrive(conn, state.clock(), here, data.reference))

        return await answer(request, work, status=HTTPStatus.CREATED)

    @get(
        "/{office:str}/overbooked-entries",
        operation_id="listOverbookedEntries",
        opt=requires(Permission.OFFICE_SUPERVISE),
        response_headers=NOT_STORED,
        responses=refusals(
            *SIGNED_IN, errors.BadRequest, errors.InvalidFields, errors.OfficeNotFound, errors.Unavailable
        ),
    )
    async def list_overbooked(
        self, office: OfficePath, request: ApiRequest, state: State
    ) -> Response[OverbookedHours]:
        """List the coming hours with more people than places, since a plan was cut or an hour given up.

        Nothing else is taken back by itself: each party is moved (`displaced`) or cancelled by its
        reference, and told by its own ways.
        """
        async with state.database.connection() as conn:
            here = await offices.find_office(conn, office)
            request.user.require(Permission.OFFICE_SUPERVISE, here.id, here.authority_id)
            return json_answer(await service.overbooked_hours(conn, state.clock(), here))


async def _opened(
    conn: Connection,
    request: ApiRequest,
    reference: str,
    secret: str | None,
    permission: Permission,
    what: AccessKind,
) -> KeptEntryBooking:
    """Give the booking to whoever has its secret, or may act as staff of its office.

    That staff are shown its contact is noted, so this needs the transaction of the answer. Everybody
    else is told that it isn't there, which is also what a wrong secret is told.
    """
    kept = await service.find(conn, reference)
    wanted = Wanted(request.user, what, permission, secret)
    if not await lets_in(conn, request.app.state.clock(), kept, wanted):
        raise errors.EntryBookingNotFound
    return kept


entry_routes = [FacilityCardController, EntryController, EntryBookingController, FacilityController]
