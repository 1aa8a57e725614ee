"""How large calls must be on this screen: a matter of its size and of how far away people sit."""

import msgspec

from queue_service.protocol.device_care import DeviceSettings
from queue_service.protocol.reading_distance import MILLIMETRES_AN_INCH, capitals_mm


class LetterRule(msgspec.Struct, frozen=True):
    """What the page goes by; how many pixels it has, it knows itself."""

    diagonal_mm: float
    capitals_mm: float
    """No number and no counter of a call stands in smaller capitals; 0: staff have named no distance."""


def letter_rule(chosen: DeviceSettings) -> LetterRule | None:
    """Give the rule; None while nobody has said how large the screen is."""
    if chosen.screen_inches is None:
        return None
    return LetterRule(chosen.screen_inches * MILLIMETRES_AN_INCH, capitals_mm(chosen.reading_metres or 0.0))
