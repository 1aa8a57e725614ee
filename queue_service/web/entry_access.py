"""Bookings of places by the hour at the pages: opened by their secret."""

from datetime import datetime

from queue_service.accounts import service as accounts
from queue_service.entries import service as entries
from queue_service.entries.model import KeptEntryBooking
from queue_service.platform.errors import EntryBookingNotFound
from queue_service.platform.queries import Connection
from queue_service.web.rendering import PageRequest
from queue_service.web.visitor_secrets import LONGEST_SECRET, SecretKind

ENTRY_BOOKINGS = SecretKind("entry")


async def opened(conn: Connection, request: PageRequest, reference: str) -> KeptEntryBooking:
    """Give the booking to the browser that has its secret; raises EntryBookingNotFound."""
    return await _open(conn, reference, ENTRY_BOOKINGS.remembered(request, reference))


async def open_by_secret(
    conn: Connection, request: PageRequest, now: datetime, reference: str, secret: str
) -> KeptEntryBooking:
    """Give the booking to whoever types its secret. Raises EntryBookingNotFound, TooManyAttempts."""
    attempt = await ENTRY_BOOKINGS.claim_attempt(conn, request, now, reference)
    kept = await _open(conn, reference, secret[: LONGEST_SECRET + 1])
    await accounts.forgive_attempt(conn, attempt)
    return kept


async def _open(conn: Connection, reference: str, secret: str) -> KeptEntryBooking:
    kept = await entries.find(conn, reference)
    if not entries.opens(kept, secret):
        raise EntryBookingNotFound
    return kept
