"""Several ``queue-service serve`` on one database, as behind a proxy: real processes, to be killed."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from queue_service.platform.http import IDEMPOTENCY_HEADER
from queue_service.simulation.http_connections import HttpConnections

LOOK_SECONDS = 0.02
NURSERY = """
import os, signal, sys
import queue_service.app
from queue_service.cli import main
from queue_service.platform.child_process import end_with_parent

ends_with_us, born = end_with_parent(signal.SIGTERM), []
for port in sys.stdin:
    pid = os.fork()
    if not pid:
        ends_with_us()
        os.environ["QUEUE_PORT"] = port.strip()
        main(["serve"])
    born.append(pid)
    print(pid, flush=True)
for pid in born:
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
"""
"""Loads the program once, which takes a processor seconds, and begins the command anew for every line."""


class ServiceProcess:
    """One of the processes, asked by a client that asks no other."""

    def __init__(self, pid: int, port: int, token: str) -> None:
        self.pid = pid
        self.port = port
        self._connections = HttpConnections(f"http://127.0.0.1:{port}")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def post(self, path: str, body: object, key: str | None = None) -> tuple[int, dict[str, Any]]:
        """Send it, with this Idempotency-Key; raises OSError when nobody answers."""
        return await self.ask("POST", path, body, key=key)

    async def ask(
        self, method: str, path: str, body: object, *, key: str | None = None, token: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Send it as whoever has the token; an answer without content is empty. Raises OSError."""
        headers = self._headers | ({IDEMPOTENCY_HEADER: key} if key else {})
        if token:
            headers |= {"Authorization": f"Bearer {token}"}
        status, content = await self._connections.request(method, path, headers, json.dumps(body).encode())
        return status, json.loads(content or "{}")

    @asynccontextmanager
    async def asked_in_vain(self, path: str, body: object, key: str) -> AsyncIterator[None]:
        """Send it, listen to nothing, and hang up in the end: the answer is lost on its way."""
        content = json.dumps(body)
        headers = self._headers | {IDEMPOTENCY_HEADER: key, "Content-Length": str(len(content))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n{content}".encode())
        yield
        writer.close()

    async def hang_up(self) -> None:
        """Close all connections to it."""
        await self._connections.close()

    def kill(self) -> None:
        """End it as the kernel does when memory is short: at once, whatever it was doing."""
        os.kill(self.pid, signal.SIGKILL)

    async def is_ready(self) -> None:
        """Wait until it answers for itself, its database and its change feed."""
        while True:
            try:
                if (await self._connections.request("GET", "/readyz", {}, b""))[0] == HTTPStatus.OK:
                    return
            except OSError:
                pass  # not listening yet
            await asyncio.sleep(LOOK_SECONDS)  # a bounded poll of a real process, not a guess at time


@asynccontextmanager
async def service_processes(
    count: int, dsn: str, now: datetime, token: str, data_dir: Path
) -> AsyncIterator[list[ServiceProcess]]:
    """Give so many processes, all ready; their clocks show ``now`` when they start."""
    environment = {
        **os.environ,
        "QUEUE_DATABASE_URL": dsn,
        "QUEUE_DATA_DIR": str(data_dir),
        "QUEUE_CLOCK_START": now.isoformat(),
        "QUEUE_LOG_LEVEL": "error",
    }
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, "-c", NURSERY,
        env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    running: list[ServiceProcess] = []
    try:
        with ExitStack() as reserved:
            for _ in range(count):
                port = reserved.enter_context(_reserved_port())
                nursery.stdin.write(f"{port}\n".encode())
                pid = int(await nursery.stdout.readline())
                running.append(ServiceProcess(pid, port, token))
            await asyncio.gather(*(process.is_ready() for process in running))
        yield running
    finally:
        for process in running:
            await process.hang_up()
        # Its input ends; then it ends them, and itself.
        nursery.stdin.close()
        await nursery.wait()


@contextmanager
def _reserved_port() -> Iterator[int]:
    """Give a port that nobody else is given: it is bound, and not listened to until the process does."""
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", 0))
        yield place.getsockname()[1]
