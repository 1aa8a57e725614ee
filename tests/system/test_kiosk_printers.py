"""Every way to a printer keeps the same promises; each is tried against something that takes its paper.

ESC/POS: one machine that interprets the commands it gets, behind a socket, a pair of terminals and a USB
backend. IPP: ``ippeveprinter``, asked itself and behind a queue of CUPS. PDF: the directory itself.
"""

import os
import pty
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import serial
import usb.backend.libusb1

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
from queue_service.ticket_paper.dots import ticket_dots
from queue_service.ticket_paper.fonts import TicketFonts
from queue_service.ticket_paper.layout import lay_out
from queue_service.ticket_paper.page import TicketSheet, ticket_sheet
from tests.system.cups_running import QUEUE, RunningCups, cups_running
from tests.system.installed_printers import (
    SHORT_SECONDS,
    Installed,
    InstalledCups,
    InstalledIpp,
    InstalledPdf,
    InstalledReceiptPrinter,
)
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


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


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
    running: RunningIppPrinter = request.getfixturevalue("running_ipp")
    if plug == "ipp":
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
    if plug == "ipp":
        monkeypatch.undo()
        threading.Timer(SHORT_SECONDS, (running.paper / "busy").unlink).start()
        printer.put_on_paper(sheets[1])  # whoever was before is waited for


def test_a_line_that_takes_nothing_more_is_given_up_and_emptied(
    monkeypatch: pytest.MonkeyPatch, sheets: tuple[TicketSheet, TicketSheet]
) -> None:
    monkeypatch.setattr(escpos_printer, "PRINT_DEADLINE_SECONDS", SHORT_SECONDS)
    emptied: list[serial.Serial] = []
    monkeypatch.setattr(serial.Serial, "reset_output_buffer", lambda line: emptied.append(line))  # noqa: PLW0108 - a method of the line, which a built-in is not
    far, near = pty.openpty()
    with pytest.raises(PrinterTimeoutError):
        EscposPrinter(SerialWires(os.ttyname(near), FASTEST_BAUD)).put_on_paper(sheets[0])
    # A pair of terminals has no driver whose buffer one could see emptied.
    assert emptied
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
