"""A receipt printer on the network that understands ESC/POS, given the ticket as dots."""

import socket
import time

from escpos.constants import RT_MASK_NOPAPER, RT_MASK_ONLINE, RT_STATUS_ONLINE, RT_STATUS_PAPER
from escpos.printer import Dummy

from kiosk.errors import (
    PrinterOutOfPaperError,
    PrinterStoppedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from kiosk.printing.printer import PRINT_DEADLINE_SECONDS, TicketSheet
from kiosk.printing.ticket_raster import ticket_dots

CONNECT_TIMEOUT_SECONDS = 3.0
STATUS_TIMEOUT_SECONDS = 0.4
"""Printers answer at once; many cheap ones never do and are then taken at their word."""

ROWS_PER_PIECE = 128
"""Height of one raster command: small printers hold no more in their buffer."""


class EscposNetworkPrinter:
    """Connects for each ticket, since receipt printers serve one connection at a time and drop idle ones."""

    kind = "escpos"

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    def put_on_paper(self, sheet: TicketSheet) -> None:
        """Send the sheet's dots and cut."""
        commands = escpos_commands(sheet)
        ends = time.monotonic() + PRINT_DEADLINE_SECONDS
        try:
            with socket.create_connection(self._address, CONNECT_TIMEOUT_SECONDS) as printer:
                answers = _require_ready(printer)
                printer.settimeout(max(ends - time.monotonic(), STATUS_TIMEOUT_SECONDS))
                printer.sendall(commands)
                if answers:
                    # The operating system takes bytes for a printer that is long gone; an answer is proof.
                    _require_ready(printer)
                printer.shutdown(socket.SHUT_WR)
        except TimeoutError as error:
            raise PrinterTimeoutError(self._address[0]) from error
        except OSError as error:
            raise PrinterUnreachableError(error.strerror) from error


def escpos_commands(sheet: TicketSheet) -> bytes:
    """Encode a sheet: reset, raster, feed, cut."""
    printer = Dummy()
    printer.hw("INIT")
    printer.image(ticket_dots(sheet), impl="bitImageRaster", fragment_height=ROWS_PER_PIECE)
    printer.cut()
    return bytes(printer.output)


def _require_ready(printer: socket.socket) -> bool:
    """Ask for the real-time status; False from a printer that answers no such questions.

    Raises PrinterStoppedError or PrinterOutOfPaperError.
    """
    # Paper first: a printer that ran out is also off line, and "no paper" helps more.
    paper = _status(printer, RT_STATUS_PAPER)
    if paper is None:
        return False
    if paper & RT_MASK_NOPAPER == RT_MASK_NOPAPER:
        raise PrinterOutOfPaperError
    online = _status(printer, RT_STATUS_ONLINE)
    if online is not None and online & RT_MASK_ONLINE:
        raise PrinterStoppedError
    return True


def _status(printer: socket.socket, question: bytes) -> int | None:
    """Give the printer's status byte, None when it stays silent.

    Raises PrinterUnreachableError when it hangs up.
    """
    printer.settimeout(STATUS_TIMEOUT_SECONDS)
    try:
        printer.sendall(question)
        answer = printer.recv(1)
    except TimeoutError:
        return None
    if not answer:
        raise PrinterUnreachableError
    return answer[0]
