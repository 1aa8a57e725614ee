"""Sound as samples: levels, silence, joining and the WAV around it.

One announcement is half a million samples at most; the standard library's arrays handle that
in some ten milliseconds, so no numeric library is installed on the wall's small computer.
"""

import io
import math
import sys
import wave
from array import array
from collections.abc import Iterable
from operator import mul
from typing import Self

import msgspec

FULL_SCALE = 32_767
"""Largest value of a 16-bit sample: 0 dBFS."""

SAMPLE_RATE = 22_050
"""What espeak-ng speaks at; where nothing is spoken the gong alone keeps it."""

FRAME_SECONDS = 0.02
"""Length over which a level is taken: longer than a pitch period, shorter than a syllable."""

ACTIVE_RANGE_DB = 25.0
"""A frame this far below the loudest is a pause and doesn't count for the level (after ITU-T P.56)."""

PEAK_CEILING_DBFS = -1.5
"""Peaks stay below −1 dBFS also after a player has resampled them (EBU R 128 asks for −1 dBTP)."""

QUIET_DBFS = -55.0
"""Below this a sample is silence: a voice's noise floor is lower, the softest consonant louder."""

EDGE_SECONDS = 0.01
"""Kept around what was trimmed and faded, so that no edge clicks."""


FIXED_POINT_ONE = 1 << 16
"""Gains as whole numbers are three times as fast as floats, and as exact as 16 bits can be."""


class Sound(msgspec.Struct, frozen=True):
    """One channel of 16-bit samples, little-endian."""

    rate: int
    samples: bytes

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / 2 / self.rate

    @classmethod
    def silence(cls, seconds: float, rate: int) -> Self:
        """A pause."""
        return cls(rate, bytes(2 * round(seconds * rate)))

    @classmethod
    def from_values(cls, values: "array[int]", rate: int) -> Self:
        """Take 16-bit values as samples."""
        return cls(rate, _little_endian(values).tobytes())

    def values(self) -> "array[int]":
        """The samples as numbers."""
        return _little_endian(array("h", self.samples))


def join(sounds: Iterable[Sound]) -> Sound:
    """Put sounds of one rate behind each other; ValueError for none or for different rates."""
    parts = list(sounds)
    rates = {part.rate for part in parts}
    if len(rates) != 1:
        raise ValueError(f"sounds of the rates {sorted(rates)} can't be joined")
    return Sound(rates.pop(), b"".join(part.samples for part in parts))


def peak_dbfs(sound: Sound) -> float:
    """Highest sample; −inf for silence."""
    values = sound.values()
    if not values:
        return -math.inf
    highest, lowest = max(values), min(values)
    return _decibels(max(highest, -lowest) / FULL_SCALE)


def active_level_dbfs(sound: Sound) -> float:
    """Root mean square of the frames in which something sounds; −inf for silence."""
    powers = _frame_powers(sound)
    loudest = max(powers, default=0.0)
    if loudest == 0:
        return -math.inf
    floor = loudest / 10 ** (ACTIVE_RANGE_DB / 10)
    active = [power for power in powers if power >= floor]
    return 10 * math.log10(sum(active) / len(active))


def at_level(sound: Sound, level_dbfs: float) -> Sound:
    """Bring the active level to ``level_dbfs``, or as near to it as the peak ceiling lets."""
    gain_db = min(level_dbfs - active_level_dbfs(sound), PEAK_CEILING_DBFS - peak_dbfs(sound))
    if not math.isfinite(gain_db):
        return sound
    gain = round(10 ** (gain_db / 20) * FIXED_POINT_ONE)
    half = FIXED_POINT_ONE // 2
    louder = array("h", [(value * gain + half) // FIXED_POINT_ONE for value in sound.values()])
    return Sound.from_values(louder, sound.rate)


def trimmed(sound: Sound) -> Sound:
    """Cut silence off both ends and fade what is left in and out over ``EDGE_SECONDS``."""
    values = sound.values()
    quiet = FULL_SCALE * 10 ** (QUIET_DBFS / 20)
    first = next((index for index, value in enumerate(values) if abs(value) > quiet), None)
    if first is None:
        return Sound(sound.rate, b"")
    after = next(index for index in range(len(values), 0, -1) if abs(values[index - 1]) > quiet)
    edge = round(EDGE_SECONDS * sound.rate)
    kept = values[max(0, first - edge) : after + edge]
    for step in range(min(edge, len(kept) // 2)):
        share = step / edge
        kept[step] = round(kept[step] * share)
        kept[-1 - step] = round(kept[-1 - step] * share)
    return Sound.from_values(kept, sound.rate)


def to_wav(sound: Sound) -> bytes:
    """A complete WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(sound.samples)
    return buffer.getvalue()


def from_wav(content: bytes) -> Sound:
    """Read a WAV file of one 16-bit channel, also one whose header names a wrong length, as pipes make them.

    Raises ValueError for anything else.
    """
    try:
        with wave.open(io.BytesIO(content)) as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                raise ValueError("not one channel of 16 bits")
            samples = file.readframes(len(content))
            return Sound(file.getframerate(), samples[: len(samples) // 2 * 2])
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a WAV file: {error}") from error


def _frame_powers(sound: Sound) -> list[float]:
    values, size = sound.values(), max(1, round(FRAME_SECONDS * sound.rate))
    frames = (values[start : start + size] for start in range(0, len(values), size))
    return [sum(map(mul, frame, frame)) / len(frame) / FULL_SCALE**2 for frame in frames]


def _decibels(ratio: float) -> float:
    return 20 * math.log10(ratio) if ratio > 0 else -math.inf


def _little_endian(values: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        values.byteswap()
    return values
