"""What a verb does, its visitor is told: once, by the way that was asked for, whatever fails."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from icalendar import Calendar
from msgspec.structs import replace

from queue_service.booking import confirmations, service
from queue_service.booking.model import BookingMade, ConfirmBy, Contact, MoveRequest, PostalAddress
from queue_service.notices import service as notices
from queue_service.notices import store
from queue_service.notices.back_off import MOST_ATTEMPTS, PAUSES
from queue_service.notices.dispatch import Post, send_due
from queue_service.notices.model import AppointmentNotice, Way
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, TODAY, at, build, office, pool, request
from tests.integration.mail_room import MailServer, SmsGateway, mail_server, post_office, sms_gateway
from tests.integration.running_service import MovableClock

ERIKA = Contact(
    name="Erika Mustermann",
    phone="+4915112345678",
    email="erika@example.org",
    postal_address=PostalAddress("Am Wall 1", "28195", "Bremen"),
)
AT_NINE = at(9)
MESSAGES = 20


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def gateway() -> AsyncIterator[SmsGateway]:
    async with sms_gateway() as server:
        yield server


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture(autouse=True)
async def town(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=20)), office("nord", pool(counters=2)))


@pytest.fixture
def post(database: Database, clock: MovableClock, mail: MailServer, gateway: SmsGateway) -> Post:
    return post_office(database, clock, mail=mail.port, sms=gateway.port)


async def book(
    conn: Connection, *ways: ConfirmBy, hold: bool = False, start: datetime = AT_NINE
) -> BookingMade:
    """Book by telephone for somebody who wants to be told by these ways."""
    contact = replace(ERIKA, confirm_by=list(ways) or "none")
    asked = request(start, channel="phone", hold=hold, contact=contact)
    return await service.book(conn, NOW, asked)


async def states(conn: Connection) -> list[tuple[str, str, str]]:
    rows = await conn.fetch("SELECT kind, way, state FROM outbox ORDER BY created_at, sequence, way")
    return [tuple(row) for row in rows]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def event_in(mail: EmailMessage) -> tuple[str, Any]:
    """Give method and event of the calendar file, which is there as a view and as an attachment."""
    [view] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [attached] = mail.iter_attachments()
    assert str(view.get_content()).splitlines() == attached.get_content().decode().splitlines()
    assert attached.get_filename() == "termin.ics"
    calendar = Calendar.from_ical(str(view.get_content()))
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


async def test_a_booking_by_telephone_arrives_once_by_each_way(
    conn: Connection, post: Post, mail: MailServer, gateway: SmsGateway
) -> None:
    made = await book(conn, "email", "sms", "letter")
    assert [await send_due(post, way) for way in ("email", "email", "sms", "sms")] == [1, 0, 1, 0]
    [message] = mail.received
    assert (message["To"], message["Subject"] > "") == ("erika@example.org", True)
    assert made.reference in text_of(message)
    [(headers, body)] = gateway.received
    sent = json.loads(body)
    assert sent["to"] == "+4915112345678"
    assert made.reference in sent["text"]
    assert headers["authorization"] == "Bearer gateway-token"
    assert await states(conn) == [
        ("booked", "email", "sent"),
        ("booked", "letter", "queued"),
        ("booked", "sms", "sent"),
    ]
    left = await conn.fetch("SELECT way FROM outbox WHERE payload IS NOT NULL")
    assert [row["way"] for row in left] == ["letter"]


async def test_the_link_in_a_message_opens_the_appointment(
    conn: Connection, post: Post, mail: MailServer
) -> None:
    made = await book(conn, "email")
    await send_due(post, "email")
    [link] = [word for word in text_of(mail.received[0]).split() if word.startswith("https://termine.test/")]
    linked = httpx.URL(link).params
    kept = await service.find(conn, linked["reference"])
    assert service.opens(kept, linked["secret"])
    assert service.opens(kept, made.secret)
    assert not service.opens(kept, linked["secret"] + "x")


async def test_calendars_follow_a_booking_its_move_to_another_office_and_its_end(
    conn: Connection, post: Post, mail: MailServer
) -> None:
    made = await book(conn, "email")
    await send_due(post, "email")
    await service.move(conn, NOW, made.reference, MoveRequest(at(10), "nord"))
    await send_due(post, "email")
    await service.cancel(conn, NOW, made.reference)
    await send_due(post, "email")
    methods, events = zip(*map(event_in, mail.received), strict=True)
    assert methods == ("REQUEST", "REQUEST", "CANCEL")
    assert len({str(event["UID"]) for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert [event["DTSTART"].dt for event in events] == [at(9), at(10), at(10)]
    assert len({message["Message-ID"] for message in mail.received}) == 3


async def test_a_hold_is_told_of_when_it_is_confirmed_and_a_spoken_code_never(
    conn: Connection,
) -> None:
    held = await book(conn, "sms", hold=True)
    assert await states(conn) == []
    await service.confirm(conn, NOW, held.reference)
    spoken = await book(conn)
    await service.cancel(conn, NOW, spoken.reference)
    assert await states(conn) == [("booked", "sms", "queued")]


async def test_a_booking_that_is_rolled_back_tells_nobody(conn: Connection, post: Post) -> None:
    class Changed(Exception):
        """Their mind."""

    async def book_and_fail() -> None:
        async with conn.transaction():
            await book(conn, "email")
            raise Changed

    with pytest.raises(Changed):
        await book_and_fail()
    assert await send_due(post, "email") == 0
    assert await states(conn) == []


async def test_what_was_not_sent_yet_is_replaced_by_what_is_newer(
    conn: Connection, post: Post, mail: MailServer
) -> None:
    made = await book(conn, "email", "letter")
    await service.move(conn, NOW, made.reference, MoveRequest(at(10)))
    await send_due(post, "email")
    assert await states(conn) == [
        ("booked", "email", "withdrawn"),
        ("booked", "letter", "withdrawn"),
        ("moved", "email", "sent"),
        ("moved", "letter", "queued"),
    ]
    assert len(mail.received) == 1


async def test_a_server_that_fails_is_tried_again_ever_more_seldom_and_then_staff_are_shown(
    conn: Connection, post: Post, mail: MailServer, clock: MovableClock
) -> None:
    mail.answer = "451 try again later"
    made = await book(conn, "email", start=at(9, day=TODAY + timedelta(days=7)))
    for pause in (*PAUSES, timedelta(hours=12)):
        assert await send_due(post, "email") == 1
        assert await send_due(post, "email") == 0
        clock.now += pause
    kept = await service.find(conn, made.reference)
    [failed] = await notices.list_messages(conn, kept.office_id, ["failed"], None)
    assert (failed.attempts, failed.last_error) == (MOST_ATTEMPTS, "message_refused_for_now")
    mail.answer = "250 OK"
    await notices.resend(conn, clock(), failed.id)
    assert await send_due(post, "email") == 1
    assert len(mail.received) == 1


async def test_staff_are_shown_before_the_visit_what_another_attempt_would_tell_too_late(
    conn: Connection, post: Post, mail: MailServer, clock: MovableClock
) -> None:
    mail.answer = "451 try again later"
    await book(conn, "email")
    for pause in PAUSES[:4]:
        await send_due(post, "email")
        assert await states(conn) == [("booked", "email", "queued")]
        clock.now += pause
    await send_due(post, "email")
    assert await states(conn) == [("booked", "email", "failed")]
    assert clock() < AT_NINE


async def test_a_message_that_this_version_cannot_read_holds_up_no_other(
    conn: Connection, post: Post, mail: MailServer
) -> None:
    await book(conn, "email")
    await conn.execute("""UPDATE outbox SET payload = '{"kind": "unheard-of"}'""")
    await book(conn, "email")
    await send_due(post, "email")
    assert [row["last_error"] for row in await conn.fetch("SELECT last_error FROM outbox")] == [
        "unreadable",
        None,
    ]
    assert len(mail.received) == 1


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        ("554 no", "failed", "message_refused"),
        ("451 later", "queued", "message_refused_for_now"),
        ("421 closing", "queued", "message_refused_for_now"),
    ],
)
async def test_a_mail_servers_answer_decides_what_becomes_of_a_message(
    conn: Connection, post: Post, mail: MailServer, answer: str, state: str, error: str
) -> None:
    mail.answer = answer
    await book(conn, "email")
    await send_due(post, "email")
    [row] = await conn.fetch("SELECT state, last_error FROM outbox")
    assert tuple(row) == (state, error)


async def test_a_mailbox_that_does_not_exist_is_not_tried_again(
    conn: Connection, post: Post, mail: MailServer
) -> None:
    mail.known = False
    await book(conn, "email")
    await send_due(post, "email")
    assert await states(conn) == [("booked", "email", "failed")]


async def test_a_server_that_hangs_up_may_have_the_message(
    conn: Connection, post: Post, mail: MailServer
) -> None:
    mail.hangs_up = True
    await book(conn, "email")
    await send_due(post, "email")
    assert await states(conn) == [("booked", "email", "unclear")]


async def test_a_server_that_is_away_is_tried_again(
    conn: Connection, database: Database, clock: MovableClock
) -> None:
    await book(conn, "email", "sms")
    nobody_listens = 1
    post = post_office(database, clock, mail=nobody_listens, sms=nobody_listens)
    await send_due(post, "email")
    await send_due(post, "sms")
    rows = await conn.fetch("SELECT state, last_error FROM outbox ORDER BY way")
    assert [tuple(row) for row in rows] == [("queued", "mail_server_away"), ("queued", "gateway_away")]


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "sent"), (400, "failed"), (429, "queued"), (503, "queued"), (500, "unclear"), (504, "unclear")],
)
async def test_a_gateways_answer_decides_what_becomes_of_a_message(
    conn: Connection, post: Post, gateway: SmsGateway, status: int, state: str
) -> None:
    gateway.status = status
    await book(conn, "sms")
    await send_due(post, "sms")
    assert await states(conn) == [("booked", "sms", state)]


async def test_without_servers_staff_see_at_once_what_nobody_was_told(
    conn: Connection,
    database: Database,
    clock: MovableClock,
) -> None:
    await book(conn, "email", "sms")
    post = post_office(database, clock)
    await send_due(post, "email")
    await send_due(post, "sms")
    rows = await conn.fetch("SELECT state, last_error FROM outbox ORDER BY way")
    assert [tuple(row) for row in rows] == [("failed", "no_mail_server"), ("failed", "no_sms_gateway")]


async def test_a_demonstration_writes_files_that_open(
    conn: Connection,
    database: Database,
    clock: MovableClock,
    tmp_path: Path,
) -> None:
    made = await book(conn, "email", "sms")
    post = post_office(database, clock, notices_to_files=True, data_dir=tmp_path)
    await send_due(post, "email")
    await send_due(post, "sms")
    files = {file.suffix: file for file in (tmp_path / "outbox").iterdir()}
    mail = message_from_bytes(files[".eml"].read_bytes(), policy=policy.default)
    assert event_in(mail)[0] == "REQUEST"
    assert files[".txt"].read_text().startswith("+4915112345678\n\n")
    assert made.reference in files[".txt"].read_text()
    assert {file.stat().st_mode & 0o077 for file in files.values()} == {0}


async def test_of_eight_who_send_at_once_each_message_is_one_senders(
    conn: Connection, post: Post, mail: MailServer
) -> None:
    for _ in range(MESSAGES):
        await book(conn, "email")
    assert await sent_by_eight(post, mail) == [1] * MESSAGES
    assert {state for _, _, state in await states(conn)} == {"sent"}


async def test_senders_who_read_first_and_claim_then_send_twice(
    conn: Connection, post: Post, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the conditional claim the test above would see it."""
    readers, two_have_read = itertools.count(1), asyncio.Event()

    async def careless(
        conn: Connection, _now: datetime, _way: Way, most: int, claim: UUID, claimed_until: datetime
    ) -> list[store.Claimed]:
        rows = await conn.fetch(
            """
            SELECT id, way, attempts, useful_until, payload::text FROM outbox
             WHERE state = 'queued' LIMIT $1
            """,
            most,
        )
        # However busy the machine is, nobody claims before somebody else has read, too.
        if next(readers) == 2:
            two_have_read.set()
        await two_have_read.wait()
        # In one order: two that wait for each other's rows would be another fault than the one meant.
        await conn.executemany(
            "UPDATE outbox SET state = 'sending', claim = $2, claimed_until = $3 WHERE id = $1",
            sorted((row["id"], claim, claimed_until) for row in rows),
        )
        decode = msgspec.json.Decoder(AppointmentNotice).decode
        return [store.Claimed(**{**row, "claim": claim, "payload": decode(row["payload"])}) for row in rows]

    monkeypatch.setattr(store, "claim", careless)
    for _ in range(4):
        await book(conn, "email")
    assert max(await sent_by_eight(post, mail)) > 1


