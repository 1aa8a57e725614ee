"""Searches, bookings, a rush and a release wave, beside the same SQL and beside how others do it."""

import asyncio
import os
import re
import subprocess
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
from rich.table import Table

from queue_service.accounts import service as accounts
from queue_service.accounts.model import Role
from queue_service.accounts.passwords import make_password
from queue_service.benchmark.light_http import LightClient, expect
from queue_service.benchmark.side_by_side import TURNS, by_turns
from queue_service.benchmark.slot_city import (
    CODES,
    OFFICES,
    WAVE_OFFICE,
    WAVE_PLACES,
    WAVE_SERVICE,
)
from queue_service.benchmark.verbs import Round, Timing, measure, quantile
from queue_service.booking import service as booking
from queue_service.booking import slot_store
from queue_service.booking.contingents import Level
from queue_service.booking.model import BookingRequest, Contact, ServiceWish
from queue_service.booking.search import FIRST_DAYS
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.platform.errors import SlotTaken
from queue_service.platform.queries import Connection

AGENT = "bench-agent"
SEARCHES, MAPS, BOOKINGS = 1500, 300, 1600
CLIENTS = 16
RUSH, RUSH_PLACES = 500, 5
"""Attempts at the places of five counters at one time."""
CITIZENS, WAVE_SECONDS, TRIES = 2000, 10.0, 3
CITY_ZONE = ZoneInfo("Europe/Berlin")
PHONE: Level = 2
"""The level of a booking by telephone, see ``contingents``."""


class Rush(msgspec.Struct, frozen=True):
    """How an onslaught on few places ended."""

    winners: int
    seconds: float


class Wave(msgspec.Struct, frozen=True):
    """What a release was for those who waited for it."""

    searches: Timing
    got_a_place: int
    seconds: float


async def make_agent(conn: Connection) -> str:
    """Make somebody who may book by telephone everywhere; returns the password."""
    password = make_password()
    await accounts.create_user(conn, system_clock(), AGENT, AGENT, password)
    await accounts.grant(conn, AGENT, Role.AGENT)
    return password


class City(msgspec.Struct, frozen=True):
    """One of two cities that differ in their past: a pool of connections and an agent's line to a service."""

    database: Database
    agent: LightClient


async def search_rows(without: City, with_past: City, past: int, add: Callable[[str, Timing], None]) -> None:
    """Time searches and the map of days by turns, where nothing is past and where so much is."""
    async with without.database.connection() as ours, with_past.database.connection() as theirs:
        searches, same = _searches(ours, without.agent), _searches(theirs, with_past.agent)
        for name, (rounds, here) in searches.items():
            there = same[name][1]
            compared = await by_turns(
                partial(measure, 1, rounds // TURNS, here), partial(measure, 1, rounds // TURNS, there)
            )
            add(f"{name}, no past", compared.without)
            add(f"{name}, {past:,} past", compared.with_it)
            add(f"{name}: {past:,} past : none (p50)", Timing(compared.ratio, 0, 0))
            add(f"{name}: slowest turn : fastest (p50)", Timing(compared.drift, 0, 0))


def _searches(conn: Connection, agent: LightClient) -> dict[str, tuple[int, Round]]:
    """Give what is asked, and how often."""

    async def in_sql(_: int) -> None:
        wanted = slot_store.Wanted([_next_code()], [1], None)
        period = slot_store.Period(system_clock())
        await slot_store.search_days(conn, wanted, PHONE, period, after=date.min, days=FIRST_DAYS)

    async def map_in_sql(_: int) -> None:
        wanted = slot_store.Wanted([_next_code()], [1], None)
        await slot_store.overview_days(conn, wanted, PHONE, slot_store.Period(system_clock()))

    async def over_http(_: int) -> None:
        await expect(agent, 200, "GET", f"/api/v1/slots?service={_next_code()}&channel=phone&limit=20")

    async def map_over_http(_: int) -> None:
        await expect(agent, 200, "GET", f"/api/v1/slots/overview?service={_next_code()}&channel=phone")

    return {
        "search, SQL": (SEARCHES, in_sql),
        "search, HTTP": (SEARCHES, over_http),
        "map of days, SQL": (MAPS, map_in_sql),
        "map of days, HTTP": (MAPS, map_over_http),
    }


_asked = 0


def _next_code() -> str:
    global _asked  # noqa: PLW0603  # every search asks for another service, whoever asks
    _asked += 1
    return CODES[_asked % len(CODES)]


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, datetime.min.time().replace(hour=hour), CITY_ZONE)


