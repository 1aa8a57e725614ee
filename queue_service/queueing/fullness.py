"""How full each office is, and how long somebody waits who comes now: as its displays show it."""

import msgspec

from queue_service.platform.queries import Connection
from queue_service.protocol.stream import WaitRange
from queue_service.queueing import store
from queue_service.queueing.told_waits import WhyNoWait, at_least_as_new
from queue_service.queueing.wait_forecast import estimate_for_anyone


class WaitingFigures(msgspec.Struct, frozen=True):
    """How full an office is."""

    waiting: int
    open_counters: int
    wait: WaitRange | None
    wait_reason: WhyNoWait | None
    """Why there is no wait to tell."""


async def waiting_figures(conn: Connection) -> dict[str, WaitingFigures]:
    """Return how full each office is, by slug."""
    return {load.slug: _figures(load) for load in await store.office_loads(conn)}


def _figures(load: store.OfficeLoad) -> WaitingFigures:
    ahead = load.ahead
    calling = ahead.open_counters() if ahead.hall == "open" else []
    seen = estimate_for_anyone(ahead.waiting, ahead.minutes, calling)
    told = at_least_as_new(load.told, seen, ahead.hall, any_counter_open=bool(calling))
    return WaitingFigures(
        waiting=sum(ahead.waiting.values()),
        open_counters=len(ahead.open_counters()),
        wait=told.wait,
        wait_reason=told.reason,
    )
