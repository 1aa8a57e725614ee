"""Holds one WebSocket to the service and keeps the office's view true by it."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException

from display.office_view import Link, OfficeView
from queue_service.device_program.service_clock import ServiceClock
from queue_service.device_program.token_file import NoToken, TokenFile
from queue_service.protocol.reconnect_delay import reconnect_delay
from queue_service.protocol.stream import DisplayChange, DisplaySnapshot, VersionGapError

STREAM_PATH = "/api/v1/stream"

OPEN_WITHIN_SECONDS = 5.0
SNAPSHOT_WITHIN_SECONDS = 10.0
PING_EVERY_SECONDS = 10.0
PONG_WITHIN_SECONDS = 5.0
"""A line that died without a word is noticed 15 s after it at the latest."""

STEADY_SECONDS = 5.0
"""A connection lost sooner counts as one more failure: a service that hangs up is not hurried."""

LARGEST_MESSAGE_BYTES = 1024 * 1024
"""A display's snapshot is some kilobytes."""

FIRST_DELAY_SECONDS = 0.25
"""A restart of the service takes about a second, and a hall waits: the first attempts come at once."""

LONGEST_DELAY_SECONDS = 10.0
"""Below the wait after which people ask whether the display still works."""

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
        clock: ServiceClock,
        let_in: asyncio.Event,
        office: str | None = None,
        set_up_anew: Callable[[], None] = lambda: None,
    ) -> None:
        """``let_in`` is set when a token begins to hold: then there is no reason to wait.

        ``office`` is the slug of another office that the device may follow; None: its own.
        ``set_up_anew`` hears when the office, or a device of it, has been set up in another way.
        """
        self._address = (
            "ws" + service.removeprefix("http") + STREAM_PATH + (f"?office={office}" if office else "")
        )
        self._token_file = token_file
        self._view = view
        self._clock = clock
        self._let_in = let_in
        self._set_up_anew = set_up_anew
        self._failures = 0
        self.losses = 0
        """How often a connection that stood was lost."""

    async def run(self) -> None:
        """Connect, follow, wait, again; ends only by cancellation."""
        while True:
            begun = time.monotonic()
            link, reason = await self._follow_until_lost()
            if self._view.link is Link.CONNECTED:
                self.losses += 1
            self._view.lose(link)
            steady = time.monotonic() - begun >= STEADY_SECONDS
            self._failures = 1 if steady else self._failures + 1
            chance = random.random()  # noqa: S311 - spreads load, guards nothing
            delay = reconnect_delay(
                self._failures, chance, first=FIRST_DELAY_SECONDS, longest=LONGEST_DELAY_SECONDS
            )
            log.info("service_link_lost", reason=reason, again_in_seconds=round(delay, 1))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._let_in.wait()
            self._let_in.clear()

    async def _follow_until_lost(self) -> tuple[Link, str]:
        """How the link stands afterwards, and why."""
        try:
            await self._follow()
        except NoToken:
            return Link.REFUSED, "no token"
        except InvalidStatus as error:
            status = error.response.status_code
            return (Link.REFUSED if status in REFUSING_STATUSES else Link.CONNECTING), f"status {status}"
        except (OSError, UnicodeError, InvalidHandshake, WebSocketException) as error:
            return Link.CONNECTING, type(error).__name__
        except (VersionGapError, UnexpectedMessageError, msgspec.DecodeError) as error:
            return Link.CONNECTING, f"{type(error).__name__}: {error}"
        return Link.CONNECTING, "closed"

    async def _follow(self) -> None:
        token = await asyncio.to_thread(self._token_file.read)
        async with connect(
            self._address,
            additional_headers={"Authorization": f"Bearer {token}"},
            open_timeout=OPEN_WITHIN_SECONDS,
            ping_interval=PING_EVERY_SECONDS,
            ping_timeout=PONG_WITHIN_SECONDS,
            max_size=LARGEST_MESSAGE_BYTES,
            compression=None,
            proxy=None,
        ) as socket:
            await self._take_first(socket)
            async for message in socket:
                self._take(message)

    async def _take_first(self, socket: ClientConnection) -> None:
        async with asyncio.timeout(SNAPSHOT_WITHIN_SECONDS):
            message = await socket.recv()
        self._begin(message)

    def _begin(self, message: str | bytes) -> None:
        snapshot = msgspec.json.decode(message, type=DisplaySnapshot)
        self._view.begin(snapshot, self._clock.now())
        log.info("service_link_up", office=snapshot.office.slug, version=snapshot.version)

    def _take(self, message: str | bytes) -> None:
        match msgspec.json.decode(message, type=_Kind).type:
            case "snapshot":
                self._begin(message)
                # The first of a connection says nothing; a later one comes with every change of a set-up.
                self._set_up_anew()
            case "ping":
                # Some proxies close sockets that carry no data frames, so the service may send these.
                return
            case "error" as kind:
                raise UnexpectedMessageError(kind)
            case _:
                change = msgspec.json.decode(message, type=DisplayChange)
                self._clock.hear(change.at)
                self._view.follow(change)
