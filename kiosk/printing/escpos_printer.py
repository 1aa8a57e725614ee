"""A receipt printer that understands ESC/POS, given the ticket as dots, over any wire."""

import contextlib
import struct
import time

from escpos.constants import GS
from escpos.image import EscposImage
from escpos.printer import Dummy
from PIL import Image

from kiosk.errors import PrinterError, PrinterTimeoutError
from kiosk.printing.escpos_network import NetworkWires
from kiosk.printing.escpos_status import (
    CLEAR,
    IN_TURN,
    REAL_TIME,
    is_in_turn,
    is_real_time,
    state_of,
)
from kiosk.printing.escpos_wire import Wire, WireMaker
from kiosk.printing.printer import PRINT_DEADLINE_SECONDS
from kiosk.printing.printer_states import require_printing, state_after
from kiosk.settings import EscposPrinter as NetworkChoice
from kiosk.settings import SerialPrinter as SerialChoice
from kiosk.settings import UsbPrinter as UsbChoice
from queue_service.protocol.device_care import PrinterState
from queue_service.ticket_paper.dots import ticket_dots
from queue_service.ticket_paper.page import TicketSheet

STATUS_SECONDS = 0.4
"""Printers answer at once; many cheap ones never do and are then taken at their word."""
LOOK_AGAIN_SECONDS = 0.5
"""Between two looks at a printer that is busy with a ticket."""
ROWS_PER_PIECE = 16
"""Height of one raster command: no more than small buffers hold, and what is white is left out by piece."""
DOTS_PER_BYTE = 8


class EscposPrinter:
    """Connects for each ticket, since receipt printers serve one connection at a time and drop idle ones."""

    def __init__(self, wire: WireMaker) -> None:
        self._wire = wire
        self.kind = wire.kind

    def look(self) -> PrinterState | None:
        """Ask over a fresh connection."""
        try:
            with self._wire.opened() as wire:
                return _state(wire)
        except PrinterError as error:
            return state_after(error)

    def put_on_paper(self, sheet: TicketSheet) -> None:
        """Send the sheet's dots, cut, and wait until that was worked off."""
        commands = escpos_commands(sheet)
        ends = time.monotonic() + PRINT_DEADLINE_SECONDS + self._wire.seconds_for(len(commands))
        with self._wire.opened() as wire:
            before = _state(wire)
            require_printing(before)
            tells_when_done = before is not None and _answers_in_turn(wire)
            try:
                wire.send(commands, ends - time.monotonic())
                # What the operating system or a full buffer has taken is not on paper yet.
                if tells_when_done:
                    _wait_until_done(wire, ends)
                elif before is not None:
                    require_printing(_state(wire))
            except PrinterError:
                with contextlib.suppress(PrinterError):
                    wire.send(CLEAR, STATUS_SECONDS)
                raise


def receipt_printer(choice: NetworkChoice | UsbChoice | SerialChoice) -> EscposPrinter:
    """Make the printer at the end of a wire; only that wire's library is needed."""
    match choice:
        case NetworkChoice(host, port):
            return EscposPrinter(NetworkWires(host, port))
        case UsbChoice(vendor, product):
            from kiosk.printing.escpos_usb import UsbWires  # noqa: PLC0415

            return EscposPrinter(UsbWires(vendor, product))
        case SerialChoice(path, baud):
            from kiosk.printing.escpos_serial import SerialWires  # noqa: PLC0415

            return EscposPrinter(SerialWires(path, baud))


def _answers_in_turn(wire: Wire) -> bool:
    wire.send(IN_TURN, STATUS_SECONDS)
    return any(map(is_in_turn, wire.answer(STATUS_SECONDS)))


def _wait_until_done(wire: Wire, ends: float) -> None:
    """Wait for the answer to a question behind the ticket. Raises PrinterError."""
    wire.send(IN_TURN, ends - time.monotonic())
    while not any(map(is_in_turn, wire.answer(LOOK_AGAIN_SECONDS))):
        require_printing(_known_state(wire))
        if time.monotonic() > ends:
            raise PrinterTimeoutError
    require_printing(_known_state(wire))


def escpos_commands(sheet: TicketSheet) -> bytes:
    """Encode a sheet: reset, raster, feed, cut."""
    dots = ticket_dots(sheet)
    printer = Dummy()
    printer.hw("INIT")
    for top in range(0, dots.height, ROWS_PER_PIECE):
        piece = dots.crop((0, top, dots.width, min(top + ROWS_PER_PIECE, dots.height)))
        raster = EscposImage(_without_white_end(piece))
        size = struct.pack("<HH", raster.width_bytes, raster.height)
        printer._raw(GS + b"v0\x00" + size + raster.to_raster_format())  # noqa: SLF001 - its way for raw commands
    printer.cut()
    return bytes(printer.output)


def _without_white_end(piece: Image.Image) -> Image.Image:
    """Leave out whole bytes that stay white at the right: two fifths of a ticket, on a slow line seconds."""
    box = Image.eval(piece.convert("L"), lambda level: 255 - level).getbbox()
    dark = box[2] if box else 1
    return piece.crop((0, 0, min(-(-dark // DOTS_PER_BYTE) * DOTS_PER_BYTE, piece.width), piece.height))


def _known_state(wire: Wire) -> PrinterState:
    """Ask a printer that is known to answer. Raises PrinterUnreachableError, PrinterTimeoutError."""
    state = _state(wire)
    if state is None:
        raise PrinterTimeoutError
    return state


def _state(wire: Wire) -> PrinterState | None:
    """Ask all real-time questions; None from a printer that answers none.

    Raises PrinterUnreachableError, and PrinterTimeoutError from one that falls silent in between.
    """
    answers: list[int] = []
    for question in REAL_TIME:
        wire.send(question, STATUS_SECONDS)
        said = [byte for byte in wire.answer(STATUS_SECONDS) if is_real_time(byte)]
        if not said and not answers:
            return None
        if not said:
            raise PrinterTimeoutError
        answers.append(said[-1])
    return state_of(*answers)