async def sent_by_eight(post: Post, mail: MailServer) -> list[int]:
    """Let eight senders go until nothing is left; gives how often each message arrived."""

    async def sender() -> None:
        while await send_due(post, "email"):
            pass

    await asyncio.gather(*(sender() for _ in range(8)))
    return list(Counter(message["Message-ID"] for message in mail.received).values())


async def test_what_is_of_no_use_any_more_is_not_sent_and_leaves_nothing_behind(
    conn: Connection, post: Post, clock: MovableClock
) -> None:
    await book(conn, "email", "letter")
    clock.move(hours=24)
    assert await send_due(post, "email") == 0
    await notices.tidy_up(conn, clock())
    assert await conn.fetchval("SELECT count(*) FROM outbox WHERE payload IS NOT NULL") == 0
    clock.move(hours=24 * 31)
    await notices.tidy_up(conn, clock())
    await confirmations.forget_secrets(conn, clock())
    assert await states(conn) == []
    assert await conn.fetchval("SELECT count(*) FROM appointment_secret") == 0


async def test_what_failed_is_shown_as_long_as_its_visitor_is_known(
    conn: Connection, clock: MovableClock
) -> None:
    await conn.execute("UPDATE authority SET contact_days = 5")
    await book(conn, "email")
    await conn.execute("UPDATE outbox SET state = 'sending', claimed_until = $1", clock())
    await conn.execute("UPDATE outbox SET state = 'failed', claimed_until = NULL")
    until = await conn.fetchval("SELECT useful_until FROM outbox") + timedelta(days=5)
    await notices.tidy_up(conn, until - timedelta(seconds=1))
    assert [state for _, _, state in await states(conn)] == ["failed"]
    await notices.tidy_up(conn, until)
    assert [state for _, _, state in await states(conn)] == ["withdrawn"]


