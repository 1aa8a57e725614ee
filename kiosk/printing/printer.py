"""What every way to a printer promises; tests/system/test_kiosk_printers.py holds all of them to it."""

from typing import Protocol
from uuid import UUID

import msgspec

PRINT_DEADLINE_SECONDS = 10.0
"""A printer that has not taken a ticket by then counts as failed; a visitor looks at the number meanwhile."""


class TicketSheet(msgspec.Struct, frozen=True):
    """A finished ticket: one PDF page of the roll's width and its own length."""

    ticket: UUID
    number: str
    pdf: bytes
    width_mm: float
    height_mm: float
    margin_mm: float
    """Left and right of what the print head reaches."""


class Printer(Protocol):
    """Puts sheets onto paper, one at a time, from a thread of its own."""

    @property
    def kind(self) -> str:
        """``pdf``, ``cups`` or ``escpos``."""
        ...

    def put_on_paper(self, sheet: TicketSheet) -> None:
        """Return once the printer has taken the sheet.

        Raises PrinterError within ``PRINT_DEADLINE_SECONDS`` otherwise. The same sheet may
        come again: each time is one more paper (or the same file written again).
        """
        ...
