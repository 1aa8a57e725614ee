"""Kept-alive HTTP/1.1 connections that cost little: what is timed is the service, not its caller.

Only what a JSON API needs: bodies have a length, redirects are not followed. A general client takes
about a millisecond of processor time a request, which is most of what the service itself takes.
"""

import asyncio
import ssl
from collections.abc import Mapping
from time import monotonic
from urllib.parse import urlsplit

import msgspec

IDLE_SECONDS = 2.0
"""A connection unused for so long is closed by us: the server does it after five seconds, perhaps in the
moment of the next request."""
HEAD_END = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


class NoAnswer(OSError):
    """The connection broke, or what came was not an answer."""


class Connection(msgspec.Struct):
    """One connection; used by one request at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    idle_since: float = 0.0


class HttpConnections:
    """As many connections to one service as there are requests at a time."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        self._host = address.hostname or ""
        self._tls = ssl.create_default_context() if address.scheme == "https" else None
        self._port = address.port or (443 if self._tls else 80)
        self._prefix = address.path.rstrip("/")
        self._head = f" HTTP/1.1\r\nHost: {address.netloc}\r\nAccept: application/json\r\n"
        self._idle: list[Connection] = []

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes
    ) -> tuple[int, bytes]:
        """Send one request and return the status and the body; raises NoAnswer, OSError."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {self._prefix}{path}{self._head}{lines}Content-Length: {len(content)}\r\n\r\n"
        connection = await self._connection()
        try:
            connection.writer.write(head.encode() + content)
            status, body = await _read(connection.reader)
        except BaseException:
            connection.writer.close()
            raise
        connection.idle_since = monotonic()
        self._idle.append(connection)
        return status, body

    async def close(self) -> None:
        """Hang up."""
        while self._idle:
            self._idle.pop().writer.close()

    async def _connection(self) -> Connection:
        while self._idle:
            # The one used last: the others grow old and go.
            connection = self._idle.pop()
            if monotonic() - connection.idle_since < IDLE_SECONDS and not connection.reader.at_eof():
                return connection
            connection.writer.close()
        reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        return Connection(reader, writer)


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    try:
        head = await reader.readuntil(HEAD_END)
        status = int(head[9:12])
        if status in (204, 304):
            return status, b""
        lower = head.lower()
        at = lower.find(LENGTH)
        if at < 0:
            raise NoAnswer("the answer has no length")
        end = lower.index(b"\r\n", at + len(LENGTH))
        return status, await reader.readexactly(int(lower[at + len(LENGTH) : end]))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as broken:
        raise NoAnswer(f"the answer broke off ({type(broken).__name__})") from broken
