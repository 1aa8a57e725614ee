"""Days decided about while others decide and book: pools are locked in one order, whoever names them how."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

from queue_service.booking import service, staffing_changes, staffing_store
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import StaffedHours
from queue_service.platform.database import Database
from queue_service.platform.errors import SlotTaken, Unavailable
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, book, build, day_after, hours, office, pool

TOMORROW = day_after(1)
POOLS = ["cars", "citizens"]
FEWER = [StaffedHours(hours(8, 11), 6)]
ROUNDS = 3
QUICK_DETECTION = "20ms"
"""PostgreSQL looks for deadlocks after a second; those who wait for one wait no longer than this."""


@pytest.fixture
async def mitte(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose pools are decided about one after another, which gives others time in between."""
    write = staffing_store.override_day

    async def one_by_one(
        own: Connection, office_id: int, pool_ids: Sequence[int], *decided: Any, **by: Any
    ) -> None:
        for pool_id in pool_ids:
            await write(own, office_id, [pool_id], *decided, **by)

    monkeypatch.setattr(staffing_store, "override_day", one_by_one)
    name = await conn.fetchval("SELECT current_database()")
    await conn.execute(f"ALTER DATABASE {name} SET deadlock_timeout = '{QUICK_DETECTION}'")
    cars = pool("cars", ["licence"], counters=9)
    [built] = await build(conn, office("mitte", pool(counters=9), cars))
    return built


async def deadlocks(database: Database, mitte: Office) -> int:
    """Let six decide about a day and six book visits to both pools, each crossed; gives the deadlocks."""
    found = 0

    async def decide(pools: Sequence[str]) -> None:
        async with database.connection() as own:
            await staffing_changes.change_day(
                own, NOW, mitte, TOMORROW, FEWER, pools=pools, reason="Krankheit", actor="lead"
            )

    async def visit(services: Sequence[str]) -> None:
        async with database.connection() as own:
            with suppress(SlotTaken):
                await book(own, at(9, day=TOMORROW), *services)

    async def again_and_again(verb: Any, named: Sequence[str]) -> None:
        nonlocal found
        for _ in range(ROUNDS):
            try:
                await verb(named)
            except Unavailable:
                found += 1

    await asyncio.gather(
        *(again_and_again(decide, pools) for pools in (POOLS, POOLS[::-1]) * 3),
        *(again_and_again(visit, both) for both in (["passport", "licence"], ["licence", "passport"]) * 3),
    )
    return found


async def test_crossed_decisions_and_visits_to_both_pools_wait_for_each_other_in_one_order(
    database: Database, conn: Connection, mitte: Office
) -> None:
    assert await deadlocks(database, mitte) == 0
    assert await service.verify(conn, NOW) == []


async def test_pools_in_the_order_in_which_somebody_named_them_end_in_deadlocks(
    database: Database, mitte: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""

    async def as_named(own: Connection, office: Office, pools: Sequence[str]) -> dict[str, int]:
        known = await staffing_store.pool_ids(own, office.id)
        return {code: known[code] for code in pools}

    monkeypatch.setattr(staffing_changes, "_pool_ids", as_named)
    assert await deadlocks(database, mitte) > 0
