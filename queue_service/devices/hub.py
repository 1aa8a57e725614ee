"""Feeds every open screen: one hall per office and process, one read and one encoding per change.

A hint wakes the office's feed; it reads the changes after its last version once, moves its hall
on, encodes each change once per audience and lays the bytes into each subscriber's queue. A
subscriber whose queue is full is let go: it comes back for a snapshot, and nobody waits for it.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Literal, TypeAlias

import msgspec
import structlog

from queue_service.devices import views
from queue_service.offices import service as offices
from queue_service.platform.clock import Clock
from queue_service.platform.database import Database
from queue_service.platform.errors import Unavailable
from queue_service.protocol.stream import QueueLength, ShownCounter
from queue_service.queueing import service as queueing
from queue_service.queueing.hall import ChangeBody, ChangeRecord, Hall

log = structlog.get_logger(__name__)

Audience: TypeAlias = Literal["display", "kiosk", "staff"]

QUEUE_LIMIT = 256
"""Messages that may wait for one slow screen: more than ten seconds of the busiest hall."""
RESUME_LIMIT = 256
"""Messages kept per audience so that a screen back after a blink needs no snapshot."""
RETRY_SECONDS = 1.0
"""Pause before changes that could not be read are asked for again."""
RELOADING_KINDS = frozenset({"office.changed"})
"""Changes that carry no content; what they mean is read anew."""

_encode = msgspec.json.Encoder().encode


class Subscriber:
    """One open screen: its queue of encoded messages."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LIMIT)
        self.overflowed = asyncio.Event()
        """Set when the screen has not kept up; its socket is to be closed."""

    def push(self, message: bytes) -> None:
        """Lay a message into the queue, or mark the subscriber as too slow."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.overflowed.set()

    async def next_message(self) -> bytes:
        """Wait for the next message."""
        return await self._queue.get()


class OfficeFeed:
    """The hall of one office in this process and the screens that follow it."""

    def __init__(self, database: Database, clock: Clock, visitor_url: str, office_slug: str) -> None:
        self._database = database
        self._clock = clock
        self._visitor_url = visitor_url
        self._slug = office_slug
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._sent: dict[Audience, deque[tuple[int, bytes]]] = {}
        self._kiosk_lengths: list[QueueLength] = []
        self._signs: list[ShownCounter] = []
        self._facts: views.OfficeFacts | None = None
        self._hall: Hall | None = None
        self.failed = False
        """Its task has ended by a fault; the next screen opens a new feed."""
        self.subscribers: dict[Audience, set[Subscriber]] = {"display": set(), "kiosk": set(), "staff": set()}

    async def open(self) -> None:
        """Read the hall and begin to follow. Raises Unavailable, OfficeNotFound."""
        await self._load()
        self._task = asyncio.create_task(self._follow(), name=f"feed of {self._slug}")

    async def close(self) -> None:
        """Stop following."""
        if self._task is not None and not self.failed:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def wake(self) -> None:
        """Read what is new, soon."""
        self._wake.set()

    def add(self, audience: Audience, since: int | None) -> Subscriber:
        """Add a screen; its first message is a snapshot, or what it missed since version ``since``."""
        subscriber = Subscriber(audience)
        if audience == "kiosk" and not self.subscribers["kiosk"]:
            # Nobody was told of the changes since the last kiosk left; this one starts from now.
            self._kiosk_lengths = views.queue_lengths(*self._state, self._clock())
        if audience == "display" and not self.subscribers["display"]:
            self._signs = views.counter_signs(self._state[1])
        missed = self._missed(audience, since)
        for message in [self._snapshot(audience)] if missed is None else missed:
            subscriber.push(message)
        self.subscribers[audience].add(subscriber)
        return subscriber

    def remove(self, subscriber: Subscriber) -> bool:
        """Forget a screen; False when it never followed this feed."""
        followed = subscriber in self.subscribers[subscriber.audience]
        self.subscribers[subscriber.audience].discard(subscriber)
        return followed

    @property
    def _state(self) -> tuple[views.OfficeFacts, Hall]:
        if self._facts is None or self._hall is None:
            msg = "the feed is not open"
            raise RuntimeError(msg)
        return self._facts, self._hall

    def _missed(self, audience: Audience, since: int | None) -> list[bytes] | None:
        _, hall = self._state
        if since is None:
            return None
        if since == hall.version:
            return []
        kept = self._sent.get(audience, deque())
        if not kept or not kept[0][0] <= since + 1 <= hall.version:
            return None
        return [message for version, message in kept if version > since]

    def _snapshot(self, audience: Audience) -> bytes:
        facts, hall = self._state
        match audience:
            case "display":
                return _encode(views.display_snapshot(facts, hall, self._clock()))
            case "kiosk":
                return _encode(views.kiosk_snapshot(facts, hall, self._clock()))
            case "staff":
                return _encode(views.staff_snapshot(facts, hall))

    async def _load(self) -> None:
        async with self._database.transaction() as conn:
            office = await offices.find_office(conn, self._slug)
            services = await offices.list_offered_services(conn, office)
            self._hall = await queueing.read_hall(conn, office)
        self._facts = views.OfficeFacts(office, services, office.card(self._visitor_url))
        self._kiosk_lengths = views.queue_lengths(self._facts, self._hall, self._clock())
        self._signs = views.counter_signs(self._hall)
        self._sent = {}

    async def _follow(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._catch_up()
            except Unavailable:
                log.warning("office_feed_waits_for_database", office=self._slug)
                # Not left to the change feed: this connection may fail while the listening one lives,
                # and then nobody would tell the screens before the office's next change.
                await asyncio.sleep(RETRY_SECONDS)
                self._wake.set()
            except Exception:
                # A fault of ours must not leave screens standing still: let them come back anew.
                log.exception("office_feed_failed", office=self._slug)
                self.failed = True
                for subscriber in set().union(*self.subscribers.values()):
                    subscriber.overflowed.set()
                raise

    async def _catch_up(self) -> None:
        _, hall = self._state
        async with self._database.connection() as conn:
            office_id = self._state[0].office.id
            changes = await queueing.changes_since(conn, office_id, hall.version)
        for change in changes:
            if change.version != hall.version + 1 or change.kind in RELOADING_KINDS:
                await self._start_over()
                return
            body = hall.apply(change)
            self._broadcast(change, body)

    async def _start_over(self) -> None:
        """Read everything anew and give every screen a snapshot; whatever came meanwhile follows."""
        await self._load()
        for audience, subscribers in self.subscribers.items():
            if subscribers:
                message = self._snapshot(audience)
                for subscriber in subscribers:
                    subscriber.push(message)
        self._wake.set()

    def _broadcast(self, change: ChangeRecord, body: ChangeBody) -> None:
        for audience, subscribers in self.subscribers.items():
            # A device's message says what changed since the one before; whoever comes as the first
            # begins to compare anew.
            if not subscribers:
                self._sent.pop(audience, None)
                continue
            message = _encode(self._message(audience, change, body))
            self._sent.setdefault(audience, deque(maxlen=RESUME_LIMIT)).append((change.version, message))
            for subscriber in subscribers:
                subscriber.push(message)

    def _message(self, audience: Audience, change: ChangeRecord, body: ChangeBody) -> msgspec.Struct:
        facts, hall = self._state
        if audience == "display":
            shown, self._signs = views.display_change(facts, hall, change, body, self._signs)
            return shown
        if audience == "staff":
            return views.staff_change(hall, change, body)
        message, self._kiosk_lengths = views.kiosk_change(
            facts, hall, change, self._kiosk_lengths, self._clock()
        )
        return message


class Hub:
    """All feeds of this process."""

    def __init__(self, database: Database, clock: Clock, visitor_url: str) -> None:
        self._database = database
        self._clock = clock
        self._visitor_url = visitor_url
        self._feeds: dict[int, OfficeFeed] = {}
        self._opening = asyncio.Lock()

    def hint(self, office_id: int, _version: int) -> None:
        """An office has changed; called for every office, also for those that nobody follows here."""
        feed = self._feeds.get(office_id)
        if feed is not None:
            feed.wake()

    async def read_everything(self) -> None:
        """After a gap in the hints: every feed reads what it may have missed."""
        for feed in self._feeds.values():
            feed.wake()

    async def subscribe(
        self, office_id: int, office_slug: str, audience: Audience, since: int | None
    ) -> Subscriber:
        """Follow an office. Raises Unavailable."""
        async with self._opening:
            feed = self._feeds.get(office_id)
            if feed is None or feed.failed:
                feed = OfficeFeed(self._database, self._clock, self._visitor_url, office_slug)
                # Registered first, so that a hint that comes while it reads is not lost.
                self._feeds[office_id] = feed
                try:
                    await feed.open()
                except BaseException:
                    self._feeds.pop(office_id, None)
                    raise
        return feed.add(audience, since)

    async def unsubscribe(self, office_id: int, subscriber: Subscriber) -> None:
        """Stop following; the office's last screen closes its feed."""
        feed = self._feeds.get(office_id)
        # A screen of a feed that failed must not close the one that has replaced it and is just opening.
        if feed is None or not feed.remove(subscriber):
            return
        if not any(feed.subscribers.values()):
            self._feeds.pop(office_id, None)
            await feed.close()

    async def close(self) -> None:
        """Stop every feed."""
        for feed in list(self._feeds.values()):
            await feed.close()
        self._feeds.clear()

    @property
    def screens(self) -> int:
        """How many screens follow something here."""
        return sum(len(group) for feed in self._feeds.values() for group in feed.subscribers.values())
