"""The alphabet of codes that people read out, write down and type: references, secrets, device codes."""

ALPHABET = "23456789ABCDEFGHJKLMNPRSTUVWXYZ"
"""Digits and capitals without 0, 1, I, O and Q, which are taken for one another."""
SEPARATORS = " -\t\u00a0\u2010\u2011\u2013\u2014"
"""Space and hyphen, and what word processors and messengers make of them."""


def without_separators(text: str) -> str:
    """Give a code as it is stored from what was typed: case, spaces and hyphens don't matter."""
    return "".join(character for character in text if character not in SEPARATORS).upper()
