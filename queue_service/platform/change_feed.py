"""Hears every hint that an office has changed, over one supervised LISTEN connection a process.

PostgreSQL's NOTIFY is a hint and no more: it may be lost with the connection, so after every
(re)connect the subscriber is told to read everything anew. A listener dies in three ways, and
each is noticed: the server cuts the connection (termination listener), the network swallows it
(the heartbeat gets no answer), or it can't be opened (back-off).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from queue_service.platform.database import LOST, connect
from queue_service.platform.queries import Connection, load_queries

log = structlog.get_logger(__name__)

CHANNEL = "office_change"
HEARTBEAT_SECONDS = 5.0
HEARTBEAT_TIMEOUT_SECONDS = 5.0
FIRST_RETRY_SECONDS = 0.05
LONGEST_RETRY_SECONDS = 5.0
RETRY_FACTOR = 2.0
JITTER = 0.5
"""Share of a pause that is left to chance, so that processes don't come back in step."""


class ChangeFeed:
    """Calls ``on_hint(office_id, version)`` for each hint and ``on_connected()`` after each (re)connect."""

    def __init__(
        self, dsn: str, on_hint: Callable[[int, int], None], on_connected: Callable[[], Awaitable[None]]
    ) -> None:
        self._dsn = dsn
        self._on_hint = on_hint
        self._on_connected = on_connected
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        """Set while hints are heard and everything before has been read."""

    async def start(self) -> None:
        """Begin to listen; connecting goes on in the background."""
        self._task = asyncio.create_task(self._supervise(), name="change feed")

    async def stop(self) -> None:
        """Stop listening and wait until the connection is given back."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _supervise(self) -> None:
        pause = FIRST_RETRY_SECONDS
        while True:
            try:
                conn = await connect(self._dsn)
            except (*LOST, asyncpg.PostgresError) as lost:
                # Whatever the server's reason: it may be another one in a moment, and nobody else would try.
                log.warning("change_feed_away", error=type(lost).__name__, retry_seconds=round(pause, 2))
                # A server that is away tells nobody when it is back.
                await asyncio.sleep(pause * (1 - JITTER * random.random()))  # noqa: S311 - spreads load, keeps no secret
                pause = min(pause * RETRY_FACTOR, LONGEST_RETRY_SECONDS)
                continue
            pause = FIRST_RETRY_SECONDS
            try:
                await self._listen(conn)
            except (*LOST, asyncpg.PostgresError) as lost:
                log.warning("change_feed_lost", error=type(lost).__name__)
            finally:
                self.connected.clear()
                conn.terminate()

    async def _listen(self, conn: Connection) -> None:
        """Pass hints on until the connection is lost; raises what asyncpg raises then."""
        cut = asyncio.Event()
        conn.add_termination_listener(lambda _: cut.set())
        await conn.add_listener(CHANNEL, self._hear)
        # Only now: what was committed before LISTEN took effect is read, what comes after is heard.
        await self._on_connected()
        self.connected.set()
        log.info("change_feed_connected")
        queries = load_queries("platform")
        while not cut.is_set():
            # Not wait_for: until Python 3.12 it forgets that it is to end when the answer comes just then.
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await cut.wait()
                return
            async with asyncio.timeout(HEARTBEAT_TIMEOUT_SECONDS):
                await queries.answers(conn)

    def _hear(self, _conn: Any, _pid: int, _channel: str, payload: object) -> None:
        office, _, version = str(payload).partition(":")
        self._on_hint(int(office), int(version))
