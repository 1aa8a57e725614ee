"""``queue-service user …``: looking after staff from the command line.

Passwords are typed without echo or come as the first line of standard input, never as an
argument: other users of the machine can read arguments.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
import msgspec
from rich.console import Console
from rich.table import Table

from queue_service.accounts import service
from queue_service.accounts.model import Grant, Role
from queue_service.accounts.passwords import make_password
from queue_service.platform.clock import Clock
from queue_service.platform.errors import QueueError
from queue_service.platform.queries import Connection

Answer = TypeVar("Answer")

_role = click.argument("role", type=click.Choice([role.value for role in Role]))
_office = click.option("--office", metavar="SLUG", help="Only at this office.")
_authority = click.option("--authority", metavar="SLUG", help="At all offices of this authority.")


class Shell(msgspec.Struct, frozen=True):
    """What the outermost shell gives every command."""

    connect: service.Connect
    """Lends a connection; called once a command."""
    clock: Clock


def run_verb(connect: service.Connect, verb: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """Run one verb on a connection of its own; what it refuses ends the command with its reason."""

    async def on_a_connection() -> Answer:
        async with connect() as conn:
            return await verb(conn)

    try:
        return asyncio.run(on_a_connection())
    except QueueError as refused:
        reasons = [f"{error.field}: {error.message}" for error in refused.errors]
        raise click.ClickException("; ".join(reasons) or refused.detail) from refused


def _read_password() -> str:
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def _one_place(office: str | None, authority: str | None) -> None:
    if office and authority:
        raise click.UsageError("--office and --authority exclude each other")


def _described(grant: Grant) -> str:
    place = grant.office or (f"{grant.authority} (all offices)" if grant.authority else "everywhere")
    return f"{grant.role} @ {place}"


user = click.Group("user", help="Staff users and their roles.")


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Name that colleagues see.")
@click.option("--make-password", "made", is_flag=True, help="Make a password and print it.")
@click.pass_obj
def add(shell: Shell, username: str, name: str, made: bool) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    password = make_password() if made else _read_password()
    run_verb(shell.connect, lambda conn: service.create_user(conn, shell.clock(), username, name, password))
    if made:
        click.echo(password)


@user.command("list")
@click.pass_obj
def list_all(shell: Shell) -> None:
    """List all users with their roles."""
    table = Table("user", "name", "roles", "state")
    for one in run_verb(shell.connect, service.list_users):
        roles = "\n".join(_described(grant) for grant in one.grants)
        table.add_row(one.username, one.display_name, roles, "disabled" if one.disabled else "")
    Console(markup=False).print(table)


@user.command("grant")
@click.argument("username")
@_role
@_office
@_authority
@click.pass_obj
def grant(shell: Shell, username: str, role: str, office: str | None, authority: str | None) -> None:
    """Give USERNAME a role: at an office, an authority, or (with neither) everywhere."""
    _one_place(office, authority)
    run_verb(
        shell.connect,
        lambda conn: service.grant(conn, username, Role(role), office=office, authority=authority),
    )


@user.command("withdraw")
@click.argument("username")
@_role
@_office
@_authority
@click.pass_obj
def withdraw(shell: Shell, username: str, role: str, office: str | None, authority: str | None) -> None:
    """Take back exactly the role that "grant" gave with the same words."""
    _one_place(office, authority)
    run_verb(
        shell.connect,
        lambda conn: service.withdraw(conn, username, Role(role), office=office, authority=authority),
    )


@user.command("disable")
@click.argument("username")
@click.pass_obj
def disable(shell: Shell, username: str) -> None:
    """Bar USERNAME and end all sessions at once."""
    run_verb(shell.connect, lambda conn: service.disable(conn, shell.clock(), username))


@user.command("enable")
@click.argument("username")
@click.pass_obj
def enable(shell: Shell, username: str) -> None:
    """Let a disabled USERNAME log in again."""
    run_verb(shell.connect, lambda conn: service.enable(conn, username))


@user.command("password")
@click.argument("username")
@click.option("--make-password", "made", is_flag=True, help="Make a password and print it.")
@click.pass_obj
def password(shell: Shell, username: str, made: bool) -> None:
    """Give USERNAME another password and end all sessions."""
    new = make_password() if made else _read_password()
    run_verb(shell.connect, lambda conn: service.set_password(conn, username, new))
    if made:
        click.echo(new)


def user_commands(shell: Shell) -> click.Group:
    """Give the group ``user``, bound to this shell."""
    return click.Group("user", user.commands, help=user.help, context_settings={"obj": shell})
