"""What carries bytes to a receipt printer and back: network, USB or serial line."""

from contextlib import AbstractContextManager
from typing import Protocol


class Wire(Protocol):
    """An open connection to one printer."""

    def send(self, data: bytes, seconds: float) -> None:
        """Hand over all of it. Raises PrinterTimeoutError, PrinterUnreachableError."""
        ...

    def answer(self, seconds: float) -> bytes:
        """Give what has come from the printer, waiting so long for the first byte; empty for nothing.

        Raises PrinterUnreachableError when it is gone.
        """
        ...


class WireMaker(Protocol):
    """A way to a printer that can be opened again and again."""

    @property
    def kind(self) -> str:
        """As ``Printer.kind``."""
        ...

    def seconds_for(self, count: int) -> float:
        """How long so many bytes are on the way at least; 0 where that is no matter."""
        ...

    def opened(self) -> AbstractContextManager[Wire]:
        """Connect. Raises PrinterTimeoutError, PrinterUnreachableError, PrinterNotInstalledError."""
        ...
