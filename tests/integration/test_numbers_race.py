"""Many kiosks at once: every number is given out once, none is left out, and the tests would see it."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.counter_hall import issue
from tests.integration.faulty_statements import let_queue_run
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


COUNTING = """
    SELECT count(*) + 1 AS last FROM ticket WHERE office_id = :office_id AND day = :number_day
"""


async def test_negative_control_counting_todays_rows_gives_numbers_twice(
    conn: Connection,
    database: Database,
    now: datetime,
    bsc_mitte: Office,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    text = (sql_directory() / "queries" / "queueing.sql").read_text()
    begin, end = text.index("    INSERT INTO ticket_number"), text.index("), issued AS")
    let_queue_run(monkeypatch, tmp_path, (text[begin:end], COUNTING))
    await conn.execute("ALTER TABLE ticket DROP CONSTRAINT ticket_number_key")

    async def kiosk() -> None:
        for _ in range(EACH):
            async with database.connection() as own:
                await issue(own, now, bsc_mitte)

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
