"""A real PostgreSQL for every test: one server a session and version, one cloned database a test."""

import asyncio
import fcntl
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from queue_service.demo import installation
from queue_service.office_loading import load_offices, read_files
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database, connect
from queue_service.platform.embedded_postgres import EmbeddedPostgres
from queue_service.platform.migrations import migrate
from queue_service.platform.queries import Connection
from tests.integration.running_service import RunningService, run_service
from tests.integration.servers import EMBEDDED, binaries

TEMPLATE = "template_bremen"
MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""10:00 in Bremen on an ordinary working day; tests move on from here."""
UNSAFE_BUT_FAST = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "64MB"}
"""A server that lives for one test run need not survive a power cut, nor keep a long log."""
QUICKEST_COPY = "FILE_COPY"
"""18 ms of processor time for a database in memory; by the default, WAL_LOG, 28."""
MEMORY = Path("/dev/shm")  # noqa: S108 - each directory in it has a name of its own
ENOUGH_MEMORY = 2**30
"""For several test processes with two servers each, of about 150 MB."""

PREFIX = "queue-tests-"
JUST_STARTED_SECONDS = 600
"""A server that another process is just starting may not have its lock yet."""


def _quick_place() -> Path | None:
    """Where files are memory, so that making a database's 300 costs a tenth; None: there is no room.

    The time goes into the kernel's work on a file system: 165 ms for each database.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY:
        _forget_killed_runs(MEMORY)
        return MEMORY
    return None


def _forget_killed_runs(place: Path) -> None:
    """Give back the memory of servers whose test run was killed: nobody holds their lock any more."""
    for lock in place.glob(f"{PREFIX}*/postgres.lock"):
        with suppress(OSError):
            if time.time() - lock.stat().st_mtime < JUST_STARTED_SECONDS:
                continue
            with lock.open("a") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent)


def _database_url(server_dsn: str, name: str) -> str:
    return server_dsn.replace("/postgres?", f"/{name}?", 1)


async def _make_template(server_dsn: str) -> None:
    admin = await asyncpg.connect(server_dsn)
    await admin.execute(f"CREATE DATABASE {TEMPLATE}")
    await admin.close()
    url = _database_url(server_dsn, TEMPLATE)
    await migrate(url)
    conn = await connect(url)
    async with conn.transaction():
        await load_offices(conn, MONDAY_MORNING, read_files(sorted(installation.BREMEN.glob("*.yaml"))))
    await conn.close()


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], str]]:
    """Start each kind of server once, when the first test wants it; gives its address."""
    addresses: dict[str, str] = {}
    with ExitStack() as running:

        def server(version: str) -> str:
            if version not in addresses:
                addresses[version] = running.enter_context(_server_with_template(version))
            return addresses[version]

        yield server


@contextmanager
def _server_with_template(version: str) -> Iterator[str]:
    # Not under pytest's directory: as root the server is another account, which pytest locks out
    # of that directory whenever a second session starts.
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_quick_place()))
    try:
        with EmbeddedPostgres(directory, binaries=binaries(version), settings=UNSAFE_BUT_FAST) as server:
            asyncio.run(_make_template(server.dsn))
            yield server.dsn
    finally:
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest, servers: Callable[[str], str]) -> str:
    """The address of a server of its own for these tests, with the Bremen template in it.

    The embedded server, unless the test is marked ``on_every_server``.
    """
    return servers(getattr(request, "param", EMBEDDED))


@pytest.fixture
async def dsn(postgres_server: str) -> AsyncIterator[str]:
    """A database of this test's own: migrated, with the offices of Bremen, nothing else."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(postgres_server)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY {QUICKEST_COPY}")
    try:
        yield _database_url(postgres_server, name)
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@pytest.fixture
async def conn(dsn: str) -> AsyncIterator[Connection]:
    """One connection outside any transaction."""
    connection = await connect(dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A pool as the service has it."""
    pool = Database(dsn, connections=20)
    await pool.open()
    yield pool
    await pool.close()


@pytest.fixture
def now() -> datetime:
    """10:00 in Bremen, Monday 23 November 2026."""
    return MONDAY_MORNING


@pytest.fixture
async def bsc_mitte(conn: Connection) -> Office:
    """The office most tests play in."""
    return await offices.find_office(conn, "bsc-mitte")


@pytest.fixture
async def running_service(dsn: str, now: datetime) -> AsyncIterator[RunningService]:
    """The whole service on a real socket, in this process, with a clock that the test moves."""
    async with run_service(dsn, now) as service:
        yield service
