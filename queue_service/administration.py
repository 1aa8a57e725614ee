"""Commands for whoever looks after an installation: offices, people, devices, and whether all is well."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import click

from queue_service.accounts.commands import Shell, user_commands
from queue_service.devices.commands import device_commands
from queue_service.invariants import find_broken_invariants
from queue_service.office_loading import load_offices, read_files
from queue_service.offices.setup_mistakes import SetupError
from queue_service.shell import data_dir_option, shell_connection, shell_settings


@click.command()
@data_dir_option
def verify(data_dir: Path | None) -> None:
    """Check every invariant of the data; exit 1 with a list when one is broken."""
    settings = shell_settings(data_dir)

    async def check() -> list[str]:
        async with shell_connection(settings) as conn:
            return await find_broken_invariants(conn, settings.make_clock()())

    broken = asyncio.run(check())
    for finding in broken:
        click.echo(finding)
    if broken:
        sys.exit(1)
    click.echo("All invariants hold.")


@click.group()
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
    settings = shell_settings(data_dir)

    async def apply() -> list[str]:
        async with shell_connection(settings) as conn:
            transaction = conn.transaction()
            await transaction.start()
            try:
                loaded = await load_offices(conn, settings.make_clock()(), read_files(list(files)))
            except BaseException:
                await transaction.rollback()
                raise
            await (transaction.rollback() if check else transaction.commit())
            return [office.slug for office in loaded]

    try:
        slugs = asyncio.run(apply())
    except SetupError as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(1)
    except (OSError, UnicodeDecodeError) as unreadable:
        raise click.ClickException(str(unreadable)) from unreadable
    click.echo(f"{'Checked' if check else 'Applied'}: {', '.join(slugs) or 'no offices'}")


# Settings are read when a command runs, so that a bad one is told as a sentence.
def _now() -> datetime:
    return shell_settings().make_clock()()


_shell = Shell(connect=lambda: shell_connection(shell_settings()), clock=_now)
user_group = user_commands(_shell)
device_group = device_commands(_shell)
