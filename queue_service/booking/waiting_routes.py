"""HTTP for the waiting list: parse, authorise, call the verb, answer."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter, QueryParameter

from queue_service.accounts.guards import PUBLIC, requires
from queue_service.accounts.model import Permission
from queue_service.audit import service as audit
from queue_service.booking import service, waiting_list
from queue_service.booking.model import Appointment
from queue_service.booking.proof_of_work import HEADER, require_proof
from queue_service.booking.routes import (
    BOOK,
    LONGEST_REFERENCE,
    NOT_STORED,
    SIGNED_IN,
    STORED,
    ApiRequest,
)
from queue_service.booking.sent_secret import OPENED_BY_SECRET, Secret
from queue_service.booking.supply_routes import asker_of
from queue_service.booking.visit_access import Wanted
from queue_service.booking.waiting_access import lets_in
from queue_service.booking.waiting_model import (
    CallItems,
    KeptEntry,
    WaitingEntry,
    WaitingList,
    WaitingMade,
    WaitingRequest,
)
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection

LONGEST_SLUG = 60
OF_AN_ENTRY = (*SIGNED_IN, *STORED, errors.WaitingEntryNotFound, errors.IllegalTransition, errors.InProgress)

EntryPath = Annotated[
    str,
    PathParameter(
        max_length=LONGEST_REFERENCE, description="As dictated: case, spaces and hyphens don't matter"
    ),
]
OfficeSlug = Annotated[
    str,
    QueryParameter(name="office", min_length=1, max_length=LONGEST_SLUG, description="Slug of the office"),
]


class WaitingListController(Controller):
    """Waiting for a place, and answering when one is kept."""

    path = "/api/v1/waiting-list"
    tags = ("waiting list",)
    dependencies = OPENED_BY_SECRET
    response_headers = NOT_STORED

    @post(
        "/",
        operation_id="joinWaitingList",
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN, *STORED, errors.OfficeNotFound, errors.ServiceNotFound, errors.ServiceNotOffered,
            errors.TooManyBookings, errors.TooManyFromAddress, errors.ProofOfWorkNeeded, errors.InProgress,
        ),
    )  # fmt: skip
    async def join(
        self, data: JSONBody[WaitingRequest], request: ApiRequest, state: State
    ) -> Response[WaitingMade]:
        """Wait for a place; one that is free and fits is on offer at once.

        A place that becomes free later is kept for whoever asked first among those whom it fits. The
        secret is answered here and never again: with the reference it opens the entry, and the message
        that confirms the joining leads there. One person may wait for so many things online, so many may
        join from one connection in an hour, and where the service asks for it, the header `Proof-Of-Work`
        answers `GET /challenges`.
        """
        request.user.require(BOOK[data.channel])

        async def work(conn: Connection) -> WaitingMade:
            if data.channel != "online":
                for slug in data.offices:
                    office = await offices.find_office(conn, slug)
                    request.user.require(BOOK[data.channel], office.id, office.authority_id)
            elif request.user.kind == "anonymous":
                bits, sent = state.settings.proof_of_work_bits, request.headers.get(HEADER)
                await require_proof(conn, state.clock(), bits, sent)
            return await waiting_list.join(conn, state.clock(), data, asker=asker_of(request))

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=True)

    @get(
        "/",
        operation_id="listWaiting",
        opt=requires(Permission.APPOINTMENT_READ),
        responses=refusals(*SIGNED_IN, errors.InvalidFields, errors.OfficeNotFound, errors.Unavailable),
    )
    async def waiting_at(
        self, request: ApiRequest, state: State, office: OfficeSlug
    ) -> Response[WaitingList]:
        """Give who waits for a place at this office, or at any, in the order of asking, and the rule."""
        async with state.database.connection() as conn:
            found = await offices.find_office(conn, office)
            request.user.require(Permission.APPOINTMENT_READ, found.id, found.authority_id)
            return json_answer(await waiting_list.waiting_at(conn, found.slug))

    @get(
        "/calls",
        operation_id="listWaitingCalls",
        opt=requires(Permission.APPOINTMENT_BOOK_PHONE),
        responses=refusals(*SIGNED_IN, errors.Unavailable),
    )
    async def calls(self, request: ApiRequest, state: State) -> Response[CallItems]:
        """Give whom to ring about a place that is kept for them, the most urgent first.

        Whoever reaches them accepts or refuses for them; an item is gone once it is answered, or once the
        place has gone to the next.
        """
        async with state.database.transaction() as conn:
            calls = [
                call
                for call in await waiting_list.to_be_rung(conn)
                if request.user.may(
                    Permission.APPOINTMENT_BOOK_PHONE, call.offer.office_id, call.offer.authority_id
                )
            ]
            seen = [(call.offer.authority_id, call.offer.office_id, call.entry) for call in calls]
            await audit.note_access(conn, state.clock(), request.user, "waiting", audit.by_office(seen))
        return json_answer(CallItems([waiting_list.shown_call(call) for call in calls]))

    @get(
        "/{entry:str}",
        operation_id="readWaiting",
        opt=PUBLIC,
        responses=refusals(*SIGNED_IN, errors.BadRequest, errors.WaitingEntryNotFound, errors.Unavailable),
    )
    async def read(
        self, entry: EntryPath, request: ApiRequest, state: State, secret: Secret = None
    ) -> Response[WaitingEntry]:
        """Give the entry, with how many are ahead and what is on offer, to whoever waits or to staff."""
        async with state.database.transaction() as conn:
            kept = await _opened(conn, request, entry, secret, Permission.APPOINTMENT_READ)
            return json_answer(await waiting_list.show(conn, kept))

    @post(
        "/{entry:str}/accept",
        operation_id="acceptOffer",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(*OF_AN_ENTRY, errors.HoldExpired, errors.TooManyBookings),
    )
    async def accept(
        self, entry: EntryPath, request: ApiRequest, state: State, secret: Secret = None
    ) -> Response[Appointment]:
        """Make the place on offer an appointment; gives the appointment, confirmed."""

        async def work(conn: Connection) -> Appointment:
            kept = await _opened(conn, request, entry, secret, Permission.APPOINTMENT_CHANGE)
            asker = asker_of(request) if secret is not None else None
            accepted = await waiting_list.accept(conn, state.clock(), kept, asker=asker)
            if secret is None:
                # Between the look at the offer and its acceptance another office may have made one.
                request.user.require(Permission.APPOINTMENT_CHANGE, accepted.office_id, accepted.authority_id)
            return service.shown_appointment(accepted)

        return await answer(request, work, atomic=True)

    @post(
        "/{entry:str}/refuse",
        operation_id="refuseOffer",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(*OF_AN_ENTRY, errors.HoldExpired),
    )
    async def refuse(
        self, entry: EntryPath, request: ApiRequest, state: State, secret: Secret = None
    ) -> Response[WaitingEntry]:
        """Let the place go to the next and wait on, without losing the place in the order of asking."""
        return await self._change(request, state, entry, secret, waiting_list.refuse)

    @post(
        "/{entry:str}/withdraw",
        operation_id="leaveWaitingList",
        status_code=HTTPStatus.OK,
        opt=PUBLIC,
        responses=refusals(*OF_AN_ENTRY),
    )
    async def withdraw(
        self, entry: EntryPath, request: ApiRequest, state: State, secret: Secret = None
    ) -> Response[WaitingEntry]:
        """Wait no more; a place on offer goes to the next."""
        return await self._change(request, state, entry, secret, waiting_list.withdraw)

    async def _change(
        self,
        request: ApiRequest,
        state: State,
        entry: str,
        secret: str | None,
        verb: Callable[..., Awaitable[KeptEntry]],
    ) -> Response[WaitingEntry]:
        async def work(conn: Connection) -> WaitingEntry:
            kept = await _opened(conn, request, entry, secret, Permission.APPOINTMENT_CHANGE)
            return await waiting_list.show(conn, await verb(conn, state.clock(), kept))

        return await answer(request, work, atomic=True)


async def _opened(
    conn: Connection, request: ApiRequest, reference: str, secret: str | None, permission: Permission
) -> KeptEntry:
    """Give the entry to whoever it is opened to, within the transaction of the answer."""
    entry = await waiting_list.find(conn, reference)
    wanted = Wanted(request.user, "waiting", permission, secret)
    if not await lets_in(conn, request.app.state.clock(), entry, wanted):
        raise errors.WaitingEntryNotFound
    return entry


waiting_routes = [WaitingListController]
