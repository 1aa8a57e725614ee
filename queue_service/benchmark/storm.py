"""A thousand screens come back at once after their service was killed, while a clerk goes on calling."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
from rich.table import Table

from queue_service.benchmark.installation import City
from queue_service.benchmark.light_http import LightClient, expect
from queue_service.benchmark.light_screens import Arrivals, LightScreen, ScreenClosedError
from queue_service.benchmark.processes import (
    HOST,
    await_ready,
    free_port,
    log_in,
    resident_megabytes,
    service_program,
)
from queue_service.benchmark.screens import CallingDesk, city_screens, fill, open_desk
from queue_service.benchmark.verbs import quantile
from queue_service.demo.supervisor import Program, end
from queue_service.platform.database import Database
from queue_service.protocol.reconnect_delay import reconnect_delay

FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.25, 10.0
"""As a wall display waits between its attempts: display/service_link.py."""
OPEN_WITHIN_SECONDS = 5.0
AWAY_SECONDS = 20.0
"""How long nobody starts the service again: long enough that all screens have come to their longest delay."""
CALL_EVERY_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
AWAITED_CALLS, QUIET_CALLS = 600, 100


class Storm(msgspec.Struct, frozen=True):
    """What the return of all screens was like; seconds count from the moment the service answered again."""

    screens: int
    attempts: int
    """Connections that were tried, by all of them, from the end of the former service on."""
    half_back_seconds: float
    all_back_seconds: float
    calls: int
    call_p50_ms: float
    call_worst_ms: float
    """From a clerk's key to the answer, while the screens came back."""
    quiet_p50_ms: float
    """The same with all screens connected, before."""
    megabytes: float


class ReturningScreen:
    """A display's connection that is opened again and again, as displays do it."""

    def __init__(self, office: str, token: str, back: Callable[[float], None]) -> None:
        self._office = office
        self._token = token
        self._back = back
        self.attempts = 0

    async def run(self, port: int) -> None:
        """Follow, wait, again; ends only by cancellation."""
        failures = 0
        while True:
            self.attempts += 1
            arrivals = Arrivals()
            with suppress(OSError, ScreenClosedError, TimeoutError):
                screen = LightScreen(self._office, self._token, arrivals)
                async with asyncio.timeout(OPEN_WITHIN_SECONDS):
                    await asyncio.get_running_loop().create_connection(
                        lambda screen=screen: screen,  # type: ignore[misc]  # bound now
                        HOST,
                        port,
                    )
                    await screen.ready
                failures = 0
                self._back(time.perf_counter())
                try:
                    await screen.gone
                finally:
                    screen.hang_up()
            failures += 1
            chance = random.random()  # noqa: S311 - spreads load, guards nothing
            # As a device does: this delay is what keeps a thousand from coming in step.
            await asyncio.sleep(
                reconnect_delay(failures, chance, first=FIRST_DELAY_SECONDS, longest=LONGEST_DELAY_SECONDS)
            )


async def measure_storm(database: Database, city: City, dsn: str, directory: Path) -> Storm:
    """Kill a service that a thousand screens follow, start it again, and see them come back."""
    port = free_port()
    returned: list[float] = []
    all_back = asyncio.Event()
    places = city_screens(city)

    def back(at: float) -> None:
        returned.append(at)
        if len(returned) == len(places):
            all_back.set()

    screens = [ReturningScreen(office, token, back) for office, token in places]
    office, (name, password) = next(iter(city.clerks.items()))
    await fill(database, office, AWAITED_CALLS + QUIET_CALLS)
    former, following = (service_program(dsn, directory, port) for _ in range(2))
    running: list[asyncio.Task[None]] = []
    try:
        ready = await _start(former, port)
        running += [asyncio.create_task(screen.run(port)) for screen in screens]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await all_back.wait()
        _, token = await log_in(port, name, password)
        desk = await open_desk(HOST, port, office, token)
        quiet = [await _call(desk) for _ in range(QUIET_CALLS)]
        returned.clear()
        all_back.clear()
        tried = sum(screen.attempts for screen in screens)
        assert former.process is not None
        former.process.kill()
        # The outage itself: nothing else tells how long it is.
        await asyncio.sleep(AWAY_SECONDS)
        ready = await _start(following, port)
        desk = CallingDesk(office, LightClient(HOST, port, token), desk.counter)
        during = await _call_until(desk, all_back)
        assert following.process is not None
        megabytes = resident_megabytes(following.process.pid)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        end([former, following])
    waited = sorted(max(0.0, at - ready) for at in returned)
    return Storm(
        len(screens),
        sum(screen.attempts for screen in screens) - tried,
        quantile(waited, 0.5),
        waited[-1],
        len(during),
        quantile(during, 0.5),
        max(during),
        quantile(quiet, 0.5),
        megabytes,
    )


async def _start(service: Program, port: int) -> float:
    """Start a service and return when it answered, in seconds of ``perf_counter``."""
    service.start()
    await asyncio.to_thread(await_ready, port)
    return time.perf_counter()


async def _call_until(desk: CallingDesk, all_back: asyncio.Event) -> list[float]:
    """Call at a steady rate until all screens are back; gives the milliseconds that each call took."""
    took: list[float] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not all_back.is_set() and len(took) < AWAITED_CALLS:
            took.append(await _call(desk))
            # A clerk's rate is what the screens' return must not disturb.
            await asyncio.sleep(CALL_EVERY_SECONDS)
        await all_back.wait()
    await desk.client.close()
    return took


async def _call(desk: CallingDesk) -> float:
    """Call the next visitor and give the milliseconds from the key to the answer."""
    pressed = time.perf_counter()
    answer = await expect(desk.client, 200, "POST", f"/api/v1/counters/{desk.counter}/call-next")
    took = (time.perf_counter() - pressed) * 1000
    ticket = msgspec.json.decode(answer)["ticket"]
    await expect(desk.client, 200, "POST", f"/api/v1/tickets/{ticket['id']}/no-show")
    return took


def storm_table(storm: Storm) -> Table:
    """Return the figures as a table of one row each."""
    table = Table(f"{storm.screens} screens return at once", "")
    rows = {
        "attempts to connect, from the end of the former service on": f"{storm.attempts}",
        "half of them back, after the service answered": f"{storm.half_back_seconds:.1f} s",
        "all of them back": f"{storm.all_back_seconds:.1f} s",
        "call next meanwhile, p50": f"{storm.call_p50_ms:.1f} ms",
        f"call next meanwhile, slowest of {storm.calls}": f"{storm.call_worst_ms:.0f} ms",
        "call next before, p50": f"{storm.quiet_p50_ms:.1f} ms",
        "memory of the service": f"{storm.megabytes:.0f} MB",
    }
    for name, figure in rows.items():
        table.add_row(name, figure)
    return table
