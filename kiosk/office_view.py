"""What the kiosk knows of its office right now, and who wants to hear when that changes."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

import msgspec

from queue_service.device_program.pairing_sign import PairingSign, pairing_sign
from queue_service.protocol.device_care import PrinterState
from queue_service.protocol.stream import (
    HallState,
    KioskChange,
    KioskService,
    KioskSnapshot,
    OfficeCard,
    WalkIns,
    apply_to_kiosk,
)
from queue_service.protocol.ticket_copy import COPY_ORDERED


class Link(StrEnum):
    """How the connection to the service stands."""

    CONNECTING = "connecting"
    """Not there yet, or lost; attempts go on."""
    CONNECTED = "connected"
    """A snapshot came over this connection and every change since."""
    REFUSED = "refused"
    """The service is there but does not accept this device; attempts go on."""


class KioskState(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/state``: everything the page draws from.

    Without a connection the office's facts are those last known (None on a device that
    never had any) and the counts must not be shown as present.
    """

    connected: bool
    link: Link
    version: int | None
    office: OfficeCard | None
    services: list[KioskService]
    walk_ins: WalkIns | None
    waiting: int | None
    open_counters: int | None
    hall: HallState = "open"
    """As last known; in ``leave`` no numbers are given out."""
    pairing: PairingSign | None = None
    """Somebody has to let the device in before anything else can be done."""
    goes_on: bool = False
    """Without a connection: whether numbers are given out all the same."""
    asks: list[str] = []
    """What visitors without an appointment are asked, see ``kiosk_questions``."""
    printer: PrinterState | None = None
    """How it is with paper, before anybody asks for a number; None: the printer can't say."""


class OfficeView:
    """The last snapshot with all changes since; told to listeners as "something changed", not as a list."""

    def __init__(self, last_known: KioskSnapshot | None) -> None:
        self._snapshot = last_known
        self._link = Link.CONNECTING
        self._away_since: float | None = time.monotonic()
        self._code: str | None = None
        self.goes_on: Callable[[], bool] = lambda: False
        """Tells whether numbers are to be had without the service."""
        self._printer: PrinterState | None = None
        self.copies_ordered = asyncio.Event()
        """Set when there may be tickets to print for staff; whoever asks for them clears it before."""
        self._listeners: set[asyncio.Event] = set()

    @property
    def office(self) -> OfficeCard | None:
        """The office this device belongs to, None until it was connected for the first time."""
        return self._snapshot.office if self._snapshot else None

    @property
    def link(self) -> Link:
        """How the connection to the service stands."""
        return self._link

    @property
    def known(self) -> KioskSnapshot | None:
        """The last known facts, however old."""
        return self._snapshot

    @property
    def away_seconds(self) -> float:
        """For how long there has been no connection; 0 while there is one."""
        return 0.0 if self._away_since is None else time.monotonic() - self._away_since

    def service_name(self, code: str) -> dict[str, str]:
        """Name of a service by language; empty for one that is not on offer here."""
        services = self._snapshot.services if self._snapshot else []
        return next((service.name for service in services if service.code == code), {})

    def state(self) -> KioskState:
        """Everything the page draws from."""
        known = self._snapshot
        return KioskState(
            connected=self._link is Link.CONNECTED,
            link=self._link,
            version=known.version if known else None,
            office=known.office if known else None,
            services=known.services if known else [],
            walk_ins=known.walk_ins if known else None,
            waiting=known.waiting if known else None,
            open_counters=known.open_counters if known else None,
            hall=known.hall if known else "open",
            pairing=pairing_sign(self._code),
            asks=known.asks if known else [],
            goes_on=self._link is not Link.CONNECTED and self.goes_on(),
            printer=self._printer,
        )

    def show_code(self, code: str | None) -> None:
        """Show the code by which the device is let in, or that it is."""
        self._code = code
        self.tell()

    def show_printer(self, state: PrinterState | None) -> None:
        """Show how it is with paper."""
        self._printer = state
        self.tell()

    def begin(self, snapshot: KioskSnapshot) -> None:
        """Take a fresh snapshot as the truth."""
        self._snapshot = snapshot
        self._link = Link.CONNECTED
        self._away_since = None
        self.copies_ordered.set()
        self.tell()

    def follow(self, change: KioskChange) -> None:
        """Apply the next change.

        Raises VersionGapError when one is missing; the view then stays as it was.
        """
        if self._snapshot is None or self._link is not Link.CONNECTED:
            msg = "a change before any snapshot"
            raise RuntimeError(msg)
        self._snapshot = apply_to_kiosk(self._snapshot, change)
        if change.type == COPY_ORDERED:
            self.copies_ordered.set()
        self.tell()

    def lose(self, link: Link) -> None:
        """Note that there is no connection any more; the last facts stay."""
        if self._away_since is None:
            self._away_since = time.monotonic()
        if self._link is not link:
            self._link = link
            self.tell()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Give an event that is set at each change; the listener clears it before it looks.

        A slow listener misses steps but never the newest state.
        """
        changed = asyncio.Event()
        self._listeners.add(changed)
        try:
            yield changed
        finally:
            self._listeners.discard(changed)

    def tell(self) -> None:
        """Wake whoever listens: something is another now."""
        for listener in self._listeners:
            listener.set()
