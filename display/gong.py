"""The gong before an announcement: two soft tones, made here, so that no recording has to be licensed."""

import math
from array import array
from functools import lru_cache
from typing import Final, NamedTuple

from display.loudness import normalised
from display.waveform import FULL_SCALE, SAMPLE_RATE, Sound

GONG_SECONDS = 1.7


class _Strike(NamedTuple):
    """One tone of the gong."""

    at_seconds: float
    hertz: float
    fades_within_seconds: float
    """Time in which the fundamental falls to 1/e."""


STRIKES: Final = (_Strike(0.0, 659.26, 0.35), _Strike(0.5, 523.25, 0.45))
"""A falling major third, E5 to C5: below the range that age takes first (above 2 kHz)."""

PARTIALS: Final = ((1, 1.0), (2, 0.3), (3, 0.08))
"""Multiple of the fundamental and its share; higher ones fade faster, as on a struck bar."""

ATTACK_SECONDS = 0.012
"""Long enough not to click, short enough to be heard as a stroke."""

RELEASE_SECONDS = 0.25
"""Over this the rest fades to nothing at the end."""


@lru_cache(maxsize=4)
def gong(rate: int = SAMPLE_RATE) -> Sound:
    """The gong at ``rate`` samples a second, as loud as speech; begins and ends at zero."""
    length = round(GONG_SECONDS * rate)
    wave = [0.0] * length
    for strike in STRIKES:
        begin = round(strike.at_seconds * rate)
        for index in range(begin, length):
            wave[index] += _strike_value(strike, (index - begin) / rate)
    highest = max(map(abs, wave))
    values = array(
        "h",
        [round(value / highest * _release(index / rate) * FULL_SCALE) for index, value in enumerate(wave)],
    )
    return normalised(Sound.from_values(values, rate))


def _strike_value(strike: _Strike, seconds: float) -> float:
    attack = 0.5 - 0.5 * math.cos(math.pi * min(1.0, seconds / ATTACK_SECONDS))
    return attack * sum(
        share
        * math.exp(-seconds * multiple / strike.fades_within_seconds)
        * math.sin(2 * math.pi * strike.hertz * multiple * seconds)
        for multiple, share in PARTIALS
    )


def _release(seconds: float) -> float:
    left = min(1.0, max(0.0, GONG_SECONDS - seconds) / RELEASE_SECONDS)
    return 0.5 - 0.5 * math.cos(math.pi * left)
