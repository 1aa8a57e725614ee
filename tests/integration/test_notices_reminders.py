"""Whoever asked for it is reminded: once, in good time, and never at night."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from queue_service.booking import confirmation_store, confirmations, service
from queue_service.booking.confirmation_store import DueReminder
from queue_service.booking.model import Contact, MoveRequest
from queue_service.offices.model import Span
from queue_service.platform.database import Database
from queue_service.platform.errors import InvalidFields
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, build, office, pool, request

WEDNESDAY, THURSDAY, FRIDAY = (date(2027, 1, day) for day in (13, 14, 15))
DAY_AHEAD = confirmations.reminding(timedelta(hours=24))
ERIKA = Contact(name="Erika", email="erika@example.org", phone="+4915112345678", remind=True)
ALL_DAY = Span(0, 24 * 60)


@pytest.fixture(autouse=True)
async def town(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=20, span=ALL_DAY)))


async def book(conn: Connection, start: datetime, contact: Contact = ERIKA, now: datetime = NOW) -> str:
    return (await service.book(conn, now, request(start, contact=contact))).reference


async def reminded(conn: Connection, now: datetime) -> list[str]:
    """Let the chore go; gives the ways of all reminders that there are by now."""
    await DAY_AHEAD(conn, now)
    rows = await conn.fetch(
        "SELECT way FROM outbox WHERE kind = 'reminder' AND state = 'queued' ORDER BY way"
    )
    return [row["way"] for row in rows]


@pytest.mark.parametrize(
    ("start", "not_yet", "due"),
    [
        (at(10, day=FRIDAY), at(9, 59, THURSDAY), at(10, 0, THURSDAY)),
        (at(8, day=FRIDAY), at(7, 59, THURSDAY), at(8, 0, THURSDAY)),
        # At seven in the morning the day before it is too early: the evening before that.
        (
            at(7, 30, FRIDAY),
            at(18, 59, THURSDAY - timedelta(days=1)),
            at(19, 0, THURSDAY - timedelta(days=1)),
        ),
        (at(21, day=FRIDAY), at(18, 59, THURSDAY), at(19, 0, THURSDAY)),
    ],
)
async def test_a_reminder_comes_a_day_before_or_the_evening_before_that(
    conn: Connection, start: datetime, not_yet: datetime, due: datetime
) -> None:
    await book(conn, start)
    assert await reminded(conn, not_yet) == []
    assert await reminded(conn, due) == ["email"]


async def test_a_service_that_was_away_in_the_evening_reminds_in_the_morning(conn: Connection) -> None:
    await book(conn, at(10, day=FRIDAY))
    assert await reminded(conn, at(20, 1, THURSDAY)) == []
    assert await reminded(conn, at(7, 59, FRIDAY)) == []
    assert await reminded(conn, at(8, 0, FRIDAY)) == ["email"]


async def test_without_consent_nobody_is_reminded(conn: Connection) -> None:
    await book(conn, at(10, day=FRIDAY), replace(ERIKA, remind=False, confirm_by="email"))
    assert await reminded(conn, at(11, day=THURSDAY)) == []


async def test_a_reminder_goes_by_the_quick_ways_of_the_confirmation(conn: Connection) -> None:
    await book(conn, at(10, day=FRIDAY), replace(ERIKA, confirm_by="sms"))
    assert await reminded(conn, at(11, day=THURSDAY)) == ["sms"]


async def test_whoever_has_booked_since_then_needs_none(conn: Connection) -> None:
    await book(conn, at(10, day=FRIDAY), now=at(11, day=THURSDAY))
    assert await reminded(conn, at(12, day=THURSDAY)) == []


async def test_a_reminder_comes_once_and_after_a_move_for_the_new_time(conn: Connection) -> None:
    reference = await book(conn, at(10, day=THURSDAY), replace(ERIKA, confirm_by="email"))
    assert await reminded(conn, at(11, day=WEDNESDAY)) == ["email"]
    assert await reminded(conn, at(12, day=WEDNESDAY)) == ["email"]
    await service.move(conn, at(13, day=WEDNESDAY), reference, MoveRequest(at(10, day=FRIDAY)))
    # The old one, not sent yet, is taken back.
    assert await reminded(conn, at(13, day=WEDNESDAY)) == []
    assert await reminded(conn, at(11, day=THURSDAY)) == ["email"]


async def test_a_cancelled_appointment_takes_its_reminder_along(conn: Connection) -> None:
    reference = await book(conn, at(10, day=FRIDAY))
    assert await reminded(conn, at(11, day=THURSDAY)) == ["email"]
    await service.cancel(conn, at(12, day=THURSDAY), reference)
    assert await reminded(conn, at(12, day=THURSDAY)) == []


async def test_processes_that_remind_at_once_remind_once(conn: Connection, database: Database) -> None:
    for minute in (0, 15, 30, 45):
        await book(conn, at(10, minute, FRIDAY))

    async def remind() -> None:
        async with database.connection() as own:
            await DAY_AHEAD(own, at(11, day=THURSDAY))

    await asyncio.gather(*(remind() for _ in range(8)))
    assert await reminded(conn, at(11, day=THURSDAY)) == ["email"] * 4


async def test_a_wish_to_be_reminded_needs_a_way(conn: Connection) -> None:
    with pytest.raises(InvalidFields) as refused:
        await book(conn, at(10, day=FRIDAY), Contact(name="Erika", phone="0421 361 12345", remind=True))
    assert refused.value.extra["faults"] == {"contact.remind": "reminder_without_way"}


async def test_askers_who_read_without_a_lock_remind_twice(
    conn: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: neither locked nor noted, the same appointment is everybody's."""

    async def careless(conn: Connection, *_: object) -> list[DueReminder]:
        rows = await conn.fetch("SELECT office_id, id, reference, starts_at FROM appointment")
        return [DueReminder(**row) for row in rows]

    async def never_mind(*_: object) -> bool:
        return True

    monkeypatch.setattr(confirmation_store, "due_reminders", careless)
    monkeypatch.setattr(confirmation_store, "note_reminded", never_mind)
    await book(conn, at(10, day=FRIDAY))

    async def remind() -> None:
        async with database.connection() as own:
            await DAY_AHEAD(own, at(11, day=THURSDAY))

    await asyncio.gather(*(remind() for _ in range(4)))
    assert await conn.fetchval("SELECT count(*) FROM outbox WHERE kind = 'reminder'") > 1
