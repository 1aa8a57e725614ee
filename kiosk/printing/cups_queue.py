"""A printer of the device's printing system, through ``lp``."""

import os
import subprocess

from kiosk.errors import (
    PrinterError,
    PrinterNotInstalledError,
    PrinterStoppedError,
    PrinterTimeoutError,
)
from kiosk.printing.printer import PRINT_DEADLINE_SECONDS, TicketSheet

COMMAND_TIMEOUT_SECONDS = PRINT_DEADLINE_SECONDS / 2
"""Two commands are run for a ticket."""


class CupsQueue:
    """Hands sheets to a queue; an empty name means the default queue."""

    kind = "cups"

    def __init__(self, queue: str) -> None:
        self._queue = queue

    def put_on_paper(self, sheet: TicketSheet) -> None:
        """Queue the sheet, unless the queue is stopped: paper that comes hours later misleads."""
        self._require_running()
        size = f"media=Custom.{sheet.width_mm:.0f}x{sheet.height_mm:.0f}mm"
        name = ["-d", self._queue] if self._queue else []
        # `-s` leaves out the job number; the title is all that the printing system's log shows of a ticket.
        _run(["lp", "-s", *name, "-t", sheet.number, "-o", size, "-o", "print-scaling=none", "-"], sheet.pdf)

    def _require_running(self) -> None:
        said = _run(["lpstat", "-p", *([self._queue] if self._queue else [])], b"")
        # The C locale's words, the only interface that lpstat has: "printer NAME disabled since …".
        if said and all(" disabled " in line for line in said.splitlines() if line.startswith("printer ")):
            raise PrinterStoppedError(self._queue)


def _run(command: list[str], given: bytes) -> str:
    """Run a command of the printing system and give what it wrote. Raises PrinterError."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands; the queue's name comes from the settings
            command,
            input=given,
            capture_output=True,
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise PrinterNotInstalledError(command[0]) from error
    except subprocess.TimeoutExpired as error:
        raise PrinterTimeoutError(command[0]) from error
    if done.returncode:
        raise _refusal(done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def _refusal(said: str) -> PrinterError:
    if "not accepting" in said:
        return PrinterStoppedError(said.strip())
    return PrinterNotInstalledError(said.strip())
