"""The wire to a receipt printer on a serial line: 8 data bits, no parity, XON/XOFF."""

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager

import serial

from kiosk.errors import PrinterNotInstalledError, PrinterTimeoutError, PrinterUnreachableError
from kiosk.printing.escpos_wire import Wire

BITS_A_BYTE = 10
"""With start and stop bit."""
LEAST_SECONDS = 0.001
"""0 would mean without end."""
DRAIN_SECONDS = 0.01


class SerialWires:
    """Opens one line; nobody else may have it open."""

    kind = "serial"

    def __init__(self, path: str, baud: int) -> None:
        self._path = path
        self._baud = baud

    def seconds_for(self, count: int) -> float:
        """Give how long so many bytes are on the line."""
        return count * BITS_A_BYTE / self._baud

    @contextmanager
    def opened(self) -> Iterator[Wire]:
        """Open the line."""
        try:
            # Three wires are enough for XON/XOFF, and no answer of a printer looks like either sign.
            line = serial.Serial(self._path, self._baud, xonxoff=True, exclusive=True)
        except serial.SerialException as error:
            if error.errno == errno.EACCES:
                raise PrinterNotInstalledError(str(error)) from error
            # An adapter that was pulled out takes its name with it.
            raise PrinterUnreachableError(str(error)) from error
        with line:
            wire = SerialWire(line)
            try:
                yield wire
            finally:
                if wire.stuck:
                    # The system would go on sending for half a minute what the printer does not take.
                    line.reset_output_buffer()


class SerialWire:
    """The open line."""

    def __init__(self, line: serial.Serial) -> None:
        self._line = line
        self.stuck = False
        """Something was not taken in time."""

    def send(self, data: bytes, seconds: float) -> None:
        """Hand over all of it, so that the last byte has left."""
        ends = time.monotonic() + seconds
        self._line.write_timeout = max(seconds, LEAST_SECONDS)
        try:
            self._line.write(data)
            while self._line.out_waiting:
                if time.monotonic() > ends:
                    self.stuck = True
                    raise PrinterTimeoutError
                # The line tells how much it still holds, and not when it is empty.
                time.sleep(DRAIN_SECONDS)
        except serial.SerialTimeoutException as error:
            self.stuck = True
            raise PrinterTimeoutError from error
        except (serial.SerialException, OSError) as error:
            raise PrinterUnreachableError from error

    def answer(self, seconds: float) -> bytes:
        """Give what has come."""
        self._line.timeout = seconds
        try:
            first: bytes = self._line.read(1)
            return first + self._line.read(self._line.in_waiting) if first else b""
        except (serial.SerialException, OSError) as error:
            raise PrinterUnreachableError from error
