"""Starts the kiosk and the stand-in for the service as processes of their own, and waits by signals."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
from websockets.sync.client import connect

CHECKOUT = Path(__file__).resolve().parents[2]
DEVICE_TOKEN = "device-token-of-this-kiosk"
PATIENCE_SECONDS = 20.0
"""How long a test waits for something that normally takes well under a second."""


class Program:
    """A child process whose lines can be waited for."""

    def __init__(self, arguments: list[str], environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def line(self, wanted: Callable[[str], bool]) -> str:
        """Wait for a line of output."""
        with self._news:
            found = self._news.wait_for(
                lambda: any(map(wanted, self.lines)) or self.process.poll() is not None, PATIENCE_SECONDS
            )
            lines = [line for line in self.lines if wanted(line)]
        assert found, "no such line:\n" + "\n".join(self.lines)
        assert lines, "the program ended:\n" + "\n".join(self.lines)
        return lines[0]

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """End the process; give its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        status = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return status

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                with self._news:
                    self.lines.append(line.rstrip())
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()


class StandInProcess(Program):
    """The stand-in for the service."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(["tests.system.kiosk_service_stand_in", str(port), DEVICE_TOKEN])
        self.port = int(self.line(str.isdigit))
        self.url = f"http://127.0.0.1:{self.port}"

    def tell(self, what: str, **body: Any) -> None:
        """Make it do something: see its ``/control`` routes."""
        httpx.post(f"{self.url}/control/{what}", json=body).raise_for_status()

    def accept_token(self, token: str) -> None:
        """Accept another device token from now on."""
        httpx.post(f"{self.url}/control/token", params={"token": token}).raise_for_status()

    def seen(self, what: str) -> list[dict[str, Any]]:
        """Give its ``requests`` or ``tickets``."""
        seen: list[dict[str, Any]] = httpx.get(f"{self.url}/control/{what}").json()
        return seen


class KioskProcess(Program):
    """The kiosk program."""

    def __init__(
        self, service: str, data_dir: Path, printer: str = "pdf", environment: dict[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir
        self.token_file = data_dir.parent / f"{data_dir.name}.token"
        if not self.token_file.exists():
            self.token_file.write_text(DEVICE_TOKEN)
        options = ["--service", service, "--token-file", str(self.token_file), "--port", "0"]
        options += ["--data-dir", str(data_dir), "--printer", printer]
        super().__init__(["kiosk.app", *options], environment)
        self.url = str(json.loads(self.line(lambda line: "kiosk_serves" in line))["page"]).rstrip("/")

    @property
    def pid(self) -> int:
        return self.process.pid

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for a state of the page."""
        address = self.url.replace("http", "ws") + "/api/events"
        with connect(address, open_timeout=PATIENCE_SECONDS, proxy=None) as events:
            while True:
                event = json.loads(events.recv(timeout=PATIENCE_SECONDS))
                if event["type"] == "state" and wanted(event["state"]):
                    state: dict[str, Any] = event["state"]
                    return state

    def connected(self) -> Self:
        """Wait for the connection to the service."""
        self.until(lambda state: bool(state["connected"]))
        return self

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """Send a request as the page does."""
        return httpx.post(
            self.url + path, json=body, headers=headers, timeout=PATIENCE_SECONDS, trust_env=False
        )

    def papers(self) -> list[Path]:
        """Give the tickets in the data directory."""
        return sorted((self.data_dir / "tickets").glob("*.pdf"))


@contextmanager
def stand_in_running(port: int = 0) -> Iterator[StandInProcess]:
    """Run the stand-in for the service."""
    program = StandInProcess(port)
    try:
        yield program
    finally:
        program.stop()


@contextmanager
def asking_stand_in() -> Iterator[StandInProcess]:
    """Run the stand-in of an office that asks six things, and gives several passports at once."""
    asks = ["pick_up", "slow_walk", "guide_strip", "induction_loop", "small_children", "interpreter"]
    with stand_in_running() as program:
        program.tell("asks", asks=asks, several="reisepass")
        yield program


@contextmanager
def kiosk_running(
    service: str, data_dir: Path, printer: str = "pdf", environment: dict[str, str] | None = None
) -> Iterator[KioskProcess]:
    """Run the kiosk."""
    program = KioskProcess(service, data_dir, printer, environment)
    try:
        yield program
    finally:
        program.stop()
