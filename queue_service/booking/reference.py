"""An appointment's reference: short, safe to dictate, and able to notice a slip of the tongue.

Seven random characters and a check character, shown as ``K7RM-W3XR``. The alphabet has 31
characters, a prime, and the characters are weighted 1 to 8 modulo 31: every single wrong
character and every two characters that changed places give another sum.
"""

import secrets

from queue_service.platform.errors import AppointmentNotFound
from queue_service.protocol.dictation import (
    ALPHABET,
    REFERENCE_LENGTH,
    is_reference,
    weighted_sum,
    without_separators,
)

LENGTH = REFERENCE_LENGTH
GROUP = 4
"""Characters between hyphens when a reference is shown."""

DIN_5009_NAMES = {
    "A": "Aachen",
    "B": "Berlin",
    "C": "Chemnitz",
    "D": "Düsseldorf",
    "E": "Essen",
    "F": "Frankfurt",
    "G": "Goslar",
    "H": "Hamburg",
    "I": "Ingelheim",
    "J": "Jena",
    "K": "Köln",
    "L": "Leipzig",
    "M": "München",
    "N": "Nürnberg",
    "O": "Offenbach",
    "P": "Potsdam",
    "Q": "Quickborn",
    "R": "Rostock",
    "S": "Salzwedel",
    "T": "Tübingen",
    "U": "Unna",
    "V": "Völklingen",
    "W": "Wuppertal",
    "X": "Xanten",
    "Y": "Ypsilon",
    "Z": "Zwickau",
}
"""Spelling names of DIN 5009:2022."""
GERMAN_DIGITS = ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")


def new_reference() -> str:
    """Make a reference as it is stored, without the hyphen."""
    return with_check("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1)))


def with_check(stem: str) -> str:
    """Complete ``LENGTH - 1`` characters of the alphabet by their check character."""
    missing = -weighted_sum(stem) * pow(LENGTH, -1, len(ALPHABET))
    return stem + ALPHABET[missing % len(ALPHABET)]


def parse_reference(text: str) -> str:
    """Give the reference as it is stored from what was typed or heard.

    Case, spaces and hyphens don't matter. Raises AppointmentNotFound for what can't be a reference:
    to somebody who tries references out, a wrong check character looks like an unknown reference.
    """
    reference = without_separators(text)
    if not is_reference(reference):
        raise AppointmentNotFound
    return reference


def shown(reference: str) -> str:
    """Give the reference as people see it, in two groups."""
    return "-".join(reference[start : start + GROUP] for start in range(0, len(reference), GROUP))


def spelled(text: str) -> list[str]:
    """Give the words by which an agent dictates a reference (or any other code), one a character.

    Letters by DIN 5009, digits in German; what is neither, such as the hyphen, is not spoken.
    """
    return [
        GERMAN_DIGITS[int(character)] if character in "0123456789" else DIN_5009_NAMES[character]
        for character in text.upper()
        if character in "0123456789" or character in DIN_5009_NAMES
    ]
