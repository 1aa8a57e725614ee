"""A screen for tests: a real WebSocket that keeps what it is told."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, Protocol, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from queue_service.devices.views import StaffChange, StaffSnapshot
from queue_service.emergency.model import Alarm
from queue_service.protocol.stream import (
    DisplayChange,
    DisplaySnapshot,
    KioskChange,
    KioskSnapshot,
    apply_to_display,
    apply_to_kiosk,
)
from tests.integration.running_service import RunningService


class Versioned(Protocol):
    """What snapshots and changes of all audiences have."""

    @property
    def version(self) -> int:
        """The office's version."""


State = TypeVar("State", bound=Versioned)
Change = TypeVar("Change", bound=Versioned)


def apply_to_desk(state: StaffSnapshot, change: StaffChange) -> StaffSnapshot:
    """What a desk does with a change: the ticket and the counter are as the change says."""
    assert change.version == state.version + 1
    items = {ticket.id: ticket for ticket in state.items}
    for ticket in [change.ticket, *change.tickets] if change.ticket else change.tickets:
        items.pop(ticket.id, None)
        if ticket.state in ("waiting", "called", "serving", "parked"):
            items[ticket.id] = ticket
    counters = {counter.id: counter for counter in state.counters}
    if change.counter is not None:
        counters[change.counter.id] = change.counter
    return msgspec.structs.replace(
        state,
        version=change.version,
        items=sorted(items.values(), key=lambda ticket: (ticket.rank_at, ticket.number)),
        counters=sorted(counters.values(), key=lambda counter: counter.position),
        waiting=change.waiting,
        open_counters=change.open_counters,
        hall=change.hall,
        alarms=_open_alarms(state, change),
    )


def _open_alarms(state: StaffSnapshot, change: StaffChange) -> list[Alarm]:
    alarms = {alarm.id: alarm for alarm in state.alarms}
    if change.alarm is not None:
        alarms.pop(change.alarm.id, None)
        if change.alarm.ended_at is None:
            alarms[change.alarm.id] = change.alarm
    return sorted(alarms.values(), key=lambda alarm: (alarm.at, alarm.id))


class Screen(Generic[State, Change]):
    """One open stream and the state that its messages add up to."""

    def __init__(
        self,
        socket: ClientConnection,
        state_type: type[State],
        change_type: type[Change],
        apply: Callable[[State, Change], State],
    ) -> None:
        self.socket = socket
        self._state_type = state_type
        self._change_type = change_type
        self._apply = apply
        self.state: State
        self.changes: list[Change] = []
        self.snapshots = 0

    async def read(self) -> None:
        """Take the next message, whatever it is."""
        text = await self.socket.recv()
        kind = msgspec.json.decode(text, type=dict[str, object])["type"]
        if kind == "snapshot":
            self.state = msgspec.json.decode(text, type=self._state_type)
            self.snapshots += 1
            return
        change = msgspec.json.decode(text, type=self._change_type)
        self.changes.append(change)
        self.state = self._apply(self.state, change)

    async def read_until(self, version: int) -> State:
        """Take messages until the office's version is reached."""
        while self.state.version < version:
            await self.read()
        return self.state


def _address(service: RunningService, office: str | None) -> str:
    query = f"?office={office}" if office else ""
    return service.base_url.replace("http", "ws", 1) + "/api/v1/stream" + query


@asynccontextmanager
async def _open_device(
    service: RunningService, token: str, made: Callable[[ClientConnection], Screen[State, Change]]
) -> AsyncIterator[Screen[State, Change]]:
    async with connect(
        _address(service, None), additional_headers={"Authorization": f"Bearer {token}"}
    ) as socket:
        screen = made(socket)
        await screen.read()
        yield screen


def open_display(
    service: RunningService, token: str
) -> AbstractAsyncContextManager[Screen[DisplaySnapshot, DisplayChange]]:
    """A wall display that has its snapshot."""
    return _open_device(
        service, token, lambda socket: Screen(socket, DisplaySnapshot, DisplayChange, apply_to_display)
    )


def open_kiosk(
    service: RunningService, token: str
) -> AbstractAsyncContextManager[Screen[KioskSnapshot, KioskChange]]:
    """A kiosk that has its snapshot."""
    return _open_device(
        service, token, lambda socket: Screen(socket, KioskSnapshot, KioskChange, apply_to_kiosk)
    )


@asynccontextmanager
async def open_desk(
    service: RunningService, token: str, office: str
) -> AsyncIterator[Screen[StaffSnapshot, StaffChange]]:
    """A desk that has its snapshot; it says who it is in its first message, as a browser does."""
    async with connect(_address(service, office)) as socket:
        await socket.send(msgspec.json.encode({"type": "hello", "token": token}).decode())
        screen = Screen(socket, StaffSnapshot, StaffChange, apply_to_desk)
        await screen.read()
        yield screen
