"""Places that are kept for emergencies: supervisors alone give them away, however many ask at once."""

import asyncio
from datetime import timedelta

import aiosql
import pytest
from msgspec.structs import replace

from queue_service.accounts.model import Role
from queue_service.booking import service, store
from queue_service.booking.model import MoveRequest
from queue_service.offices.setup_model import Contingents
from queue_service.platform.database import Database
from queue_service.platform.errors import SlotTaken
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.booking_town import NOW, at, build, day_after, office, pool, request
from tests.integration.running_service import RunningService

COUNTERS, KEPT = 5, 1
"""A fifth of the places at nine o'clock is kept."""
CLIENTS = 20
NINE = at(9, day=day_after(1))


async def got_at_nine(database: Database, *, emergency: bool) -> int:
    """Let many ask for the same hour at once; gives how many were booked."""
    wanted = replace(request(NINE), emergency=emergency)

    async def attempt() -> bool:
        async with database.connection() as own:
            try:
                await service.book(own, NOW, wanted)
            except SlotTaken:
                return False
            return True

    return sum(await asyncio.gather(*(attempt() for _ in range(CLIENTS))))


@pytest.fixture(autouse=True)
async def town(conn: Connection) -> None:
    kept = Contingents(emergency=100 * KEPT // COUNTERS)
    await build(conn, office("mitte", replace(pool(counters=COUNTERS), contingents=kept)))


async def test_a_crowd_at_the_counter_leaves_what_is_kept_and_a_crowd_of_emergencies_takes_just_that(
    database: Database, conn: Connection
) -> None:
    assert await got_at_nine(database, emergency=False) == COUNTERS - KEPT
    assert await got_at_nine(database, emergency=True) == KEPT
    assert await service.verify(conn, NOW) == []


async def test_when_the_counters_limit_is_not_asked_for_nothing_is_left_for_emergencies(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""
    text = (sql_directory() / "queries" / "booking.sql").read_text(encoding="utf-8")
    limits = (
        "open_cells(:level ::smallint, planes, counter_planes, phone_planes, online_planes)\n    RETURNING"
    )
    assert text.count(limits) == 1
    unlimited = text.replace(limits, "open_cells(4 ::smallint, planes, NULL, NULL, NULL)\n    RETURNING")
    monkeypatch.setattr(store, "_queries", aiosql.from_str(unlimited, "asyncpg"))
    assert await got_at_nine(database, emergency=False) > COUNTERS - KEPT


async def test_a_visitor_moves_an_emergency_only_to_where_everybody_may_go_and_counts_there(
    conn: Connection,
) -> None:
    ten = at(10, day=day_after(1))
    urgent = await service.book(conn, NOW, replace(request(NINE), emergency=True))
    others = [await service.book(conn, NOW, request(ten)) for _ in range(COUNTERS - KEPT)]
    with pytest.raises(SlotTaken):
        await service.move(conn, NOW, urgent.reference, MoveRequest(ten), by_visitor=True)
    assert (await service.find(conn, urgent.reference)).emergency, "what can't be done changes nothing"
    await service.cancel(conn, NOW, others[0].reference)
    moved = await service.move(conn, NOW, urgent.reference, MoveRequest(ten), by_visitor=True)
    assert not moved.emergency
    with pytest.raises(SlotTaken):
        await service.book(conn, NOW, request(ten))
    await service.book(conn, NOW, replace(request(ten), emergency=True))
    assert await service.verify(conn, NOW) == []


async def test_only_a_supervisor_of_the_office_sees_and_books_what_is_kept(
    running_service: RunningService,
) -> None:
    soon = (running_service.clock() + timedelta(days=1)).date().isoformat()
    asked = {"service": "personalausweis", "office": "bsc-mitte", "from": soon, "limit": "1"}
    for role, status in ((Role.AGENT, 403), (Role.SUPERVISOR, 201)):
        channel = "phone" if role is Role.AGENT else "counter"
        search = {**asked, "channel": channel}
        async with running_service.client(await running_service.staff_token(role)) as staff:
            found = await staff.get("/api/v1/slots", params={**search, "emergency": "true"})
            assert found.status_code == (200 if status == 201 else status)
            [place] = (await staff.get("/api/v1/slots", params=search)).json()["items"]
            body = {
                "office": "bsc-mitte",
                "services": [{"service": "personalausweis"}],
                "start": place["start"],
                "channel": channel,
                "emergency": True,
                "contact": {"name": "Erika"},
            }
            made = await staff.post("/api/v1/appointments", json=body)
            assert (made.status_code, made.json().get("code")) == (
                status,
                None if status == 201 else "not_permitted",
            )
