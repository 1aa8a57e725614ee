"""The server from the wheel: one owner, borrowed by others, recovered after whatever ended it."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from queue_service.platform.embedded_postgres import EmbeddedPostgres


@pytest.fixture
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="queue-tests-"))
    yield path
    shutil.rmtree(path)


def _run(dsn: str, statement: str) -> object:
    async def run() -> object:
        conn = await asyncpg.connect(dsn)
        try:
            return await conn.fetchval(statement)
        finally:
            await conn.close()

    return asyncio.run(run())


def test_a_second_process_borrows_the_running_server_and_leaves_it_running(directory: Path) -> None:
    with EmbeddedPostgres(directory) as owner:
        with EmbeddedPostgres(directory) as borrower:
            assert owner.owned
            assert not borrower.owned
            assert _run(borrower.dsn, "SELECT 1") == 1
        assert _run(owner.dsn, "SELECT 1") == 1


def test_the_server_ends_with_its_owner_even_when_that_is_killed_and_what_was_committed_is_there(
    directory: Path,
) -> None:
    program = (
        "import sys, asyncio, asyncpg\n"
        "from pathlib import Path\n"
        "from queue_service.platform.embedded_postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1])); server.start()\n"
        "async def fill():\n"
        "    conn = await asyncpg.connect(server.dsn)\n"
        "    await conn.execute('CREATE TABLE kept AS SELECT 42 AS value')\n"
        "asyncio.run(fill())\n"
        "print('pid', server._running_pid(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        server_pid = next(int(line.split()[1]) for line in owner.stdout if line.startswith("pid "))
        owner.send_signal(signal.SIGKILL)
    # The next owner waits for the old server's end, and finds its data.
    with EmbeddedPostgres(directory) as server:
        assert server.owned
        assert _run(server.dsn, "SELECT value FROM kept") == 42
        assert not Path(f"/proc/{server_pid}").exists() or server_pid != server._running_pid()


def test_a_killed_server_comes_back_under_a_living_owner(directory: Path) -> None:
    with EmbeddedPostgres(directory) as server:
        _run(server.dsn, "CREATE TABLE kept AS SELECT 42 AS value")
        pid = server._running_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

        async def answer() -> object:
            while True:
                try:
                    conn = await asyncpg.connect(server.dsn)
                except (OSError, asyncpg.PostgresError):
                    await asyncio.sleep(0.05)  # a bounded poll of another process
                    continue
                try:
                    return await conn.fetchval("SELECT value FROM kept")
                except (OSError, asyncpg.PostgresError):
                    continue
                finally:
                    conn.terminate()

        async def in_time() -> object:
            return await asyncio.wait_for(answer(), 60)

        assert asyncio.run(in_time()) == 42
        assert server._running_pid() != pid


def test_an_initialisation_that_was_cut_short_is_begun_anew(directory: Path) -> None:
    (directory / "postgres" / "base").mkdir(parents=True)
    with EmbeddedPostgres(directory) as server:
        assert _run(server.dsn, "SELECT 1") == 1


def test_its_files_are_for_its_own_account_alone(directory: Path) -> None:
    with EmbeddedPostgres(directory) as server:
        assert server.cluster.stat().st_mode & 0o077 == 0
        assert _run(server.dsn, "SHOW listen_addresses") == ""
