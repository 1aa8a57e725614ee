"""Lets nobody but this device's own page in.

The program listens on loopback alone. That does not keep out a web page of somebody else in a
browser on the same device (DNS rebinding, cross-site WebSockets), so Host and Origin must be ours.
"""

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

MISDIRECTED = 421
FORBIDDEN = 403

OWN_NAMES = ("127.0.0.1", "localhost")


class LoopbackGuard:
    """ASGI shell around the program's app."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}".encode() for name in OWN_NAMES}
        self._origins = {b"http://" + host for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from our own page."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if headers.get(b"host") not in self._hosts:
            await _refuse(scope, receive, send, MISDIRECTED, "wrong_host")
        elif headers.get(b"origin", next(iter(self._origins))) not in self._origins:
            await _refuse(scope, receive, send, FORBIDDEN, "foreign_page")
        else:
            await self._app(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, code: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": code})
        return
    body = msgspec.json.encode({"type": "about:blank", "status": status, "code": code, "title": code})
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
