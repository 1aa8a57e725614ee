"""Counters: who sits where and serves what."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import TeamSetup
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.queueing import store
from queue_service.queueing.actor import Actor
from queue_service.queueing.calling import require_free_desk
from queue_service.queueing.model import Counter, CounterWithServices, FoundCounter

IDLE = "idle"
"""Why a counter is paused whose clerk called nobody; other reasons are the clerk's words."""


async def find_counter(conn: Connection, counter_id: str) -> FoundCounter:
    """Return the counter with this public id (``bsc-mitte.3``); raises CounterNotFound."""
    office, _, number = counter_id.rpartition(".")
    found = await store.find_counter(conn, office, number) if office else None
    if found is None:
        raise errors.CounterNotFound
    return found


async def open_counter(
    conn: Connection,
    now: datetime,
    counter: FoundCounter,
    services: Sequence[str] | None,
    actor: Actor,
    team: TeamSetup | None = None,
) -> Counter:
    """Seat the clerk; doing it again at the same counter changes what she serves.

    With a team and no services she takes the team's. Raises CounterTaken, ClerkElsewhere,
    CounterNotFound (retired).
    """
    if counter.retired:
        raise errors.CounterNotFound
    try:
        # A step of its own: after the refusal the caller's transaction can still be asked where she sits.
        async with conn.transaction():
            opened = await store.open_counter(
                conn,
                office_id=counter.office_id,
                counter_id=counter.id,
                clerk_id=actor.clerk,
                service_codes=team.services if team and services is None else services,
                team=team.code if team else None,
                now=now,
            )
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name == "counter_place_key":
            raise errors.CounterTaken("Another office's counter is open in this room.") from taken
        raise errors.ClerkElsewhere(counter=await store.my_counter(conn, actor.clerk)) from taken
    if opened is None:
        raise errors.CounterTaken
    return opened


async def close_counter(
    conn: Connection, now: datetime, counter: FoundCounter, actor: Actor, *, after_visit: bool = False
) -> Counter:
    """Free the counter, now or when its visitor has gone. Raises CounterNotOpen, StillServing."""
    clerk = None if actor.any_counter else actor.clerk
    closed = await store.close_counter(
        conn,
        office_id=counter.office_id,
        counter_id=counter.id,
        clerk_id=clerk,
        after_visit=after_visit,
        now=now,
    )
    if closed is None:
        owner = Actor(actor.key, counter.clerk_id) if actor.any_counter else actor
        await require_free_desk(conn, counter, owner)
        raise errors.CounterNotOpen
    return closed


async def pause_counter(
    conn: Connection, now: datetime, counter: FoundCounter, actor: Actor, reason: str = ""
) -> Counter:
    """Call nobody to the counter for a while; raises CounterNotOpen."""
    clerk = None if actor.any_counter else actor.clerk
    paused = await store.pause_counter(
        conn, office_id=counter.office_id, counter_id=counter.id, clerk_id=clerk, reason=reason, now=now
    )
    if paused is None:
        raise errors.CounterNotOpen
    return paused


async def resume_counter(conn: Connection, now: datetime, counter: FoundCounter, actor: Actor) -> Counter:
    """Go on after a pause; raises CounterNotOpen."""
    clerk = None if actor.any_counter else actor.clerk
    resumed = await store.resume_counter(
        conn, office_id=counter.office_id, counter_id=counter.id, clerk_id=clerk, now=now
    )
    if resumed is None:
        raise errors.CounterNotOpen
    return resumed


async def pause_idle_counters(conn: Connection, now: datetime) -> int:
    """Pause counters whose clerks have gone without saying so; returns how many."""
    paused = 0
    for office_id, counter_id in await store.idle_counters(conn, now):
        done = await store.pause_counter(
            conn, office_id=office_id, counter_id=counter_id, clerk_id=None, reason=IDLE, now=now
        )
        paused += done is not None
    return paused


async def list_counters(conn: Connection, office: Office) -> list[CounterWithServices]:
    """Return the office's counters in the order of its file."""
    return await store.list_counters(conn, office.id)


async def my_counter(conn: Connection, actor: Actor) -> str | None:
    """Return the id of the counter where the actor sits, if any."""
    return await store.my_counter(conn, actor.user_id) if actor.user_id else None
