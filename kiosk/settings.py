"""What the program is told at its start; a bad value ends it with a sentence that names the option."""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

ESCPOS_PORT = 9100
"""Raw printing port that network printers listen on by default (AppSocket, "JetDirect")."""


class SettingError(ValueError):
    """A value that the program can't start with."""


class PdfPrinter(msgspec.Struct, frozen=True, tag="pdf"):
    """Keep tickets as files, print nothing."""


class CupsPrinter(msgspec.Struct, frozen=True, tag="cups"):
    """A queue of the device's printing system; an empty name means its default queue."""

    queue: str = ""


class EscposPrinter(msgspec.Struct, frozen=True, tag="escpos"):
    """A receipt printer on the network."""

    host: str
    port: int = ESCPOS_PORT


PrinterChoice = PdfPrinter | CupsPrinter | EscposPrinter


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
    """Read ``pdf``, ``cups``, ``cups:QUEUE``, ``escpos:HOST`` or ``escpos:HOST:PORT`` ([IPv6] in brackets).

    Raises SettingError.
    """
    kind, _, rest = text.partition(":")
    match kind:
        case "pdf" if not rest:
            return PdfPrinter()
        case "cups":
            if rest.startswith("-"):
                raise SettingError(f"{rest!r} is not the name of a printer queue")
            return CupsPrinter(rest)
        case "escpos" if rest:
            return _network_printer(rest)
        case _:
            raise SettingError(f"{text!r} is none of pdf, cups, cups:QUEUE, escpos:HOST, escpos:HOST:PORT")


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
