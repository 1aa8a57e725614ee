"""Keeps the demo's programs running and ends all of them together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType

import structlog

from queue_service.platform.child_process import end_with_parent
from queue_service.settings import PREFIX

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.1
"""How often the supervisor looks after its programs."""
RESTART_SECONDS = 1.0
"""Pause before a program that died is started again."""
STOP_SECONDS = 15.0
"""How long programs may take to end; then they are killed."""


class Program:
    """One child: how it is started, and its process while it runs."""

    def __init__(
        self,
        name: str,
        entry: str,
        arguments: list[str],
        environment: Mapping[str, str] | None,
        *,
        needs: str = "sys",
    ) -> None:
        """``environment`` is added to ours; None keeps the service's settings and secrets from a device.

        ``needs`` is a module that the program will import; it is there before the program begins.
        """
        self.name = name
        module, function = entry.split(":")
        # A line on its standard input lets it begin; when we are gone, the input ends and so does it.
        call = (
            f"import sys, {needs}; from {module} import {function}; "
            f"sys.stdin.readline() or sys.exit(1); sys.exit({function}())"
        )
        self._command = [sys.executable, "-c", call, *arguments]
        own = os.environ if environment is not None else _without_settings(os.environ)
        self._environment = {**own, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None
        self.start_after = 0.0

    def load(self, *, quiet: bool = False) -> None:
        """Let it load its modules and wait, in a session of its own: Ctrl-C is for the supervisor alone."""
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            self._command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if quiet else None,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one libc call
        )

    def start(self, *, quiet: bool = False) -> None:
        """Let it begin, loaded before or not."""
        if self.process is None:
            self.load(quiet=quiet)
        if self.process is not None and self.process.stdin is not None and not self.process.stdin.closed:
            # It may have died while it loaded; then the supervisor sees that by itself.
            with suppress(BrokenPipeError):
                self.process.stdin.write(b"\n")
                self.process.stdin.close()

    def look_after(self, now: float) -> None:
        """Start it, or start it again after a pause when it has died."""
        if self.process is not None and self.process.poll() is not None:
            log.warning("demo_program_ended", program=self.name, status=self.process.returncode)
            self.process = None
            self.start_after = now + RESTART_SECONDS
        if self.process is None and now >= self.start_after:
            self.start()


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(PREFIX)}


class Stop(Exception):
    """Somebody asked the demo to end."""


def supervise(
    programs: list[Program], until_ready: Callable[[], bool], when_ready: Callable[[], None]
) -> None:
    """Run ``programs`` until SIGTERM or Ctrl-C; call ``when_ready`` once ``until_ready`` holds."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Stop

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    told = False
    try:
        for program in programs:
            program.start()
        while True:
            for program in programs:
                program.look_after(time.monotonic())
            if not told and until_ready():
                when_ready()
                told = True
            # Children end and start without telling; looking is cheap and ends with Stop.
            time.sleep(LOOK_SECONDS)
    except Stop:
        log.info("demo_stops")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        end(programs)


def end(programs: list[Program]) -> None:
    """End all programs, last started first, and wait for them."""
    running = [program.process for program in reversed(programs) if program.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("demo_program_killed", pid=process.pid)
            process.kill()
            process.wait()
