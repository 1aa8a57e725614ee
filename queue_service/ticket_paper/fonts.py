"""Fira Sans for paper, and Noto Sans for Arabic, made from the web fonts that the page uses.

ReportLab embeds TrueType outlines; the design system ships them compressed as WOFF2, so
they are unpacked in memory once (about half a second) instead of being kept twice.
"""

import io
from functools import lru_cache
from pathlib import Path
from typing import Self

import msgspec
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import ShapedStr, shapeStr
from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont

from queue_service.protocol.languages import SOURCE_LANGUAGE
from queue_service.ticket_paper.layout import Weight
from queue_service.ticket_paper.line_order import parts

FILES: dict[Weight, str] = {
    "regular": "kern/fonts/fira-sans/FiraSans-Regular.woff2",
    "bold": "kern/fonts/fira-sans/FiraSans-Bold.woff2",
}
ARABIC_FILES: dict[Weight, str] = {"regular": "noto/arabic-400.woff2", "bold": "noto/arabic-600.woff2"}
ONE_SIZE = 1000.0
"""Points at which Arabic is shaped: the font has the same forms at every size."""
MOST_SHAPED = 512
"""Parts that are remembered: tickets repeat each other."""
CHARACTERS_OF_NUMBERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class FontsMissingError(RuntimeError):
    """The page assets were not set up; ``make setup`` brings them."""


class TicketFonts(msgspec.Struct, frozen=True):
    """Measures of the fonts on paper, which ReportLab knows by ``pdf_name`` once this was read."""

    tops: dict[Weight, dict[str, float]]
    """Height of each capital and figure above the base line, in units of the font size."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Unpack and register the fonts that a program keeps for its pages, in ``folder``.

        Raises FontsMissingError.
        """
        tops: dict[Weight, dict[str, float]] = {}
        for weight, file_name in FILES.items():
            font = _opened(folder / file_name)
            tops[weight] = _tops(font)
            _register(pdf_name(weight), font)
            _register(pdf_name(weight, arabic=True), _opened(folder / ARABIC_FILES[weight]))
        return cls(tops)

    def width(self, text: str, weight: Weight) -> float:
        """Advance width of ``text`` in units of the font size."""
        # The order of its parts makes a line neither longer nor shorter.
        return sum(_advance(part.text, weight, part.arabic) for part in parts(text, SOURCE_LANGUAGE))

    def missing(self, text: str) -> list[str]:
        """Give the characters that these fonts have no letters for, each once, in order."""
        found: dict[str, None] = {}
        for part in parts(text, SOURCE_LANGUAGE):
            font = pdfmetrics.getFont(pdf_name("regular", arabic=part.arabic))
            assert isinstance(font, EmbeddedFont)
            found |= {sign: None for sign in part.text if ord(sign) not in font.face.charToGlyph}
        return list(found)

    def top(self, text: str, weight: Weight) -> float:
        """Height of the lowest capital or figure of ``text`` in units of the font size."""
        tops = self.tops[weight]
        return min((tops[character] for character in text if character in tops), default=tops["H"])


def pdf_name(weight: Weight, *, arabic: bool = False) -> str:
    """Name under which ReportLab knows the font."""
    return f"{'NotoSansArabic' if arabic else 'FiraSans'}-{weight}"


@lru_cache(MOST_SHAPED)
def shaped(text: str, weight: Weight) -> ShapedStr:
    """Give Arabic letters with their forms and places."""
    forms: ShapedStr = shapeStr(text, pdf_name(weight, arabic=True), ONE_SIZE, force=True)
    return forms


def _advance(text: str, weight: Weight, arabic: bool) -> float:
    if arabic:
        forms = shaped(text, weight).__shapeData__  # type: ignore[attr-defined]  # stubs lack it
        return float(sum(form.x_advance for form in forms) / ONE_SIZE)
    return float(pdfmetrics.stringWidth(text, pdf_name(weight), 1))


def _opened(file: Path) -> TTFont:
    try:
        return TTFont(file)
    except FileNotFoundError as error:
        raise FontsMissingError(f"{file} is missing: run make setup") from error


def _register(name: str, font: TTFont) -> None:
    font.flavor = None
    unpacked = io.BytesIO()
    font.save(unpacked)
    unpacked.seek(0)
    pdfmetrics.registerFont(EmbeddedFont(name, unpacked))


def _tops(font: TTFont) -> dict[str, float]:
    names, outlines, em = font.getBestCmap(), font["glyf"], font["head"].unitsPerEm
    return {character: outlines[names[ord(character)]].yMax / em for character in CHARACTERS_OF_NUMBERS}
