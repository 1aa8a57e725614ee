"""An office's logo comes out of the printer dot by dot, and a hostile file comes to nothing."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw

from kiosk.printing.ticket_printing import FONTS
from queue_service.protocol.ticket_layout import TicketLayout
from queue_service.ticket_paper.layout import DOTS_PER_MM, TOP_MM
from queue_service.ticket_paper.logo import LARGEST_FILE_BYTES, MOST_HIGH, MOST_WIDE, NotALogo, logo_dots
from queue_service.ticket_paper.preview import Sample, pictures
from tests.unit.test_ticket_wording import OFFICE

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def coloured(width: int, height: int) -> bytes:
    """A red disc on nothing."""
    picture = Image.new("RGBA", (width, height))
    ImageDraw.Draw(picture).ellipse((0, 0, width // 2, height - 1), fill=(179, 0, 27, 255))
    return png(picture)


def test_a_large_coloured_logo_becomes_dots_that_fit_the_narrow_roll() -> None:
    dots = Image.open(io.BytesIO(logo_dots(coloured(1200, 300))))
    assert dots.mode == "1"
    assert dots.width <= MOST_WIDE
    assert dots.height <= MOST_HIGH
    assert logo_dots(png(dots)) == logo_dots(coloured(1200, 300)), "kept dots are a logo again"


@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_dot_of_the_logo_is_on_paper(language: str) -> None:
    logo = logo_dots(coloured(300, 100))
    [picture] = pictures([Sample(language)], OFFICE, TicketLayout(logo=logo), NOW, FONTS)
    paper, dots = (Image.open(io.BytesIO(file)) for file in (picture.png, logo))
    left = 0 if language == "de" else paper.width - dots.width
    top = round(TOP_MM * DOTS_PER_MM)
    burnt = paper.crop((left, top, left + dots.width, top + dots.height))
    assert burnt.tobytes() == dots.tobytes()


def test_each_kind_of_ticket_looks_different_before_it_is_chosen() -> None:
    kinds = [Sample("de"), Sample("de", fetched=True), Sample("de", outage=True), Sample("de", copy=True)]
    drawn = pictures(kinds, OFFICE, TicketLayout(), NOW, FONTS)
    assert len({picture.png for picture in drawn}) == len(kinds)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"GIF89a",
        coloured(300, 100)[:200],
        png(Image.new("RGB", (10, 10), "white")),
        png(Image.new("1", (9000, 9000), 0)),
        coloured(300, 100) + bytes(LARGEST_FILE_BYTES),
    ],
    ids=["empty", "another format", "cut off", "nothing dark", "a bomb", "too large"],
)
def test_what_is_no_logo_is_refused(file: bytes) -> None:
    with pytest.raises(NotALogo):
        logo_dots(file)