async def test_a_message_begins_at_the_place_that_its_visitor_was_last_told(
    conn: Connection, post: Post, clock: MovableClock
) -> None:
    made = await book(conn, "email")
    await send_due(post, "email")

    async def told() -> AppointmentNotice:
        payload = await conn.fetchval("SELECT payload::text FROM outbox WHERE state = 'queued'")
        return msgspec.json.decode(payload, type=AppointmentNotice)

    async def displaced(hour: int, where: str) -> AppointmentNotice:
        await service.move(conn, clock(), made.reference, MoveRequest(at(hour), where), told="displaced")
        return await told()

    async def called_off() -> AppointmentNotice:
        undone = conn.transaction()
        await undone.start()
        await service.cancel(conn, clock(), made.reference, told="called_off")
        notice = await told()
        await undone.rollback()
        return notice

    assert (await displaced(10, "nord")).previous_start == AT_NINE
    assert ((off := await called_off()).start, off.end, off.office.slug) == (AT_NINE, made.end, "mitte")
    back = await displaced(9, "mitte")
    assert (back.kind, back.start, back.previous_start) == ("booked", AT_NINE, None)
    again = await displaced(11, "mitte")
    assert (again.previous_start, again.previous_office) == (AT_NINE, None)
    await send_due(post, "email")
    # Once it has left, its place is the one that is known.
    onward = await displaced(11, "nord")
    assert (onward.previous_start, onward.start) == (at(11), at(11))
    assert onward.previous_office is not None
    assert onward.previous_office.slug == "mitte"


async def test_a_message_that_nobody_tries_is_a_broken_invariant(
    conn: Connection,
    clock: MovableClock,
) -> None:
    await book(conn, "email", "letter")
    assert await notices.broken_invariants(conn, clock()) == []
    clock.move(hours=25)
    [sentence] = await notices.broken_invariants(conn, clock())
    assert "of mitte by email" in sentence
