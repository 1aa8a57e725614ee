"""Speech that was made once, kept as WAV files by wording; slow voices need it, quick ones don't mind.

A file's name is a digest of voice, language and text. What is said holds a number and a
counter and nothing about a person; files are dropped least recently used first.
"""

import hashlib
import os
from pathlib import Path

import structlog

from display.announcement import Utterance
from display.waveform import Sound, from_wav, to_wav

FOLDER = "speech"

KEPT_FILES = 300
"""About 70 MB at 5 s each: some hours of a large office's calls."""

log = structlog.get_logger(__name__)


class SpeechCache:
    """Blocking file access; to be called in a thread."""

    def __init__(self, data_dir: Path, kept_files: int = KEPT_FILES) -> None:
        self._folder = data_dir / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self._kept_files = kept_files

    def find(self, voice: str, utterance: Utterance) -> Sound | None:
        """Give what was kept; a broken file counts as none and is replaced later."""
        path = self._path(voice, utterance)
        try:
            sound = from_wav(path.read_bytes())
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("kept_speech_unusable", reason=type(error).__name__)
            return None
        return sound

    def keep(self, voice: str, utterance: Utterance, sound: Sound) -> None:
        """Keep it and drop what is too much; a full disk is logged and costs nothing but time later."""
        path = self._path(voice, utterance)
        fresh = path.with_suffix(".new")
        try:
            fresh.write_bytes(to_wav(sound))
            fresh.replace(path)
            self._drop_oldest()
        except OSError as error:
            log.warning("speech_not_kept", reason=error.strerror)

    def _drop_oldest(self) -> None:
        by_use = sorted(self._folder.glob("*.wav"), key=lambda path: path.stat().st_mtime_ns)
        for path in by_use[: max(0, len(by_use) - self._kept_files)]:
            path.unlink(missing_ok=True)

    def _path(self, voice: str, utterance: Utterance) -> Path:
        wording = f"{voice}\n{utterance.language}\n{utterance.text}"
        return self._folder / f"{hashlib.sha256(wording.encode()).hexdigest()[:32]}.wav"
