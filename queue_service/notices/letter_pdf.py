"""Turns drawn letters into one PDF to print."""

import io
from collections.abc import Sequence

import segno
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from queue_service.notices.letter_fonts import FILES, embedded, letter_fonts, shaped
from queue_service.notices.letter_form import HAIRLINE, PAGE_HEIGHT, PAGE_WIDTH
from queue_service.notices.letter_layout import Letter, QrItem, RuleItem, TextItem

FIRST_FACE = next(iter(FILES))
ACTUAL_TEXT_MARK = "feff"
"""Byte order mark: what follows is UTF-16 (ISO 32000-1, 7.9.2.2)."""


def letters_pdf(letters: Sequence[Letter], title: str) -> bytes:
    """Give all letters as one file; raises FontsMissingError.

    Each letter begins on an odd page, so that printing on both sides doesn't put two on one sheet.
    """
    file = io.BytesIO()
    languages = {letter.language.partition("-")[0] for letter in letters}
    canvas = Canvas(
        file,
        pagesize=(PAGE_WIDTH * mm, PAGE_HEIGHT * mm),
        # The first version that knows of languages.
        pdfVersion=(1, 4),
        lang=languages.pop() if len(languages) == 1 else "de",
        # Otherwise a font stands in the file that is neither used nor embedded.
        initialFontName=embedded(FIRST_FACE, "regular"),  # type: ignore[arg-type]  # its stubs expect a number
    )
    canvas.setTitle(title)
    for describe in (canvas.setAuthor, canvas.setSubject, canvas.setCreator):
        describe("")
    # Readers announce the title instead of a file's name.
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for letter in letters:
        if canvas.getPageNumber() % 2 == 0:
            canvas.showPage()
        canvas.bookmarkPage(str(id(letter)))
        canvas.addOutlineEntry(letter.title, str(id(letter)))
        for page in letter.pages:
            for item in page.items:
                _draw(canvas, item)
            canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, item: TextItem | RuleItem | QrItem) -> None:
    match item:
        case TextItem():
            _draw_text(canvas, item)
        case RuleItem():
            bottom = PAGE_HEIGHT - item.y - HAIRLINE / 2
            canvas.rect(item.x * mm, bottom * mm, item.width * mm, HAIRLINE * mm, stroke=0, fill=1)
        case QrItem():
            _draw_qr(canvas, item)


def _draw_text(canvas: Canvas, item: TextItem) -> None:
    parts = letter_fonts().pieces(item.text)
    # Forms of letters have no code: what a reader copies, searches or listens to is said beside them.
    as_read = any(part.shaped for part in parts)
    if as_read:
        canvas.addLiteral(
            f"/Span <</ActualText <{ACTUAL_TEXT_MARK}{item.text.encode('utf-16-be').hex()}>>> BDC"
        )
    text = canvas.beginText(item.x * mm, (PAGE_HEIGHT - item.y) * mm)
    for part in parts:
        text.setFont(embedded(part.face, item.weight), item.size)
        text.textOut(shaped(part.text, part.face, item.weight) if part.shaped else part.text)
    canvas.drawText(text)
    if as_read:
        canvas.addLiteral("EMC")


def _draw_qr(canvas: Canvas, item: QrItem) -> None:
    rows = list(segno.make_qr(item.content, error="m").matrix)
    module = item.size * mm / len(rows)
    top = (PAGE_HEIGHT - item.y) * mm
    path = canvas.beginPath()
    for row_index, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:
                path.rect(item.x * mm + column * module, top - (row_index + 1) * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)
