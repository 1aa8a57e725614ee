"""How long a search over a whole city takes, in SQL and with the service's own part, and a booking.

``python tests/bench/bench_slots.py [DATABASE_URL]``: an empty database, or an embedded one is made.
30 offices with four pools for five services each, 60 days; every place of the next 25 working days is
taken but for gaps of five minutes. Prints a table in milliseconds.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from asyncpg import BitString

from queue_service.booking import search, service, slot_arithmetic, store
from queue_service.booking.model import BookingRequest, PlaceSearch, ServiceWish
from queue_service.offices import service as offices
from queue_service.offices.model import WEEKDAYS, Span
from queue_service.offices.setup_model import (
    Address,
    AuthoritySetup,
    OfferedService,
    OfficeSetup,
    PoolSetup,
    ServiceSetup,
    Setup,
    Staffing,
)
from queue_service.platform.database import Database
from queue_service.platform.embedded_postgres import EmbeddedPostgres
from queue_service.platform.errors import SlotTaken
from queue_service.platform.migrations import migrate
from queue_service.platform.queries import Connection

NOW = datetime(2027, 1, 11, 6, tzinfo=UTC)
OFFICES, POOLS, SERVICES_PER_POOL, COUNTERS = 30, 4, 5, 5
FULL_DAYS = 25
SEARCHES, BOOKINGS, CLIENTS = 2000, 2000, 16
MINUTES = 15
CODES = [f"service-{number}" for number in range(POOLS * SERVICES_PER_POOL)]


def city() -> Setup:
    """Give the offices, all alike."""
    pools = [
        PoolSetup(
            f"pool-{number}",
            CODES[number * SERVICES_PER_POOL : (number + 1) * SERVICES_PER_POOL],
            [Staffing(list(WEEKDAYS[:5]), Span(480, 1020), COUNTERS, [Span(720, 750)])],
        )
        for number in range(POOLS)
    ]
    offered = [OfferedService(code, MINUTES, ["appointment"], "A") for code in CODES]
    here = Address("Am Markt 1", "28195", "Bremen")
    return Setup(
        [AuthoritySetup("city", {"de": "Stadt"}, "HB")],
        [ServiceSetup(code, {"de": code}, {"de": "Alles"}, MINUTES) for code in CODES],
        [
            OfficeSetup(f"office-{n}", "city", {"de": f"Amt {n}"}, here, services=offered, pools=pools)
            for n in range(OFFICES)
        ],
    )


async def fill(conn: Connection) -> date:
    """Take every place of the first working days but for short gaps; gives the first free day."""
    chance = random.Random(1)  # noqa: S311  # the same city every time
    rows = await conn.fetch("SELECT pool_id, day FROM pool_day WHERE fits > 0 ORDER BY day")
    days = sorted({row["day"] for row in rows})
    gaps = [
        (slot_arithmetic.visit_cells(chance.randrange(96, 200), 1), row["pool_id"], row["day"])
        for row in rows
        if row["day"] < days[FULL_DAYS]
    ]
    await conn.executemany(
        "UPDATE pool_day SET planes = ARRAY[$1::bit(300) & planes[1]] WHERE pool_id = $2 AND day = $3",
        [
            (BitString.from_int(plane, slot_arithmetic.DAY_CELLS), pool_id, day)
            for plane, pool_id, day in gaps
        ],
    )
    await conn.execute("VACUUM ANALYZE")
    first_free: date = days[FULL_DAYS]
    return first_free


async def timed(times: int, work: Callable[[int], Awaitable[object]]) -> str:
    """Run ``work`` one after another; gives p50 and p99 in milliseconds."""
    taken = []
    for number in range(times):
        begin = time.perf_counter()
        await work(number)
        taken.append((time.perf_counter() - begin) * 1000)
    cuts = quantiles(taken, n=100)
    return f"p50 {cuts[49]:6.2f}   p99 {cuts[98]:6.2f}"


async def measure(database: Database) -> None:
    """Build the city and print the table."""
    async with database.connection() as conn:
        setup = city()
        begin = time.perf_counter()
        async with conn.transaction():
            for office in await offices.apply_setup(conn, setup):
                await service.apply_pools(conn, NOW, office, office.setup.pools)
        opened = time.perf_counter() - begin
        count = await conn.fetchval("SELECT count(*) FROM pool_day")
        print(f"{count} pool-days opened in {opened:.2f} s")  # noqa: T201
        await search_table(conn, "city empty")
        first_free = await fill(conn)
        await search_table(conn, f"city full for {FULL_DAYS} working days")
        await booking_table(database, conn, first_free)


async def search_table(conn: Connection, label: str) -> None:
    """Print what searches take."""
    period = store.Period(NOW)

    async def in_sql(number: int) -> object:
        wanted = store.Wanted([CODES[number % len(CODES)]], [1], None)
        return await store.search_days(conn, wanted, period, after=date.min, days=search.FIRST_DAYS)

    async def as_a_whole(number: int) -> object:
        asked = PlaceSearch([ServiceWish(CODES[number % len(CODES)])], channel="counter")
        found = await service.find_places(conn, NOW, asked)
        assert len(found.items) == asked.limit
        return found

    print(f"{label}: search, SQL          {await timed(SEARCHES, in_sql)}")  # noqa: T201
    print(f"{label}: search, with service {await timed(SEARCHES, as_a_whole)}")  # noqa: T201


async def booking_table(database: Database, conn: Connection, day: date) -> None:
    """Print what bookings take, and how many there are a second with several clients."""

    def wish(number: int) -> BookingRequest:
        start = datetime(day.year, day.month, day.day, 7, tzinfo=UTC) + timedelta(minutes=15 * (number % 16))
        office, code = f"office-{number // 16 % OFFICES}", CODES[number // 480 % len(CODES)]
        return BookingRequest(office, [ServiceWish(code)], start, channel="counter")

    async def one(number: int) -> object:
        return await service.book(conn, NOW, wish(number))

    print(f"booking, one client           {await timed(BOOKINGS, one)}")  # noqa: T201

    async def client(first: int) -> None:
        async with database.connection() as own:
            for number in range(first, first + BOOKINGS // CLIENTS):
                try:
                    await service.book(own, NOW, wish(BOOKINGS + number))
                except SlotTaken:
                    continue

    begin = time.perf_counter()
    await asyncio.gather(*(client(n * BOOKINGS // CLIENTS) for n in range(CLIENTS)))
    rate = BOOKINGS / (time.perf_counter() - begin)
    print(f"booking, {CLIENTS} clients           {rate:6.0f} a second")  # noqa: T201


async def main(dsn: str) -> None:
    """Migrate and measure."""
    await migrate(dsn)
    database = Database(dsn, connections=CLIENTS + 1)
    await database.open()
    await measure(database)
    await database.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(main(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made, EmbeddedPostgres(Path(made)) as server:
            asyncio.run(main(server.dsn))
