"""Recorded voices are put together without a click; Piper is run as its command line; espeak-ng stands in."""

import json
import stat
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from display.announcement import Utterance, Wording
from display.announcement_sound import AnnouncementStudio
from display.gong import GONG_SECONDS
from display.piper_voice import PiperVoice
from display.speech_cache import SpeechCache
from display.voice import SpeechError, VoiceDiedError, VoiceHangsError, VoiceRefusesError
from display.voice_pack import CROSS_FADE_SECONDS, MANIFEST, VoicePack, VoicePackError, cross_faded
from display.waveform import SAMPLE_RATE, Sound, to_wav, trimmed
from tests.unit.display_loudness import loudness_lufs, true_peak_dbtp
from tests.unit.test_display_loudness import tone

PIECES = {
    "Nummer": 300,
    "A": 400,
    "null": 500,
    "vier": 600,
    "zwei": 700,
    "Bitte zu Schalter": 350,
    "drei": 450,
}
CALL = Utterance("de", "Nummer A, null, vier, zwei. Bitte zu Schalter drei.")

PIPER = """\
#!{python}
import os, sys
arguments = sys.argv[1:]
assert "--output_raw" in arguments, arguments
model = arguments[arguments.index("--model") + 1]
assert os.path.exists(model), model
float(arguments[arguments.index("--length_scale") + 1])
text = sys.stdin.readline().strip()
if "stirbt" in text:
    sys.exit("Traceback\\nInvalidProtobuf: Load model failed")
if "schweigt" in text:
    sys.exit(0)
if "hängt" in text:
    sys.stdin.read()
    import time
    time.sleep(60)
print("[info] Loaded voice", file=sys.stderr)
sys.stdout.buffer.write(b"\\x00\\x20\\x00\\xe0" * 400 * len(text))
"""
"""Stands in for Piper's program: takes its options, reads a line, writes raw samples."""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    directory = tmp_path / "pack"
    directory.mkdir()
    for at, hertz in enumerate(PIECES.values()):
        # Recordings differ in level and have silence around the word.
        silence = Sound.silence(0.1, 44_100)
        word = tone(hertz, -6 - 3 * (at % 4), 44_100, 0.45)
        content = Sound(44_100, silence.samples + word.samples + silence.samples)
        (directory / f"{hertz}.wav").write_bytes(to_wav(content))
    manifest = {"languages": {"de": {words: f"{hertz}.wav" for words, hertz in PIECES.items()}}}
    (directory / MANIFEST).write_text(json.dumps(manifest))
    return directory


@pytest.fixture
def piper(tmp_path: Path) -> PiperVoice:
    program = tmp_path / "piper"
    program.write_text(PIPER.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "de.onnx").write_bytes(b"model")
    (tmp_path / "de.onnx.json").write_text(
        '{"audio": {"sample_rate": 16000, "quality": "low"}, "speakers": 1}'
    )
    # Somebody forgot the larger one of two files.
    (tmp_path / "fr.onnx.json").write_bytes((tmp_path / "de.onnx.json").read_bytes())
    return PiperVoice([str(program)], tmp_path)


async def test_pieces_follow_each_other_without_a_click_and_pause_where_a_sign_stands(pack: Path) -> None:
    sound = await VoicePack(pack).speak(CALL)
    # Seven words, three commas, one full stop, two cross-fades between words without a sign.
    assert sound.seconds == pytest.approx(7 * 0.47 + 3 * 0.25 + 0.35 - 2 * CROSS_FADE_SECONDS, abs=0.15)
    values = sound.values()
    # The highest tone at full height has no steeper step than this; a click has.
    steepest = max(abs(later - earlier) for earlier, later in pairwise(values))
    assert steepest < 1.2 * max(map(abs, values)) * 2 * 3.1416 * 700 / SAMPLE_RATE


def test_where_two_words_meet_their_levels_add_up_to_one() -> None:
    one = trimmed(tone(300, -6, SAMPLE_RATE))
    joined = cross_faded(one, one)
    assert joined.seconds == pytest.approx(2 * one.seconds - CROSS_FADE_SECONDS, abs=0.001)
    assert max(map(abs, joined.values())) <= 1.05 * max(map(abs, one.values()))


async def test_a_recorded_call_is_as_loud_as_any_other(pack: Path, tmp_path: Path) -> None:
    studio = AnnouncementStudio(VoicePack(pack), SpeechCache(tmp_path))
    said = await studio.produce([Wording(CALL, CALL)], repeat=False)
    words = trimmed(Sound(said.rate, said.samples[round(GONG_SECONDS * said.rate) * 2 :]))
    assert loudness_lufs(words) == pytest.approx(-23, abs=1)
    assert true_peak_dbtp(said) <= -1


