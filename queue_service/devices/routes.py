"""``GET /api/v1/stream``: a snapshot, then every change of one office, over a WebSocket.

Reading and sending stand side by side: a handler that only sends never notices that its client
has left, and would hold up the shutdown of the whole service.
"""

import asyncio
from contextlib import suppress
from typing import Any, TypeAlias

import msgspec
import structlog
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from queue_service.accounts.guards import (
    PUBLIC,
    SESSION_COOKIE,
    WEBSOCKET_CLOSE_BASE,
    bearer_token,
    resolve_token,
)
from queue_service.accounts.model import DeviceProfile, Permission, Principal
from queue_service.devices.hub import Audience, Hub, Subscriber
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.stream import Hello

log = structlog.get_logger(__name__)

StreamSocket: TypeAlias = WebSocket[Principal, Any, State]

HELLO_SECONDS = 10.0
"""A client without a token in its headers has this long to say who it is."""
RECHECK_SECONDS = 30.0
"""How often a token is looked up again: who is revoked, logged out or moved elsewhere loses the stream."""
LONGEST_HELLO = 4096
MOST_DIGITS = 18
"""Of a version, which PostgreSQL keeps as bigint; Python itself refuses to read thousands of digits."""
CLOSE_TOO_SLOW = 1013
CLOSE_UNAVAILABLE = 1013
PROFILE_AUDIENCE: dict[DeviceProfile, tuple[Audience, Permission]] = {
    DeviceProfile.KIOSK: ("kiosk", Permission.STREAM_KIOSK),
    DeviceProfile.DISPLAY: ("display", Permission.STREAM_DISPLAY),
}


class Admission(msgspec.Struct, frozen=True):
    """Who follows which office as what."""

    office_id: int
    office: str
    audience: Audience
    since: int | None
    permission: Permission
    authority_id: int

    def holds_for(self, principal: Principal) -> bool:
        """Tell whether it would be given to this principal again."""
        return principal.may(self.permission, self.office_id, self.authority_id)


# Whoever may not, is told so after the handshake: a browser can't read a refused handshake.
@websocket("/api/v1/stream", opt=PUBLIC)
async def stream(socket: StreamSocket, state: State) -> None:
    """Admit the client, then feed it until it leaves, falls behind, or may no longer."""
    await socket.accept()
    try:
        token, principal, since = await _introduce(socket)
        async with state.database.connection() as conn:
            admission = await _admit(conn, principal, socket.query_params.get("office"), since)
        subscriber = await state.hub.subscribe(
            admission.office_id, admission.office, admission.audience, admission.since
        )
    except errors.QueueError as refused:
        code = WEBSOCKET_CLOSE_BASE + refused.status
        await socket.close(
            CLOSE_UNAVAILABLE if isinstance(refused, errors.Unavailable) else code, refused.code
        )
        return
    except (WebSocketDisconnect, TimeoutError):
        await _close(
            socket, WEBSOCKET_CLOSE_BASE + errors.NotAuthenticated.status, errors.NotAuthenticated.code
        )
        return
    try:
        await _feed(socket, subscriber, token, admission)
    finally:
        await _leave(state.hub, admission.office_id, subscriber)


async def _leave(hub: Hub, office_id: int, subscriber: Subscriber) -> None:
    await hub.unsubscribe(office_id, subscriber)


async def _introduce(socket: StreamSocket) -> tuple[str | None, Principal, int | None]:
    """Return the token to look up again later, who it is, and the version to resume from."""
    principal = socket.user
    since = _version(socket.query_params.get("since"))
    if principal.kind != "anonymous":
        return bearer_token(socket) or socket.cookies.get(SESSION_COOKIE), principal, since
    async with asyncio.timeout(HELLO_SECONDS):
        text = await socket.receive_text()
    try:
        hello = msgspec.json.decode(text[:LONGEST_HELLO], type=Hello)
    except msgspec.MsgspecError as nonsense:
        raise errors.BadRequest('The first message must be {"type": "hello", "token": "…"}.') from nonsense
    return hello.token, await resolve_token(socket.app, hello.token), hello.since


def _version(text: str | None) -> int | None:
    known = text is not None and len(text) <= MOST_DIGITS and text.isascii() and text.isdigit()
    return int(text or "") if known else None


async def _admit(
    conn: Connection, principal: Principal, office_slug: str | None, since: int | None
) -> Admission:
    if office_slug and not office_slug.isprintable():
        # A NUL, which the database can't even look for.
        raise errors.OfficeNotFound
    if principal.profile is not None:
        audience, permission = PROFILE_AUDIENCE[principal.profile]
        own = await offices.find_office_by_id(conn, principal.device_office_id or 0)
        office = (
            own if office_slug in (None, own.slug) else await offices.find_office(conn, office_slug or "")
        )
    else:
        audience, permission = "staff", Permission.STREAM_STAFF
        if not office_slug:
            raise errors.OfficeNotFound("Name the office: /api/v1/stream?office=…")
        office = await offices.find_office(conn, office_slug)
    principal.require(permission, office.id, office.authority_id)
    return Admission(office.id, office.slug, audience, since, permission, office.authority_id)


async def _feed(
    socket: StreamSocket, subscriber: Subscriber, token: str | None, admission: Admission
) -> None:
    """Send and read side by side until one of them ends; then end the other."""
    right = asyncio.create_task(_watch_right(socket, token, admission))
    tasks: list[asyncio.Task[Any]] = [
        asyncio.create_task(_send(socket, subscriber)),
        asyncio.create_task(_read(socket)),
        asyncio.create_task(subscriber.overflowed.wait()),
        right,
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        if (error := task.exception()) and not isinstance(error, WebSocketDisconnect):
            raise error
    if subscriber.overflowed.is_set():
        await _close(socket, CLOSE_TOO_SLOW, "too slow, come back for a snapshot")
    elif right in done:
        lost = right.result()
        await _close(socket, WEBSOCKET_CLOSE_BASE + lost.status, lost.code)


async def _send(socket: StreamSocket, subscriber: Subscriber) -> None:
    while True:
        message = await subscriber.next_message()
        # Straight to the server: encoded once for all, and text frames for browsers.
        await socket.send({"type": "websocket.send", "bytes": None, "text": message.decode()})


async def _read(socket: StreamSocket) -> None:
    """Notice that the client leaves; whatever it says is not for us."""
    while True:
        event = await socket.receive()
        if event["type"] == "websocket.disconnect":
            return


async def _watch_right(
    socket: StreamSocket, token: str | None, admission: Admission
) -> type[errors.QueueError]:
    """Return what is told when the token stands for nobody any more, or for somebody who may not listen."""
    while token:
        # A right that is taken away tells no open socket: it is asked for again by the clock.
        await asyncio.sleep(RECHECK_SECONDS)
        # A database that is away says nothing about the right to listen.
        with suppress(errors.Unavailable):
            try:
                principal = await resolve_token(socket.app, token)
            except errors.NotAuthenticated:
                break
            if not admission.holds_for(principal):
                return errors.NotPermitted
    return errors.NotAuthenticated


async def _close(socket: StreamSocket, code: int, reason: str) -> None:
    # The client may have gone in the meantime; then there is nobody to tell.
    with suppress(WebSocketDisconnect, RuntimeError):
        await socket.close(code, reason)
