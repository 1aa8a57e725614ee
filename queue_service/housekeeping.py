"""What has to happen as time passes, without anybody asking: every process tries, harmlessly.

Each task is safe to run in several processes at once; the database decides, as everywhere.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from queue_service.accounts import service as accounts
from queue_service.booking import service as booking
from queue_service.offices import service as offices
from queue_service.platform.clock import Clock
from queue_service.platform.database import Database
from queue_service.platform.errors import Unavailable
from queue_service.platform.queries import load_queries
from queue_service.queueing import service as queueing

log = structlog.get_logger(__name__)

EVERY_SECONDS = 20.0
"""How long an expired hold or yesterday's ticket may linger."""
ANSWERS_KEPT = timedelta(days=1)
"""How long a repeated request gets its first answer."""


async def keep_house(database: Database, clock: Clock) -> None:
    """Run until cancelled."""
    while True:
        # Away for a moment; the next round does what this one could not.
        with suppress(Unavailable):
            try:
                await one_round(database, clock())
            except Unavailable:
                raise
            except Exception:
                log.exception("housekeeping_failed")
        await asyncio.sleep(EVERY_SECONDS)


async def one_round(database: Database, now: datetime) -> None:
    """End what belongs to earlier days, free expired holds, open new days, forget what is old."""
    async with database.connection() as conn:
        for office in await offices.list_offices(conn):
            ended = await queueing.end_days(conn, now, office)
            if ended:
                log.info("left_over_tickets_cancelled", office=office.slug, tickets=ended)
        await booking.expire_holds(conn, now)
        await booking.miss_past(conn, now)
        await booking.extend_horizon(conn, now)
        await queueing.forget_changes(conn, now)
        await accounts.sweep(conn, now)
        await load_queries("platform").forget_old_answers(conn, before=now - ANSWERS_KEPT)
