"""A session opens what its user may, until it ends."""

from datetime import timedelta

import pytest

from queue_service.accounts import service
from queue_service.accounts.model import SESSION_LIFETIME, Permission, Role
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from tests.integration.people import HERE, MORNING, PASSWORD, hire, places

AN_INSTANT = timedelta(microseconds=1)


async def log_in(database: Database, username: str = "clerk1") -> str:
    session = await service.log_in(database.connection, MORNING, username, PASSWORD, HERE)
    return session.token


async def test_a_session_ends_at_its_instant_and_not_before(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    token = await log_in(database)
    assert await service.resolve_session(conn, MORNING + SESSION_LIFETIME - AN_INSTANT, token)
    assert await service.resolve_session(conn, MORNING + SESSION_LIFETIME, token) is None


@pytest.mark.parametrize("token", ["", "qs_", "qs_wrong", "qs_\0", "qs_\ud800", "qs_" + "x" * 100_000])
async def test_a_token_that_was_never_given_out_opens_nothing(conn: Connection, token: str) -> None:
    assert await service.resolve_session(conn, MORNING, token) is None


async def test_logging_out_ends_this_session_and_no_other(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    desk, home = await log_in(database), await log_in(database)
    here = await service.resolve_session(conn, MORNING, desk)
    assert here
    assert here.session_hash
    await service.log_out(conn, here.session_hash)
    await service.log_out(conn, here.session_hash)
    assert await service.resolve_session(conn, MORNING, desk) is None
    assert await service.resolve_session(conn, MORNING, home)


async def test_disabling_a_user_ends_all_sessions_at_once(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    await hire(conn, "clerk2")
    tokens = [await log_in(database), await log_in(database)]
    other = await log_in(database, "clerk2")
    await service.disable(conn, MORNING, "clerk1")
    await service.enable(conn, "clerk1")
    assert [await service.resolve_session(conn, MORNING, token) for token in tokens] == [None, None]
    assert await service.resolve_session(conn, MORNING, other)


async def test_another_password_ends_all_sessions_at_once(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    token = await log_in(database)
    await service.set_password(conn, "clerk1", "another good one")
    assert await service.resolve_session(conn, MORNING, token) is None


async def test_a_role_counts_from_the_next_request_on(database: Database, conn: Connection) -> None:
    mitte, bremen = (await places(conn))["bsc-mitte"]
    await hire(conn, "clerk1")
    token = await log_in(database)

    async def may_work() -> bool:
        user = await service.resolve_session(conn, MORNING, token)
        assert user
        return user.may(Permission.COUNTER_WORK, mitte, bremen)

    assert not await may_work()
    await service.grant(conn, "clerk1", Role.CLERK, office="bsc-mitte")
    assert await may_work()
    await service.withdraw(conn, "clerk1", Role.CLERK, office="bsc-mitte")
    assert not await may_work()


async def test_an_agent_of_an_authority_reaches_all_its_offices_and_no_other(
    database: Database, conn: Connection
) -> None:
    offices = await places(conn)
    await hire(conn, "agent1", Role.AGENT, authority="bremen")
    agent = await service.resolve_session(conn, MORNING, await log_in(database, "agent1"))
    assert agent
    _, bremen = offices["bsc-mitte"]
    assert bremen != offices["bremerhaven-mitte"][1]
    for office_id, authority_id in offices.values():
        may = agent.may(Permission.APPOINTMENT_BOOK_PHONE, office_id, authority_id)
        assert may == (authority_id == bremen)


async def test_sessions_that_are_over_are_swept_away(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    token = await log_in(database)
    await service.sweep(conn, MORNING + SESSION_LIFETIME - AN_INSTANT)
    assert await service.resolve_session(conn, MORNING, token)
    await service.sweep(conn, MORNING + SESSION_LIFETIME)
    assert await conn.fetchval("SELECT count(*) FROM staff_session") == 0
