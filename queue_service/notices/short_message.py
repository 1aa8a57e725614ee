"""Fits words into one text message: 160 characters of GSM's own alphabet, or 70 of any other.

Alphabet and limits: 3GPP TS 23.038.
"""

import unicodedata
from collections.abc import Sequence

GSM_CHARACTERS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Each counts twice: it is sent behind an escape."""
LONGEST_GSM = 160
LONGEST_UNICODE = 70
PLAIN = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "ẞ": "SS",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
"""Typography, and letters that don't come apart into a base and an accent."""


def units(text: str) -> tuple[int, int]:
    """Give how many units the text takes, and how many one message holds."""
    if set(text) <= GSM_CHARACTERS | GSM_EXTENSION:
        return sum(2 if character in GSM_EXTENSION else 1 for character in text), LONGEST_GSM
    return len(text.encode("utf-16-le")) // 2, LONGEST_UNICODE


def fits(text: str) -> bool:
    """Tell whether one message holds the text."""
    taken, room = units(text)
    return taken <= room


def plain(text: str) -> str:
    """Give the text in GSM's alphabet as far as another letter can stand for a missing one."""
    return "".join(_plain_character(character) for character in text.translate(PLAIN))


def fitted(lines: Sequence[str], needed: Sequence[bool]) -> str:
    """Give the lines as one message if possible: those not needed are left out, the last one first."""
    said = list(zip([plain(line) for line in lines], needed, strict=True))
    for index in reversed(range(len(said))):
        if fits(_joined(said)):
            break
        if not said[index][1]:
            del said[index]
    return _joined(said)


def _joined(said: Sequence[tuple[str, bool]]) -> str:
    return "\n".join(line for line, _ in said)


def _plain_character(character: str) -> str:
    if character in GSM_CHARACTERS or character in GSM_EXTENSION:
        return character
    bare = "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
    )
    return bare if bare and set(bare) <= GSM_CHARACTERS else character
