"""Whom the office has named hears of an alarm: at once, whatever fails, and of no person in it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from queue_service.emergency import service as emergency
from queue_service.notices import dispatch
from queue_service.notices.back_off import ALARM_PAUSES
from queue_service.notices.dispatch import CLAIM, send_due
from queue_service.notices.service import ALARM_USEFUL
from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from tests.integration.counter_hall import open_counters
from tests.integration.crossing import OFFICES_VERSION, Verb, crossed
from tests.integration.mail_room import MailServer, SmsGateway, mail_server, post_office, sms_gateway
from tests.integration.running_service import MovableClock

PRESSES = 16
MOBILE = {"email": "wache@example.org", "phone": "+49 151 12345678"}
LANDLINE = {"email": "wache@example.org", "phone": "+49 421 361-0"}


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def gateway() -> AsyncIterator[SmsGateway]:
    async with sms_gateway() as server:
        yield server


@pytest.fixture
def clock(now: datetime) -> MovableClock:
    return MovableClock(now)


async def name_contact(conn: Connection, office: Office, contact: dict[str, str]) -> None:
    """Let the office's file name somebody for emergencies."""
    sql = "UPDATE office SET setup = jsonb_set(setup, '{emergency}', to_jsonb($2::json)) WHERE id = $1"
    await conn.execute(sql, office.id, str(contact).replace("'", '"'))


async def states(conn: Connection) -> list[str]:
    """Give what has become of each message about an alarm."""
    rows = await conn.fetch("SELECT state FROM outbox WHERE kind = 'alarm' ORDER BY way")
    return [row["state"] for row in rows]


async def test_an_alarm_is_told_by_mail_and_text_message_without_a_person_in_it(
    conn: Connection,
    database: Database,
    now: datetime,
    bsc_mitte: Office,
    mail: MailServer,
    gateway: SmsGateway,
    clock: MovableClock,
) -> None:
    await name_contact(conn, bsc_mitte, MOBILE)
    [(_, clerk)] = await open_counters(conn, now, bsc_mitte, 1)
    async with conn.transaction():
        await emergency.call_for_help(conn, now, bsc_mitte.id, clerk.key, clerk.user_id)
    post = post_office(database, clock, mail=mail.port, sms=gateway.port)
    assert (await send_due(post, "email"), await send_due(post, "sms")) == (1, 1)
    sentence = "Alarm um 10:00 Uhr, BürgerServiceCenter-Mitte: Schalter 1 braucht Hilfe."
    [sent] = mail.received
    assert (sent["To"], sent["Subject"]) == ("wache@example.org", "Alarm: BürgerServiceCenter-Mitte")
    body = sent.get_body()
    assert body is not None
    assert body.get_content().strip() == sentence
    assert sent.get_content_type() == "text/plain"
    [(_, text)] = gateway.received
    assert sentence in text.decode()
    for told in (sent.as_string(), text.decode()):
        assert clerk.key not in told
        assert "test-clerk" not in told
    # An evacuation is told as well, a pause is not, and the named role reads its own language.
    await name_contact(conn, bsc_mitte, {**LANDLINE, "language": "en"})
    async with conn.transaction():
        await emergency.close_hall(conn, now, bsc_mitte.id, "pause", "staff:9")
        await emergency.close_hall(conn, now, bsc_mitte.id, "leave", "staff:9")
    assert (await send_due(post, "email"), await send_due(post, "sms")) == (1, 0)
    body = mail.received[1].get_body()
    assert body is not None
    assert body.get_content().strip() == (
        "Alarm at 10:00, Citizen Service Centre Mitte: Everybody is leaving the building."
    )


async def test_an_alarm_is_tried_again_within_seconds_and_also_when_nobody_knows_whether_it_left(
    conn: Connection,
    database: Database,
    now: datetime,
    bsc_mitte: Office,
    mail: MailServer,
    clock: MovableClock,
) -> None:
    await name_contact(conn, bsc_mitte, LANDLINE)
    async with conn.transaction():
        await emergency.call_for_help(conn, now, bsc_mitte.id, "staff:1", None)
    post = post_office(database, clock, mail=mail.port)
    mail.answer = "451 later"
    assert await send_due(post, "email") == 1
    assert await send_due(post, "email") == 0
    clock.now += ALARM_PAUSES[0]
    mail.answer, mail.hangs_up = "250 OK", True
    assert await send_due(post, "email") == 1
    mail.hangs_up = False
    clock.now += ALARM_PAUSES[1]
    assert await send_due(post, "email") == 1
    assert await states(conn) == ["sent"]
    # Twice is better than not at all: it had come in before the line broke.
    assert len(mail.received) == 2
    # A sender that dies with it leaves it to the next one.
    async with conn.transaction():
        await emergency.call_for_help(conn, clock(), bsc_mitte.id, "staff:2", None)
    await conn.execute(
        """
        UPDATE outbox SET state = 'sending', claim = gen_random_uuid(), claimed_until = $1
         WHERE state = 'queued'
        """,
        clock() + CLAIM,
    )
    clock.now += CLAIM
    await dispatch.note_lost(conn, clock())
    assert await send_due(post, "email") == 1
    assert await states(conn) == ["sent", "sent"]


