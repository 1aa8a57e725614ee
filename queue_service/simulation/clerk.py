"""A clerk's day at a counter: open, call, serve, take a break, serve whoever is left, close."""

import asyncio
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from queue_service.queueing.model import Ticket
from queue_service.simulation.clerk_shifts import BREAK, Shift
from queue_service.simulation.office_day import OfficeDay, Visit
from queue_service.simulation.screens import STAFF, Hall, Screen, StaffChange, StaffSnapshot
from queue_service.simulation.staff_session import StaffSession

LOOKS_UP_SECONDS = (2.0, 12.0)
"""From the news that somebody waits to the key (assumed)."""
PATIENCE = timedelta(seconds=75)
"""How long a clerk waits for a called visitor before calling again, and once more before giving up."""
AFTERWARDS_SECONDS = (20.0, 160.0)
"""To finish the papers before the next visitor (assumed)."""
PART_BEFORE = 0.3
"""Share of the service after which a visitor is parked or sent on."""


class Parked(msgspec.Struct, frozen=True):
    """A visitor who will be back at this counter."""

    ready_at: datetime
    ticket: UUID
    rest: timedelta


class Clerk:
    """One clerk with a desk page open."""

    def __init__(self, day: OfficeDay, shift: Shift, session: StaffSession, seed: int) -> None:
        self._day = day
        self._shift = shift
        self._counter = shift.counter.id
        self._session = session
        self._rng = Random(seed)  # noqa: S311 - a plan, not a secret
        self._bell = day.new_bell()
        self._parked: list[Parked] = []
        self._screen: Screen[StaffSnapshot, Hall, StaffChange] = Screen(
            f"desk {self._counter}", STAFF, day.stream, session.token, lambda _message, _at: self._bell.set()
        )

    async def work(self) -> None:
        """Play the shift. Raises UnexpectedAnswer, StreamLost."""
        await self._day.clock.until(self._shift.begins)
        async with asyncio.TaskGroup() as page:
            following = page.create_task(self._screen.run())
            await self._work()
            following.cancel()
        self._day.screen_faults(self._screen)

    async def _work(self) -> None:
        await self._open()
        await self._serve_until(self._shift.break_begins or self._shift.ends)
        if self._shift.break_begins is not None:
            await self._finish_parked()
            await self._close()
            await self._day.clock.pause(BREAK)
            await self._open()
            await self._serve_until(self._shift.ends)
        await self._finish_parked()
        if self._shift.stays_to_the_end:
            await self._serve_the_rest()
        await self._close()

    async def _open(self) -> None:
        refused = await self._day.api.open_counter(self._counter, await self._session.token())
        if refused:
            self._day.ledger.findings.append(f"counter {self._counter} could not be opened again: {refused}")

    async def _close(self) -> None:
        await self._day.api.close_counter(self._counter, await self._session.token())

    async def _serve_until(self, ends: datetime) -> None:
        while self._day.clock.now() < ends:
            if not await self._serve_somebody():
                await self._wait_for_news(ends)

    async def _serve_the_rest(self) -> None:
        while not self._day.is_over:
            if not await self._serve_somebody():
                await self._wait_for_news(None)

    async def _finish_parked(self) -> None:
        while self._parked:
            await self._day.clock.until(min(parked.ready_at for parked in self._parked))
            await self._resume_who_is_back()

    async def _serve_somebody(self) -> bool:
        """Serve one visitor, if there is one for this counter."""
        self._bell.clear()
        if await self._resume_who_is_back():
            return True
        if not self._somebody_waits():
            return False
        await self._take_seconds(LOOKS_UP_SECONDS)
        # A colleague may have been quicker.
        if not self._somebody_waits():
            return False
        ticket, exchange = await self._day.api.call_next(self._counter, await self._session.token())
        if ticket is None:
            return False
        self._day.ledger.called(ticket, self._counter, exchange)
        await self._attend(ticket, self._day.visit(ticket))
        await self._take_seconds(AFTERWARDS_SECONDS)
        return True

    def _somebody_waits(self) -> bool:
        hall = self._screen.state
        if hall is None:
            return False
        return any(
            ticket.state == "waiting"
            and ticket.counter in (None, self._counter)
            and self._shift.counter.can_serve(ticket.service, ticket.needs)
            for ticket in hall.tickets.values()
        )

    async def _wait_for_news(self, ends: datetime | None) -> None:
        """Wait for the bell, the end of this stretch of work, or a parked visitor who is back."""
        moments = [parked.ready_at for parked in self._parked]
        if ends is not None:
            moments.append(ends)
        rings = asyncio.create_task(self._bell.wait())
        waits: set[asyncio.Task[Any]] = {rings}
        if moments:
            waits.add(asyncio.create_task(self._day.clock.until(min(moments))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()

    async def _attend(self, ticket: Ticket, visit: Visit) -> None:
        if not visit.is_here or not visit.hears_first_call:
            await self._day.clock.pause(PATIENCE)
            again, exchange = await self._day.api.step("recall", ticket.id, await self._session.token())
            self._day.ledger.recalled(again, self._counter, exchange)
            if not visit.is_here:
                await self._day.clock.pause(PATIENCE)
                await self._let_go("no-show", ticket.id)
                self._day.missed(ticket.id, self._session)
                return
        await self._day.clock.pause(visit.walk_time)
        await self._move("start", ticket.id)
        await self._serve(ticket.id, visit)

    async def _serve(self, ticket: UUID, visit: Visit) -> None:
        if visit.parked_for is not None:
            await self._day.clock.pause(visit.service_time * PART_BEFORE)
            await self._let_go("park", ticket)
            rest = visit.service_time * (1 - PART_BEFORE)
            self._parked.append(Parked(self._day.clock.now() + visit.parked_for, ticket, rest))
            visit.parked_for = None
        elif visit.sent_on_to is not None:
            await self._day.clock.pause(visit.service_time * PART_BEFORE)
            await self._let_go("transfer", ticket, {"service": visit.sent_on_to})
            visit.sent_on_to = None
        else:
            await self._day.clock.pause(visit.service_time)
            await self._let_go("finish", ticket)

    async def _resume_who_is_back(self) -> bool:
        now = self._day.clock.now()
        back = next((parked for parked in self._parked if parked.ready_at <= now), None)
        if back is None:
            return False
        self._parked.remove(back)
        ticket = await self._move("resume", back.ticket)
        self._day.ledger.comes_to_counter(ticket, self._counter)
        await self._day.clock.pause(back.rest)
        await self._let_go("finish", back.ticket)
        return True

    async def _let_go(self, verb: str, ticket: UUID, body: object = None) -> None:
        self._day.ledger.leaves_counter(ticket)
        await self._move(verb, ticket, body)

    async def _move(self, verb: str, ticket: UUID, body: object = None) -> Ticket:
        moved, exchange = await self._day.api.step(verb, ticket, await self._session.token(), body)
        self._day.moved(moved, exchange)
        return moved

    async def _take_seconds(self, span: tuple[float, float]) -> None:
        await self._day.clock.pause(timedelta(seconds=self._rng.uniform(*span)))
