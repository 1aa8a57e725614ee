"""Brings the database to the state that this code needs."""

from typing import TYPE_CHECKING

from pogo_core.util.migrate import apply

from queue_service.platform.database import connect, require_supported
from queue_service.platform.queries import load_queries, sql_directory

if TYPE_CHECKING:
    from queue_service.platform.queries import Connection

SCHEMA = "public"


async def migrate(dsn: str) -> None:
    """Apply what is missing; safe when several processes start at once.

    Raises UnusableDatabaseError before anything is changed.

    pogo reads and then writes its table of applied migrations, so without the advisory lock
    two starters apply the same file. The lock belongs to the session and ends with it.
    """
    conn = await connect(dsn)
    try:
        require_supported(conn.get_server_version().major)
        await load_queries("platform").lock_migrations(conn)
        await apply(conn, sql_directory() / "migrations", schema_name=SCHEMA)
    finally:
        await conn.close()


async def is_migrated(conn: "Connection") -> bool:
    """Tell whether every migration of this code has been applied."""
    wanted = [path.stem for path in (sql_directory() / "migrations").glob("*.sql")]
    queries = load_queries("platform")
    if not await queries.has_migration_table(conn):
        return False
    return bool(await queries.migrations_applied(conn, migrations=wanted))
