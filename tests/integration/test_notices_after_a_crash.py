"""A sender that is killed between handing a message over and noting it sends nothing twice."""

import asyncio
import os
import signal
import sys
from datetime import timedelta

from queue_service.booking import service
from queue_service.booking.model import Contact
from queue_service.notices import dispatch
from queue_service.notices import service as notices
from queue_service.notices.dispatch import CLAIM, send_due
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, build, office, request
from tests.integration.mail_room import MailServer, mail_server, post_office
from tests.integration.running_service import MovableClock

SENDER_PROCESS = """
import asyncio, sys
from datetime import datetime
from queue_service.notices.dispatch import send_due
from queue_service.platform.database import Database
from tests.integration.mail_room import post_office

async def main(dsn, port, now):
    database = Database(dsn, connections=2)
    await database.open()
    await send_due(post_office(database, lambda: datetime.fromisoformat(now), mail=int(port)), "email")

asyncio.run(main(*sys.argv[1:]))
"""


async def let_a_sender_die(conn: Connection, dsn: str, mail: MailServer) -> None:
    """Book, and kill the process that sends the confirmation once the server has it, before it says so."""
    await build(conn, office("mitte"))
    contact = Contact(name="Erika Mustermann", email="erika@example.org", confirm_by="email")
    await service.book(conn, NOW, request(at(9), contact=contact))
    sender = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SENDER_PROCESS, dsn, str(mail.port), NOW.isoformat()
    )
    mail.meanwhile = lambda: os.kill(sender.pid, signal.SIGKILL)
    assert await sender.wait() == -signal.SIGKILL
    mail.meanwhile = lambda: None
    assert len(mail.received) == 1


async def test_nobody_but_a_human_being_sends_it_again(
    conn: Connection, dsn: str, database: Database
) -> None:
    async with mail_server() as mail:
        await let_a_sender_die(conn, dsn, mail)
        clock = MovableClock(NOW)
        post = post_office(database, clock, mail=mail.port)
        await dispatch.note_lost(conn, clock())
        assert await send_due(post, "email") == 0
        clock.now += CLAIM
        await dispatch.note_lost(conn, clock())
        assert await send_due(post, "email") == 0
        assert len(mail.received) == 1
        [row] = await conn.fetch("SELECT office_id, id FROM outbox")
        [shown] = await notices.list_messages(conn, row["office_id"], ["failed", "unclear"], None)
        assert (shown.state, shown.last_error) == ("unclear", "sender_lost")
        await notices.resend(conn, clock(), shown.id)
        assert await send_due(post, "email") == 1
        first, second = mail.received
        assert first["Message-ID"] == second["Message-ID"]


async def test_a_queue_that_takes_a_lost_message_up_again_sends_it_twice(
    conn: Connection, dsn: str, database: Database
) -> None:
    """The negative control: the message had left, so whoever tries it again blindly repeats it."""
    async with mail_server() as mail:
        await let_a_sender_die(conn, dsn, mail)
        await conn.execute("UPDATE outbox SET state = 'queued', claimed_until = NULL WHERE state = 'sending'")
        post = post_office(database, MovableClock(NOW + timedelta(minutes=1)), mail=mail.port)
        await send_due(post, "email")
        assert len(mail.received) == 2
