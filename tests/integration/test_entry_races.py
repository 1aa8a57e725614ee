"""Many want places of the same hour at once: never more come than there are places, and nobody deadlocks."""

import asyncio
from contextlib import suppress

import aiosql
import pytest

from queue_service.entries import service, store
from queue_service.platform.database import Database
from queue_service.platform.errors import HoldExpired, QueueError, SlotTaken
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.swimming_hall import NOW, book, build, free, hour, lanes

ATTEMPTS = 200
PLACES = 10
GUARD = "\n       AND entry_free(e, :level ::smallint) >= :party_size ::integer\n    RETURNING e.office_id"


async def attempt(database: Database, party: int) -> int:
    async with database.connection() as conn:
        try:
            await book(conn, party=party)
        except SlotTaken:
            return 0
        return party


async def won(database: Database, parties: list[int]) -> int:
    return sum(await asyncio.gather(*(attempt(database, party) for party in parties)))


async def test_of_200_attempts_at_ten_places_exactly_ten_win(database: Database, conn: Connection) -> None:
    await build(conn, lanes(places=PLACES))
    assert await won(database, [1] * ATTEMPTS) == PLACES
    assert await service.broken_invariants(conn, NOW) == []


async def test_without_its_guard_the_same_statement_oversells(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with the condition taken out, the first test must see the fault."""
    await build(conn, lanes(places=PLACES))
    text = (sql_directory() / "queries" / "entries.sql").read_text(encoding="utf-8")
    assert text.count(GUARD) == 1
    monkeypatch.setattr(
        store, "_queries", aiosql.from_str(text.replace(GUARD, "\n    RETURNING e.office_id"), "asyncpg")
    )
    assert await won(database, [1] * 30) > PLACES


async def test_crossed_moves_bookings_cancellations_expiry_and_a_cut_plan_end_without_deadlock(
    database: Database, conn: Connection
) -> None:
    await build(conn, lanes(places=8))
    here = [(await book(conn, hour(11))).reference for _ in range(8)]
    there = [(await book(conn, hour(12), hold=n % 2 == 0)).reference for n in range(8)]
    expired = NOW.replace(hour=6)

    async def by_another(verb: str, reference: str, *more: object) -> None:
        async with database.connection() as own:
            with suppress(QueueError):
                await getattr(service, verb)(own, NOW, reference, *more)

    async def expire() -> None:
        async with database.connection() as own:
            await service.expire_holds(own, expired)

    async def cut() -> None:
        async with database.connection() as own:
            await build(own, lanes(places=9))

    await asyncio.gather(
        *(by_another("move", reference, hour(12)) for reference in here),
        *(by_another("move", reference, hour(11)) for reference in there),
        *(by_another("cancel", reference) for reference in here[:3] + there[:3]),
        *(attempt(database, 1) for _ in range(10)),
        expire(),
        cut(),
        expire(),
    )
    assert await service.broken_invariants(conn, NOW) == []
    assert await service.overbooked(conn, NOW) == []


async def test_a_hold_is_either_confirmed_or_expired_whichever_comes_first(
    database: Database, conn: Connection
) -> None:
    await build(conn, lanes(places=20))
    holds = [(await book(conn, channel="phone", hold=True)).reference for _ in range(12)]
    over = NOW.replace(minute=5)

    async def confirm(reference: str) -> bool:
        async with database.connection() as own:
            try:
                await service.confirm(own, NOW, reference)
            except HoldExpired:
                return False
            return True

    async def expire() -> int:
        async with database.connection() as own:
            return await service.expire_holds(own, over)

    results = await asyncio.gather(*map(confirm, holds[:6]), expire(), *map(confirm, holds[6:]))
    kept, ended = [bool(one) for one in results[:6] + results[7:]].count(True), int(results[6])
    ended += await service.expire_holds(conn, over)
    assert kept + ended == len(holds)
    assert (await free(conn))[2] == 20 - kept
