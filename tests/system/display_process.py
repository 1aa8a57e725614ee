"""Starts the display as a process of its own and waits for what it logs, not for time."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from display.waveform import Sound, from_wav
from tests.system.display_service_stand_in import TOKEN

CHECKOUT = Path(__file__).resolve().parents[2]

PATIENCE_SECONDS = 45.0
"""How long a test waits for a line; an announcement in two languages takes 21 s."""

LogLine = dict[str, Any]


class RunningDisplay:
    """One display process."""

    def __init__(self, service: str, data_dir: Path, *options: str, token: str = TOKEN) -> None:
        data_dir.mkdir(exist_ok=True)
        self.token_file = data_dir / "device.token"
        self.token_file.write_text(token + "\n")
        arguments = ["--service", service, "--token-file", str(self.token_file), "--port", "0"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "display.app", *arguments, "--data-dir", str(data_dir), *options],
            cwd=CHECKOUT,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = str(self.line("display_serves")["page"])
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=PATIENCE_SECONDS)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def speech_helpers(self) -> list[int]:
        """Process ids of the display's children."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get("/api/state").raise_for_status().json()
        return answer

    def announcement(self, call_id: str) -> Sound:
        return from_wav(self.client.get(f"/api/announcements/{call_id}.wav").raise_for_status().content)

    def events(self, event: str) -> list[LogLine]:
        """All log lines of one kind so far."""
        lines = [json.loads(line) for line in self.lines if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def line(self, event: str, *, nth: int = 1, when: Callable[[LogLine], bool] = lambda _: True) -> LogLine:
        """Wait for the ``nth`` log line of a kind."""

        def found() -> list[LogLine]:
            return [line for line in self.events(event) if when(line)]

        with self._news:
            self._news.wait_for(
                lambda: len(found()) >= nth or self._process.poll() is not None, PATIENCE_SECONDS
            )
            lines = found()
        assert len(lines) >= nth, f"no {event} number {nth}:\n" + "\n".join(self.lines)
        return lines[nth - 1]

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """End it; give its exit status."""
        self.client.close()
        if self._process.poll() is None:
            self._process.send_signal(sign)
        status = self._process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        assert self._process.stderr is not None
        self._process.stderr.close()
        return status

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()


@contextmanager
def running_display(
    service: str, data_dir: Path, *options: str, token: str = TOKEN
) -> Iterator[RunningDisplay]:
    display = RunningDisplay(service, data_dir, *options, token=token)
    try:
        yield display
    finally:
        display.stop()


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    os.kill(pid, 0)
    return state != "Z"
