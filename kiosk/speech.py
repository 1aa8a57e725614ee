"""What the kiosk says to somebody who can't read its screen: words in, sound out.

The C library runs in a process of its own that may die or hang without harm. Where a language has no
voice, or the voice fails, there is silence, and the page says so in words; a visitor never waits for it.
"""

import asyncio
import io
import sys
import wave
from collections import OrderedDict
from pathlib import Path
from typing import Final

import espeakng_loader
import msgspec
import structlog

from kiosk import espeak_process
from queue_service.protocol.languages import base

ANSWER_SECONDS = 1.5
"""Longest wait for one text. espeak-ng takes some milliseconds a sentence, and some hundred to start."""
LONGEST_TEXT = 1000
"""Characters: more than any step of the page has in one piece."""
MOST_CACHED_BYTES = 8 * 1024 * 1024
"""Three minutes of speech: what the page says again and again."""
LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
WORDS_PER_MINUTE = 150
"""Between the hall's 130 for numbers and espeak-ng's own 175: running text, heard close by."""
PITCH = 50
WORD_GAP = 1
SAMPLE_BYTES = 2

VOICES: Final = frozenset({"de", "en", "tr", "ar", "uk", "ru", "pl", "fr", "bg"})
"""espeak-ng's voices have the names of the languages."""

log = structlog.get_logger(__name__)


class _Order(msgspec.Struct, frozen=True):
    """What the helper process is asked for; see espeak_process."""

    voice: str
    text: str
    words_per_minute: int = WORDS_PER_MINUTE
    pitch: int = PITCH
    word_gap: int = WORD_GAP


class Speech:
    """Says texts, one after the other; forgets what it has not said for long."""

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        """``command`` starts the helper; ours, with the library from its wheel, if none is named."""
        self._command = command or (
            *(sys.executable, "-I", "-S", str(Path(espeak_process.__file__))),
            espeakng_loader.get_library_path(),
            espeakng_loader.get_data_path(),
        )
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._cache: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._cached_bytes = 0

    async def say(self, text: str, language: str) -> bytes | None:
        """Give a text as WAV; None for a language without a voice, or a voice that fails."""
        voice = base(language)
        if voice not in VOICES:
            return None
        async with self._turn:
            known = self._cache.get((voice, text))
            if known is not None:
                self._cache.move_to_end((voice, text))
                return known
            try:
                spoken = await self._ask(msgspec.json.encode(_Order(voice, text)))
            except (OSError, EOFError) as error:
                await self._end()
                log.warning("kiosk_voice_failed", reason=type(error).__name__)
                return None
            except asyncio.CancelledError:
                # Half an answer may be in the pipe; the next question must not read it.
                await self._end()
                raise
            if spoken is not None:
                self._keep((voice, text), spoken)
            return spoken

    async def close(self) -> None:
        """End the helper."""
        async with self._turn:
            await self._end()

    def _keep(self, key: tuple[str, str], spoken: bytes) -> None:
        self._cache[key] = spoken
        self._cached_bytes += len(spoken)
        while self._cached_bytes > MOST_CACHED_BYTES:
            _, forgotten = self._cache.popitem(last=False)
            self._cached_bytes -= len(forgotten)

    async def _ask(self, order: bytes) -> bytes | None:
        """Give the helper's answer. Raises OSError (also TimeoutError) and EOFError when there is none."""
        async with asyncio.timeout(ANSWER_SECONDS):
            if self._process is None or self._process.returncode is not None:
                await self._start()
            process = self._process
            assert process is not None
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(order + b"\n")
            await process.stdin.drain()
            head = await process.stdout.readexactly(espeak_process.REPLY_HEAD.size)
            rate, size = espeak_process.REPLY_HEAD.unpack(head)
            if size > LARGEST_ANSWER_BYTES:
                msg = f"{size} bytes"
                raise EOFError(msg)
            samples = await process.stdout.readexactly(size)
        return _wav(samples, rate) if rate else None

    async def _start(self) -> None:
        await self._end()
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is for the kiosk, which ends its helper itself
        )

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


def _wav(samples: bytes, rate: int) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(rate)
        file.writeframes(samples)
    return content.getvalue()
