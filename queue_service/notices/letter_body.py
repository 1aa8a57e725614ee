"""Breaks what a letter says into lines, before anybody knows on which page they stand."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, zip_longest
from urllib.parse import urlsplit

import msgspec

from queue_service.notices.content import (
    Block,
    Content,
    Fact,
    Facts,
    Items,
    Paragraph,
    ServiceLine,
    Services,
)
from queue_service.notices.letter_fonts import LetterFonts, Weight
from queue_service.notices.letter_form import LEFT, MM_A_POINT, TEXT_WIDTH, LetterStyle
from queue_service.notices.model import AppointmentNotice

SUBJECT_LARGER = 1.15
PARAGRAPH_GAP = 0.65
"""Between paragraphs, as a share of the distance of two lines."""
SUBJECT_GAP = 1.0
"""Below the subject, likewise."""
ROW_GAP = 1.2
"""Above and below the lines of a table, in mm."""
MOST_LINES = 2
"""A fact of more lines becomes one paragraph."""
LABEL_WIDTH = 42.0
"""Column of the facts' labels, in mm."""
COLUMNS = ((0.0, 48.0), (52.0, 68.0), (124.0, 41.0))
"""Service, what to bring, fee: where each begins and how wide it is."""
INDENT = 0.45
"""Of an item's text behind its dash, as a share of the size in mm."""
DASH = "–"
BREAKS = "/?&=-"
"""Behind these an address may be broken."""
QR_SIZE = 26.0
"""mm; 100 characters of a link make 45 modules, each a little less than 0.6 mm."""
BESIDE_QR = TEXT_WIDTH - QR_SIZE - 6.0
"""Width of the text to its left."""


class Run(msgspec.Struct, frozen=True):
    """Text within a line: where it begins, and how far its base line is below the line's top, in mm."""

    x: float
    text: str
    size: float
    weight: Weight
    drop: float


class BodyLine(msgspec.Struct, frozen=True):
    """One line across the page. ``keep``: it stays with the next one. Heights in mm."""

    runs: list[Run]
    height: float
    gap: float = 0.0
    keep: bool = False
    rule: bool = False
    """A thin line beneath."""
    qr: str = ""


class _Writer:
    """Makes lines in one style."""

    def __init__(self, style: LetterStyle, fonts: LetterFonts, width: float = TEXT_WIDTH) -> None:
        self.style = style
        self.fonts = fonts
        self.width = width

    def line(self, *texts: tuple[float, str, Weight], gap: float = 0.0, keep: bool = True) -> BodyLine:
        leading, size = self.style.leading, self.style.size
        drop = (leading + CAPITALS * size * MM_A_POINT) / 2
        runs = [Run(LEFT + x, text, size, weight, drop) for x, text, weight in texts if text]
        return BodyLine(runs, leading, gap, keep)

    def wrapped(self, text: str, width: float, weight: Weight = "regular") -> list[str]:
        return wrap(text, width, weight, self.style.size, self.fonts)

    def paragraph(self, text: str, gap: float = 0.0, indent: float = 0.0) -> Iterator[BodyLine]:
        for line in self.wrapped(text, self.width - indent):
            yield self.line((indent, line, "regular"), gap=gap)
            gap = 0.0

    def item(self, text: str, gap: float = 0.0) -> Iterator[BodyLine]:
        indent = self.style.size * INDENT
        first, *others = self.paragraph(text, gap, indent)
        yield msgspec.structs.replace(
            first, runs=[msgspec.structs.replace(first.runs[0], x=LEFT, text=DASH), *first.runs]
        )
        yield from others

    @property
    def gap(self) -> float:
        return PARAGRAPH_GAP * self.style.leading


CAPITALS = 0.69
"""Height of Fira Sans' capitals as a share of the size."""


def wrap(text: str, width: float, weight: Weight, size: float, fonts: LetterFonts) -> list[str]:
    """Break a text into lines that are no wider than ``width`` mm."""
    lines: list[str] = []
    current = ""
    for word in fonts.printable(text).split():
        longer = f"{current} {word}" if current else word
        if current and fonts.width(longer, weight, size) > width:
            lines.append(current)
            longer = word
        while fonts.width(longer, weight, size) > width and len(longer) > 1:
            end = _break(longer, width, weight, size, fonts)
            lines.append(longer[:end])
            longer = longer[end:]
        current = longer
    return [*lines, current] if current else lines


