"""Verbs that meet on the same places at the same instant: expiry, confirmation, moves, plans, releases."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiosql
import asyncpg
import pytest
from msgspec.structs import replace

from queue_service.booking import pool_day_store, service, store
from queue_service.booking.model import Channel, KeptAppointment, MoveRequest
from queue_service.booking.pool_day_store import ComputedDay, PoolDay
from queue_service.booking.staffing_changes import change_day, displaced, restore_day
from queue_service.offices.setup_model import Contingents, Release, StaffedHours
from queue_service.platform.database import Database, connect
from queue_service.platform.errors import HoldExpired, SlotTaken
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.booking_town import (
    NOW,
    at,
    book,
    build,
    day_after,
    hours,
    office,
    places_left,
    pool,
    request,
)

TOMORROW, LATER = day_after(1), day_after(2)
NINE = 9 * 12
"""The cell of nine o'clock."""
OVER = NOW + timedelta(minutes=6)
"""When holds of five minutes are over."""
QUICK_DETECTION = "20ms"
"""PostgreSQL looks for deadlocks after a second; those who wait for one wait no longer than this."""


async def refused(verb: Any, kind: type[Exception]) -> bool:
    """Tell whether it was refused so."""
    try:
        await verb
    except kind:
        return True
    return False


async def confirmed(database: Database, reference: str) -> bool:
    async with database.connection() as own:
        return not await refused(service.confirm(own, NOW, reference), HoldExpired)


async def expire(database: Database) -> None:
    async with database.connection() as own:
        await service.expire_holds(own, OVER)


async def states(conn: Connection) -> dict[str, str]:
    rows = await conn.fetch("SELECT reference, state FROM appointment")
    return {row["reference"]: row["state"] for row in rows}


def plain(references: Iterable[str]) -> set[str]:
    return {reference.replace("-", "") for reference in references}


async def test_a_hold_is_confirmed_with_its_place_or_expired_with_its_place_free_and_never_both(
    database: Database, conn: Connection
) -> None:
    cars = pool("cars", ["licence"], counters=30)
    await build(conn, office("mitte", pool(counters=30), cars))
    nine = at(9, day=TOMORROW)
    holds = [await book(conn, nine, hold=True) for _ in range(20)]
    # Through two pools each: all of a visit is kept, or all of it is free.
    holds += [await book(conn, nine, "passport", "licence", hold=True) for _ in range(6)]
    early, racing, _ = holds[::4], holds[1::4] + holds[2::4], holds[3::4]
    async with conn.transaction():
        # They were first; nobody has heard of it yet.
        for reference in early:
            await service.confirm(conn, NOW, reference)
        outcomes = await asyncio.gather(
            *(confirmed(database, reference) for reference in racing[:6]),
            expire(database),
            expire(database),
            *(confirmed(database, reference) for reference in racing[6:]),
        )
    kept = early + [
        reference for reference, ok in zip(racing, outcomes[:6] + outcomes[8:], strict=True) if ok
    ]
    await service.expire_holds(conn, OVER)
    assert await states(conn) == {
        reference: "booked" if reference in plain(kept) else "expired" for reference in plain(holds)
    }
    assert len(holds) > len(kept) >= len(early)
    assert (await places_left(conn, TOMORROW))[NINE] == 30 - len(kept)
    assert await service.verify(conn, OVER) == []


