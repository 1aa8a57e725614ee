"""Many kiosks at once: every number is given out once, none is left out, and the tests would see it."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import aiosql
import msgspec

from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.counter_hall import issue
from tests.integration.servers import on_every_server

pytestmark = on_every_server

KIOSKS = 64
EACH = 4


async def test_64_kiosks_never_give_out_the_same_number(
    database: Database, now: datetime, bsc_mitte: Office
) -> None:
    async def kiosk() -> list[str]:
        numbers = []
        for _ in range(EACH):
            async with database.connection() as conn:
                numbers.append((await issue(conn, now, bsc_mitte)).number)
        return numbers

    given = [
        number for numbers in await asyncio.gather(*(kiosk() for _ in range(KIOSKS))) for number in numbers
    ]

    assert sorted(given) == [f"A{number:03}" for number in range(1, KIOSKS * EACH + 1)]


async def test_negative_control_counting_todays_rows_gives_numbers_twice(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office, tmp_path: Path
) -> None:
    text = (sql_directory() / "queries" / "queueing.sql").read_text()
    statement = text[: text.index("-- name: call_next(")]
    begin, end = statement.index("    INSERT INTO ticket_number"), statement.index("), issued AS")
    broken = tmp_path / "broken.sql"
    counting = (
        "    SELECT count(*) + 1 AS last FROM ticket WHERE office_id = :office_id AND day = :number_day\n"
    )
    broken.write_text(statement[:begin] + counting + statement[end:])
    queries = aiosql.from_path(broken, "asyncpg")
    await conn.execute("ALTER TABLE ticket DROP CONSTRAINT ticket_number_key")
    service_id = await conn.fetchval("SELECT id FROM service WHERE code = 'personalausweis'")

    async def kiosk() -> None:
        async with database.connection() as own:
            for _ in range(EACH):
                await queries.issue_ticket(
                    own, office_id=bsc_mitte.id, id=uuid4(), day=now.date(), number_day=now.date(),
                    letter="A", visitor_class="walk_in", needs=[], language="de", service_id=service_id,
                    channel="kiosk", token=uuid4().hex, appointment_id=None, appointment_at=None,
                    waiting_since=now, rank_at=now, contingent=None, contingent_places=None,
                    actor="device:1", now=now,
                )  # fmt: skip

    await asyncio.gather(*(kiosk() for _ in range(KIOSKS)))

    issued = await conn.fetchval("SELECT count(*) FROM ticket")
    different = await conn.fetchval("SELECT count(DISTINCT number) FROM ticket")
    assert issued == KIOSKS * EACH
    assert different < issued


async def test_numbers_restart_on_the_offices_own_day(
    conn: Connection, bsc_mitte: Office, now: datetime
) -> None:
    # 23:30 UTC is half past midnight in Bremen: another day there, the same in UTC.
    evening = now.replace(hour=22, minute=30)
    assert (await issue(conn, evening, bsc_mitte)).number == "A001"
    assert (await issue(conn, evening, bsc_mitte)).number == "A002"
    assert (await issue(conn, evening + timedelta(hours=1), bsc_mitte)).number == "A001"


async def test_an_office_may_go_on_counting(conn: Connection, bsc_mitte: Office, now: datetime) -> None:
    numbers = msgspec.structs.replace(bsc_mitte.setup.numbers, restart_daily=False)
    office = msgspec.structs.replace(
        bsc_mitte, setup=msgspec.structs.replace(bsc_mitte.setup, numbers=numbers)
    )
    assert (await issue(conn, now, office)).number == "A001"
    assert (await issue(conn, now + timedelta(days=3), office)).number == "A002"


async def test_the_same_request_sent_again_gives_the_same_ticket(
    conn: Connection, bsc_mitte: Office, now: datetime
) -> None:
    ticket_id = uuid4()
    first = await issue(conn, now, bsc_mitte, id=ticket_id)
    again = await issue(conn, now + timedelta(minutes=1), bsc_mitte, id=ticket_id)
    assert (again.number, again.token) == (first.number, first.token)
    assert await conn.fetchval("SELECT count(*) FROM ticket") == 1
