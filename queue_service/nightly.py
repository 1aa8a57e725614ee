"""What is done once a night: no-shows are counted, waits are learned from, and truth is checked."""

from datetime import UTC, datetime, timedelta

import structlog
from prometheus_client import Gauge

from queue_service.booking import service as booking
from queue_service.invariants import find_broken_invariants
from queue_service.platform.queries import Connection, load_queries
from queue_service.queueing import service as queueing

log = structlog.get_logger(__name__)

CHORE = "verify"
LEARNING = "learn"
BEGINS = timedelta(hours=1)
"""After midnight UTC: two or three in the morning in Germany, when nobody waits for an answer."""
BROKEN = Gauge("queue_service_broken_invariants", "Invariants found broken by the last nightly check")


async def verify_nightly(conn: Connection, now: datetime) -> list[str] | None:
    """Check every invariant, by one process a night; each that is broken is an error in the log.

    Gives what is broken; None when tonight's check is another's, or was done. What was missed, because
    nothing ran at night, is done as soon as something runs.
    """
    if not await _claim(conn, now, CHORE):
        return None
    await booking.measure_no_shows(conn, now)
    broken = await find_broken_invariants(conn, now)
    for what in broken:
        log.error("invariant_broken", what=what)
    BROKEN.set(len(broken))
    log.info("invariants_verified", broken=len(broken))
    return broken


async def learn_nightly(conn: Connection, now: datetime) -> int | None:
    """Have every office learn from its last days how long visits and pauses are, by one process a night.

    Gives how many offices have; None when tonight's learning is another's, or was done.
    """
    if not await _claim(conn, now, LEARNING):
        return None
    learned = await queueing.learn_waits(conn, now)
    log.info("waits_learned", offices=learned)
    return learned


async def _claim(conn: Connection, now: datetime, chore: str) -> bool:
    night = (now.astimezone(UTC) - BEGINS).date()
    return await load_queries("platform").claim_daily_chore(conn, name=chore, day=night) is not None
