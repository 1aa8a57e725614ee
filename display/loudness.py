"""How loud a sound is to people, and bringing it to the loudness that a hall is set to.

Measured after ITU-R BS.1770-4: K-weighting and gated blocks of 400 ms. Our own code, because the one
kept-up library for it (pyloudnorm) brings NumPy and SciPy, 100 MB for two filters; the tests hold it
against a second implementation and against the standard's own figure.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from display.waveform import FIXED_POINT_ONE, FULL_SCALE, PEAK_CEILING_DBFS, Sound, peak_dbfs

TARGET_LUFS = -23.0
"""Of gong and speech at the usual loudness: the target level of EBU R 128. The highest peaks that espeak-ng
speaks stand 22 dB above its loudness (Bulgarian, Russian): at this one nothing has to be limited."""

LIMITER_SECONDS = 0.001
"""Length of the steps in which the limiter works."""
LIMITER_STEPS = 5
"""Before and after a peak the gain falls and rises over so many steps: 5 ms, without a click."""

SUB_BLOCK_SECONDS = 0.1
SUB_BLOCKS_A_BLOCK = 4
"""Blocks of 400 ms that overlap by three quarters (BS.1770-4)."""
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
OFFSET_DB = -0.691

SILENCE_LUFS = -math.inf


class _Biquad(NamedTuple):
    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def loudness_lufs(sound: Sound) -> float:
    """Integrated loudness of one channel; −inf for silence. What is shorter than a block counts as one."""
    sub_blocks = _weighted_energies(sound)
    per_block = min(SUB_BLOCKS_A_BLOCK, len(sub_blocks))
    if not per_block:
        return SILENCE_LUFS
    length = per_block * round(SUB_BLOCK_SECONDS * sound.rate)
    powers = [sum(sub_blocks[at : at + per_block]) / length for at in range(len(sub_blocks) - per_block + 1)]
    heard = [power for power in powers if _lufs(power) > ABSOLUTE_GATE_LUFS]
    if not heard:
        return SILENCE_LUFS
    gate = _lufs(sum(heard) / len(heard)) + RELATIVE_GATE_LU
    loud = [power for power in heard if _lufs(power) > gate]
    return _lufs(sum(loud) / len(loud))


def normalised(sound: Sound) -> Sound:
    """Bring a sound to ``TARGET_LUFS``; silence stays silence."""
    loudness = loudness_lufs(sound)
    return louder(sound, TARGET_LUFS - loudness) if math.isfinite(loudness) else sound


def louder(sound: Sound, gain_db: float) -> Sound:
    """Amplify, or soften by a negative number; peaks are held below ``PEAK_CEILING_DBFS``."""
    if not gain_db or not sound.samples:
        return sound
    gain = 10 ** (gain_db / 20)
    if peak_dbfs(sound) + gain_db > PEAK_CEILING_DBFS:
        return _limited(sound, gain)
    whole, half = round(gain * FIXED_POINT_ONE), FIXED_POINT_ONE // 2
    values = array("h", [(value * whole + half) // FIXED_POINT_ONE for value in sound.values()])
    return Sound.from_values(values, sound.rate)


def _limited(sound: Sound, gain: float) -> Sound:
    """Amplify with a gain that gives way around each peak and is back 5 ms after it."""
    values, size = sound.values(), max(1, round(LIMITER_SECONDS * sound.rate))
    ceiling = FULL_SCALE * 10 ** (PEAK_CEILING_DBFS / 20)
    steps = [values[at : at + size] for at in range(0, len(values), size)]
    needed = [min(gain, ceiling / max(1, *step, *(-value for value in step))) for step in steps]
    # Lowest of the surroundings, then the mean of these: it never rises above what a step in reach needs.
    lowest = _over_surroundings(needed, LIMITER_STEPS + 1, min)
    smooth = _over_surroundings(lowest, LIMITER_STEPS, lambda near: sum(near) / len(near))
    edges = [smooth[0], *(min(pair) for pair in pairwise(smooth)), smooth[-1]]
    louder_values = array("h")
    for step, begin, end in zip(steps, edges, edges[1:], strict=False):
        rise = (end - begin) / size
        louder_values.extend([round(value * (begin + rise * at)) for at, value in enumerate(step)])
    return Sound.from_values(louder_values, sound.rate)


def _over_surroundings(
    figures: list[float], reach: int, of: Callable[[Sequence[float]], float]
) -> list[float]:
    return [of(figures[max(0, at - reach) : at + reach + 1]) for at in range(len(figures))]


def _weighted_energies(sound: Sound) -> list[float]:
    """Sum up the squares of the K-weighted samples of each ``SUB_BLOCK_SECONDS``; once for less."""
    shelf, cut = _head(sound.rate), _low_cut(sound.rate)
    values = sound.values()
    size = round(SUB_BLOCK_SECONDS * sound.rate)
    stretches = [values[at : at + size] for at in range(0, len(values), size)]
    if len(stretches) > 1 and len(stretches[-1]) < size:
        stretches.pop()
    energies = []
    # Both filters in the transposed direct form: two memories each, carried from stretch to stretch.
    s1 = s2 = c1 = c2 = 0.0
    for stretch in stretches:
        energy = 0.0
        for value in stretch:
            x = value / 32_768
            y = shelf.b0 * x + s1
            s1 = shelf.b1 * x - shelf.a1 * y + s2
            s2 = shelf.b2 * x - shelf.a2 * y
            z = cut.b0 * y + c1
            c1 = cut.b1 * y - cut.a1 * z + c2
            c2 = cut.b2 * y - cut.a2 * z
            energy += z * z
        energies.append(energy)
    return energies


def _lufs(power: float) -> float:
    return OFFSET_DB + 10 * math.log10(power) if power > 0 else SILENCE_LUFS


@lru_cache(maxsize=4)
def _head(rate: int) -> _Biquad:
    """The shelf for a head's acoustic effect, from its analogue parameters so that it fits any rate."""
    gain, quality = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    k = math.tan(math.pi * 1681.974450955533 / rate)
    bridge = gain**0.4996667741545416
    a0 = 1 + k / quality + k * k
    return _Biquad(
        (gain + bridge * k / quality + k * k) / a0,
        2 * (k * k - gain) / a0,
        (gain - bridge * k / quality + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / quality + k * k) / a0,
    )


@lru_cache(maxsize=4)
def _low_cut(rate: int) -> _Biquad:
    quality, k = 0.5003270373238773, math.tan(math.pi * 38.13547087602444 / rate)
    a0 = 1 + k / quality + k * k
    return _Biquad(1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0)
