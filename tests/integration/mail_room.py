"""A mail server and a text-message gateway for tests, both real, both able to fail on command."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from queue_service.notices.dispatch import Post
from queue_service.notices.ways import ways
from queue_service.platform.clock import Clock
from queue_service.platform.database import Database, connect
from queue_service.settings import Settings

SENDER = "termine@bremen.test"


class MailServer:
    """What a mail server was handed, and what it answers."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[EmailMessage] = []
        self.answer = "250 OK"
        """To whatever is handed over next."""
        self.known = True
        """Whether the mailbox that is written to exists."""
        self.hangs_up = False
        """Whether it goes away once it has a message, without a word."""
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens when a message has come in whole, before it is answered."""

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name, aiosmtpd's arguments
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Look whether there is such a mailbox."""
        envelope.rcpt_tos.append(address)
        return "250 OK" if self.known else "550 no such mailbox"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Take a message in, or refuse it."""
        if self.answer.startswith("2"):
            content = envelope.original_content or b""
            self.received.append(message_from_bytes(content, policy=policy.default))
        self.meanwhile()
        if self.hangs_up:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.answer


class SmsGateway:
    """What a gateway was sent, and what it answers."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.status = 202

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.received.append((headers, body))
        writer.write(f"HTTP/1.1 {self.status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Serve SMTP on a free port of loopback."""
    mail = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mail, hostname="mail.test", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    mail.port = server.sockets[0].getsockname()[1]
    try:
        yield mail
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def sms_gateway() -> AsyncIterator[SmsGateway]:
    """Serve HTTP on a free port of loopback."""
    gateway = SmsGateway()
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    gateway.port = server.sockets[0].getsockname()[1]
    try:
        yield gateway
    finally:
        server.close()
        await server.wait_closed()


async def write_message(dsn: str, now: datetime, reference: str, state: str) -> str:
    """Write a letter about an appointment that is in this state; gives its id. No process sends letters."""
    conn = await connect(dsn)
    made = await conn.fetchval(
        """
        INSERT INTO outbox (office_id, id, appointment_id, reference, way, kind, payload, state, sequence,
                            next_attempt_at, created_at, useful_until)
        SELECT office_id, gen_random_uuid(), id, $1, 'letter', 'booked', '{}', $3, 0, $2, $2, ends_at
          FROM appointment WHERE reference = replace($1, '-', '')
        RETURNING id
        """,
        reference,
        now,
        state,
    )
    await conn.close()
    return str(made)


def post_office(database: Database, clock: Clock, *, mail: int = 0, sms: int = 0, **more: Any) -> Post:
    """Give what sending needs, by the settings of an installation with these servers."""
    settings = Settings(
        public_url="https://termine.test",
        smtp_host="127.0.0.1" if mail else "",
        smtp_port=mail or 25,
        smtp_tls="none",
        mail_from=SENDER,
        sms_url=f"http://127.0.0.1:{sms}/send" if sms else "",
        sms_token="gateway-token",
        **more,
    )
    return Post(database, clock, ways(settings), settings.visitor_url)
