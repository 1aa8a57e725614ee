"""Same-day places: as many numbers as places however many kiosks ask, and a cancelled one is given again."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import aiosql
import pytest

from queue_service.accounts.model import DeviceProfile
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection, sql_directory
from queue_service.protocol.device_api import IssuedTicket
from queue_service.protocol.stream import WalkIns
from queue_service.queueing import service, store
from tests.integration.counter_hall import issue
from tests.integration.documented_answers import read_document
from tests.integration.hall_state import state_of
from tests.integration.open_screen import open_kiosk
from tests.integration.running_service import RunningService, run_service
from tests.integration.servers import on_every_server

OFFICE = "standesamt-mitte"
CERTIFICATE = "personenstandsurkunde"
PLACES = 24
KIOSKS = 64
REGISTRATION = datetime.fromisoformat("2026-11-24T07:30:00+01:00")
"""A Tuesday: visitors are served from eight o'clock on."""
THURSDAY = REGISTRATION + timedelta(days=2)
GUARD, NO_GUARD = "WHERE c.used < :contingent_places", "WHERE 0 < :contingent_places"
SUPERVISOR = service.Actor("staff:1", any_counter=True)


@pytest.fixture
async def registry_office(conn: Connection) -> Office:
    """An office of the demo with an open consultation for certificates."""
    return await offices.find_office(conn, OFFICE)


@pytest.fixture
def now() -> datetime:
    """The registration has just opened."""
    return REGISTRATION


async def ask(database: Database, office: Office, now: datetime = REGISTRATION) -> IssuedTicket | str | None:
    """Ask for a number as a kiosk does: the number, or the reason why there is none."""
    async with database.connection() as conn:
        try:
            return await issue(conn, now, office, CERTIFICATE)
        except errors.WalkInsClosed as closed:
            return str(closed.extra["reason"])


async def cancel(database: Database, now: datetime, ticket: UUID) -> None:
    async with database.connection() as conn:
        found = await service.find_ticket(conn, ticket, SUPERVISOR)
        await service.move_ticket(conn, now, found, "cancel", SUPERVISOR)


async def used(conn: Connection) -> int:
    count = await conn.fetchval("SELECT coalesce(sum(used), 0) FROM day_contingent")
    return int(count)


async def numbers_given(conn: Connection) -> dict[str, str]:
    """A mark that changes with any number or place given out; the service opens a new day meanwhile."""
    state = await state_of(conn)
    return {table: state[table] for table in ("ticket", "ticket_number", "day_contingent", "change")}


async def rush(database: Database, office: Office) -> list[IssuedTicket]:
    """Let all kiosks ask at once; gives the tickets."""
    answers = await asyncio.gather(*(ask(database, office) for _ in range(KIOSKS)))
    tickets = [answer for answer in answers if isinstance(answer, IssuedTicket)]
    assert {answer for answer in answers if not isinstance(answer, IssuedTicket)} <= {"contingent_used_up"}
    return tickets


@on_every_server
async def test_64_kiosks_get_as_many_numbers_as_there_are_places(
    database: Database, conn: Connection, registry_office: Office
) -> None:
    tickets = await rush(database, registry_office)
    # Nobody was refused a number that somebody else then did not get, and no number was left out.
    assert sorted(ticket.number for ticket in tickets) == [f"A{n:03}" for n in range(1, PLACES + 1)]
    assert await used(conn) == PLACES
    assert await service.broken_invariants(conn) == []


