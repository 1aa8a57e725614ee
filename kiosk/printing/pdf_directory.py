"""The default printer: keeps each ticket as a PDF file and prints nothing."""

import contextlib
import os
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from kiosk.errors import TicketNotWritableError
from queue_service.protocol.device_care import PrinterState
from queue_service.ticket_paper.page import TicketSheet

KEPT_FOR = timedelta(days=7)
"""Long enough to look into a complaint; the follow address on a ticket ends with its day anyway."""

log = structlog.get_logger(__name__)


class PdfDirectory:
    """Writes ``NUMBER-<ticket id>.pdf``; a repeat writes the same file again."""

    kind = "pdf"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look(self) -> PrinterState | None:
        """Tell whether files can be written."""
        place = self._folder if self._folder.exists() else self._folder.parent
        return "ok" if place.is_dir() and os.access(place, os.W_OK) else "failed"

    def put_on_paper(self, sheet: TicketSheet) -> None:
        """Write the file in one step."""
        number = "".join(character for character in sheet.number if character.isalnum())
        target = self._folder / f"{number}-{sheet.ticket}.pdf"
        fresh = target.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(sheet.pdf)
            fresh.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise TicketNotWritableError(error.strerror) from error

    def forget_old(self, now: datetime) -> None:
        """Remove tickets older than ``KEPT_FOR``."""
        oldest = (now - KEPT_FOR).timestamp()
        for path in self._folder.glob("*.pdf"):
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except OSError as error:
                log.warning("old_ticket_not_removed", reason=error.strerror)
