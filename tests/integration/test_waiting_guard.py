"""Nobody fills the waiting list: so many join from one network address in an hour, and programs do a sum."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import aiosql
import msgspec
import pytest
from msgspec.structs import replace

from queue_service.accounts.model import Role
from queue_service.booking import proof_of_work, supply_guard_store, waiting_list
from queue_service.booking.model import Contact
from queue_service.booking.supply_guard import ADDRESS_KEPT, Asker, OnlineLimits
from queue_service.booking.waiting_model import WaitingMade, WaitingRequest
from queue_service.platform.database import Database
from queue_service.platform.errors import TooManyFromAddress
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.booking_town import NOW, build, office
from tests.integration.running_service import RunningService
from tests.integration.waiting_people import wanting

MOST = 3
LIMITS = OnlineLimits(unconfirmed_per_address=MOST)
HERE = Asker("192.0.2.7", LIMITS)
ATTEMPTS = 20
CONNECTIONS = 10
BITS = 8
WAITING_LIST = "/api/v1/waiting-list"
NEVER = {
    "services": [{"service": "personalausweis"}],
    "offices": ["bsc-mitte"],
    "until": "2026-11-23",
    "notice_hours": 300,
    "ways": ["call"],
}


def by_web(nth: int) -> WaitingRequest:
    """Give the wish of somebody who can't be served, each with a number of their own."""
    contact = Contact(phone=f"0421 361 8{nth:04}")
    return replace(wanting(notice=300), channel="online", contact=contact)


async def those_who_join(database: Database) -> int:
    """Let many people join at once from one address; gives how many can."""
    everybody_there = asyncio.Barrier(CONNECTIONS)

    async def warm_up(nth: int) -> None:
        async with database.connection() as conn:
            await everybody_there.wait()
            await waiting_list.join(conn, NOW, by_web(1000 + nth), asker=Asker(f"198.51.100.{nth}", LIMITS))

    async def attempt(nth: int) -> WaitingMade | None:
        async with database.connection() as conn:
            with suppress(TooManyFromAddress):
                return await waiting_list.join(conn, NOW, by_web(nth), asker=HERE)
        return None

    # Connections that are new to all statements would join one after another.
    await asyncio.gather(*map(warm_up, range(CONNECTIONS)))
    return sum(made is not None for made in await asyncio.gather(*map(attempt, range(ATTEMPTS))))


async def test_of_many_who_join_at_once_from_one_address_the_limit_can(
    database: Database, conn: Connection
) -> None:
    await build(conn, office())
    assert await those_who_join(database) == MOST


async def test_without_the_lock_more_can(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""
    await build(conn, office())
    text = (sql_directory() / "queries" / "supply_guard.sql").read_text(encoding="utf-8")
    unlocked = text.replace("pg_advisory_xact_lock(ordered.key)", "ordered.key")
    assert unlocked != text
    monkeypatch.setattr(supply_guard_store, "_queries", aiosql.from_str(unlocked, "asyncpg"))
    assert await those_who_join(database) > MOST


async def test_an_address_joins_again_after_its_hour_and_staff_and_others_at_any_time(
    conn: Connection,
) -> None:
    await build(conn, office())
    first, *_ = [await waiting_list.join(conn, NOW, by_web(nth), asker=HERE) for nth in range(MOST)]
    # Who has left counts too: each who joins is written to.
    await waiting_list.withdraw(conn, NOW, await waiting_list.find(conn, first.reference))
    with pytest.raises(TooManyFromAddress) as refused:
        await waiting_list.join(conn, NOW + timedelta(minutes=59), by_web(7), asker=HERE)
    assert (refused.value.retry_after, refused.value.extra["most"]) == (60, MOST)
    await waiting_list.join(conn, NOW, by_web(8), asker=Asker("192.0.2.8", LIMITS))
    await waiting_list.join(conn, NOW, wanting(notice=300), asker=HERE)
    assert (await waiting_list.join(conn, NOW + ADDRESS_KEPT, by_web(9), asker=HERE)).state == "waiting"
    await waiting_list.forget_waiting(conn, NOW + 2 * ADDRESS_KEPT)
    assert await conn.fetchval("SELECT count(*) FROM waiting_claim") == 0


def solved(challenge: proof_of_work.Challenge) -> str:
    answers = (f"{challenge.challenge}.{number}" for number in range(1_000_000))
    return next(answer for answer in answers if proof_of_work.solves(answer, challenge.difficulty))


async def test_a_program_does_the_sum_that_the_service_asks_for_each_time_and_staff_do_not(
    running_service: RunningService,
) -> None:
    state = running_service.app.state
    state.settings = replace(state.settings, proof_of_work_bits=BITS)
    staff = await running_service.staff_token(Role.AGENT)
    numbers = iter(range(100))

    def body() -> dict[str, object]:
        return NEVER | {"contact": {"phone": f"0421 361 8{next(numbers):04}"}}

    async with running_service.client() as anybody, running_service.client(staff) as agent:
        bare = await anybody.post(WAITING_LIST, json=body())
        challenge = msgspec.convert((await anybody.get("/api/v1/challenges")).json(), proof_of_work.Challenge)
        header = {proof_of_work.HEADER: solved(challenge)}
        answers = [await anybody.post(WAITING_LIST, json=body(), headers=header) for _ in range(2)]
        by_staff = await agent.post(WAITING_LIST, json=body())
    assert (bare.status_code, bare.json()["code"]) == (403, "proof_of_work_needed")
    assert [answer.status_code for answer in answers] == [201, 403]
    assert by_staff.status_code == 201
