"""Keeps other pages and other machines away from the kiosk's own API, and tells the browser what it may load.

The program listens on the loopback interface only, yet any page that the device's browser
shows could send requests there. So a request must name this device in ``Host`` (which
stops DNS rebinding) and, where the browser says where it comes from, come from this page.
"""

from collections.abc import Mapping
from typing import Final, cast

import msgspec
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Message, Receive, Scope, Send

from kiosk.errors import ForeignPageError, RequestError, WrongHostError
from kiosk.texts import Texts
from queue_service.protocol.languages import SOURCE_LANGUAGE

LOOPBACK_NAMES = ("127.0.0.1", "localhost")

OWN_FETCHES: Final = frozenset({"same-origin", "none"})
"""``Sec-Fetch-Site`` of this page's requests, and of an address typed or started with."""

POLICY_VIOLATION = 1008
"""Close code of RFC 6455."""

PAGE_HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


def refusal(headers: Mapping[str, str], port: int) -> RequestError | None:
    """Judge a request by its headers (ASGI gives their names in lower case); None when it may pass."""
    hosts = {f"{name}:{port}" for name in LOOPBACK_NAMES}
    if headers.get("host") not in hosts:
        return WrongHostError()
    origin = headers.get("origin")
    if origin is not None and origin.removeprefix("http://") not in hosts:
        return ForeignPageError()
    if headers.get("sec-fetch-site", "none") not in OWN_FETCHES:
        return ForeignPageError()
    return None


class LoopbackGuard:
    """ASGI middleware around everything that the program serves."""

    def __init__(self, app: Litestar, port: int, texts: Texts) -> None:
        self._app = app
        self._port = port
        self._texts = texts

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """Refuse, or pass on with this page's security headers in the answer."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        error = refusal(
            {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}, self._port
        )
        if error is None:
            await self._app(scope, receive, _with_page_headers(cast("Send", send)))
        elif scope["type"] == ScopeType.HTTP:
            await self._refuse(error, cast("Send", send))
        else:
            await cast("Send", send)(
                {"type": "websocket.close", "code": POLICY_VIOLATION, "reason": error.code}
            )

    async def _refuse(self, error: RequestError, send: Send) -> None:
        detail = self._texts.say(error.words, SOURCE_LANGUAGE)
        body = msgspec.json.encode({**error.problem(), "detail": detail})
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": error.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _with_page_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *PAGE_HEADERS]
        await send(message)

    return send_with_headers
