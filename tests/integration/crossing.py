"""Verbs that cross: each runs as far as a lock that somebody holds, and then all may go on at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from queue_service.platform import errors
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection

Verb: TypeAlias = Callable[[Connection], Awaitable[object]]
LOOK_SECONDS = 0.005
LONGEST_SECONDS = 20
QUICK_DETECTION = "20ms"
"""PostgreSQL looks for deadlocks after a second; those who wait for one wait no longer than this."""
OFFICES_VERSION = "SELECT FROM office_version WHERE office_id = $1 FOR UPDATE"
"""What every verb takes last: held, it lets all of them do everything else."""


async def detect_deadlocks_soon(conn: Connection) -> None:
    """For connections opened from now on."""
    name = await conn.fetchval("SELECT current_database()")
    await conn.execute(f"ALTER DATABASE {name} SET deadlock_timeout = '{QUICK_DETECTION}'")


async def crossed(database: Database, lock: str, held: object, *groups: Sequence[Verb]) -> list[object]:
    """Let each group run into the lock, or to its end, before the next one begins; then release them.

    Gives for each verb, in order, what it answered: a value, or the refusal. A deadlock is Unavailable.
    """

    async def run(verb: Verb) -> object:
        try:
            async with database.transaction() as own:
                return await verb(own)
        except errors.QueueError as refused:
            return refused

    running: list[asyncio.Task[object]] = []
    async with database.connection() as looker, database.transaction() as holder:
        await holder.execute(lock, held)
        for group in groups:
            running += [asyncio.create_task(run(verb)) for verb in group]
            await asyncio.wait_for(_until_all_stand(looker, running), LONGEST_SECONDS)
    return await asyncio.wait_for(asyncio.gather(*running), LONGEST_SECONDS)


async def _until_all_stand(looker: Connection, running: Sequence["asyncio.Task[object]"]) -> None:
    """Wait until everybody waits for a lock or is done."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)  # a bounded poll of the server, not a guess at time
        waiting = await looker.fetchval(
            """
            SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'
            """
        )
        if waiting == sum(not task.done() for task in running):
            return
