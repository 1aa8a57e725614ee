"""Every way to a printer keeps the same promises; each is tried against something that takes its paper.

ESC/POS: one machine that interprets the commands it gets, behind a socket, a pair of terminals and a USB
backend. IPP: ``ippeveprinter``, asked itself and behind a queue of CUPS. PDF: the directory itself.
"""

import io
import os
import pty
import re
import resource
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

import pypdfium2  # type: ignore[import-untyped]
import pytest
import usb.backend.libusb1
from PIL import Image

from kiosk.errors import (
    PrinterError,
    PrinterNotInstalledError,
    PrinterStoppedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from kiosk.printing import escpos_printer, ipp_printer
from kiosk.printing.cups_queue import named_queue
from kiosk.printing.escpos_network import NetworkWires
from kiosk.printing.escpos_printer import EscposPrinter, receipt_printer
from kiosk.printing.escpos_serial import SerialWires
from kiosk.printing.ipp_printer import IppPrinter
from kiosk.printing.pdf_directory import KEPT_FOR, PdfDirectory
from kiosk.printing.printer import PRINT_DEADLINE_SECONDS, Printer
from kiosk.printing.printer_states import ERRORS
from kiosk.printing.ticket_printing import FONTS
from kiosk.settings import SerialPrinter, UsbPrinter
from queue_service.protocol.device_care import PrinterState
from queue_service.ticket_paper.dots import ticket_dots
from queue_service.ticket_paper.fonts import TicketFonts
from queue_service.ticket_paper.layout import lay_out
from queue_service.ticket_paper.page import TicketSheet, ticket_sheet
from tests.system.cups_running import QUEUE, RunningCups, cups_running
from tests.system.ipp_printer_running import RunningIppPrinter, ipp_printer_running
from tests.system.kiosk_processes import kiosk_running, stand_in_running
from tests.system.receipt_printer import (
    PRODUCT,
    VENDOR,
    OnALine,
    OnTheNetwork,
    OnUsb,
    ReceiptPrinter,
    stand_in_backend,
)
from tests.unit.test_ticket_languages import drawn
from tests.unit.test_ticket_layout import ticket

KINDS = ["pdf", "ipp", "cups", "escpos", "usb", "serial"]
FASTEST_BAUD = 4_000_000
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


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


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


@pytest.fixture(scope="module")
def sheets() -> tuple[TicketSheet, TicketSheet]:
    """A German and an Arabic ticket."""
    fonts = TicketFonts.read(FONTS)
    return (
        ticket_sheet(UUID(int=42), "A042", lay_out(ticket("A042"), fonts)),
        ticket_sheet(UUID(int=43), "A043", drawn("ar", fonts)),
    )


@pytest.fixture(scope="module")
def running_ipp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningIppPrinter]:
    with ipp_printer_running(tmp_path_factory.mktemp("ipp")) as running:
        yield running


@pytest.fixture(scope="module")
def running_cups(running_ipp: RunningIppPrinter) -> Iterator[RunningCups]:
    with cups_running(running_ipp.uri) as running:
        yield running


@pytest.fixture
def ended() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def on_the_network(ended: ExitStack) -> InstalledReceiptPrinter:
    machine = ReceiptPrinter()
    plug = OnTheNetwork(machine)
    ended.callback(plug.unplug)
    return InstalledReceiptPrinter(machine, plug, EscposPrinter(NetworkWires(*plug.address)))


def on_a_line(ended: ExitStack) -> InstalledReceiptPrinter:
    machine = ReceiptPrinter()
    plug = OnALine(machine)
    ended.callback(plug.unplug)
    return InstalledReceiptPrinter(machine, plug, receipt_printer(SerialPrinter(plug.path)))


def on_usb(monkeypatch: pytest.MonkeyPatch) -> InstalledReceiptPrinter:
    machine = ReceiptPrinter()
    plug = OnUsb(machine)
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", stand_in_backend(plug))
    return InstalledReceiptPrinter(machine, plug, receipt_printer(UsbPrinter(VENDOR, PRODUCT)))


