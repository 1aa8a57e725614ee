"""Keeps each pool's day equal to what follows from its staffing and its appointments.

Whoever changes one of the two locks the pool-day and computes it anew; nothing is added up over
time, so nothing can drift. What is read for it is read after the lock: whoever waited for the lock
sees what the one before has committed.

Locks are taken in one order everywhere: set-up of an office, appointment, pool-days by key, whoever
waits for what became free, version of the office.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from queue_service.booking import pool_day_store, slot_oracle, staffing_store
from queue_service.booking.contingents import Left, empty_day, release_times, released
from queue_service.booking.model import HORIZON, Drift, Overbooked
from queue_service.booking.no_show import MEASURED_DAYS, overbooking_places
from queue_service.booking.pool_day_store import ComputedDay, KeptPoolDay, PoolDay, Visit
from queue_service.booking.slot_arithmetic import (
    DAY_CELLS,
    Planes,
    has_place,
    longest_visit,
    planes_of,
    take_place,
    visit_cells,
)
from queue_service.booking.staffing import day_planes, overbooked
from queue_service.booking.staffing_store import PoolPlan
from queue_service.booking.waiting_offers import offer_freed
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import PoolSetup, StaffedHours, StaffingException
from queue_service.platform.queries import Connection

RELEASED_AT_ONCE = 200
"""Pool-days opened in one transaction: bookings on them wait for about a tenth of a second."""
RELEASE_DELAY = timedelta(minutes=5)
"""How late a release may be before it counts as forgotten."""
INSTANT = timedelta(microseconds=1)
"""PostgreSQL's clock knows nothing shorter."""


class Truth(msgspec.Struct, frozen=True):
    """All that a pool's day follows from."""

    pool: PoolPlan
    office: Office
    """With the plans of all its pools as they are for this day."""
    day: date
    visits: Sequence[Visit]

    @property
    def staffed(self) -> Planes:
        """The places of the day when nobody has booked; a retired pool has none."""
        if self.pool.retired:
            return []
        pools = self.office.setup.pools
        planes = day_planes(self.day, self.office.zone, self.pool.plan, pools, self.office.calendar)
        return overbooked(planes, self.extra_places)

    def extra_places(self, counters: int) -> int:
        """Give how many visitors beyond so many counters may be booked."""
        plan = self.pool.plan
        return overbooking_places(counters, self.pool.missed, self.pool.came, plan.overbooking_percent)

    def released(self, now: datetime) -> tuple[int, datetime | None]:
        """Tell how much of the day is open for booking, and when more will be."""
        return released(release_times(self.day, self.office.zone, self.pool.plan.releases), now)


async def recompute(conn: Connection, now: datetime, pool_days: Iterable[PoolDay]) -> list[Overbooked]:
    """Compute pool-days anew inside the caller's transaction; bookings on them wait until its end.

    Days that were missing are added. Gives the appointments for which staffing leaves no counter:
    they are never counted below zero, and the offices have to decide about them.
    """
    keys = sorted(set(pool_days))
    if len(await pool_day_store.lock_pool_days(conn, keys)) < len(keys):
        await pool_day_store.add_pool_days(conn, keys)
        await pool_day_store.lock_pool_days(conn, keys)
    overbooked: list[Overbooked] = []
    computed: dict[PoolDay, ComputedDay] = {}
    for key, truth in (await _truths(conn, keys)).items():
        computed[key], displaced = compute(truth, now)
        overbooked += [_overbooked(truth, visit) for visit in displaced]
    await pool_day_store.write_pool_days(conn, computed)
    # Before anybody else can see what has become free.
    await offer_freed(conn, now, keys)
    return overbooked


async def left_without(conn: Connection, now: datetime, pool_day: PoolDay, appointment_id: UUID) -> Left:
    """Give what would be left of a locked pool-day without this appointment; nothing if it isn't there."""
    if not await pool_day_store.lock_pool_days(conn, [pool_day]):
        return Left([])
    truth = (await _truths(conn, [pool_day]))[pool_day]
    others = [visit for visit in truth.visits if visit.appointment_id != appointment_id]
    return compute(replace(truth, visits=others), now)[0].left


