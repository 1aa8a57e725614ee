"""Calling the next one with somebody still in front of the counter: that visit ends, or is stored."""

from datetime import datetime
from typing import Literal

from queue_service.platform.queries import Connection
from queue_service.queueing.actor import Actor
from queue_service.queueing.calling import Called, call_next
from queue_service.queueing.model import FoundCounter
from queue_service.queueing.steps import find_ticket, finish, park

Current = Literal["finish", "park"]


def after_current(counter: FoundCounter, wanted: Current | None) -> Current | None:
    """Return what becomes of the visit in front of the counter; None: it stands in the way of a call."""
    return wanted or ("finish" if counter.visits.next_finishes else None)


async def call_next_after(
    conn: Connection, now: datetime, counter: FoundCounter, actor: Actor, current: Current
) -> Called | None:
    """Finish or park the visit that is being served, then call the next one; all or nothing.

    In a transaction of the caller. A visitor who was called and has not come yet is neither: that
    call stands in the way. Raises CounterNotOpen, StillServing.
    """
    if counter.ticket_id is not None and counter.clerk_id == actor.clerk:
        found = await find_ticket(conn, counter.ticket_id, actor)
        if found.state == "serving":
            await (finish if current == "finish" else park)(conn, now, found, actor)
    return await call_next(conn, now, counter, actor)
