"""Several processes start at once on an empty database: it is migrated once, and the lock is why."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from pogo_core.util.migrate import apply

from queue_service.platform.database import connect
from queue_service.platform.migrations import SCHEMA, is_migrated, migrate
from queue_service.platform.queries import sql_directory
from tests.integration.servers import on_every_server

pytestmark = on_every_server
STARTERS = 6


@pytest.fixture
async def empty_dsn(postgres_server: str) -> AsyncIterator[str]:
    name = f"empty_{uuid4().hex}"
    admin = await asyncpg.connect(postgres_server)
    await admin.execute(f"CREATE DATABASE {name}")
    try:
        yield postgres_server.replace("/postgres?", f"/{name}?", 1)
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


async def test_processes_that_start_at_once_migrate_once(empty_dsn: str) -> None:
    conn = await connect(empty_dsn)
    assert not await is_migrated(conn)

    await asyncio.gather(*(migrate(empty_dsn) for _ in range(STARTERS)))

    assert await is_migrated(conn)
    applied = await conn.fetchval("SELECT count(*) FROM _pogo_migration")
    assert applied == len(list((sql_directory() / "migrations").glob("*.sql")))
    await conn.close()


async def test_negative_control_without_the_lock_somebody_fails(empty_dsn: str) -> None:
    async def migrate_unlocked() -> None:
        conn = await connect(empty_dsn)
        try:
            await apply(conn, sql_directory() / "migrations", schema_name=SCHEMA)
        finally:
            await conn.close()

    ends = await asyncio.gather(*(migrate_unlocked() for _ in range(STARTERS)), return_exceptions=True)

    assert any(isinstance(end, Exception) for end in ends)


async def test_migrating_again_changes_nothing(dsn: str) -> None:
    conn = await connect(dsn)
    before = await conn.fetch("SELECT * FROM _pogo_migration ORDER BY migration_id")
    await migrate(dsn)
    assert await conn.fetch("SELECT * FROM _pogo_migration ORDER BY migration_id") == before
    await conn.close()
