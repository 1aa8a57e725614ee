"""What may be said on the kiosk's command line."""

import pytest

from kiosk.settings import (
    ESCPOS_PORT,
    SERIAL_BAUD,
    CupsPrinter,
    EscposPrinter,
    IppPrinter,
    PdfPrinter,
    PrinterChoice,
    SerialPrinter,
    SettingError,
    UsbPrinter,
    printer_choice,
    service_address,
)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("pdf", PdfPrinter()),
        ("cups", CupsPrinter()),
        ("cups:Empfang", CupsPrinter("Empfang")),
        ("escpos:192.168.1.50", EscposPrinter("192.168.1.50", ESCPOS_PORT)),
        ("escpos:drucker.local:9101", EscposPrinter("drucker.local", 9101)),
        ("escpos:[fe80::1]:9101", EscposPrinter("fe80::1", 9101)),
        ("escpos:fe80::1", EscposPrinter("fe80::1", ESCPOS_PORT)),
        ("escpos://192.168.1.50:9101", EscposPrinter("192.168.1.50", 9101)),
        ("ipp://drucker.local/ipp/print", IppPrinter("ipp://drucker.local/ipp/print")),
        ("usb:04b8:0E28", UsbPrinter(0x04B8, 0x0E28)),
        ("serial:/dev/ttyUSB0", SerialPrinter("/dev/ttyUSB0", SERIAL_BAUD)),
        ("serial:/dev/serial/by-id/usb-1:38400", SerialPrinter("/dev/serial/by-id/usb-1", 38_400)),
    ],
)
def test_a_printer_is_named_in_one_word(text: str, choice: PrinterChoice) -> None:
    assert printer_choice(text) == choice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "laser",
        "pdf:/tmp",
        "escpos",
        "escpos:",
        "escpos:host:99999",
        "escpos:host:0",
        "escpos:a/b",
        "cups:-d x",
        "cups:a/b",
        "ipp:",
        "ipp://host:0/ipp/print",
        "usb",
        "usb:04b8",
        "usb:4b8:e28",
        "serial:ttyUSB0",
        "serial:/dev/ttyUSB0:110",
    ],
)
def test_a_printer_that_can_not_be_meant_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        printer_choice(text)


def test_the_service_s_address_loses_its_last_slash() -> None:
    assert service_address("https://termine.example.de/") == "https://termine.example.de"


@pytest.mark.parametrize("text", ["termine.example.de", "ftp://x", "https://", "https://x/?a=b"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        service_address(text)
