"""The service on a real socket for a test, with people and devices to act as."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import httpx
import uvicorn
from litestar import Litestar

from queue_service.accounts import passwords, store
from queue_service.accounts import service as accounts
from queue_service.accounts.model import DeviceProfile, Role
from queue_service.app import create_app
from queue_service.devices import tokens
from queue_service.platform.database import connect
from queue_service.settings import Settings

PASSWORD = "nur fuer Tests 2026"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody; without it each client reads all certificate authorities anew, in 26 ms."""


@cache
def stored_password() -> str:
    """Give what is stored for ``PASSWORD``; hashed once, for tests that are not about hashing."""
    return passwords._hasher.hash(PASSWORD.encode())


class MovableClock:
    """Time for a test: stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass, as in ``move(minutes=5)``."""
        self.now += timedelta(**by)


class DevicesOwn(httpx.Auth):
    """Sends what only a device may ask about itself with the token of one."""

    PATH = "/api/v1/device"

    def __init__(self, device_token: str) -> None:
        self._token = device_token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        path = request.url.path
        if path == self.PATH or path.startswith(f"{self.PATH}/"):
            request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class RunningService:
    """A served application, its address and its clock."""

    def __init__(self, app: Litestar, dsn: str, base_url: str, clock: MovableClock) -> None:
        self.app = app
        self.dsn = dsn
        self.base_url = base_url
        self.clock = clock
        self._users = 0

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        """A client that acts by this token, or as anybody."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.base_url, headers=headers, timeout=30, verify=NO_TLS)

    async def staff_token(
        self, role: Role, *, office: str | None = None, authority: str | None = None
    ) -> str:
        """A new user with one role and a session, as after a log-in by ``PASSWORD``."""
        self._users += 1
        name = f"{role.value}-{self._users}"
        now = self.clock()
        conn = await connect(self.dsn)
        try:
            user_id = await store.create_user(conn, name, f"Test {name}", stored_password(), now)
            await accounts.grant(conn, name, role, office=office, authority=authority)
            return (await accounts._start_session(conn, now, user_id, stored_password())).token
        finally:
            await conn.close()

    async def clerks(self, count: int, office: str) -> list[str]:
        """Tokens of several clerks."""
        return [await self.staff_token(Role.CLERK, office=office) for _ in range(count)]

    async def device_token(self, profile: DeviceProfile, office: str) -> str:
        """A new device's token."""
        conn = await connect(self.dsn)
        try:
            return (await tokens.make(conn, self.clock(), office, profile, f"test {profile.value}")).token
        finally:
            await conn.close()


@asynccontextmanager
async def run_service(dsn: str, now: datetime) -> AsyncIterator[RunningService]:
    """Serve on a free port of loopback until the test is done."""
    # Named as TCP: asyncio switches Nagle's algorithm off only where a socket says what it is, and
    # with it each answer to a request with a body comes 40 ms late.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = Settings(
        host="127.0.0.1",
        port=port,
        public_url="https://termine.test",
        data_dir=Path("/nonexistent"),
        log_level="error",
        # Changes come from the test alone; one about forecasts makes them itself.
        forecast_seconds=0,
    )
    clock = MovableClock(now)
    app = create_app(settings, dsn, clock)
    config = uvicorn.Config(
        app, ws="websockets-sansio", log_config=None, timeout_graceful_shutdown=5, lifespan="on"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        service = RunningService(app, dsn, f"http://127.0.0.1:{port}", clock)
        await _until_ready(service, serving)
        yield service
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def _until_ready(service: RunningService, serving: "asyncio.Task[None]") -> None:
    async with service.client() as client:
        while not serving.done():
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.02)  # a bounded poll of a real socket, not a guess at time
    serving.result()
