"""What a state of the printer means for a ticket, and what a failure says of the printer."""

from collections.abc import Mapping

from kiosk.errors import (
    PrinterError,
    PrinterOpenError,
    PrinterOutOfPaperError,
    PrinterStoppedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from queue_service.protocol.device_care import PrinterState

PRINTS: frozenset[PrinterState | None] = frozenset({"ok", "paper_low", None})
"""A printer that says nothing of itself is taken at its word."""
ERRORS: Mapping[PrinterState, type[PrinterError]] = {
    "paper_out": PrinterOutOfPaperError,
    "cover_open": PrinterOpenError,
    "offline": PrinterUnreachableError,
    "failed": PrinterStoppedError,
}
STATES: Mapping[type[PrinterError], PrinterState] = {
    PrinterOutOfPaperError: "paper_out",
    PrinterOpenError: "cover_open",
    PrinterUnreachableError: "offline",
    PrinterTimeoutError: "offline",
}
"""Of every other failure those who look after the kiosk are told that there is one."""


def require_printing(state: PrinterState | None) -> None:
    """Raise the PrinterError of a state in which nothing comes out."""
    if state is not None and state not in PRINTS:
        raise ERRORS[state]


def state_after(error: PrinterError) -> PrinterState:
    """Give the state that an error shows."""
    return STATES.get(type(error), "failed")
