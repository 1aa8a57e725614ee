"""What staff chose for a display goes before its own options, and what they left open does not."""

from pathlib import Path

import pytest

from display.settings import DisplaySettings, SoundAt, Theme, VoiceKind, as_chosen
from queue_service.protocol.device_care import DeviceSettings

OWN = DisplaySettings(
    service="http://127.0.0.1:1", token_file=Path("x"), port=0, data_dir=Path("x"), language="de",
    theme=Theme.LIGHT, sound=SoundAt.DEVICE, sound_command=("aplay",), voice=VoiceKind.OFF,
)  # fmt: skip


def test_what_is_left_open_stays_as_the_device_was_started() -> None:
    assert as_chosen(OWN, DeviceSettings()) == OWN


def test_what_is_chosen_holds() -> None:
    told = as_chosen(OWN, DeviceSettings(language="en", theme="dark", sound=False))
    assert (told.language, told.theme, told.sound) == ("en", Theme.DARK, SoundAt.OFF)


@pytest.mark.parametrize(("own", "sound"), [(SoundAt.OFF, SoundAt.PAGE), (SoundAt.DEVICE, SoundAt.DEVICE)])
def test_sound_that_is_wanted_comes_the_devices_own_way(own: SoundAt, sound: SoundAt) -> None:
    silent = DisplaySettings(**{name: getattr(OWN, name) for name in OWN.__struct_fields__} | {"sound": own})
    assert as_chosen(silent, DeviceSettings(sound=True)).sound is sound
