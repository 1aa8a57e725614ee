"""What the display knows of its office right now, and who wants to hear when that changes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

import msgspec

from display.call_ledger import CallLedger
from queue_service.protocol.stream import (
    Call,
    DisplayChange,
    DisplaySnapshot,
    HallState,
    OfficeCard,
    apply_to_display,
)


class Link(StrEnum):
    """How the connection to the service stands."""

    CONNECTING = "connecting"
    """Not there yet, or lost; attempts go on."""
    CONNECTED = "connected"
    """A snapshot came over this connection and every change since."""
    REFUSED = "refused"
    """The service is there but does not accept this device; attempts go on."""


class OfficeView:
    """The last snapshot with all changes since; each new call also goes into the ledger.

    Listeners are told "something changed", not what: a slow one misses steps but never the newest state.
    """

    def __init__(
        self,
        ledger: CallLedger,
        is_shown: Callable[[Call, OfficeCard], bool],
        on_change: Callable[[], None] = lambda: None,
        *,
        kept: DisplaySnapshot | None = None,
        keep: Callable[[OfficeCard], None] = lambda _: None,
    ) -> None:
        """``is_shown`` tells this display's calls from those of other parts of the house.

        ``kept`` is what the last run left; ``keep`` takes the office when it is another.
        """
        self._keep = keep
        self._on_change = on_change
        self._ledger = ledger
        self._is_shown = is_shown
        self._snapshot = kept
        self._code: str | None = None
        self._link = Link.CONNECTING
        self._listeners: set[asyncio.Event] = set()
        self._on_call: Callable[[], None] = lambda: None

    @property
    def snapshot(self) -> DisplaySnapshot | None:
        """The office as last known, after a start the kept one; None before the first connection ever."""
        return self._snapshot

    @property
    def hall(self) -> HallState:
        """Whether the hall is as usual, as last known."""
        return self._snapshot.hall if self._snapshot else "open"

    @property
    def has_reception(self) -> bool:
        """Whether the office has a reception, as last known."""
        return bool(self._snapshot and self._snapshot.office.reception)

    @property
    def link(self) -> Link:
        """How the connection to the service stands."""
        return self._link

    @property
    def code(self) -> str | None:
        """By which the device is let in, while it is not."""
        return self._code

    def show_code(self, code: str | None) -> None:
        """Show the code by which the device is let in, or that it is."""
        self._code = code
        self.tell()

    def when_called(self, on_call: Callable[[], None]) -> None:
        """Have ``on_call`` run whenever calls wait to be said, or the hall is another."""
        self._on_call = on_call

    def begin(self, snapshot: DisplaySnapshot, now: datetime) -> None:
        """Take a fresh snapshot as the truth; calls missed meanwhile are said."""
        before = self.hall
        if self._snapshot is None or self._snapshot.office != snapshot.office:
            self._keep(snapshot.office)
        self._snapshot = snapshot
        self._link = Link.CONNECTED
        own = [call for call in snapshot.calls if self._is_shown(call, snapshot.office)]
        self._ledger.begin(msgspec.structs.replace(snapshot, calls=own), now)
        self._told(before)

    def follow(self, change: DisplayChange) -> None:
        """Apply the next change.

        Raises VersionGapError when one is missing; the view then stays as it was.
        """
        if self._snapshot is None:
            raise RuntimeError("a change before any snapshot")
        before = self.hall
        self._snapshot = apply_to_display(self._snapshot, change)
        if change.call and self._is_shown(change.call, self._snapshot.office):
            self._ledger.follow(change.call, change.at)
        self._told(before)

    def lose(self, link: Link) -> None:
        """Note that there is no connection any more; the last facts stay."""
        if self._link is not link:
            self._link = link
            self.tell()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Give an event that is set at each change; the listener clears it before it looks."""
        changed = asyncio.Event()
        self._listeners.add(changed)
        try:
            yield changed
        finally:
            self._listeners.discard(changed)

    def tell(self) -> None:
        """Tell every listener that something they may show has changed."""
        for listener in self._listeners:
            listener.set()
        self._on_change()

    def _told(self, hall_before: HallState) -> None:
        if self._ledger.waiting or self.hall != hall_before:
            self._on_call()
        self.tell()
