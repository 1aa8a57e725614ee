"""In which order the parts of a line stand on paper, from left to right.

A page's browser does this by itself; on paper it is ours to do (Unicode Bidirectional Algorithm, UAX 9).
Arabic letters take their forms from their neighbours, so their parts are told from all others.
"""

import unicodedata
from itertools import groupby

import msgspec
from bidi.algorithm import get_display  # type: ignore[import-untyped]

from queue_service.protocol.languages import direction

ARABIC_LETTERS = ("\u0600", "\u06ff")
"""The block that the catalogs use; its digits they don't."""
INVISIBLE = "Cf"
"""Unicode's category of signs that only steer the order of others; the library stumbles over some."""


class Part(msgspec.Struct, frozen=True):
    """Neighbouring signs of one line that are set together: their text as it is read."""

    text: str
    arabic: bool = False


def parts(text: str, language: str) -> list[Part]:
    """Give the parts of a line of a ticket in ``language``, from left to right."""
    text = "".join(sign for sign in text if unicodedata.category(sign) != INVISIBLE)
    if not any(map(_is_arabic, text)):
        return [Part(text)] if text else []
    base = "R" if direction(language) == "rtl" else "L"
    in_order = str(get_display(text, base_dir=base))
    grouped = ((arabic, "".join(signs)) for arabic, signs in groupby(in_order, _is_arabic))
    return [Part(signs[::-1] if arabic else signs, arabic) for arabic, signs in grouped]


def _is_arabic(sign: str) -> bool:
    first, last = ARABIC_LETTERS
    return first <= sign <= last
