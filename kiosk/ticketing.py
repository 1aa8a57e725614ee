"""Fetches a number from the service and prints it: commit first, then paper.

While the service is away the number is one of the kiosk's own (``outage``); everything else is the same.

Nothing of a visitor stays: a ticket (number and link, no name, no reference) is kept in
memory for ``REPRINT_WITHIN`` and never written anywhere but on its paper, or to be handed in.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

import msgspec

from kiosk.errors import (
    BadRequestError,
    PrinterError,
    SameIdOtherRequestError,
    ServiceUnreachableError,
    UnknownTicketError,
)
from kiosk.office_view import OfficeView
from kiosk.outage import OutageTickets
from kiosk.outage_ticket import OutageTicketHere
from kiosk.printing.ticket_printing import TicketPrinting
from kiosk.service_api import DEADLINE_SECONDS, SHORT_DEADLINE_SECONDS, ServiceApi
from queue_service.protocol.device_api import CheckInRequest, IssuedTicket, TicketRequest
from queue_service.protocol.stream import OfficeCard, WaitRange
from queue_service.ticket_paper.wording import TicketFacts

REPRINT_WITHIN = timedelta(minutes=10)
"""Long enough to put in a new roll and come back to the device."""


AWAY_SECONDS = 4.0
"""Longer than the service takes to start anew; from then on nobody waits for the usual tries."""

LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
"""Shape of BCP 47; which languages there are is for the service and the catalogs to say."""


Ask: TypeAlias = Callable[[OfficeCard, float], Awaitable[IssuedTicket]]
"""Asks the service, for so many seconds."""
GoOn: TypeAlias = Callable[[], Awaitable[IssuedTicket]]
"""Gives a number without the service."""


class TicketAtKiosk(msgspec.Struct, frozen=True):
    """What the page is told of a ticket; ``printed`` is None while the printer works."""

    id: UUID
    number: str
    people_ahead: int
    wait: WaitRange | None
    created_at: datetime
    appointment_at: datetime | None
    arrival: str | None
    printed: bool | None
    print_reason: str | None
    """Code of what kept the ticket from paper; None when it was printed."""
    wait_reason: str | None = None
    """Why there is no wait, as ``IssuedTicket`` has it."""
    outage: bool = False
    """Given out without the service: nobody knows how many are ahead."""
    pick_up: bool = False
    """Staff fetch the visitor at the reception."""


class _Issued(msgspec.Struct):
    ticket: IssuedTicket
    office: OfficeCard
    language: str
    service_name: dict[str, str]
    request_digest: bytes
    at: datetime
    answer: TicketAtKiosk


class Ticketing:
    """The verbs of the kiosk. The same id always gives the same ticket, and one paper."""

    def __init__(
        self,
        service: ServiceApi,
        outage: OutageTickets,
        view: OfficeView,
        printing: TicketPrinting,
        clock: Callable[[], datetime],
        on_ticket: Callable[[TicketAtKiosk], None],
    ) -> None:
        self._service = service
        self._outage = outage
        self._view = view
        self._printing = printing
        self._clock = clock
        self._on_ticket = on_ticket
        self._issued: dict[UUID, _Issued] = {}
        self._under_way: dict[UUID, tuple[bytes, asyncio.Task[TicketAtKiosk]]] = {}
        self._digest_key = secrets.token_bytes(hashlib.sha256().digest_size)

    async def issue(self, asked: TicketRequest) -> TicketAtKiosk:
        """Give a number to a visitor without an appointment.

        Raises BadRequestError, ServiceError, SameIdOtherRequestError.
        """
        _require_language_tag(asked.language)
        request = msgspec.structs.replace(asked, id=asked.id or uuid4())
        name = self._view.service_name(request.service)
        return await self._once(
            request,
            name,
            lambda office, deadline: self._service.issue(office.slug, request, deadline),
            lambda: self._outage.issue(request),
        )

    async def check_in(self, asked: CheckInRequest) -> TicketAtKiosk:
        """Give the number of an appointment.

        Raises BadRequestError, ServiceError, SameIdOtherRequestError.
        """
        _require_language_tag(asked.language)
        request = msgspec.structs.replace(asked, id=asked.id or uuid4())
        return await self._once(
            request,
            {},
            lambda office, deadline: self._service.check_in(office.slug, request, deadline),
            lambda: self._outage.check_in(request),
        )

    async def reprint(self, ticket: UUID) -> TicketAtKiosk:
        """Print a ticket of the last minutes once more.

        Raises UnknownTicketError.
        """
        self._forget_old()
        issued = self._issued.get(ticket)
        if issued is None:
            raise UnknownTicketError
        return await self._print(issued)

    async def look_up(self, number: str) -> dict[str, Any]:
        """Ask the service how it stands with a number. Raises ServiceError."""
        office = self._view.office
        if office is None:
            raise ServiceUnreachableError
        return await self._service.look_up(office.slug, number)

    async def finish(self) -> None:
        """Wait for the tickets that are being issued; a page may have gone without its answer."""
        await asyncio.gather(*(task for _, task in self._under_way.values()), return_exceptions=True)

    async def _once(
        self,
        request: TicketRequest | CheckInRequest,
        service_name: dict[str, str],
        ask: Ask,
        go_on: GoOn,
    ) -> TicketAtKiosk:
        """Join the work on the same id, or repeat its answer, or begin."""
        self._forget_old()
        ticket_id = request.id or uuid4()
        digest = self._digest(request)
        if issued := self._issued.get(ticket_id):
            _require_same(digest, issued.request_digest)
        if under_way := self._under_way.get(ticket_id):
            known, task = under_way
            _require_same(digest, known)
        elif issued:
            return issued.answer
        else:
            task = asyncio.create_task(
                self._fetch_and_print(request.language, digest, service_name, ask, go_on)
            )
            self._under_way[ticket_id] = digest, task
            task.add_done_callback(lambda _: self._under_way.pop(ticket_id))
        # A page that leaves must not stop a ticket half-way between the service and the paper.
        return await asyncio.shield(task)

    async def _fetch_and_print(
        self,
        language: str,
        digest: bytes,
        service_name: dict[str, str],
        ask: Ask,
        go_on: GoOn,
    ) -> TicketAtKiosk:
        office = self._view.office
        if office is None:
            raise ServiceUnreachableError
        away = self._view.away_seconds > AWAY_SECONDS and self._outage.can_go_on()
        try:
            ticket = await ask(office, SHORT_DEADLINE_SECONDS if away else DEADLINE_SECONDS)
        except ServiceUnreachableError:
            # The service may have heard of it: the same id makes one ticket of both.
            ticket = await go_on()
        issued = _Issued(
            ticket, office, language, service_name, digest, self._clock(), _answer(ticket, printed=None)
        )
        self._issued[ticket.id] = issued
        self._on_ticket(issued.answer)
        return await self._print(issued)

    async def _print(self, issued: _Issued) -> TicketAtKiosk:
        failure = await self._printing.print_ticket(
            TicketFacts(
                issued.ticket,
                issued.office,
                issued.language,
                issued.service_name,
                outage=isinstance(issued.ticket, OutageTicketHere),
            )
        )
        issued.answer = _answer(issued.ticket, printed=failure is None, failure=failure)
        return issued.answer

    def _forget_old(self) -> None:
        oldest = self._clock() - REPRINT_WITHIN
        self._issued = {key: issued for key, issued in self._issued.items() if issued.at >= oldest}

    def _digest(self, request: TicketRequest | CheckInRequest) -> bytes:
        """Recognise a repeat without keeping the appointment's reference."""
        return hmac.digest(self._digest_key, msgspec.json.encode(request), hashlib.sha256)


def utc_now() -> datetime:
    """Give the device's clock."""
    return datetime.now(UTC)


def _answer(
    ticket: IssuedTicket, *, printed: bool | None, failure: PrinterError | None = None
) -> TicketAtKiosk:
    return TicketAtKiosk(
        id=ticket.id,
        number=ticket.number,
        people_ahead=ticket.people_ahead,
        wait=ticket.wait,
        created_at=ticket.created_at,
        appointment_at=ticket.appointment_at,
        arrival=ticket.arrival,
        printed=printed,
        print_reason=failure.code if failure else None,
        wait_reason=ticket.wait_reason,
        outage=isinstance(ticket, OutageTicketHere),
        pick_up=ticket.pick_up,
    )


def _require_language_tag(language: str) -> None:
    if not LANGUAGE_TAG.fullmatch(language):
        raise BadRequestError([{"field": "language", "message": "not a language tag such as de"}])


def _require_same(digest: bytes, known: bytes) -> None:
    if not hmac.compare_digest(digest, known):
        raise SameIdOtherRequestError
