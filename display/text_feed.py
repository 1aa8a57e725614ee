"""The newest calls as text, for LED boards and other programs on the device.

On loopback alone, like all that the display serves. A board that is elsewhere is fed by a program on this
device, or reads the service's own feed where the office has opened it.
"""

import hashlib
from datetime import datetime

import msgspec

from display.announcement import named_counter
from queue_service.protocol.languages import base, in_best_language
from queue_service.protocol.stream import Call, DisplaySnapshot

PICKED_UP = "*"
"""Stands for the counter of a visitor whom staff fetch: a board has eight signs, and no place to send to."""


class FedCall(msgspec.Struct, frozen=True):
    """One call, as a board shows it."""

    number: str
    counter: str
    """As painted on its sign; ``*`` for visitors whom staff fetch."""
    place: str
    """Its name in the house's language; empty for visitors whom staff fetch."""
    at: datetime
    nth: int


class CallFeed(msgspec.Struct, frozen=True):
    """The newest calls, newest first; those last known while there is no connection."""

    connected: bool
    office: str
    hall: str
    """``open``, ``paused`` or ``leave``: then everybody leaves the building, and nobody is called."""
    calls: list[FedCall]


def call_feed(snapshot: DisplaySnapshot | None, language: str, *, connected: bool) -> CallFeed:
    """Give what boards show."""
    if snapshot is None:
        return CallFeed(connected, "", "open", [])
    name, _ = in_best_language(snapshot.office.name, language)
    calls = [] if snapshot.hall == "leave" else [_fed(call, base(language)) for call in snapshot.calls]
    return CallFeed(connected, name, snapshot.hall, calls)


def as_lines(feed: CallFeed) -> str:
    """One call a line, ``A042 3``, newest first; nothing for none."""
    return "".join(f"{call.number} {call.counter}\n" for call in feed.calls)


def etag_of(content: CallFeed | str) -> str:
    """Tell one content from another."""
    return f'"{hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:16]}"'


def _fed(call: Call, language: str) -> FedCall:
    return FedCall(
        call.number,
        PICKED_UP if call.pick_up else call.counter,
        "" if call.pick_up else named_counter(call, language),
        call.at,
        call.nth,
    )
