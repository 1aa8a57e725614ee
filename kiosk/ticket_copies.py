"""Prints for staff: one more paper of a number that somebody lost or never got on paper.

The service tells that there is something to print, by a change or by a new connection; what it is, is
asked for. An order is printed once while this program runs; if it ends between paper and answer, the
next start prints it again, marked as a copy as all of them are.
"""

import asyncio
from uuid import UUID

import structlog

from kiosk.errors import ServiceError, ServiceUnreachableError
from kiosk.office_view import OfficeView
from kiosk.printing.ticket_printing import TicketPrinting
from kiosk.service_api import ServiceApi
from queue_service.protocol.ticket_copy import CopyOrder
from queue_service.ticket_paper.wording import TicketFacts

AGAIN_AFTER_SECONDS = 5.0
"""A service that did not answer; with a lost connection the next snapshot comes anyway."""

log = structlog.get_logger(__name__)


class TicketCopies:
    """Waits for orders and carries them out, one after another."""

    def __init__(self, service: ServiceApi, view: OfficeView, printing: TicketPrinting) -> None:
        self._service = service
        self._view = view
        self._printing = printing
        self._outcomes: dict[UUID, str | None] = {}
        """What kept an order from paper, None for nothing; until the service knows."""

    async def run(self) -> None:
        """Print whenever there may be something, for ever; ends only by cancellation."""
        while True:
            await self._view.copies_ordered.wait()
            self._view.copies_ordered.clear()
            try:
                await self.turn()
            except ServiceUnreachableError:
                self._view.copies_ordered.set()
                # A second attempt: nothing tells when the service answers again.
                await asyncio.sleep(AGAIN_AFTER_SECONDS)
            except ServiceError as error:
                log.warning("ticket_copies_refused", reason=f"{type(error).__name__}: {error}")

    async def turn(self) -> None:
        """Print what is ordered and say how it went. Raises ServiceError."""
        for order in (await self._service.ticket_copies()).items:
            if order.id not in self._outcomes:
                self._outcomes[order.id] = await self._print(order)
            await self._service.tell_copy(order.id, self._outcomes[order.id])
            del self._outcomes[order.id]

    async def _print(self, order: CopyOrder) -> str | None:
        office = self._view.office
        if office is None:
            return ServiceError.code
        failure = await self._printing.print_ticket(
            TicketFacts(order.ticket, office, order.language, order.service_name, copied_at=order.ordered_at)
        )
        return failure.code if failure else None
