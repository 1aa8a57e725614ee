"""Another staffing for one day, decided on the spot; it takes effect with its transaction."""

from collections.abc import Sequence
from datetime import date, datetime

from queue_service.booking import staffing_store, store
from queue_service.booking.model import HORIZON, Overbooked
from queue_service.booking.pool_days import displaced, recompute
from queue_service.offices.catalogue import Office
from queue_service.offices.model import local_day
from queue_service.offices.setup_model import StaffedHours
from queue_service.platform.errors import InvalidFields, PoolNotFound
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

MOST_HOURS = 20
"""Entries for one day of a pool."""

__all__ = ["MOST_HOURS", "change_day", "decided_days", "displaced", "expected_on", "restore_day"]


async def change_day(
    conn: Connection,
    now: datetime,
    office: Office,
    day: date,
    staffing: Sequence[StaffedHours],
    *,
    pools: Sequence[str] = (),
    reason: str,
    actor: str,
) -> list[Overbooked]:
    """Staff a day otherwise than planned; no hours close it for appointments.

    All pools of the office when none is named. Gives the appointments that lose their counter; they
    stay until staff have decided about each. Raises PoolNotFound, and InvalidFields for a day that
    is over or further ahead than appointments are given out.
    """
    _refuse_other_days(now, office, day)
    async with conn.transaction():
        ids = await _pool_ids(conn, office, pools)
        await staffing_store.override_day(
            conn, office.id, list(ids.values()), day, staffing, reason=reason, actor=actor, now=now
        )
        return await _recompute_day(conn, now, office, day)


async def restore_day(
    conn: Connection, now: datetime, office: Office, day: date, *, pools: Sequence[str] = ()
) -> list[Overbooked]:
    """Staff a day as planned again; raises as ``change_day`` does."""
    _refuse_other_days(now, office, day)
    async with conn.transaction():
        ids = await _pool_ids(conn, office, pools)
        await staffing_store.restore_day(conn, office.id, list(ids.values()), day)
        return await _recompute_day(conn, now, office, day)


async def decided_days(conn: Connection, now: datetime, office: Office) -> list[staffing_store.DayOverride]:
    """Give what was decided for days from today on."""
    return await staffing_store.overrides_of(conn, office.id, now)


async def expected_on(conn: Connection, office: Office, day: date) -> list[str]:
    """Give the references of those who have an appointment on a day and have not come yet, in order."""
    return await store.expected_on(conn, office.id, day)


async def _pool_ids(conn: Connection, office: Office, pools: Sequence[str]) -> dict[str, int]:
    # The office's set-up stays as it is until the day is computed.
    await staffing_store.keep_setup(conn, office.id)
    known = await staffing_store.pool_ids(conn, office.id)
    for code in pools:
        if code not in known:
            raise PoolNotFound(pool=code)
    # In one order, whichever they were named in: two who decide about a day wait for each other.
    return {code: known[code] for code in known if code in pools} if pools else known


async def _recompute_day(conn: Connection, now: datetime, office: Office, day: date) -> list[Overbooked]:
    """Compute the day of every pool: what one has no longer, others may have been lent."""
    every = await staffing_store.pool_ids(conn, office.id)
    return await recompute(conn, now, [(pool_id, day) for pool_id in every.values()])


def _refuse_other_days(now: datetime, office: Office, day: date) -> None:
    today = local_day(now, office.setup.time_zone)
    if not today <= day <= today + HORIZON:
        message = f"Days from today to {HORIZON.days} days ahead can be changed."
        raise InvalidFields(errors=[FieldError("day", message)])
