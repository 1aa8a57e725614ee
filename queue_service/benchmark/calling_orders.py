"""What it takes to put a full hall into its order, by every policy: in SQL, in Python, and within a call."""

import time
from collections.abc import Awaitable, Callable
from statistics import median

import msgspec
from rich.table import Table

from queue_service.benchmark.queue_city import Clerk, hall, let_wait
from queue_service.offices import service as offices
from queue_service.offices.setup_model import OrderSetup
from queue_service.platform.clock import system_clock
from queue_service.platform.queries import Connection
from queue_service.queueing import service as queueing
from queue_service.queueing.order.turn import Moment, Waiting
from queue_service.queueing.order_policy import POLICIES, in_calling_order

WAITING = (200, 2000)
ROUNDS = 20
ORDER = """
SELECT array_agg((p.ticket).number ORDER BY p.tier, p.at, (p.ticket).number)
  FROM calling_order($1, $2, now()) p
"""


class OrderCost(msgspec.Struct, frozen=True):
    """Milliseconds, each the median."""

    in_sql: float
    in_python: float
    call: float
    """Calling the next one, which needs the order; rolled back."""
    queue: float
    """The whole queue as a desk reads it, with every ticket's facts."""


async def order_table(conn: Connection, clerks: list[Clerk]) -> Table:
    """Measure every policy in the first hall, at whose counters the clerks sit."""
    table = Table("order of who waits", "waiting", "SQL ms", "Python ms", "call next ms", "queue, JSON ms")
    for waiting in WAITING:
        await let_wait(conn, system_clock(), waiting, halls=1)
        for policy in POLICIES:
            office = await offices.find_office(conn, hall(0))
            async with conn.transaction():
                await queueing.change_order(conn, system_clock(), office, OrderSetup(policy=policy))
            cost = await _measure(conn, clerks[0])
            figures = (cost.in_sql, cost.in_python, cost.call, cost.queue)
            table.add_row(policy, str(waiting), *(f"{milliseconds:.1f}" for milliseconds in figures))
    return table


async def _measure(conn: Connection, clerk: Clerk) -> OrderCost:
    office = await offices.find_office(conn, hall(0))
    counter = await queueing.find_counter(conn, f"{hall(0)}.1")
    items = (await queueing.queue(conn, system_clock(), office, counter)).items
    room = [Waiting(t.number, t.visitor_class, t.waiting_since, t.rank_at, t.call_by) for t in items]

    async def in_sql() -> None:
        await conn.fetchval(ORDER, office.id, counter.id)

    async def in_python() -> None:
        in_calling_order(room, office.order, Moment(system_clock()))

    async def call() -> None:
        attempt = conn.transaction()
        await attempt.start()
        try:
            assert await queueing.call_next(conn, system_clock(), counter, clerk.actor) is not None
        finally:
            await attempt.rollback()

    async def queue() -> None:
        await queueing.queue(conn, system_clock(), office, counter)

    return OrderCost(
        await _typical(in_sql), await _typical(in_python), await _typical(call), await _typical(queue)
    )


async def _typical(once: Callable[[], Awaitable[None]]) -> float:
    """Return the median of some rounds in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await once()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)
