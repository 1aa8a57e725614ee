"""Gives free places to those who wait, in the transaction that frees them.

Telling many that a place is free makes a race of it, which whoever is at work, slow or ill loses.
Here a place that becomes free is given away before anybody else can see it: its pool-day is locked
already, the next person whom it fits is found, and the place becomes a hold for them. When the
transaction ends there is nothing to race for. Refused, cancelled or expired, the hold frees the
place once more, and it goes on to the next in the same way.

Locks: after pool-days by key, the entry that is chosen. It is claimed with SKIP LOCKED, so two
places that become free at once go to two people and nobody waits for anybody. What is done for one
freed day is bounded; what lies beyond is found by ``waiting_list.look_for_places``.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from queue_service.booking import confirmation_store, confirmations, slot_store
from queue_service.booking import store as booking_store
from queue_service.booking import waiting_store as store
from queue_service.booking.contingents import Level, level_of
from queue_service.booking.model import BookingRequest
from queue_service.booking.pool_day_store import PoolDay
from queue_service.booking.reference import parse_reference
from queue_service.booking.search import wanted_services
from queue_service.booking.slot_arithmetic import NO_CELLS, Plane
from queue_service.booking.slot_store import VisitPool
from queue_service.booking.taking import take_place
from queue_service.booking.waiting_match import UNANSWERED_ALLOWED, FittingPlace, day_clock, place_for
from queue_service.booking.waiting_model import KeptEntry
from queue_service.booking.waiting_store import WantedDay
from queue_service.notices import service as notices
from queue_service.notices.model import WAYS
from queue_service.notices.model import Way as SentWay
from queue_service.platform.errors import SlotTaken
from queue_service.platform.queries import Connection

CANDIDATES_READ = 50
"""At once; most places go to one of the first."""
CANDIDATES_AT_MOST = 500
"""Whom a place fits and who doesn't get it, because another transaction is about to give them one."""
OFFERS_AT_MOST = 50
"""For one pool-day in one transaction: others wait for its row all the while."""


async def offer_freed(conn: Connection, now: datetime, pool_days: Iterable[PoolDay]) -> None:
    """Keep what is free on these pool-days for those who wait.

    Inside the transaction that frees the places and has locked the pool-days, and before it takes any
    office's version. Holds that were offers and have ended are taken into the list first.
    """
    keys = sorted(set(pool_days))
    await take_in_answers(conn, now, keys)
    for wanted in await store.wanted_days(conn, keys):
        await _share_out(_FreedDay(conn, now, wanted), after=0)


async def offer_free(conn: Connection, now: datetime, pool_day: PoolDay, after: int) -> int | None:
    """Keep what is free on a locked pool-day for those who wait, behind ``after`` in the order of asking.

    Gives how far it came in that order when it had to stop before the end; None at the end.
    """
    for wanted in await store.wanted_days(conn, [pool_day]):
        return await _share_out(_FreedDay(conn, now, wanted), after)
    return None


async def take_in_answers(conn: Connection, now: datetime, pool_days: Iterable[PoolDay]) -> None:
    """Let those who wait follow what became of the places kept for them on these pool-days.

    After the statement that ended or confirmed a hold, in its transaction.
    """
    answered = await store.settle(conn, pool_days, UNANSWERED_ALLOWED, now)
    over = [offer.entry_id for offer in answered if offer.over]
    if over:
        await notices.withdraw_about_waiting(conn, over)
    for offer in answered:
        if offer.answer != "accepted":
            # What has not been sent by now would tell of a place that somebody else has.
            await notices.withdraw(conn, offer.office_id, offer.appointment_id)


