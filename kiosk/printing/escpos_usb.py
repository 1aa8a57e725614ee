"""The wire to a receipt printer on USB, by its vendor's and product's number."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import usb.core
import usb.util

from kiosk.errors import PrinterNotInstalledError, PrinterTimeoutError, PrinterUnreachableError
from kiosk.printing.escpos_wire import Wire

PRINTER_CLASS = 7
"""USB Device Class Definition for Printing Devices."""
PIECE_BYTES = 4096
"""Handed over at once: a printer that stops is noticed between two pieces."""
MOST_AT_ONCE = 64
"""At least a packet, or the bus reports an overflow."""
MILLISECONDS = 1000


class UsbWires:
    """Claims the printer for each ticket, away from the system's own driver, and gives it back."""

    kind = "usb"

    def __init__(self, vendor: int, product: int) -> None:
        self._vendor = vendor
        self._product = product

    def seconds_for(self, count: int) -> float:  # noqa: ARG002 - as every wire is asked
        """Say that USB takes no time worth counting."""
        return 0.0

    @contextmanager
    def opened(self) -> Iterator[Wire]:
        """Find the printer and claim it."""
        try:
            device: Any = usb.core.find(idVendor=self._vendor, idProduct=self._product)
        except usb.core.NoBackendError as error:
            raise PrinterNotInstalledError("libusb-1.0 is missing") from error
        if device is None:
            raise PrinterUnreachableError("no such device on the bus")
        try:
            number, ends = _claimed(device)
        except usb.core.USBError as error:
            usb.util.dispose_resources(device)
            raise PrinterUnreachableError(error.strerror) from error
        try:
            yield UsbWire(*ends)
        finally:
            usb.util.release_interface(device, number)
            usb.util.dispose_resources(device)


def _claimed(device: Any) -> tuple[int, tuple[Any, Any]]:
    """Claim the printer's interface; give its number and its bulk end points, out and in."""
    for configuration in device:
        interface = usb.util.find_descriptor(configuration, bInterfaceClass=PRINTER_CLASS)
        if interface is None:
            continue
        number = interface.bInterfaceNumber
        if device.is_kernel_driver_active(number):
            device.detach_kernel_driver(number)
        # Setting it again would reset a printer that is in the middle of something.
        if device.get_active_configuration().bConfigurationValue != configuration.bConfigurationValue:
            device.set_configuration(configuration.bConfigurationValue)
        usb.util.claim_interface(device, number)
        return number, (_end(interface, usb.util.ENDPOINT_OUT), _end(interface, usb.util.ENDPOINT_IN))
    raise PrinterNotInstalledError("the device is no printer")


def _end(interface: Any, way: int) -> Any:
    def is_wanted(end: Any) -> bool:
        return bool(
            usb.util.endpoint_direction(end.bEndpointAddress) == way
            and usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        )

    return usb.util.find_descriptor(interface, custom_match=is_wanted)


class UsbWire:
    """The claimed printer; one that only listens has no end point for answers."""

    def __init__(self, out: Any, back: Any) -> None:
        self._out = out
        self._back = back

    def send(self, data: bytes, seconds: float) -> None:
        """Hand over all of it within ``seconds`` together."""
        ends = time.monotonic() + seconds
        sent = 0
        while sent < len(data):
            left = max(round((ends - time.monotonic()) * MILLISECONDS), 1)
            try:
                sent += self._out.write(data[sent : sent + PIECE_BYTES], left)
            except usb.core.USBTimeoutError as error:
                raise PrinterTimeoutError from error
            except usb.core.USBError as error:
                raise PrinterUnreachableError(error.strerror) from error

    def answer(self, seconds: float) -> bytes:
        """Give what has come; a printer with nothing to say answers with empty packets."""
        ends = time.monotonic() + seconds
        while self._back is not None and (left := round((ends - time.monotonic()) * MILLISECONDS)) > 0:
            try:
                if answer := bytes(self._back.read(MOST_AT_ONCE, left)):
                    return answer
            except usb.core.USBTimeoutError:
                break
            except usb.core.USBError as error:
                raise PrinterUnreachableError(error.strerror) from error
        return b""
