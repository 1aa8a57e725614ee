"""What a kiosk asks for its visitor, and how that stands: all of it at ``/api/v1/device/help``."""

from datetime import datetime
from typing import Literal

import msgspec


class HelpAtDevice(msgspec.Struct, frozen=True):
    """Whether somebody was asked to come to this device, and comes."""

    state: Literal["none", "asked", "coming"]
    asked_at: datetime | None = None
