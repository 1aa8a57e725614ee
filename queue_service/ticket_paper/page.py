"""Turns a ticket's drawing into a PDF page; everything that is printed anywhere comes from this page."""

import io
import re
from uuid import UUID

import msgspec
import segno
from PIL import Image
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from queue_service.ticket_paper.fonts import pdf_name, shaped
from queue_service.ticket_paper.layout import DOTS_PER_MM, DotsItem, QrItem, RuleItem, TextItem, TicketDrawing
from queue_service.ticket_paper.line_order import parts

PERCENT = 100
DARK_RUN = re.compile("0+")
"""In a row of bits, of which 1 is white."""
ACTUAL_TEXT_MARK = "feff"
"""Begins a PDF text string in UTF-16 (ISO 32000-1, 7.9.2.2)."""


class TicketSheet(msgspec.Struct, frozen=True):
    """A finished ticket: one PDF page of the roll's width and its own length."""

    ticket: UUID
    number: str
    pdf: bytes
    width_mm: float
    height_mm: float
    margin_mm: float
    """Left and right of what the print head reaches."""


def ticket_sheet(ticket: UUID, number: str, drawing: TicketDrawing) -> TicketSheet:
    """Draw a page; the fonts must have been read before (``TicketFonts.read``)."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(drawing.width * mm, drawing.height * mm), lang=drawing.language)
    canvas.setTitle(drawing.title)
    for item in drawing.items:
        match item:
            case TextItem():
                _draw_text(canvas, drawing, item)
            case RuleItem():
                bottom = (drawing.height - item.y - item.thickness) * mm
                canvas.rect(item.x * mm, bottom, item.width * mm, item.thickness * mm, stroke=0, fill=1)
            case QrItem():
                _draw_qr(canvas, drawing.height, item)
            case DotsItem():
                _draw_dots(canvas, drawing.height, item)
    canvas.showPage()
    canvas.save()
    return TicketSheet(ticket, number, file.getvalue(), drawing.width, drawing.height, drawing.margin)


def _draw_text(canvas: Canvas, drawing: TicketDrawing, item: TextItem) -> None:
    in_order = parts(item.text, drawing.language)
    # Forms of letters have no code: what a reader copies or listens to is said beside them.
    as_read = any(part.arabic for part in in_order)
    if as_read:
        said = item.text.encode("utf-16-be").hex()
        canvas.addLiteral(f"/Span <</ActualText <{ACTUAL_TEXT_MARK}{said}>>> BDC")
    text = canvas.beginText(item.x * mm, (drawing.height - item.y) * mm)
    text.setHorizScale(item.squeeze * PERCENT)
    for part in in_order:
        text.setFont(pdf_name(item.weight, arabic=part.arabic), item.size * mm)
        text.textOut(shaped(part.text, item.weight) if part.arabic else part.text)
    canvas.drawText(text)
    if as_read:
        canvas.addLiteral("EMC")


def _draw_dots(canvas: Canvas, page_height: float, item: DotsItem) -> None:
    """Draw what is dark as shapes: a picture would be scaled once more on its way to the dots."""
    with Image.open(io.BytesIO(item.png)) as opened:
        picture = opened.convert("1")
    dark = picture.tobytes()
    bytes_a_row = len(dark) // picture.height
    dot = mm / DOTS_PER_MM
    path = canvas.beginPath()
    for row in range(picture.height):
        bits = "".join(f"{byte:08b}" for byte in dark[row * bytes_a_row : (row + 1) * bytes_a_row])
        bottom = (page_height - item.y) * mm - (row + 1) * dot
        for run in DARK_RUN.finditer(bits[: picture.width]):
            path.rect(item.x * mm + run.start() * dot, bottom, len(run[0]) * dot, dot)
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_qr(canvas: Canvas, page_height: float, item: QrItem) -> None:
    rows = list(segno.make_qr(item.content, error="m").matrix)
    module = item.size * mm / len(rows)
    top = (page_height - item.y) * mm
    path = canvas.beginPath()
    for row_index, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:
                path.rect(item.x * mm + column * module, top - (row_index + 1) * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)
