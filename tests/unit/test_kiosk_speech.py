"""The kiosk's voice: real espeak-ng, and helpers that hang or die."""

import array
import io
import sys
import wave
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from kiosk import speech as speech_module
from kiosk.errors import NoVoiceError, SpeechFailedError
from kiosk.speech import VOICE_NAMES, Speech, SpeechRequest
from queue_service.protocol.languages import LANGUAGE_NAMES

SILENCE = 300
"""Of 32,767: some 20 dB below the level of speech."""

SENTENCES = {
    "de": "Ihre Nummer ist A, 0, 4, 2.",
    "en": "Your number is A, 0, 4, 2.",
    "ar": "رقمك",
    "uk": "Ваш номер",
}


@pytest_asyncio.fixture
async def speech() -> AsyncIterator[Speech]:
    voice = Speech()
    yield voice
    await voice.close()


def seconds_of_sound(content: bytes) -> float:
    """Count what is louder than silence, in frames of 10 ms."""
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = array.array("h", file.readframes(file.getnframes()))
        frame = file.getframerate() // 100
    loud = [max(map(abs, samples[at : at + frame])) > SILENCE for at in range(0, len(samples), frame)]
    return loud.count(True) / 100


async def test_sentences_sound_in_their_language_and_alike_when_repeated(speech: Speech) -> None:
    sounds = {tag: await speech.say(SpeechRequest(tag, text)) for tag, text in SENTENCES.items()}
    assert all(seconds_of_sound(sound) > 0.3 for sound in sounds.values())
    assert len(set(sounds.values())) == len(SENTENCES)
    assert await speech.say(SpeechRequest("de", SENTENCES["de"])) is sounds["de"]


async def test_a_longer_sentence_takes_longer(speech: Speech) -> None:
    short = await speech.say(SpeechRequest("de", "Ja."))
    long = await speech.say(SpeechRequest("de", "Ja, bitte holen Sie mich am Empfang ab."))
    assert seconds_of_sound(long) > 2 * seconds_of_sound(short)


def test_every_language_of_the_page_has_a_voice() -> None:
    assert set(VOICE_NAMES) == set(LANGUAGE_NAMES)


async def test_a_language_without_a_voice_is_told_so(speech: Speech) -> None:
    with pytest.raises(NoVoiceError):
        await speech.say(SpeechRequest("tlh", "nuqneH"))


@pytest.mark.parametrize("helper", ["import time; time.sleep(60)", "pass"], ids=["hangs", "dies"])
async def test_a_helper_that_fails_costs_one_sentence(helper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_module, "ANSWER_SECONDS", 0.2)
    voice = Speech((sys.executable, "-I", "-S", "-c", helper))
    with pytest.raises(SpeechFailedError):
        await voice.say(SpeechRequest("de", "Ja."))
    assert voice._process is None
    await voice.close()


async def test_what_is_kept_has_an_end(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_module, "KEPT_BYTES", 1)
    for text in ("eins", "zwei", "drei"):
        await speech.say(SpeechRequest("de", text))
    assert [asked.text for asked in speech._kept] == ["drei"]
