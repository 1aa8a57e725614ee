"""An HTTP client that is light enough not to be what is measured: one connection, one request at a time."""

import asyncio

import msgspec

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length: "


class RequestRefusedError(RuntimeError):
    """The service answered with something that the benchmark did not expect."""


class LightClient:
    """A kept-alive connection to the service."""

    def __init__(self, host: str, port: int, token: str | None = None) -> None:
        self._address = (host, port)
        credentials = f"Authorization: Bearer {token}\r\n" if token else ""
        self._head = f"Host: {host}\r\n{credentials}".encode()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: object | None = None) -> tuple[int, bytes]:
        """Send one request; return the status and the body."""
        reader, writer = await self._connected()
        content = b"" if body is None else msgspec.json.encode(body)
        kind = b"Content-Type: application/json\r\n" if content else b""
        writer.write(
            f"{method} {path} HTTP/1.1\r\n".encode()
            + self._head
            + kind
            + f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        try:
            head = await reader.readuntil(HEAD_END)
        except asyncio.IncompleteReadError as hung_up:
            msg = f"{method} {path}: the service hung up"
            raise RequestRefusedError(msg) from hung_up
        status = int(head[9:12])
        lower = head.lower()
        at = lower.find(LENGTH)
        length = int(lower[at + len(LENGTH) : lower.index(b"\r\n", at)]) if at >= 0 else 0
        return status, await reader.readexactly(length) if length else b""

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is not None and self._streams[0].at_eof():
            # Idle for longer than the service keeps connections.
            await self.close()
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        return self._streams

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            await self._streams[1].wait_closed()
            self._streams = None


async def expect(
    client: LightClient, status: int, method: str, path: str, body: object | None = None
) -> bytes:
    """Send a request that must be answered with ``status``. Raises RequestRefusedError."""
    got, content = await client.request(method, path, body)
    if got != status:
        msg = f"{method} {path}: {got} {content[:300]!r}"
        raise RequestRefusedError(msg)
    return content
