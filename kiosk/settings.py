"""What the program is told at its start; a bad value ends it with a sentence that names the option."""

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

ESCPOS_PORT = 9100
"""Raw printing port that network printers listen on by default (AppSocket, "JetDirect")."""

SERIAL_BAUD = 115_200
"""A ticket of dots (44 kB) takes four seconds so; printers often come with less and are set by switches."""
BAUDS = (9_600, 19_200, 38_400, 57_600, 115_200)
PRINTER_FORMS = (
    "pdf, cups, cups:QUEUE, ipp://HOST/PATH, escpos:HOST, escpos:HOST:PORT, "
    "usb:VENDOR:PRODUCT, serial:/dev/NAME or serial:/dev/NAME:BAUD"
)
QUEUE_NAME = re.compile(r"[^\s/#-][^\s/#]{0,126}|")
"""As CUPS allows; the empty one is the default queue."""
USB_NUMBER = re.compile(r"[0-9a-fA-F]{4}")


class SettingError(ValueError):
    """A value that the program can't start with."""


class PdfPrinter(msgspec.Struct, frozen=True, tag="pdf"):
    """Keep tickets as files, print nothing."""


class CupsPrinter(msgspec.Struct, frozen=True, tag="cups"):
    """A queue of the device's printing system; an empty name means its default queue."""

    queue: str = ""


class IppPrinter(msgspec.Struct, frozen=True, tag="ipp"):
    """A printer on the network that understands IPP Everywhere and PDF, asked without a printing system."""

    uri: str


class EscposPrinter(msgspec.Struct, frozen=True, tag="escpos"):
    """A receipt printer on the network."""

    host: str
    port: int = ESCPOS_PORT


class UsbPrinter(msgspec.Struct, frozen=True, tag="usb"):
    """A receipt printer on USB, by the numbers that ``lsusb`` shows."""

    vendor: int
    product: int


class SerialPrinter(msgspec.Struct, frozen=True, tag="serial"):
    """A receipt printer on a serial line."""

    path: str
    baud: int = SERIAL_BAUD


PrinterChoice = PdfPrinter | CupsPrinter | IppPrinter | EscposPrinter | UsbPrinter | SerialPrinter


class KioskSettings(msgspec.Struct, frozen=True):
    """Where the service is, who this device is, and where it prints."""

    service: str
    """Base address of the service without a slash at its end."""
    token_file: Path
    """Holds the device token; read again at each attempt to connect, so it may change while we run.
    Without one the device shows a code."""
    port: int
    """Port of the page on the loopback interface; 0 takes a free one."""
    data_dir: Path
    printer: PrinterChoice


def service_address(text: str) -> str:
    """Check the service's base address.

    Raises SettingError.
    """
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingError(f"{text!r} is not an address like https://termine.example.de")
    return text.rstrip("/")


def printer_choice(text: str) -> PrinterChoice:
    """Read one of ``PRINTER_FORMS``; an IPv6 address with a port stands in brackets, ``//`` may stand before.

    Raises SettingError.
    """
    kind, _, rest = text.partition(":")
    match kind:
        case "pdf" if not rest:
            return PdfPrinter()
        case "cups" if QUEUE_NAME.fullmatch(rest):
            return CupsPrinter(rest)
        case "ipp" | "ipps" if urlsplit(text).hostname and _has_port(text):
            return IppPrinter(text)
        case "escpos" if rest:
            return _network_printer(rest.removeprefix("//"))
        case "usb":
            return _usb_printer(rest)
        case "serial":
            return _serial_printer(rest)
        case _:
            raise SettingError(f"{text!r} is none of {PRINTER_FORMS}")


def _has_port(uri: str) -> bool:
    try:
        return urlsplit(uri).port != 0
    except ValueError:
        return False


def _usb_printer(numbers: str) -> UsbPrinter:
    vendor, _, product = numbers.partition(":")
    if not (USB_NUMBER.fullmatch(vendor) and USB_NUMBER.fullmatch(product)):
        raise SettingError(f"{numbers!r} are not two numbers of four hexadecimal digits, as 04b8:0e28")
    return UsbPrinter(int(vendor, 16), int(product, 16))


def _serial_printer(line: str) -> SerialPrinter:
    path, _, baud = line.partition(":")
    if not path.startswith("/"):
        raise SettingError(f"{path!r} is not a line's name, as /dev/ttyUSB0")
    if not baud:
        return SerialPrinter(path)
    if baud not in map(str, BAUDS):
        raise SettingError(f"{baud!r} is none of the speeds {', '.join(map(str, BAUDS))}")
    return SerialPrinter(path, int(baud))


def _network_printer(address: str) -> EscposPrinter:
    if _is_bare_ipv6(address):
        return EscposPrinter(address)
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingError(f"{address!r} is not a printer's address: {error}") from error
    if not host or parts.path or port == 0:
        raise SettingError(f"{address!r} is not a printer's address like 192.168.1.50:9100")
    return EscposPrinter(host, port or ESCPOS_PORT)


def _is_bare_ipv6(address: str) -> bool:
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True
