"""Every way to a printer keeps the same promises; each is tried against something real that takes its paper.

ESC/POS: a TCP printer that interprets the commands it gets. CUPS: programs named ``lp`` and
``lpstat`` on the path. PDF: the directory itself.
"""

import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from kiosk.errors import (
    PrinterError,
    PrinterNotInstalledError,
    PrinterOutOfPaperError,
    PrinterStoppedError,
    PrinterUnreachableError,
)
from kiosk.printing.cups_queue import CupsQueue
from kiosk.printing.escpos_network import EscposNetworkPrinter
from kiosk.printing.fonts import TicketFonts
from kiosk.printing.pdf_directory import KEPT_FOR, PdfDirectory
from kiosk.printing.printer import PRINT_DEADLINE_SECONDS, Printer, TicketSheet
from kiosk.printing.ticket_layout import lay_out
from kiosk.printing.ticket_pdf import ticket_sheet
from kiosk.printing.ticket_raster import ticket_dots
from tests.system.kiosk_processes import kiosk_running, stand_in_running
from tests.unit.test_kiosk_ticket_layout import ticket

RASTER = b"\x1dv0"
CUT = b"\x1dV"
STATUS_QUESTION = b"\x10\x04"
PAPER_THERE, ON_LINE, NO_PAPER, OFF_LINE = 0x12, 0x12, 0x72, 0x1A


class Installed(Protocol):
    """A printer with somebody at its output."""

    printer: Printer

    def papers(self) -> list[Image.Image]:
        """Give what came out, as black on white."""

    def break_it(self) -> None:
        """Take it out of service."""


class InstalledPdf:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tickets"
        self.printer: Printer = PdfDirectory(self.folder)

    def papers(self) -> list[Image.Image]:
        return [rendered(path.read_bytes()) for path in sorted(self.folder.glob("*.pdf"))]

    def break_it(self) -> None:
        self.folder.rename(self.folder.with_name("elsewhere"))
        self.folder.write_text("a file in the folder's place")


class InstalledCups:
    """Two programs in the place of the printing system's own; ``lp`` keeps what it is given."""

    LP = "#!/bin/sh\n[ -e {0}/broken ] && {{ echo 'lp: Destination is not accepting jobs.' >&2; exit 1; }}\n"
    KEEP = 'printf "%s\\n" "$*" >> {0}/calls\ncat > {0}/$(ls {0} | wc -l).pdf\n'
    LPSTAT = '#!/bin/sh\n[ -e {0}/stopped ] && word="disabled since now -" || word="is idle."\n'
    SAY = 'echo "printer Kiosk $word enabled"\n'

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "cups"
        self.folder.mkdir()
        programs = folder / "programs"
        programs.mkdir()
        for name, script in (("lp", self.LP + self.KEEP), ("lpstat", self.LPSTAT + self.SAY)):
            path = programs / name
            path.write_text(script.format(self.folder))
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        self.printer: Printer = CupsQueue("Kiosk")

    def papers(self) -> list[Image.Image]:
        return [rendered(path.read_bytes()) for path in sorted(self.folder.glob("*.pdf"))]

    def break_it(self) -> None:
        (self.folder / "broken").touch()

    def stop_queue(self) -> None:
        (self.folder / "stopped").touch()

    def calls(self) -> str:
        return (self.folder / "calls").read_text()


