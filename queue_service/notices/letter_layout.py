"""Draws a letter as items on pages; what turns them into a PDF is ``letter_pdf``.

Pure: the fonts' measures are an argument. Millimetres from the top left corner, sizes in points.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, pairwise

import msgspec

from queue_service.notices import letter_form as form
from queue_service.notices.content import Content
from queue_service.notices.letter_address import address_lines, fit_address
from queue_service.notices.letter_body import QR_SIZE, BodyLine, Run, body_lines, wrap
from queue_service.notices.letter_fonts import LetterFonts, Weight
from queue_service.notices.letter_form import MM_A_POINT, LetterStyle
from queue_service.notices.model import AppointmentNotice, in_language


class TextItem(msgspec.Struct, frozen=True):
    """A line of text; ``y`` is its base line."""

    x: float
    y: float
    text: str
    size: float
    weight: Weight = "regular"


class RuleItem(msgspec.Struct, frozen=True):
    """A thin horizontal line."""

    x: float
    y: float
    width: float


class QrItem(msgspec.Struct, frozen=True):
    """A QR code."""

    x: float
    y: float
    size: float
    content: str


class LetterPage(msgspec.Struct):
    """One side of paper."""

    items: list[TextItem | RuleItem | QrItem]


class Letter(msgspec.Struct, frozen=True):
    """A letter, drawn."""

    title: str
    language: str
    pages: list[LetterPage]


def draw_letter(
    notice: AppointmentNotice,
    said: Content,
    now: datetime,
    fonts: LetterFonts,
    *,
    large_print: bool = False,
    copy: int = 1,
) -> Letter:
    """Draw a notice as a letter of today; ``copy`` is 2 on what is printed for the second time."""
    style = form.style_of(said.language, large_print=large_print)
    head = [*_letterhead(notice, said, style, fonts), *_address_field(notice, said, style, fonts), *_marks()]
    information, bottom = _information(notice, said, style, fonts, now)
    top = max(form.TEXT_TOP, bottom + form.BELOW_INFORMATION)
    pages = _paginate(body_lines(notice, said, style, fonts), top)
    pages[0].items[:0] = [*head, *information]
    for number, page in enumerate(pages, start=1):
        page.items += _foot(said, notice.reference, style, fonts, number, len(pages), copy)
    # Titles are shown by whoever opens the file, so the matter isn't in it either.
    return Letter(f"{said.subject} ({notice.reference})", said.language, pages)


def _letterhead(
    notice: AppointmentNotice, said: Content, style: LetterStyle, fonts: LetterFonts
) -> Iterator[TextItem | RuleItem]:
    y = form.HEAD_TOP
    sizes: tuple[tuple[str, Weight, float], ...] = (
        (in_language(notice.authority.name, said.language), "bold", max(style.size, HEAD_SIZE)),
        (in_language(notice.office.name, said.language), "regular", style.size),
    )
    for text, weight, size in sizes:
        for line in wrap(text, form.TEXT_WIDTH, weight, size, fonts)[:1]:
            y += size * HEAD_SPACING * MM_A_POINT
            yield TextItem(form.LEFT, y, line, size, weight)
    yield RuleItem(form.LEFT, y + 2.5, form.TEXT_WIDTH)


HEAD_SIZE = 15.0
HEAD_SPACING = 1.25


def _address_field(
    notice: AppointmentNotice, said: Content, style: LetterStyle, fonts: LetterFonts
) -> Iterator[TextItem | RuleItem]:
    left = form.ADDRESS_FIELD_LEFT + form.ADDRESS_INSET
    width = form.ADDRESS_FIELD_WIDTH - form.ADDRESS_INSET - form.WINDOW_EDGE
    office = notice.office.address
    # Without the office's name: the postman needn't know whether it is the one for health or for debts.
    sender = " · ".join(
        [
            in_language(notice.authority.name, said.language),
            office.street,
            f"{office.postal_code} {office.city}",
        ]
    )
    sender = fonts.printable(sender)
    size = min(form.RETURN_LINE_SIZE, form.RETURN_LINE_SIZE * width / fonts.width(sender, "regular", 8.0))
    base = form.ADDRESS_FIELD_TOP + form.RETURN_LINE_HEIGHT - 1.5
    yield TextItem(left, base, sender, size)
    yield RuleItem(left, base + 1.0, width)
    fitted = fit_address(
        [fonts.printable(line) for line in address_lines(notice.recipient)],
        width,
        form.ADDRESS_ZONE_HEIGHT,
        style.size,
        ADDRESS_SPACING,
        lambda text, size: fonts.width(text, "regular", size),
    )
    y = form.ADDRESS_FIELD_TOP + form.RETURN_LINE_HEIGHT + form.REMARKS_HEIGHT
    pitch = fitted.size * ADDRESS_SPACING * MM_A_POINT
    for index, line in enumerate(fitted.lines):
        yield TextItem(left, y + index * pitch + fitted.size * MM_A_POINT, line, fitted.size)


ADDRESS_SPACING = 1.15


def _information(
    notice: AppointmentNotice, said: Content, style: LetterStyle, fonts: LetterFonts, now: datetime
) -> tuple[list[TextItem], float]:
    """Give the block beside the address, and where it ends."""
    labels, office = said.wording.labels, notice.office
    lines: list[tuple[str, Weight]] = [(in_language(office.name, said.language), "bold")]
    if style.information_full:
        address = office.address
        lines += [(address.street, "regular"), (f"{address.postal_code} {address.city}", "regular")]
    if office.phone:
        lines.append((f"{labels.phone}: {office.phone}", "regular"))
    today = said.wording.moment(now, office.time_zone, said.wording.date)
    lines += [
        (f"{labels.reference}: {notice.reference}", "regular"),
        (f"{labels.date}: {today}", "regular"),
    ]
    items = []
    y = form.INFORMATION_TOP
    for text, weight in lines:
        for part in wrap(text, form.INFORMATION_WIDTH, weight, style.size, fonts):
            items.append(
                TextItem(form.INFORMATION_LEFT, y + style.size * MM_A_POINT, part, style.size, weight)
            )
            y += style.size * INFORMATION_SPACING * MM_A_POINT
    return items, y


INFORMATION_SPACING = 1.25


def _marks() -> Iterator[RuleItem]:
    for y in form.FOLD_MARKS:
        yield RuleItem(form.MARK_LEFT, y, form.FOLD_MARK_LENGTH)
    yield RuleItem(form.MARK_LEFT, form.HOLE_MARK, form.HOLE_MARK_LENGTH)


def _foot(
    said: Content, reference: str, style: LetterStyle, fonts: LetterFonts, number: int, pages: int, copy: int
) -> Iterator[TextItem]:
    labels = said.wording.labels
    if copy > 1:
        yield TextItem(form.LEFT, form.FOOT, labels.copy.format(copy=copy), style.size)
    if pages > 1:
        # A sheet that was parted from the first one still says where it belongs.
        text = f"{reference} · {labels.page.format(page=number, pages=pages)}"
        yield TextItem(form.RIGHT - fonts.width(text, "regular", style.size), form.FOOT, text, style.size)


def _paginate(lines: Sequence[BodyLine], top: float) -> list[LetterPage]:
    """Put lines on pages; those that belong together go to the next page together."""
    pages = [LetterPage([])]
    y = top
    for group in _groups(lines):
        height = sum(line.gap + line.height for line in group)
        at_top = not pages[-1].items
        whole_page = form.TEXT_BOTTOM - form.NEXT_PAGE_TOP
        if y + height > form.TEXT_BOTTOM and not at_top and height <= whole_page:
            pages.append(LetterPage([]))
            y = form.NEXT_PAGE_TOP
        for line in group:
            if y + line.gap + line.height > form.TEXT_BOTTOM and pages[-1].items:
                pages.append(LetterPage([]))
                y = form.NEXT_PAGE_TOP
            y += line.gap if pages[-1].items or len(pages) == 1 else 0
            pages[-1].items += _drawn(line, y)
            y += line.height
    return pages


def _groups(lines: Sequence[BodyLine]) -> Iterator[list[BodyLine]]:
    ends = [index for index, line in enumerate(lines, start=1) if not line.keep or index == len(lines)]
    for begin, end in pairwise(chain([0], ends)):
        yield list(lines[begin:end])


QR_DROP = 1.0
"""The code's upper edge is level with capitals beside it, about, in mm."""


def _drawn(line: BodyLine, y: float) -> Iterator[TextItem | RuleItem | QrItem]:
    for run in line.runs:
        yield _text(run, y)
    if line.qr:
        yield QrItem(form.RIGHT - QR_SIZE, y + QR_DROP, QR_SIZE, line.qr)
    if line.rule:
        yield RuleItem(form.LEFT, y + line.height, form.TEXT_WIDTH)


def _text(run: Run, y: float) -> TextItem:
    return TextItem(run.x, y + run.drop, run.text, run.size, run.weight)
