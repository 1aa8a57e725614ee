"""One announcement as one sound: gong, words, pause, words again, then the visitor's language once.

The second language is said once: a hall takes one call every 13 s with the German alone, every
20 s so, and would take only two a minute if both were repeated.

Everything is in one WAV, so that no player can let its parts overlap. It is complete before it
is handed out: measured with Chromium 156, a WAV that comes in pieces is not played before its
last piece. Where the words take longer than a visitor should wait, the gong is a sound of its own.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import msgspec
import structlog

from display.announcement import Utterance, Wording
from display.gong import gong
from display.loudness import louder, normalised
from display.resampling import at_rate
from display.speech_cache import SpeechCache
from display.voice import SpeechError, Voice, VoiceDiedError, VoiceHangsError, VoiceRefusesError
from display.waveform import SAMPLE_RATE, Sound, join, trimmed

AFTER_GONG_SECONDS = 0.3
BETWEEN_SECONDS = 1.0
"""Between a call and its repetition, before another language and between two calls: "pause of about 1 s"."""
BETWEEN_SENTENCES_SECONDS = 0.35
"""As espeak-ng pauses within "Nummer … vier, zwei. Bitte zu …": a little longer than between two digits."""

REST_SECONDS = 60.0
"""A voice that died or hung twice is not asked so long where another one speaks: a hall can't wait for each
of its words."""

log = structlog.get_logger(__name__)


class Words(msgspec.Struct, frozen=True):
    """What is said after the gong."""

    parts: list[list[Sound]]
    """For each call what is said for it, with a pause after each sound; nothing where every voice failed."""


class Announced(msgspec.Struct, frozen=True):
    """An announcement ready to be played."""

    sound: Sound
    starts: list[float]
    """Seconds after its beginning at which each call's turn comes; of the first one always 0."""


class AnnouncementStudio:
    """Makes the sound of announcements: by its voice, else by another one, else the gong alone."""

    def __init__(self, voice: Voice | None, cache: SpeechCache, other: Voice | None = None) -> None:
        """``other`` says what ``voice`` can't, each utterance as a whole: two voices in one confuse."""
        self._voices = [chosen for chosen in (voice, other) if chosen]
        self._cache = cache
        self._rests_until: dict[str, float] = {}

    async def produce(self, wordings: Sequence[Wording], *, repeat: bool, decibels: float = 0) -> Sound:
        """Gong and words of one call; the gong alone when the voices fail in every try."""
        words = await self.words([in_order(wordings, repeat=repeat)])
        return (await with_gong(words, decibels)).sound

    async def words(self, turns: Sequence[Sequence[Utterance]]) -> Words:
        """Say the utterances of one call after the other."""
        return Words(
            [[sound for utterance in turn for sound in await self._say(utterance)] for turn in turns]
        )

    async def speak_ahead(self, sentence: Utterance) -> bool:
        """Have a sentence ready before it is needed; False where it is there already or no voice says it."""
        for voice in self._those_at_work():
            if self._cache.has(voice.name, sentence):
                return False
            try:
                await self._sentence(voice, sentence)
            except SpeechError as error:
                self._give_up(voice, sentence.language, error)
            else:
                return True
        return False

    @property
    def bytes_kept(self) -> int:
        """How much of the disk is used for sentences."""
        return self._cache.bytes_kept

    async def close(self) -> None:
        """End the voices."""
        for voice in self._voices:
            await voice.close()

    async def _say(self, utterance: Utterance) -> list[Sound]:
        """One sound, or none for what no voice says."""
        for voice in self._those_at_work():
            try:
                spoken = [await self._sentence(voice, sentence) for sentence in utterance.sentences]
            except SpeechError as error:
                self._give_up(voice, utterance.language, error)
            else:
                return [spaced(spoken, BETWEEN_SENTENCES_SECONDS)] if spoken else []
        return []

    def _those_at_work(self) -> list[Voice]:
        now = time.monotonic()
        at_work = [voice for voice in self._voices if self._rests_until.get(voice.name, 0) <= now]
        return at_work or self._voices

    def _give_up(self, voice: Voice, language: str, error: SpeechError) -> None:
        reason = type(error).__name__
        log.warning("speech_given_up", voice=voice.name, reason=reason, language=language, detail=str(error))
        if not isinstance(error, VoiceRefusesError):
            self._rests_until[voice.name] = time.monotonic() + REST_SECONDS

    async def _sentence(self, voice: Voice, sentence: Utterance) -> Sound:
        """Raises SpeechError when the voice fails in every try."""
        kept = await asyncio.to_thread(self._cache.find, voice.name, sentence)
        if kept:
            return kept
        try:
            raw = await voice.speak(sentence)
        except (VoiceDiedError, VoiceHangsError) as error:
            # Once more: whoever can't see the wall depends on the words.
            log.warning("speech_tried_again", reason=type(error).__name__, detail=str(error))
            raw = await voice.speak(sentence)
        sound = await asyncio.to_thread(_finish, raw)
        await asyncio.to_thread(self._cache.keep, voice.name, sentence, sound)
        return sound


def in_order(wordings: Sequence[Wording], *, repeat: bool) -> list[Utterance]:
    """What is said for one call: the house's words, again, and the visitor's."""
    house, *visitors = wordings
    return [house.first, *([house.again] if repeat else []), *(wording.first for wording in visitors)]


async def with_gong(words: Words, decibels: float) -> Announced:
    """Put the gong before the words; louder or softer than usual."""
    return await asyncio.to_thread(_assembled, gong_at(decibels), words, decibels)


async def without_gong(words: Words, decibels: float) -> Announced:
    """Give the words alone, for a gong that has sounded already."""
    return await asyncio.to_thread(_assembled, Sound.silence(0, SAMPLE_RATE), words, decibels)


@lru_cache(maxsize=4)
def gong_at(decibels: float) -> Sound:
    """The gong, louder or softer than usual."""
    return louder(gong(SAMPLE_RATE), decibels)


def spaced(sounds: Sequence[Sound], seconds: float) -> Sound:
    """Put sounds behind each other with a pause between."""
    pause = Sound.silence(seconds, SAMPLE_RATE)
    return join(part for at, sound in enumerate(sounds) for part in ([pause, sound] if at else [sound]))


def _finish(raw: Sound) -> Sound:
    return normalised(trimmed(at_rate(raw, SAMPLE_RATE)))


def _assembled(begin: Sound, words: Words, decibels: float) -> Announced:
    turns = [spaced(said, BETWEEN_SECONDS) for said in words.parts if said]
    if not turns:
        return Announced(begin, [0.0 for _ in words.parts])
    # A repetition is the same sound; so it is amplified once, where it is amplified at all.
    before = Sound.silence(AFTER_GONG_SECONDS, SAMPLE_RATE)
    sound = join([begin, before, louder(spaced(turns, BETWEEN_SECONDS), decibels)])
    lengths = [turn.seconds + BETWEEN_SECONDS for turn in turns]
    said_from = begin.seconds + before.seconds
    starts = [0.0, *(said_from + at for at in accumulate(lengths[:-1]))]
    return Announced(sound, starts)
