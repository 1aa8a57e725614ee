"""A queue of the device's own printing system, over its socket; CUPS itself speaks IPP."""

import time
from pathlib import Path
from urllib.parse import quote

import httpx

from kiosk.errors import PrinterError, PrinterNotInstalledError
from kiosk.printing.ipp_printer import CONNECT_SECONDS, IppPrinter
from kiosk.printing.printer_states import state_after
from queue_service.protocol.device_care import PrinterState
from queue_service.ticket_paper.page import TicketSheet

SOCKET = Path("/run/cups/cups.sock")
"""Where CUPS listens for programs of the same machine; elsewhere it is asked over loopback."""
GET_DEFAULT = 0x4001
"""CUPS-Get-Default, an operation of CUPS's own."""


def named_queue(queue: str, socket: Path = SOCKET) -> IppPrinter:
    """Give a queue as a printer."""

    def transport() -> httpx.BaseTransport:
        return httpx.HTTPTransport(uds=str(socket)) if socket.exists() else httpx.HTTPTransport()

    path = f"printers/{quote(queue, safe='')}" if queue else ""
    return IppPrinter("cups", f"ipp://localhost/{path}", transport)


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

    def _queue(self) -> IppPrinter:
        said = self._system.ask(GET_DEFAULT, [], time.monotonic() + CONNECT_SECONDS)
        names = said.of_printer("printer-name")
        if not names:
            raise PrinterNotInstalledError
        return named_queue(str(names[0]), self._socket)
