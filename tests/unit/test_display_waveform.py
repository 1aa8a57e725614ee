import math
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.waveform import (
    EDGE_SECONDS,
    FULL_SCALE,
    PEAK_CEILING_DBFS,
    Sound,
    active_level_dbfs,
    at_level,
    from_wav,
    join,
    peak_dbfs,
    to_wav,
    trimmed,
)

RATE = 22_050


def tone(level_dbfs: float, seconds: float = 0.5) -> Sound:
    """A sine of 441 Hz, whose period is 50 samples, with its peak at ``level_dbfs``."""
    peak = FULL_SCALE * 10 ** (level_dbfs / 20)
    count = round(seconds * RATE)
    return Sound.from_values(
        array("h", [round(peak * math.sin(2 * math.pi * index / 50)) for index in range(count)]), RATE
    )


def test_levels_are_measured_in_decibels_below_full_scale() -> None:
    assert peak_dbfs(tone(-6)) == pytest.approx(-6, abs=0.05)
    assert active_level_dbfs(tone(-6)) == pytest.approx(-6 - 3.01, abs=0.05)


def test_pauses_do_not_count_for_the_level() -> None:
    spaced = join([tone(-6), Sound.silence(3, RATE), tone(-6)])
    assert active_level_dbfs(spaced) == pytest.approx(active_level_dbfs(tone(-6)), abs=0.2)


@pytest.mark.parametrize("before", [-40.0, -20.0, -3.0])
def test_a_quiet_and_a_loud_voice_come_to_the_same_level(before: float) -> None:
    assert active_level_dbfs(at_level(tone(before), -19)) == pytest.approx(-19, abs=0.1)


def test_no_level_pushes_a_peak_over_the_ceiling() -> None:
    assert peak_dbfs(at_level(tone(-20), 0)) == pytest.approx(PEAK_CEILING_DBFS, abs=0.01)


def test_silence_stays_silence_at_any_level() -> None:
    silence = Sound.silence(0.3, RATE)
    assert at_level(silence, -19) == silence
    assert peak_dbfs(silence) == -math.inf


def test_silence_around_a_sound_is_cut_off_and_its_edges_end_at_zero() -> None:
    cut = trimmed(join([Sound.silence(0.7, RATE), tone(-6), Sound.silence(1.1, RATE)]))
    assert cut.seconds == pytest.approx(0.5 + 2 * EDGE_SECONDS, abs=0.005)
    assert cut.values()[0] == 0
    assert abs(cut.values()[-1]) <= 1


def test_nothing_is_left_of_silence() -> None:
    assert trimmed(Sound.silence(1, RATE)).seconds == 0


@given(st.binary(max_size=400).filter(lambda samples: len(samples) % 2 == 0), st.integers(8000, 48000))
def test_a_wav_gives_back_what_was_put_in(samples: bytes, rate: int) -> None:
    assert from_wav(to_wav(Sound(rate, samples))) == Sound(rate, samples)


def test_a_wav_from_a_pipe_may_name_a_length_that_it_does_not_have() -> None:
    wav = bytearray(to_wav(tone(-6)))
    wav[40:44] = struct.pack("<I", 0x7FFFF000)
    assert from_wav(bytes(wav)) == tone(-6)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a wav at all, but long enough to be one" * 3])
def test_what_is_no_wav_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a WAV"):
        from_wav(content)


def test_sounds_of_different_rates_are_never_joined() -> None:
    with pytest.raises(ValueError, match="rates"):
        join([Sound.silence(1, 22_050), Sound.silence(1, 16_000)])
