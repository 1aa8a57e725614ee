"""Loudness as people hear it, after ITU-R BS.1770-4: what a meter shows, for tests of gong and speech."""

import math
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from display.waveform import Sound

BLOCK_SECONDS = 0.4
OVERLAP = 4
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
OFFSET_DB = -0.691


class _Filter(NamedTuple):
    b: tuple[float, float, float]
    a: tuple[float, float]


def loudness_lufs(sound: Sound) -> float:
    """Gated loudness of one channel."""
    samples: Sequence[float] = [value / 32_768 for value in sound.values()]
    for stage in (_head(sound.rate), _low_cut(sound.rate)):
        samples = _filtered(samples, stage)
    block = round(BLOCK_SECONDS * sound.rate)
    powers = [
        sum(value * value for value in samples[start : start + block]) / block
        for start in range(0, len(samples) - block + 1, block // OVERLAP)
    ]
    heard = [power for power in powers if power > 0 and _lufs(power) > ABSOLUTE_GATE_LUFS]
    gate = _lufs(sum(heard) / len(heard)) + RELATIVE_GATE_LU
    loud = [power for power in heard if _lufs(power) > gate]
    return _lufs(sum(loud) / len(loud))


def _lufs(power: float) -> float:
    return OFFSET_DB + 10 * math.log10(power)


def _head(rate: int) -> _Filter:
    """The shelf for a head's acoustic effect, from its analogue parameters so that it fits any rate."""
    gain, quality, k = 10 ** (3.999843853973347 / 20), 0.7071752369554196, _warped(1681.974450955533, rate)
    bridge = gain**0.4996667741545416
    a0 = 1 + k / quality + k * k
    b = (
        (gain + bridge * k / quality + k * k) / a0,
        2 * (k * k - gain) / a0,
        (gain - bridge * k / quality + k * k) / a0,
    )
    return _Filter(b, (2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0))


def _low_cut(rate: int) -> _Filter:
    quality, k = 0.5003270373238773, _warped(38.13547087602444, rate)
    a0 = 1 + k / quality + k * k
    return _Filter((1, -2, 1), (2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0))


def _warped(hertz: float, rate: int) -> float:
    return math.tan(math.pi * hertz / rate)


def _filtered(samples: Sequence[float], stage: _Filter) -> list[float]:
    (b0, b1, b2), (a1, a2) = stage
    x1 = x2 = y1 = y2 = 0.0
    out = []
    for x0 in samples:
        y0 = b0 * x0 + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
        x2, x1, y2, y1 = x1, x0, y1, y0
        out.append(y0)
    return out


OVERSAMPLING = 4
TAPS_A_PHASE = 12
WORTH_A_LOOK = 0.5
"""Share of the highest sample from which on its surroundings are looked at: speech has so little above half
the sampled band that its true peak stands beside its high samples."""


def true_peak_dbtp(sound: Sound) -> float:
    """Highest value of the signal also between its samples, at four times its rate (annex 2)."""
    half = TAPS_A_PHASE // 2
    values = [0] * half + list(sound.values()) + [0] * half
    highest = max(map(abs, values))
    peak = float(highest)
    for at in range(half, len(values) - half):
        if abs(values[at]) >= highest * WORTH_A_LOOK:
            for begin in (at - half, at - half + 1):
                window = values[begin : begin + TAPS_A_PHASE]
                peak = max(peak, *(abs(sum(map(mul, taps, window))) for taps in PHASES))
    return 20 * math.log10(peak / 32_768)


def _interpolator(fraction: float) -> list[float]:
    half = TAPS_A_PHASE // 2
    distances = [tap - half + 1 - fraction for tap in range(TAPS_A_PHASE)]
    taps = [
        math.sin(math.pi * x) / (math.pi * x) * (0.5 + 0.5 * math.cos(math.pi * x / half)) for x in distances
    ]
    return [tap / sum(taps) for tap in taps]


PHASES = [_interpolator(phase / OVERSAMPLING) for phase in range(1, OVERSAMPLING)]
