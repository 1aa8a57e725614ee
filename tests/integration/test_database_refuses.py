"""What the database refuses is answered, told without names, and outlived."""

import asyncio

import asyncpg
import pytest

from queue_service.platform import change_feed
from queue_service.platform.change_feed import ChangeFeed
from queue_service.platform.database import Database, connect
from queue_service.platform.errors import Unavailable
from queue_service.platform.queries import Connection
from tests.integration.servers import on_every_server

pytestmark = on_every_server

PATIENCE = 10.0


async def test_a_refused_row_is_not_quoted(database: Database) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        async with database.connection() as conn:
            await conn.execute(
                "INSERT INTO staff_user (username, display_name, password_hash, created_at)"
                " VALUES ('erika', 'Erika Mustermann', NULL, now())"
            )
    assert "password_hash" in str(refused.value)
    assert "Mustermann" not in str(refused.value)


@pytest.mark.parametrize(
    "refusal",
    [
        "SET TRANSACTION READ ONLY; UPDATE office SET walk_ins_stopped = true",
        "DO $$ BEGIN RAISE disk_full; END $$",
        "DO $$ BEGIN RAISE query_canceled; END $$",
        "DO $$ BEGIN RAISE invalid_password; END $$",
    ],
)
async def test_a_server_that_can_not_do_it_now_is_unavailable(database: Database, refusal: str) -> None:
    with pytest.raises(Unavailable):
        async with database.transaction() as conn:
            await conn.execute(refusal)


async def test_a_feed_that_was_refused_for_a_while_comes_back(
    dsn: str, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_feed, "LONGEST_RETRY_SECONDS", change_feed.FIRST_RETRY_SECONDS)
    heard = asyncio.Event()

    async def nothing() -> None:
        """Nobody reads here."""

    feed = ChangeFeed(dsn, lambda _office, _version: heard.set(), nothing)
    await feed.start()
    await asyncio.wait_for(feed.connected.wait(), PATIENCE)
    database = await conn.fetchval("SELECT current_database()")
    # From the maintenance database: this one lets nobody in for a while.
    admin = await connect(dsn.replace(f"/{database}?", "/postgres?", 1))
    await admin.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND query ILIKE 'LISTEN%'",
        database,
    )
    refused = asyncio.Event()

    def listen(event: str, **_: object) -> None:
        if event == "change_feed_away":
            refused.set()

    monkeypatch.setattr(change_feed.log, "warning", listen)
    await asyncio.wait_for(refused.wait(), PATIENCE)
    await admin.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
    await admin.close()
    await asyncio.wait_for(feed.connected.wait(), PATIENCE)
    await conn.execute("SELECT pg_notify('office_change', '1:1')")
    await asyncio.wait_for(heard.wait(), PATIENCE)
    await feed.stop()
