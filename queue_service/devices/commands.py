"""``queue-service device …``: tokens of kiosks and displays from the command line."""

import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from queue_service.accounts.commands import Shell, run_verb
from queue_service.accounts.model import DeviceProfile
from queue_service.devices import care, tokens

TOKEN_FILE_MODE = 0o600


def write_token(file: Path, token: str) -> None:
    """Write a token file that only its owner can read; raises FileExistsError rather than replace one."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, TOKEN_FILE_MODE)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(token + "\n")


device = click.Group("device", help="Kiosks, displays and their tokens.")


@device.command("add")
@click.argument("office", metavar="OFFICE")
@click.argument("profile", type=click.Choice([profile.value for profile in DeviceProfile]))
@click.option("--name", required=True, help="Where it stands, for administrators.")
@click.option("--token-file", type=click.Path(path_type=Path), help="Write the token there, not here.")
@click.pass_obj
def add(shell: Shell, office: str, profile: str, name: str, token_file: Path | None) -> None:
    """Add a device to OFFICE (a slug) and give out its token, this once."""
    if token_file and token_file.exists():
        raise click.ClickException(f"{token_file} is there already")
    made = run_verb(
        shell.connect, lambda conn: tokens.make(conn, shell.clock(), office, DeviceProfile(profile), name)
    )
    if token_file is None:
        click.echo(made.token)
        return
    write_token(token_file, made.token)
    click.echo(f"device {made.id}: token in {token_file}")


@device.command("list")
@click.pass_obj
def list_all(shell: Shell) -> None:
    """List all devices."""
    table = Table("id", "office", "profile", "name", "added", "state")
    for found in run_verb(shell.connect, lambda conn: care.list_devices(conn, shell.clock())):
        one = found.device
        state = f"revoked {one.revoked_at:%Y-%m-%d %H:%M}" if one.revoked_at else "overdue" * one.overdue
        added = f"{one.created_at:%Y-%m-%d}"
        table.add_row(str(one.id), one.office, one.profile, one.name, added, state)
    Console(markup=False).print(table)


@device.command("revoke")
@click.argument("device_id", type=int, metavar="ID")
@click.pass_obj
def revoke(shell: Shell, device_id: int) -> None:
    """End the token of the device with this ID; "device list" shows the ids."""
    run_verb(shell.connect, lambda conn: tokens.revoke(conn, shell.clock(), device_id))


def device_commands(shell: Shell) -> click.Group:
    """Give the group ``device``, bound to this shell."""
    return click.Group("device", device.commands, help=device.help, context_settings={"obj": shell})
