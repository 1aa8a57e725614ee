"""How loud a call is said now, and whether it is said at all: the device's setting, the hour, a full hall."""

from datetime import datetime
from typing import Literal

import msgspec

from queue_service.protocol.device_care import USUAL_LOUDNESS_PERCENT, DeviceSettings

PERCENT_A_DECIBEL = 5
"""1 dB is what people just notice; one step of the setting."""
LOUDEST_DECIBELS = 6.0
"""100 %. What schedule and crowd add ends here too: beyond, the limiter would take most of it again."""
CROWD_DECIBELS = 3.0
"""Twice as many people who talk are 3 dB louder."""


class Loudness(msgspec.Struct, frozen=True):
    """How calls are said."""

    said: bool
    """False: they are shown alone."""
    decibels: float
    """Above the usual loudness, ``loudness.TARGET_LUFS``."""
    why: Literal["quiet_hours", "sound_off"] | None = None
    """Why nothing is said."""

    @property
    def percent(self) -> int:
        """As staff set it; 0 while nothing is said."""
        percent = round(USUAL_LOUDNESS_PERCENT + self.decibels * PERCENT_A_DECIBEL)
        return percent if self.said else 0


USUAL = Loudness(said=True, decibels=0.0)
SOUND_OFF = Loudness(said=False, decibels=0.0, why="sound_off")


def loudness_now(settings: DeviceSettings, local: datetime, waiting: int) -> Loudness:
    """Give the loudness at ``local``, the office's wall clock, with so many people waiting."""
    at = f"{local:%H:%M}"
    own = USUAL_LOUDNESS_PERCENT if settings.loudness_percent is None else settings.loudness_percent
    decibels = (own - USUAL_LOUDNESS_PERCENT) / PERCENT_A_DECIBEL
    # Hours that overlap don't add up: the louder ones hold.
    decibels += max(
        (span.decibels for span in settings.louder if _within(at, span.begins, span.ends)), default=0
    )
    if settings.crowd is not None and waiting >= settings.crowd:
        decibels += CROWD_DECIBELS
    quiet = bool(
        settings.quiet_from
        and settings.quiet_until
        and _within(at, settings.quiet_from, settings.quiet_until)
    )
    return Loudness(not quiet, min(decibels, LOUDEST_DECIBELS), "quiet_hours" if quiet else None)


def _within(at: str, begins: str, ends: str) -> bool:
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends
