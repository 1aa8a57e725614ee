"""Messages as files, for demonstrations: everything can be tried without a mail server or a gateway."""

import asyncio
from pathlib import Path

from queue_service.notices.by_email import as_email
from queue_service.notices.by_sms import is_mobile
from queue_service.notices.carrier import NotReachedError, Outgoing, RefusedError

SENDER = "termine@queue.invalid"
"""A demonstration writes to nobody, and nobody can answer (RFC 2606)."""


class EmailsToFiles:
    """Writes each e-mail as ``<id>.eml``, which mail programs open."""

    def __init__(self, directory: Path, sender: str) -> None:
        self._directory = directory
        self._sender = sender or SENDER

    async def hand_over(self, outgoing: Outgoing) -> None:
        """Return once the file is there; raises NotDeliveredError."""
        content = as_email(outgoing, self._sender).as_bytes()
        await _write(self._directory / f"{outgoing.id}.eml", content)


class SmsToFiles:
    """Writes each text message as ``<id>.txt``: the number, an empty line, the text."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def hand_over(self, outgoing: Outgoing) -> None:
        """Return once the file is there; raises NotDeliveredError."""
        phone = outgoing.notice.recipient.phone
        if not phone or not is_mobile(phone):
            raise RefusedError("not_mobile")
        content = f"{phone}\n\n{outgoing.message.text}\n".encode()
        await _write(self._directory / f"{outgoing.id}.txt", content)


async def _write(file: Path, content: bytes) -> None:
    try:
        await asyncio.to_thread(_write_private, file, content)
    except OSError:
        raise NotReachedError("directory_not_writable") from None


def _write_private(file: Path, content: bytes) -> None:
    """Write a file that only this service's account reads: it holds names and addresses."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = file.with_suffix(".part")
    written.touch(mode=0o600)
    written.write_bytes(content)
    written.replace(file)
