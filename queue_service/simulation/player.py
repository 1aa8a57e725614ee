"""Plays a planned day: kiosk, display, clerks and a team lead's desk, all at once, until nobody is left."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime, time, timedelta
from time import monotonic
from typing import Any

import msgspec

from queue_service.accounts.model import SESSION_LIFETIME
from queue_service.protocol.stream import DisplayChange, DisplaySnapshot, KioskChange, KioskSnapshot
from queue_service.simulation.clerk import Clerk
from queue_service.simulation.clerk_shifts import READY_BEFORE
from queue_service.simulation.day_clock import DayClock
from queue_service.simulation.day_ledger import Ledger
from queue_service.simulation.day_preparation import DayPlan
from queue_service.simulation.kiosk import Kiosk
from queue_service.simulation.office_day import OfficeDay, TooSlow
from queue_service.simulation.public_api import PublicApi, UnexpectedAnswer
from queue_service.simulation.screens import (
    DISPLAY,
    ENDED,
    KIOSK,
    STAFF,
    Hall,
    Screen,
    StaffChange,
    StaffSnapshot,
    StreamLost,
    stream_address,
)
from queue_service.simulation.staff_session import StaffSession
from queue_service.simulation.visitor_plan import EARLIEST_BEFORE_OPENING

CATCH_UP_SECONDS = 10.0
"""How long a screen may take, at the end, to show what a new one shows."""
START_SECONDS = 2.0
"""From a service's start to the first clerk at work, in real time."""
NIGHT_BEGINS_BEFORE = timedelta(minutes=20)
"""So long before midnight a day that is not over is given up."""
COMPARISONS = 5
"""Where others work at the office too, a new version may come between two looks."""
DOOR_OPENS_BEFORE = EARLIEST_BEFORE_OPENING + READY_BEFORE


class Devices(msgspec.Struct, frozen=True):
    """Tokens of the office's kiosk and display."""

    kiosk: str
    display: str


class PlayedDay(msgspec.Struct, frozen=True):
    """What was played."""

    ledger: Ledger
    clock: DayClock
    seconds: float
    """Real time from the first clerk to the last."""
    broken_off: bool
    requests: int
    reconnections: int
    screen_messages: int
    """What all screens together were told."""


async def clock_of_service(api: PublicApi, username: str, password: str, factor: float) -> DayClock:
    """Return a clock that shows what a rehearsing service's clock shows.

    A session's end tells: the service asks its clock before it begins to hash the password.
    """
    started, exchange = await api.log_in(username, password)
    return DayClock(started.expires_at - SESSION_LIFETIME, exchange.sent, factor, service_follows=True)


def start_of_rehearsal(plan: DayPlan) -> datetime:
    """Return what the service's clock must show when it starts, so that nobody comes too late to open."""
    return plan.opens - DOOR_OPENS_BEFORE - timedelta(seconds=START_SECONDS * plan.factor)


def clock_of_player(plan: DayPlan) -> DayClock:
    """Return a clock of the player's own that begins the planned day now."""
    return DayClock(plan.opens - DOOR_OPENS_BEFORE, monotonic(), plan.factor, service_follows=False)


def new_day(api: PublicApi, base_url: str, plan: DayPlan, clock: DayClock) -> OfficeDay:
    """Return the day before anybody has come."""
    counters = {shift.counter.id for shift in plan.shifts}
    return OfficeDay(api, clock, stream_address(base_url, plan.office), counters)


