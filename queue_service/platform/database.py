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
    # Shut down, restarting, a statement cancelled by an operator.
    asyncpg.OperatorInterventionError,
    # Too many connections, a full disk, no memory.
    asyncpg.InsufficientResourcesError,
    # A standby that has not taken over yet, and a server that does not let us in while it is looked after.
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
"""What asyncpg raises when the server is away, full, restarting, closed to us, or has cut the connection."""
OLDEST_SERVER = 15
"""Major version; what Debian 12 has, and the first with UNIQUE NULLS NOT DISTINCT."""


class UnusableDatabaseError(RuntimeError):
    """The address can't be read, or the server is too old; the message says what is needed."""


def require_supported(major_version: int) -> None:
    """Raise UnusableDatabaseError for a server that the migrations can't run on."""
    if major_version < OLDEST_SERVER:
        msg = f"the server is PostgreSQL {major_version}; {OLDEST_SERVER} or later is needed"
        raise UnusableDatabaseError(msg)


async def connect(dsn: str) -> "Connection":
    """Open one connection outside the pool, with the same session settings.

    Raises UnusableDatabaseError for an address that can't be read.
    """
    try:
        return await asyncpg.connect(
            dsn, server_settings=SESSION_SETTINGS, command_timeout=COMMAND_TIMEOUT_SECONDS
        )
    except asyncpg.InterfaceError:
        # Says itself what it can't use: another scheme, a certificate that isn't there.
        raise
    except ValueError:
        # Its own message may quote a password that was cut in the wrong place.
        msg = (
            "the address can't be read; it looks like postgresql://user:password@host:5432/name, "
            "with / : @ # % in a password written as %2F %3A %40 %23 %25"
        )
        raise UnusableDatabaseError(msg) from None


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
        except asyncpg.IntegrityConstraintViolationError as refused:
            # It quotes the row, and with it names and phone numbers, which no log may keep.
            refused.detail = None
            raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Connection"]:
        """Lend a connection inside one transaction, committed at the end unless something is raised."""
        async with self.connection() as conn, conn.transaction():
            yield conn
