"""Piper: a neural voice, run as its command line, once for each sentence.

Both programs of this name understand the options that are used: the C++ one (rhasspy/piper) and the Python
package ``piper-tts`` (OHF-Voice/piper1-gpl). Most of its time it loads its model (docs/announcements.md), so
sentences are spoken ahead, and a call whose words are not there yet begins with its gong.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from display.announcement import Utterance
from display.voice import (
    LARGEST_ANSWER_BYTES,
    VoiceDiedError,
    VoiceHangsError,
    VoiceRefusesError,
)
from display.waveform import Sound

ANSWER_SECONDS = 5.0
"""Loading a model and speaking one sentence, on a computer that is too slow for it already."""
LENGTH_SCALE = 1.2
"""A fifth slower than the model's own pace, which is that of a reader; for a hall, not measured."""
SAMPLE_BYTES = 2
MOST_OF_A_COMPLAINT = 200
"""Characters of what the program said last, for the log."""


class _Audio(msgspec.Struct, frozen=True):
    sample_rate: Annotated[int, msgspec.Meta(ge=8_000, le=48_000)]


class _ModelConfig(msgspec.Struct, frozen=True):
    """What Piper's ``MODEL.onnx.json`` says and is needed here."""

    audio: _Audio


class PiperVoice:
    """Speaks the languages for which ``directory`` holds ``LANGUAGE.onnx`` and ``LANGUAGE.onnx.json``."""

    def __init__(self, command: Sequence[str], directory: Path) -> None:
        self._command = tuple(command)
        self._directory = directory
        self.name = f"piper-{LENGTH_SCALE}-{directory}"

    async def speak(self, utterance: Utterance) -> Sound:
        """Say it once; raises SpeechError."""
        model = self._directory / f"{utterance.language}.onnx"
        rate = await asyncio.to_thread(_rate_of, model)
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *("--model", str(model), "--output_raw", "--length_scale", str(LENGTH_SCALE)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                # A program in Python would read our words in the encoding of whatever locale there is.
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
                start_new_session=True,
            )
        except OSError as error:
            raise VoiceRefusesError(f"{self._command[0]} can't be started: {error.strerror}") from error
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                samples, complaints = await process.communicate(utterance.text.encode() + b"\n")
        except TimeoutError as error:
            raise VoiceHangsError(f"no answer within {ANSWER_SECONDS} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise VoiceDiedError(
                f"{self._command[0]} ended with {process.returncode}: {_last_line(complaints)}"
            )
        if not samples or len(samples) % SAMPLE_BYTES or len(samples) > LARGEST_ANSWER_BYTES:
            raise VoiceRefusesError(f"{len(samples)} bytes are no sound")
        return Sound(rate, samples)

    async def close(self) -> None:
        """Nothing runs between sentences."""


def _rate_of(model: Path) -> int:
    """Raises VoiceRefusesError where there is no such model."""
    try:
        model.stat()
        config = model.with_suffix(".onnx.json").read_bytes()
        return msgspec.json.decode(config, type=_ModelConfig).audio.sample_rate
    except FileNotFoundError as error:
        raise VoiceRefusesError(f"no model {model.name}") from error
    except (OSError, msgspec.DecodeError) as error:
        raise VoiceRefusesError(f"{model.name}.json can't be read: {error}") from error


def _last_line(complaints: bytes) -> str:
    """Give what stands last, where a traceback has its reason."""
    lines = complaints.decode(errors="replace").strip().splitlines()
    return lines[-1][-MOST_OF_A_COMPLAINT:] if lines else ""