async def play(
    day: OfficeDay,
    plan: DayPlan,
    sessions: Mapping[str, StaffSession],
    devices: Devices,
    watch: Callable[[OfficeDay], Coroutine[Any, Any, None]],
) -> PlayedDay:
    """Play the day; ``sessions`` are the clerks' by counter, ``watch`` runs beside it until cancelled.

    An answer that must not be breaks the day off; it is then among the traffic's unexpected answers or
    the ledger's findings. Raises TooSlow.
    """
    lead = next(iter(sessions.values()))
    began, requests_before = monotonic(), day.api.traffic.requests
    seconds, broken_off = 0.0, False
    too_slow: BaseException | None = None
    screens = _Screens(day, devices, lead)
    clerks = [Clerk(day, shift, sessions[shift.counter.id], seed) for seed, shift in enumerate(plan.shifts)]
    kiosk = Kiosk(day, plan.office, devices.kiosk, lead)
    try:
        async with day.tasks as tasks:
            background = [tasks.create_task(screen.run()) for screen in screens.all]
            background.append(tasks.create_task(watch(day)))
            background.append(tasks.create_task(_give_up_at_night(plan, day)))
            await screens.show_something()
            people = [tasks.create_task(clerk.work()) for clerk in clerks]
            people.append(tasks.create_task(kiosk.serve(plan.arrivals)))
            await asyncio.gather(*people)
            day.end()
            seconds = monotonic() - began
            await screens.compare()
            day.ledger.findings += await _left_behind(plan, day, lead)
            for task in background:
                task.cancel()
    except* (UnexpectedAnswer, StreamLost):
        # Already noted where it happened, with what was asked.
        broken_off = True
    except* TooSlow as group:
        too_slow = group.exceptions[0]
    if too_slow is not None:
        raise too_slow
    for screen in screens.all:
        day.screen_faults(screen)
    return PlayedDay(
        ledger=day.ledger,
        clock=day.clock,
        seconds=seconds or monotonic() - began,
        broken_off=broken_off,
        requests=day.api.traffic.requests - requests_before,
        reconnections=day.reconnections,
        screen_messages=day.screen_messages,
    )


async def _give_up_at_night(plan: DayPlan, day: OfficeDay) -> None:
    """At midnight numbers begin anew and leftover tickets are cancelled: another day than this one."""
    midnight = datetime.combine(plan.opens.date() + timedelta(days=1), time.min, plan.opens.tzinfo)
    await day.clock.until(midnight - NIGHT_BEGINS_BEFORE)
    left = f"{day.ledger.alive} visitors were still in the hall {NIGHT_BEGINS_BEFORE} before midnight."
    raise TooSlow(left, plan.factor)


async def _left_behind(plan: DayPlan, day: OfficeDay, lead: StaffSession) -> list[str]:
    """What the service still has of the day when everybody has gone home."""
    token = await lead.token()
    queue = await day.api.queue(plan.office, token)
    tickets = [
        f"{ticket.number} is still {ticket.state} in the queue that the service tells"
        for ticket in [*queue.items, *queue.others]
        if ticket.id in day.ledger.issues and ticket.state not in ENDED
    ]
    counters = [
        f"counter {counter.id} is still {counter.state}"
        for counter in await day.api.counters(plan.office, token)
        if counter.id in day.counters and counter.state != "closed"
    ]
    return tickets + counters


class _Screens:
    """The hall's display, the kiosk's and a team lead's desk: they follow all day and must end true."""

    def __init__(self, day: OfficeDay, devices: Devices, lead: StaffSession) -> None:
        async def display_token() -> str:
            return devices.display

        async def kiosk_token() -> str:
            return devices.kiosk

        self._day = day
        self.display: Screen[DisplaySnapshot, DisplaySnapshot, DisplayChange] = Screen(
            "display", DISPLAY, day.stream, display_token, day.ledger.shown
        )
        self.kiosk: Screen[KioskSnapshot, KioskSnapshot, KioskChange] = Screen(
            "kiosk", KIOSK, day.stream, kiosk_token
        )
        self.desk: Screen[StaffSnapshot, Hall, StaffChange] = Screen(
            "team lead's desk", STAFF, day.stream, lead.token, day.desk_told
        )

    @property
    def all(self) -> tuple[Screen[Any, Any, Any], ...]:
        return self.display, self.kiosk, self.desk

    async def show_something(self) -> None:
        """Wait until each shows the office."""
        for screen in self.all:
            await screen.reached(0)

    async def compare(self) -> None:
        """Hold each against what a screen that opens now is shown; differences become findings."""
        for screen in self.all:
            finding = await screen.differs_from_fresh(COMPARISONS, CATCH_UP_SECONDS)
            if finding:
                self._day.ledger.findings.append(finding)
