"""Alarms of an office, and what they make of its hall."""

from datetime import datetime
from typing import Literal

import msgspec

from queue_service.protocol.stream import HallState

AlarmKind = Literal["staff", "leave", "pause"]
"""``staff``: somebody at a counter needs help, and the hall does not learn of it. ``leave``: everybody
leaves the building. ``pause``: nobody is called for a while."""
HallAlarmKind = Literal["leave", "pause"]


class Alarm(msgspec.Struct, frozen=True):
    """One alarm; people stand in it by their keys, as ``staff:7``."""

    id: str
    kind: AlarmKind
    counter: str | None
    """The id of the counter where it was raised; None at the reception, or for the whole hall."""
    raised_by: str
    at: datetime
    acknowledged_by: str | None = None
    """Who is on the way."""
    acknowledged_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None


class Alarms(msgspec.Struct, frozen=True):
    """The hall as it is now, and its alarms: those that are open first, each group newest first."""

    hall: HallState
    items: list[Alarm]