class InstalledEscpos:
    """A receipt printer: takes one connection at a time, burns rasters, cuts, answers status questions."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.paper = PAPER_THERE
        self.on_line = ON_LINE
        self.sheets: list[Image.Image] = []
        self._cut = threading.Condition()
        self._server = socket.create_server(("127.0.0.1", 0))
        host, port = self._server.getsockname()
        self.printer: Printer = EscposNetworkPrinter(host, port)
        threading.Thread(target=self._serve, daemon=True).start()

    def papers(self, at_least: int = 0) -> list[Image.Image]:
        with self._cut:
            assert self._cut.wait_for(lambda: len(self.sheets) >= at_least, PRINT_DEADLINE_SECONDS)
            return list(self.sheets)

    def break_it(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    close = break_it

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        taken = b""
        while piece := connection.recv(65536):
            for question, answer in ((b"\x04", self.paper), (b"\x01", self.on_line)):
                if piece.endswith(STATUS_QUESTION + question):
                    piece = piece.removesuffix(STATUS_QUESTION + question)
                    if self.answers:
                        connection.sendall(bytes([answer]))
            taken += piece
        if CUT in taken:
            with self._cut:
                self.sheets.append(burnt(taken))
                self._cut.notify_all()


def burnt(commands: bytes) -> Image.Image:
    """Read the rasters (``GS v 0``) of a print as one image."""
    strips, at = [], commands.find(RASTER)
    while at >= 0:
        wide = commands[at + 4] + 256 * commands[at + 5]
        high = commands[at + 6] + 256 * commands[at + 7]
        dots = commands[at + 8 : at + 8 + wide * high]
        strips.append(Image.frombytes("1", (wide * 8, high), bytes(byte ^ 0xFF for byte in dots)))
        at = commands.find(RASTER, at + 8 + wide * high)
    paper = Image.new("1", (strips[0].width, sum(strip.height for strip in strips)), 1)
    top = 0
    for strip in strips:
        paper.paste(strip, (0, top))
        top += strip.height
    return paper


def rendered(pdf: bytes) -> Image.Image:
    """Render a page as the receipt printer would."""
    document = pypdfium2.PdfDocument(pdf)
    height = document[0].get_height() / 72 * 25.4
    document.close()
    return ticket_dots(TicketSheet(UUID(int=0), "", pdf, 80, height, 4))


@pytest.fixture(scope="module")
def sheet() -> TicketSheet:
    drawing = lay_out(ticket("A042"), TicketFonts.read())
    return ticket_sheet(UUID(int=42), "A042", drawing)


@pytest.fixture
def escpos() -> Iterator[InstalledEscpos]:
    printer = InstalledEscpos()
    yield printer
    if printer._server.fileno() >= 0:
        printer.close()


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstalledCups:
    return InstalledCups(tmp_path, monkeypatch)


@pytest.fixture(params=["pdf", "cups", "escpos"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Installed:
    if request.param == "pdf":
        return InstalledPdf(tmp_path)
    chosen: Installed = request.getfixturevalue(request.param)
    return chosen


def wait_for_papers(installed: Installed, count: int) -> list[Image.Image]:
    return installed.papers(count) if isinstance(installed, InstalledEscpos) else installed.papers()


# What all of them promise


def test_the_paper_shows_the_page_dot_by_dot(installed: Installed, sheet: TicketSheet) -> None:
    installed.printer.put_on_paper(sheet)
    (paper,) = wait_for_papers(installed, 1)
    assert paper.size == ticket_dots(sheet).size
    assert paper.tobytes() == ticket_dots(sheet).tobytes()


def test_a_printer_out_of_service_is_reported_in_time(installed: Installed, sheet: TicketSheet) -> None:
    installed.printer.put_on_paper(sheet)
    installed.break_it()
    began = time.monotonic()
    with pytest.raises(PrinterError) as refusal:
        installed.printer.put_on_paper(sheet)
    assert time.monotonic() - began < PRINT_DEADLINE_SECONDS
    assert refusal.value.code != PrinterError.code


def test_a_sheet_can_come_again(installed: Installed, sheet: TicketSheet) -> None:
    installed.printer.put_on_paper(sheet)
    installed.printer.put_on_paper(sheet)
    papers = wait_for_papers(installed, 2)
    assert len(papers) == (1 if isinstance(installed, InstalledPdf) else 2)


def test_a_printer_says_what_kind_it_is(installed: Installed) -> None:
    assert installed.printer.kind in {"pdf", "cups", "escpos"}


# What only one of them knows


def test_no_paper_is_noticed_before_printing(escpos: InstalledEscpos, sheet: TicketSheet) -> None:
    escpos.paper = NO_PAPER
    with pytest.raises(PrinterOutOfPaperError):
        escpos.printer.put_on_paper(sheet)
    assert escpos.papers() == []


def test_an_open_lid_is_noticed_before_printing(escpos: InstalledEscpos, sheet: TicketSheet) -> None:
    escpos.on_line = OFF_LINE
    with pytest.raises(PrinterStoppedError):
        escpos.printer.put_on_paper(sheet)


def test_a_printer_that_answers_no_questions_prints_all_the_same(
    escpos: InstalledEscpos, sheet: TicketSheet
) -> None:
    escpos.answers = False
    escpos.printer.put_on_paper(sheet)
    assert len(escpos.papers(at_least=1)) == 1


def test_a_printer_that_hangs_up_is_unreachable(sheet: TicketSheet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(64)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(PrinterUnreachableError):
            EscposNetworkPrinter(*server.getsockname()).put_on_paper(sheet)
        thread.join()


def test_a_stopped_queue_takes_no_ticket_that_would_come_out_hours_later(
    cups: InstalledCups, sheet: TicketSheet
) -> None:
    cups.stop_queue()
    with pytest.raises(PrinterStoppedError):
        cups.printer.put_on_paper(sheet)
    assert cups.papers() == []


def test_the_printing_system_is_told_the_size_and_only_the_number(
    cups: InstalledCups, sheet: TicketSheet
) -> None:
    cups.printer.put_on_paper(sheet)
    assert f"-d Kiosk -t A042 -o media=Custom.80x{sheet.height_mm:.0f}mm" in cups.calls()


def test_a_device_without_a_printing_system_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sheet: TicketSheet
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PrinterNotInstalledError):
        CupsQueue("").put_on_paper(sheet)


def test_old_tickets_are_forgotten_and_young_ones_kept(tmp_path: Path, sheet: TicketSheet) -> None:
    printer = PdfDirectory(tmp_path)
    printer.put_on_paper(sheet)
    written = datetime.now(UTC)
    printer.forget_old(written + KEPT_FOR - timedelta(hours=1))
    assert len(list(tmp_path.glob("*.pdf"))) == 1
    printer.forget_old(written + KEPT_FOR + timedelta(hours=1))
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_ticket_without_paper_stays_valid_and_can_be_printed_later(tmp_path: Path) -> None:
    printer = InstalledEscpos()
    host, port = printer._server.getsockname()
    printer.paper = NO_PAPER
    with (
        stand_in_running() as service,
        kiosk_running(service.url, tmp_path / "kiosk", f"escpos:{host}:{port}") as kiosk,
    ):
        kiosk.connected()
        answer = kiosk.post("/api/tickets", {"service": "reisepass"})
        assert answer.status_code == 201
        issued = answer.json()
        assert (issued["printed"], issued["print_reason"]) == (False, "printer_out_of_paper")
        printer.paper = PAPER_THERE
        again = kiosk.post(f"/api/tickets/{issued['id']}/reprint", {}).json()
        assert (again["number"], again["printed"]) == (issued["number"], True)
        assert len(printer.papers(at_least=1)) == 1
    printer.close()
