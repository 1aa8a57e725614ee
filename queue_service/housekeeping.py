"""What has to happen as time passes, without anybody asking: every process tries, harmlessly.

Each task is safe to run in several processes at once; the database decides, as everywhere.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeAlias

import structlog

from queue_service.accounts import service as accounts
from queue_service.assistance import service as assistance
from queue_service.audit import service as audit
from queue_service.booking import confirmations, proof_of_work, supply_guard, waiting_list
from queue_service.booking import service as booking
from queue_service.devices import watch as devices
from queue_service.emergency import service as emergency
from queue_service.entries import service as entries
from queue_service.hotline import service as hotline
from queue_service.nightly import learn_nightly, verify_nightly
from queue_service.notices import dispatch
from queue_service.notices import service as notices
from queue_service.offices import service as offices
from queue_service.platform.clock import Clock
from queue_service.platform.database import Database
from queue_service.platform.errors import Unavailable
from queue_service.platform.queries import Connection, load_queries
from queue_service.queueing import service as queueing

log = structlog.get_logger(__name__)

EVERY_SECONDS = 20.0
"""How long an expired hold or yesterday's ticket may linger."""
ROUNDS_AN_HOUR = 180
"""After so many rounds, what is kept for days is forgotten; so much later than promised it may be."""
RELEASE_SECONDS = 1.0
"""How late places may be opened that were promised for an hour."""
ANSWERS_KEPT = timedelta(hours=1)
"""How long a repeated request gets its first answer: it holds what was asked, so no longer than needed."""


async def keep_house(database: Database, clock: Clock, chores: Sequence["Chore"]) -> None:
    """Do these chores again and again, and forget what is to be forgotten once an hour, until cancelled."""
    for number in count():
        due = chores if number % ROUNDS_AN_HOUR else (*chores, *FORGETTING)
        # Away for a moment; the next round does what this one could not.
        with suppress(Unavailable):
            await one_round(database, clock(), due)
        # Time passing is what chores wait for.
        await asyncio.sleep(EVERY_SECONDS)


async def one_round(database: Database, now: datetime, chores: Sequence["Chore"] | None = None) -> None:
    """Do every chore once; one that fails is recorded and keeps none of the others from being done.

    Raises Unavailable.
    """
    for chore in (*CHORES, *FORGETTING) if chores is None else chores:
        try:
            async with database.connection() as conn:
                await chore(conn, now)
        except Unavailable:
            raise
        except Exception:
            # A fault of one chore is recorded and must not keep the others from being done.
            log.exception("housekeeping_failed", chore=chore.__name__)


async def end_days(conn: Connection, now: datetime) -> None:
    """Cancel tickets that are left over from earlier days."""
    for office in await offices.list_offices(conn):
        ended = await queueing.end_days(conn, now, office)
        if ended:
            log.info("left_over_tickets_cancelled", office=office.slug, tickets=ended)


async def forget_answers(conn: Connection, now: datetime) -> None:
    """Forget the answers to requests that nobody repeats any more."""
    await load_queries("platform").forget_old_answers(conn, before=now - ANSWERS_KEPT)


async def open_places(database: Database, clock: Clock) -> None:
    """Open what is to be opened on the second, until cancelled: citizens are waiting for it."""
    while True:
        with suppress(Unavailable):
            await one_round(database, clock(), [booking.release_places, entries.release_places])
        # Time passing is what a release waits for.
        await asyncio.sleep(RELEASE_SECONDS)


Chore: TypeAlias = Callable[[Connection, datetime], Coroutine[Any, Any, object]]
CHORES: tuple[Chore, ...] = (
    end_days,
    booking.expire_holds,
    booking.miss_past,
    supply_guard.forget_addresses,
    proof_of_work.forget_challenges,
    booking.extend_horizon,
    entries.expire_holds,
    entries.end_past,
    entries.open_days,
    waiting_list.look_for_places,
    waiting_list.lapse,
    queueing.pause_idle_counters,
    queueing.count_stuck,
    queueing.forget_changes,
    queueing.forget_undo,
    queueing.lapse_forecasts,
    accounts.sweep,
    forget_answers,
    dispatch.note_lost,
    notices.tidy_up,
    verify_nightly,
    learn_nightly,
    devices.note_overdue,
)
"""End what belongs to earlier days, free expired holds, open new days, forget what is kept for hours."""
FORGETTING: tuple[Chore, ...] = (
    booking.forget_contacts,
    confirmations.forget_secrets,
    supply_guard.forget_claims,
    entries.forget_contacts,
    waiting_list.forget_waiting,
    hotline.forget_callbacks,
    audit.forget_accesses,
    queueing.forget_contingents,
    queueing.forget_told,
    emergency.forget_alarms,
    assistance.forget_requests,
    devices.forget_codes,
)
"""Forget what is kept for days. Looks at all that is kept, with its visits: a second for 100,000 people."""
