"""A Bremen demo of the day's own: a child process with a database and, for the day, a faster clock."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Self

import httpx

from queue_service.demo.installation import Credentials, read_credentials
from queue_service.platform.child_process import end_with_parent
from queue_service.settings import PREFIX

READY_SECONDS = 60.0
"""Database, migrations, thirty passwords, service."""
STOP_SECONDS = 30.0
"""The demo gives its programs half of this."""
LOOK_SECONDS = 0.05
COMMAND = (sys.executable, "-c", "from queue_service.cli import main; main()")


class OwnDemoError(RuntimeError):
    """The demo did not start or did not end; the message says what it wrote last."""


class OwnDemo:
    """Owns a temporary data directory and at most one running demo; a context manager."""

    def __init__(self) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="queue-day-"))
        self.keep = False
        """Leave the data for somebody to look at."""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if not self.keep:
            shutil.rmtree(self.data_dir)

    async def start(self, rehearsal: tuple[datetime, float] | None = None) -> Credentials:
        """Start it, by the real clock or one that begins and runs as told, and wait until it is ready.

        Raises OwnDemoError.
        """
        port = _free_port()
        environment = _environment()
        if rehearsal is not None:
            environment |= _clock(*rehearsal)
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program; returns at once
                [*COMMAND, "demo", "--no-devices", "--port", str(port), "--data-dir", str(self.data_dir)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal must reach the player alone, which then ends the demo.
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one libc call
            )
        await self._until_ready(f"http://127.0.0.1:{port}")
        credentials = read_credentials(self.data_dir / "credentials.json")
        if credentials is None:
            raise OwnDemoError("the demo wrote no credentials.json")
        return credentials

    def stop(self) -> None:
        """End it with everything that it started; raises OwnDemoError when it had to be killed."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as stuck:
            process.kill()
            process.wait()
            raise OwnDemoError(f"the demo did not end within {STOP_SECONDS:.0f} s") from stuck

    async def verify(self, now: datetime) -> list[str]:
        """Run ``queue-service verify`` beside it; returns what it found."""
        check = await asyncio.create_subprocess_exec(
            *COMMAND, "verify", "--data-dir", str(self.data_dir),
            env=_environment() | _clock(now, 1.0),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        told, _ = await check.communicate()
        return told.decode(errors="replace").splitlines() if check.returncode else []

    @property
    def _log_file(self) -> Path:
        return self.data_dir / "demo.log"

    async def _until_ready(self, url: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                async with asyncio.timeout(READY_SECONDS):
                    # A child process has no event to wait for.
                    while not await self._answers(client, url):  # noqa: ASYNC110
                        await asyncio.sleep(LOOK_SECONDS)
            except TimeoutError as late:
                raise OwnDemoError(f"the demo was not ready within {READY_SECONDS:.0f} s") from late

    async def _answers(self, client: httpx.AsyncClient, url: str) -> bool:
        assert self._process is not None, "started before"
        if self._process.poll() is not None:
            last = self._log_file.read_text(errors="replace").strip().rpartition("\n")[2]
            raise OwnDemoError(f"the demo ended at once: {last}")
        try:
            return (await client.get(f"{url}/readyz")).is_success
        except httpx.TransportError:
            return False


def _environment() -> dict[str, str]:
    """Nothing of the operator's settings: their database is not a place to play in."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return own | {f"{PREFIX}LOG_LEVEL": "warning"}


def _clock(start: datetime, rate: float) -> dict[str, str]:
    return {f"{PREFIX}CLOCK_START": start.isoformat(), f"{PREFIX}CLOCK_RATE": str(rate)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
