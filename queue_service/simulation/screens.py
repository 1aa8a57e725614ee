"""The day's screens: each follows the office over the real stream and applies what it hears."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from queue_service.protocol.stream import (
    DisplayChange,
    DisplaySnapshot,
    KioskChange,
    KioskSnapshot,
    VersionGapError,
    apply_to_display,
    apply_to_kiosk,
)
from queue_service.queueing.model import Counter, Ticket

LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024
"""A desk's snapshot of a very full hall."""
AGAIN_SECONDS = 0.2
"""Pause before a lost stream is opened again."""
MOST_FAILURES = 50
"""In a row: ten seconds without a stream are more than a restart of the service takes."""


ENDED = ("finished", "no_show", "cancelled")
"""States in which a visitor has left the hall."""


class StreamLost(Exception):
    """A screen got no stream any more; the message names it and the last reason."""


class StaffSnapshot(msgspec.Struct, frozen=True):
    """The hall as a desk is first told."""

    version: int
    items: list[Ticket]
    counters: list[Counter]


class StaffChange(msgspec.Struct, frozen=True):
    """One change as a desk is told."""

    type: str
    version: int
    ticket: Ticket | None = None
    counter: Counter | None = None
    tickets: list[Ticket] = []


class Hall(msgspec.Struct):
    """What a desk knows: tickets that are still here, and counters."""

    version: int
    tickets: dict[UUID, Ticket]
    counters: dict[str, Counter]


class Versioned(Protocol):
    """What all messages have."""

    @property
    def version(self) -> int:
        """The office's version after the change."""


State = TypeVar("State", bound=Versioned)
Snapshot = TypeVar("Snapshot")
Change = TypeVar("Change", bound=Versioned)


class Kind(msgspec.Struct):
    """Enough to tell messages apart."""

    type: str


class View(msgspec.Struct, Generic[Snapshot, State, Change], frozen=True):
    """How one audience's messages become what it shows."""

    snapshot: type[Snapshot]
    change: type[Change]
    begin: Callable[[Snapshot], State]
    apply: Callable[[State, Change], State]


def begin_hall(snapshot: StaffSnapshot) -> Hall:
    """Return the hall that a snapshot describes."""
    return Hall(
        snapshot.version,
        {ticket.id: ticket for ticket in snapshot.items if ticket.state not in ENDED},
        {counter.id: counter for counter in snapshot.counters},
    )


def apply_to_hall(hall: Hall, change: StaffChange) -> Hall:
    """Move the hall on by one change; raises VersionGapError unless it is the next."""
    if change.version != hall.version + 1:
        msg = f"have version {hall.version}, got {change.version}"
        raise VersionGapError(msg)
    hall.version = change.version
    for ticket in [change.ticket, *change.tickets] if change.ticket else change.tickets:
        if ticket.state in ENDED:
            hall.tickets.pop(ticket.id, None)
        else:
            hall.tickets[ticket.id] = ticket
    if change.counter is not None:
        hall.counters[change.counter.id] = change.counter
    return hall


DISPLAY: View[DisplaySnapshot, DisplaySnapshot, DisplayChange] = View(
    DisplaySnapshot, DisplayChange, lambda snapshot: snapshot, apply_to_display
)
KIOSK: View[KioskSnapshot, KioskSnapshot, KioskChange] = View(
    KioskSnapshot, KioskChange, lambda snapshot: snapshot, apply_to_kiosk
)
STAFF: View[StaffSnapshot, Hall, StaffChange] = View(StaffSnapshot, StaffChange, begin_hall, apply_to_hall)


class Screen(Generic[Snapshot, State, Change]):
    """Follows one office as one audience, comes back when the stream is lost, and keeps what went wrong."""

    def __init__(
        self,
        name: str,
        view: View[Snapshot, State, Change],
        address: str,
        token: Callable[[], Awaitable[str]],
        heard: Callable[[Snapshot | Change, float], None] = lambda _message, _at: None,
    ) -> None:
        self._name = name
        self._view = view
        self._address = address
        self._token = token
        self._heard = heard
        self._awaited: list[tuple[int, asyncio.Event]] = []
        self.state: State | None = None
        self.connections = 0
        self.messages = 0
        self.faults: list[str] = []

    async def run(self) -> None:
        """Follow until cancelled. Raises StreamLost when it can't be opened again and again."""
        failures = 0
        while True:
            before = self.messages
            try:
                await self._follow()
            except (ConnectionClosed, InvalidHandshake, OSError) as lost:
                failures = 1 if self.messages > before else failures + 1
                if failures > MOST_FAILURES:
                    self.faults.append(f"{self._name}: the stream can't be opened: {lost}")
                    raise StreamLost(self.faults[-1]) from lost
                await asyncio.sleep(AGAIN_SECONDS)
            except VersionGapError as gap:
                self.faults.append(f"{self._name}: {gap}")
                self.state = None

    async def reached(self, version: int) -> None:
        """Wait until the screen shows at least this version."""
        if self.state is None or self.state.version < version:
            there = asyncio.Event()
            self._awaited.append((version, there))
            await there.wait()

    async def differs_from_fresh(self, tries: int, within_seconds: float) -> str | None:
        """Say in which way this screen does not show what a new one is shown; None when it does.

        Looks up to ``tries`` times for a version that both have, where others change the office.
        """
        for _ in range(tries):
            fresh = await self._fresh()
            try:
                async with asyncio.timeout(within_seconds):
                    await self.reached(fresh.version)
            except TimeoutError:
                shown = self.state.version if self.state else "nothing"
                return f"{self._name}: shows version {shown} of {fresh.version} after {within_seconds:.0f} s"
            if self.state == fresh:
                return None
            if self.state is not None and self.state.version == fresh.version:
                return f"{self._name}: shows something else than a new screen at version {fresh.version}"
        return f"{self._name}: no version to compare with a new screen's"

    async def _fresh(self) -> State:
        async with open_stream(self._address, await self._token()) as socket:
            return self._view.begin(msgspec.json.decode(await socket.recv(), type=self._view.snapshot))

    async def _follow(self) -> None:
        since = f"&since={self.state.version}" if self.state is not None else ""
        async with open_stream(self._address + since, await self._token()) as socket:
            self.connections += 1
            async for message in socket:
                self._take(message, monotonic())

    def _take(self, message: str | bytes, at: float) -> None:
        self.messages += 1
        if msgspec.json.decode(message, type=Kind).type == "snapshot":
            snapshot = msgspec.json.decode(message, type=self._view.snapshot)
            self.state = self._view.begin(snapshot)
            self._heard(snapshot, at)
        else:
            change = msgspec.json.decode(message, type=self._view.change)
            if self.state is None:
                raise VersionGapError("a change came before the snapshot")
            self.state = self._view.apply(self.state, change)
            self._heard(change, at)
        if self._awaited:
            reached = [there for version, there in self._awaited if self.state.version >= version]
            self._awaited = [wait for wait in self._awaited if wait[1] not in reached]
            for there in reached:
                there.set()


def stream_address(base_url: str, office: str) -> str:
    """Return where the office's stream is."""
    return f"ws{base_url.removeprefix('http')}/api/v1/stream?office={office}"


def open_stream(address: str, token: str) -> connect:
    """Return a connection to the stream, to be entered."""
    return connect(
        address,
        additional_headers={"Authorization": f"Bearer {token}"},
        compression=None,
        max_size=LARGEST_MESSAGE_BYTES,
        proxy=None,
    )
