"""How an office's tickets look; the kiosk keeps it with its card, for a start without network."""

from typing import Literal

import msgspec

RollWidth = Literal[58, 80]
"""Millimetres; receipt printers are built for one of the two."""


class TicketLayout(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an office has chosen beyond what every ticket shows."""

    logo: bytes = b""
    """A PNG of black and white dots, as wide and high as it is printed at 8 dots a millimetre."""
    headline: dict[str, str] = {}
    """Above the number, by language tag."""
    closing: dict[str, str] = {}
    """Below everything a visitor needs, by language tag."""
    large_print: bool = False
    code: bool = True
    """Whether a QR code stands beside the address by which the ticket is followed."""
    roll_mm: RollWidth = 80


EVERYDAY = TicketLayout()
"""Of an office that has chosen nothing."""
