"""Every night one process recomputes what must hold, and drift is an error that somebody can see."""

import asyncio
from datetime import datetime, timedelta

from queue_service import nightly
from queue_service.nightly import verify_nightly
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from tests.conftest import LoggedBy

EARLY = datetime.fromisoformat("2026-11-24T02:30:00+01:00")


async def test_of_many_processes_one_checks_and_says_what_is_broken(
    database: Database, conn: Connection, now: datetime, logged_by: LoggedBy
) -> None:
    assert await verify_nightly(conn, now) is None
    # Somebody took a counter away behind the back of everything.
    await conn.execute(
        """
        UPDATE pool_day SET planes = planes[1:1] WHERE (pool_id, day) =
               (SELECT pool_id, day FROM pool_day WHERE cardinality(planes) > 1 AND day > $1 LIMIT 1)
        """,
        EARLY.date(),
    )
    assert await verify_nightly(conn, EARLY - timedelta(hours=1)) is None

    async def attempt() -> list[str] | None:
        async with database.connection() as own:
            return await verify_nightly(own, EARLY)

    logged = logged_by(nightly)
    results = await asyncio.gather(*(attempt() for _ in range(6)))
    found = [broken for broken in results if broken is not None]
    assert [len(broken) for broken in found] == [1]
    assert [entry["what"] for entry in logged if entry["log_level"] == "error"] == found[0]
    assert await verify_nightly(conn, EARLY + timedelta(hours=3)) is None
