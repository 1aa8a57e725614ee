"""A visit that one pool can't serve goes from one to the next: all of its places are taken, or none."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from queue_service.booking import service
from queue_service.booking.model import BookingRequest, MoveRequest
from queue_service.platform.database import Database
from queue_service.platform.errors import SlotTaken
from queue_service.platform.queries import Connection
from tests.integration.booking_town import (
    NOW,
    TODAY,
    at,
    build,
    clock,
    day_after,
    hours,
    office,
    places_left,
    pool,
    request,
    search,
)

CITIZENS = pool("citizens", ["passport", "certificate"], counters=1, span=hours(8, 12))
CARS = pool("cars", ["licence"], counters=1, span=hours(9, 11))


def visit(start: datetime, *, hold: bool = False) -> BookingRequest:
    """Ask for a passport (15 minutes) and a licence (20) in one visit."""
    return request(start, "passport", "licence", hold=hold)


async def free(conn: Connection, hour: int, minute: int = 0) -> tuple[int, int]:
    """Give the places left at a time with the citizens' pool and with that for cars."""
    cell = (hour * 60 + minute) // 5
    return (
        (await places_left(conn, TODAY, "citizens"))[cell],
        (await places_left(conn, TODAY, "cars"))[cell],
    )


async def test_the_earliest_start_is_found_in_whichever_order_it_is_possible(conn: Connection) -> None:
    await build(conn, office("mitte", CITIZENS, CARS))
    found = await search(conn, "licence", "passport", limit=3)
    assert clock(found.items) == ["08:45", "09:20", "09:55"]
    assert {place.minutes for place in found.items} == {35}
    # The licence first, as its pool closes at eleven.
    late = await search(conn, "licence", "passport", begin=at(10, 40), end=at(12))
    assert clock(late.items) == ["10:40"]
    none = await search(conn, "licence", "passport", begin=at(10, 45), end=at(12))
    assert none.why_none is not None
    assert none.why_none.code == "full"


async def test_a_booking_takes_a_place_of_each_pool_and_a_cancellation_gives_them_back(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", CITIZENS, CARS))
    made = await service.book(conn, NOW, visit(at(8, 45)))
    assert (made.start, made.end) == (at(8, 45), at(9, 20))
    assert (await free(conn, 8, 45), await free(conn, 9)) == ((0, 0), (1, 0))
    assert await service.verify(conn, NOW) == []
    await service.cancel(conn, NOW, made.reference)
    assert (await free(conn, 8, 45), await free(conn, 9)) == ((1, 0), (1, 1))
    assert await service.verify(conn, NOW) == []


async def test_when_the_second_place_is_gone_the_first_is_not_taken(conn: Connection) -> None:
    await build(conn, office("mitte", CITIZENS, CARS))
    await service.book(conn, NOW, request(at(9), "licence"))
    with pytest.raises(SlotTaken):
        await service.book(conn, NOW, visit(at(8, 45)))
    assert await free(conn, 8, 45) == (1, 0)
    assert clock((await search(conn, "licence", "passport", limit=1)).items) == ["09:05"]
    assert await service.verify(conn, NOW) == []


async def test_a_hold_that_runs_out_frees_every_place(conn: Connection) -> None:
    await build(conn, office("mitte", CITIZENS, CARS))
    await service.book(conn, NOW, visit(at(8, 45), hold=True))
    later = NOW + timedelta(minutes=6)
    assert await service.expire_holds(conn, later) == 1, "one visit, however many pools it went to"
    assert (await free(conn, 8, 45), await free(conn, 9)) == ((1, 0), (1, 1))
    assert await service.verify(conn, later) == []


async def test_a_chain_moves_as_a_whole_also_over_its_own_places(conn: Connection) -> None:
    await build(conn, office("mitte", CITIZENS, CARS))
    made = await service.book(conn, NOW, visit(at(8, 45)))
    moved = await service.move(conn, NOW, made.reference, MoveRequest(at(8, 55)))
    assert (moved.starts_at, moved.ends_at) == (at(8, 55), at(9, 30))
    assert (await free(conn, 8, 45), await free(conn, 9), await free(conn, 9, 10)) == ((1, 0), (0, 1), (1, 0))
    await service.move(conn, NOW, made.reference, MoveRequest(at(9, day=day_after(1))))
    assert await free(conn, 9, 10) == (1, 1)
    assert await service.verify(conn, NOW) == []


async def test_a_chain_becomes_one_visit_where_one_pool_does_everything(conn: Connection) -> None:
    everything = pool("north", ["passport", "certificate", "licence"])
    await build(conn, office("mitte", CITIZENS, CARS), office("nord", everything))
    made = await service.book(conn, NOW, visit(at(8, 45)))
    await service.move(conn, NOW, made.reference, MoveRequest(at(10), "nord"))
    assert await free(conn, 9) == (1, 1)
    assert sum(await places_left(conn, TODAY, "north")) == (4 * 60 - 35) // 5
    await service.move(conn, NOW, made.reference, MoveRequest(at(9), "mitte"))
    assert await free(conn, 9, 15) == (1, 0)
    assert await service.verify(conn, NOW) == []


async def test_chains_in_both_orders_beside_single_visits_end_without_deadlock_or_overselling(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", CITIZENS, CARS))
    references: list[str] = []

    async def attempt(wanted: BookingRequest) -> None:
        async with database.connection() as own:
            with suppress(SlotTaken):
                references.append((await service.book(own, NOW, wanted)).reference)

    async def cancel(reference: str) -> None:
        async with database.connection() as own:
            await service.cancel(own, NOW, reference)

    await asyncio.gather(
        *(attempt(visit(at(8 + n % 3, 5 * (n % 12)))) for n in range(40)),
        *(attempt(request(at(9 + n % 2, 5 * (n % 12)), "licence")) for n in range(20)),
        *(attempt(request(at(8 + n % 3, 5 * (n % 12)), "passport")) for n in range(20)),
    )
    assert await service.verify(conn, NOW) == []
    await asyncio.gather(
        *(cancel(reference) for reference in references),
        *(attempt(visit(at(9, 5 * (n % 12)))) for n in range(20)),
    )
    assert await service.verify(conn, NOW) == []
    # Some of them were chains.
    assert await conn.fetchval("SELECT count(*) FROM appointment_leg")
