"""How a ticket will look, as a picture: page and print head as at the kiosk, with facts made up for it."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from uuid import UUID

import msgspec

from queue_service.protocol.device_api import IssuedTicket
from queue_service.protocol.stream import OfficeCard, WaitRange
from queue_service.protocol.ticket_layout import TicketLayout
from queue_service.ticket_paper.dots import ticket_dots
from queue_service.ticket_paper.fonts import TicketFonts
from queue_service.ticket_paper.layout import lay_out
from queue_service.ticket_paper.page import ticket_sheet
from queue_service.ticket_paper.texts import TicketTexts
from queue_service.ticket_paper.wording import TicketFacts, ticket_words

NUMBER = "A042"
TOKEN = "Kq3vB7xZ2mN9pR4sT6wY1c"  # noqa: S105  # of nobody's ticket
AHEAD, WAIT = 12, WaitRange(20, 35)
MOST_REMEMBERED = 64
"""Pictures of some 10 kB: whoever tries a text looks at most languages again as they were."""
APPOINTMENT_IN = timedelta(minutes=25)

_drawing = Lock()
"""The PDF library is not made for several threads."""


class Sample(msgspec.Struct, frozen=True):
    """One ticket to be looked at."""

    language: str
    outage: bool = False
    copy: bool = False
    appointment: bool = False
    fetched: bool = False
    """Of a visitor whom somebody brings to the counter."""


class Picture(msgspec.Struct, frozen=True):
    """A ticket's printable part, dot by dot."""

    sample: Sample
    png: bytes
    width: int
    height: int


def pictures(
    samples: Sequence[Sample], office: OfficeCard, layout: TicketLayout, now: datetime, fonts: Path
) -> list[Picture]:
    """Draw tickets of an office; takes some 50 ms each, and half a second at the first."""
    minute = now.replace(second=0, microsecond=0)
    encoded = [msgspec.json.encode(_Ask(sample, office, layout, minute)) for sample in samples]
    with _drawing:
        return [_drawn(ask, fonts) for ask in encoded]


class _Ask(msgspec.Struct, frozen=True):
    sample: Sample
    office: OfficeCard
    layout: TicketLayout
    now: datetime


@lru_cache(MOST_REMEMBERED)
def _drawn(encoded: bytes, fonts: Path) -> Picture:
    ask = msgspec.json.decode(encoded, type=_Ask)
    sample, office, layout, now = ask.sample, ask.office, ask.layout, ask.now
    unknown = sample.outage
    ticket = IssuedTicket(
        id=UUID(int=0),
        number=NUMBER,
        token=TOKEN,
        people_ahead=0 if unknown else AHEAD,
        wait=None if unknown else WAIT,
        created_at=now,
        follow_url=f"{office.follow_url}{TOKEN}" if office.follow_url else "",
        appointment_at=now + APPOINTMENT_IN if sample.appointment else None,
        pick_up=sample.fetched,
    )
    copied_at = now if sample.copy else None
    facts = TicketFacts(ticket, office, sample.language, outage=sample.outage, copied_at=copied_at)
    drawing = lay_out(ticket_words(facts, _texts(), layout), _fonts(fonts), layout)
    dots = ticket_dots(ticket_sheet(ticket.id, ticket.number, drawing))
    file = io.BytesIO()
    dots.save(file, "PNG")
    return Picture(sample, file.getvalue(), dots.width, dots.height)


@cache
def _texts() -> TicketTexts:
    return TicketTexts.read()


@cache
def _fonts(folder: Path) -> TicketFonts:
    return TicketFonts.read(folder)


def unprintable(text: str, fonts: Path) -> list[str]:
    """Give the characters that tickets have no letters for, each once."""
    with _drawing:
        return _fonts(fonts).missing(text)
