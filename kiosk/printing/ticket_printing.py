"""Prints tickets one after another in a thread of its own, so that the page stays alive meanwhile."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import assert_never

import structlog

from kiosk.errors import (
    PrinterError,
    PrinterOutOfPaperError,
    PrinterTimeoutError,
    PrinterUnreachableError,
    TicketNotDrawableError,
)
from kiosk.printing.fonts import FontsMissingError, TicketFonts
from kiosk.printing.printer import Printer, TicketSheet
from kiosk.printing.ticket_layout import lay_out
from kiosk.printing.ticket_pdf import ticket_sheet
from kiosk.printing.ticket_wording import ticket_words
from kiosk.settings import CupsPrinter, EscposPrinter, KioskSettings, PdfPrinter
from kiosk.texts import Texts
from queue_service.protocol.device_api import IssuedTicket
from queue_service.protocol.device_care import PrinterState
from queue_service.protocol.stream import OfficeCard

TICKETS_FOLDER = "tickets"
STATES: Mapping[type[PrinterError], PrinterState] = {
    PrinterOutOfPaperError: "paper_out",
    PrinterUnreachableError: "offline",
    PrinterTimeoutError: "offline",
}
"""What those who look after the kiosk are told; of every other failure that there is one."""

log = structlog.get_logger(__name__)


class TicketPrinting:
    """One thread: printers take one sheet at a time, and the PDF libraries are not made for several."""

    def __init__(self, printer: Printer, texts: Texts) -> None:
        self._printer = printer
        self._texts = texts
        self.state: PrinterState | None = None
        """How the last ticket left the printer; None before the first."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="printing")
        # Unpacked now and not at the first ticket, whose visitor would wait for it.
        self._fonts = self._thread.submit(TicketFonts.read)

    async def print_ticket(
        self, ticket: IssuedTicket, office: OfficeCard, language: str, service_name: dict[str, str]
    ) -> PrinterError | None:
        """Put a ticket on paper; give what went wrong, None when nothing did."""
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._thread, self._print, ticket, office, language, service_name
            )
        except PrinterError as error:
            log.warning("ticket_not_printed", ticket=str(ticket.id), code=error.code, reason=str(error))
            self.state = STATES.get(type(error), "failed")
            return error
        self.state = "ok"
        log.info("ticket_printed", ticket=str(ticket.id), printer=self._printer.kind)
        return None

    def close(self) -> None:
        """Finish what is being printed."""
        self._thread.shutdown(wait=True)

    def _print(
        self, ticket: IssuedTicket, office: OfficeCard, language: str, service_name: dict[str, str]
    ) -> None:
        self._printer.put_on_paper(self._sheet(ticket, office, language, service_name))

    def _sheet(
        self, ticket: IssuedTicket, office: OfficeCard, language: str, service_name: dict[str, str]
    ) -> TicketSheet:
        """Draw a ticket. Whatever its facts are, they must not make a valid ticket look like a failure."""
        try:
            words = ticket_words(ticket, office, language, service_name, self._texts)
            return ticket_sheet(ticket.id, ticket.number, lay_out(words, self._fonts.result()))
        except (ValueError, LookupError, OSError, FontsMissingError) as error:
            raise TicketNotDrawableError(f"{type(error).__name__}: {error}") from error


def chosen_printer(settings: KioskSettings) -> Printer:
    """Make the printer that the settings name."""
    match settings.printer:
        case PdfPrinter():
            from kiosk.printing.pdf_directory import PdfDirectory  # noqa: PLC0415 - see the last case

            return PdfDirectory(settings.data_dir / TICKETS_FOLDER)
        case CupsPrinter(queue):
            from kiosk.printing.cups_queue import CupsQueue  # noqa: PLC0415

            return CupsQueue(queue)
        case EscposPrinter(host, port):
            # Takes a third of a second to import, for nothing where there is no such printer.
            from kiosk.printing.escpos_network import EscposNetworkPrinter  # noqa: PLC0415

            return EscposNetworkPrinter(host, port)
    assert_never(settings.printer)
