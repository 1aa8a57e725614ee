"""Which typeface writes which part of a line, and from left to right in which order.

Pure: what the typefaces have is an argument. A letter reads from left to right; names in scripts that
read from right to left stand in it as the Unicode Bidirectional Algorithm says (UAX 9).
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec
from bidi.algorithm import get_display  # type: ignore[import-untyped]

NO_SUCH_LETTER = "▯"
"""Stands for what no typeface has. Nobody types it, so that nobody takes it for what was typed."""
JOINERS = "\u200c\u200d"
"""Invisible: whether two Arabic letters join. Persian names have them."""
SAFE_JOINERS = "\ufe00\ufe01"
"""Marks that stand in for joiners while text is put in order; the algorithm takes joiners out."""
RIGHT_TO_LEFT = frozenset({"R", "AL"})
"""Bidirectional classes of Hebrew and of Arabic letters."""
NUMBER = "AN"
"""The class of Arabic digits, which read from left to right."""
_SAFE = str.maketrans(JOINERS, SAFE_JOINERS)
_UNSAFE = str.maketrans(SAFE_JOINERS, JOINERS)


class Face(msgspec.Struct, frozen=True):
    """A typeface: by which name it is known, and what it can write."""

    name: str
    characters: frozenset[str]


class Piece(msgspec.Struct, frozen=True):
    """A part of a line in one typeface: its text as it is read."""

    face: str
    text: str
    shaped: bool = False
    """Its letters take their forms and places from their neighbours."""
    right_to_left: bool = False


class _Shown(NamedTuple):
    text: str
    lost: bool


def printable(text: str, faces: Sequence[Face]) -> str:
    """Give the text as it is printed: composed, without control characters, what is missing marked."""
    return "".join(shown.text for _, shown in _shown(text, faces))


def missing(text: str, faces: Sequence[Face]) -> frozenset[str]:
    """Give the characters that ``printable`` can't show as they were written."""
    return frozenset(character for character, shown in _shown(text, faces) if shown.lost)


def _shown(text: str, faces: Sequence[Face]) -> Iterator[tuple[str, _Shown]]:
    for character in unicodedata.normalize("NFC", text):
        yield character, _as_shown(character, faces)


def _as_shown(character: str, faces: Sequence[Face]) -> _Shown:
    if character.isspace():
        return _Shown(" ", lost=False)
    if character in JOINERS:
        return _Shown(character, lost=False)
    category = unicodedata.category(character)
    # Whoever could turn the order of a line round could write one address and send to another.
    if category == "Cc" or (category == "Cf" and unicodedata.bidirectional(character) != NUMBER):
        return _Shown("", lost=False)
    if _face_of(character, faces):
        return _Shown(character, lost=False)
    parts = unicodedata.normalize("NFKD", character)
    if parts != character and all(_face_of(part, faces) for part in parts):
        return _Shown(parts, lost=False)
    # A mark that is missing leaves its letter as it is.
    return _Shown("" if unicodedata.combining(character) else NO_SUCH_LETTER, lost=True)


def _face_of(character: str, faces: Sequence[Face]) -> str:
    return next((face.name for face in faces if character in face.characters), "")


def pieces(text: str, faces: Sequence[Face]) -> list[Piece]:
    """Give the parts of a printable line from left to right; the first typeface has what all have."""
    first = faces[0]
    if first.characters.issuperset(text) and not any(map(unicodedata.combining, text)):
        return [Piece(first.name, text)] if text else []
    classes = set(map(unicodedata.bidirectional, text))
    # A line of an address may be all Arabic; a sentence of ours with a name in it never is.
    direction = "R" if classes & RIGHT_TO_LEFT and "L" not in classes else "L"
    in_order = str(get_display(text.translate(_SAFE), base_dir=direction)).translate(_UNSAFE)
    styles = list(_styles(in_order, faces))
    parts = groupby(zip(in_order, styles, strict=True), key=lambda part: part[1])
    return [_piece("".join(character for character, _ in part), *style) for style, part in parts]


def _styles(in_order: str, faces: Sequence[Face]) -> Iterator[tuple[str, bool]]:
    """Give typeface and direction for each character of a line in visual order."""
    style = (faces[0].name, False)
    for character in in_order:
        turned = unicodedata.bidirectional(character) in RIGHT_TO_LEFT
        goes_along = character in JOINERS or (unicodedata.combining(character) and not turned)
        face = _face_of(character, faces)
        if goes_along and style[1]:
            # In a word that was turned round, marks stand before their letters.
            yield style
            continue
        style = (face or faces[0].name, turned or _marks_turned(character))
        yield style


def _marks_turned(character: str) -> bool:
    """Tell whether a mark belongs to a script that reads from right to left."""
    name = unicodedata.name(character, "")
    return bool(unicodedata.combining(character)) and name.startswith(("ARABIC", "HEBREW"))


def _piece(in_order: str, face: str, right_to_left: bool) -> Piece:
    text = in_order[::-1] if right_to_left else in_order
    shaped = right_to_left or any(map(unicodedata.combining, text))
    return Piece(face, text, shaped, right_to_left)
