"""Typefaces for letters, made from the web fonts that ``make setup`` brings.

Fira Sans, which the pages use, has Latin, Greek and Cyrillic letters; families of Noto Sans add rare
Latin ones and the other scripts that names in Germany are commonly written in. ReportLab embeds TrueType
outlines; web fonts are compressed as WOFF2, so they are unpacked in memory, each once a process (about a
quarter of a second).
"""

import io
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal

import msgspec
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import ShapedStr, shapeStr
from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont

from queue_service.notices.letter_scripts import Face, Piece, missing, pieces, printable

VENDOR = Path(__file__).parents[1] / "web" / "static" / "vendor"
Weight = Literal["regular", "bold"]
FILES: dict[str, dict[Weight, str]] = {
    "Fira": {
        "regular": "kern/fonts/fira-sans/FiraSans-Regular.woff2",
        "bold": "kern/fonts/fira-sans/FiraSans-SemiBold.woff2",
    },
    **{
        script: {"regular": f"noto/{script}-400.woff2", "bold": f"noto/{script}-600.woff2"}
        for script in ("latin-ext", "arabic", "hebrew", "georgian", "armenian", "ethiopic")
    },
}
"""By family, the one with most letters first; below ``VENDOR``."""
ONE_SIZE = 1000.0
"""Points at which a piece is shaped: these fonts have the same forms at every size."""
MOST_SHAPED = 4096
"""Pieces that are remembered: the names of some batches."""
_shaping = Lock()


class FontsMissingError(RuntimeError):
    """The page assets were not set up; ``make setup`` brings them."""


class LetterFonts(msgspec.Struct, frozen=True):
    """Measures of the fonts."""

    faces: tuple[Face, ...]

    def width(self, text: str, weight: Weight, size: float) -> float:
        """Advance width in mm of ``text`` at ``size`` points."""
        return sum(_advance(piece, weight) for piece in self.pieces(text)) * size / mm

    def pieces(self, text: str) -> list[Piece]:
        """Give the parts of a printable line from left to right, each in one typeface."""
        return pieces(text, self.faces)

    def printable(self, text: str) -> str:
        """Give the text in letters that the fonts have."""
        return printable(text, self.faces)

    def missing(self, text: str) -> frozenset[str]:
        """Give the characters that can't be printed as they were written."""
        return missing(text, self.faces)


@cache
def letter_fonts() -> LetterFonts:
    """Read what the fonts can write; raises FontsMissingError."""
    return LetterFonts(
        tuple(
            Face(
                family,
                frozenset.intersection(
                    *(frozenset(map(chr, _opened(family, weight).getBestCmap())) for weight in weights)
                ),
            )
            for family, weights in FILES.items()
        )
    )


def _opened(family: str, weight: Weight) -> TTFont:
    file = VENDOR / FILES[family][weight]
    try:
        return TTFont(file)
    except FileNotFoundError as absent:
        raise FontsMissingError(f"{file} is missing: run make setup") from absent


@cache
def embedded(family: str, weight: Weight) -> str:
    """Give the name under which ReportLab knows the font, which is unpacked for it at the first use."""
    name = f"Letter{family}-{weight}"
    font = _opened(family, weight)
    font.flavor = None
    unpacked = io.BytesIO()
    font.save(unpacked)
    unpacked.seek(0)
    pdfmetrics.registerFont(EmbeddedFont(name, unpacked))
    return name


@lru_cache(MOST_SHAPED)
def shaped(text: str, family: str, weight: Weight) -> ShapedStr:
    """Give a piece's text with the forms and places of its letters."""
    font = embedded(family, weight)
    # Forms that have no code of their own get one at their first use, font by font.
    with _shaping:
        forms: ShapedStr = shapeStr(text, font, ONE_SIZE, force=True)
    return forms


def _advance(piece: Piece, weight: Weight) -> float:
    """Width of a piece at one point of size, in points."""
    if piece.shaped:
        forms = shaped(piece.text, piece.face, weight).__shapeData__  # type: ignore[attr-defined]  # stubs lack it
        return float(sum(form.x_advance for form in forms) / ONE_SIZE)
    return float(pdfmetrics.stringWidth(piece.text, embedded(piece.face, weight), 1))
