"""Voices: how an utterance becomes sound, each in a process that may die or hang without harm.

What may go wrong:

SpeechError
├── VoiceDiedError      the voice's process ended while it spoke
├── VoiceHangsError     the voice's process did not answer in time and was ended
└── VoiceRefusesError   the voice can't say this (language, broken answer, not installed)

Who asks for speech tries once more after the first two and goes on without words after the third.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final, Protocol

import msgspec

from display.announcement import Utterance
from display.waveform import Sound, from_wav
from queue_service.device_program import espeak_process

ANSWER_SECONDS = 0.7
"""Longest wait for one utterance: a hundred times what espeak-ng takes on a small computer (5 to 7 ms)."""

LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
"""Three minutes of speech; a longer answer is a broken one."""

VOICE_NAMES: Final = {
    "de": "de",
    "en": "en",
    "tr": "tr",
    "ar": "ar",
    "uk": "uk",
    "ru": "ru",
    "pl": "pl",
    "fr": "fr",
    "bg": "bg",
}
"""espeak-ng's voices by language; English as in Britain. Of its 18 German variants measured, the plain one
has the lowest share of energy outside the band of speech and the longest development; whispering and robotic
ones are no choice."""

WORDS_PER_MINUTE = 130
"""Digits last 390 to 590 ms and start about 700 ms apart, 3.2 syllables a second: the pace of clear speech.
(espeak-ng's default of 175 gives 5 syllables a second.)"""

WORD_GAP = 1
"""In steps of 10 ms at espeak-ng's normal pace. With it the pauses between digits are 240 to 310 ms: in a
hall of 1.2 s reverberation time a digit has fallen by 12 dB and more before the next begins."""

PITCH = 50
"""espeak-ng's middle of 0 to 99; changing it moved less than 0.2 dB of energy between 1 and 4 kHz."""


class SpeechError(Exception):
    """Root of the tree."""


class VoiceDiedError(SpeechError):
    """The voice's process ended while it spoke."""


class VoiceHangsError(SpeechError):
    """The voice's process did not answer in time and was ended."""


class VoiceRefusesError(SpeechError):
    """The voice can't say this."""


class Voice(Protocol):
    """Turns words into sound."""

    @property
    def name(self) -> str:
        """Tells this voice and its tuning from all others; part of the cache's key."""
        ...

    async def speak(self, utterance: Utterance) -> Sound:
        """Say it once, untrimmed and at the voice's own level; raises SpeechError."""
        ...

    async def close(self) -> None:
        """End what runs."""
        ...


class _Order(msgspec.Struct, frozen=True):
    """What the helper process is asked for; see espeak_process."""

    voice: str
    text: str
    words_per_minute: int = WORDS_PER_MINUTE
    pitch: int = PITCH
    word_gap: int = WORD_GAP


class EspeakLibrary:
    """libespeak-ng as it comes in a wheel, in a helper process that is started again when it fails."""

    name = f"espeak-library-{WORDS_PER_MINUTE}-{PITCH}-{WORD_GAP}"

    def __init__(self, library_path: str, data_path: str) -> None:
        self._command = (
            sys.executable,
            "-I",
            "-S",
            str(Path(espeak_process.__file__)),
            library_path,
            data_path,
        )
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Process id of the helper, None while none runs."""
        return self._process.pid if self._process else None

    async def speak(self, utterance: Utterance) -> Sound:
        """Say it once; raises SpeechError, after which the next call starts a new helper."""
        order = msgspec.json.encode(_Order(_voice_name(utterance.language), utterance.text))
        async with self._turn:
            if self._process and _has_ended(self._process):
                await self._end()
            process = self._process or await self._start()
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await _ask(process, order)
            except TimeoutError as error:
                await self._end()
                raise VoiceHangsError(f"no answer within {ANSWER_SECONDS} s") from error
            except (OSError, EOFError) as error:
                await self._end()
                raise VoiceDiedError("the helper process ended") from error
            except asyncio.CancelledError:
                # Half an answer may be in the pipe; the next question must not read it.
                await self._end()
                raise

    async def close(self) -> None:
        """End the helper."""
        async with self._turn:
            await self._end()

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is for the display, which ends its helper itself
        )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


class EspeakCommand:
    """The system's own ``espeak-ng``, started for each utterance."""

    name = f"espeak-command-{WORDS_PER_MINUTE}-{PITCH}-{WORD_GAP}"

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program

    async def speak(self, utterance: Utterance) -> Sound:
        """Say it once; raises SpeechError."""
        arguments = (
            "-s",
            str(WORDS_PER_MINUTE),
            "-p",
            str(PITCH),
            "-g",
            str(WORD_GAP),
            "-b",
            "1",
            "--stdin",
            "--stdout",
        )
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *("-v", _voice_name(utterance.language), *arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise VoiceRefusesError(f"{self._program} can't be started: {error.strerror}") from error
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                content, _ = await process.communicate(utterance.text.encode())
        except TimeoutError as error:
            raise VoiceHangsError(f"no answer within {ANSWER_SECONDS} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise VoiceDiedError(f"{self._program} ended with {process.returncode}")
        try:
            return from_wav(content)
        except ValueError as error:
            raise VoiceRefusesError(str(error)) from error

    async def close(self) -> None:
        """Nothing runs between utterances."""


def _has_ended(process: asyncio.subprocess.Process) -> bool:
    # The pipe closes before the exit status is known, and uvloop raises RuntimeError on a write into it.
    return process.returncode is not None or process.stdin is None or process.stdin.is_closing()


async def _ask(process: asyncio.subprocess.Process, order: bytes) -> Sound:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(order + b"\n")
    await process.stdin.drain()
    head = await process.stdout.readexactly(espeak_process.REPLY_HEAD.size)
    rate, length = espeak_process.REPLY_HEAD.unpack(head)
    if rate == 0:
        raise VoiceRefusesError("espeak-ng does not say this")
    if length > LARGEST_ANSWER_BYTES:
        raise EOFError("the answer is longer than any announcement")
    return Sound(rate, await process.stdout.readexactly(length))


def _voice_name(language: str) -> str:
    try:
        return VOICE_NAMES[language]
    except KeyError as error:
        raise VoiceRefusesError(f"no voice for {language!r}") from error