def compute(truth: Truth, now: datetime) -> tuple[ComputedDay, list[Visit]]:
    """Give what follows for a pool's day, and the visits for which no counter is left."""
    staffed = truth.staffed
    share, next_release_at = truth.released(now)
    left = empty_day(staffed, truth.pool.plan.contingents, share)
    kept, displaced = staffed, []
    for visit in truth.visits:
        cells = visit_cells(visit.first_cell, visit.cells)
        left = left.taken(cells, visit.level)
        # Somebody who can't be served displaces nobody else.
        if has_place(kept, cells):
            kept = take_place(kept, cells)
        else:
            displaced.append(visit)
    return ComputedDay(left, longest_visit(staffed), next_release_at), displaced


def sweep(truth: Truth, now: datetime) -> tuple[ComputedDay, list[int]]:
    """Give what a pool's day should hold, with the longest visit of each level, the slow and obvious way."""
    day, zone, setup = truth.day, truth.office.zone, truth.office.setup
    plan, visits = truth.pool.plan, truth.visits
    places = [0] * DAY_CELLS
    if not truth.pool.retired:
        counters = slot_oracle.day_places(day, zone, plan, setup.pools, truth.office.calendar)
        places = [count + truth.extra_places(count) for count in counters]
    share, next_release_at = truth.released(now)
    shares = slot_oracle.shares(plan.contingents, share)
    levels = [
        slot_oracle.places_left(
            slot_oracle.share_of(tuple(places), of),
            [(visit.first_cell, visit.cells) for visit in visits if visit.level <= level],
        )
        for level, of in enumerate(shares, 1)
    ]
    fits = [
        slot_oracle.longest_visit([min(counts) for counts in zip(*levels[at:], strict=True)])
        for at in range(len(levels))
    ]
    online, phone, counter = (
        # Who may take as much as the level above needs no limit of their own.
        planes_of(counts) if own < above else None
        for counts, own, above in zip(levels, shares, shares[1:], strict=False)
    )
    left = Left(planes_of(levels[-1]), counter, phone, online)
    return ComputedDay(left, slot_oracle.longest_visit(places), next_release_at), fits


async def release_places(conn: Connection, now: datetime) -> int:
    """Open what was to be opened by now; gives the number of pool-days.

    Safe to run by several processes at once: a day that another one has done meanwhile is computed
    once more to the same end.
    """
    done = 0
    while due := await pool_day_store.due_releases(conn, now, RELEASED_AT_ONCE):
        async with conn.transaction():
            await recompute(conn, now, due)
        done += len(due)
    return done


async def measure_no_shows(conn: Connection, now: datetime) -> int:
    """Let the places of overbooked pools follow who came lately; gives the number of pools that changed."""
    async with conn.transaction():
        changed = await staffing_store.count_no_shows(conn, now, MEASURED_DAYS)
        coming = {
            key
            for office_id in {office for office, _ in changed}
            for key in await pool_day_store.coming_pool_days(conn, office_id, now)
        }
        pools = {pool_id for _, pool_id in changed}
        await recompute(conn, now, [key for key in coming if key[0] in pools])
    return len(changed)


async def extend_horizon(conn: Connection, now: datetime) -> int:
    """Open the days that have come within the horizon, one transaction an office; gives their number.

    Safe to run at any time and by several processes at once; once an hour is enough, since a day
    opens when the local day of its office begins.
    """
    opened = 0
    for office in await offices.list_offices(conn):
        if not await pool_day_store.missing_pool_days(conn, office.id, now, HORIZON.days):
            continue
        async with conn.transaction():
            await staffing_store.keep_setup(conn, office.id)
            missing = await pool_day_store.missing_pool_days(conn, office.id, now, HORIZON.days)
            await recompute(conn, now, missing)
            opened += len(missing)
    return opened


async def apply_pools(
    conn: Connection, now: datetime, office: Office, pools: Sequence[PoolSetup]
) -> list[Overbooked]:
    """Make the office have exactly these pools, inside the caller's transaction.

    All its coming days are computed anew, with the office's hours and closures as they are now, so
    this also belongs after every change of those; and before the change is published, because a
    booking takes the office's version last. Gives the appointments that lose their counter.
    """
    await staffing_store.replace_pools(conn, office.id, pools)
    coming = await pool_day_store.coming_pool_days(conn, office.id, now)
    missing = await pool_day_store.missing_pool_days(conn, office.id, now, HORIZON.days)
    return await recompute(conn, now, coming + missing)


