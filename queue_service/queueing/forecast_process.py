"""The process that plays halls forward, as the service sees it.

What is learned from past days is computed by one that ends afterwards, so that the memory for sixty days is
not kept.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress

import msgspec

from queue_service.forecast.past_days import PastDay
from queue_service.queueing.hall_player import (
    LENGTH_BYTES,
    Learn,
    Learned,
    Play,
    Played,
    Question,
    Remember,
    framed,
)

ANSWER_SECONDS = 60.0
"""Far above any forecast or night's learning; what takes longer is stuck and is ended."""
_played = msgspec.msgpack.Decoder(Played).decode
_learned = msgspec.msgpack.Decoder(Learned).decode


class ForecastProcessEndedError(RuntimeError):
    """The process has died, or answered nothing; a new one can be asked the same."""


class ForecastProcess:
    """The other end: asked by one task at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.told: dict[int, object] = {}
        """What this process has been told, by office: which knowledge it has."""

    @classmethod
    async def start(cls) -> "ForecastProcess":
        """Start one; it holds about 25 MB."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "queue_service.queueing.hall_player",
                stdin=PIPE,
                stdout=PIPE,
                # Nothing of ours that it doesn't need: no addresses, no passwords.
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                # Ctrl-C is for the service, which then lets this one end.
                start_new_session=True,
            )
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def play(self, question: Play) -> Played:
        """Have a hall played; raises ForecastProcessEndedError."""
        return _played(await self._ask(question))

    async def remember(self, day: PastDay) -> None:
        """Send one of the days for ``learn``; raises ForecastProcessEndedError."""
        try:
            await self._send(Remember(day))
        except OSError as gone:
            raise ForecastProcessEndedError from gone

    async def learn(self, question: Learn) -> Learned:
        """Have the days learned from that were sent; raises ForecastProcessEndedError."""
        return _learned(await self._ask(question))

    async def close(self) -> None:
        """Let it end; it is gone when this returns."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _ask(self, question: Play | Learn) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None, "started with a pipe"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(question)
                length = int.from_bytes(await stdout.readexactly(LENGTH_BYTES))
                return await stdout.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as gone:
            raise ForecastProcessEndedError from gone

    async def _send(self, question: Question) -> None:
        stdin = self._process.stdin
        assert stdin is not None, "started with a pipe"
        stdin.write(framed(question))
        await stdin.drain()
