"""What the page says aloud: sentences become sound on this device, by espeak-ng in a process of its own.

A fault in the C library, or one that hangs, costs one sentence: the page goes on in silence, with the words
on its screen.
"""

import asyncio
import io
import sys
import wave
from collections import OrderedDict
from pathlib import Path
from typing import Annotated, Final

import espeakng_loader
import msgspec
import structlog

from kiosk.errors import NoVoiceError, SpeechFailedError
from queue_service.device_program import espeak_process

LONGEST_TEXT = 500
"""A ticket with everything there is to say of it has some 300 characters."""

ANSWER_SECONDS = 3.0
"""500 characters take espeak-ng 60 ms; a small computer that also prints is ten times slower."""

LARGEST_SOUND_BYTES = 8 * 1024 * 1024
"""Three minutes at 22,050 samples of 16 bits a second; 500 characters last some 40 seconds."""

KEPT_BYTES = 12 * 1024 * 1024
"""Some forty sentences: what a visitor hears again by the keys up, down and repeat."""

WORDS_PER_MINUTE = 150
"""Between the display's 130, made for a hall with an echo, and espeak-ng's usual 175: heard from near, by
somebody who may hear a synthetic voice for the first time."""
PITCH = 50
"""espeak-ng's middle of 0 to 99."""
WORD_GAP = 0

VOICE_NAMES: Final = {
    "de": "de",
    "de-simple": "de",
    "en": "en",
    "tr": "tr",
    "ar": "ar",
    "uk": "uk",
    "ru": "ru",
    "pl": "pl",
    "fr": "fr",
    "bg": "bg",
}
"""espeak-ng's voices by the page's languages."""
SAMPLE_BYTES = 2

log = structlog.get_logger(__name__)


class SpeechRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence that the page wants to say."""

    language: Annotated[str, msgspec.Meta(max_length=35)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]


class _Order(msgspec.Struct, frozen=True):
    """What the helper process is asked for; see espeak_process."""

    voice: str
    text: str
    words_per_minute: int = WORDS_PER_MINUTE
    pitch: int = PITCH
    word_gap: int = WORD_GAP


class Speech:
    """Speaks one sentence at a time, and keeps the last ones in memory, never on the disk."""

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        self._command = command or (
            *(sys.executable, "-I", "-S", str(Path(espeak_process.__file__))),
            *(espeakng_loader.get_library_path(), espeakng_loader.get_data_path()),
        )
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._kept: OrderedDict[SpeechRequest, bytes] = OrderedDict()

    async def say(self, asked: SpeechRequest) -> bytes:
        """Give a sentence as a WAV file.

        Raises NoVoiceError, and SpeechFailedError, after which the next sentence has a new helper.
        """
        if asked.language not in VOICE_NAMES:
            raise NoVoiceError
        async with self._turn:
            if asked in self._kept:
                self._kept.move_to_end(asked)
                return self._kept[asked]
            sound = await self._rendered(asked)
            self._keep(asked, sound)
            return sound

    async def close(self) -> None:
        """End the helper, and forget what was said."""
        async with self._turn:
            self._kept.clear()
            await self._end()

    async def _rendered(self, asked: SpeechRequest) -> bytes:
        # What was typed or named must not be markup or a second order to the helper: it is one line of JSON.
        order = msgspec.json.encode(_Order(VOICE_NAMES[asked.language], asked.text))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await _ask(await self._running(), order)
        except (TimeoutError, OSError, EOFError) as error:
            await self._end()
            log.warning("speech_failed", language=asked.language, reason=type(error).__name__)
            raise SpeechFailedError from error
        except asyncio.CancelledError:
            # Half an answer may be in the pipe; the next sentence must not read it.
            await self._end()
            raise

    async def _running(self) -> asyncio.subprocess.Process:
        process = self._process
        if process and (
            process.returncode is not None or process.stdin is None or process.stdin.is_closing()
        ):
            await self._end()
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C in a terminal is for the kiosk, which ends its helper itself
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    def _keep(self, asked: SpeechRequest, sound: bytes) -> None:
        self._kept[asked] = sound
        while sum(map(len, self._kept.values())) > KEPT_BYTES and len(self._kept) > 1:
            self._kept.popitem(last=False)


def _has_ended(process: asyncio.subprocess.Process) -> bool:
    # The pipe closes before the exit status is known.
    return process.returncode is not None or process.stdin is None or process.stdin.is_closing()


async def _ask(process: asyncio.subprocess.Process, order: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(order + b"\n")
    await process.stdin.drain()
    head = await process.stdout.readexactly(espeak_process.REPLY_HEAD.size)
    rate, length = espeak_process.REPLY_HEAD.unpack(head)
    if rate == 0:
        raise NoVoiceError
    if length > LARGEST_SOUND_BYTES:
        raise EOFError("longer than any sentence")
    return _wav(rate, await process.stdout.readexactly(length))


def _wav(rate: int, samples: bytes) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(rate)
        file.writeframes(samples)
    return content.getvalue()
