"""The network between an office's devices and the service, with everything that goes wrong in it."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Literal, Self

CHUNK = 65536
SLOW_SECONDS = 0.4
"""Each piece comes that much late: a line that nobody would call broken."""

Fault = Literal["cut", "frozen", "slow", "halving", "doubling"]
FAULTS: tuple[Fault, ...] = ("cut", "frozen", "slow", "halving", "doubling")


class FaultyLine:
    """Passes connections on to a port, whole or not; ``address`` is what the devices are told."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._fault: Fault | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._running: set[asyncio.Task[None]] = set()
        self.suffered: Counter[Fault] = Counter()
        """How many pieces and connections each fault has touched."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._hang_up()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def break_down(self, fault: Fault) -> None:
        """Begin a fault; what is under way feels it, too."""
        self._fault = fault
        if fault == "cut":
            self._hang_up()

    def mend(self) -> None:
        """End it. Whatever was swallowed is lost, so connections that it touched are gone."""
        if self._fault in {"frozen", "halving"}:
            self._hang_up()
        self._fault = None

    def _hang_up(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._fault == "cut":
                self.suffered[self._fault] += 1
                writer.transport.abort()
                return
            there, onward = await asyncio.open_connection("127.0.0.1", self._port)
            self._open.add(onward)
            ways = [
                asyncio.create_task(self._pass_on(reader, onward, doubles=True)),
                asyncio.create_task(self._pass_on(there, writer, doubles=False)),
            ]
            self._running.update(ways)
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                self._running.difference_update(ways)
                onward.transport.abort()
                self._open.discard(onward)
        except OSError:
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, doubles: bool
    ) -> None:
        with suppress(OSError):
            while piece := await source.read(CHUNK):
                match self._fault:
                    case "frozen":
                        # Half-open: both ends believe in the line, and nothing arrives.
                        self.suffered[self._fault] += 1
                        continue
                    case "halving":
                        self.suffered[self._fault] += 1
                        target.write(piece[: len(piece) // 2])
                        await target.drain()
                        return
                    case "slow":
                        self.suffered[self._fault] += 1
                        # The fault itself.
                        await asyncio.sleep(SLOW_SECONDS)
                    case "doubling" if doubles and piece.startswith(b"POST "):
                        self.suffered[self._fault] += 1
                        await self._send_once_more(piece)
                target.write(piece)
                await target.drain()

    async def _send_once_more(self, request: bytes) -> None:
        """Let the service have the request twice; the first answer reaches nobody."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(request)
            await writer.drain()
            await reader.read(1)
        finally:
            writer.transport.abort()
