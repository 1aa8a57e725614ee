"""A visitor's request for help at a device; nothing tells who asks."""

from datetime import datetime
from typing import Literal

import msgspec

HelpState = Literal["asked", "coming", "over"]


class HelpRequest(msgspec.Struct, frozen=True):
    """One request, as staff see it."""

    id: str
    device: int
    place: str
    """What the device is called: where it stands."""
    state: HelpState
    asked_at: datetime
    coming_by: str | None
    """Who comes, by key, as ``staff:7``."""
    coming_at: datetime | None
    over_at: datetime | None


class HelpRequests(msgspec.Struct, frozen=True):
    """The open ones; whoever has waited longest first."""

    items: list[HelpRequest]
