"""Many want the same place at once: as many get it as there are counters, and no transaction dies."""

import asyncio
from contextlib import suppress

import aiosql
import pytest

from queue_service.booking import service, store
from queue_service.booking.model import MoveRequest
from queue_service.platform.database import Database
from queue_service.platform.errors import SlotTaken
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.booking_town import (
    NOW,
    TODAY,
    at,
    book,
    build,
    day_after,
    office,
    places_left,
    pool,
    request,
    restaff,
)
from tests.integration.servers import on_every_server

pytestmark = on_every_server

ATTEMPTS = 200
CAPACITY = 3
GUARD = """\
       AND :visit ::bit(300) = :visit ::bit(300)
           & open_cells(:level ::smallint, planes, counter_planes, phone_planes, online_planes)
"""


async def attempt(database: Database, minute: int) -> bool:
    async with database.connection() as conn:
        try:
            await service.book(conn, NOW, request(at(9, minute)))
        except SlotTaken:
            return False
        return True


async def winners(database: Database, minutes: list[int]) -> int:
    return sum(await asyncio.gather(*(attempt(database, minute) for minute in minutes)))


async def test_of_200_attempts_at_a_place_for_three_exactly_three_win(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", pool(counters=CAPACITY)))
    assert await winners(database, [0] * ATTEMPTS) == CAPACITY
    assert (await places_left(conn, TODAY))[9 * 12] == 0
    assert await service.verify(conn, NOW) == []


async def test_overlapping_visits_never_need_more_counters_than_there_are(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", pool(counters=CAPACITY)))
    won = await winners(database, [5 * (n % 6) for n in range(ATTEMPTS)])
    assert CAPACITY <= won <= 2 * CAPACITY
    assert await service.verify(conn, NOW) == []


async def test_without_its_guard_the_same_statement_oversells(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with the condition taken out, the first test must see the fault."""
    await build(conn, office("mitte", pool(counters=CAPACITY)))
    text = (sql_directory() / "queries" / "booking.sql").read_text(encoding="utf-8")
    assert text.count(GUARD) == 1
    monkeypatch.setattr(store, "_queries", aiosql.from_str(text.replace(GUARD, ""), "asyncpg"))
    assert await winners(database, [0] * 20) > CAPACITY
    async with conn.transaction():
        pool_id = await conn.fetchval("SELECT id FROM pool WHERE code = 'citizens'")
        assert await service.recompute(conn, NOW, [(pool_id, TODAY)])


async def test_moves_bookings_and_cancellations_across_each_other_end_without_deadlock(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", pool(counters=2)), office("nord", pool("north", counters=2)))
    tomorrow = day_after(1)
    here = [await book(conn, at(8 + n % 4)) for n in range(8)]
    there = [await book(conn, at(8 + n % 4, day=tomorrow), office="nord") for n in range(8)]

    async def move(reference: str, request: MoveRequest) -> None:
        async with database.connection() as own:
            with suppress(SlotTaken):
                await service.move(own, NOW, reference, request)

    async def cancel(reference: str) -> None:
        async with database.connection() as own:
            await service.cancel(own, NOW, reference)

    await asyncio.gather(
        *(move(one, MoveRequest(at(8 + n % 4, 15, tomorrow), "nord")) for n, one in enumerate(here[:6])),
        *(move(one, MoveRequest(at(8 + n % 4, 15), "mitte")) for n, one in enumerate(there[:6])),
        *(attempt(database, 5 * n) for n in range(12)),
        *(cancel(one) for one in here[6:] + there[6:]),
    )
    assert await service.verify(conn, NOW) == []


async def test_a_place_that_is_cancelled_while_others_book_is_counted_once(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", pool(counters=CAPACITY)))
    references = [await book(conn, at(9)) for _ in range(CAPACITY)]

    async def cancel(reference: str) -> None:
        async with database.connection() as own:
            await service.cancel(own, NOW, reference)

    results = await asyncio.gather(
        *(cancel(reference) for reference in references), *(attempt(database, 0) for _ in range(30))
    )
    assert results.count(True) <= CAPACITY
    assert await service.verify(conn, NOW) == []
    assert (await places_left(conn, TODAY))[9 * 12] == CAPACITY - results.count(True)


async def test_staffing_that_is_cut_while_others_book_leaves_nothing_miscounted(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", pool(counters=4)))
    async with database.connection() as own:
        await asyncio.gather(
            restaff(own, office("mitte", pool(counters=1))),
            *(attempt(database, 15 * (n % 4)) for n in range(24)),
        )
    assert await service.verify(conn, NOW) == []