async def test_a_confirmation_that_locks_nothing_confirms_what_has_expired(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what the lock is for, and that the test above would see it missing."""
    await build(conn, office())
    reference = await book(conn, at(9), hold=True)
    look = store.find_appointment

    async def without_lock(own: Connection, wanted: str, *, lock: bool = False) -> KeptAppointment | None:
        found = await look(own, wanted)
        if lock:
            await service.expire_holds(conn, OVER)
        return found

    monkeypatch.setattr(store, "find_appointment", without_lock)
    assert await confirmed(database, reference)
    assert await states(conn) == {reference.replace("-", ""): "expired"}


async def test_appointments_that_swap_their_places_wait_for_each_other_in_one_order(
    database: Database, conn: Connection
) -> None:
    enough = 40  # for all of them on either day
    cars = pool("cars", ["licence"], counters=enough)
    await build(
        conn, office("mitte", pool(counters=enough), cars), office("nord", pool("north", counters=enough))
    )
    here, there = at(9, day=TOMORROW), at(9, day=LATER)
    single, chain = ("passport",), ("passport", "licence")
    swaps = [
        (await book(conn, start, *services), MoveRequest(to, "mitte"))
        for start, to in ((here, there), (there, here))
        for services in (*[single] * 4, *[chain] * 4)
    ]
    swaps += [(await book(conn, here), MoveRequest(there, "nord")) for _ in range(4)]
    swaps += [(await book(conn, there, office="nord"), MoveRequest(here, "mitte")) for _ in range(4)]

    async def move(reference: str, wanted: MoveRequest) -> None:
        # A deadlock would be raised: Unavailable.
        async with database.connection() as own:
            await service.move(own, NOW, reference, wanted)

    order = [*swaps[::3], *swaps[2::3], *swaps[1::3]]
    await asyncio.gather(*(move(*swap) for swap in order))
    for reference, wanted in swaps:
        assert (await service.find(conn, reference)).starts_at == wanted.start
    assert await service.verify(conn, NOW) == []


@pytest.fixture
async def two_connections(dsn: str) -> AsyncIterator[list[Connection]]:
    """Two that find out soon when they wait for each other."""
    both = [await connect(dsn) for _ in range(2)]
    for one in both:
        await one.execute(f"SET deadlock_timeout = '{QUICK_DETECTION}'")
    yield both
    for one in both:
        await one.close()


async def test_two_that_swap_and_lock_their_own_day_first_end_in_a_deadlock(
    two_connections: list[Connection], conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with locks in no common order, the test above sees a deadlock."""
    await build(conn, office("mitte", pool(counters=2)))
    here, there = at(9, day=TOMORROW), at(9, day=LATER)
    references = [await book(conn, here), await book(conn, there)]
    lock, both_have_one = pool_day_store.lock_pool_days, asyncio.Barrier(2)
    begun: set[Connection] = set()

    async def own_day_first(own: Connection, pool_days: Iterable[PoolDay]) -> list[PoolDay]:
        days = sorted(pool_days, reverse=own is two_connections[1])
        for day in days:
            await lock(own, [day])
            if own not in begun:
                begun.add(own)
                await both_have_one.wait()
        return days

    monkeypatch.setattr(pool_day_store, "lock_pool_days", own_day_first)
    outcomes = await asyncio.gather(
        *(
            refused(service.move(own, NOW, reference, MoveRequest(to)), asyncpg.DeadlockDetectedError)
            for own, reference, to in zip(two_connections, references, (there, here), strict=True)
        )
    )
    assert sorted(outcomes) == [False, True]


def counters_at_nine(counters: int) -> list[StaffedHours]:
    return [StaffedHours(hours(9, 11), counters)]


async def cells_of(conn: Connection, reference: str) -> range:
    kept = await service.find(conn, reference)
    return range(kept.first_cell, kept.first_cell + kept.cells)


async def test_whoever_is_booked_while_a_day_is_cut_has_a_counter_or_is_on_the_list(
    database: Database, conn: Connection
) -> None:
    [mitte] = await build(conn, office("mitte", pool(counters=8)))
    made = [await book(conn, at(9, 5 * n, TOMORROW)) for n in range(5)]

    async def attempt(minute: int) -> None:
        async with database.connection() as own:
            with suppress(SlotTaken):
                made.append(await book(own, at(9, minute, TOMORROW)))

    async def cut(own: Connection, counters: int) -> None:
        staffing = counters_at_nine(counters)
        await change_day(own, NOW, mitte, TOMORROW, staffing, reason="Krankheit", actor="supervisor1")

    async def cut_and_cut_again() -> None:
        async with database.connection() as own:
            await cut(own, 3)
            await restore_day(own, NOW, mitte, TOMORROW)
            await cut(own, 2)

    await asyncio.gather(
        *(attempt(5 * (n % 6)) for n in range(15)),
        cut_and_cut_again(),
        *(attempt(5 * (n % 6)) for n in range(15)),
    )
    lost = {entry.reference for entry in await displaced(conn, NOW, mitte.id)}
    assert await states(conn) == dict.fromkeys(plain(made), "booked")
    assert lost
    cells = {one: await cells_of(conn, one) for one in plain(made)}
    served = Counter(cell for one in cells.keys() - lost for cell in cells[one])
    assert max(served.values()) == 2
    assert all(max(served[cell] for cell in cells[one]) == 2 for one in lost)
    assert await service.verify(conn, NOW) == []


async def test_a_cut_that_locks_nothing_forgets_who_booked_meanwhile(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a booking between reading and writing is what the lock keeps away."""
    [mitte] = await build(conn, office("mitte", pool(counters=8)))
    write = pool_day_store.write_pool_days

    async def no_lock(_: Connection, pool_days: Sequence[PoolDay]) -> list[PoolDay]:
        return list(pool_days)

    async def after_another(own: Connection, computed: dict[PoolDay, ComputedDay]) -> None:
        async with database.connection() as other:
            await book(other, at(9, day=TOMORROW))
        await write(own, computed)

    monkeypatch.setattr(pool_day_store, "lock_pool_days", no_lock)
    monkeypatch.setattr(pool_day_store, "write_pool_days", after_another)
    await change_day(conn, NOW, mitte, TOMORROW, counters_at_nine(3), reason="Krankheit", actor="supervisor1")
    assert [drift.day for drift in await service.verify(conn, NOW)] == [TOMORROW]


EIGHT_COUNTERS = Contingents(online=25, phone=50, emergency=25)
"""Two for the web, four with the telephone, six with the counter, two for supervisors."""
CHANNELS: list[Channel] = ["online", "phone", "counter"]
SHARES = {"online": 2, "phone": 4, "counter": 6}
NOON = at(12)


async def booked_by_channel(database: Database, conn: Connection) -> Counter[str]:
    """Open the day in two waves while many book by every channel; give who got a place at nine."""
    waves = [Release(50, 1, "07:30"), Release(50, 1, "12:00")]
    limited = replace(pool(counters=8), contingents=EIGHT_COUNTERS, releases=waves)
    await build(conn, office("mitte", limited))
    won: Counter[str] = Counter()

    async def attempt(channel: Channel) -> None:
        async with database.connection() as own:
            with suppress(SlotTaken):
                await service.book(own, NOW, request(at(9, day=TOMORROW), channel=channel))
                won[channel] += 1

    async def release() -> None:
        async with database.connection() as own:
            await service.release_places(own, at(8))
            await service.release_places(own, NOON)

    await asyncio.gather(
        *(attempt(CHANNELS[n % 3]) for n in range(30)),
        release(),
        release(),
        *(attempt(CHANNELS[n % 3]) for n in range(30)),
    )
    # Until nothing is left.
    await asyncio.gather(*(attempt(channel) for channel in CHANNELS for _ in range(6)))
    return won


async def test_while_places_are_released_no_channel_gets_more_than_its_share(
    database: Database, conn: Connection
) -> None:
    won = await booked_by_channel(database, conn)
    assert won["online"] <= SHARES["online"]
    assert won["online"] + won["phone"] <= SHARES["phone"]
    assert won.total() == SHARES["counter"]
    assert await service.verify(conn, NOON) == []


async def test_when_only_the_last_counter_is_asked_for_the_web_gets_too_much(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with the nested limits taken out, the test above must see the fault."""
    text = (sql_directory() / "queries" / "booking.sql").read_text(encoding="utf-8")
    limits = (
        "open_cells(:level ::smallint, planes, counter_planes, phone_planes, online_planes)\n    RETURNING"
    )
    assert text.count(limits) == 1
    unlimited = text.replace(limits, "open_cells(4 ::smallint, planes, NULL, NULL, NULL)\n    RETURNING")
    monkeypatch.setattr(store, "_queries", aiosql.from_str(unlimited, "asyncpg"))
    won = await booked_by_channel(database, conn)
    assert won.total() > SHARES["counter"]
