"""The kiosk's voice: sound for words, silence and never a wait where there is none."""

import io
import sys
import time
import wave
from collections.abc import AsyncIterator

import pytest

from kiosk.speech import ANSWER_SECONDS, VOICES, Speech
from queue_service.protocol.languages import LANGUAGE_NAMES, base


@pytest.fixture
async def speech() -> AsyncIterator[Speech]:
    voice = Speech()
    yield voice
    await voice.close()


def seconds(spoken: bytes | None) -> float:
    assert spoken is not None
    with wave.open(io.BytesIO(spoken)) as file:
        return file.getnframes() / file.getframerate()


async def test_every_language_of_visitors_is_heard_and_the_same_words_come_from_memory(
    speech: Speech,
) -> None:
    assert {base(tag) for tag in LANGUAGE_NAMES} == VOICES
    for language in LANGUAGE_NAMES:
        first = await speech.say("A, 0, 4, 2", language)
        assert seconds(first) > 1
        assert await speech.say("A, 0, 4, 2", language) is first


async def test_a_language_without_a_voice_is_silence(speech: Speech) -> None:
    assert await speech.say("Nummer", "tlh") is None


@pytest.mark.parametrize("does", ["pass", "import time; time.sleep(60)"], ids=["dies", "hangs"])
async def test_a_voice_that_fails_is_silence_within_its_time(does: str) -> None:
    speech = Speech((sys.executable, "-I", "-S", "-c", does))
    began = time.monotonic()
    assert await speech.say("Nummer", "de") is None
    assert time.monotonic() - began < ANSWER_SECONDS + 1
    await speech.close()