def _wish(number: int, day: date) -> BookingRequest:
    """Give the n-th booking: another place each time, over all offices and pools."""
    quarter, office, pool = number % 16, number // 16 % OFFICES, number // 480
    start = _at(day, 8) + timedelta(minutes=15 * quarter)
    wishes = [ServiceWish(CODES[5 * (pool % 4)])]
    return BookingRequest(f"office-{office}", wishes, start, channel="phone", contact=Contact(name="Messung"))


async def booking_rows(
    database: Database, agents: list[LightClient], day: date, add: Callable[[str, Timing], None]
) -> None:
    """Time bookings of free places by one and by 16 clients: HTTP, the same through asyncpg, pgbench."""
    used = iter(range(100_000))

    async def by_service(_: int) -> None:
        async with database.connection() as conn:
            await booking.book(conn, system_clock(), _wish(next(used), day))

    async def by_http(number: int) -> None:
        body = msgspec.to_builtins(_wish(next(used), day))
        await expect(agents[number], 201, "POST", "/api/v1/appointments", body)

    for clients, rounds in ((1, BOOKINGS // 4), (CLIENTS, BOOKINGS)):
        add(f"book, HTTP, {clients} clients", await measure(clients, rounds, by_http))
        add(f"book, asyncpg, {clients} clients", await measure(clients, rounds, by_service))


PGBENCH_SCRIPT = """
\\set pool random(1, :pools)
\\set cell random(96, 190)
\\set key random(1, 1000000000000)
WITH taken AS (
    UPDATE pool_day SET planes = take_place(planes, visit.mask), online_planes = online_planes
      FROM (SELECT (repeat('0', :cell) || '111' || repeat('0', 297 - :cell))::bit(300) AS mask) AS visit
     WHERE pool_id = :pool AND day = 'DAY' AND office_id = (SELECT office_id FROM pool WHERE id = :pool)
       AND visit.mask
           = visit.mask & open_cells(2::smallint, planes, counter_planes, phone_planes, online_planes)
    RETURNING office_id, pool_id, day
)
INSERT INTO appointment (office_id, id, pool_id, day, first_cell, cells, starts_at, ends_at, state, reference,
                         secret_hash, services, persons, channel, created_at, ended_at)
SELECT office_id, gen_random_uuid(), pool_id, day, :cell, 3, date 'DAY',
       date 'DAY' + interval '15 minutes', 'cancelled', 'p' || :key || '-' || :client_id, '\\x00', '[]', 1,
       'phone', now(), now()
  FROM taken;
"""


def pgbench_row(program: Path, dsn: str, directory: Path, pools: int, day: date, clients: int) -> Timing:
    """Let PostgreSQL's own driver do the same two writes; its latency is a mean, so p99 is not known."""
    script = directory / "book.pgbench"
    script.write_text(PGBENCH_SCRIPT.replace("DAY", day.isoformat()))
    parts = urlsplit(dsn)
    host = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])[0]
    done = subprocess.run(  # noqa: S603  # the server's own program, with our own arguments
        [program, "-n", "-h", host, "-U", parts.username or "postgres", "-p", str(parts.port or 5432),
         "-c", str(clients), "-j", "1", "-T", "4", "-f", script, "-D", f"pools={pools}",
         parts.path.strip("/") or "postgres"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PGPASSWORD": parts.password or ""},
    )  # fmt: skip
    rate = re.search(r"tps = ([0-9.]+)", done.stdout)
    latency = re.search(r"latency average = ([0-9.]+) ms", done.stdout)
    if rate is None or latency is None:
        raise RuntimeError(done.stderr)
    return Timing(float(rate[1]), float(latency[1]), float("nan"))


async def rush_over_http(agents: list[LightClient], day: date) -> Rush:
    """Let 500 attempts at five places arrive at once, over as many connections as there are agents."""
    start = _at(day, 15)
    body = msgspec.to_builtins(
        BookingRequest("office-0", [ServiceWish(CODES[0])], start, channel="phone", contact=Contact("Eile"))
    )
    attempts = iter(range(RUSH))

    async def client(agent: LightClient) -> int:
        won = 0
        for _ in attempts:
            status, _ = await agent.request("POST", "/api/v1/appointments", body)
            won += status == 201  # Created
        return won

    began = time.perf_counter()
    winners = sum(await asyncio.gather(*map(client, agents)))
    return Rush(winners, time.perf_counter() - began)


async def rush_as_others_do(dsn: str, day: date) -> Rush:
    """Look whether a place is left, then insert: what most systems do, and how they sell a place twice."""
    pool = await asyncpg.create_pool(dsn, min_size=CLIENTS, max_size=CLIENTS)
    await pool.execute("CREATE TABLE IF NOT EXISTS naive_appointment (day date, cell integer)")
    attempts = iter(range(RUSH))

    async def client() -> int:
        won = 0
        for _ in attempts:
            async with pool.acquire() as conn:
                taken = await conn.fetchval(
                    "SELECT count(*) FROM naive_appointment WHERE day = $1 AND cell = $2", day, 180
                )
                if taken < RUSH_PLACES:
                    await conn.execute("INSERT INTO naive_appointment VALUES ($1, $2)", day, 180)
                    won += 1
        return won

    began = time.perf_counter()
    winners = sum(await asyncio.gather(*(client() for _ in range(CLIENTS))))
    await pool.execute("DROP TABLE naive_appointment")
    await pool.close()
    return Rush(winners, time.perf_counter() - began)


async def rush_in_service(database: Database, day: date) -> Rush:
    """Let the same 500 attempts go through the service's function, without HTTP."""
    start = _at(day, 15)
    request = BookingRequest("office-1", [ServiceWish(CODES[0])], start, channel="counter")

    async def attempt() -> bool:
        async with database.connection() as conn:
            try:
                await booking.book(conn, system_clock(), request)
            except SlotTaken:
                return False
            return True

    began = time.perf_counter()
    winners = sum(await asyncio.gather(*(attempt() for _ in range(RUSH))))
    return Rush(winners, time.perf_counter() - began)


async def wave(database: Database, host: str, port: int) -> Wave:
    """Open a day's places and let 2,000 citizens search and book in the first ten seconds."""
    async with database.connection() as conn:
        day = (system_clock() + timedelta(days=1)).date()
        await conn.execute("UPDATE pool SET plan = plan || '{\"releases\": []}' WHERE code = 'wave'")
        await conn.execute(
            """
            UPDATE pool_day SET next_release_at = now()
             WHERE day = $1 AND pool_id = (SELECT id FROM pool WHERE code = 'wave')
            """,
            day,
        )
        await booking.release_places(conn, system_clock())
    searches: list[float] = []
    lines = [LightClient(host, port) for _ in range(100)]
    began = time.perf_counter()

    async def visitor(number: int, line: LightClient) -> bool:
        for _ in range(TRIES):
            asked = time.perf_counter()
            answer = await expect(line, 200, "GET", f"/api/v1/slots?service={WAVE_SERVICE}&limit=20")
            searches.append(time.perf_counter() - asked)
            items = msgspec.json.decode(answer)["items"]
            if not items:
                return False
            place = items[number % len(items)]
            contact = {"name": "Welle", "email": f"person{number}@example.org"}
            body = {
                "office": WAVE_OFFICE,
                "services": [{"service": WAVE_SERVICE}],
                "start": place["start"],
                "contact": contact,
            }
            status, content = await line.request("POST", "/api/v1/appointments", body)
            if status == 201:  # Created
                return True
            if status != 409:  # Conflict
                raise RuntimeError(content)
        return False

    async def queue_at(index: int) -> int:
        won = 0
        for number in range(index, CITIZENS, len(lines)):
            # Everybody comes at a moment of their own, one after another on each line.
            await asyncio.sleep(max(began + WAVE_SECONDS * number / CITIZENS - time.perf_counter(), 0))
            won += await visitor(number, lines[index])
        return won

    got = sum(await asyncio.gather(*map(queue_at, range(len(lines)))))
    whole = time.perf_counter() - began
    timing = Timing(len(searches) / whole, quantile(searches, 0.5) * 1000, quantile(searches, 0.99) * 1000)
    for line in lines:
        await line.close()
    return Wave(timing, got, whole)


def rush_table(rushes: dict[str, Rush], opened: Wave) -> Table:
    """Return who got a place, beside how many there were."""
    table = Table("onslaught", "attempts", "places", "sold", "seconds")
    for name, rush in rushes.items():
        table.add_row(name, str(RUSH), str(RUSH_PLACES), str(rush.winners), f"{rush.seconds:.2f}")
    share = WAVE_PLACES * 4 // 5
    table.add_row("release wave", str(CITIZENS), str(share), str(opened.got_a_place), f"{opened.seconds:.2f}")
    return table