async def displaced(conn: Connection, now: datetime, office_id: int) -> list[Overbooked]:
    """List the coming appointments of an office for which there is no counter as things are, earliest first.

    Those who booked first keep their place; who has come already does so before everybody.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        truths = await _truths(conn, await pool_day_store.coming_pool_days(conn, office_id, now))
    found = [
        _overbooked(truth, visit)
        for truth in truths.values()
        if truth.visits
        for visit in compute(truth, now)[1]
        if visit.starts_at > now
    ]
    return sorted(found, key=lambda entry: (entry.starts_at, entry.reference))


async def verify(conn: Connection, now: datetime) -> list[Drift]:
    """List the pool-days of today and later that are not what a plain sweep over the truth gives.

    Reads one consistent state, so it may run beside a service at work.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        kept = {(row.pool_id, row.day): row for row in await pool_day_store.pool_days_from(conn, now)}
        truths = await _truths(conn, list(kept))
    drifts = []
    for key, row in kept.items():
        drifts += [Drift(row.office, row.pool, row.day, what) for what in _differences(row, truths[key], now)]
        # A sweep takes a millisecond, and requests are waiting beside it.
        await asyncio.sleep(0)
    return drifts


def _differences(row: KeptPoolDay, truth: Truth, now: datetime) -> Iterator[str]:
    """Say what a kept pool-day has otherwise than a plain sweep.

    Of a day whose releases are still to come, what was open at the last one is expected: until the
    next one is carried out, offers are too few for a moment and never too many.
    """
    if row.next_release_at and row.next_release_at < now - RELEASE_DELAY:
        yield f"places that were to be opened at {row.next_release_at} are not"
    as_of = row.next_release_at - INSTANT if row.next_release_at else now
    expected, fits = sweep(truth, as_of)
    if (row.fits, row.fits_empty) != (fits, expected.fits_empty):
        yield f"fits {row.fits} of {row.fits_empty}, should be {fits} of {expected.fits_empty}"
    elif row.left != expected.left:
        yield "the longest visits are right, but places are counted wrong"
    elif row.next_release_at != expected.next_release_at:
        yield f"opens more places at {row.next_release_at}, should be {expected.next_release_at}"


async def _truths(conn: Connection, keys: Sequence[PoolDay]) -> dict[PoolDay, Truth]:
    plans = await staffing_store.pool_plans(conn, sorted({pool_id for pool_id, _ in keys}))
    named = {
        slug: await offices.find_office(conn, slug) for slug in sorted({p.office for p in plans.values()})
    }
    visits = await pool_day_store.visits_on(conn, keys)
    ids = sorted({office.id for office in named.values()})
    decided = await staffing_store.overrides_at(conn, ids, sorted({day for _, day in keys}))
    truths = {}
    for pool_id, day in keys:
        pool = plans[pool_id]
        office = named[pool.office]
        of_day = decided.get((office.id, day))
        if of_day:
            pool = replace(pool, plan=_as_decided(pool.plan, day, of_day))
            pools = [_as_decided(plan, day, of_day) for plan in office.setup.pools]
            office = replace(office, setup=replace(office.setup, pools=pools))
        truths[pool_id, day] = Truth(pool, office, day, visits.get((pool_id, day), []))
    return truths


def _as_decided(plan: PoolSetup, day: date, decided: Mapping[str, list[StaffedHours]]) -> PoolSetup:
    """Give the plan in which what supervisors decided for a day counts before everything else."""
    if plan.code not in decided:
        return plan
    others = [exception for exception in plan.exceptions if exception.day != day]
    return replace(plan, exceptions=[StaffingException(day, decided[plan.code]), *others])


def _overbooked(truth: Truth, visit: Visit) -> Overbooked:
    return Overbooked(
        office=truth.pool.office,
        pool=truth.pool.plan.code,
        day=truth.day,
        appointment_id=visit.appointment_id,
        reference=visit.reference,
        starts_at=visit.starts_at,
    )
