"""Printers with somebody at their output: each kind is put into trouble and broken off in its own way."""

import io
import re
import resource
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from uuid import UUID

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from kiosk.printing import ipp_printer
from kiosk.printing.cups_queue import named_queue
from kiosk.printing.ipp_printer import IppPrinter
from kiosk.printing.pdf_directory import PdfDirectory
from kiosk.printing.printer import PRINT_DEADLINE_SECONDS, Printer
from queue_service.protocol.device_care import PrinterState
from queue_service.ticket_paper.dots import ticket_dots
from queue_service.ticket_paper.page import TicketSheet
from tests.system.cups_running import QUEUE, RunningCups
from tests.system.ipp_printer_running import RunningIppPrinter
from tests.system.receipt_printer import OnALine, OnTheNetwork, OnUsb, ReceiptPrinter

SHORT_SECONDS = 0.5
"""The deadline where a test waits for its end."""


class Installed(Protocol):
    """A printer with somebody at its output."""

    printer: Printer
    troubles: tuple[PrinterState, ...]

    def papers(self, at_least: int) -> list[Image.Image]:
        """Give what came out, as black on white."""

    def become(self, state: PrinterState) -> None:
        """Put it into a state."""

    def break_off(self) -> None:
        """Have the next ticket come to nothing half-way."""

    def unplug(self) -> None:
        """Take it away."""


class InstalledPdf:
    troubles: tuple[PrinterState, ...] = ("failed",)

    def __init__(self, folder: Path, ended: ExitStack) -> None:
        self.folder = folder / "tickets"
        self.printer: Printer = PdfDirectory(self.folder)
        self._ended = ended

    def papers(self, at_least: int) -> list[Image.Image]:
        found = [rendered(path.read_bytes()) for path in sorted(self.folder.glob("*.pdf"))]
        assert len(found) >= at_least
        return found

    def become(self, state: PrinterState) -> None:
        self._ended.close()
        if self.folder.is_file():
            self.folder.unlink()
        if state == "failed":
            self.folder.write_text("a file in the folder's place")

    def break_off(self) -> None:
        """A disk that is full after a kilobyte."""
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, most))
        self._ended.callback(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))

    def unplug(self) -> None:
        self.become("failed")


class InstalledIpp:
    troubles: tuple[PrinterState, ...] = ("paper_low", "paper_out", "cover_open", "failed")
    REASONS: Mapping[PrinterState, str] = {
        "paper_low": "media-low",
        "paper_out": "media-empty",
        "cover_open": "cover-open",
        "failed": "media-jam",
    }

    def __init__(self, running: RunningIppPrinter) -> None:
        self.running = running
        self.printer: Printer = IppPrinter("cups", running.uri)

    def papers(self, at_least: int) -> list[Image.Image]:
        found = [rendered(pdf) for pdf in self.running.papers()]
        assert len(found) >= at_least
        return found

    def become(self, state: PrinterState) -> None:
        (self.running.paper / "jams").unlink(missing_ok=True)
        self.running.start()
        if state != "ok":
            self.running.show(self.REASONS[state])
        ends = time.monotonic() + PRINT_DEADLINE_SECONDS
        while self.printer.look() != state and time.monotonic() < ends:
            time.sleep(0.02)  # its reasons follow its jobs, and nothing tells when

    def break_off(self) -> None:
        (self.running.paper / "jams").touch()

    def unplug(self) -> None:
        self.running.stop()


class InstalledCups(InstalledIpp):
    troubles: tuple[PrinterState, ...] = ("paper_out", "failed")

    def __init__(self, running: RunningIppPrinter, cups: RunningCups, patch: pytest.MonkeyPatch) -> None:
        super().__init__(running)
        self.cups = cups
        self.printer = named_queue(QUEUE, cups.socket)
        self._patch = patch

    def papers(self, at_least: int) -> list[Image.Image]:
        found = [rendered(as_long_as_before(pdf)) for pdf in self.running.papers()]
        assert len(found) >= at_least
        return found

    def become(self, state: PrinterState) -> None:
        self._patch.undo()
        self.cups.until_it_has_no_jobs()
        (self.running.paper / "busy").unlink(missing_ok=True)
        self.running.start()
        if state == "paper_out":
            self.running.show("media-empty")
        self.cups.order("cupsdisable" if state == "failed" else "cupsenable", QUEUE)

    def break_off(self) -> None:
        """No paper in a printer that CUPS alone can ask: the queue remembers it when all is well again."""
        self.cups.order("lpadmin", "-p", QUEUE, "-v", self.running.uri.replace("ipp:", "http:"))
        self._patch.setattr(ipp_printer, "PRINT_DEADLINE_SECONDS", SHORT_SECONDS)
        (self.running.paper / "busy").touch()
        self.running.show("media-empty")


class InstalledReceiptPrinter:
    troubles: tuple[PrinterState, ...] = ("paper_low", "paper_out", "cover_open", "offline", "failed")

    def __init__(
        self, machine: ReceiptPrinter, plug: OnTheNetwork | OnALine | OnUsb, printer: Printer
    ) -> None:
        self.machine = machine
        self.printer = printer
        self.unplug = plug.unplug

    def papers(self, at_least: int) -> list[Image.Image]:
        return self.machine.sheets(at_least)

    def become(self, state: PrinterState) -> None:
        machine = self.machine
        machine.runs_out_after = None
        machine.paper_low = state == "paper_low"
        machine.paper_out = state == "paper_out"
        machine.cover_open = state == "cover_open"
        machine.off_line = state == "offline"
        machine.cutter_jammed = state == "failed"

    def break_off(self) -> None:
        self.machine.runs_out_after = 3


def rendered(pdf: bytes) -> Image.Image:
    """Render a page as the receipt printer would."""
    document = pypdfium2.PdfDocument(pdf)
    height = document[0].get_height() / 72 * 25.4
    document.close()
    return ticket_dots(TicketSheet(UUID(int=0), "", pdf, 80, height, 4))


def as_long_as_before(pdf: bytes) -> bytes:
    """Give a page the lengths back that it had: CUPS cuts them to whole points, half of it at each edge."""
    cut = re.search(rb"/Matrix \[ 1 0 0 1 -(0\.\d+) -(0\.\d+) \]", pdf)
    assert cut
    left, below = map(float, cut.groups())
    document = pypdfium2.PdfDocument(pdf)
    width, height = document[0].get_size()
    document[0].set_mediabox(-left, -below, width + left, height + below)
    whole = io.BytesIO()
    document.save(whole)
    return whole.getvalue()