def _break(word: str, width: float, weight: Weight, size: float, fonts: LetterFonts) -> int:
    """Tell how many characters of a word that is too long go into the line."""
    fitting = next(
        (n for n in range(len(word) - 1, 1, -1) if fonts.width(word[:n], weight, size) <= width), 1
    )
    seam = max(word.rfind(character, 0, fitting) for character in BREAKS) + 1
    return seam if seam > fitting // 2 else fitting


def body_lines(
    notice: AppointmentNotice, said: Content, style: LetterStyle, fonts: LetterFonts
) -> list[BodyLine]:
    """Give the letter from its subject on."""
    writer = _Writer(style, fonts)
    lines = list(_subject(said.subject, writer))
    start = _first_beside_code(said, notice.link) if notice.link else len(said.blocks) - 1
    for block, following in pairwise(said.blocks[: start + 1]):
        written = _together(_block(block, said, writer))
        # What introduces a list stays with it.
        lines += _kept(written) if isinstance(following, Items) else written
    ending = said.blocks[start:]
    if notice.link:
        return lines + _beside_code(ending, notice.link, said, _Writer(style, fonts, BESIDE_QR))
    # The greeting is never alone on a page.
    lines[-1] = msgspec.structs.replace(lines[-1], keep=True)
    return [*lines, *(line for block in ending for line in _together(_block(block, said, writer)))]


def _first_beside_code(said: Content, link: str) -> int:
    """Tell from which block on the code stands beside the text: where it says how to use the internet."""
    site = urlsplit(link).hostname or link
    blocks = said.blocks
    last_table = max((n for n, block in enumerate(blocks) if isinstance(block, Facts | Services)), default=-1)
    naming = (
        number
        for number, block in enumerate(blocks)
        if isinstance(block, Items) and any(site in item for item in block.items)
    )
    # With the sentence that introduces the list; without such a list, the last words.
    return max(last_table + 1, next(naming, len(blocks)) - 1)


def _beside_code(blocks: Sequence[Block], link: str, said: Content, writer: "_Writer") -> list[BodyLine]:
    """Give the last blocks in lines that leave room for the code at the right edge."""
    first, *others = _kept(line for block in blocks for line in _block(block, said, writer))
    lines = [msgspec.structs.replace(first, qr=link), *others]
    missing = QR_SIZE - sum(line.height for line in lines)
    return [*lines, BodyLine([], missing)] if missing > 0 else lines


def _kept(lines: Iterable[BodyLine]) -> list[BodyLine]:
    return [msgspec.structs.replace(line, keep=True) for line in lines]


def _together(lines: Iterator[BodyLine]) -> Iterator[BodyLine]:
    """Keep the lines of a block on one page, and let the page end behind the block."""
    *before, last = lines
    yield from before
    yield msgspec.structs.replace(last, keep=False)


def _subject(subject: str, writer: _Writer) -> Iterator[BodyLine]:
    size = writer.style.size * SUBJECT_LARGER
    height = writer.style.leading * SUBJECT_LARGER
    drop = (height + CAPITALS * size * MM_A_POINT) / 2
    for text in wrap(subject, TEXT_WIDTH, "bold", size, writer.fonts):
        yield BodyLine([Run(LEFT, text, size, "bold", drop)], height, keep=True)
    # The gap below belongs to the subject, as the paragraph's own gap comes on top of it.
    yield BodyLine([], writer.style.leading * (SUBJECT_GAP - PARAGRAPH_GAP), keep=True)


def _block(block: Paragraph | Items | Facts | Services, said: Content, writer: _Writer) -> Iterator[BodyLine]:
    match block:
        case Paragraph():
            gap = writer.gap
            for text in block.lines:
                yield from writer.paragraph(text, gap)
                gap = 0.0
        case Items():
            for text in block.items:
                yield from writer.item(text)
        case Facts() if writer.style.tables:
            yield from _facts_in_columns(block.facts, writer)
        case Facts():
            yield from _facts_stacked(block.facts, writer)
        case Services() if writer.style.tables:
            yield from _services_in_columns(block.services, said, writer)
        case Services():
            yield from _services_stacked(block.services, said, writer)


