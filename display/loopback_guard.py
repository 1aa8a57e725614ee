"""Lets nobody but this device's own page in.

The program listens on loopback alone. That does not keep out a web page of somebody else in a
browser on the same device (DNS rebinding, cross-site WebSockets), so Host and Origin must be ours.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

MISDIRECTED = 421
FORBIDDEN = 403
POLICY_VIOLATION = 1008

OWN_NAMES = ("127.0.0.1", "localhost")

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]


class LoopbackGuard:
    """ASGI shell around the program's app, which is served at ``port``."""

    def __init__(self, app: App, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}".encode() for name in OWN_NAMES}
        self._origins = {b"http://" + host for host in self._hosts}

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Pass on what comes from our own page or from a program that is no browser."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if headers.get(b"host") not in self._hosts:
            await _refuse(scope, receive, send, MISDIRECTED, "wrong_host")
        elif origin is not None and origin not in self._origins:
            await _refuse(scope, receive, send, FORBIDDEN, "foreign_page")
        else:
            await self._app(scope, receive, send)


async def _refuse(scope: Event, receive: Receive, send: Send, status: int, code: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": code})
        return
    body = msgspec.json.encode({"type": "about:blank", "status": status, "code": code, "title": code})
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
