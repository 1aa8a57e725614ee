"""What every way to a printer promises; tests/system/test_kiosk_printers.py holds all of them to it."""

from typing import Protocol

from queue_service.protocol.device_care import PrinterState
from queue_service.ticket_paper.page import TicketSheet

PRINT_DEADLINE_SECONDS = 10.0
"""A printer that has not taken a ticket by then counts as failed; a visitor looks at the number meanwhile.
A slow line adds the time that the ticket itself takes on it."""
LOOK_DEADLINE_SECONDS = 4.0
"""The same for a look at how it is, which a ticket may have to wait for."""


class Printer(Protocol):
    """Puts sheets onto paper, one at a time, from a thread of its own."""

    @property
    def kind(self) -> str:
        """``pdf``, ``cups``, ``escpos``, ``usb`` or ``serial``."""
        ...

    def look(self) -> PrinterState | None:
        """Give how the printer is, within ``LOOK_DEADLINE_SECONDS``; None when it can't say.

        Raises nothing: whatever keeps it from answering is a state.
        """
        ...

    def put_on_paper(self, sheet: TicketSheet) -> None:
        """Return once the printer has taken the whole sheet.

        Raises PrinterError within ``PRINT_DEADLINE_SECONDS`` otherwise, before the first dot where
        it can be known then. The same sheet may come again: each time is one more paper (or the
        same file written again).
        """
        ...
