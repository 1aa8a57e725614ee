"""A visitor's call for help, as staff see it. Nothing in it is about the visitor."""

from datetime import datetime

import msgspec

from queue_service.protocol.help_request import HelpState


class HelpRequest(msgspec.Struct, frozen=True):
    """One call; people stand in it by their keys, as ``staff:7``."""

    id: str
    state: HelpState
    place: str
    """Where the device stands, as staff have named it."""
    at: datetime
    unanswered: bool
    """Nobody has said for too long that they come."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None


class HelpRequests(msgspec.Struct, frozen=True):
    """The calls of an office that are open, oldest first."""

    items: list[HelpRequest]
