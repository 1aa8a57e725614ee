"""How loud it is: measured as BS.1770 says, set by device, hour and crowd."""

import math
from array import array
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from display.gong import gong
from display.hall_loudness import LOUDEST_DECIBELS, loudness_now
from display.loudness import TARGET_LUFS, louder, loudness_lufs, normalised
from display.resampling import at_rate
from display.waveform import FULL_SCALE, PEAK_CEILING_DBFS, Sound, peak_dbfs
from queue_service.protocol.device_care import DeviceSettings, LouderHours
from tests.unit import display_loudness as standard

ROUNDING_DB = 0.001


def tone(hertz: float, dbfs: float, rate: int = 22_050, seconds: float = 1.0) -> Sound:
    highest = FULL_SCALE * 10 ** (dbfs / 20)
    wave = [
        round(highest * math.sin(2 * math.pi * hertz * index / rate))
        for index in range(round(rate * seconds))
    ]
    return Sound.from_values(array("h", wave), rate)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{clock}:00").replace(tzinfo=UTC)


def test_a_full_scale_sine_of_997_hertz_reads_what_the_standard_says() -> None:
    assert loudness_lufs(tone(997, 0, 48_000)) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("hertz", [60, 250, 1000, 4000, 9000])
def test_both_meters_read_the_same(hertz: float) -> None:
    sound = tone(hertz, -12)
    assert loudness_lufs(sound) == pytest.approx(standard.loudness_lufs(sound), abs=0.05)


def test_whatever_is_said_is_brought_to_the_same_loudness_and_silence_stays_silence() -> None:
    for sound in (tone(300, -30), tone(2000, -6), gong()):
        assert loudness_lufs(normalised(sound)) == pytest.approx(TARGET_LUFS, abs=0.05)
    assert normalised(Sound.silence(1, 22_050)) == Sound.silence(1, 22_050)


def test_a_sound_that_would_be_too_loud_is_held_below_the_ceiling_without_a_click() -> None:
    loud = louder(tone(440, -3), 6)
    assert peak_dbfs(loud) <= PEAK_CEILING_DBFS + ROUNDING_DB
    assert standard.true_peak_dbtp(loud) <= -1
    # The steepest step of a sine of that height; what is cut off has steeper ones.
    steepest = max(abs(later - earlier) for earlier, later in pairwise(loud.values()))
    assert steepest < 1.1 * FULL_SCALE * 2 * math.pi * 440 / 22_050


def test_only_the_surroundings_of_a_peak_are_held_back() -> None:
    quiet, burst = tone(440, -30), tone(440, -2, seconds=0.02)
    both = Sound(22_050, quiet.samples + burst.samples + quiet.samples)
    after = louder(both, 6)
    before = zip(after.values()[:20_000], louder(quiet, 6).values()[:20_000], strict=True)
    assert max(abs(one - other) for one, other in before) <= 1
    assert peak_dbfs(after) <= PEAK_CEILING_DBFS + ROUNDING_DB


def test_another_rate_is_the_same_sound() -> None:
    resampled = at_rate(tone(1000, -12, 16_000), 22_050)
    assert resampled.seconds == pytest.approx(1, abs=0.001)
    assert loudness_lufs(resampled) == pytest.approx(loudness_lufs(tone(1000, -12)), abs=0.1)
    # What is left beside the tone itself, in the middle of it, stands 50 dB and more below.
    expected, got = tone(1000, -12).values(), resampled.values()
    noise = max(abs(a - b) for a, b in zip(expected[2000:20_000], got[2000:20_000], strict=True))
    assert noise < FULL_SCALE * 10 ** (-62 / 20)


def test_five_percent_are_a_decibel_and_nothing_is_louder_than_the_loudest() -> None:
    assert loudness_now(DeviceSettings(), at("10:00"), 0).decibels == 0
    assert loudness_now(DeviceSettings(loudness_percent=60), at("10:00"), 0).decibels == -2
    rush = DeviceSettings(loudness_percent=90, louder=[LouderHours("08:00", "10:00", 5)], crowd=20)
    loudest = loudness_now(rush, at("08:00"), 20)
    assert (loudest.decibels, loudest.percent) == (LOUDEST_DECIBELS, 100)


@pytest.mark.parametrize(
    ("clock", "waiting", "decibels"), [("07:59", 0, 0), ("08:00", 0, 4), ("10:00", 0, 0), ("10:00", 30, 3)]
)
def test_it_is_louder_by_the_hour_and_in_a_crowd(clock: str, waiting: int, decibels: float) -> None:
    settings = DeviceSettings(louder=[LouderHours("08:00", "10:00", 4)], crowd=30)
    assert loudness_now(settings, at(clock), waiting).decibels == decibels


@pytest.mark.parametrize(
    ("clock", "said"), [("11:59", True), ("22:00", False), ("03:00", False), ("06:30", True)]
)
def test_in_quiet_hours_over_midnight_nothing_is_said(clock: str, *, said: bool) -> None:
    loudness = loudness_now(DeviceSettings(quiet_from="22:00", quiet_until="06:30"), at(clock), 0)
    assert (loudness.said, loudness.percent) == (said, 70 if said else 0)