def _facts_in_columns(facts: Sequence[Fact], writer: _Writer) -> Iterator[BodyLine]:
    gap = writer.gap
    for fact in facts:
        weight: Weight = "bold" if fact.important else "regular"
        # What is known of the entrance is several short sentences.
        lines = ["; ".join(fact.lines)] if len(fact.lines) > MOST_LINES else fact.lines
        values = [part for line in lines for part in writer.wrapped(line, TEXT_WIDTH - LABEL_WIDTH, weight)]
        for label, value in zip_longest([fact.label], values, fillvalue=""):
            yield writer.line((0.0, label, "regular"), (LABEL_WIDTH, value, weight), gap=gap)
            gap = 0.0


def _facts_stacked(facts: Sequence[Fact], writer: _Writer) -> Iterator[BodyLine]:
    for fact in facts:
        gap = writer.gap
        for text in writer.wrapped(fact.label, TEXT_WIDTH):
            yield writer.line((0.0, text, "regular"), gap=gap)
            gap = 0.0
        weight: Weight = "bold" if fact.important else "regular"
        values = [part for line in fact.lines for part in writer.wrapped(line, TEXT_WIDTH, weight)]
        for value in values:
            yield writer.line((0.0, value, weight), keep=value is not values[-1])


def _services_in_columns(
    services: Sequence[ServiceLine], said: Content, writer: _Writer
) -> Iterator[BodyLine]:
    labels = said.wording.labels
    (first, _), (second, _), (third, _) = COLUMNS
    has_fees = any(service.fee for service in services)
    head = writer.line(
        (first, labels.service, "bold"),
        (second, labels.documents, "bold"),
        (third, labels.fee if has_fees else "", "bold"),
        gap=writer.gap,
    )
    yield msgspec.structs.replace(head, rule=True, height=head.height + ROW_GAP)
    for service in services:
        yield from _service_row(service, writer)


def _service_row(service: ServiceLine, writer: _Writer) -> Iterator[BodyLine]:
    (first, first_width), (second, second_width), (third, third_width) = COLUMNS
    indent = writer.style.size * INDENT * 0.8
    documents = [
        (second if index == 0 else second + indent, f"{DASH} {part}" if index == 0 else part)
        for document in service.documents
        for index, part in enumerate(writer.wrapped(document, second_width - indent))
    ]
    rows = list(
        zip_longest(
            writer.wrapped(service.name, first_width),
            documents,
            writer.wrapped(service.fee, third_width),
        )
    )
    for index, (name, document, fee) in enumerate(rows):
        line = writer.line(
            (first, name or "", "regular"),
            (*(document or (second, "")), "regular"),
            (third, fee or "", "regular"),
            gap=ROW_GAP if index == 0 else 0.0,
            keep=index < len(rows) - 1,
        )
        is_last = index == len(rows) - 1
        yield msgspec.structs.replace(line, rule=True, height=line.height + ROW_GAP) if is_last else line


def _services_stacked(services: Sequence[ServiceLine], said: Content, writer: _Writer) -> Iterator[BodyLine]:
    labels = said.wording.labels
    gap = writer.gap
    for text in writer.wrapped(labels.service, TEXT_WIDTH):
        yield writer.line((0.0, text, "regular"), gap=gap)
        gap = 0.0
    for service in services:
        for text in writer.wrapped(service.name, TEXT_WIDTH, "bold"):
            yield writer.line((0.0, text, "bold"), gap=gap)
            gap = 0.0
        below = [
            *(_listed(labels.documents, service.documents, writer)),
            *(writer.paragraph(f"{labels.fee}: {service.fee}") if service.fee else ()),
        ]
        yield from below
        gap = writer.gap


def _listed(label: str, texts: Sequence[str], writer: _Writer) -> Iterator[BodyLine]:
    if not texts:
        return
    yield from writer.paragraph(f"{label}:")
    for text in texts:
        *before, last = writer.item(text)
        yield from before
        # A page may end behind every item of a long list.
        yield msgspec.structs.replace(last, keep=False)
