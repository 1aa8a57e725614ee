"""Bringing a sound to another rate: voices speak at 16, 22.05 or 24 kHz, and an announcement is one sound."""

import math
from array import array
from functools import lru_cache
from operator import mul

from display.waveform import FULL_SCALE, Sound

TAPS = 24
"""Samples on which each new one rests: what folds back is 60 dB and more below speech."""


def at_rate(sound: Sound, rate: int) -> Sound:
    """Give the same sound with ``rate`` samples a second; unchanged where it has them."""
    if sound.rate == rate or not sound.samples:
        return sound
    common = math.gcd(sound.rate, rate)
    up, down = rate // common, sound.rate // common
    half = TAPS // 2
    values = array("h", bytes(2 * half)) + sound.values() + array("h", bytes(2 * half))
    phases = _phases(up, down)
    count = len(sound.samples) // 2 * up // down
    made = array("h")
    for index in range(count):
        at, phase = divmod(index * down, up)
        made.append(_clipped(sum(map(mul, phases[phase], values[at + 1 : at + 1 + TAPS]))))
    return Sound.from_values(made, rate)


def _clipped(value: float) -> int:
    return max(-FULL_SCALE, min(FULL_SCALE, round(value)))


@lru_cache(maxsize=4)
def _phases(up: int, down: int) -> list[list[float]]:
    """A windowed sinc for each place between two samples; its band ends below the lower rate's half."""
    band = min(1.0, up / down) * 0.95
    half = TAPS // 2
    phases = []
    for phase in range(up):
        distances = [tap + 1 - half - phase / up for tap in range(TAPS)]
        taps = [_sinc(band * x) * (0.5 + 0.5 * math.cos(math.pi * x / half)) for x in distances]
        whole = sum(taps)
        phases.append([tap / whole for tap in taps])
    return phases


def _sinc(x: float) -> float:
    return math.sin(math.pi * x) / (math.pi * x) if x else 1.0
