"""The alphabet of codes that people read out, write down and type: references, secrets, device codes."""

ALPHABET = "23456789ABCDEFGHJKLMNPRSTUVWXYZ"
"""Digits and capitals without 0, 1, I, O and Q, which are taken for one another."""
SEPARATORS = " -\t\u00a0\u2010\u2011\u2013\u2014"
"""Space and hyphen, and what word processors and messengers make of them."""


def without_separators(text: str) -> str:
    """Give a code as it is stored from what was typed: case, spaces and hyphens don't matter."""
    return "".join(character for character in text if character not in SEPARATORS).upper()


REFERENCE_LENGTH = 8
"""Seven random characters and a check character."""


def weighted_sum(characters: str) -> int:
    """Sum up characters of the alphabet, each times its place, modulo the alphabet's length: a prime."""
    return sum(
        weight * ALPHABET.index(character) for weight, character in enumerate(characters, start=1)
    ) % len(ALPHABET)


def is_reference(code: str) -> bool:
    """Tell whether a code (as it is stored) can be an appointment's: its form and its check character."""
    return len(code) == REFERENCE_LENGTH and set(code) <= set(ALPHABET) and not weighted_sum(code)
