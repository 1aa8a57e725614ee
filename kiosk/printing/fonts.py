"""Fira Sans for paper, made from the web fonts that the page uses.

ReportLab embeds TrueType outlines; the design system ships them compressed as WOFF2, so
they are unpacked in memory once (about half a second) instead of being kept twice.
"""

import io
from pathlib import Path
from typing import Self

import msgspec
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont

from kiosk.printing.ticket_layout import Weight

VENDOR_FONTS = Path(__file__).parents[1] / "static" / "vendor" / "kern" / "fonts" / "fira-sans"
FILES: dict[Weight, str] = {"regular": "FiraSans-Regular.woff2", "bold": "FiraSans-Bold.woff2"}
CHARACTERS_OF_NUMBERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class FontsMissingError(RuntimeError):
    """The page assets were not set up; ``make setup`` brings them."""


class TicketFonts(msgspec.Struct, frozen=True):
    """Measures of the fonts on paper, which ReportLab knows by ``pdf_name`` once this was read."""

    tops: dict[Weight, dict[str, float]]
    """Height of each capital and figure above the base line, in units of the font size."""

    @classmethod
    def read(cls, folder: Path = VENDOR_FONTS) -> Self:
        """Unpack and register the fonts.

        Raises FontsMissingError.
        """
        tops: dict[Weight, dict[str, float]] = {}
        for weight, file_name in FILES.items():
            try:
                font = TTFont(folder / file_name)
            except FileNotFoundError as error:
                raise FontsMissingError(f"{folder / file_name} is missing: run make setup") from error
            tops[weight] = _tops(font)
            font.flavor = None
            unpacked = io.BytesIO()
            font.save(unpacked)
            unpacked.seek(0)
            pdfmetrics.registerFont(EmbeddedFont(pdf_name(weight), unpacked))
        return cls(tops)

    def width(self, text: str, weight: Weight) -> float:
        """Advance width of ``text`` in units of the font size."""
        return float(pdfmetrics.stringWidth(text, pdf_name(weight), 1))

    def top(self, text: str, weight: Weight) -> float:
        """Height of the lowest capital or figure of ``text`` in units of the font size."""
        tops = self.tops[weight]
        return min((tops[character] for character in text if character in tops), default=tops["H"])


def pdf_name(weight: Weight) -> str:
    """Name under which ReportLab knows the font."""
    return f"FiraSans-{weight}"


def _tops(font: TTFont) -> dict[str, float]:
    names, outlines, em = font.getBestCmap(), font["glyf"], font["head"].unitsPerEm
    return {character: outlines[names[ord(character)]].yMax / em for character in CHARACTERS_OF_NUMBERS}
