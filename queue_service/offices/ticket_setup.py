"""What an office's file says about its tickets; a logo is chosen on the page ``/admin/ticket``."""

from typing import Annotated

import msgspec
from msgspec import Meta

from queue_service.offices.model import GERMAN, Language, allowed
from queue_service.protocol.ticket_layout import RollWidth, TicketLayout

LONGEST_HEADLINE = 60
"""Two lines above the number, which stays what is seen first."""
LONGEST_CLOSING = 200
"""Some five lines: paper that nobody reads to its end helps nobody."""

Headline = Annotated[
    str, Meta(min_length=1, max_length=LONGEST_HEADLINE, extra=allowed("text of 1 to 60 characters"))
]
Closing = Annotated[
    str, Meta(min_length=1, max_length=LONGEST_CLOSING, extra=allowed("text of 1 to 200 characters"))
]


class TicketSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Beyond what every ticket shows."""

    headline: Annotated[dict[Language, Headline], Meta(extra=GERMAN)] = {}
    """Above the number."""
    closing: Annotated[dict[Language, Closing], Meta(extra=GERMAN)] = {}
    """Below everything a visitor needs."""
    large_print: bool = False
    code: bool = True
    """A QR code beside the address by which the ticket is followed."""
    roll_mm: RollWidth = 80


def as_layout(setup: TicketSetup, logo: bytes = b"") -> TicketLayout:
    """Give what kiosks are told."""
    return TicketLayout(logo, **msgspec.structs.asdict(setup))
