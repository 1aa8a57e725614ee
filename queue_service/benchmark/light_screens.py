"""A thousand screens in one process: bare WebSocket clients that only note when a call arrives."""

import asyncio
import base64
import os
import re
import struct
import time
from contextlib import suppress

CALL = re.compile(rb'"type":"ticket\.called".*?"number":"([^"]+)"')
TEXT, CLOSE, PING = 0x1, 0x8, 0x9
PONG_FRAME_HEAD = b"\x8a"


class ScreenClosedError(RuntimeError):
    """The service closed a screen's socket during the measurement."""


class Arrivals:
    """When each called number reached the screens of its office, in seconds of ``perf_counter``."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, str], list[float]] = {}
        self.closed = 0
        self._received = 0
        self._wanted = 0
        self._all_here = asyncio.Event()

    def note(self, office: str, number: str) -> None:
        """A screen of this office has heard of this call."""
        self.at.setdefault((office, number), []).append(time.perf_counter())
        self._received += 1
        if self._received >= self._wanted:
            self._all_here.set()

    async def wait_for(self, messages: int, seconds: float) -> None:
        """Wait until that many messages have come, at most so long; what is missing then stays missing."""
        self._wanted = messages
        if self._received < messages:
            self._all_here.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_here.wait(), seconds)


class LightScreen(asyncio.Protocol):
    """One socket: shakes hands, then reads frames and notes calls."""

    def __init__(self, office: str, token: str, arrivals: Arrivals) -> None:
        self._office = office
        self._token = token
        self._arrivals = arrivals
        self._buffer = bytearray()
        self._open = False
        self._transport: asyncio.Transport | None = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the first message, the snapshot, has come."""
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the socket is closed, by whomever."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            (
                "GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                f"Authorization: Bearer {self._token}\r\n\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take frames out of what has come."""
        self._buffer += data
        if not self._open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                self._fail(bytes(self._buffer[:200]))
                return
            del self._buffer[: end + 4]
            self._open = True
        while (frame := self._frame()) is not None:
            self._take(*frame)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it: no screen may be lost while measuring."""
        self._arrivals.closed += 1
        if not self.gone.done():
            self.gone.set_result(None)
        self._fail(repr(exc).encode())

    def hang_up(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    def _fail(self, why: bytes) -> None:
        if not self.ready.done():
            self.ready.set_exception(ScreenClosedError(repr(why)))

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            if len(buffer) < 4:
                return None
            (length,), start = struct.unpack_from(">H", buffer, 2), 4
        elif length == 127:
            if len(buffer) < 10:
                return None
            (length,), start = struct.unpack_from(">Q", buffer, 2), 10
        if len(buffer) < start + length:
            return None
        kind, payload = buffer[0] & 0x0F, bytes(buffer[start : start + length])
        del buffer[: start + length]
        return kind, payload

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == TEXT:
            if not self.ready.done():
                self.ready.set_result(None)
            called = CALL.search(payload)
            if called:
                self._arrivals.note(self._office, called[1].decode())
        elif kind == PING and self._transport is not None:
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
            self._transport.write(PONG_FRAME_HEAD + bytes([0x80 | len(payload)]) + mask + masked)


async def open_screens(
    host: str, port: int, screens: list[tuple[str, str]], arrivals: Arrivals
) -> list[LightScreen]:
    """Open one screen for each (office, display token) and wait until all have their snapshot."""
    loop = asyncio.get_running_loop()
    opened: list[LightScreen] = []
    for office, token in screens:
        screen = LightScreen(office, token, arrivals)
        await loop.create_connection(lambda screen=screen: screen, host, port)  # type: ignore[misc]  # bound now
        await screen.ready
        opened.append(screen)
    return opened
