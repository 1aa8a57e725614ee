"""Visitors whom no open counter can call: desk and hall view show them; here they are counted and logged."""

from datetime import datetime

import structlog
from prometheus_client import Gauge

from queue_service.platform.queries import Connection
from queue_service.queueing import store

log = structlog.get_logger(__name__)

STUCK = Gauge(
    "queue_service_unservable_tickets", "Waiting tickets that none of the open counters can call", ["office"]
)


class StuckWatch:
    """What one process has logged: each number once, as long as it is stuck."""

    def __init__(self) -> None:
        self._logged: dict[str, frozenset[str]] = {}

    async def count_stuck(self, conn: Connection, _now: datetime) -> dict[str, list[str]]:
        """Set the gauge of every office and log who has become stuck; returns their numbers by office."""
        stuck = await store.stuck_tickets(conn)
        for office, numbers in stuck.items():
            STUCK.labels(office).set(len(numbers))
            fresh = sorted(frozenset(numbers) - self._logged.get(office, frozenset()))
            if fresh:
                log.warning("nobody_can_call", office=office, numbers=fresh)
            self._logged[office] = frozenset(numbers)
        return stuck


count_stuck = StuckWatch().count_stuck
"""Of this process."""
