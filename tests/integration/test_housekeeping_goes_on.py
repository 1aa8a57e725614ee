"""A chore that can't be done keeps none of the others from being done."""

from datetime import datetime, timedelta

from queue_service.housekeeping import ANSWERS_KEPT, one_round
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection, load_queries


async def test_old_answers_are_forgotten_although_log_ins_can_not_be(
    database: Database, conn: Connection, now: datetime
) -> None:
    for key, at in (("old", now - ANSWERS_KEPT - timedelta(seconds=1)), ("new", now)):
        await load_queries("platform").keep_answer(
            conn, principal="staff:1", key=key, fingerprint=b"", status=201, answer=b"{}", now=at
        )
    await conn.execute("ALTER TABLE login_failure RENAME TO elsewhere")
    await one_round(database, now)
    assert [row["key"] for row in await conn.fetch("SELECT key FROM answered_request")] == ["new"]
