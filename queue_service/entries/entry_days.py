"""Keeps an office's coming hours equal to its set-up, and opens new days as they come near.

Locks are taken in one order everywhere: set-up of an office, its plan, booking, hours by id.
"""

from datetime import datetime

from queue_service.booking.model import HORIZON
from queue_service.entries import store
from queue_service.entries.entry_plan import ONE_DAY, planned_entries
from queue_service.entries.model import OverbookedEntry
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import local_day
from queue_service.platform.queries import Connection


async def apply_entries(conn: Connection, now: datetime, office: Office) -> list[OverbookedEntry]:
    """Make the office's coming hours what its set-up plans, inside the caller's transaction.

    Hours that have begun stay as they are. Gives the hours, of any office, that have fewer places
    now than people: they are never counted below zero, and staff have to decide about them.
    """
    await store.keep_plan(conn, office.id)
    today = local_day(now, office.setup.time_zone)
    planned = [
        entry
        for entry in planned_entries(office.setup.timed_entries, office.calendar, today, today + HORIZON)
        if entry.starts_at > now
    ]
    await store.lock_coming(conn, office.id, now)
    await store.write_planned(conn, office.id, planned)
    await store.withdraw_unplanned(conn, office.id, planned, now)
    await store.set_opened_until(conn, office.id, today + HORIZON)
    return await store.overbooked(conn, now)


async def open_days(conn: Connection, now: datetime) -> int:
    """Make the hours of days that have come within the horizon; gives their number.

    Safe to run by several processes at once: the office's plan is kept by one of them.
    """
    made = 0
    for office_id in await store.offices_to_open(conn, HORIZON.days, now):
        async with conn.transaction():
            opened_until = await store.keep_plan(conn, office_id)
            # After the lock: a set-up that was being applied has been by now.
            office = await offices.find_office_by_id(conn, office_id)
            today = local_day(now, office.setup.time_zone)
            first, last = max(opened_until + ONE_DAY, today), today + HORIZON
            planned = planned_entries(office.setup.timed_entries, office.calendar, first, last)
            await store.write_planned(conn, office_id, planned)
            await store.set_opened_until(conn, office_id, max(last, opened_until))
            made += len(planned)
    return made


async def broken_invariants(conn: Connection, now: datetime) -> list[str]:
    """Give a sentence for each hour of which something else is kept than its bookings say."""
    return [
        f"{hour.code} of {hour.office} at {hour.starts_at:%Y-%m-%dT%H:%MZ}: "
        f"{hour.taken}, {hour.taken_phone}, {hour.taken_online} places are kept as taken, "
        f"{hour.booked}, {hour.booked_phone}, {hour.booked_online} are booked (all; phone and web; web)"
        for hour in await store.miscounted(conn, now)
    ]
