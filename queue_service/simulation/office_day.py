"""What everybody who plays a day shares: the office, the clock, the record, and who is in the hall."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from queue_service.queueing.model import Ticket
from queue_service.simulation.day_clock import DayClock
from queue_service.simulation.day_ledger import Ledger
from queue_service.simulation.public_api import Exchange, PublicApi
from queue_service.simulation.screens import Screen, StaffChange, StaffSnapshot
from queue_service.simulation.staff_session import StaffSession
from queue_service.simulation.visitor_plan import Visitor

STRANGER_TIME = timedelta(minutes=10)
"""Service of somebody whom this day did not plan, where others use the office too."""


class TooSlow(Exception):
    """This machine can't play the day so fast; the message says how that showed."""

    def __init__(self, message: str, factor: float) -> None:
        super().__init__(message)
        self.factor = factor


class Visit(msgspec.Struct):
    """What a visitor is going to do; changes as the visit goes on."""

    service_time: timedelta
    walk_time: timedelta
    is_here: bool = True
    hears_first_call: bool = True
    comes_back_after: timedelta | None = None
    parked_for: timedelta | None = None
    sent_on_to: str | None = None


def begin_visit(visitor: Visitor) -> Visit:
    """Return the visit of somebody who has just come in."""
    return Visit(
        service_time=visitor.service_time,
        walk_time=visitor.walk_time,
        is_here=not visitor.leaves,
        hears_first_call=visitor.hears_first_call,
        comes_back_after=visitor.comes_back_after,
        parked_for=visitor.is_parked_for,
        sent_on_to=visitor.sent_on_to,
    )


class OfficeDay:
    """The day while it is played."""

    def __init__(self, api: PublicApi, clock: DayClock, stream: str, counters: Collection[str]) -> None:
        self.api = api
        self.clock = clock
        self.stream = stream
        """Address of the office's stream."""
        self.counters = counters
        """Where this day's clerks sit; at any other counter somebody else does."""
        self.tasks = asyncio.TaskGroup()
        """Everybody who is at work; entered while the day is played."""
        self.ledger = Ledger()
        self.reconnections = 0
        self.screen_messages = 0
        self._visits: dict[UUID, Visit] = {}
        self._bells: list[asyncio.Event] = []
        self._door_is_open = True
        self._coming_back = 0
        self._later: set[asyncio.Task[None]] = set()

    def new_bell(self) -> asyncio.Event:
        """Return a bell that rings when the day is over; its owner may ring it for other news."""
        bell = asyncio.Event()
        self._bells.append(bell)
        return bell

    @property
    def is_over(self) -> bool:
        """Whether nobody will come any more and nobody is left."""
        return not self._door_is_open and not self._coming_back and not self.ledger.alive

    def close_door(self) -> None:
        """The last visitor has come."""
        self._door_is_open = False
        self._ring_if_over()

    def comes_in(self, ticket: UUID, visitor: Visitor) -> None:
        """Note a visitor before the number is asked for: a counter may call it at once."""
        self._visits[ticket] = begin_visit(visitor)

    def visit(self, ticket: Ticket) -> Visit:
        """Return the visit that a ticket stands for."""
        if ticket.id not in self._visits:
            self._visits[ticket.id] = Visit(STRANGER_TIME, timedelta(0))
        return self._visits[ticket.id]

    def moved(self, ticket: Ticket, exchange: Exchange) -> None:
        """Note what became of a ticket."""
        self.ledger.moved(ticket, exchange)
        self._ring_if_over()

    def desk_told(self, message: StaffSnapshot | StaffChange, at: float) -> None:
        """Take note of what the team lead's desk hears: others may serve this day's visitors, too."""
        self.ledger.desk_told(message, at)
        ticket = message.ticket if isinstance(message, StaffChange) else None
        if ticket is None or ticket.id not in self._visits or ticket.counter is None:
            return
        if ticket.counter not in self.counters:
            self.ledger.states[ticket.id] = ticket.state
            self._ring_if_over()

    @property
    def tickets(self) -> Collection[UUID]:
        """Everybody for whom a number was asked."""
        return self._visits.keys()

    def missed(self, ticket: UUID, session: StaffSession) -> None:
        """Note that a clerk gave a visitor up, who may be back later and then queues again."""
        visit = self._visits[ticket]
        if visit.comes_back_after is not None:
            self._coming_back += 1
            self.later(visit.comes_back_after, lambda: self._come_back(ticket, visit, session))

    def later(self, span: timedelta, what: Callable[[], Awaitable[None]]) -> None:
        """Let something happen after a simulated span, unless the day is over by then."""

        async def wait_and_do() -> None:
            await self.clock.pause(span)
            await what()

        task = self.tasks.create_task(wait_and_do())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def end(self) -> None:
        """Let go of what had no more occasion to happen."""
        for task in self._later:
            task.cancel()

    async def _come_back(self, ticket: UUID, visit: Visit, session: StaffSession) -> None:
        visit.is_here, visit.comes_back_after = True, None
        moved, exchange = await self.api.step("requeue", ticket, await session.token())
        self._coming_back -= 1
        self.moved(moved, exchange)

    def screen_faults(self, screen: Screen[Any, Any, Any]) -> None:
        """Take over what a screen noticed."""
        self.ledger.findings += screen.faults
        self.reconnections += max(0, screen.connections - 1)
        self.screen_messages += screen.messages

    def _ring_if_over(self) -> None:
        if self.is_over:
            for bell in self._bells:
                bell.set()
