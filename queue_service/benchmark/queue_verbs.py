"""Giving out a number, and calling: over HTTP, by the same functions without it, and by pgbench.

Each is measured together with the step that puts everything back (the number is cancelled, the visitor
waits again), so that every round finds the same hall. Latencies are those of the verb alone.
"""

import asyncio
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec

from queue_service.benchmark.light_http import LightClient, expect
from queue_service.benchmark.queue_city import SERVICE, Clerk, seat
from queue_service.benchmark.verbs import WARM_UP, Timing, quantile
from queue_service.offices import service as offices
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection, sql_directory
from queue_service.protocol.device_api import TicketRequest
from queue_service.queueing import service as queueing

VERBS = ("issue", "call next")
PGBENCH_SECONDS = 3


class Way(Protocol):
    """How both verbs are done, and undone."""

    async def issue(self, client: int) -> UUID:
        """Give out a number."""

    async def cancel(self, client: int, ticket: UUID) -> None:
        """Its visitor has left."""

    async def call_next(self, client: int) -> UUID:
        """Call."""

    async def requeue(self, client: int, ticket: UUID) -> None:
        """Put the visitor back."""


async def measure(way: Way, verb: str, clients: int, rounds: int) -> Timing:
    """Run so many rounds shared by the clients: how many a second, and how long the verb itself took."""
    do, put_back = (way.issue, way.cancel) if verb == "issue" else (way.call_next, way.requeue)
    for client in range(clients):
        for _ in range(max(1, WARM_UP // clients)):
            await put_back(client, await do(client))
    taken: list[float] = []

    async def work(client: int) -> None:
        for _ in range(rounds // clients):
            began = time.perf_counter()
            ticket = await do(client)
            taken.append(time.perf_counter() - began)
            await put_back(client, ticket)

    began = time.perf_counter()
    await asyncio.gather(*map(work, range(clients)))
    whole = time.perf_counter() - began
    return Timing(len(taken) / whole, quantile(taken, 0.5) * 1000, quantile(taken, 0.99) * 1000)


class OverHttp:
    """One kept-alive connection a client."""

    def __init__(self, lines: list[LightClient], halls: int) -> None:
        self._lines = lines
        self._halls = halls

    async def issue(self, client: int) -> UUID:
        """As a kiosk does."""
        office, _ = seat(client, self._halls)
        path = f"/api/v1/offices/{office}/tickets"
        return _id(await expect(self._lines[client], 201, "POST", path, {"service": SERVICE}))

    async def cancel(self, client: int, ticket: UUID) -> None:
        """As a desk does."""
        await expect(self._lines[client], 200, "POST", f"/api/v1/tickets/{ticket}/cancel")

    async def call_next(self, client: int) -> UUID:
        """As a desk does."""
        office, number = seat(client, self._halls)
        answer = await expect(
            self._lines[client], 200, "POST", f"/api/v1/counters/{office}.{number}/call-next"
        )
        return _id(msgspec.json.decode(answer, type=dict[str, msgspec.Raw])["ticket"])

    async def requeue(self, client: int, ticket: UUID) -> None:
        """As a desk does."""
        await expect(self._lines[client], 200, "POST", f"/api/v1/tickets/{ticket}/requeue")


class _Identified(msgspec.Struct):
    id: UUID


def _id(answer: bytes | msgspec.Raw) -> UUID:
    return msgspec.json.decode(answer, type=_Identified).id


class BySql:
    """The same functions of the service on a connection of the pool; the yardstick."""

    def __init__(self, database: Database, clerks: list[Clerk], halls: int) -> None:
        self._database = database
        self._clerks = clerks
        self._halls = halls

    async def issue(self, client: int) -> UUID:
        """As ``OverHttp.issue``."""
        slug, _ = seat(client, self._halls)
        async with self._database.connection() as conn:
            office = await offices.find_office(conn, slug)
            request, kiosk = TicketRequest(service=SERVICE), queueing.Actor("device:1")
            issued = await queueing.issue_ticket(conn, system_clock(), office, request, "kiosk", kiosk, "")
        return issued.id

    async def cancel(self, client: int, ticket: UUID) -> None:
        """As ``OverHttp.cancel``."""
        await self._move(client, ticket, "cancel")

    async def call_next(self, client: int) -> UUID:
        """As ``OverHttp.call_next``."""
        office, number = seat(client, self._halls)
        async with self._database.connection() as conn:
            counter = await queueing.find_counter(conn, f"{office}.{number}")
            called = await queueing.call_next(conn, system_clock(), counter, self._clerks[client].actor)
        assert called is not None
        return called.ticket.id

    async def requeue(self, client: int, ticket: UUID) -> None:
        """As ``OverHttp.requeue``."""
        await self._move(client, ticket, "requeue")

    async def _move(self, client: int, ticket: UUID, verb: str) -> None:
        actor = self._clerks[client].actor
        async with self._database.connection() as conn:
            found = await queueing.find_ticket(conn, ticket, actor)
            await queueing.move_ticket(conn, system_clock(), found, verb, actor)


TICKET = "(:ticket ::jsonb ->> 'id')::uuid"
"""What a statement before has answered, as pgbench keeps it."""
ALWAYS = {
    "now": "now()", "day": "current_date", "number_day": "current_date", "letter": "'A'", "ticket_id": TICKET,
    "visitor_class": "'walk_in'", "needs": "'{}'", "language": "'de'", "channel": "'kiosk'",
    "id": "gen_random_uuid()", "token": "gen_random_uuid()::text", "appointment_id": "NULL::uuid",
    "appointment_at": "NULL::timestamptz", "waiting_since": "now()", "rank_at": "now()",
    "call_by": "now() + interval '2 hours'", "contingent": "NULL", "contingent_places": "NULL",
    "pick_up": "false", "slow_walk": "false", "further_services": "'{}'", "together": "false", "note": "''",
    "sent_from": "NULL::uuid", "target_counter_id": "NULL::int", "changes": "'{}'", "detail": "'{}'",
    "code": f"'{SERVICE}'", "service_id": "(SELECT s.id FROM service s WHERE s.code = 'service-0')",
}  # fmt: skip
"""What the service's functions hand to the statements, by parameter."""
PUT_BACK = {
    "issue": {"verb": "'cancel'", "kind": "'ticket.cancelled'", "from_states": "'{waiting}'",
              "to_state": "'cancelled'"},
    "call next": {"verb": "'requeue'", "kind": "'ticket.requeued'", "from_states": "'{called}'",
                  "to_state": "'waiting'"},
}  # fmt: skip
STATEMENTS = {
    "issue": [("offices", "find_office"), ("offices", "find_offered_service"), ("queueing", "issue_ticket"),
              ("queueing", "queue_ahead")],
    "call next": [("queueing", "find_counter"), ("queueing", "call_next")],
}  # fmt: skip
GIVES_TICKET = ("issue_ticket", "call_next")


def statement(area: str, name: str) -> str:
    """Return a query's text without its comments."""
    text = (sql_directory() / "queries" / f"{area}.sql").read_text()
    body = text.split(f"-- name: {name}(", 1)[1].split("\n", 1)[1].split(";", 1)[0]
    return re.sub(r"--.*", "", body)


def pgbench_script(verb: str) -> str:
    """Return what the service does for both steps of the verb, statement by statement, for pgbench."""
    chosen = {**ALWAYS, **PUT_BACK[verb]}
    lines = ["SELECT * FROM bench_seat WHERE client = :client_id \\gset"]
    for area, name in [*STATEMENTS[verb], ("queueing", "find_ticket"), ("queueing", "move_ticket")]:
        text = statement(area, name)
        for parameter, value in chosen.items():
            text = re.sub(rf"(?<!:):{parameter}\b", lambda _, value=value: value, text)  # type: ignore[misc]
        lines.append(text.strip() + (" \\gset" if name in GIVES_TICKET else ";"))
    return "\n".join(lines) + "\n"


async def seat_pgbench(conn: Connection, clerks: list[Clerk], halls: int) -> None:
    """Tell pgbench which of its clients sits where: a lookup by key before each round."""
    await conn.execute(
        """
        DROP TABLE IF EXISTS bench_seat;
        CREATE TABLE bench_seat (client integer PRIMARY KEY, office_id integer, slug text, office_slug text,
                                 counter_id integer, number text, clerk_id integer, actor text)
        """
    )
    await conn.executemany(
        """
        INSERT INTO bench_seat
        SELECT $1::int, o.id, o.slug, o.slug, c.id, c.number, $4::int, 'staff:' || $4::int
          FROM office o JOIN counter c ON c.office_id = o.id WHERE o.slug = $2 AND c.number = $3::int::text
        """,
        [(client, *seat(client, halls), clerk.user_id) for client, clerk in enumerate(clerks)],
    )


def pgbench(program: Path, dsn: str, directory: Path, verb: str, clients: int) -> Timing:
    """Let PostgreSQL's own driver run the same statements; its latency is a mean of whole rounds."""
    script = directory / "verb.pgbench"
    script.write_text(pgbench_script(verb))
    parts = urlsplit(dsn)
    host = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])[0]
    done = subprocess.run(  # noqa: S603  # the server's own program, with our own arguments
        [program, "-n", "-h", host, "-U", parts.username or "postgres", "-p", str(parts.port or 5432),
         "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(PGBENCH_SECONDS), "-f", script,
         parts.path.strip("/")],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PGPASSWORD": parts.password or "", "PGOPTIONS": "-c jit=off"},
    )  # fmt: skip
    rate = re.search(r"tps = ([0-9.]+)", done.stdout)
    latency = re.search(r"latency average = ([0-9.]+) ms", done.stdout)
    if rate is None or latency is None or "aborted" in done.stderr:
        raise RuntimeError(done.stderr[-2000:])
    return Timing(float(rate[1]), float(latency[1]), float("nan"))
