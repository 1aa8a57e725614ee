"""A notice as an e-mail: plain text, HTML, and for an appointment that stands or falls a calendar file."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Literal

import aiosmtplib
import idna
import msgspec

from queue_service.notices.calendar_file import METHOD_OF, Correspondence, calendar_file
from queue_service.notices.carrier import NotReachedError, Outgoing, RefusedError, UnclearError
from queue_service.notices.model import AppointmentNotice, in_language

Encryption = Literal["starttls", "tls", "none"]

ANSWER_SECONDS = 20.0
"""How long the server may take for each answer; a sender's claim outlasts all of them together."""
CALENDAR_NAME = "termin.ics"
FINAL = 500
"""SMTP's refusals from here on are for good (RFC 5321, 4.2.1), those below only for now."""
WIRE = SMTP.clone(cte_type="7bit")
"""Umlauts are written in ASCII: not every server takes them as they are (RFC 6152)."""
UTF8 = "SMTPUTF8"
"""The extension that a server needs for an address with umlauts before its at sign (RFC 6531)."""


class MailServer(msgspec.Struct, frozen=True):
    """Where e-mail is handed over."""

    host: str
    port: int
    encryption: Encryption
    username: str
    password: str
    own_name: str
    """By which this service introduces itself."""


class ByEmail:
    """Hands e-mails over to a server, over one connection each."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    async def hand_over(self, outgoing: Outgoing) -> None:
        """Return once the server has taken the message; raises NotDeliveredError."""
        mail = as_email(outgoing, self._sender)
        async with self._connection() as client:
            await self._address(client, str(mail["To"]))
            await _hand_over(client, mail.as_bytes())
            # It has the message; how it says goodbye changes nothing.
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Lend a connection, encrypted and logged in as the settings say."""
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.encryption == "tls",
            start_tls=server.encryption == "starttls",
            username=server.username or None,
            password=server.password or None,
            timeout=ANSWER_SECONDS,
            local_hostname=server.own_name,
        )
        # Whatever it is, a wrong password included, somebody can repair it here.
        with _reaching("mail_server_away"):
            await client.connect()
        try:
            yield client
        finally:
            client.close()

    async def _address(self, client: aiosmtplib.SMTP, recipient: str) -> None:
        utf8 = not recipient.isascii()
        if utf8 and not client.supports_extension(UTF8):
            raise RefusedError("address_not_possible")
        with _reaching("sender_refused"):
            await client.mail(self._sender, options=[UTF8] if utf8 else [], encoding="utf-8")
        with _reaching("recipient_refused_for_now"):
            try:
                await client.rcpt(recipient, encoding="utf-8")
            except aiosmtplib.SMTPRecipientRefused as refused:
                if refused.code >= FINAL:
                    raise RefusedError("recipient_refused") from None
                raise


async def _hand_over(client: aiosmtplib.SMTP, content: bytes) -> None:
    try:
        await client.data(content)
    except aiosmtplib.SMTPDataError as refused:
        # The server's own words may quote the message.
        if refused.code >= FINAL:
            raise RefusedError("message_refused") from None
        raise NotReachedError("message_refused_for_now") from None
    except (aiosmtplib.SMTPException, OSError):
        raise UnclearError("no_answer") from None


@contextmanager
def _reaching(code: str) -> Iterator[None]:
    """Turn whatever keeps a server from taking the message, before it has it, into NotReachedError."""
    try:
        yield
    except (aiosmtplib.SMTPException, OSError):
        raise NotReachedError(code) from None


def as_email(outgoing: Outgoing, sender: str) -> EmailMessage:
    """Give the e-mail as it goes over the wire; the same message has the same Message-ID every time.

    Raises RefusedError without an address that e-mail can have.
    """
    notice, message = outgoing.notice, outgoing.message
    recipient = wire_address(notice.recipient.email or "")
    mail = EmailMessage(policy=WIRE if recipient.isascii() else WIRE.clone(utf8=True))
    authority = in_language(notice.authority.name, notice.recipient.language)
    mail["From"] = formataddr((_one_line(authority), sender))
    mail["To"] = recipient
    mail["Subject"] = _one_line(message.subject)
    mail["Date"] = format_datetime(outgoing.now)
    mail["Message-ID"] = f"<{outgoing.id}@{sender.rpartition('@')[2]}>"
    # No holiday replies, please (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    _add_calendar(mail, outgoing, sender)
    # Last: what is set before goes with the first part when others are added.
    mail["Content-Language"] = notice.recipient.language.partition("-")[0]
    return mail


def _add_calendar(mail: EmailMessage, outgoing: Outgoing, sender: str) -> None:
    """Add the calendar file twice: as a view that Outlook and Thunderbird act on, as a file for phones.

    The file goes by another type: two parts of text/calendar are two invitations to Thunderbird.
    """
    notice = outgoing.notice
    method = METHOD_OF.get(notice.kind) if isinstance(notice, AppointmentNotice) else None
    if method is None or not isinstance(notice, AppointmentNotice):
        return
    content = calendar_file(
        notice,
        method,
        description=outgoing.message.text,
        stamp=outgoing.now,
        # As it is in the e-mail: who isn't found among those invited gets no button to accept.
        between=Correspondence(sender, str(mail["To"])),
    )
    # In base64, which leaves the line ends alone.
    mail.add_alternative(content.decode(), subtype="calendar", cte="base64", params={"method": method})
    mail.add_attachment(content, maintype="application", subtype="ics", filename=CALENDAR_NAME)


def wire_address(email: str) -> str:
    """Give an address as servers know it: a domain with umlauts in its ASCII form (RFC 5891).

    Raises RefusedError for what has no such form.
    """
    local, at, domain = email.rpartition("@")
    if not (local and at) or not email.isprintable() or " " in email:
        raise RefusedError("no_address")
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise RefusedError("address_not_possible") from None


def _one_line(text: str) -> str:
    return " ".join(text.split())
