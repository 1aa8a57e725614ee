"""Two databases that differ in one thing, measured by turns: what the machine does meanwhile hits both."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from statistics import median
from urllib.parse import urlsplit

import asyncpg
import msgspec

from queue_service.benchmark.verbs import Timing
from queue_service.platform.database import Database

TURNS = 15
"""Of each database. Many short ones: what else the machine does lasts for seconds."""


class Compared(msgspec.Struct, frozen=True):
    """The medians of all turns of both."""

    without: Timing
    with_it: Timing
    ratio: float
    """By how much it is slower with it: of each two turns side by side, then the median of all."""
    drift: float
    """The slowest turn's median over the fastest's, without it: what is due to the machine."""


async def by_turns(
    without: Callable[[], Awaitable[Timing]], with_it: Callable[[], Awaitable[Timing]], turns: int = TURNS
) -> Compared:
    """Measure both so often, by turns; each goes first every other time."""
    ours: list[Timing] = []
    theirs: list[Timing] = []
    for turn in range(turns):
        pair = [(without, ours), (with_it, theirs)]
        for run, timings in pair if turn % 2 == 0 else reversed(pair):
            timings.append(await run())
    medians = [timing.p50 for timing in ours]
    ratios = [after.p50 / before.p50 for before, after in zip(ours, theirs, strict=True)]
    return Compared(_typical(ours), _typical(theirs), median(ratios), max(medians) / min(medians))


def _typical(timings: list[Timing]) -> Timing:
    return Timing(
        median(timing.per_second for timing in timings),
        median(timing.p50 for timing in timings),
        median(timing.p99 for timing in timings),
    )


async def copy_database(dsn: str, name: str) -> str:
    """Make a copy, to which nobody may be connected but us; gives its address."""
    source = urlsplit(dsn).path.strip("/")
    server = await asyncpg.connect(named(dsn, "template1"), command_timeout=None)
    await server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    await server.close()
    return named(dsn, name)


async def make_database(dsn: str, name: str) -> str:
    """Make an empty database beside this one; gives its address."""
    server = await asyncpg.connect(dsn)
    await server.execute(f'CREATE DATABASE "{name}"')
    await server.close()
    return named(dsn, name)


def named(dsn: str, name: str) -> str:
    """Give the address of another database of the same server."""
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()


@asynccontextmanager
async def opened(dsn: str, connections: int) -> AsyncIterator[Database]:
    """Lend a pool."""
    database = Database(dsn, connections=connections)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
