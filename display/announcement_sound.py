"""One announcement as one sound: gong, words, pause, words again, then the visitor's language once.

The second language is said once: a hall takes one call every 13 s with the German alone, every
20 s so, and would take only two a minute if both were repeated.

Everything is in one WAV, so that no player can let its parts overlap. It is complete before it
is handed out: measured with Chromium 156, a WAV that comes in pieces is not played before its
last piece, so sending the gong ahead would win nothing; speaking takes espeak-ng 5 to 7 ms.
"""

import asyncio
from collections.abc import Sequence

import structlog

from display.announcement import Utterance, Wording
from display.gong import gong
from display.speech_cache import SpeechCache
from display.voice import SpeechError, Voice, VoiceDiedError, VoiceHangsError, VoiceRefusesError
from display.waveform import Sound, at_level, join, trimmed

SPEECH_LEVEL_DBFS = -19.0
"""The crest of speech, 15 dB over its active level, stays below the peak ceiling: nothing is squeezed."""

AFTER_GONG_SECONDS = 0.3
BETWEEN_SECONDS = 1.0
"""Between a call and its repetition, and before another language: "pause of about 1 s"."""

log = structlog.get_logger(__name__)


class AnnouncementStudio:
    """Makes the sound of announcements with one voice, or the gong alone where there is none."""

    def __init__(self, voice: Voice | None, cache: SpeechCache) -> None:
        self._voice = voice
        self._cache = cache

    async def produce(self, wordings: Sequence[Wording], *, repeat: bool) -> Sound:
        """Gong and words; the gong alone when the voice fails in every try."""
        said: list[Sound] = []
        try:
            for utterance in _in_order(wordings, repeat):
                said += await self._say(utterance)
        except SpeechError as error:
            log.warning("speech_given_up", reason=type(error).__name__)
        return await asyncio.to_thread(_assemble, said)

    async def close(self) -> None:
        """End the voice."""
        if self._voice:
            await self._voice.close()

    async def _say(self, utterance: Utterance) -> list[Sound]:
        """One sound, or none for what this voice never says; SpeechError when it fails in every try."""
        if self._voice is None:
            return []
        kept = await asyncio.to_thread(self._cache.find, self._voice.name, utterance)
        if kept:
            return [kept]
        try:
            raw = await self._speak(self._voice, utterance)
        except VoiceRefusesError as error:
            log.warning("speech_refused", language=utterance.language, detail=str(error))
            return []
        sound = await asyncio.to_thread(_finish, raw)
        await asyncio.to_thread(self._cache.keep, self._voice.name, utterance, sound)
        return [sound]

    async def _speak(self, voice: Voice, utterance: Utterance) -> Sound:
        """Start a voice that died or hung once more: whoever can't see the wall depends on the words."""
        try:
            return await voice.speak(utterance)
        except (VoiceDiedError, VoiceHangsError) as error:
            log.warning("speech_tried_again", reason=type(error).__name__, detail=str(error))
            return await voice.speak(utterance)


def _in_order(wordings: Sequence[Wording], repeat: bool) -> list[Utterance]:
    house, *visitors = wordings
    return [house.first, *([house.again] if repeat else []), *(wording.first for wording in visitors)]


def _finish(raw: Sound) -> Sound:
    return at_level(trimmed(raw), SPEECH_LEVEL_DBFS)


def _assemble(said: list[Sound]) -> Sound:
    rate = said[0].rate if said else gong().rate
    parts = [gong(rate)]
    pause = AFTER_GONG_SECONDS
    for sound in said:
        parts += [Sound.silence(pause, rate), sound]
        pause = BETWEEN_SECONDS
    return join(parts)
