"""What is done once a night: no-shows are counted, and all that must hold is recomputed from truth."""

from datetime import UTC, datetime, timedelta

import structlog
from prometheus_client import Gauge

from queue_service.booking import service as booking
from queue_service.invariants import find_broken_invariants
from queue_service.platform.queries import Connection, load_queries

log = structlog.get_logger(__name__)

CHORE = "verify"
BEGINS = timedelta(hours=1)
"""After midnight UTC: two or three in the morning in Germany, when nobody waits for an answer."""
BROKEN = Gauge("queue_service_broken_invariants", "Invariants found broken by the last nightly check")


async def verify_nightly(conn: Connection, now: datetime) -> list[str] | None:
    """Check every invariant, by one process a night; each that is broken is an error in the log.

    Gives what is broken; None when tonight's check is another's, or was done. What was missed, because
    nothing ran at night, is done as soon as something runs.
    """
    night = (now.astimezone(UTC) - BEGINS).date()
    if await load_queries("platform").claim_daily_chore(conn, name=CHORE, day=night) is None:
        return None
    await booking.measure_no_shows(conn, now)
    broken = await find_broken_invariants(conn, now)
    for what in broken:
        log.error("invariant_broken", what=what)
    BROKEN.set(len(broken))
    log.info("invariants_verified", broken=len(broken))
    return broken
