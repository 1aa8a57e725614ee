"""What is measured: a database of its own and services on it, started and ended here."""

import shutil
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from queue_service.benchmark.light_http import LightClient, expect
from queue_service.demo.supervisor import Program, end
from queue_service.platform.embedded_postgres import EmbeddedPostgres

HOST = "127.0.0.1"
READY_SECONDS = 60.0
LOOK_SECONDS = 0.02


@contextmanager
def own_database() -> Iterator[tuple[str, Path]]:
    """Give the address of an empty database and the directory that it stands in; both are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="queue-bench-"))
    try:
        with EmbeddedPostgres(directory) as server:
            yield server.dsn, directory
    finally:
        shutil.rmtree(directory)


@contextmanager
def running_service(dsn: str, directory: Path) -> Iterator[tuple[int, int]]:
    """Give the port and the process of a service that is ready."""
    port = free_port()
    program = service_program(dsn, directory, port)
    program.start()
    try:
        await_ready(port)
        assert program.process is not None
        yield port, program.process.pid
    finally:
        end([program])


def service_program(dsn: str, directory: Path, port: int) -> Program:
    """Give a service that is not started yet."""
    environment = {
        "QUEUE_DATABASE_URL": dsn,
        "QUEUE_PORT": str(port),
        "QUEUE_DATA_DIR": str(directory),
        "QUEUE_LOG_LEVEL": "error",
    }
    return Program("service", "queue_service.cli:main", ["serve"], environment)


async def log_in(port: int, username: str, password: str) -> tuple[int, str]:
    """Log in; gives the user's id and the session's token."""
    client = LightClient(HOST, port)
    body = {"username": username, "password": password}
    answer = msgspec.json.decode(await expect(client, 201, "POST", "/api/v1/session", body))
    await client.close()
    return int(answer["user"]["id"]), str(answer["token"])


def await_ready(port: int) -> None:
    """Wait until the service answers; raises ClickException when it doesn't."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            # A bounded poll: a starting process tells nobody when it is ready.
            time.sleep(LOOK_SECONDS)
    msg = "the service did not become ready"
    raise click.ClickException(msg)


def free_port() -> int:
    """Give a port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def resident_megabytes(process_id: int) -> float:
    """Give the memory that a process holds."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    sys.exit("the service has no memory figure")
