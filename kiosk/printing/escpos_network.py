"""The wire to a receipt printer on the network."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.errors import PrinterTimeoutError, PrinterUnreachableError
from kiosk.printing.escpos_wire import Wire

CONNECT_TIMEOUT_SECONDS = 2.0
MOST_AT_ONCE = 4096
LEAST_SECONDS = 0.001
"""0 would mean not to wait at all."""


class NetworkWires:
    """Opens connections to one address."""

    kind = "escpos"

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    def seconds_for(self, count: int) -> float:  # noqa: ARG002 - as every wire is asked
        """Say that a network takes no time worth counting."""
        return 0.0

    @contextmanager
    def opened(self) -> Iterator[Wire]:
        """Connect."""
        try:
            connection = socket.create_connection(self._address, CONNECT_TIMEOUT_SECONDS)
        except OSError as error:
            raise PrinterUnreachableError(error.strerror) from error
        with connection:
            yield NetworkWire(connection)


class NetworkWire:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, data: bytes, seconds: float) -> None:
        """Hand over all of it within ``seconds`` together."""
        self._connection.settimeout(max(seconds, LEAST_SECONDS))
        try:
            self._connection.sendall(data)
        except TimeoutError as error:
            raise PrinterTimeoutError from error
        except OSError as error:
            raise PrinterUnreachableError(error.strerror) from error

    def answer(self, seconds: float) -> bytes:
        """Give what has come."""
        self._connection.settimeout(seconds)
        try:
            answer = self._connection.recv(MOST_AT_ONCE)
        except TimeoutError:
            return b""
        except OSError as error:
            raise PrinterUnreachableError(error.strerror) from error
        if not answer:
            raise PrinterUnreachableError
        return answer
