"""Who of the staff has seen whose contact data, how and when; never what was searched for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

AccessKind = Literal[
    "read",
    "confirm",
    "move",
    "cancel",
    "search",
    "duplicates",
    "callbacks",
    "callback",
    "letter",
    "waiting",
    "desk",
]
"""What a member of staff did when contact data was shown."""
ACCESSES_KEPT = timedelta(days=365)
"""How long an access can be looked up: long enough for the yearly review of a data protection officer
and for somebody who hears late that a number got about; what it names, references, opens nothing."""
DEFAULT_ACCESSES = 100
MOST_ACCESSES = 500
"""Accesses in one answer."""


class Seen(msgspec.Struct, frozen=True):
    """Contact data of one office, or of an authority as a whole, that was shown."""

    authority_id: int
    office_id: int | None
    names: Sequence[str]
    """References of appointments as they are stored, or ids of callbacks."""


class ContactAccess(msgspec.Struct, frozen=True):
    """One access, as an administrator reads it."""

    id: int
    at: datetime
    actor: str
    """``staff:7``: the user's id."""
    what: AccessKind
    seen: list[str]
    """References of appointments, or ids of callbacks."""


class ContactAccesses(msgspec.Struct, frozen=True, omit_defaults=True):
    """Accesses, the latest first; ``next`` is what to send as ``before`` for the earlier ones."""

    items: list[ContactAccess]
    next: int | None = None
