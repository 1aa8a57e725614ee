"""Where everything stands on an 80 mm ticket: a pure function from words to a drawing.

Lengths are millimetres from the top left corner; a text's ``y`` is its base line. In a language that
is written from right to left everything begins at the right edge.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from kiosk.printing.ticket_wording import TicketWords
from queue_service.protocol.languages import direction

Weight = Literal["regular", "bold"]

ROLL_WIDTH_MM = 80.0
PRINTABLE_WIDTH_MM = 72.0
"""What the print head of an 80 mm receipt printer reaches: 576 dots of 1/8 mm."""
MARGIN_MM = (ROLL_WIDTH_MM - PRINTABLE_WIDTH_MM) / 2

NUMBER_HEIGHT_MM = 20.4
"""Height of the number's lowest character: 20 mm are asked for, the rest is for the printer's tolerance."""
NARROWEST = 0.72
"""A long number is first made narrower, to this share of its width at most, and only then smaller."""

LARGE_MM = 5.6
BODY_MM = 4.6
SMALL_MM = 3.7
"""Font sizes; 3.7 mm is 10.5 pt, above the 9 pt that DIN 1450 asks for in texts to consult."""
LINE_SPACING = 1.3

TOP_MM = 4.0
BOTTOM_MM = 5.0
GAP_MM = 3.2
RULE_MM = 0.4
QR_MM = 25.0
QR_QUIET_MM = 2.0


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


Item = TextItem | RuleItem | QrItem


class TicketDrawing(msgspec.Struct, frozen=True):
    """A page of the roll's width, as long as it has to be."""

    width: float
    height: float
    items: Sequence[Item]
    title: str
    language: str


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

    def __init__(self, fonts: FontMeasures, *, from_right: bool) -> None:
        self.fonts = fonts
        self.from_right = from_right
        self.y = TOP_MM
        self.items: list[Item] = []

    def begin(self, width: float, inset: float = 0.0) -> float:
        """Give the left edge of what is ``width`` wide and stands ``inset`` from where lines begin."""
        return ROLL_WIDTH_MM - MARGIN_MM - inset - width if self.from_right else MARGIN_MM + inset

    def gap(self, height: float = GAP_MM) -> None:
        self.y += height

    def rule(self) -> None:
        self.items.append(RuleItem(MARGIN_MM, self.y, PRINTABLE_WIDTH_MM, RULE_MM))
        self.y += RULE_MM

    def lines(self, text: str, weight: Weight, size: float) -> None:
        """Set ``text`` in as many lines as it takes."""
        for line in wrap(text, PRINTABLE_WIDTH_MM / size, weight, self.fonts):
            self.y += size
            x = self.begin(self.fonts.width(line, weight) * size)
            self.items.append(TextItem(x, self.y, line, weight, size))
            self.y += size * (LINE_SPACING - 1)

    def number(self, number: str) -> None:
        """Set the number at its full height, narrower if it has to be, smaller if nothing else helps."""
        size = NUMBER_HEIGHT_MM / self.fonts.top(number, "bold")
        natural = self.fonts.width(number, "bold") * size
        squeeze = min(1.0, PRINTABLE_WIDTH_MM / natural)
        if squeeze < NARROWEST:
            size *= squeeze / NARROWEST
            squeeze = NARROWEST
        self.y += self.fonts.top(number, "bold") * size
        x = self.begin(self.fonts.width(number, "bold") * size * squeeze)
        self.items.append(TextItem(x, self.y, number, "bold", size, squeeze))

    def address(self, address: str) -> None:
        """Set an address to be typed, in one line or broken before its last part."""
        if self.fonts.width(address, "regular") * SMALL_MM > PRINTABLE_WIDTH_MM:
            place, slash, last = address.rpartition("/")
            self.lines(place + slash, "regular", SMALL_MM)
            address = last
        self.lines(address, "regular", SMALL_MM)

    def qr(self, content: str, hint: str) -> None:
        """Set the code with what it is for beside it."""
        self.items.append(QrItem(self.begin(QR_MM), self.y, QR_MM, content))
        inset = QR_MM + QR_QUIET_MM * 2
        y = self.y + QR_MM / 2
        for line in wrap(hint, (PRINTABLE_WIDTH_MM - inset) / BODY_MM, "regular", self.fonts):
            x = self.begin(self.fonts.width(line, "regular") * BODY_MM, inset)
            self.items.append(TextItem(x, y, line, "regular", BODY_MM))
            y += BODY_MM * LINE_SPACING
        self.y += QR_MM


def lay_out(words: TicketWords, fonts: FontMeasures) -> TicketDrawing:
    """Draw a ticket: the number alone in its line, what it means, what to do, how to follow it, where."""
    pen = _Pen(fonts, from_right=direction(words.language) == "rtl")
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
    pen.gap()
    if words.follow_url:
        pen.qr(words.follow_url, words.follow_hint)
        pen.gap(QR_QUIET_MM / 2)
        pen.address(words.follow_address)
        pen.gap()
    pen.rule()
    pen.lines(words.office, "regular", SMALL_MM)
    return TicketDrawing(ROLL_WIDTH_MM, pen.y + BOTTOM_MM, tuple(pen.items), words.number, words.language)


def wrap(text: str, width: float, weight: Weight, fonts: FontMeasures) -> list[str]:
    """Break ``text`` into lines of at most ``width`` (in font sizes), inside a word where one is too long."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if fonts.width(candidate, weight) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width, weight, fonts)
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