def behind_a_queue(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, ended: ExitStack
) -> InstalledCups:
    running: RunningIppPrinter = request.getfixturevalue("running_ipp")
    cups: RunningCups = request.getfixturevalue("running_cups")
    running.start()
    ended.callback(running.clear)
    ended.callback(cups.order, "lpadmin", "-p", QUEUE, "-E", "-v", running.uri)
    return InstalledCups(running, cups, monkeypatch)


@pytest.fixture(params=KINDS)
def installed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: ExitStack
) -> Installed:
    match request.param:
        case "pdf":
            return InstalledPdf(tmp_path, ended)
        case "ipp":
            running: RunningIppPrinter = request.getfixturevalue("running_ipp")
            running.start()
            ended.callback(running.clear)
            return InstalledIpp(running)
        case "cups":
            return behind_a_queue(request, monkeypatch, ended)
        case "escpos":
            return on_the_network(ended)
        case "usb":
            return on_usb(monkeypatch)
        case _:
            return on_a_line(ended)


# What all of them promise


def test_two_tickets_come_out_whole_once_and_in_order_in_any_script(
    installed: Installed, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    for sheet in sheets:
        installed.printer.put_on_paper(sheet)
    papers = installed.papers(2)
    assert [paper.tobytes() for paper in papers] == [ticket_dots(sheet).tobytes() for sheet in sheets]


def test_a_trouble_is_seen_before_anybody_asks_and_gone_when_it_is_over(
    installed: Installed, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    assert installed.printer.look() == "ok"
    for state in installed.troubles:
        installed.become(state)
        assert installed.printer.look() == state
        if state != "paper_low":
            with pytest.raises(ERRORS[state] if state != "failed" else PrinterError):
                installed.printer.put_on_paper(sheets[0])
    installed.become("ok")
    assert installed.printer.look() == "ok"
    installed.printer.put_on_paper(sheets[0])
    assert len(installed.papers(1)) == 1


def test_half_a_ticket_is_not_called_printed_and_not_finished_with_the_next_one(
    installed: Installed, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    installed.break_off()
    with pytest.raises(PrinterError):
        installed.printer.put_on_paper(sheets[0])
    # Somebody comes with a new roll; a look is over when all that was sent before has arrived.
    installed.printer.look()
    installed.become("ok")
    installed.printer.put_on_paper(sheets[1])
    (paper,) = installed.papers(1)
    assert paper.tobytes() == ticket_dots(sheets[1]).tobytes()


def test_a_printer_that_was_taken_away_is_missed_in_time(
    installed: Installed, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    installed.unplug()
    began = time.monotonic()
    assert installed.printer.look() in {"offline", "failed"}
    with pytest.raises(PrinterError) as refusal:
        installed.printer.put_on_paper(sheets[0])
    assert time.monotonic() - began < PRINT_DEADLINE_SECONDS
    assert refusal.value.code != PrinterError.code


# What only some of them know


@pytest.mark.parametrize("plug", ["escpos", "ipp"])
def test_a_printer_that_is_busy_is_not_waited_for_without_end(
    plug: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    ended: ExitStack,
    sheets: tuple[TicketSheet, TicketSheet],
) -> None:
    for module in (escpos_printer, ipp_printer):
        monkeypatch.setattr(module, "PRINT_DEADLINE_SECONDS", SHORT_SECONDS)
    if plug == "ipp":
        running: RunningIppPrinter = request.getfixturevalue("running_ipp")
        running.start()
        ended.callback(running.clear)
        (running.paper / "busy").touch()
        printer: Printer = IppPrinter("cups", running.uri)
    else:
        installed = on_the_network(ended)
        installed.machine.stalls = True
        printer = installed.printer
    began = time.monotonic()
    with pytest.raises(PrinterTimeoutError):
        printer.put_on_paper(sheets[0])
    assert time.monotonic() - began < SHORT_SECONDS * 4


def test_a_line_that_takes_nothing_more_is_given_up_and_emptied(
    monkeypatch: pytest.MonkeyPatch, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    monkeypatch.setattr(escpos_printer, "PRINT_DEADLINE_SECONDS", SHORT_SECONDS)
    far, near = pty.openpty()
    with pytest.raises(PrinterTimeoutError):
        EscposPrinter(SerialWires(os.ttyname(near), FASTEST_BAUD)).put_on_paper(sheets[0])
    os.close(near)
    os.close(far)


def test_a_usb_printer_with_a_full_buffer_times_out_and_is_given_back(
    monkeypatch: pytest.MonkeyPatch, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    machine = ReceiptPrinter()
    bus = OnUsb(machine)
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", stand_in_backend(bus))
    bus.full = True
    with pytest.raises(PrinterTimeoutError):
        receipt_printer(UsbPrinter(VENDOR, PRODUCT)).put_on_paper(sheets[0])
    assert bus.claims == 0


def test_usb_without_the_system_s_library_says_so(
    monkeypatch: pytest.MonkeyPatch, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    monkeypatch.setattr(usb.backend.libusb1, "get_backend", lambda *_, **__: None)
    with pytest.raises(PrinterNotInstalledError):
        receipt_printer(UsbPrinter(VENDOR, PRODUCT)).put_on_paper(sheets[0])


@pytest.mark.parametrize("silence", ["silent", "silent_in_turn"])
def test_a_printer_that_answers_no_questions_is_taken_at_its_word(
    silence: str, ended: ExitStack, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    installed = on_the_network(ended)
    setattr(installed.machine, silence, True)
    assert installed.printer.look() == (None if silence == "silent" else "ok")
    installed.printer.put_on_paper(sheets[0])
    assert len(installed.papers(1)) == 1


def test_a_printer_that_hangs_up_is_unreachable(sheets: tuple[TicketSheet, TicketSheet]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(64)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(PrinterUnreachableError):
            EscposPrinter(NetworkWires(*server.getsockname())).put_on_paper(sheets[0])
        thread.join()


def test_a_queue_that_does_not_exist_is_not_installed(
    running_ipp: RunningIppPrinter, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    printer = IppPrinter("cups", running_ipp.uri.replace("/ipp/print", "/printers/none"))
    with pytest.raises((PrinterNotInstalledError, PrinterStoppedError, PrinterUnreachableError)):
        printer.put_on_paper(sheets[0])
    assert printer.look() in {"failed", "offline"}


def test_a_device_without_a_printing_system_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    monkeypatch.setattr(ipp_printer, "IPP_PORT", closed_port())
    with pytest.raises(PrinterUnreachableError):
        named_queue("Kiosk", tmp_path / "no.sock").put_on_paper(sheets[0])


def test_old_tickets_are_forgotten_and_young_ones_kept(
    tmp_path: Path, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    printer = PdfDirectory(tmp_path)
    printer.put_on_paper(sheets[0])
    written = datetime.now(UTC)
    printer.forget_old(written + KEPT_FOR - timedelta(hours=1))
    assert len(list(tmp_path.glob("*.pdf"))) == 1
    printer.forget_old(written + KEPT_FOR + timedelta(hours=1))
    assert list(tmp_path.glob("*.pdf")) == []


def test_missing_paper_is_on_the_page_before_anybody_touches_it_and_the_ticket_is_valid_all_the_same(
    tmp_path: Path, ended: ExitStack
) -> None:
    installed = on_the_network(ended)
    plug = OnTheNetwork(installed.machine)
    ended.callback(plug.unplug)
    installed.become("paper_out")
    host, port = plug.address
    with (
        stand_in_running() as service,
        kiosk_running(service.url, tmp_path / "kiosk", f"escpos:{host}:{port}") as kiosk,
    ):
        kiosk.connected()
        assert kiosk.until(lambda state: state["printer"] == "paper_out")["office"]
        answer = kiosk.post("/api/tickets", {"service": "reisepass"})
        assert answer.status_code == 201
        issued = answer.json()
        assert (issued["printed"], issued["print_reason"]) == (False, "printer_out_of_paper")
        installed.become("ok")
        again = kiosk.post(f"/api/tickets/{issued['id']}/reprint", {}).json()
        assert (again["number"], again["printed"]) == (issued["number"], True)
        assert len(installed.papers(1)) == 1
        kiosk.until(lambda state: state["printer"] == "ok")
