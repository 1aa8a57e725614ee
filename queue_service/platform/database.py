"""The pool of PostgreSQL connections that all verbs go through."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import asyncpg

from queue_service.platform.errors import Unavailable

if TYPE_CHECKING:
    from queue_service.platform.queries import Connection

APPLICATION_NAME = "queue-service"
ACQUIRE_TIMEOUT_SECONDS = 10.0
"""How long a request waits for a free connection before it is answered 503."""
COMMAND_TIMEOUT_SECONDS = 30.0

SESSION_SETTINGS = {
    "application_name": APPLICATION_NAME,
    "timezone": "UTC",
    # Every statement here is short; compiling one costs more than it can save.
    "jit": "off",
}

LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)
"""What asyncpg raises when the server is away, full, restarting, or has cut the connection."""


async def connect(dsn: str) -> "Connection":
    """Open one connection outside the pool, with the same session settings."""
    return await asyncpg.connect(
        dsn, server_settings=SESSION_SETTINGS, command_timeout=COMMAND_TIMEOUT_SECONDS
    )


async def _keep_session(_: "Connection") -> None:
    """Replace asyncpg's reset on release: no verb leaves session state, and it costs a round trip."""


class Database:
    """A pool that turns a lost server into ``Unavailable``."""

    def __init__(self, dsn: str, *, connections: int) -> None:
        self.dsn = dsn
        self._connections = connections
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Connect; raises OSError or asyncpg.PostgresError when the server can't be reached."""
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=min(2, self._connections),
            max_size=self._connections,
            server_settings=SESSION_SETTINGS,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            reset=_keep_session,
        )

    async def close(self) -> None:
        """Give all connections back to the server."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["Connection"]:
        """Lend a connection; each statement on it is a transaction of its own.

        Raises Unavailable when the server can't be reached or cuts the connection.
        """
        if self._pool is None:
            raise Unavailable
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as conn:
                # A proxy with all methods of a connection.
                yield cast("Connection", conn)
        except LOST as lost:
            if isinstance(lost, ValueError):
                # asyncpg's own DataError is an InterfaceError: the caller's value, not the server.
                raise
            raise Unavailable(retry_after=1) from lost
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as contention:
            # Nothing was changed; the same request can succeed a moment later.
            raise Unavailable(retry_after=1) from contention

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Connection"]:
        """Lend a connection inside one transaction, committed at the end unless something is raised."""
        async with self.connection() as conn, conn.transaction():
            yield conn
