"""What a kiosk asks when its visitor wants a person, and what it is answered.

``POST /api/v1/device/help`` calls, ``GET`` tells how the call stands; both answer ``HelpCall``.
"""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

HelpState: TypeAlias = Literal["waiting", "coming", "done"]


class HelpCall(msgspec.Struct, frozen=True):
    """The last call from this device. One is open at a time, however often somebody presses."""

    state: HelpState | None = None
    """None: there is none."""
    at: datetime | None = None
