"""A recorded voice: WAV pieces of words and phrases, put together without a click.

``manifest.json`` in the pack's directory says which piece is which words, by language:

    {"languages": {"de": {"Nummer": "nummer.wav", "A": "a.wav", "null": "null.wav",
                          "Bitte zu Schalter": "bitte-zu-schalter.wav", "drei": "drei.wav"}}}

Of several pieces that fit, the one with most words is taken: whole phrases sound best. A sentence of which
a word is missing is refused; another voice then says all of the utterance.
"""

import hashlib
import re
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from display.announcement import Utterance
from display.resampling import at_rate
from display.voice import VoiceRefusesError
from display.waveform import EDGE_SECONDS, SAMPLE_RATE, Sound, at_level, from_wav, join, trimmed

MANIFEST = "manifest.json"
PIECE_LEVEL_DBFS = -23.0
"""Of each piece, so that none stands out; the sentence is brought to its loudness as a whole."""

PAUSES: Final = {",": 0.25, ";": 0.25, ":": 0.3, ".": 0.35, "!": 0.35, "?": 0.35}
"""Seconds after a word by what follows it; as espeak-ng pauses at this pace."""

CROSS_FADE_SECONDS = EDGE_SECONDS
"""Words that follow each other without a pause overlap so long; their edges are faded already."""

WORD: Final = re.compile(r"[^\s.,:;!?]+|[.,:;!?]")


class VoicePackError(ValueError):
    """A pack that can't be used, and why."""


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    languages: Mapping[str, Mapping[str, str]]


Pieces = Mapping[tuple[str, ...], Path]
"""By the words that they are, in small letters."""


class VoicePack:
    """Says what its pieces add up to."""

    def __init__(self, directory: Path) -> None:
        """Read the manifest and look at every piece. Raises VoicePackError."""
        self._pieces = _read(directory)
        self.name = f"pack-{_digest(self._pieces)}"

    async def speak(self, utterance: Utterance) -> Sound:
        """Put it together; raises VoiceRefusesError where a piece is missing."""
        pieces = self._pieces.get(utterance.language)
        if pieces is None:
            raise VoiceRefusesError(f"no recordings in {utterance.language!r}")
        sound = Sound.silence(0, SAMPLE_RATE)
        pause: float | None = 0.0
        for part in _parts(utterance.text, pieces):
            if isinstance(part, str):
                pause = PAUSES[part]
            elif pause is None:
                sound = cross_faded(sound, _piece(part))
            else:
                sound = join([sound, Sound.silence(pause, SAMPLE_RATE), _piece(part)])
            if not isinstance(part, str):
                pause = None
        return sound

    async def close(self) -> None:
        """Nothing runs."""


def cross_faded(before: Sound, after: Sound) -> Sound:
    """Let one end while the next begins; both have faded edges."""
    overlap = min(round(CROSS_FADE_SECONDS * before.rate), len(before.samples) // 2, len(after.samples) // 2)
    first, second = before.values(), after.values()
    both = array("h", map(sum, zip(first[len(first) - overlap :], second[:overlap], strict=True)))
    return Sound.from_values(first[: len(first) - overlap] + both + second[overlap:], before.rate)


def _parts(text: str, pieces: Pieces) -> list[Path | str]:
    """Pieces and the signs between them; raises VoiceRefusesError."""
    tokens = WORD.findall(text)
    longest = max(map(len, pieces))
    parts: list[Path | str] = []
    at = 0
    while at < len(tokens):
        if tokens[at] in PAUSES:
            parts.append(tokens[at])
            at += 1
            continue
        for length in range(min(longest, len(tokens) - at), 0, -1):
            words = tuple(token.casefold() for token in tokens[at : at + length])
            if words in pieces:
                parts.append(pieces[words])
                at += length
                break
        else:
            raise VoiceRefusesError(f"no recording of {tokens[at]!r}")
    return parts


def _piece(path: Path) -> Sound:
    try:
        return _levelled(path.read_bytes())
    except (OSError, ValueError) as error:
        raise VoiceRefusesError(f"{path.name} can't be read: {error}") from error


def _levelled(content: bytes) -> Sound:
    return at_level(trimmed(at_rate(from_wav(content), SAMPLE_RATE)), PIECE_LEVEL_DBFS)


def _read(directory: Path) -> dict[str, Pieces]:
    try:
        manifest = msgspec.json.decode((directory / MANIFEST).read_bytes(), type=_Manifest)
    except OSError as error:
        raise VoicePackError(f"{directory / MANIFEST}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise VoicePackError(f"{directory / MANIFEST}: {error}") from error
    return {
        language: _checked(directory, pieces) for language, pieces in manifest.languages.items() if pieces
    }


def _checked(directory: Path, pieces: Mapping[str, str]) -> Pieces:
    found = {}
    for words, name in pieces.items():
        path = directory / name
        if Path(name).name != name:
            raise VoicePackError(f"{path}: not a file of this directory")
        try:
            from_wav(path.read_bytes())
        except (OSError, ValueError) as error:
            raise VoicePackError(f"{path}: {error}") from error
        found[tuple(word.casefold() for word in words.split())] = path
    return found


def _digest(languages: Mapping[str, Pieces]) -> str:
    """Differs with every piece, so that what was spoken from other recordings is not said any more."""
    content = hashlib.sha256()
    for language, pieces in sorted(languages.items()):
        for words, path in sorted(pieces.items()):
            content.update(f"{language} {words}".encode() + path.read_bytes())
    return content.hexdigest()[:16]
