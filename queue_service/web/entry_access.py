"""Who may see a booking of places without being staff: whoever has its secret, as with appointments.

The secret comes once and then stays in a cookie of that one booking; no address that a browser
remembers holds it. A wrong secret and an unknown reference look alike, and after too many of either
an address has to wait.
"""

import hashlib
from datetime import datetime

from litestar import Response
from litestar.datastructures import Cookie

from queue_service.accounts import service as accounts
from queue_service.accounts.login_limits import Attempt, address_block
from queue_service.accounts.routes import client_address
from queue_service.booking.reference import SEPARATORS
from queue_service.entries import service as entries
from queue_service.entries.model import KeptEntryBooking
from queue_service.platform.errors import EntryBookingNotFound
from queue_service.platform.queries import Connection
from queue_service.web.appointment_access import COOKIE_KEPT, LONGEST_SECRET
from queue_service.web.rendering import PageRequest

COOKIE = "queue_entry_"


def remember(request: PageRequest, response: Response[str], reference: str, secret: str) -> None:
    """Let this browser open the booking from now on."""
    response.set_cookie(
        Cookie(
            key=_cookie_name(reference),
            value=secret,
            path="/",
            max_age=int(COOKIE_KEPT.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    )


def remembered_secret(request: PageRequest, reference: str) -> str:
    """Give the secret that this browser has for a reference; empty when it has none."""
    return str(request.cookies.get(_cookie_name(reference), ""))[:LONGEST_SECRET]


def _cookie_name(reference: str) -> str:
    return COOKIE + "".join(sign for sign in reference if sign not in SEPARATORS).upper()


async def opened(conn: Connection, request: PageRequest, reference: str) -> KeptEntryBooking:
    """Give the booking to the browser that has its secret; raises EntryBookingNotFound."""
    return await _open(conn, reference, remembered_secret(request, reference))


async def open_by_secret(
    conn: Connection, request: PageRequest, now: datetime, reference: str, secret: str
) -> KeptEntryBooking:
    """Give the booking to whoever types its secret.

    Counted as a failure before it is looked at, so that many guesses at once get no further than
    one after another. Raises EntryBookingNotFound, TooManyAttempts.
    """
    block = address_block(client_address(request))
    attempt = Attempt(_subject("entry", reference, block), _subject("entries", block), now)
    await accounts.claim_attempt(conn, attempt)
    kept = await _open(conn, reference, secret[: LONGEST_SECRET + 1])
    await accounts.forgive_attempt(conn, attempt)
    return kept


async def _open(conn: Connection, reference: str, secret: str) -> KeptEntryBooking:
    kept = await entries.find(conn, reference)
    if not entries.opens(kept, secret):
        raise EntryBookingNotFound
    return kept


def _subject(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()
