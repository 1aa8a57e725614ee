"""Turns a ticket's drawing into a PDF page; everything that is printed anywhere comes from this page."""

import io
from uuid import UUID

import segno
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from kiosk.printing.fonts import pdf_name
from kiosk.printing.printer import TicketSheet
from kiosk.printing.ticket_layout import MARGIN_MM, QrItem, RuleItem, TextItem, TicketDrawing

PERCENT = 100


def ticket_sheet(ticket: UUID, number: str, drawing: TicketDrawing) -> TicketSheet:
    """Draw a page; the fonts must have been read before (``TicketFonts.read``)."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(drawing.width * mm, drawing.height * mm), lang=drawing.language)
    canvas.setTitle(drawing.title)
    for item in drawing.items:
        match item:
            case TextItem():
                _draw_text(canvas, drawing.height, item)
            case RuleItem():
                bottom = (drawing.height - item.y - item.thickness) * mm
                canvas.rect(item.x * mm, bottom, item.width * mm, item.thickness * mm, stroke=0, fill=1)
            case QrItem():
                _draw_qr(canvas, drawing.height, item)
    canvas.showPage()
    canvas.save()
    return TicketSheet(ticket, number, file.getvalue(), drawing.width, drawing.height, MARGIN_MM)


def _draw_text(canvas: Canvas, page_height: float, item: TextItem) -> None:
    text = canvas.beginText(item.x * mm, (page_height - item.y) * mm)
    text.setFont(pdf_name(item.weight), item.size * mm)
    text.setHorizScale(item.squeeze * PERCENT)
    text.textOut(item.text)
    canvas.drawText(text)


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
