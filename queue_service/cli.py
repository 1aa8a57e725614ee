"""``queue-service …``: everything that is done from a shell."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

import asyncpg
import click
import msgspec
from rich.console import Console

from queue_service.accounts.commands import Shell, user_commands
from queue_service.app import make_clock
from queue_service.benchmark.command import bench
from queue_service.demo import command as demo_command
from queue_service.devices.commands import device_commands
from queue_service.invariants import find_broken_invariants
from queue_service.office_loading import load_offices, read_files
from queue_service.offices.setup_mistakes import SetupError
from queue_service.platform.database import connect
from queue_service.platform.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from queue_service.platform.logs import configure_logs
from queue_service.platform.migrations import migrate
from queue_service.platform.queries import Connection
from queue_service.server import serve as run_server
from queue_service.settings import Settings, SettingsError, load_settings
from queue_service.simulation.command import day as day_command

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the embedded database lives (QUEUE_DATA_DIR).",
)


def _settings(data_dir: Path | None = None) -> Settings:
    settings = load_settings(os.environ)
    configure_logs(settings.log_level, "console" if sys.stderr.isatty() else settings.log_format)
    return msgspec.structs.replace(settings, data_dir=(data_dir or settings.data_dir).resolve())


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """Give the database's address: the operator's, or that of the embedded server while this runs."""
    if settings.database_url:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data_dir) as server:
        yield server.dsn


@asynccontextmanager
async def _connection(settings: Settings) -> AsyncIterator[Connection]:
    with _database(settings) as dsn:
        await migrate(dsn)
        conn = await connect(dsn)
        try:
            yield conn
        finally:
            await conn.close()


class ShellCommands(click.Group):
    """Ends with one line instead of a traceback for what the operator can mend."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; raises ClickException for settings, server and connection."""
        try:
            return super().invoke(ctx)
        except (SettingsError, EmbeddedPostgresError) as wrong:
            raise click.ClickException(str(wrong)) from wrong
        except (asyncpg.PostgresError, ConnectionError) as unreachable:
            raise click.ClickException(f"database: {unreachable}") from unreachable


@click.group(cls=ShellCommands)
@click.version_option(package_name="queue-service")
def main() -> None:
    """Appointments and counter queues for public offices."""


@main.command()
@data_dir_option
def serve(data_dir: Path | None) -> None:
    """Run the service until SIGTERM or Ctrl-C."""
    settings = _settings(data_dir)
    with _database(settings) as dsn:
        asyncio.run(migrate(dsn))
        run_server(settings, dsn)


@main.command(name="migrate")
@data_dir_option
def migrate_command(data_dir: Path | None) -> None:
    """Bring the database to the state that this version needs."""
    with _database(_settings(data_dir)) as dsn:
        asyncio.run(migrate(dsn))


@main.command()
@data_dir_option
def verify(data_dir: Path | None) -> None:
    """Check every invariant of the data; exit 1 with a list when one is broken."""
    settings = _settings(data_dir)

    async def check() -> list[str]:
        async with _connection(settings) as conn:
            return await find_broken_invariants(conn, make_clock(settings)())

    broken = asyncio.run(check())
    for finding in broken:
        click.echo(finding)
    if broken:
        sys.exit(1)
    click.echo("All invariants hold.")


@main.command()
@click.option("--port", type=click.IntRange(1, 65533), help="Service; kiosk and display take the next two.")
@data_dir_option
@click.option("--no-devices", is_flag=True, help="No kiosk, no display.")
def demo(port: int | None, data_dir: Path | None, no_devices: bool) -> None:
    """Bremen to try out: service, kiosk, display and database, until Ctrl-C."""
    settings = demo_command.own_settings(_settings(data_dir), port, data_dir)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with _database(settings) as dsn:
        now = make_clock(settings)()
        credentials = asyncio.run(demo_command.prepare(dsn, settings, now, devices=not no_devices))
        demo_command.run(dsn, settings, credentials)


@main.group()
def office() -> None:
    """Set offices up."""


@office.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--check", is_flag=True, help="Only check; change nothing.")
@data_dir_option
def load(files: tuple[Path, ...], check: bool, data_dir: Path | None) -> None:
    """Check set-up FILES and apply them; again and again without harm."""
    settings = _settings(data_dir)

    async def apply() -> list[str]:
        async with _connection(settings) as conn:
            transaction = conn.transaction()
            await transaction.start()
            try:
                loaded = await load_offices(conn, make_clock(settings)(), read_files(list(files)))
            except BaseException:
                await transaction.rollback()
                raise
            await (transaction.rollback() if check else transaction.commit())
            return [office.slug for office in loaded]

    try:
        slugs = asyncio.run(apply())
    except SetupError as wrong:
        Console(stderr=True, highlight=False, markup=False).print(str(wrong))
        sys.exit(1)
    except (OSError, UnicodeDecodeError) as unreadable:
        raise click.ClickException(str(unreadable)) from unreadable
    click.echo(f"{'Checked' if check else 'Applied'}: {', '.join(slugs) or 'no offices'}")


# Settings are read when a command runs, so that a bad one is told as a sentence.
def _now() -> datetime:
    return make_clock(_settings())()


shell = Shell(connect=lambda: _connection(_settings()), clock=_now)
main.add_command(bench)
main.add_command(user_commands(shell))
main.add_command(device_commands(shell))
main.add_command(day_command)
