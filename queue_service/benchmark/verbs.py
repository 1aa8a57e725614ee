"""The verbs that are timed: each over HTTP, and the same service function straight through asyncpg."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import TypeAlias

import msgspec

from queue_service.benchmark.light_http import LightClient, expect
from queue_service.booking import service as booking
from queue_service.booking.model import BookingRequest, Contact, PlaceSearch, ServiceWish
from queue_service.offices import service as offices
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import TicketRequest
from queue_service.queueing import service as queueing
from queue_service.queueing.model import FoundCounter

SERVICE = "personalausweis"
OFFICE = "bsc-mitte"
WARM_UP = 20
"""Rounds before the clock runs: statements are prepared, connections opened."""

Round: TypeAlias = Callable[[int], Awaitable[None]]
"""One timed round of client number n."""


class Timing(msgspec.Struct, frozen=True):
    """What a verb took; times in milliseconds."""

    per_second: float
    p50: float
    p99: float


async def measure(clients: int, rounds: int, one_round: Round) -> Timing:
    """Run ``rounds`` rounds shared by ``clients`` concurrent clients and time each."""
    for number in range(clients):
        for _ in range(max(1, WARM_UP // clients)):
            await one_round(number)
    taken: list[float] = []

    async def client(number: int) -> None:
        for _ in range(rounds // clients):
            began = time.perf_counter()
            await one_round(number)
            taken.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(clients)))
    whole = time.perf_counter() - began
    return Timing(len(taken) / whole, quantile(taken, 0.5) * 1000, quantile(taken, 0.99) * 1000)


def quantile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class HttpVerbs:
    """The verbs over HTTP: one kept-alive connection a client and role."""

    def __init__(
        self, kiosk: list[LightClient], clerks: list[LightClient], agents: list[LightClient]
    ) -> None:
        self._kiosk = kiosk
        self._clerks = clerks
        self._agents = agents

    async def issue(self, number: int) -> None:
        """A kiosk asks for a number."""
        await expect(
            self._kiosk[number], 201, "POST", f"/api/v1/offices/{OFFICE}/tickets", {"service": SERVICE}
        )

    async def call_next(self, number: int) -> None:
        """A clerk calls and, so that the counter is free again, sends the visitor back into the queue."""
        client = self._clerks[number]
        answer = await expect(client, 200, "POST", f"/api/v1/counters/{OFFICE}.{number + 1}/call-next")
        ticket = msgspec.json.decode(answer, type=dict[str, msgspec.Raw])["ticket"]
        ticket_id = msgspec.json.decode(ticket, type=dict[str, object])["id"]
        await expect(client, 200, "POST", f"/api/v1/tickets/{ticket_id}/requeue")

    async def search(self, number: int) -> None:
        """An agent asks for the earliest places in the whole city."""
        path = f"/api/v1/slots?service={SERVICE}&limit=10&channel=phone"
        await expect(self._agents[number], 200, "GET", path)

    async def book(self, number: int, start: datetime, office: str) -> bool:
        """An agent books a place; False when somebody was quicker."""
        body = msgspec.to_builtins(booking_request(start, office))
        status, _ = await self._agents[number].request("POST", "/api/v1/appointments", body)
        return status == 201


class SqlVerbs:
    """The same verbs by the same service functions, without HTTP; the yardstick."""

    def __init__(self, database: Database, seats: list[tuple[FoundCounter, queueing.Actor]]) -> None:
        self._database = database
        self._seats = seats

    async def issue(self, _: int) -> None:
        """As ``HttpVerbs.issue``."""
        async with self._database.connection() as conn:
            office = await offices.find_office(conn, OFFICE)
            kiosk = queueing.Actor("device:1")
            request = TicketRequest(service=SERVICE)
            await queueing.issue_ticket(conn, system_clock(), office, request, "kiosk", kiosk, "")

    async def call_next(self, number: int) -> None:
        """As ``HttpVerbs.call_next``."""
        counter, clerk = self._seats[number]
        async with self._database.connection() as conn:
            counter = await queueing.find_counter(conn, f"{OFFICE}.{counter.number}")
            called = await queueing.call_next(conn, system_clock(), counter, clerk)
            assert called is not None
        async with self._database.connection() as conn:
            found = await queueing.find_ticket(conn, called.ticket.id, clerk)
            await queueing.move_ticket(conn, system_clock(), found, "requeue", clerk)

    async def search(self, _: int) -> None:
        """As ``HttpVerbs.search``."""
        async with self._database.connection() as conn:
            await search_places(conn, 10)

    async def book(self, _: int, start: datetime, office: str) -> bool:
        """As ``HttpVerbs.book``."""
        async with self._database.transaction() as conn:
            await booking.book(conn, system_clock(), booking_request(start, office))
        return True


async def search_places(
    conn: Connection, limit: int, begin: date | None = None
) -> list[tuple[datetime, str]]:
    """Return the earliest places of the whole city as (start, office)."""
    search = PlaceSearch([ServiceWish(SERVICE)], begin=begin, channel="phone", limit=limit)
    return [
        (place.start, place.office)
        for place in (await booking.find_places(conn, system_clock(), search)).items
    ]


def booking_request(start: datetime, office: str) -> BookingRequest:
    """Return a booking as the 115 console sends it."""
    contact = Contact(name="Messung", phone="0421 3610")
    return BookingRequest(
        office=office,
        services=[ServiceWish(SERVICE)],
        start=start,
        persons=1,
        channel="phone",
        contact=contact,
    )


async def free_places(database: Database, wanted: int) -> list[tuple[datetime, str]]:
    """Return places that are free now, each once, from a week ahead."""
    begin = (system_clock() + timedelta(days=7)).date()
    places: list[tuple[datetime, str]] = []
    async with database.connection() as conn:
        while len(places) < wanted:
            found = await search_places(conn, 200, begin)
            if not found:
                break
            places += found
            begin = found[-1][0].date() + timedelta(days=1)
    return list(dict.fromkeys(places))[:wanted]
