"""``queue-service …``: everything that is done from a shell.

A command's module is imported when it is run and not before: a demo starts several of these
processes, and each should load only what it does.
"""

import asyncio
import importlib
import socket
from pathlib import Path
from typing import ClassVar

import asyncpg
import click

from queue_service.platform.database import UnusableDatabaseError
from queue_service.platform.embedded_postgres import EmbeddedPostgresError
from queue_service.platform.migrations import migrate
from queue_service.settings import SettingsError
from queue_service.shell import data_dir_option, shell_database, shell_settings

DATABASE_FAULTS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    UnusableDatabaseError,
    ConnectionError,
    TimeoutError,
    socket.gaierror,
)
"""What an operator mends at the database or in its address."""


class Commands(click.Group):
    """All commands; ends with one line instead of a traceback for what the operator can mend."""

    elsewhere: ClassVar[dict[str, str]] = {
        "bench": "queue_service.benchmark.command:bench",
        "day": "queue_service.simulation.command:day",
        "demo": "queue_service.demo.command:demo",
        "device": "queue_service.administration:device_group",
        "forecast": "queue_service.forecast.command:forecast",
        "office": "queue_service.administration:office",
        "serve": "queue_service.server:serve_command",
        "user": "queue_service.administration:user_group",
        "verify": "queue_service.administration:verify",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, also of what is not loaded yet."""
        return sorted({*super().list_commands(ctx), *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading its module."""
        place = self.elsewhere.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; raises ClickException for settings, server and connection."""
        try:
            return super().invoke(ctx)
        except (SettingsError, EmbeddedPostgresError) as wrong:
            raise click.ClickException(str(wrong)) from wrong
        except DATABASE_FAULTS as unusable:
            reason = str(unusable) or type(unusable).__name__
            raise click.ClickException(f"database: {reason}") from unusable
        except OSError as unusable:
            # A directory that can't be written, a full disk: its text names the file.
            raise click.ClickException(str(unusable)) from unusable


@click.group(cls=Commands)
@click.version_option(package_name="queue-service")
def main() -> None:
    """Appointments and counter queues for public offices."""


@main.command(name="migrate")
@data_dir_option
def migrate_command(data_dir: Path | None) -> None:
    """Bring the database to the state that this version needs."""
    with shell_database(shell_settings(data_dir)) as dsn:
        asyncio.run(migrate(dsn))
