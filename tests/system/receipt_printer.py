"""A receipt printer as it behaves: burns rasters, cuts, runs out, stands open, and answers questions.

The same machine is put at the end of a socket, of a terminal's pair and of a USB backend.
"""

import errno
import os
import pty
import select
import socket
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core
from PIL import Image

QUESTION, RASTER, CUT, IN_TURN, FEED = b"\x10\x04", b"\x1dv0", b"\x1dV", b"\x1dr\x01", b"\x1bd"
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
INIT = b"\x1b@"
VENDOR, PRODUCT = 0x04B8, 0x0E28
PATIENCE_SECONDS = 10.0


class ReceiptPrinter:
    """What stands behind the plug; ``feed`` takes bytes and gives answers."""

    def __init__(self) -> None:
        self.paper_low = self.paper_out = self.cover_open = self.off_line = self.cutter_jammed = False
        self.stalls = False
        """Works no raster off, as with a hot print head; real-time questions are answered all the same."""
        self.silent = False
        self.silent_in_turn = False
        self.runs_out_after: int | None = None
        """Strips that the roll is still good for."""
        self.cut_sheets: list[Image.Image] = []
        self.strips: list[Image.Image] = []
        self._pending = b""
        self._changed = threading.Condition()

    def sheets(self, at_least: int = 0) -> list[Image.Image]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.cut_sheets) >= at_least, PATIENCE_SECONDS)
            return list(self.cut_sheets)

    def feed(self, given: bytes) -> bytes:
        with self._changed:
            self._pending += given
            answers = b""
            while step := self._step():
                answers += step[1]
                self._pending = self._pending[step[0] :]
            self._changed.notify_all()
            return b"" if self.silent else answers

    def _step(self) -> tuple[int, bytes] | None:  # noqa: PLR0911 - one way a command
        """Work off one command: how long it was, and what is answered; None for none that can be."""
        stalled = self.stalls and self._pending.startswith(RASTER)
        waits = stalled or self.paper_out or self.cover_open or self.off_line
        pending = self._pending
        if waits and not pending.startswith((QUESTION, CLEAR)):
            return self._real_time_behind(pending)
        if pending.startswith(QUESTION) and len(pending) > len(QUESTION):
            return 3, self._status(pending[2])
        if pending.startswith(CLEAR):
            self.strips = []
            return len(CLEAR), b""
        if pending.startswith(INIT):
            return len(INIT), b""
        if pending.startswith(FEED):
            return 3, b""
        if pending.startswith(IN_TURN):
            return len(IN_TURN), b"" if self.silent_in_turn else b"\x00"
        if pending.startswith(RASTER) and len(pending) > 8:
            return self._burn(pending)
        if pending.startswith(CUT) and len(pending) > 2:
            self.cut_sheets.append(stacked(self.strips))
            self.strips = []
            return 3, b""
        return None

    def _real_time_behind(self, pending: bytes) -> tuple[int, bytes] | None:
        """Real-time commands go past whatever waits to be worked off."""
        if (at := pending.find(CLEAR)) >= 0:
            self.strips = []
            return at + len(CLEAR), b""
        at = pending.find(QUESTION)
        if 0 <= at < len(pending) - len(QUESTION) and pending[at + 2] in b"\x01\x02\x03\x04":
            self._pending = pending[:at] + pending[at + 3 :]
            return 0, self._status(pending[at + 2])
        return None

    def _burn(self, pending: bytes) -> tuple[int, bytes] | None:
        wide, high = pending[4] + 256 * pending[5], pending[6] + 256 * pending[7]
        end = 8 + wide * high
        if len(pending) < end:
            return None
        if self.runs_out_after is not None and len(self.strips) >= self.runs_out_after:
            self.paper_out = True
            return 0, b""
        dots = bytes(byte ^ 0xFF for byte in pending[8:end])
        self.strips.append(Image.frombytes("1", (wide * 8, high), dots))
        return end, b""

    def _status(self, kind: int) -> bytes:
        bits = {
            1: 0x08 * (self.off_line or self.paper_out or self.cover_open),
            2: 0x04 * self.cover_open | 0x20 * self.paper_out,
            3: 0x08 * self.cutter_jammed,
            4: 0x0C * (self.paper_low or self.paper_out) | 0x60 * self.paper_out,
        }
        return bytes([0x12 | bits[kind]])


