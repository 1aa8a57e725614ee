"""Keeps each pool's day equal to what follows from its staffing and its appointments.

Whoever changes one of the two locks the pool-day and computes it anew; nothing is added up over
time, so nothing can drift. What is read for it is read after the lock: whoever waited for the lock
sees what the one before has committed.

Locks are taken in one order everywhere: set-up of an office, appointment, pool-days by key, version
of the office.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from queue_service.booking import slot_oracle, store
from queue_service.booking.model import HORIZON, Drift, Overbooked
from queue_service.booking.slot_arithmetic import (
    Planes,
    has_place,
    longest_visit,
    planes_of,
    take_place,
    visit_cells,
)
from queue_service.booking.staffing import staffed_planes, staffing_on
from queue_service.booking.store import PoolDay, PoolPlan, Visit
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import PoolSetup, StaffedHours
from queue_service.platform.queries import Connection


class Truth(msgspec.Struct, frozen=True):
    """All that a pool's day follows from."""

    pool: PoolPlan
    office: Office
    day: date
    visits: Sequence[Visit]

    @property
    def staffing(self) -> list[StaffedHours]:
        """The staffed hours; a retired pool has none."""
        return [] if self.pool.retired else staffing_on(self.day, self.pool.plan, self.office.calendar)


Computed: TypeAlias = tuple[Planes, int, list[Visit]]
"""Planes, the longest visit of the empty day, and the visits for which no counter is left."""


async def recompute(conn: Connection, pool_days: Iterable[PoolDay]) -> list[Overbooked]:
    """Compute pool-days anew inside the caller's transaction; bookings on them wait until its end.

    Days that were missing are added. Gives the appointments for which staffing leaves no counter:
    they are never counted below zero, and the offices have to decide about them.
    """
    keys = sorted(set(pool_days))
    if len(await store.lock_pool_days(conn, keys)) < len(keys):
        await store.add_pool_days(conn, keys)
        await store.lock_pool_days(conn, keys)
    overbooked: list[Overbooked] = []
    computed: dict[PoolDay, tuple[Planes, int]] = {}
    for key, truth in (await _truths(conn, keys)).items():
        planes, fits_empty, displaced = compute(truth)
        computed[key] = planes, fits_empty
        overbooked += [_overbooked(truth, visit) for visit in displaced]
    await store.write_pool_days(conn, computed)
    return overbooked


async def left_without(conn: Connection, pool_day: PoolDay, appointment_id: UUID) -> Planes:
    """Give what would be left of a locked pool-day without this appointment; nothing if it isn't there."""
    if not await store.lock_pool_days(conn, [pool_day]):
        return []
    truth = (await _truths(conn, [pool_day]))[pool_day]
    others = [visit for visit in truth.visits if visit.appointment_id != appointment_id]
    return compute(msgspec.structs.replace(truth, visits=others))[0]


def compute(truth: Truth) -> Computed:
    """Give what is left of a pool's day."""
    staffed = staffed_planes(truth.day, truth.office.zone, truth.staffing)
    left, kept, displaced = staffed, staffed, []
    for visit in truth.visits:
        cells = visit_cells(visit.first_cell, visit.cells)
        left = take_place(left, cells)
        # Somebody who can't be served displaces nobody else.
        if has_place(kept, cells):
            kept = take_place(kept, cells)
        else:
            displaced.append(visit)
    return left, longest_visit(staffed), displaced


def sweep(truth: Truth) -> tuple[Planes, int]:
    """Give what is left of a pool's day the slow and obvious way."""
    places = slot_oracle.staffed_places(truth.day, truth.office.zone, truth.staffing)
    visits = [(visit.first_cell, visit.cells) for visit in truth.visits]
    return planes_of(slot_oracle.places_left(places, visits)), slot_oracle.longest_visit(places)


async def extend_horizon(conn: Connection, now: datetime) -> int:
    """Open the days that have come within the horizon, one transaction an office; gives their number.

    Safe to run at any time and by several processes at once; once an hour is enough, since a day
    opens when the local day of its office begins.
    """
    opened = 0
    for office in await offices.list_offices(conn):
        if not await store.missing_pool_days(conn, office.id, now, HORIZON.days):
            continue
        async with conn.transaction():
            await store.keep_setup(conn, office.id)
            missing = await store.missing_pool_days(conn, office.id, now, HORIZON.days)
            await recompute(conn, missing)
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
    await store.replace_pools(conn, office.id, pools)
    coming = await store.coming_pool_days(conn, office.id, now)
    missing = await store.missing_pool_days(conn, office.id, now, HORIZON.days)
    return await recompute(conn, coming + missing)


async def verify(conn: Connection, now: datetime) -> list[Drift]:
    """List the pool-days of today and later that are not what a plain sweep over the truth gives.

    Reads one consistent state, so it may run beside a service at work.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        kept = {(row.pool_id, row.day): row for row in await store.pool_days_from(conn, now)}
        truths = await _truths(conn, list(kept))
    drifts: list[Drift] = []
    for key, truth in truths.items():
        row = kept[key]
        planes, fits_empty = sweep(truth)
        expected = (planes, longest_visit(planes), fits_empty)
        if (row.planes, row.fits, row.fits_empty) != expected:
            what = f"fits {row.fits} of {row.fits_empty}, should be {expected[1]} of {expected[2]}"
            drifts.append(Drift(row.office, row.pool, row.day, what))
    return drifts


async def _truths(conn: Connection, keys: Sequence[PoolDay]) -> dict[PoolDay, Truth]:
    plans = await store.pool_plans(conn, sorted({pool_id for pool_id, _ in keys}))
    named = {
        slug: await offices.find_office(conn, slug) for slug in sorted({p.office for p in plans.values()})
    }
    visits = await store.visits_on(conn, keys)
    return {
        (pool_id, day): Truth(
            plans[pool_id], named[plans[pool_id].office], day, visits.get((pool_id, day), [])
        )
        for pool_id, day in keys
    }


def _overbooked(truth: Truth, visit: Visit) -> Overbooked:
    return Overbooked(
        office=truth.pool.office,
        pool=truth.pool.plan.code,
        day=truth.day,
        appointment_id=visit.appointment_id,
        reference=visit.reference,
        starts_at=visit.starts_at,
    )
