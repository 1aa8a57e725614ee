"""A ticket's number as people type it: case, blanks and leading zeros don't matter."""

import re

PARTS = re.compile(r"([A-Z]*)0*([0-9]+)")


def written_number(text: str, digits: int) -> str:
    """Give the number as it stands on paper: ``a 42`` as ``A042``; what can't be one stays as it is."""
    typed = "".join(text.split()).upper()
    parts = PARTS.fullmatch(typed) if typed.isascii() else None
    return f"{parts[1]}{parts[2].zfill(digits)}" if parts else typed
