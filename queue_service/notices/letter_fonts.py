"""Fira Sans for letters, made from the web fonts that the pages use.

ReportLab embeds TrueType outlines; the design system ships them compressed as WOFF2, so they are
unpacked in memory once a process (about half a second).
"""

import io
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont

VENDOR_FONTS = Path(__file__).parents[1] / "web" / "static" / "vendor" / "kern" / "fonts" / "fira-sans"
Weight = Literal["regular", "bold"]
FILES: dict[Weight, str] = {"regular": "FiraSans-Regular.woff2", "bold": "FiraSans-SemiBold.woff2"}
NO_SUCH_LETTER = "?"


class FontsMissingError(RuntimeError):
    """The page assets were not set up; ``make setup`` brings them."""


class LetterFonts(msgspec.Struct, frozen=True):
    """Measures of the fonts; ReportLab knows them by ``pdf_name`` once this was read."""

    characters: frozenset[str]

    def width(self, text: str, weight: Weight, size: float) -> float:
        """Advance width in mm of ``text`` at ``size`` points."""
        return float(pdfmetrics.stringWidth(text, pdf_name(weight), size) / mm)

    def printable(self, text: str) -> str:
        """Give the text in letters that the fonts have: Latin, Greek and Cyrillic ones."""
        if self.characters.issuperset(text):
            return text
        composed = unicodedata.normalize("NFC", text)
        return "".join(self._printable_character(character) for character in composed)

    def _printable_character(self, character: str) -> str:
        if character in self.characters:
            return character
        bare = unicodedata.normalize("NFKD", character)
        kept = "".join(part for part in bare if part in self.characters)
        return kept or (" " if character.isspace() else NO_SUCH_LETTER)


@cache
def letter_fonts() -> LetterFonts:
    """Unpack and register the fonts; raises FontsMissingError."""
    characters = []
    for weight, name in FILES.items():
        try:
            font = TTFont(VENDOR_FONTS / name)
        except FileNotFoundError as missing:
            raise FontsMissingError(f"{VENDOR_FONTS / name} is missing: run make setup") from missing
        characters.append(frozenset(map(chr, font.getBestCmap())))
        font.flavor = None
        unpacked = io.BytesIO()
        font.save(unpacked)
        unpacked.seek(0)
        pdfmetrics.registerFont(EmbeddedFont(pdf_name(weight), unpacked))
    return LetterFonts(frozenset.intersection(*characters))


def pdf_name(weight: Weight) -> str:
    """Name under which ReportLab knows the font."""
    return f"LetterFira-{weight}"
