"""What is wrong with a set-up file and where: gathered while it is read, raised as one error."""

import difflib
from collections.abc import Iterable

import msgspec

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a file to a value."""

ECHO_LENGTH = 40
"""Characters of a wrong value that a message repeats; the rest is found at the place named."""
MAX_ECHOED_CHOICES = 16
"""A message lists what is allowed only while the list can be taken in at a glance."""
SUGGESTED_OF = 1000
"""Similar words are sought among this many at most: comparing costs time with every one of them."""

SHORTEST_PART = 3
"""Fewer letters are part of too many words to mean one of them."""


class Place(msgspec.Struct, frozen=True):
    """Line and column, both counted from 1."""

    line: int
    column: int


TOP = Place(1, 1)


class Mistake(msgspec.Struct, frozen=True):
    """One thing wrong in a file and what is allowed instead."""

    file: str
    place: Place
    path: str
    """Where in the structure: ``offices[0].counters[3].services[1]``; empty for the whole file."""
    message: str

    def __str__(self) -> str:
        """Give one line as compilers do, which editors can jump to."""
        where = f"{self.file}:{self.place.line}:{self.place.column}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class SetupError(Exception):
    """The set-up can't be applied; ``mistakes`` names all of them, in the order of the files."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


class Findings:
    """Where each part of one file stands and what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._places: dict[Path, Place] = {(): TOP}
        self._noted: list[tuple[Place, Path, str]] = []
        self._wrong: set[Path] = set()
        self._around_wrong: set[Path] = set()

    def stands(self, path: Path, place: Place) -> None:
        """Remember where the value at ``path`` is written."""
        self._places[path] = place

    def note(self, path: Path, message: str, place: Place | None = None) -> None:
        """Note a value that can't be read; without ``place`` it stands at or nearest around ``path``."""
        self._noted.append((place or self._nearest(path), path, message))
        self.doubt(path)

    def doubt(self, path: Path) -> None:
        """Draw no conclusions from the value at ``path``: it is not what its author meant."""
        self._wrong.add(path)
        self._around_wrong.update(path[:length] for length in range(len(path) + 1))

    def note_consequence(self, path: Path, message: str, *because: Path) -> None:
        """Note that readable values don't fit each other.

        Left unsaid where ``path`` or one of the values that led to it can't be read, as a whole or
        in part: what is compared with a blank is rarely a mistake of its own.
        """
        if not any(self._is_doubtful(one) for one in (path, *because)):
            self._noted.append((self._nearest(path), path, message))

    def _is_doubtful(self, path: Path) -> bool:
        within = any(path[:length] in self._wrong for length in range(len(path) + 1))
        return within or path in self._around_wrong

    def mistakes(self) -> list[Mistake]:
        """Give all mistakes by line and column."""
        ordered = sorted(self._noted, key=lambda noted: (noted[0].line, noted[0].column))
        return [Mistake(self.file, place, written(path), message) for place, path, message in ordered]

    def _nearest(self, path: Path) -> Place:
        while path not in self._places:
            path = path[:-1]
        return self._places[path]


def written(path: Path) -> str:
    """Write a path as people do: ``offices[0].counters[3]``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{echo(part)}" for part in path]
    return "".join(parts).removeprefix(".")


def echo(text: str) -> str:
    """Give a text from a file for a message: short, and nothing in it that a terminal would obey."""
    shown = text if len(text) <= ECHO_LENGTH else f"{text[:ECHO_LENGTH]}…"
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)


def likeliest(text: str, choices: Iterable[str]) -> str | None:
    """Give the choice that ``text`` is a part of, or else resembles most, if it resembles any."""
    names = list(choices)[:SUGGESTED_OF]
    holding = [name for name in names if len(text) >= SHORTEST_PART and text in name]
    near = difflib.get_close_matches(text[:ECHO_LENGTH], names, n=1, cutoff=0.6)
    return next(iter(near + holding), None)


def unknown(what: str, text: str, choices: Iterable[str]) -> str:
    """Say that ``text`` isn't among ``choices``, with the likeliest one or all where they are few."""
    names = list(choices)
    near = likeliest(text, names)
    message = f"unknown {what} '{echo(text)}'"
    if near:
        return f"{message}; did you mean '{near}'?"
    if not names:
        return f"{message}; none is defined"
    if len(names) <= MAX_ECHOED_CHOICES:
        return f"{message}; allowed: {', '.join(names)}"
    return message