def stacked(strips: list[Image.Image], width: int = 576) -> Image.Image:
    paper = Image.new("1", (width, sum(strip.height for strip in strips)), 1)
    top = 0
    for strip in strips:
        paper.paste(strip, (0, top))
        top += strip.height
    return paper


class OnTheNetwork:
    """Takes one connection at a time."""

    def __init__(self, machine: ReceiptPrinter) -> None:
        self.machine = machine
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._server.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def unplug(self) -> None:
        if self._server.fileno() >= 0:
            self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
                with connection:
                    while given := connection.recv(65536):
                        connection.sendall(self.machine.feed(given))
            except OSError:
                if self._server.fileno() < 0:
                    return


class OnALine:
    """The far end of a pseudo-terminal."""

    def __init__(self, machine: ReceiptPrinter) -> None:
        self.machine = machine
        self._far, self._near = pty.openpty()
        self.path = os.ttyname(self._near)
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        if self._near >= 0:
            os.write(self._stopped, b".")
            self._thread.join()
            for end in (self._near, self._far, self._stop, self._stopped):
                os.close(end)
            self._near = -1

    def _serve(self) -> None:
        while True:
            ready, _, _ = select.select([self._far, self._stop], [], [])
            if self._stop in ready:
                return
            if answers := self.machine.feed(os.read(self._far, 65536)):
                os.write(self._far, answers)


class OnUsb(usb.backend.IBackend):  # type: ignore[misc]
    """A bus with one printer on it, at the interface by which pyusb reaches libusb."""

    OUT, BACK = 0x01, 0x82

    def __init__(self, machine: ReceiptPrinter) -> None:
        self.machine = machine
        self.plugged = True
        self.full = False
        """Takes nothing more."""
        self.drivers_own = True
        self.claims = 0
        self._answers = b""

    def unplug(self) -> None:
        self.plugged = False

    def enumerate_devices(self) -> list[str]:
        return ["printer"] if self.plugged else []

    def get_device_descriptor(self, _device: Any) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=VENDOR, idProduct=PRODUCT, bcdDevice=0x100, iManufacturer=0,
            iProduct=0, iSerialNumber=0, bNumConfigurations=1, address=1, bus=1, port_number=1,
            port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, _device: Any, _number: int) -> Any:
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, _device: Any, number: int, setting: int, _configuration: int) -> Any:
        if number or setting:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, _device: Any, end: int, *_where: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(self.OUT, self.BACK)[end], bmAttributes=2,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, device: Any) -> Any:
        return device

    def close_device(self, _handle: Any) -> None: ...

    def get_configuration(self, _handle: Any) -> int:
        return 1

    def claim_interface(self, _handle: Any, _number: int) -> None:
        if self.drivers_own:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)
        self.claims += 1

    def release_interface(self, _handle: Any, _number: int) -> None:
        self.claims -= 1

    def is_kernel_driver_active(self, _handle: Any, _number: int) -> bool:
        return self.drivers_own

    def detach_kernel_driver(self, _handle: Any, _number: int) -> None:
        self.drivers_own = False

    def bulk_write(self, _handle: Any, end: int, _number: int, data: Any, _timeout: int) -> int:
        self._require(end == self.OUT)
        if self.full:
            raise usb.core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        self._answers += self.machine.feed(bytes(data))
        return len(data)

    def bulk_read(self, _handle: Any, end: int, _number: int, buffer: Any, _timeout: int) -> int:
        self._require(end == self.BACK)
        if not self._answers:
            raise usb.core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        given, self._answers = self._answers[: len(buffer)], self._answers[len(buffer) :]
        buffer[: len(given)] = type(buffer)("B", given)
        return len(given)

    def _require(self, right_end: bool) -> None:
        if not (self.plugged and right_end):
            raise usb.core.USBError("No such device", errno=errno.ENODEV)


def stand_in_backend(bus: OnUsb) -> Callable[..., OnUsb]:
    """Give what pyusb asks for its backend."""
    return lambda *_, **__: bus