class _FreedDay:
    """A locked pool-day while its free time is given away."""

    def __init__(self, conn: Connection, now: datetime, wanted: WantedDay) -> None:
        self.conn = conn
        self.now = now
        self.pool_day = wanted.pool_day
        self.zone = ZoneInfo(wanted.time_zone)
        self._clock = day_clock(now, self.zone, wanted.day)
        self._free: dict[Level, Plane] = {}
        self._visits: dict[tuple[object, ...], VisitPool | None] = {}

    async def candidates(self, after: int) -> list[KeptEntry]:
        """Give the next whom what is left fits."""
        return await store.candidates(
            self.conn, self.pool_day, self._clock, after=after, most=CANDIDATES_READ
        )

    async def has_room(self) -> bool:
        """Tell whether anything is left, for whoever may take the most."""
        return await self._free_cells(level_of("counter")) != NO_CELLS

    async def place_for(self, entry: KeptEntry) -> tuple[VisitPool, FittingPlace] | None:
        """Give where this entry's visit goes best; None when the day has no place that fits."""
        visit = await self._visit(entry)
        if visit is None:
            return None
        free = await self._free_cells(level_of(entry.channel))
        place = place_for(entry.wishes, self.now, self.zone, self.pool_day[1], free, visit.cells)
        return (visit, place) if place else None

    async def offer(self, entry: KeptEntry, visit: VisitPool, place: FittingPlace) -> bool:
        """Keep the place for this entry; False when another transaction is about to give it one."""
        assert entry.contact is not None, "candidates have their contact"
        if not await store.claim_entry(self.conn, entry.id):
            return False
        request = BookingRequest(
            office=visit.office,
            services=entry.services,
            start=place.start,
            persons=entry.persons,
            channel=entry.channel,
            hold=True,
        )
        kept_for = place.respond_by - self.now
        try:
            held = await take_place(
                self.conn, self.now, request, entry.contact, hold_for=kept_for, pool_id=visit.pool_id
            )
        except SlotTaken:
            # Not a place that anybody can have, whatever the free cells say: beyond the horizon.
            return False
        reference = parse_reference(held.reference)
        await store.offer(self.conn, entry.id, reference, place.respond_by, self.now)
        self._free.clear()
        await self._tell(entry, reference, place)
        return True

    async def _tell(self, entry: KeptEntry, reference: str, place: FittingPlace) -> None:
        """Write the messages, and let what opens the entry open the appointment too."""
        kept = await booking_store.find_appointment(self.conn, reference)
        assert kept is not None, "it has just been made"
        await confirmation_store.add_secret(self.conn, kept.office_id, kept.id, entry.secret_hash)
        ways: list[SentWay] = [way for way in WAYS if way in entry.ways]
        if ways:
            await confirmations.tell(
                self.conn, self.now, kept, "offered", respond_by=place.respond_by, ways=ways
            )

    async def _visit(self, entry: KeptEntry) -> VisitPool | None:
        asked = (*entry.codes, *entry.quantities, entry.persons)
        if asked not in self._visits:
            pools = await slot_store.visit_pools(
                self.conn, wanted_services(entry.services, None, entry.persons)
            )
            here = (pool for pool in pools if pool.pool_id == self.pool_day[0])
            self._visits[asked] = next(here, None)
        return self._visits[asked]

    async def _free_cells(self, level: Level) -> Plane:
        if level not in self._free:
            self._free[level] = await store.free_cells(self.conn, self.pool_day, level)
        return self._free[level]


async def _share_out(freed: _FreedDay, after: int) -> int | None:
    """Go through those whom the free time fits, in the order of asking, from behind ``after``.

    Whom it didn't fit before somebody else took a part, it doesn't fit afterwards: once through is enough.
    Gives how far it came when it had to stop before the end, and None at the end.
    """
    offered = seen = 0
    while await freed.has_room():
        if seen >= CANDIDATES_AT_MOST or offered >= OFFERS_AT_MOST:
            return after
        batch = await freed.candidates(after)
        for entry in batch:
            found = await freed.place_for(entry)
            offered += bool(found and await freed.offer(entry, *found))
            after = entry.place
            if offered >= OFFERS_AT_MOST or not await freed.has_room():
                break
        else:
            if len(batch) < CANDIDATES_READ:
                break
        seen += len(batch)
    return None
