"""Many clerks press "next" at once: every ticket is called once, and the tests can see it when not."""

import asyncio
from collections import Counter as Tally
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiosql
import asyncpg
import msgspec
import pytest

from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import OrderSetup
from queue_service.platform import errors
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection, sql_directory
from queue_service.queueing import service, store
from queue_service.queueing.model import FoundCounter
from queue_service.queueing.service import Actor
from tests.integration.counter_hall import issue_many, make_clerks, open_counters
from tests.integration.servers import on_every_server

pytestmark = on_every_server

CLIENTS = 64
COUNTERS = 16
TICKETS = 160


CallNext = Callable[[Connection, datetime, FoundCounter, Actor], Awaitable[UUID | None]]


async def _call_by_service(
    conn: Connection, now: datetime, counter: FoundCounter, clerk: Actor
) -> UUID | None:
    try:
        called = await service.call_next(conn, now, counter, clerk)
    except errors.StillServing:
        return None
    return called.ticket.id if called else None


async def _drain(
    database: Database,
    now: datetime,
    seats: list[tuple[FoundCounter, Actor]],
    call_next: CallNext,
    clients: int = CLIENTS,
) -> Tally[UUID]:
    """Let every client call at its counter, and serve whom it got, until nobody waits."""
    calls: Tally[UUID] = Tally()

    async def client(number: int) -> None:
        counter, clerk = seats[number % len(seats)]
        while True:
            async with database.connection() as conn:
                ticket_id = await call_next(conn, now, counter, clerk)
                if ticket_id is None:
                    waiting = await conn.fetchval("SELECT count(*) FROM ticket WHERE state = 'waiting'")
                    if not waiting:
                        return
                    continue
                calls[ticket_id] += 1
                await _serve(conn, now, ticket_id)

    await asyncio.gather(*(client(number) for number in range(clients)))
    return calls


async def _serve(conn: Connection, now: datetime, ticket_id: UUID) -> None:
    """Finish a visit, also one that two counters believe to have."""
    await conn.execute("UPDATE ticket SET state = 'serving', started_at = $2 WHERE id = $1", ticket_id, now)
    await conn.execute("UPDATE ticket SET state = 'finished', finished_at = $2 WHERE id = $1", ticket_id, now)
    await conn.execute("UPDATE counter SET ticket_id = NULL WHERE ticket_id = $1", ticket_id)


