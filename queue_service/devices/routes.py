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

from queue_service.accounts.guards import PUBLIC, WEBSOCKET_CLOSE_BASE, resolve_token
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
"""How often a token is looked up again: a revoked device or an ended session loses its stream."""
LONGEST_HELLO = 4096
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
        await _feed(socket, subscriber, token)
    finally:
        await _leave(state.hub, admission.office_id, subscriber)


async def _leave(hub: Hub, office_id: int, subscriber: Subscriber) -> None:
    await hub.unsubscribe(office_id, subscriber)


async def _introduce(socket: StreamSocket) -> tuple[str | None, Principal, int | None]:
    """Return the token to look up again later, who it is, and the version to resume from."""
    principal = socket.user
    since = _version(socket.query_params.get("since"))
    if principal.kind != "anonymous":
        _, _, token = socket.headers.get("Authorization", "").partition(" ")
        return token or None, principal, since
    async with asyncio.timeout(HELLO_SECONDS):
        text = await socket.receive_text()
    try:
        hello = msgspec.json.decode(text[:LONGEST_HELLO], type=Hello)
    except msgspec.MsgspecError as nonsense:
        raise errors.BadRequest('The first message must be {"type": "hello", "token": "…"}.') from nonsense
    return hello.token, await resolve_token(socket.app, hello.token), hello.since


def _version(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


async def _admit(
    conn: Connection, principal: Principal, office_slug: str | None, since: int | None
) -> Admission:
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
    return Admission(office.id, office.slug, audience, since)


async def _feed(socket: StreamSocket, subscriber: Subscriber, token: str | None) -> None:
    """Send and read side by side until one of them ends; then end the other."""
    tasks = [
        asyncio.create_task(_send(socket, subscriber)),
        asyncio.create_task(_read(socket)),
        asyncio.create_task(subscriber.overflowed.wait()),
        asyncio.create_task(_watch_right(socket, token)),
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
    elif tasks[3] in done:
        await _close(
            socket, WEBSOCKET_CLOSE_BASE + errors.NotAuthenticated.status, errors.NotAuthenticated.code
        )


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


async def _watch_right(socket: StreamSocket, token: str | None) -> None:
    """Return when the token no longer stands for anybody."""
    token = token or socket.cookies.get("queue_session")
    while token:
        await asyncio.sleep(RECHECK_SECONDS)
        # A database that is away says nothing about the right to listen.
        with suppress(errors.Unavailable):
            try:
                await resolve_token(socket.app, token)
            except errors.NotAuthenticated:
                return


async def _close(socket: StreamSocket, code: int, reason: str) -> None:
    # The client may have gone in the meantime; then there is nobody to tell.
    with suppress(WebSocketDisconnect, RuntimeError):
        await socket.close(code, reason)
