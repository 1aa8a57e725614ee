"""A stand-in for the service, for tests of the display alone: it speaks the stream protocol and nothing else.

Run as a process of its own (``python display_service_stand_in.py``) it serves ``GET /api/v1/stream``
to clients with the right token: first its snapshot, then every change that it reads as a line
from standard input, applied to the snapshot first. ``StandIn`` starts it and writes the lines.
"""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, Self

import msgspec
from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from queue_service.protocol.stream import (
    Call,
    DisplayChange,
    DisplaySnapshot,
    HallState,
    OfficeCard,
    ShownCounter,
    WaitRange,
    apply_to_display,
)

TOKEN = "token-of-the-stand-in"
LOOPBACK = "127.0.0.1"


class StandIn:
    """One service process, as a test drives it; ``kill`` and start again to play an outage."""

    def __init__(self, process: "subprocess.Popen[str]", port: int, snapshot: DisplaySnapshot) -> None:
        self._process = process
        self.port = port
        self.snapshot = snapshot
        """What a client that came now would get; the test's own copy, kept by the same rule."""

    @classmethod
    def start(cls, snapshot: DisplaySnapshot, port: int = 0) -> Self:
        process = subprocess.Popen(
            [sys.executable, __file__, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
        )
        _write(process, snapshot)
        return cls(process, int(_pipe(process.stdout).readline()), snapshot)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def call(self, number: str, counter: str, **more: Any) -> Call:
        """Make a call now and tell all clients."""
        call = make_call(self.snapshot.version + 1, number, counter, **more)
        self.change("ticket.recalled" if call.nth > 1 else "ticket.called", call=call)
        return call

    def lose_a_change(self) -> None:
        """Go one version on without telling anybody, as a faulty service would."""
        self.snapshot = msgspec.structs.replace(self.snapshot, version=self.snapshot.version + 1)
        _write(self._process, _Silently(self.snapshot))

    def set_hall(self, hall: HallState) -> None:
        """Pause the calling, let everybody leave, or go on."""
        kind = {"open": "hall.resumed", "paused": "hall.paused", "leave": "hall.leave"}[hall]
        self.change(kind, hall=hall)

    def change(
        self,
        kind: str,
        *,
        waiting: int | None = None,
        call: Call | None = None,
        hall: HallState | None = None,
        counters: Sequence[ShownCounter] = (),
    ) -> None:
        old = self.snapshot
        waiting = old.waiting if waiting is None else waiting
        at = call.at if call else datetime.now(UTC)
        change = DisplayChange(
            kind, old.version + 1, at, waiting, old.open_counters, old.wait, call, hall=hall or old.hall,
            counters=list(counters),
        )  # fmt: skip
        self.snapshot = apply_to_display(old, change)
        _write(self._process, change)

    def kill(self) -> None:
        """End it without a word, as a power cut does."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=10)
        for pipe in (self._process.stdin, self._process.stdout):
            # What was written to a killed process can't be flushed any more.
            with suppress(BrokenPipeError):
                _pipe(pipe).close()


def make_call(version: int, number: str, counter: str, **more: Any) -> Call:
    name = more.pop("name", {"de": f"Schalter {counter}", "en": f"Counter {counter}"})
    at = more.pop("at", datetime.now(UTC))
    return Call(version, number, counter, name, at, **more)


def empty_hall(version: int = 1, **more: Any) -> DisplaySnapshot:
    """Nobody has been called yet."""
    facts: dict[str, Any] = {
        "office": OfficeCard(
            slug="rathaus",
            name={"de": "BürgerServiceCenter Mitte", "en": "Citizen service centre Mitte"},
            time_zone="Europe/Berlin",
            notice={"de": "Heute ist bis 18 Uhr geöffnet."},
            accent="#b3001b",
        ),
        "calls": [],
        "waiting": 12,
        "open_counters": 5,
        "wait": WaitRange(20, 35),
    }
    return DisplaySnapshot(version=version, **{**facts, **more})


def _write(process: "subprocess.Popen[str]", message: msgspec.Struct) -> None:
    pipe = _pipe(process.stdin)
    pipe.write(msgspec.json.encode(message).decode() + "\n")
    pipe.flush()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


class _Silently(msgspec.Struct, frozen=True, tag="silently", tag_field="type"):
    """The state that new clients get; present ones hear nothing of it."""

    snapshot: DisplaySnapshot


class _Service:
    """The process's own side."""

    def __init__(self, snapshot: DisplaySnapshot) -> None:
        self._snapshot = snapshot
        self._clients: set[ServerConnection] = set()

    async def serve_client(self, socket: ServerConnection) -> None:
        await socket.send(msgspec.json.encode(self._snapshot).decode())
        self._clients.add(socket)
        try:
            await socket.wait_closed()
        finally:
            self._clients.discard(socket)

    def take(self, line: bytes) -> None:
        if b'"type":"silently"' in line:
            self._snapshot = msgspec.json.decode(line, type=_Silently).snapshot
            return
        change = msgspec.json.decode(line, type=DisplayChange)
        self._snapshot = apply_to_display(self._snapshot, change)
        broadcast(self._clients, msgspec.json.encode(change).decode())


def _check(_: ServerConnection, request: Request) -> Response | None:
    if request.headers.get("Authorization") == f"Bearer {TOKEN}" and request.path == "/api/v1/stream":
        return None
    body = json.dumps({"code": "unauthenticated"}).encode()
    headers = Headers({"Content-Length": str(len(body))})
    return Response(HTTPStatus.UNAUTHORIZED.value, "", headers, body)


async def _run(port: int) -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    service = _Service(msgspec.json.decode(await lines.readline(), type=DisplaySnapshot))
    async with serve(
        service.serve_client, LOOPBACK, port, process_request=_check, compression=None
    ) as server:
        sys.stdout.write(f"{_port(server)}\n")
        sys.stdout.flush()
        while line := await lines.readline():
            service.take(line)


def _port(server: Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