async def test_64_clients_at_16_counters_never_get_the_same_ticket(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    seats = await open_counters(conn, now, bsc_mitte, COUNTERS)
    await issue_many(database, now, bsc_mitte, TICKETS)

    calls = await asyncio.wait_for(_drain(database, now, seats, _call_by_service), 60)

    assert len(calls) == TICKETS
    assert set(calls.values()) == {1}


def _without_lock(tmp_path: Path) -> CallNext:
    """The same statement without its lock on the ticket, as other systems have it."""
    text = (sql_directory() / "queries" / "queueing.sql").read_text()
    statement = text[text.index("-- name: call_next(") :].split("-- name: lock_call_cycle(")[0]
    lock = "FOR NO KEY UPDATE SKIP LOCKED"
    assert statement.count(lock) == 1
    broken = tmp_path / "broken.sql"
    broken.write_text(statement.replace(lock, ""))
    queries = aiosql.from_path(broken, "asyncpg")

    async def call_next(conn: Connection, now: datetime, counter: FoundCounter, clerk: Actor) -> UUID | None:
        row = await queries.call_next(
            conn, office_id=counter.office_id, counter_id=counter.id, clerk_id=clerk.user_id,
            actor=clerk.key, now=now,
        )  # fmt: skip
        return UUID(row["ticket"].split('"id": "')[1][:36]) if row else None

    return call_next


async def test_negative_control_without_the_lock_a_ticket_is_called_twice(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office, tmp_path: Path
) -> None:
    seats = await open_counters(conn, now, bsc_mitte, COUNTERS)
    await conn.execute("DROP INDEX ticket_counter_key")
    await issue_many(database, now, bsc_mitte, TICKETS)

    try:
        calls = await asyncio.wait_for(_drain(database, now, seats, _without_lock(tmp_path)), 60)
    except asyncpg.CheckViolationError as refused:
        # The second call came when the first had moved on: the lifecycle in the database saw it.
        assert refused.constraint_name == "ticket_lifecycle"  # noqa: PT017 - one of two proofs
        return
    assert max(calls.values()) > 1


async def test_two_presses_at_one_counter_are_one_call(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    [(counter, clerk)] = await open_counters(conn, now, bsc_mitte, 1)
    await issue_many(database, now, bsc_mitte, 10)

    async def press() -> object:
        async with database.connection() as own:
            try:
                return await service.call_next(own, now, counter, clerk)
            except errors.StillServing as still:
                return still

    answers = await asyncio.gather(*(press() for _ in range(20)))

    called = [answer for answer in answers if isinstance(answer, service.Called)]
    refused = [answer for answer in answers if isinstance(answer, errors.StillServing)]
    assert len(called) == 1
    assert len(refused) == 19
    assert {answer.extra["ticket"]["id"] for answer in refused} == {str(called[0].ticket.id)}


async def test_two_clerks_opening_one_counter_leave_one_there(
    conn: Connection, database: Database, now: datetime
) -> None:
    clerks = await make_clerks(conn, now, 20)
    counter = await service.find_counter(conn, "bsc-mitte.5")

    async def sit_down(clerk: Actor) -> bool:
        async with database.connection() as own:
            try:
                await service.open_counter(own, now, counter, None, clerk)
            except errors.CounterTaken:
                return False
            return True

    assert sum(await asyncio.gather(*(sit_down(clerk) for clerk in clerks))) == 1


async def test_calls_follow_the_order_while_others_wait_for_their_row(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    """A ticket that another transaction holds is skipped, not waited for, and comes when it is free."""
    seats = await open_counters(conn, now, bsc_mitte, 2)
    await issue_many(database, now, bsc_mitte, 2)
    first = await conn.fetchval("SELECT id FROM ticket ORDER BY number LIMIT 1")
    async with database.transaction() as holder:
        await holder.execute("SELECT FROM ticket WHERE id = $1 FOR UPDATE", first)
        called = await asyncio.wait_for(service.call_next(conn, now, *seats[0]), 5)
    assert called is not None
    assert called.ticket.number == "A002"
    late = await service.call_next(conn, now + timedelta(seconds=1), *seats[1])
    assert late is not None
    assert late.ticket.id == first


async def _kinds_as_called(conn: Connection, database: Database, now: datetime, office: Office) -> list[str]:
    """Let 16 counters call everybody by turns of one and one; give the classes in the order of the calls."""
    rules = OrderSetup(policy="ratio", appointments=1, walk_ins=1)
    await conn.execute(
        "UPDATE office SET order_rules = $2::text::jsonb WHERE id = $1",
        office.id,
        msgspec.json.encode(rules).decode(),
    )
    seats = await open_counters(conn, now, office, COUNTERS)
    await issue_many(database, now, office, TICKETS)
    await conn.execute(
        "UPDATE ticket SET class = 'appointment' WHERE right(number, 1) IN ('0', '1', '2', '3', '4')"
    )
    await asyncio.wait_for(_drain(database, now, seats, _call_by_service, COUNTERS), 60)
    rows = await conn.fetch(
        """
        SELECT body -> 'ticket' ->> 'class' AS class FROM change
         WHERE office_id = $1 AND kind = 'ticket.called' ORDER BY version
        """,
        office.id,
    )
    return [row["class"] for row in rows]


async def test_calls_at_once_take_turns_between_appointments_and_walk_ins(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    called = await _kinds_as_called(conn, database, now, bsc_mitte)
    assert called == ["appointment", "walk_in"] * (TICKETS // 2)


async def test_negative_control_without_its_lock_the_cycle_loses_turns(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read_only(conn: Connection, office_id: int) -> int:
        place: int | None = await conn.fetchval(
            "SELECT place FROM call_cycle WHERE office_id = $1", office_id
        )
        return place or 0

    await store.lock_call_cycle(conn, bsc_mitte.id)
    monkeypatch.setattr(store, "lock_call_cycle", read_only)
    called = await _kinds_as_called(conn, database, now, bsc_mitte)
    assert called != ["appointment", "walk_in"] * (TICKETS // 2)