class Whole:
    """The other voice: says whatever it is asked."""

    name = "whole"

    def __init__(self) -> None:
        self.said: list[str] = []

    async def speak(self, utterance: Utterance) -> Sound:
        """Beep."""
        self.said.append(utterance.text)
        return tone(500, -20, SAMPLE_RATE, 0.5)

    async def close(self) -> None:
        """Nothing runs."""


async def test_where_a_piece_is_missing_the_other_voice_says_all_of_it(pack: Path, tmp_path: Path) -> None:
    other = Whole()
    studio = AnnouncementStudio(VoicePack(pack), SpeechCache(tmp_path), other)
    lacking = Utterance("de", "Nummer A, null, vier, zwei. Bitte zu Schalter neun.")
    await studio.words([[lacking], [CALL]])
    assert other.said == ["Nummer A, null, vier, zwei.", "Bitte zu Schalter neun."]


class Dying:
    """A voice that dies so many times, and then speaks."""

    name = "dying"

    def __init__(self, times: int) -> None:
        self.asked = 0
        self._times = times

    async def speak(self, utterance: Utterance) -> Sound:  # noqa: ARG002 - as every voice
        """Die, or beep."""
        self.asked += 1
        if self.asked <= self._times:
            raise VoiceDiedError
        return tone(500, -20, SAMPLE_RATE, 0.5)

    async def close(self) -> None:
        """Nothing runs."""


@pytest.mark.parametrize(
    ("deaths", "rest_seconds", "asked", "said_by_the_other"),
    [(1, 60.0, 4, 0), (9, 60.0, 2, 3), (9, -1.0, 6, 3)],
    ids=["asked once more", "rests then", "and not for ever"],
)
async def test_a_voice_that_dies_is_asked_once_more_and_then_left_alone_for_a_while(
    deaths: int, rest_seconds: float, asked: int, said_by_the_other: int, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("display.announcement_sound.REST_SECONDS", rest_seconds)
    dying, other = Dying(deaths), Whole()
    studio = AnnouncementStudio(dying, SpeechCache(tmp_path), other)
    for word in ("eins", "zwei", "drei"):
        await studio.words([[Utterance("de", f"{word}.")]])
    assert (dying.asked, len(other.said)) == (asked, said_by_the_other)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("{", "manifest.json"),
        ('{"languages": {"de": {"Nummer": "fehlt.wav"}}}', "fehlt.wav"),
        ('{"languages": {"de": {"Nummer": "../fremd.wav"}}}', "not a file of this directory"),
        ('{"languages": {"de": {"Nummer": "manifest.json"}}}', "not a WAV"),
    ],
)
def test_a_pack_that_can_not_be_used_is_refused_with_its_reason(
    pack: Path, manifest: str, reason: str
) -> None:
    (pack / MANIFEST).write_text(manifest)
    with pytest.raises(VoicePackError, match=reason):
        VoicePack(pack)


def test_a_piece_that_was_recorded_anew_is_another_voice(pack: Path) -> None:
    before = VoicePack(pack).name
    (pack / "300.wav").write_bytes(to_wav(tone(310, -6)))
    assert VoicePack(pack).name != before


async def test_piper_speaks_at_the_rate_of_its_model(piper: PiperVoice) -> None:
    sound = await piper.speak(Utterance("de", "Nummer"))
    assert (sound.rate, len(sound.samples)) == (16_000, 4 * 400 * 6)


@pytest.mark.parametrize(
    ("language", "text", "error", "why"),
    [
        ("de", "stirbt", VoiceDiedError, "ended with 1: InvalidProtobuf: Load model failed"),
        ("de", "schweigt", VoiceRefusesError, "0 bytes are no sound"),
        ("de", "hängt", VoiceHangsError, "no answer"),
        ("en", "spricht", VoiceRefusesError, "no model en.onnx"),
        ("fr", "spricht", VoiceRefusesError, "no model fr.onnx"),
    ],
)
async def test_a_piper_that_fails_says_how(
    piper: PiperVoice,
    language: str,
    text: str,
    error: type[SpeechError],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("display.piper_voice.ANSWER_SECONDS", 0.3 if text == "hängt" else 5)
    with pytest.raises(error, match=why):
        await piper.speak(Utterance(language, text))


async def test_a_piper_that_is_not_installed_leaves_the_words_to_the_other_voice(tmp_path: Path) -> None:
    (tmp_path / "de.onnx.json").write_text('{"audio": {"sample_rate": 22050}}')
    other = Whole()
    studio = AnnouncementStudio(PiperVoice(["/no/such/piper"], tmp_path), SpeechCache(tmp_path), other)
    assert (await studio.words([[CALL]])).parts[0]
    assert len(other.said) == 2