@on_every_server
async def test_negative_control_without_its_guard_the_same_statement_gives_out_too_many(
    database: Database,
    registry_office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = (sql_directory() / "queries" / "queueing.sql").read_text(encoding="utf-8")
    assert text.count(GUARD) == 1
    monkeypatch.setattr(store, "_queries", aiosql.from_str(text.replace(GUARD, NO_GUARD), "asyncpg"))
    assert len(await rush(database, registry_office)) > PLACES


@on_every_server
async def test_places_given_back_while_others_ask_are_counted_once_and_nothing_deadlocks(
    database: Database, conn: Connection, registry_office: Office
) -> None:
    first = await rush(database, registry_office)
    given_back = [ticket.id for ticket in first[:10]]

    async def cancel_by_two(ticket: UUID) -> None:
        await asyncio.gather(
            *(cancel(database, REGISTRATION, ticket) for _ in range(2)), return_exceptions=True
        )

    answers = await asyncio.gather(
        *(cancel_by_two(ticket) for ticket in given_back),
        *(ask(database, registry_office) for _ in range(KIOSKS)),
    )
    later = [answer for answer in answers if isinstance(answer, IssuedTicket)]
    assert len(later) <= len(given_back)
    assert await used(conn) == PLACES - len(given_back) + len(later)
    assert await service.broken_invariants(conn) == []


async def test_the_same_request_sent_again_takes_no_second_place(
    conn: Connection, registry_office: Office
) -> None:
    ticket_id = uuid4()
    for _ in range(2):
        await issue(conn, REGISTRATION, registry_office, CERTIFICATE, id=ticket_id)
    assert await used(conn) == 1


async def test_a_contingent_that_does_not_add_up_is_found(conn: Connection, registry_office: Office) -> None:
    await issue(conn, REGISTRATION, registry_office, CERTIFICATE)
    await conn.execute("UPDATE day_contingent SET used = 2")
    (finding,) = await service.broken_invariants(conn)
    assert "2 places taken, 1 tickets hold one" in finding


async def test_counts_of_a_month_ago_are_trimmed_and_the_last_day_stays_true(
    conn: Connection, registry_office: Office
) -> None:
    await issue(conn, REGISTRATION, registry_office, CERTIFICATE)
    await service.forget_contingents(conn, THURSDAY + service.CONTINGENTS_KEPT)
    assert await used(conn) == 1, "the last day is what screens read"
    await issue(conn, THURSDAY, registry_office, CERTIFICATE)
    await service.forget_contingents(conn, REGISTRATION + service.CONTINGENTS_KEPT)
    assert await used(conn) == 2
    await service.forget_contingents(conn, THURSDAY + service.CONTINGENTS_KEPT)
    assert await used(conn) == 1
    assert await service.broken_invariants(conn) == []


async def test_the_next_day_begins_with_all_places(
    database: Database, conn: Connection, registry_office: Office
) -> None:
    await rush(database, registry_office)
    assert isinstance(await ask(database, registry_office, THURSDAY), IssuedTicket)
    assert (await service.walk_ins(conn, THURSDAY, registry_office)).places_left == PLACES - 1


async def test_a_kiosk_follows_the_places_and_ends_with_what_a_fresh_snapshot_says(
    running_service: RunningService, conn: Connection, registry_office: Office
) -> None:
    token = await running_service.device_token(DeviceProfile.KIOSK, OFFICE)
    async with open_kiosk(running_service, token) as kiosk:
        before = kiosk.state.version
        assert kiosk.state.walk_ins.places_left == PLACES
        tickets = [await issue(conn, REGISTRATION, registry_office, CERTIFICATE) for _ in range(3)]
        state = await kiosk.read_until(before + 3)
        assert state.walk_ins.places_left == PLACES - 3
        found = await service.find_ticket(conn, tickets[0].id, SUPERVISOR)
        await service.move_ticket(conn, REGISTRATION, found, "cancel", SUPERVISOR)
        state = await kiosk.read_until(before + 4)
        (certificate,) = [one for one in state.services if one.code == CERTIFICATE]
        assert (certificate.walk_ins, state.walk_ins.places_left) == (state_of_office(PLACES - 2), PLACES - 2)
        async with (
            run_service(running_service.dsn, running_service.clock()) as fresh,
            open_kiosk(fresh, token) as other,
        ):
            assert other.state == state


def state_of_office(places_left: int) -> WalkIns:
    return WalkIns(open=True, places_left=places_left, begins_at=REGISTRATION + timedelta(minutes=30))


async def test_whoever_comes_too_early_or_too_late_is_told_when_and_loses_nothing(
    running_service: RunningService, conn: Connection, database: Database, registry_office: Office
) -> None:
    token = await running_service.device_token(DeviceProfile.KIOSK, OFFICE)
    async with running_service.client(token) as kiosk:
        documented = await read_document(kiosk)

        async def refusal() -> tuple[object, ...]:
            before = await numbers_given(conn)
            answer = await kiosk.post(f"/api/v1/offices/{OFFICE}/tickets", json={"service": CERTIFICATE})
            assert documented.fault(answer) is None
            assert await numbers_given(conn) == before
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (409, "walk_ins_closed")
            return problem["reason"], instant(problem["next_chance_at"]), instant(problem["begins_at"])

        half_an_hour = timedelta(minutes=30)
        running_service.clock.now = REGISTRATION - timedelta(seconds=1)
        assert await refusal() == ("not_yet", REGISTRATION, REGISTRATION + half_an_hour)
        running_service.clock.now = REGISTRATION
        await rush(database, registry_office)
        assert await refusal() == ("contingent_used_up", THURSDAY, THURSDAY + half_an_hour)
        shown = (await kiosk.get(f"/api/v1/offices/{OFFICE}")).json()["walk_ins"]
    assert (shown["open"], shown["reason"], shown["places_left"]) == (False, "contingent_used_up", 0)


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
