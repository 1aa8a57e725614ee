"""Speech that was made once, kept as WAV files by wording; slow voices need it, quick ones don't mind.

A file's name is a digest of voice, language and text. What is said holds a number and a
counter and nothing about a person; files are dropped least recently used first.
"""

import hashlib
import os
import threading
from pathlib import Path

import structlog

from display.announcement import Utterance
from display.waveform import Sound, from_wav, to_wav

FOLDER = "speech"

KEPT_BYTES = 120 * 1024 * 1024
"""A sentence of espeak-ng's takes about 115 kB: a thousand of them, the numbers of a large office's day."""

log = structlog.get_logger(__name__)


class SpeechCache:
    """Blocking file access; to be called in threads."""

    def __init__(self, data_dir: Path, kept_bytes: int = KEPT_BYTES) -> None:
        self._folder = data_dir / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self._kept_bytes = kept_bytes
        self._turn = threading.Lock()
        kept = sorted(self._folder.glob("*.wav"), key=lambda path: path.stat().st_mtime_ns)
        self._sizes = {path.name: path.stat().st_size for path in kept}
        """By file name, least recently used first."""

    @property
    def bytes_kept(self) -> int:
        """How much of the disk is in use."""
        with self._turn:
            return sum(self._sizes.values())

    def has(self, voice: str, utterance: Utterance) -> bool:
        """Tell whether it is kept, without using it."""
        return self._path(voice, utterance).name in self._sizes

    def find(self, voice: str, utterance: Utterance) -> Sound | None:
        """Give what was kept; a broken file counts as none and is replaced later."""
        path = self._path(voice, utterance)
        if path.name not in self._sizes:
            return None
        try:
            sound = from_wav(path.read_bytes())
            os.utime(path)
        except (OSError, ValueError) as error:
            log.warning("kept_speech_unusable", reason=type(error).__name__)
            with self._turn:
                self._sizes.pop(path.name, None)
            return None
        with self._turn:
            self._sizes[path.name] = self._sizes.pop(path.name, len(sound.samples))
        return sound

    def keep(self, voice: str, utterance: Utterance, sound: Sound) -> None:
        """Keep it and drop what is too much; a full disk is logged and costs nothing but time later."""
        path = self._path(voice, utterance)
        fresh = path.with_suffix(".new")
        content = to_wav(sound)
        try:
            with self._turn:
                fresh.write_bytes(content)
                fresh.replace(path)
                self._sizes.pop(path.name, None)
                self._sizes[path.name] = len(content)
                self._drop_oldest()
        except OSError as error:
            log.warning("speech_not_kept", reason=error.strerror)

    def _drop_oldest(self) -> None:
        too_much = sum(self._sizes.values()) - self._kept_bytes
        while too_much > 0:
            name = next(iter(self._sizes))
            too_much -= self._sizes.pop(name)
            (self._folder / name).unlink(missing_ok=True)

    def _path(self, voice: str, utterance: Utterance) -> Path:
        wording = f"{voice}\n{utterance.language}\n{utterance.text}"
        return self._folder / f"{hashlib.sha256(wording.encode()).hexdigest()[:32]}.wav"
