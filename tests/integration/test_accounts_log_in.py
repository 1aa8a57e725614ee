"""Logging in: who gets a session, and who doesn't, also when others act at the same moment."""

import asyncio
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from queue_service.accounts import service, store
from queue_service.accounts.model import Grant, Role
from queue_service.accounts.tokens import make_token, token_hash
from queue_service.platform.database import Database
from queue_service.platform.errors import WrongLogin
from queue_service.platform.queries import Connection
from tests.integration.people import HERE, MORNING, PASSWORD, hire, places


async def test_the_right_password_starts_a_session_of_ten_hours(database: Database, conn: Connection) -> None:
    clerk = await hire(conn, "clerk1")
    session = await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    assert session.expires_at == MORNING + timedelta(hours=10)
    assert session.user == await service.resolve_session(conn, MORNING, session.token)
    assert (session.user.kind, session.user.key, session.user.user_id) == ("staff", f"staff:{clerk}", clerk)
    assert (session.user.username, session.user.display_name) == ("clerk1", "Clerk1")


async def test_a_user_name_is_the_same_in_capitals_and_with_spaces_around_it(
    database: Database, conn: Connection
) -> None:
    await hire(conn, "clerk1")
    session = await service.log_in(database.connection, MORNING, " Clerk1 ", PASSWORD, HERE)
    assert session.user.username == "clerk1"


@pytest.mark.parametrize("username", ["clerk1", "nobody", "", "'; DROP TABLE staff_user", "nul\0", "\ud800"])
async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    database: Database, conn: Connection, username: str
) -> None:
    await hire(conn, "clerk1")
    with pytest.raises(WrongLogin) as refused:
        await service.log_in(database.connection, MORNING, username, "wrong", HERE)
    assert (refused.value.detail, refused.value.extra) == ("User name or password is wrong.", {})


async def test_a_disabled_user_is_answered_as_if_the_password_were_wrong(
    database: Database, conn: Connection
) -> None:
    await hire(conn, "clerk1")
    await service.disable(conn, MORNING, "clerk1")
    with pytest.raises(WrongLogin):
        await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)


async def test_a_user_who_is_enabled_again_can_log_in(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    await service.disable(conn, MORNING, "clerk1")
    await service.enable(conn, "clerk1")
    again = await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    assert again.user.username == "clerk1"


async def test_the_session_knows_every_role_with_its_place(database: Database, conn: Connection) -> None:
    offices = await places(conn)
    await hire(conn, "everything", Role.ADMIN)
    await service.grant(conn, "everything", Role.CLERK, office="bsc-mitte")
    await service.grant(conn, "everything", Role.AGENT, authority="bremen")
    session = await service.log_in(database.connection, MORNING, "everything", PASSWORD, HERE)
    mitte, bremen = offices["bsc-mitte"]
    assert session.user.grants == (
        Grant(Role.ADMIN),
        Grant(Role.AGENT, authority_id=bremen, authority="bremen"),
        Grant(Role.CLERK, office_id=mitte, office="bsc-mitte"),
    )


async def test_a_copy_of_the_tables_opens_nothing(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    session = await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    for table in ("staff_user", "staff_session", "login_failure"):
        for row in await conn.fetch(f"SELECT t::text AS line FROM {table} t"):  # noqa: S608 - names above
            assert PASSWORD not in row["line"]
            assert session.token not in row["line"]
    assert await conn.fetchval("SELECT token_hash FROM staff_session") == token_hash(session.token)


async def test_a_session_is_not_printed_with_its_token(database: Database, conn: Connection) -> None:
    await hire(conn, "clerk1")
    session = await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    assert session.token not in repr(session)


async def test_a_hash_with_older_parameters_is_renewed_at_log_in(
    database: Database, conn: Connection
) -> None:
    await hire(conn, "clerk1")
    older = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    await store.set_password_hash(conn, "clerk1", older)
    await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    renewed = await store.user_password(conn, "clerk1")
    assert renewed
    assert renewed.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    again = await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    assert again.user.username == "clerk1"


async def test_a_password_that_was_changed_while_it_was_being_checked_opens_nothing(conn: Connection) -> None:
    clerk = await hire(conn, "clerk1")
    checked = await store.user_password(conn, "clerk1")
    await service.set_password(conn, "clerk1", "another good one")
    assert checked
    session = store.SessionStart(token_hash(make_token("qs_")), clerk, MORNING, MORNING + timedelta(hours=1))
    assert not await store.start_session(conn, session, checked.password_hash)


async def test_disabling_ends_a_session_that_is_just_being_started(
    database: Database, conn: Connection
) -> None:
    clerk = await hire(conn, "clerk1")
    checked = await store.user_password(conn, "clerk1")
    assert checked
    token = make_token("qs_")
    session = store.SessionStart(token_hash(token), clerk, MORNING, MORNING + timedelta(hours=1))

    async def disable() -> None:
        async with database.connection() as other:
            await service.disable(other, MORNING, "clerk1")

    async with conn.transaction():
        assert await store.start_session(conn, session, checked.password_hash)
        disabling = asyncio.create_task(disable())
        await until_somebody_waits_for(conn)
    await disabling
    await service.enable(conn, "clerk1")
    assert await service.resolve_session(conn, MORNING, token) is None


async def until_somebody_waits_for(conn: Connection) -> None:
    """Return once another connection is blocked by a lock of this one."""
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    async with asyncio.timeout(10):
        while not await conn.fetchval(blocked):
            # pg_stat_activity is a snapshot of the transaction unless it is cleared.
            await conn.execute("SELECT pg_stat_clear_snapshot()")
