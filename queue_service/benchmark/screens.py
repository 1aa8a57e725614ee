"""From an answered call to the message at every open socket: fifty offices, and one hall."""

import asyncio
import time

import msgspec

from queue_service.benchmark.installation import City
from queue_service.benchmark.light_http import LightClient, expect
from queue_service.benchmark.light_screens import Arrivals, open_screens
from queue_service.benchmark.verbs import quantile
from queue_service.offices import service as offices
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.protocol.device_api import TicketRequest
from queue_service.queueing import service as queueing

SCREENS = 1000
CITY_CALLS_PER_SECOND = 20.0
HALL_CALLS_PER_SECOND = 1.0
CITY_SECONDS = 15
HALL_SECONDS = 15
LAST_MESSAGE_SECONDS = 10.0
"""How long after the last call a message may still be on its way."""


class Spread(msgspec.Struct, frozen=True):
    """Milliseconds from the answer of a call to its message, over all sockets; how many are missing."""

    calls: int
    messages: int
    missing: int
    p50: float
    p99: float


class CallingDesk(msgspec.Struct):
    """A clerk at an open counter of one office."""

    office: str
    client: LightClient
    counter: str


async def open_desk(host: str, port: int, office: str, token: str) -> CallingDesk:
    """Sit down at the office's first counter."""
    client = LightClient(host, port, token)
    listed = msgspec.json.decode(await expect(client, 200, "GET", f"/api/v1/offices/{office}/counters"))
    first = str(listed["items"][0]["id"])
    await expect(client, 200, "POST", f"/api/v1/counters/{first}/open")
    return CallingDesk(office, client, first)


async def fill(database: Database, office_slug: str, tickets: int) -> None:
    """Let people wait for the office's first walk-in service, which its first counter serves."""
    async with database.connection() as conn:
        office = await offices.find_office(conn, office_slug)
        counters = await queueing.list_counters(conn, office)
        offered = await offices.list_offered_services(conn, office)
        code = next(s.code for s in offered if s.walk_in and s.code in counters[0].services)
        for _ in range(tickets):
            await queueing.issue_ticket(
                conn,
                system_clock(),
                office,
                TicketRequest(service=code),
                "kiosk",
                queueing.Actor("device:1"),
                "",
            )


async def _call_once(desk: CallingDesk, answered: dict[tuple[str, str], float]) -> None:
    content = await expect(desk.client, 200, "POST", f"/api/v1/counters/{desk.counter}/call-next")
    at = time.perf_counter()
    ticket = msgspec.json.decode(content)["ticket"]
    answered[desk.office, ticket["number"]] = at
    await expect(desk.client, 200, "POST", f"/api/v1/tickets/{ticket['id']}/no-show")


async def measure_screens(
    host: str,
    port: int,
    screens: list[tuple[str, str]],
    desks: list[CallingDesk],
    per_second: float,
    calls: int,
) -> Spread:
    """Open the screens, call at a steady rate, and compare when each message came."""
    arrivals = Arrivals()
    opened = await open_screens(host, port, screens, arrivals)
    sockets_of: dict[str, int] = {}
    for office, _ in screens:
        sockets_of[office] = sockets_of.get(office, 0) + 1
    answered: dict[tuple[str, str], float] = {}
    began = time.perf_counter()
    for number in range(calls):
        # The rate is what is measured: each call has its moment.
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        await _call_once(desks[number % len(desks)], answered)
    expected = sum(sockets_of[office] for office, _ in answered)
    await arrivals.wait_for(expected, LAST_MESSAGE_SECONDS)
    for screen in opened:
        screen.hang_up()
    delays = [
        max(0.0, at - answered[call]) * 1000
        for call, times in arrivals.at.items()
        if call in answered
        for at in times
    ]
    return Spread(
        len(answered), len(delays), expected - len(delays), quantile(delays, 0.5), quantile(delays, 0.99)
    )


def city_screens(city: City) -> list[tuple[str, str]]:
    """Return a thousand screens spread evenly over the offices."""
    displays = list(city.displays.items())
    return [displays[number % len(displays)] for number in range(SCREENS)]
