"""What every command of the shell stands on: settings, a database, and one line for what can be mended."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import click
import msgspec

from queue_service.platform.database import connect
from queue_service.platform.embedded_postgres import EmbeddedPostgres
from queue_service.platform.logs import configure_logs
from queue_service.platform.migrations import migrate
from queue_service.platform.queries import Connection
from queue_service.settings import Settings, load_settings

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the embedded database lives (QUEUE_DATA_DIR).",
)


def shell_settings(data_dir: Path | None = None) -> Settings:
    """Return the environment's settings, with what the command line says; raises SettingsError."""
    settings = load_settings(os.environ)
    configure_logs(settings.log_level, "console" if sys.stderr.isatty() else settings.log_format)
    return msgspec.structs.replace(settings, data_dir=(data_dir or settings.data_dir).resolve())


@contextmanager
def shell_database(settings: Settings) -> Iterator[str]:
    """Give the database's address: the operator's, or that of the embedded server while this runs."""
    if settings.database_url:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data_dir) as server:
        yield server.dsn


@asynccontextmanager
async def shell_connection(settings: Settings) -> AsyncIterator[Connection]:
    """Give one connection to a migrated database."""
    with shell_database(settings) as dsn:
        await migrate(dsn)
        conn = await connect(dsn)
        try:
            yield conn
        finally:
            await conn.close()
