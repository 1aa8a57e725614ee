"""What the service manager hears of a program on a device, over a real socket."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from queue_service.device_program.supervision import Supervision

PATIENCE = {"WATCHDOG_USEC": "20000"}


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield listening


async def heard(manager: socket.socket, count: int) -> list[str]:
    return [(await asyncio.to_thread(manager.recv, 100)).decode() for _ in range(count)]


async def test_a_program_says_that_it_is_ready_and_then_that_it_lives(manager: socket.socket) -> None:
    running = asyncio.create_task(Supervision({"NOTIFY_SOCKET": manager.getsockname(), **PATIENCE}).run())
    assert await heard(manager, 4) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]
    running.cancel()


@pytest.mark.parametrize("watchdog", [{}, {**PATIENCE, "WATCHDOG_PID": str(os.getpid() + 1)}])
async def test_where_no_watchdog_is_meant_for_it_a_program_only_says_that_it_is_ready(
    manager: socket.socket, watchdog: dict[str, str]
) -> None:
    await Supervision({"NOTIFY_SOCKET": manager.getsockname(), **watchdog}).run()
    assert await heard(manager, 1) == ["READY=1"]
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(100)


async def test_without_a_manager_nothing_is_sent_and_nothing_fails(tmp_path: Path) -> None:
    await Supervision({}).run()
    await Supervision({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).run()
