"""Staff and devices from the command line, against a real database."""

import asyncio
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from queue_service.accounts import service
from queue_service.accounts.commands import Shell, user_commands
from queue_service.accounts.model import Grant, Role
from queue_service.accounts.passwords import SHORTEST_PASSWORD
from queue_service.devices import care, tokens
from queue_service.devices.commands import device_commands
from queue_service.platform.database import Database, connect
from queue_service.platform.queries import Connection
from tests.integration.people import HERE, MORNING, PASSWORD, hire, places

Run = Callable[..., "asyncio.Future[Result]"]


@pytest.fixture
def run(dsn: str) -> Callable[..., "asyncio.Future[Result]"]:
    """Run ``user …`` or ``device …`` in a thread: a command has an event loop of its own."""

    @asynccontextmanager
    async def lend() -> AsyncIterator[Connection]:
        conn = await connect(dsn)
        try:
            yield conn
        finally:
            await conn.close()

    shell = Shell(lend, lambda: MORNING)
    program = click.Group(commands=[user_commands(shell), device_commands(shell)])

    def run_in_thread(words: str | Sequence[str], typed: str = "") -> "asyncio.Future[Result]":
        arguments = words.split() if isinstance(words, str) else list(words)
        return asyncio.ensure_future(asyncio.to_thread(CliRunner().invoke, program, arguments, input=typed))

    return run_in_thread


async def test_a_user_is_added_with_the_password_from_standard_input(run: Run, database: Database) -> None:
    added = await run(["user", "add", "clerk1", "--name", "Anna Muster"], PASSWORD + "\n")
    assert (added.exit_code, added.output) == (0, "")
    session = await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    assert session.user.display_name == "Anna Muster"


async def test_a_made_password_is_printed_once_and_works(run: Run, database: Database) -> None:
    added = await run(["user", "add", "clerk1", "--name", "Anna", "--make-password"])
    session = await service.log_in(database.connection, MORNING, "clerk1", added.output.strip(), HERE)
    assert session.user.username == "clerk1"


async def test_what_cant_be_added_is_named_and_nothing_is_added(run: Run, conn: Connection) -> None:
    refused = await run(["user", "add", "clerk1", "--name", "Anna"], "short\n")
    assert refused.exit_code == 1
    assert f"password: {SHORTEST_PASSWORD} to" in refused.output
    assert await service.list_users(conn) == []


async def test_a_password_cant_be_given_as_an_argument(run: Run) -> None:
    for word in ("--password", "--pass", "-p"):
        assert (await run(["user", "add", "clerk1", "--name", "Anna", word, PASSWORD])).exit_code == 2


async def test_roles_are_granted_and_withdrawn(run: Run, conn: Connection) -> None:
    _, bremen = (await places(conn))["bsc-mitte"]
    await hire(conn, "clerk1")
    for words in ("clerk --office bsc-mitte", "agent --authority bremen", "admin"):
        assert (await run(f"user grant clerk1 {words}")).exit_code == 0
    for words in ("clerk --office bsc-mitte", "admin"):
        assert (await run(f"user withdraw clerk1 {words}")).exit_code == 0
    [user] = await service.list_users(conn)
    assert user.grants == (Grant(Role.AGENT, authority_id=bremen, authority="bremen"),)


async def test_a_role_that_cant_be_granted_says_why(run: Run, conn: Connection) -> None:
    await hire(conn, "clerk1")
    nowhere = await run("user grant clerk1 clerk --office nowhere")
    nobody = await run("user grant nobody clerk")
    both = await run("user grant clerk1 clerk --office bsc-mitte --authority bremen")
    mayor = await run("user grant clerk1 mayor")
    assert [refused.exit_code for refused in (nowhere, nobody, both, mayor)] == [1, 1, 2, 2]
    assert "No office has this name" in nowhere.output
    assert "No user has this name" in nobody.output
    assert "exclude each other" in both.output


async def test_users_are_listed_with_their_roles(run: Run, conn: Connection) -> None:
    await hire(conn, "clerk1", Role.CLERK, office="bsc-mitte")
    await hire(conn, "agent1", Role.AGENT, authority="bremen")
    await hire(conn, "admin", Role.ADMIN)
    await service.disable(conn, MORNING, "agent1")
    listed = (await run("user list")).output
    for shown in ("clerk @ bsc-mitte", "agent @ bremen (all offices)", "admin @ everywhere", "disabled"):
        assert shown in listed


async def test_a_name_is_shown_as_it_is_and_colours_nothing(run: Run, conn: Connection) -> None:
    await service.create_user(conn, MORNING, "clerk1", "[red]Anna[/red]", PASSWORD)
    assert "[red]Anna[/red]" in (await run("user list")).output


async def test_disabling_enabling_and_another_password(
    run: Run, database: Database, conn: Connection
) -> None:
    await hire(conn, "clerk1")
    session = await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    assert (await run("user disable clerk1")).exit_code == 0
    assert await service.resolve_session(conn, MORNING, session.token) is None
    assert (await run("user enable clerk1")).exit_code == 0
    assert (await run("user password clerk1", "another good one\n")).exit_code == 0
    again = await service.log_in(database.connection, MORNING, "clerk1", "another good one", HERE)
    assert again.user.username == "clerk1"


async def test_a_device_is_added_listed_and_revoked(run: Run, conn: Connection) -> None:
    added = await run(["device", "add", "bsc-mitte", "kiosk", "--name", "Eingang"])
    kiosk = await tokens.resolve(conn, MORNING, added.output.strip())
    assert kiosk
    device_id = kiosk.key.removeprefix("device:")
    assert "Eingang" in (await run("device list")).output
    assert (await run(f"device revoke {device_id}")).exit_code == 0
    assert "revoked 2026-11-23 09:00" in (await run("device list")).output
    assert await tokens.resolve(conn, MORNING, added.output.strip()) is None


async def test_a_token_file_is_for_its_owner_alone_and_never_overwritten(
    run: Run, conn: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "kiosk.token"
    words = ["device", "add", "bsc-mitte", "kiosk", "--name", "Eingang", "--token-file", str(file)]
    added = await run(words)
    assert added.exit_code == 0
    token = file.read_text().strip()
    assert token not in added.output
    assert await tokens.resolve(conn, MORNING, token)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (await run(words)).exit_code == 1
    assert file.read_text().strip() == token
    assert len(await care.list_devices(conn, MORNING)) == 1


async def test_a_device_that_isnt_there_cant_be_revoked(run: Run) -> None:
    refused = await run("device revoke 4711")
    assert (refused.exit_code, "No device has this id" in refused.output) == (1, True)
