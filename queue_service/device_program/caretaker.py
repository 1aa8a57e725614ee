"""Keeps a device let in: shows a code until somebody enters it, then reports and does what it is told.

One task of the program. It decides nothing about visitors; the connection for these is another one and
finds the token in the same file.
"""

import asyncio
import contextlib
import os
import random
import shutil
import time
from collections.abc import Callable
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import httpx
import msgspec
import structlog

from queue_service.device_program.service_clock import ServiceClock
from queue_service.device_program.token_file import NoToken, TokenFile, hash_of
from queue_service.protocol.device_care import (
    HEALTH_SECONDS,
    DeviceCard,
    DeviceHealth,
    PairingCode,
    PairingRequest,
    Profile,
    TokenRenewal,
)
from queue_service.protocol.reconnect_delay import reconnect_delay

DISTRIBUTION = "queue-service"
ASK_SECONDS = 3.0
"""How long somebody who has entered the code looks at it still."""
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
SPREAD_SECONDS = 1.0
"""Within it the devices of an office report when all are to look anew: a hall may have hundreds."""
ANSWER_TIMEOUT_SECONDS = 5.0
BYTES_A_MEGABYTE = 1024 * 1024
CARD_FILE = "device.json"

log = structlog.get_logger(__name__)


class ServiceSaysNo(Exception):
    """The service answered, and not as wished."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class Caretaker:
    """Speaks with the service about this device."""

    def __init__(
        self,
        *,
        service: str,
        profile: Profile,
        token_file: TokenFile,
        data_dir: Path,
        clock: ServiceClock,
        health: Callable[["OwnHealth"], DeviceHealth],
        changed: Callable[[], None],
    ) -> None:
        """``health`` completes what any device knows of itself; ``changed`` hears of a new code or card."""
        self._profile: Profile = profile
        self._tokens = token_file
        self._data_dir = data_dir
        self._clock = clock
        self._health = health
        self._changed = changed
        self._http = httpx.AsyncClient(
            base_url=f"{service}/api/v1", timeout=ANSWER_TIMEOUT_SECONDS, trust_env=False
        )
        self._begun = time.monotonic()
        self._sooner = asyncio.Event()
        self.code: str | None = None
        """What is to be shown: somebody has to enter it before anything else can be done."""
        self.card = kept_card(data_dir)
        """Who this device is, as last told."""
        self.let_in = asyncio.Event()
        """Set whenever a token begins to hold: whoever waits to connect need not wait longer."""

    async def run(self) -> None:
        """Report, ask, renew, for ever; ends only by cancellation."""
        failures = 0
        while True:
            try:
                pause = await self.turn()
                failures = 0
            except (httpx.HTTPError, ServiceSaysNo, msgspec.DecodeError, OSError) as error:
                failures += 1
                chance = random.random()  # noqa: S311 - spreads load, guards nothing
                # Somebody stands there and waits for the code to go.
                longest = LONGEST_DELAY_SECONDS if self.code is None else ASK_SECONDS
                pause = reconnect_delay(failures, chance, first=FIRST_DELAY_SECONDS, longest=longest)
                log.info("device_report_failed", reason=f"{type(error).__name__}: {error}")
            # A report by the clock, a second attempt, or sooner.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._sooner.wait()
                    # All devices of an office hear of a change at once, and would ask at once.
                    await asyncio.sleep(random.random() * SPREAD_SECONDS)  # noqa: S311 - spreads load
            self._sooner.clear()

    def wake(self) -> None:
        """Report now and hear what is to be done: something about this device or its office is another."""
        self._sooner.set()

    async def close(self) -> None:
        """Close idle connections."""
        await self._http.aclose()

    async def turn(self) -> float:
        """Do what is due and give the seconds until something is again.

        Raises httpx.HTTPError, ServiceSaysNo, msgspec.DecodeError, OSError.
        """
        if await self._finish_upcoming():
            return 0.0
        try:
            card = await self._report(self._tokens.read())
        except NoToken:
            card = None
        except ServiceSaysNo as error:
            if error.status != HTTPStatus.UNAUTHORIZED:
                raise
            card = None
        if card is None:
            await self._ask()
            return ASK_SECONDS
        self._know(card)
        if card.renew_token:
            await self._renew()
        return HEALTH_SECONDS

    async def _finish_upcoming(self) -> bool:
        """Take the next token into use if the service knows it already."""
        upcoming = self._tokens.waiting()
        if upcoming is None:
            return False
        try:
            await self._send("GET", "/device", token=upcoming)
        except ServiceSaysNo as error:
            if error.status != HTTPStatus.UNAUTHORIZED:
                raise
            return False
        await asyncio.to_thread(self._tokens.take_upcoming)
        log.info("device_let_in")
        self._show(None)
        self.let_in.set()
        return True

    async def _ask(self) -> None:
        """Ask for a code to show, or for the same once more."""
        upcoming = await asyncio.to_thread(self._tokens.upcoming)
        request = PairingRequest(self._profile, hash_of(upcoming), program_version())
        try:
            answer = await self._send("POST", "/device-pairings", request)
        except ServiceSaysNo as error:
            if error.status == HTTPStatus.CONFLICT:
                # Known, and not let in: it was revoked. Only another token leads on.
                await asyncio.to_thread(self._tokens.discard_upcoming)
            raise
        code = msgspec.json.decode(answer, type=PairingCode).code
        if code != self.code:
            log.info("device_shows_code")
        self._show(code)

    async def _renew(self) -> None:
        """Make the service know the next token; with it, the former ends."""
        upcoming = await asyncio.to_thread(self._tokens.upcoming)
        renewal = TokenRenewal(hash_of(upcoming))
        await self._send("PUT", "/device/token", renewal, token=self._tokens.read())
        await self._finish_upcoming()

    async def _report(self, token: str) -> DeviceCard:
        behind = self._clock.own_clock_behind_seconds
        own = await asyncio.to_thread(OwnHealth.now, self._data_dir, self._begun, behind)
        measured = self._clock.asked()
        answer = await self._send("PUT", "/device/health", self._health(own), token=token)
        card = msgspec.json.decode(answer, type=DeviceCard)
        if card.told_at is not None:
            measured(card.told_at)
        # Without the time, a card that says the same is the same.
        return msgspec.structs.replace(card, told_at=None)

    async def _send(
        self, method: str, path: str, body: msgspec.Struct | None = None, token: str | None = None
    ) -> bytes:
        answer = await self._http.request(
            method,
            path,
            content=None if body is None else msgspec.json.encode(body),
            headers={"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        if not answer.is_success:
            raise ServiceSaysNo(answer.status_code)
        return answer.content

    def _show(self, code: str | None) -> None:
        if code != self.code:
            self.code = code
            self._changed()

    def _know(self, card: DeviceCard) -> None:
        self._show(None)
        if card != self.card:
            self.card = card
            _keep_card(self._data_dir, card)
            self._changed()


class OwnHealth(msgspec.Struct, frozen=True):
    """What any program on a device knows of itself."""

    version: str
    uptime_seconds: int
    disk_free_megabytes: int
    memory_megabytes: int | None
    clock_behind_seconds: int | None

    @classmethod
    def now(cls, data_dir: Path, begun: float, clock_behind: float | None) -> "OwnHealth":
        """Look; ``begun`` is the monotonic clock at the program's start. Raises OSError."""
        return cls(
            program_version(),
            int(time.monotonic() - begun),
            shutil.disk_usage(data_dir).free // BYTES_A_MEGABYTE,
            _memory_megabytes(),
            None if clock_behind is None else round(clock_behind),
        )


def program_version() -> str:
    """Give the version that is installed; of a checkout that is none, ``unknown``."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def _memory_megabytes() -> int | None:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") // BYTES_A_MEGABYTE


def kept_card(data_dir: Path) -> DeviceCard | None:
    """Give the card of the last run; without it a device starts as its own options say."""
    try:
        return msgspec.json.decode((data_dir / CARD_FILE).read_bytes(), type=DeviceCard)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("device_card_unreadable", reason=type(error).__name__)
        return None


def _keep_card(data_dir: Path, card: DeviceCard) -> None:
    """Keep the card for a start without network; a full disk is logged and stops nothing."""
    draft = data_dir / f"{CARD_FILE}.draft"
    try:
        draft.write_bytes(msgspec.json.encode(card))
        draft.replace(data_dir / CARD_FILE)
    except OSError as error:
        log.warning("device_card_not_kept", reason=type(error).__name__)
