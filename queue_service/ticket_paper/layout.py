"""Where everything stands on a ticket: a pure function from words to a drawing.

Lengths are millimetres from the top left corner; a text's ``y`` is its base line. In a language that
is written from right to left everything begins at the right edge.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from queue_service.protocol.languages import direction
from queue_service.protocol.ticket_layout import EVERYDAY, RollWidth, TicketLayout
from queue_service.ticket_paper.wording import TicketWords

Weight = Literal["regular", "bold"]

DOTS_PER_MM = 8
"""203 dpi, the resolution of nearly all receipt printers."""
PRINTABLE_MM: Mapping[RollWidth, float] = {80: 72.0, 58: 48.0}
"""What the print heads of the two rolls reach: 576 and 384 dots."""

NUMBER_HEIGHT_MM = 20.4
"""Height of the number's lowest character: 20 mm are asked for, the rest is for the printer's tolerance.
Four characters keep it on the wide roll; the narrow one has room for 18 mm of them."""
NARROWEST = 0.72
"""A long number is first made narrower, to this share of its width at most, and only then smaller."""

LARGE_MM = 5.6
BODY_MM = 4.6
SMALL_MM = 3.7
"""Font sizes; 3.7 mm is 10.5 pt, above the 9 pt that DIN 1450 asks for in texts to consult."""
LEAST_MM = 3.2
"""9 pt."""
LARGE_PRINT = 1.4
"""Times the usual sizes: 14.7 pt at least, where large print begins (DBSV: 14 pt)."""
LINE_SPACING = 1.3

TOP_MM = 4.0
BOTTOM_MM = 5.0
GAP_MM = 3.2
RULE_MM = 0.4
QR_MM = 25.0
QR_QUIET_MM = 2.0
BESIDE_CODE_MM = 30.0
"""Words that have less room than this beside the code stand above it."""


class TextItem(msgspec.Struct, frozen=True, tag="text"):
    """One line of text; ``squeeze`` is its width as a share of the font's own."""

    x: float
    y: float
    text: str
    weight: Weight
    size: float
    squeeze: float = 1.0


class RuleItem(msgspec.Struct, frozen=True, tag="rule"):
    """A horizontal line."""

    x: float
    y: float
    width: float
    thickness: float


