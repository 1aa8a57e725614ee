"""Tells the service manager that this program is ready, and again and again that it is still alive.

A program that hangs looks like one that runs. systemd, told by ``Type=notify`` and ``WatchdogSec=``,
starts it again when nothing was heard for that long; nobody has to notice first. Without a manager
that asks, nothing is sent.
"""

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import closing

import structlog

MICROSECONDS = 1_000_000

log = structlog.get_logger(__name__)


class Supervision:
    """The line to the manager, as the environment names it (``sd_notify``'s protocol)."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        patience = environment.get("WATCHDOG_USEC", "") if meant else ""
        self._patience = int(patience) / MICROSECONDS if patience.isdecimal() else None

    async def run(self) -> None:
        """Say that the program is ready, then that its loop still turns; ends by itself if nobody asks."""
        self._tell("READY=1")
        while self._address and self._patience:
            self._tell("WATCHDOG=1")
            # Twice within the manager's patience, as its documentation asks for.
            await asyncio.sleep(self._patience / 2)

    def _tell(self, words: str) -> None:
        if not self._address:
            return
        # An address that begins with @ is in the abstract namespace, which begins with a zero byte.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)) as line:
                line.sendto(words.encode(), address)
        except OSError as error:
            # Silence is what the manager acts upon; a warning is all that is left to us.
            log.warning("service_manager_not_told", reason=error.strerror)
