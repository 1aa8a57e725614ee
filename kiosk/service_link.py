"""Holds one WebSocket to the service and keeps the office's view true by it."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException

from kiosk.office_view import Link, OfficeView
from queue_service.device_program.token_file import NoToken, TokenFile
from queue_service.protocol.reconnect_delay import reconnect_delay
from queue_service.protocol.stream import KioskChange, KioskSnapshot, VersionGapError

OPEN_TIMEOUT_SECONDS = 5.0
FIRST_SNAPSHOT_TIMEOUT_SECONDS = 10.0
PING_EVERY_SECONDS = 15.0
PONG_WITHIN_SECONDS = 10.0
"""A dead line is noticed after ``PING_EVERY_SECONDS + PONG_WITHIN_SECONDS`` at the latest."""

LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024
"""A snapshot of 1,000 services with long names in five languages is well below one megabyte."""

FIRST_DELAY_SECONDS = 0.5
"""A restart of the service takes about a second, so the first attempts come quickly."""

LONGEST_DELAY_SECONDS = 20.0
"""A visitor notices the service's return after this at the latest."""

REFUSING_STATUSES: Final = frozenset({401, 403})

log = structlog.get_logger(__name__)


class UnexpectedMessageError(ValueError):
    """The service sent something that is neither a snapshot nor a change."""


class _Kind(msgspec.Struct):
    type: str


class ServiceLink:
    """Reconnects for ever; each connection begins with a snapshot."""

    def __init__(
        self,
        service: str,
        token_file: TokenFile,
        view: OfficeView,
        on_snapshot: Callable[[KioskSnapshot], None],
        let_in: asyncio.Event,
    ) -> None:
        """``let_in`` is set when a token begins to hold: then there is no reason to wait."""
        self._address = "ws" + service.removeprefix("http") + "/api/v1/stream"
        self._token_file = token_file
        self._view = view
        self._on_snapshot = on_snapshot
        self._let_in = let_in
        self.losses = 0
        """How often a connection that stood was lost."""
        self._failures = 0

    async def run(self) -> None:
        """Connect, follow, wait, again; ends only by cancellation."""
        while True:
            try:
                await self._follow()
                link, reason = Link.CONNECTING, "closed"
            except InvalidStatus as error:
                status = error.response.status_code
                link = Link.REFUSED if status in REFUSING_STATUSES else Link.CONNECTING
                reason = f"status {status}"
            except NoToken:
                link, reason = Link.REFUSED, "no token"
            except (OSError, TimeoutError, WebSocketException, InvalidHandshake) as error:
                link, reason = Link.CONNECTING, type(error).__name__
            except (VersionGapError, UnexpectedMessageError, msgspec.DecodeError) as error:
                link, reason = Link.CONNECTING, f"{type(error).__name__}: {error}"
            if self._view.link is Link.CONNECTED:
                self.losses += 1
            self._view.lose(link)
            self._failures += 1
            chance = random.random()  # noqa: S311 - spreads load, guards nothing
            delay = reconnect_delay(
                self._failures, chance, first=FIRST_DELAY_SECONDS, longest=LONGEST_DELAY_SECONDS
            )
            log.info("service_link_lost", reason=reason, again_in_seconds=round(delay, 1))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._let_in.wait()
            self._let_in.clear()

    async def _follow(self) -> None:
        token = await asyncio.to_thread(self._token_file.read)
        async with connect(
            self._address,
            additional_headers={"Authorization": f"Bearer {token}"},
            open_timeout=OPEN_TIMEOUT_SECONDS,
            ping_interval=PING_EVERY_SECONDS,
            ping_timeout=PONG_WITHIN_SECONDS,
            max_size=LARGEST_MESSAGE_BYTES,
            compression=None,
            proxy=None,
        ) as socket:
            await self._take_snapshot(socket)
            async for message in socket:
                self._take_change(message)

    async def _take_snapshot(self, socket: ClientConnection) -> None:
        async with asyncio.timeout(FIRST_SNAPSHOT_TIMEOUT_SECONDS):
            message = await socket.recv()
        self._begin(message)
        self._failures = 0

    def _begin(self, message: str | bytes) -> None:
        snapshot = msgspec.json.decode(message, type=KioskSnapshot)
        self._view.begin(snapshot)
        self._on_snapshot(snapshot)
        log.info("service_link_up", office=snapshot.office.slug, version=snapshot.version)

    def _take_change(self, message: str | bytes) -> None:
        match msgspec.json.decode(message, type=_Kind).type:
            case "snapshot":
                self._begin(message)
            case "ping":
                # Some proxies close sockets that carry no data frames, so the service may send these.
                return
            case "error" as kind:
                raise UnexpectedMessageError(kind)
            case _:
                self._view.follow(msgspec.json.decode(message, type=KioskChange))