async def test_what_is_over_is_not_told_and_what_cannot_be_told_in_time_is_shown_to_staff(
    conn: Connection,
    database: Database,
    now: datetime,
    bsc_mitte: Office,
    mail: MailServer,
    clock: MovableClock,
) -> None:
    await name_contact(conn, bsc_mitte, LANDLINE)
    post = post_office(database, clock, mail=mail.port)
    async with conn.transaction():
        alarm = await emergency.call_for_help(conn, now, bsc_mitte.id, "staff:1", None)
        await emergency.end_help(conn, now, bsc_mitte.id, int(alarm.id), "staff:1", leads=False)
    assert await send_due(post, "email") == 0
    assert await states(conn) == ["withdrawn"]
    async with conn.transaction():
        await emergency.call_for_help(conn, now, bsc_mitte.id, "staff:1", None)
    mail.answer = "451 later"
    clock.now += ALARM_USEFUL - timedelta(seconds=1)
    assert await send_due(post, "email") == 1
    assert sorted(await states(conn)) == ["failed", "withdrawn"]
    assert mail.received == []


def presses(now: datetime, office: Office) -> list[Verb]:
    """Give one person's finger on the key, again and again."""
    return [lambda conn: emergency.call_for_help(conn, now, office.id, "staff:1", None)] * PRESSES


async def test_pressing_again_and_again_writes_one_message(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    await name_contact(conn, bsc_mitte, LANDLINE)
    answers = await crossed(database, OFFICES_VERSION, bsc_mitte.id, presses(now, bsc_mitte))
    assert len({getattr(answer, "id", None) for answer in answers}) == 1
    assert await states(conn) == ["queued"]


async def test_negative_control_without_the_key_each_press_writes_one(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    await name_contact(conn, bsc_mitte, LANDLINE)
    await conn.execute("DROP INDEX hall_alarm_staff_key")
    await crossed(database, OFFICES_VERSION, bsc_mitte.id, presses(now, bsc_mitte))
    assert len(await states(conn)) > 1


async def test_of_all_who_say_they_come_at_once_one_stands_in_the_alarm(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    alarm = await raised(conn, now, bsc_mitte)

    def coming(who: int) -> Verb:
        return lambda conn: emergency.acknowledge(conn, now, bsc_mitte.id, alarm, f"staff:{who}")

    answers = await crossed(database, OFFICES_VERSION, bsc_mitte.id, [coming(who) for who in range(PRESSES)])
    assert {getattr(answer, "acknowledged_by", None) for answer in answers} == {await who_comes(conn, alarm)}
    told = "SELECT count(*) FROM change WHERE office_id = $1 AND kind = 'alarm.acknowledged'"
    assert await conn.fetchval(told, bsc_mitte.id) == 1


async def test_negative_control_who_looks_first_and_writes_then_is_one_of_many(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    alarm = await raised(conn, now, bsc_mitte)

    def coming(who: int) -> Verb:
        async def look_then_write(conn: Connection) -> bool:
            nobody = await who_comes(conn, alarm) is None
            await conn.execute(OFFICES_VERSION, bsc_mitte.id)
            if nobody:
                sql = "UPDATE hall_alarm SET acknowledged_by = $2, acknowledged_at = $3 WHERE id = $1"
                await conn.execute(sql, alarm, f"staff:{who}", now)
            return nobody

        return look_then_write

    answers = await crossed(database, OFFICES_VERSION, bsc_mitte.id, [coming(who) for who in range(PRESSES)])
    assert answers.count(True) > 1


async def raised(conn: Connection, now: datetime, office: Office) -> int:
    """Let somebody call for help; gives the alarm's id."""
    async with conn.transaction():
        return int((await emergency.call_for_help(conn, now, office.id, "staff:1", None)).id)


async def who_comes(conn: Connection, alarm: int) -> str | None:
    """Give who stands in an alarm as coming."""
    name: str | None = await conn.fetchval("SELECT acknowledged_by FROM hall_alarm WHERE id = $1", alarm)
    return name
