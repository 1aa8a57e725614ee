"""What a way to the visitor must be able to do, and how it says that it could not.

NotDeliveredError   the message did not certainly leave
├── RefusedError    never will: nobody tries this again
├── NotReachedError it stayed here: later it may work
└── UnclearError    it may have left: only a human being sends it again
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from queue_service.notices.model import Message, Notice


class Outgoing(msgspec.Struct, frozen=True):
    """A message that leaves now."""

    id: UUID
    """The same however often it is tried: a receiver can tell a repetition by it."""
    notice: Notice
    message: Message
    now: datetime


class NotDeliveredError(Exception):
    """Why a message did not certainly leave: a code for staff and logs, without anything of its content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefusedError(NotDeliveredError):
    """Nobody will ever take this message."""


class NotReachedError(NotDeliveredError):
    """Nobody has taken the message yet."""


class UnclearError(NotDeliveredError):
    """The message was handed over, and nobody said whether it was taken."""


class Carrier(Protocol):
    """Hands messages over to whoever brings them to the visitor."""

    async def hand_over(self, outgoing: Outgoing) -> None:
        """Return once the message was taken; raises NotDeliveredError in one of its three kinds."""


class Nobody:
    """Stands in for a way that this installation doesn't have, so that staff see what stays undone."""

    def __init__(self, code: str) -> None:
        self._code = code

    async def hand_over(self, outgoing: Outgoing) -> None:  # noqa: ARG002  # none is taken
        """Refuse; raises RefusedError."""
        raise RefusedError(self._code)
