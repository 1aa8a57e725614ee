"""SIGTERM to a service at work: requests under way are finished, sockets are told to come back."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from queue_service.platform.embedded_postgres import EmbeddedPostgres
from tests.system.running_demo import RunningDemo, start_demo, stop_demo

SERVICE_RESTART = 1012
"""RFC 6455's registry: the server is restarting, come back."""


@pytest.fixture
def demo() -> Iterator[RunningDemo]:
    parent = Path(tempfile.mkdtemp(prefix="queue-demo-"))
    running = start_demo(parent / "data", "--no-devices")
    yield running
    stop_demo(running)
    shutil.rmtree(parent)


async def _until_closed(display: ClientConnection) -> int | None:
    """Read whatever comes until the service closes the socket; give its code."""
    try:
        while True:
            await display.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def _end_in_the_middle_of_a_request(demo: RunningDemo, dsn: str) -> tuple[httpx.Response, int | None]:
    """Hold a request by a lock, end the service, let the request go; give its answer and the close code."""
    tokens = demo.credentials["devices"]["bsc-mitte"]
    address = demo.url().replace("http", "ws", 1) + "/api/v1/stream"
    holder = await asyncpg.connect(dsn)
    async with (
        httpx.AsyncClient(base_url=demo.url(), timeout=30) as kiosk,
        connect(address, additional_headers={"Authorization": f"Bearer {tokens['display']}"}) as display,
    ):
        await display.recv()
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("SELECT FROM office_version FOR UPDATE")
        request = asyncio.create_task(
            kiosk.post(
                "/api/v1/offices/bsc-mitte/tickets",
                json={"service": "personalausweis"},
                headers={"Authorization": f"Bearer {tokens['kiosk']}"},
            )
        )
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        watcher = await asyncpg.connect(dsn)
        while not await watcher.fetchval(waiting):  # noqa: ASYNC110 - the server's own word
            await asyncio.sleep(0.02)
        os.kill(demo.child(" serve "), signal.SIGTERM)
        closed = await asyncio.wait_for(_until_closed(display), 30)
        assert not request.done()
        await transaction.rollback()
        answer = await request
        await watcher.close()
        await holder.close()
        return answer, closed


def test_a_request_under_way_is_finished_and_sockets_are_closed_with_1012(demo: RunningDemo) -> None:
    with EmbeddedPostgres(demo.data_dir) as borrowed:
        assert not borrowed.owned
        answer, code = asyncio.run(_end_in_the_middle_of_a_request(demo, borrowed.dsn))
    assert answer.status_code == 201
    assert answer.json()["number"] == "A001"
    assert code == SERVICE_RESTART
