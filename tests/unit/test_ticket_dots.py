"""The ticket as the printer burns it, measured dot by dot."""

from uuid import UUID

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from kiosk.printing.ticket_printing import FONTS
from queue_service.ticket_paper.dots import ticket_dots
from queue_service.ticket_paper.fonts import TicketFonts
from queue_service.ticket_paper.layout import DOTS_PER_MM, PRINTABLE_MM, lay_out
from queue_service.ticket_paper.page import TicketSheet, ticket_sheet
from tests.unit.test_ticket_layout import ticket

ASKED_HEIGHT_MM = 20.0
NUMBER_ENDS_BY_MM = 27.0
"""Only the number stands above this."""


@pytest.fixture(scope="module")
def fonts() -> TicketFonts:
    return TicketFonts.read(FONTS)


def sheet(number: str, fonts: TicketFonts) -> TicketSheet:
    return ticket_sheet(UUID(int=1), number, lay_out(ticket(number), fonts))


def dark_height_mm(dots: Image.Image, left: int, right: int) -> float:
    """Height of what is dark in some columns of the number's line."""
    line = dots.crop((left, 0, right, int(NUMBER_ENDS_BY_MM * DOTS_PER_MM)))
    box = Image.eval(line.convert("L"), lambda level: 255 - level).getbbox()
    assert box
    return (box[3] - box[1]) / DOTS_PER_MM


@pytest.mark.parametrize("number", ["A042", "W1234", "M888"])
def test_the_number_is_twenty_millimetres_high_on_paper(number: str, fonts: TicketFonts) -> None:
    dots = ticket_dots(sheet(number, fonts))
    third = dots.width // 4
    assert dark_height_mm(dots, 0, third) >= ASKED_HEIGHT_MM
    assert dark_height_mm(dots, dots.width - third, dots.width) >= ASKED_HEIGHT_MM


def test_the_image_is_as_wide_as_the_print_head_and_has_two_colours(fonts: TicketFonts) -> None:
    dots = ticket_dots(sheet("A042", fonts))
    assert dots.width == PRINTABLE_MM[80] * DOTS_PER_MM
    assert dots.mode == "1"


def test_the_page_carries_its_words_and_its_own_fonts(fonts: TicketFonts) -> None:
    made = sheet("A042", fonts)
    document = pypdfium2.PdfDocument(made.pdf)
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "A042" in text
    assert "vor Ihnen: 12" in text
    assert b"/FontFile2" in made.pdf


def test_no_dark_dot_touches_the_edge_of_the_head(fonts: TicketFonts) -> None:
    dots = ticket_dots(sheet("W9999", fonts))
    last_column = dots.crop((dots.width - 1, 0, dots.width, int(NUMBER_ENDS_BY_MM * DOTS_PER_MM)))
    assert last_column.convert("L").getextrema() == (255, 255)
