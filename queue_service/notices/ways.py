"""The ways to visitors that an installation has, by its settings."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import msgspec

from queue_service.notices.by_email import ByEmail, MailServer
from queue_service.notices.by_sms import BodyTemplate, BySms, Gateway
from queue_service.notices.carrier import Carrier, Nobody
from queue_service.notices.model import Way
from queue_service.notices.to_files import EmailsToFiles, SmsToFiles
from queue_service.settings import Settings, SettingsError

OUTBOX = "outbox"
"""Directory below the data directory, for messages as files."""


def ways(settings: Settings) -> Mapping[Way, Carrier]:
    """Give a carrier for each way that needs one; a letter needs a printer and a person.

    Raises SettingsError naming the variable that doesn't go with the others.
    """
    if settings.notices_to_files:
        outbox = settings.data_dir / OUTBOX
        return {"email": EmailsToFiles(outbox, settings.mail_from), "sms": SmsToFiles(outbox)}
    return {"email": _email(settings), "sms": _sms(settings)}


def _email(settings: Settings) -> Carrier:
    if not settings.smtp_host:
        return Nobody("no_mail_server")
    if "@" not in settings.mail_from:
        msg = "QUEUE_MAIL_FROM must be the e-mail address that messages come from"
        raise SettingsError(msg)
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        encryption=settings.smtp_tls,
        username=settings.smtp_username,
        password=settings.smtp_password,
        own_name=_parts("QUEUE_PUBLIC_URL", settings.visitor_url).hostname or "localhost",
    )
    return ByEmail(server, settings.mail_from)


def _sms(settings: Settings) -> Carrier:
    if not settings.sms_url:
        return Nobody("no_sms_gateway")
    if _parts("QUEUE_SMS_URL", settings.sms_url).scheme not in {"http", "https"}:
        msg = "QUEUE_SMS_URL must begin with https:// (or http://)"
        raise SettingsError(msg)
    try:
        body = BodyTemplate(settings.sms_body, settings.sms_body_type)
    except (ValueError, msgspec.DecodeError) as wrong:
        msg = f"QUEUE_SMS_BODY: {wrong}"
        raise SettingsError(msg) from wrong
    return BySms(Gateway(settings.sms_url, settings.sms_token, body, settings.sms_body_type))


def _parts(variable: str, address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        # Its own message may quote a password that stands in the address.
        msg = f"{variable} is not an address of the web"
        raise SettingsError(msg) from None
