"""Keeps an office's coming hours equal to its set-up, and opens new days as they come near.

Locks are taken in one order everywhere: set-up of an office, its plan, booking, hours by id.
"""

from datetime import datetime

from queue_service.booking.model import HORIZON
from queue_service.booking.pool_days import RELEASE_DELAY
from queue_service.entries import store
from queue_service.entries.entry_plan import ONE_DAY, open_places, planned_entries
from queue_service.entries.model import DueRelease, Miscounted, OpenPlaces, OverbookedEntry, OverdueRelease
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import local_day
from queue_service.platform.queries import Connection

RELEASED_AT_ONCE = 200
"""Hours opened in one transaction: bookings of them wait for some milliseconds."""


async def apply_entries(conn: Connection, now: datetime, office: Office) -> list[OverbookedEntry]:
    """Make the office's coming hours what its set-up plans, inside the caller's transaction.

    Hours that have begun stay as they are. Gives the hours, of any office, that have fewer places
    now than people: they are never counted below zero, and staff have to decide about them.
    """
    await store.keep_plan(conn, office.id)
    today = local_day(now, office.setup.time_zone)
    planned = [
        entry
        for entry in planned_entries(office.setup.timed_entries, office.calendar, today, today + HORIZON, now)
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
            planned = planned_entries(office.setup.timed_entries, office.calendar, first, last, now)
            await store.write_planned(conn, office_id, planned)
            await store.set_opened_until(conn, office_id, max(last, opened_until))
            made += len(planned)
    return made


async def release_places(conn: Connection, now: datetime) -> int:
    """Open the places of hours that are due; gives the number of hours.

    Safe to run by several processes at once: whoever comes to an hour second finds it open. An hour that
    is locked by somebody who waits for nobody here is opened by the next round.
    """
    number = 0
    while True:
        async with conn.transaction():
            due = await store.due_releases(conn, now, RELEASED_AT_ONCE)
            # After the locks: a set-up that is applied later counts these hours anew.
            ids = sorted({hour.office_id for hour in due})
            named = {office_id: await offices.find_office_by_id(conn, office_id) for office_id in ids}
            await store.open_places(conn, [(hour, _opened(hour, named[hour.office_id], now)) for hour in due])
        number += len(due)
        if len(due) < RELEASED_AT_ONCE:
            return number


def _opened(hour: DueRelease, office: Office, now: datetime) -> OpenPlaces:
    kind = next((kind for kind in office.setup.timed_entries if kind.code == hour.code), None)
    if kind is None:
        # It had begun when its kind was given up.
        return OpenPlaces(0, 0, 0, None)
    return open_places(kind, hour.starts_at.astimezone(office.zone).date(), office.zone, now)


async def broken_invariants(conn: Connection, now: datetime) -> list[str]:
    """Give a sentence for each hour of which something else is kept than its bookings and releases say."""
    miscounted = [
        f"{_named(hour)}: {hour.taken} places are kept as taken, {hour.booked} are booked"
        " (all; counter, phone and web; phone and web; web)"
        for hour in await store.miscounted(conn, now)
    ]
    forgotten = [
        f"{_named(hour)}: places that were to be opened at {hour.next_release_at} are not"
        for hour in await store.overdue_releases(conn, now - RELEASE_DELAY, now)
    ]
    return miscounted + forgotten


def _named(hour: Miscounted | OverdueRelease) -> str:
    return f"{hour.code} of {hour.office} at {hour.starts_at:%Y-%m-%dT%H:%MZ}"
