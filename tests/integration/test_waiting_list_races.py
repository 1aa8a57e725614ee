"""No race for a freed place: it is given away before anybody can see it, and each one to one person."""

import asyncio

import pytest

from queue_service.booking import service, waiting_list
from queue_service.platform.database import Database, connect
from queue_service.platform.errors import IllegalTransition, QueueError, SlotTaken
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, day_after, request
from tests.integration.waiting_people import (
    TOMORROW,
    entry,
    held_for,
    join,
    one_place_a_day,
    sound,
    states,
    wanting,
)

BOOKERS = 50
SEARCHED = 4
"""Times that each of them tries before it gives up: some before the place is free, some after."""


async def tries_for_a_place(database: Database, freed: asyncio.Event) -> bool:
    """Try to book until some while after the place was freed; tell whether it worked."""
    after = 0
    while after < SEARCHED:
        async with database.connection() as conn:
            try:
                await service.book(conn, NOW, request(at(8, day=TOMORROW)))
            except SlotTaken:
                after += freed.is_set()
            else:
                return True
    return False


async def frees_a_place(database: Database, booked: str, freed: asyncio.Event) -> None:
    async with database.connection() as conn:
        await service.cancel(conn, NOW, booked)
    freed.set()


async def bookers_who_win(database: Database, booked: str) -> int:
    """Let fifty people try for the place while it is freed; gives how many of them get it."""
    freed = asyncio.Event()
    tries = [tries_for_a_place(database, freed) for _ in range(BOOKERS)]
    *won, _ = await asyncio.gather(*tries, frees_a_place(database, booked, freed))
    return sum(bool(one) for one in won)


async def test_of_fifty_who_try_for_a_freed_place_nobody_gets_it_before_who_waits(
    database: Database, conn: Connection
) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    assert await bookers_who_win(database, booked) == 0
    assert await states(conn, waiting) == ["offered"]
    assert await sound(conn)


async def test_given_away_after_the_commit_the_place_is_gone(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a list that is told only once the place is free for all loses it."""
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    monkeypatch.setattr("queue_service.booking.pool_days.offer_freed", _later)
    assert await bookers_who_win(database, booked) == 1
    await waiting_list.look_for_places(conn, at(7, 1))
    assert await states(conn, waiting) == ["waiting"]


async def _later(*_: object) -> int:
    return 0


async def test_places_that_become_free_at_once_go_to_as_many_people(
    database: Database, conn: Connection
) -> None:
    days = [day_after(n) for n in (1, 2, 3, 4)]
    booked = await one_place_a_day(conn, *days, counters=2)
    people = [await join(conn, wanting(last=days[-1])) for _ in range(10)]
    await asyncio.gather(*(frees_a_place(database, one, asyncio.Event()) for one in booked))
    # Those whom nobody else was about to be given something at that moment were asked in their order.
    assert (await states(conn, *people)).count("offered") == len(booked)
    assert await sound(conn)


async def test_an_offer_is_accepted_refused_or_over_and_never_two_of_them(
    database: Database, conn: Connection
) -> None:
    days = [day_after(n) for n in (1, 2, 3, 4)]
    booked = await one_place_a_day(conn, *days)
    people = [await join(conn, wanting(first=day, last=day)) for day in days]
    for reference in booked:
        await service.cancel(conn, NOW, reference)
    last_moment = at(9, 59)

    async def attempt(verb: object, person: str) -> None:
        async with database.connection() as own:
            try:
                await verb(own, last_moment, await entry(own, person))  # type: ignore[operator]
            except QueueError:
                return

    async def sweep() -> None:
        async with database.connection() as own:
            await service.expire_holds(own, at(10))

    verbs = (waiting_list.accept, waiting_list.refuse, waiting_list.withdraw)
    await asyncio.gather(sweep(), *(attempt(verb, person) for person in people for verb in verbs))
    assert set(await states(conn, *people)) <= {"accepted", "withdrawn"}
    kept = await conn.fetchval("SELECT count(*) FROM appointment WHERE state = 'booked'")
    assert kept == (await states(conn, *people)).count("accepted")
    assert await sound(conn, at(10))


async def test_saying_no_too_late_does_not_cancel_what_was_accepted(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    await service.cancel(conn, NOW, booked)
    seen = await entry(conn, waiting)
    appointment = await held_for(conn, waiting)
    await waiting_list.accept(conn, NOW, seen)
    with pytest.raises(IllegalTransition):
        await waiting_list.refuse(conn, NOW, seen)
    assert (await service.find(conn, appointment)).state == "booked"


async def test_a_server_that_dies_between_freeing_and_giving_leaves_nothing_half(
    conn: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    doomed = await connect(dsn)

    async def dies(*_: object, **__: object) -> None:
        await conn.fetchval("SELECT pg_terminate_backend($1)", doomed.get_server_pid())
        await doomed.fetchval("SELECT 1")

    with monkeypatch.context() as during:
        during.setattr("queue_service.booking.waiting_offers.confirmation_store.add_secret", dies)
        with pytest.raises(Exception, match=r"terminat|closed"):
            await service.cancel(doomed, NOW, booked)
    assert (await service.find(conn, booked)).state == "booked"
    assert await states(conn, waiting) == ["waiting"]
    assert await conn.fetchval("SELECT count(*) FROM waiting_offer") == 0
    assert await sound(conn)
