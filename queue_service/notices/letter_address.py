"""The address on a letter: the lines that the post reads, and how they fit behind the window."""

import unicodedata
from collections.abc import Callable, Sequence

import msgspec
from babel import Locale

from queue_service.notices.letter_form import MM_A_POINT
from queue_service.notices.model import Recipient

HOME = "DE"
COUNTRY_LANGUAGE = "de"
"""The country of destination is written in capitals in the language of the country of posting."""
CODE_AFTER_TOWN = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "US"})
"""Where the postal code follows the town (Universal Postal Union, addressing by country)."""
READABLE_SIZE = 10.0
"""Points; what DIN 5008 asks for at least in running text."""
SMALLEST_SIZE = 8.0
"""Points; below that sorting machines and postmen read badly."""
SIZE_STEP = 0.5
ELLIPSIS = "…"
LAST_OF_LATIN_1 = "ÿ"
LETTERS = frozenset({"Lu", "Ll", "Lt", "Lo"})
"""Unicode's categories of letters but modifiers: upper, lower and title case, and those without case."""

Measure = Callable[[str, float], float]
"""Width in mm of a text at a size in points."""


class FittedAddress(msgspec.Struct, frozen=True):
    """Lines that fit at a size in points."""

    lines: list[str]
    size: float


def address_lines(recipient: Recipient) -> list[str]:
    """Give the lines from the name to the country, which stands only on letters that go abroad."""
    address = recipient.postal_address
    if address is None:
        return [recipient.name]
    town = (
        f"{address.city} {address.postal_code}"
        if address.country in CODE_AFTER_TOWN
        else f"{address.postal_code} {address.city}"
    )
    country = [] if address.country == HOME else [country_name(address.country)]
    return [line for line in (recipient.name, address.street, town, *country) if line.strip()]


def country_name(code: str) -> str:
    """Give the country as it stands on an envelope posted in Germany."""
    return (Locale.parse(COUNTRY_LANGUAGE).territories.get(code) or code).upper()


def in_latin_letters(text: str) -> bool:
    """Tell whether sorting machines and postmen can read it; digits and signs are no letters."""
    beyond_latin_1 = (letter for letter in text if letter > LAST_OF_LATIN_1)
    # Apostrophes within names are letters of all scripts to Unicode.
    letters = (letter for letter in beyond_latin_1 if unicodedata.category(letter) in LETTERS)
    return all(unicodedata.name(letter).startswith("LATIN") for letter in letters)


def fit_address(
    lines: Sequence[str], width: float, height: float, size: float, spacing: float, measure: Measure
) -> FittedAddress:
    """Give the lines, wrapped where they must be, at the largest size up to ``size`` at which all fit.

    ``spacing`` is the distance of two lines as a share of their size. What fits at no size, longer
    than any real address, is cut.
    """
    while True:
        wrapped = [part for line in lines for part in _wrapped(line, width, size, measure)]
        # An address in one line a field is read best: smaller before broken, down to 10 points.
        whole = len(wrapped) == len(lines) or size <= READABLE_SIZE
        # DIN 5008 has six lines; an address that needs eight small ones still has to arrive.
        most = int(height / (size * spacing * MM_A_POINT))
        if whole and len(wrapped) <= most:
            return FittedAddress(wrapped, size)
        if size - SIZE_STEP < SMALLEST_SIZE:
            return FittedAddress(_cut(lines, width, size, most, measure), size)
        size -= SIZE_STEP


def _wrapped(line: str, width: float, size: float, measure: Measure) -> list[str]:
    done: list[str] = []
    current = ""
    for word in line.split():
        longer = f"{current} {word}".strip()
        if current and measure(longer, size) > width:
            done.append(current)
            longer = word
        current = longer
        while measure(current, size) > width:
            fitting = next(n for n in range(len(current) - 1, 0, -1) if measure(current[:n], size) <= width)
            done.append(current[:fitting])
            current = current[fitting:]
    return [*done, current]


def _cut(lines: Sequence[str], width: float, size: float, most: int, measure: Measure) -> list[str]:
    """Shorten the longest lines until there is room; town and country are the last to go."""
    wrapped = [_wrapped(line, width, size, measure) for line in lines]
    while sum(map(len, wrapped)) > most and len(longest := max(wrapped, key=len)) > 1:
        longest.pop()
        longest[-1] = longest[-1][: -len(ELLIPSIS)] + ELLIPSIS
    return [part for parts in wrapped for part in parts]
