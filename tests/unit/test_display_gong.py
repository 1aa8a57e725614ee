import math
from array import array
from itertools import pairwise

import pytest

from display.gong import GONG_SECONDS, STRIKES, gong
from display.waveform import FULL_SCALE, Sound, peak_dbfs
from tests.unit.display_loudness import loudness_lufs


def power_at(hertz: float, sound: Sound, start: float, seconds: float) -> float:
    """Power of one frequency in a stretch of sound (Goertzel)."""
    values = sound.values()[round(start * sound.rate) : round((start + seconds) * sound.rate)]
    factor = 2 * math.cos(2 * math.pi * hertz / sound.rate)
    before = last = 0.0
    for value in values:
        before, last = last, value / FULL_SCALE + factor * last - before
    return (before * before + last * last - factor * before * last) / len(values)


def test_the_loudness_meter_reads_what_the_standard_says() -> None:
    # BS.1770: a full-scale sine of 997 Hz in one channel reads -3.01 LUFS.
    rate = 48_000
    sine = [round(FULL_SCALE * math.sin(2 * math.pi * 997 * index / rate)) for index in range(2 * rate)]
    assert loudness_lufs(Sound.from_values(array("h", sine), rate)) == pytest.approx(-3.01, abs=0.05)


def test_the_gong_falls_from_its_first_tone_to_its_second() -> None:
    high, low = (strike.hertz for strike in STRIKES)
    first, second = STRIKES[0].at_seconds + 0.05, STRIKES[1].at_seconds + 0.3
    assert power_at(high, gong(), first, 0.3) > 20 * power_at(low, gong(), first, 0.3)
    assert power_at(low, gong(), second, 0.3) > 2 * power_at(high, gong(), second, 0.3)


def test_the_gong_begins_and_ends_without_a_click() -> None:
    values = gong().values()
    assert abs(values[0]) <= 1
    assert max(map(abs, values[-50:])) <= 3
    # The steepest a sine of the highest partial could rise at full peak; a click would be steeper.
    steepest = max(abs(later - earlier) for earlier, later in pairwise(values))
    peak = max(map(abs, values))
    assert steepest < peak * 2 * math.pi * STRIKES[0].hertz * 1.5 / gong().rate


def test_the_gong_leaves_headroom() -> None:
    assert -12 < peak_dbfs(gong()) < -1


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_the_gong_sounds_the_same_at_every_rate(rate: int) -> None:
    assert gong(rate).seconds == pytest.approx(GONG_SECONDS, abs=0.001)
    assert loudness_lufs(gong(rate)) == pytest.approx(loudness_lufs(gong()), abs=0.3)
