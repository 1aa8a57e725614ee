"""Which voices speak: the chosen one, and espeak-ng for whatever that one can't say."""

from typing import NamedTuple

import espeakng_loader

from display.piper_voice import PiperVoice
from display.settings import DisplaySettings, SettingError, VoiceKind
from display.voice import EspeakCommand, EspeakLibrary, Voice
from display.voice_pack import VoicePack, VoicePackError


class Voices(NamedTuple):
    """In the order in which they are asked."""

    first: Voice | None
    other: Voice | None = None


def chosen_voices(settings: DisplaySettings) -> Voices:
    """Give the voices of a display. Raises SettingError for a recorded voice that can't be used."""
    match settings.voice:
        case VoiceKind.LIBRARY:
            return Voices(_espeak())
        case VoiceKind.COMMAND:
            return Voices(EspeakCommand())
        case VoiceKind.PACK:
            assert settings.voice_dir is not None
            try:
                return Voices(VoicePack(settings.voice_dir), _espeak())
            except VoicePackError as error:
                raise SettingError(f"--voice-dir: {error}") from error
        case VoiceKind.PIPER:
            assert settings.voice_dir is not None
            return Voices(PiperVoice(settings.piper_command, settings.voice_dir), _espeak())
        case VoiceKind.OFF:
            return Voices(None)


def _espeak() -> EspeakLibrary:
    return EspeakLibrary(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
