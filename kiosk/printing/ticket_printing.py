"""Prints tickets one after another in a thread of its own, so that the page stays alive meanwhile.

Between them it looks at the printer, so that a visitor learns of missing paper before the first touch.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import assert_never

import structlog

from kiosk.errors import PrinterError, TicketNotDrawableError
from kiosk.printing.printer import Printer
from kiosk.printing.printer_states import state_after
from kiosk.settings import (
    CupsPrinter,
    EscposPrinter,
    IppPrinter,
    KioskSettings,
    PdfPrinter,
    SerialPrinter,
    UsbPrinter,
)
from kiosk.texts import Texts
from queue_service.protocol.device_care import DeviceCard, PrinterState
from queue_service.protocol.ticket_layout import EVERYDAY, TicketLayout
from queue_service.ticket_paper.fonts import FontsMissingError, TicketFonts
from queue_service.ticket_paper.layout import lay_out
from queue_service.ticket_paper.page import TicketSheet, ticket_sheet
from queue_service.ticket_paper.wording import TicketFacts, ticket_words

FONTS = Path(__file__).parents[1] / "static" / "vendor"
"""The typefaces that page and paper share."""
TICKETS_FOLDER = "tickets"
LOOK_EVERY_SECONDS = 5.0
"""Shorter than a visitor's way from the door; a receipt printer answers in milliseconds."""

log = structlog.get_logger(__name__)


class TicketPrinting:
    """One thread: printers take one sheet at a time, and the PDF libraries are not made for several."""

    def __init__(
        self,
        printer: Printer,
        texts: Texts,
        layout: Callable[[], TicketLayout],
        changed: Callable[[PrinterState | None], None],
    ) -> None:
        """``layout`` gives the office's of the moment; ``changed`` hears of each new state."""
        self._printer = printer
        self._texts = texts
        self._layout = layout
        self._changed = changed
        self.state: PrinterState | None = None
        """How the printer was found last; None before that, and where it can't be known."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="printing")
        # Unpacked now and not at the first ticket, whose visitor would wait for it.
        self._fonts = self._thread.submit(TicketFonts.read, FONTS)

    async def run(self) -> None:
        """Look at the printer again and again, for ever; ends only by cancellation."""
        loop = asyncio.get_running_loop()
        while True:
            found = await loop.run_in_executor(self._thread, self._printer.look)
            # A printer that can't say how it is was well when it took the last ticket.
            if found is not None or self.state != "ok":
                self._know(found)
            # Most printers say nothing by themselves: a look by the clock.
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def print_ticket(self, facts: TicketFacts) -> PrinterError | None:
        """Put a ticket on paper; give what went wrong, None when nothing did."""
        ticket = str(facts.ticket.id)
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._print, facts)
        except PrinterError as error:
            log.warning("ticket_not_printed", ticket=ticket, code=error.code, reason=str(error))
            self._know(state_after(error))
            return error
        if self.state != "paper_low":
            self._know("ok")
        log.info("ticket_printed", ticket=ticket, printer=self._printer.kind)
        return None

    def close(self) -> None:
        """Finish what is being printed."""
        self._thread.shutdown(wait=True)

    def _know(self, state: PrinterState | None) -> None:
        if state != self.state:
            log.info("printer_state", state=state, printer=self._printer.kind)
            self.state = state
            self._changed(state)

    def _print(self, facts: TicketFacts) -> None:
        self._printer.put_on_paper(self._sheet(facts))

    def _sheet(self, facts: TicketFacts) -> TicketSheet:
        """Draw a ticket. Whatever its facts are, they must not make a valid ticket look like a failure."""
        try:
            layout = self._layout()
            words = ticket_words(facts, self._texts, layout)
            drawing = lay_out(words, self._fonts.result(), layout)
            return ticket_sheet(facts.ticket.id, facts.ticket.number, drawing)
        except (ValueError, LookupError, OSError, FontsMissingError) as error:
            raise TicketNotDrawableError(f"{type(error).__name__}: {error}") from error


def ticket_layout(card: DeviceCard | None) -> TicketLayout:
    """Give how the office wants its tickets, as last told."""
    return (card.ticket_layout if card else None) or EVERYDAY


def chosen_printer(settings: KioskSettings) -> Printer:
    """Make the printer that the settings name."""
    match settings.printer:
        case PdfPrinter():
            from kiosk.printing.pdf_directory import PdfDirectory  # noqa: PLC0415 - see the last cases

            return PdfDirectory(settings.data_dir / TICKETS_FOLDER)
        case CupsPrinter(""):
            from kiosk.printing.cups_queue import DefaultQueue  # noqa: PLC0415

            return DefaultQueue()
        case CupsPrinter(queue):
            from kiosk.printing.cups_queue import named_queue  # noqa: PLC0415

            return named_queue(queue)
        case IppPrinter(uri):
            from kiosk.printing import ipp_printer  # noqa: PLC0415

            return ipp_printer.IppPrinter("cups", uri)
        case EscposPrinter() | UsbPrinter() | SerialPrinter():
            # Takes a third of a second to import, for nothing where there is no such printer.
            from kiosk.printing.escpos_printer import receipt_printer  # noqa: PLC0415

            return receipt_printer(settings.printer)
    assert_never(settings.printer)
