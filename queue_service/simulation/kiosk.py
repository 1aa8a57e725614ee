"""The kiosk at the door: one visitor after another gets a number."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from queue_service.protocol.device_api import CheckInRequest, IssuedTicket, TicketRequest
from queue_service.simulation.office_day import OfficeDay, TooSlow
from queue_service.simulation.public_api import Booking, Exchange
from queue_service.simulation.staff_session import StaffSession
from queue_service.simulation.visitor_plan import Visitor

MOST_LAG = timedelta(minutes=45)
"""Of the day. A player that is later than this plays another day than the planned one."""


class Arrival(msgspec.Struct, frozen=True):
    """Somebody comes to the kiosk, with an appointment or without."""

    at: datetime
    visitor: Visitor
    booking: Booking | None


class Kiosk:
    """Asks the service for numbers with its device token; ``helper`` is the clerk who is told of leaving."""

    def __init__(self, day: OfficeDay, office: str, token: str, helper: StaffSession) -> None:
        self._day = day
        self._office = office
        self._token = token
        self._helper = helper

    async def serve(self, arrivals: Sequence[Arrival]) -> None:
        """Give everybody a number as they come, then close the door. Raises UnexpectedAnswer, TooSlow."""
        for arrival in sorted(arrivals, key=lambda arrival: arrival.at):
            await self._day.clock.until(arrival.at)
            if self._day.clock.now() - arrival.at > MOST_LAG:
                behind = f"The kiosk was {MOST_LAG} of the day behind at {arrival.at:%H:%M}."
                raise TooSlow(behind, self._day.clock.factor)
            await self._give_number(arrival)
        self._day.close_door()

    async def _give_number(self, arrival: Arrival) -> None:
        visitor = arrival.visitor
        ticket_id = uuid4()
        request = self._request(arrival, ticket_id)
        self._day.comes_in(ticket_id, visitor)
        for _ in range(2 if visitor.kiosk_repeats else 1):
            ticket, exchange = await self._ask(request)
            self._day.ledger.issued(ticket, exchange)
        if visitor.gives_up_after is not None:
            self._day.later(visitor.gives_up_after, lambda: self._give_up(ticket))

    def _request(self, arrival: Arrival, ticket_id: UUID) -> TicketRequest | CheckInRequest:
        visitor = arrival.visitor
        if arrival.booking is not None:
            return CheckInRequest(arrival.booking.reference, visitor.language, ticket_id)
        return TicketRequest(
            service=visitor.walk_in_service if visitor.with_appointment else visitor.service,
            language=visitor.language,
            visitor_class=visitor.visitor_class,
            needs=list(visitor.needs),
            id=ticket_id,
        )

    async def _ask(self, request: TicketRequest | CheckInRequest) -> tuple[IssuedTicket, Exchange]:
        if isinstance(request, CheckInRequest):
            return await self._day.api.check_in(self._office, self._token, request)
        return await self._day.api.issue(self._office, self._token, request)

    async def _give_up(self, ticket: IssuedTicket) -> None:
        if ticket.id not in self._day.ledger.waiting():
            return
        cancelled, exchange = await self._day.api.cancel(ticket.id, await self._helper.token())
        if cancelled is not None:
            self._day.moved(cancelled, exchange)
