"""What the program is told at its start; a bad value ends it with a sentence that names the option."""

import shlex
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from queue_service.protocol.device_care import DeviceSettings


class SettingError(ValueError):
    """A value that the program can't start with."""


class SoundAt(StrEnum):
    """Where announcements are heard."""

    PAGE = "page"
    """In the wall page, through the browser."""
    DEVICE = "device"
    """On this device, by a command that takes a WAV."""
    OFF = "off"
    """Nowhere: each call has the time to be read."""


class VoiceKind(StrEnum):
    """Who speaks."""

    LIBRARY = "espeak-library"
    """libespeak-ng from its Python package, in a helper process."""
    COMMAND = "espeak-command"
    """The system's ``espeak-ng``."""
    PACK = "pack"
    """Recorded pieces in ``--voice-dir``; espeak-ng says what they lack."""
    PIPER = "piper"
    """``--piper-command`` with the models in ``--voice-dir``; espeak-ng says what it can't."""
    OFF = "off"
    """The gong alone."""


class Theme(StrEnum):
    """KERN's themes."""

    LIGHT = "light"
    DARK = "dark"


class DisplaySettings(msgspec.Struct, frozen=True):
    """Where the service is, who this device is, and how it shows and speaks."""

    service: str
    """Base address of the service without a slash at its end."""
    token_file: Path
    """Holds the device token; read again at each attempt to connect, so it may change while we run."""
    port: int
    """Port of the page on the loopback interface; 0 takes a free one."""
    data_dir: Path
    language: str
    """The house's language: of the page, and the first that is spoken."""
    theme: Theme
    sound: SoundAt
    sound_command: tuple[str, ...]
    voice: VoiceKind
    voice_dir: Path | None = None
    """Where a recorded voice or Piper's models are."""
    piper_command: tuple[str, ...] = ("piper",)


def service_address(text: str) -> str:
    """Check the service's base address.

    Raises SettingError.
    """
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingError(f"--service: {text!r} is not an address like https://termine.example.de")
    return text.rstrip("/")


def command_words(text: str, option: str = "--sound-command") -> tuple[str, ...]:
    """Split a command as a shell would, without running one.

    Raises SettingError.
    """
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise SettingError(f"{option}: {error}") from error
    if not words:
        raise SettingError(f"{option} is empty")
    return words


def voice_directory(kind: VoiceKind, directory: Path | None) -> Path | None:
    """Check that a voice that needs a directory has one.

    Raises SettingError.
    """
    if kind in {VoiceKind.PACK, VoiceKind.PIPER} and (directory is None or not directory.is_dir()):
        raise SettingError(f"--voice {kind.value} needs --voice-dir, a directory that is there")
    return directory


def as_chosen(settings: DisplaySettings, chosen: DeviceSettings) -> DisplaySettings:
    """Put what staff have chosen for this display in the place of its own options."""
    sound = settings.sound
    if chosen.sound is False:
        sound = SoundAt.OFF
    elif chosen.sound and sound is SoundAt.OFF:
        sound = SoundAt.PAGE
    return msgspec.structs.replace(
        settings,
        language=chosen.language or settings.language,
        theme=Theme(chosen.theme) if chosen.theme else settings.theme,
        sound=sound,
    )