class QrItem(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code of ``content`` in a square."""

    x: float
    y: float
    size: float
    content: str


class DotsItem(msgspec.Struct, frozen=True, tag="dots"):
    """A picture in black and white, as a PNG of ``DOTS_PER_MM``."""

    x: float
    y: float
    width: float
    height: float
    png: bytes


Item = TextItem | RuleItem | QrItem | DotsItem


class TicketDrawing(msgspec.Struct, frozen=True):
    """A page of the roll's width, as long as it has to be."""

    width: float
    height: float
    items: Sequence[Item]
    title: str
    language: str
    margin: float
    """Left and right of what the print head reaches."""


class FontMeasures(Protocol):
    """What the layout has to know of a font; lengths in units of the font size."""

    def width(self, text: str, weight: Weight) -> float:
        """Advance width."""
        ...

    def top(self, text: str, weight: Weight) -> float:
        """Height of the lowest capital or figure."""
        ...


class _Pen:
    """Sets one thing under the other."""

    def __init__(self, fonts: FontMeasures, layout: TicketLayout, *, from_right: bool) -> None:
        self.fonts = fonts
        self.roll: float = layout.roll_mm
        self.printable = PRINTABLE_MM[layout.roll_mm]
        self.margin = (self.roll - self.printable) / 2
        self.times = LARGE_PRINT if layout.large_print else 1.0
        self.from_right = from_right
        self.y = TOP_MM
        self.items: list[Item] = []

    def begin(self, width: float, inset: float = 0.0) -> float:
        """Give the left edge of what is ``width`` wide and stands ``inset`` from where lines begin."""
        return self.roll - self.margin - inset - width if self.from_right else self.margin + inset

    def gap(self, height: float = GAP_MM) -> None:
        self.y += height

    def rule(self) -> None:
        self.items.append(RuleItem(self.margin, self.y, self.printable, RULE_MM))
        self.y += RULE_MM

    def lines(self, text: str, weight: Weight, usual_size: float) -> None:
        """Set ``text`` in as many lines as it takes."""
        size = usual_size * self.times
        for line in wrap(text, self.printable / size, weight, self.fonts):
            self.y += size
            x = self.begin(self.fonts.width(line, weight) * size)
            self.items.append(TextItem(x, self.y, line, weight, size))
            self.y += size * (LINE_SPACING - 1)

    def number(self, number: str) -> None:
        """Set the number at its full height, narrower if it has to be, smaller if nothing else helps."""
        size = NUMBER_HEIGHT_MM / self.fonts.top(number, "bold")
        natural = self.fonts.width(number, "bold") * size
        squeeze = min(1.0, self.printable / natural)
        if squeeze < NARROWEST:
            size *= squeeze / NARROWEST
            squeeze = NARROWEST
        self.y += self.fonts.top(number, "bold") * size
        x = self.begin(self.fonts.width(number, "bold") * size * squeeze)
        self.items.append(TextItem(x, self.y, number, "bold", size, squeeze))

    def logo(self, png: bytes) -> None:
        """Set a picture at its own size, dot by dot where the print head has its dots."""
        width, height = (dots / DOTS_PER_MM for dots in png_size(png))
        self.items.append(DotsItem(self.begin(width), self.y, width, height, png))
        self.y += height

    def address(self, address: str) -> None:
        """Set an address to be typed, in one line or broken before its last part.

        In usual print it is rather made a little smaller than broken where nobody would expect it. Large
        print stays large: a part too long for its line is broken after a dot or a slash, else anywhere.
        """
        rows = [address]
        if self.fonts.width(address, "regular") * SMALL_MM * self.times > self.printable:
            place, slash, last = address.rpartition("/")
            rows = [place + slash, last]
        widest = max(self.fonts.width(row, "regular") for row in rows)
        least = SMALL_MM if self.times > 1 else LEAST_MM
        size = max(min(SMALL_MM, self.printable / (widest or 1)), least)
        for row in rows:
            for line in break_address(row, self.printable / (size * self.times), self.fonts):
                self.lines(line, "regular", size)

    def qr(self, content: str, hint: str) -> None:
        """Set the code with what it is for beside it, or above it on a narrow roll."""
        inset = QR_MM + QR_QUIET_MM * 2
        beside = self.printable - inset >= BESIDE_CODE_MM
        if not beside:
            self.lines(hint, "regular", BODY_MM)
            self.gap(QR_QUIET_MM)
        self.items.append(QrItem(self.begin(QR_MM), self.y, QR_MM, content))
        if beside:
            self._beside_code(hint, inset)
        self.y += QR_MM

    def _beside_code(self, hint: str, inset: float) -> None:
        size = BODY_MM * self.times
        y = self.y + QR_MM / 2
        for line in wrap(hint, (self.printable - inset) / size, "regular", self.fonts):
            x = self.begin(self.fonts.width(line, "regular") * size, inset)
            self.items.append(TextItem(x, y, line, "regular", size))
            y += size * LINE_SPACING


def lay_out(words: TicketWords, fonts: FontMeasures, layout: TicketLayout = EVERYDAY) -> TicketDrawing:
    """Draw a ticket: the number alone in its line, what it means, what to do, how to follow it, where."""
    pen = _Pen(fonts, layout, from_right=direction(words.language) == "rtl")
    _head(pen, words, layout.logo)
    pen.number(words.number)
    pen.gap(GAP_MM * 1.4)
    pen.rule()
    pen.gap(GAP_MM / 2)
    pen.lines(words.area, "bold", LARGE_MM)
    pen.lines(words.issued, "regular", BODY_MM)
    pen.lines(words.service, "regular", BODY_MM)
    pen.gap(GAP_MM / 2)
    for line in (words.appointment, words.ahead, words.wait):
        pen.lines(line, "bold", LARGE_MM)
    pen.gap(GAP_MM / 2)
    pen.lines(words.advice, "regular", BODY_MM)
    pen.lines(words.reception, "regular", BODY_MM)
    pen.gap()
    if words.follow_url:
        _follow(pen, words, code=layout.code)
    if words.closing:
        pen.lines(words.closing, "regular", BODY_MM)
        pen.gap()
    pen.rule()
    pen.lines(words.office, "regular", SMALL_MM)
    pen.lines(words.copy, "regular", SMALL_MM)
    height = whole_dots(pen.y + BOTTOM_MM)
    return TicketDrawing(pen.roll, height, tuple(pen.items), words.number, words.language, pen.margin)


def _head(pen: _Pen, words: TicketWords, logo: bytes) -> None:
    if logo:
        pen.logo(logo)
        pen.gap()
    if words.headline:
        pen.lines(words.headline, "regular", BODY_MM)
        pen.gap(GAP_MM * 1.4)


def _follow(pen: _Pen, words: TicketWords, *, code: bool) -> None:
    if code:
        pen.qr(words.follow_url, words.follow_hint)
        pen.gap(QR_QUIET_MM / 2)
    else:
        pen.lines(words.follow_hint, "regular", BODY_MM)
    pen.address(words.follow_address)
    pen.gap()


def whole_dots(length: float) -> float:
    """Give the shortest length of whole dots that is not below ``length``."""
    return -(-length * DOTS_PER_MM // 1) / DOTS_PER_MM


def png_size(png: bytes) -> tuple[int, int]:
    """Give a picture's width and height in dots (PNG, third edition, 11.2.1)."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def wrap(text: str, width: float, weight: Weight, fonts: FontMeasures) -> list[str]:
    """Break ``text`` into lines of at most ``width`` (in font sizes), inside a word where one is too long.

    Words with a no-break space between them are one.
    """
    lines: list[str] = []
    line = ""
    for word in filter(None, re.split(r"[ \t\n]+", text)):
        candidate = f"{line} {word}" if line else word
        if fonts.width(candidate, weight) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width, weight, fonts)
        lines.extend(full)
    return [*lines, line] if line else lines


def break_address(row: str, width: float, fonts: FontMeasures) -> list[str]:
    """Break a row of an address into lines of at most ``width`` (in font sizes), after dots and slashes."""
    lines: list[str] = []
    line = ""
    for part in re.findall(r"[^./]*[./]|[^./]+", row):
        if line and fonts.width(line + part, "regular") > width:
            lines.append(line)
            line = ""
        *full, line = _pieces(line + part, width, "regular", fonts)
        lines.extend(full)
    return [*lines, line] if line else lines


def _pieces(word: str, width: float, weight: Weight, fonts: FontMeasures) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if piece and fonts.width(piece + character, weight) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]
