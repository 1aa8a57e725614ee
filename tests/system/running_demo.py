"""``queue-service demo`` as a real process, for tests that use it, stop it and kill it."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

READY_SECONDS = 90.0
"""A busy machine may take its time; tests wait for facts, not for seconds."""
LOOK_SECONDS = 0.1


class RunningDemo:
    """One demo: its process, its addresses, its secrets."""

    def __init__(self, data_dir: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.data_dir = data_dir
        self.port = port
        self.process = process
        self.clients: list[httpx.Client] = []

    @property
    def credentials(self) -> dict[str, Any]:
        """What credentials.json says."""
        return dict(json.loads((self.data_dir / "credentials.json").read_text()))

    def url(self, program: str = "base") -> str:
        """The address of ``base`` (the service), ``kiosk`` or ``display``."""
        return str(self.credentials[f"{program}_url"])

    def log_in(self, username: str) -> httpx.Client:
        """A client that acts as one of the demo's people."""
        client = httpx.Client(base_url=self.url(), timeout=30)
        self.clients.append(client)
        password = self.credentials["users"][username]
        answer = client.post("/api/v1/session", json={"username": username, "password": password})
        assert answer.status_code == 201, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client

    def children(self) -> list[int]:
        """Process ids of everything that belongs to this demo, itself not included."""
        return [pid for pid in _processes_with(str(self.data_dir)) if pid != self.process.pid]

    def child(self, words: str) -> int:
        """The process id of the one child whose command line holds ``words``."""
        [pid] = [pid for pid in _children_of(self.process.pid) if words in _command(pid)]
        return pid


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _processes_with(text: str) -> list[int]:
    own = os.getpid()
    return [
        pid
        for pid in _all_pids()
        if pid != own
        and _is_alive(pid)
        and (text in _command(pid) or f"QUEUE_DATA_DIR={text}" in _environment(pid))
    ]


def _children_of(parent: int) -> list[int]:
    found = []
    for pid in _all_pids():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(pid)
    return found


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a fact about other processes. Raises AssertionError when it does not come true."""
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {READY_SECONDS:.0f} s: {what}"
        time.sleep(LOOK_SECONDS)  # a bounded poll of other processes


def answers(url: str) -> bool:
    """Whether this address answers 200."""
    return read_json(url) is not None


def read_json(url: str) -> dict[str, Any] | None:
    """What this address answers; None when it does not, or not with 200."""
    # Asked many times a second: httpx would make a TLS context each time.
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own
            return dict(json.load(answer))
    except OSError:
        return None


def _three_free_ports() -> int:
    # Below Linux's ephemeral ports: there any outgoing connection may take the second or third.
    for _ in range(100):
        port = random.randrange(10_000, 32_000)  # noqa: S311 - spreads test processes, keeps no secret
        if all(_is_free(port + offset) for offset in range(3)):
            return port
    msg = "no three free ports in a row"
    raise AssertionError(msg)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def start_demo(
    data_dir: Path, *options: str, port: int | None = None, settings: Mapping[str, str] | None = None
) -> RunningDemo:
    """Start a demo, with ``settings`` in its environment, and wait until it is ready."""
    port = port or _three_free_ports()
    program = Path(sys.executable).parent / "queue-service"
    command = [str(program), "demo", "--port", str(port), "--data-dir", str(data_dir)]
    with (data_dir.parent / f"{data_dir.name}.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, *options],
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, **(settings or {})},
        )
    demo = RunningDemo(data_dir, port, process)
    wait_until(lambda: process.poll() is not None or answers(f"http://127.0.0.1:{port}/readyz"), "demo ready")
    assert process.poll() is None, "the demo ended at once"
    return demo


def stop_demo(demo: RunningDemo) -> int:
    """End the demo as an operator does; return its status."""
    for client in demo.clients:
        client.close()
    if demo.process.poll() is None:
        demo.process.send_signal(signal.SIGTERM)
    return demo.process.wait(60)


@contextmanager
def running_demo(
    data_dir: Path, *options: str, settings: Mapping[str, str] | None = None
) -> Iterator[RunningDemo]:
    """A demo for the length of a block."""
    demo = start_demo(data_dir, *options, settings=settings)
    try:
        yield demo
    finally:
        stop_demo(demo)
