"""PostgreSQL is restarted under a running service: screens are told everything, requests an honest 503."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from queue_service.accounts.model import DeviceProfile
from queue_service.demo import installation
from queue_service.office_loading import load_offices, read_files
from queue_service.offices import service as offices
from queue_service.platform.database import connect
from queue_service.platform.embedded_postgres import EmbeddedPostgres
from queue_service.platform.migrations import migrate
from tests.integration.counter_hall import SERVICE, issue
from tests.integration.open_screen import open_display
from tests.integration.running_service import run_service


@pytest.fixture
def own_directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="queue-tests-"))
    yield directory
    shutil.rmtree(directory)


async def _install(dsn: str, now: datetime) -> None:
    await migrate(dsn)
    conn = await connect(dsn)
    async with conn.transaction():
        files = [
            installation.BREMEN / name for name in ("authorities.yaml", "services.yaml", "bsc-mitte.yaml")
        ]
        await load_offices(conn, now, read_files(files))
    await conn.close()


async def test_screens_follow_through_a_restart_of_the_database(own_directory: Path, now: datetime) -> None:
    server = EmbeddedPostgres(own_directory)
    server.start()
    try:
        await _install(server.dsn, now)
        async with run_service(server.dsn, now) as service:
            token = await service.device_token(DeviceProfile.DISPLAY, "bsc-mitte")
            kiosk = await service.device_token(DeviceProfile.KIOSK, "bsc-mitte")
            async with open_display(service, token) as display, service.client(kiosk) as client:
                version = display.state.version
                server.stop()
                while service.app.state.feed.connected.is_set():  # noqa: ASYNC110 - no event for its end
                    await asyncio.sleep(0.02)  # a bounded poll of the service's own word
                refused = await client.post("/api/v1/offices/bsc-mitte/tickets", json={"service": SERVICE})
                assert refused.status_code == 503
                assert refused.json()["code"] == "unavailable"
                assert "Retry-After" in refused.headers
                assert (await client.get("/readyz")).status_code == 503
                assert (await client.get("/livez")).status_code == 200

                server = EmbeddedPostgres(own_directory)
                server.start()
                # What happens before the service listens again, it has to read afterwards.
                conn = await connect(server.dsn)
                await issue(conn, now, await offices.find_office(conn, "bsc-mitte"))
                await conn.close()
                assert (await display.read_until(version + 1)).waiting == 1
                await service.app.state.feed.connected.wait()
                assert (await client.get("/readyz")).status_code == 200
                answer = await client.post("/api/v1/offices/bsc-mitte/tickets", json={"service": SERVICE})
                assert answer.status_code == 201
                assert (await display.read_until(version + 2)).waiting == 2
                assert display.snapshots == 1
    finally:
        server.stop()
