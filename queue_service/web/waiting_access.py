"""Entries of the waiting list at the pages: opened by their secret."""

from datetime import datetime

from queue_service.accounts import service as accounts
from queue_service.booking import waiting_list
from queue_service.booking.waiting_model import KeptEntry
from queue_service.platform.errors import WaitingEntryNotFound
from queue_service.platform.queries import Connection
from queue_service.web.rendering import PageRequest
from queue_service.web.visitor_secrets import LONGEST_SECRET, SecretKind

WAITING = SecretKind("waiting")


async def opened(conn: Connection, request: PageRequest, reference: str) -> KeptEntry:
    """Give the entry to the browser that has its secret; raises WaitingEntryNotFound."""
    return await _open(conn, reference, WAITING.remembered(request, reference))


async def open_by_secret(
    conn: Connection, request: PageRequest, now: datetime, reference: str, secret: str
) -> KeptEntry:
    """Give the entry to whoever types its secret. Raises WaitingEntryNotFound, TooManyAttempts."""
    attempt = await WAITING.claim_attempt(conn, request, now, reference)
    kept = await _open(conn, reference, secret[: LONGEST_SECRET + 1])
    await accounts.forgive_attempt(conn, attempt)
    return kept


async def _open(conn: Connection, reference: str, secret: str) -> KeptEntry:
    kept = await waiting_list.find(conn, reference)
    if not waiting_list.opens(kept, secret):
        raise WaitingEntryNotFound
    return kept
