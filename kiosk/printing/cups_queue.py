"""A queue of the device's own printing system, over its socket; CUPS itself speaks IPP.

A queue hears of its printer only while it prints, and keeps that until the next job: paper that ran out
at noon is missing in the evening, too, however many rolls were put in. So the printer behind it is asked
where that is possible, and what only a queue remembers keeps no ticket from being tried.
"""

import time
from pathlib import Path
from urllib.parse import quote

import httpx

from kiosk.errors import PrinterError, PrinterNotInstalledError, PrinterStoppedError
from kiosk.printing.ipp_message import Answer
from kiosk.printing.ipp_printer import CONNECT_SECONDS, IppPrinter, is_down, state_said
from kiosk.printing.printer_states import state_after
from queue_service.protocol.device_care import PrinterState
from queue_service.ticket_paper.page import TicketSheet

SOCKET = Path("/run/cups/cups.sock")
"""Where CUPS listens for programs of the same machine; elsewhere it is asked over loopback."""
GET_DEFAULT = 0x4001
"""CUPS-Get-Default, an operation of CUPS's own."""
ASKED_ITSELF = ("ipp:",)
"""Printers that say how they are without a certificate of their own making, which nobody could check."""


class CupsQueue(IppPrinter):
    """One queue, and the printer at its other end."""

    _also = ("device-uri",)

    def _found(self, said: Answer, ends: float) -> PrinterState:
        return (None if is_down(said) else _printer_state(said, ends)) or state_said(said)

    def _expected(self, said: Answer, ends: float) -> PrinterState:
        return state_said(said) if is_down(said) else _printer_state(said, ends) or "ok"


def _printer_state(said: Answer, ends: float) -> PrinterState | None:
    """Ask the printer behind a queue; None where it can't be asked. Raises PrinterError when it is gone."""
    device = next((str(uri) for uri in said.of_printer("device-uri")), "")
    if not device.startswith(ASKED_ITSELF):
        return None
    try:
        return IppPrinter("cups", device).state(ends)
    except (PrinterNotInstalledError, PrinterStoppedError):
        # It speaks with CUPS, and not with everybody.
        return None


def named_queue(queue: str, socket: Path = SOCKET) -> CupsQueue:
    """Give a queue as a printer."""

    def transport() -> httpx.BaseTransport:
        return httpx.HTTPTransport(uds=str(socket)) if socket.exists() else httpx.HTTPTransport()

    path = f"printers/{quote(queue, safe='')}" if queue else ""
    return CupsQueue("cups", f"ipp://localhost/{path}", transport)


class DefaultQueue:
    """Whichever queue is the system's default at the moment of printing."""

    kind = "cups"

    def __init__(self, socket: Path = SOCKET) -> None:
        self._socket = socket
        self._system = named_queue("", socket)

    def look(self) -> PrinterState | None:
        """Ask the queue."""
        try:
            return self._queue().look()
        except PrinterError as error:
            return state_after(error)

    def put_on_paper(self, sheet: TicketSheet) -> None:
        """Print on the queue."""
        self._queue().put_on_paper(sheet)

    def _queue(self) -> CupsQueue:
        said = self._system.ask(GET_DEFAULT, [], time.monotonic() + CONNECT_SECONDS)
        names = said.of_printer("printer-name")
        if not names:
            raise PrinterNotInstalledError
        return named_queue(str(names[0]), self._socket)
