"""Renders a ticket's PDF page into the dots of a thermal printer, so that paper looks the same everywhere."""

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from queue_service.ticket_paper.layout import DOTS_PER_MM
from queue_service.ticket_paper.page import TicketSheet

POINTS_PER_MM = 72 / 25.4
SCALE = DOTS_PER_MM / POINTS_PER_MM * (1 - 1e-6)
"""A trifle less, or a page of whole dots that a PDF writes in rounded points is stretched by one dot."""
DARK_BELOW = 150
"""Grey at which a dot is burnt; a little above the middle, since thin strokes fade on thermal paper."""
FULL = 255


def ticket_dots(sheet: TicketSheet) -> Image.Image:
    """Give the printable part of the page as a one-bit image, black on white."""
    document = pypdfium2.PdfDocument(sheet.pdf)
    try:
        grey: Image.Image = document[0].render(scale=SCALE, grayscale=True).to_pil()
    finally:
        document.close()
    left = round(sheet.margin_mm * DOTS_PER_MM)
    return black_and_white(grey.crop((left, 0, round(sheet.width_mm * DOTS_PER_MM) - left, grey.height)))


def black_and_white(grey: Image.Image) -> Image.Image:
    """Give a grey picture in dots."""
    return grey.point(lambda level: FULL if level >= DARK_BELOW else 0).convert("1", dither=Image.Dither.NONE)
