"""Wrong passwords run out, for the one who guesses and for nobody else."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

import pytest

from queue_service.accounts import service, store
from queue_service.accounts.login_limits import (
    FAILURES_PER_ADDRESS,
    FAILURES_PER_NAME_AND_ADDRESS,
    PURPOSE,
    WINDOW,
    attempt_of,
)
from queue_service.accounts.passwords import hashing_slot
from queue_service.platform.database import Database, connect
from queue_service.platform.errors import QueueError, TooManyAttempts, WrongLogin
from queue_service.platform.installation_secret import SECRET_BYTES, installation_secret
from queue_service.platform.queries import Connection
from tests.integration.people import HERE, MORNING, PASSWORD, hire

ELSEWHERE = "192.0.2.8"
GUESSERS = 50
SECRET = bytes(SECRET_BYTES)


async def guess(
    database: Database,
    password: str = "wrong",
    *,
    name: str = "clerk1",
    at: datetime = MORNING,
    address: str = HERE,
) -> str:
    """Return how a log-in was answered."""
    try:
        await service.log_in(database.connection, at, name, password, address)
    except QueueError as refused:
        return refused.code
    return "logged_in"


async def fail(database: Database, times: int, *, name: str = "clerk1", address: str = HERE) -> None:
    for _ in range(times):
        assert await guess(database, name=name, address=address) == "wrong_login"


async def claim_failures(conn: Connection, times: int, address: str = HERE) -> None:
    """Count failures under as many different names, without the time that hashing takes."""
    secret = await installation_secret(conn, PURPOSE)
    for number in range(times):
        await service.claim_attempt(conn, attempt_of(secret, f"guess{number}", address, MORNING))


async def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(
    database: Database, conn: Connection
) -> None:
    await hire(conn, "clerk1")
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS)
    later = MORNING + timedelta(minutes=5)
    with pytest.raises(TooManyAttempts) as refused:
        await service.log_in(database.connection, later, "clerk1", PASSWORD, HERE)
    assert refused.value.retry_after == 10 * 60


async def test_after_a_quarter_of_an_hour_the_right_password_is_right_again(
    database: Database, conn: Connection
) -> None:
    await hire(conn, "clerk1")
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS)
    assert await guess(database, PASSWORD, at=MORNING + WINDOW) == "logged_in"


async def test_being_refused_does_not_lengthen_the_wait(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS)
    assert await guess(database, at=MORNING + WINDOW - timedelta(seconds=1)) == "too_many_attempts"
    assert await guess(database, PASSWORD, at=MORNING + WINDOW) == "logged_in"


async def test_a_right_password_forgets_the_wrong_ones_before_it(
    database: Database, conn: Connection
) -> None:
    await hire(conn, "clerk1")
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS - 1)
    assert await guess(database, PASSWORD) == "logged_in"
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS)


async def test_nobody_can_lock_a_clerk_out_from_another_address(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS, address=ELSEWHERE)
    assert await guess(database, address=ELSEWHERE) == "too_many_attempts"
    assert await guess(database, PASSWORD) == "logged_in"


async def test_a_colleague_at_the_same_address_can_still_log_in(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    await hire(conn, "clerk2")
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS)
    assert await guess(database, PASSWORD, name="clerk2") == "logged_in"


async def test_names_that_nobody_has_run_out_like_those_that_somebody_has(database: Database) -> None:
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS, name="nobody")
    assert await guess(database, name="nobody") == "too_many_attempts"


async def test_capitals_are_no_way_round_the_limit(database: Database) -> None:
    await fail(database, FAILURES_PER_NAME_AND_ADDRESS, name="clerk1")
    assert await guess(database, name="CLERK1") == "too_many_attempts"


async def test_the_addresses_of_one_ipv6_network_run_out_together(database: Database) -> None:
    for host in range(FAILURES_PER_NAME_AND_ADDRESS):
        await fail(database, 1, address=f"2001:db8::{host:x}")
    assert await guess(database, address="2001:db8::ffff") == "too_many_attempts"


async def test_an_address_that_tries_many_names_runs_out_too(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    await claim_failures(conn, FAILURES_PER_ADDRESS)
    assert await guess(database, PASSWORD) == "too_many_attempts"
    assert await guess(database, PASSWORD, address=ELSEWHERE) == "logged_in"


async def test_right_passwords_do_not_use_up_an_address(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    await claim_failures(conn, FAILURES_PER_ADDRESS - 1)
    assert [await guess(database, PASSWORD) for _ in range(3)] == ["logged_in"] * 3


async def test_an_own_account_does_not_wash_away_guesses_at_others(
    database: Database, conn: Connection
) -> None:
    await hire(conn, "clerk1")
    await claim_failures(conn, FAILURES_PER_ADDRESS - 1)
    assert await guess(database, PASSWORD) == "logged_in"
    await fail(database, 1, name="clerk2")
    assert await guess(database, name="clerk3") == "too_many_attempts"


@asynccontextmanager
async def connections(dsn: str, count: int) -> AsyncIterator[list[Connection]]:
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(count):
            conn = await connect(dsn)
            stack.push_async_callback(conn.close)
            opened.append(conn)
        yield opened


async def test_fifty_simultaneous_guesses_get_five_tries(dsn: str) -> None:
    async def claim(conn: Connection) -> str:
        try:
            await service.claim_attempt(conn, attempt_of(SECRET, "clerk1", HERE, MORNING))
        except TooManyAttempts as refused:
            return refused.code
        return "counted"

    async with connections(dsn, GUESSERS) as guessers:
        answers = Counter(await asyncio.gather(*(claim(conn) for conn in guessers)))
    assert answers == {"counted": FAILURES_PER_NAME_AND_ADDRESS, "too_many_attempts": GUESSERS - 5}


async def test_without_the_lock_simultaneous_guesses_would_get_more_tries(dsn: str) -> None:
    """The negative control: what the lock prevents does happen without it."""
    attempt = attempt_of(SECRET, "clerk1", HERE, MORNING)
    async with connections(dsn, GUESSERS) as guessers:
        transactions = [conn.transaction() for conn in guessers]
        for transaction in transactions:
            await transaction.start()
        full = [await store.claim_attempt(conn, attempt) for conn in guessers]
        for transaction in transactions:
            await transaction.commit()
    assert full == [None] * GUESSERS


async def test_fifty_simultaneous_log_ins_get_five_tries(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    answers = Counter(await asyncio.gather(*(guess(database) for _ in range(GUESSERS))))
    assert answers == {"wrong_login": FAILURES_PER_NAME_AND_ADDRESS, "too_many_attempts": GUESSERS - 5}


async def test_a_whole_office_can_log_in_at_the_same_moment(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    answers = Counter(await asyncio.gather(*(guess(database, PASSWORD) for _ in range(GUESSERS + 10))))
    assert answers == {"logged_in": GUESSERS + 10}


async def test_log_ins_that_wait_for_their_turn_hold_no_connection(
    database: Database, conn: Connection
) -> None:
    lent = 0

    @asynccontextmanager
    async def counting() -> AsyncIterator[Connection]:
        nonlocal lent
        lent += 1
        async with database.connection() as one:
            yield one

    await hire(conn, "clerk1")
    async with AsyncExitStack() as taken:
        await taken.enter_async_context(hashing_slot())
        await taken.enter_async_context(hashing_slot())
        waiting = [
            asyncio.create_task(service.log_in(counting, MORNING, "clerk1", PASSWORD, HERE))
            for _ in range(20)
        ]
        await conn.fetchval("SELECT 1")  # every task has had its turn by the time this is answered
        assert lent == 0
    assert len(await asyncio.gather(*waiting)) == 20
    assert lent == 40


async def test_what_no_limit_counts_any_more_is_swept_away(database: Database, conn: Connection) -> None:
    await claim_failures(conn, 3)
    await service.sweep(conn, MORNING + WINDOW - timedelta(seconds=1))
    assert await conn.fetchval("SELECT count(*) FROM login_failure") == 6
    await service.sweep(conn, MORNING + WINDOW)
    assert await conn.fetchval("SELECT count(*) FROM login_failure") == 0
    with pytest.raises(WrongLogin):
        await service.log_in(database.connection, MORNING, "nobody", "wrong", HERE)
