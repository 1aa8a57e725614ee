"""Who may see an appointment without being staff: whoever has its secret.

The secret comes once, typed or by a link, and then stays in a cookie of that one appointment: no
address that a browser remembers or sends on holds it. A wrong secret and an unknown reference look
alike, and after too many of either an address has to wait.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from litestar import Response
from litestar.datastructures import Cookie

from queue_service.accounts import service as accounts
from queue_service.accounts.login_limits import Attempt, address_block
from queue_service.accounts.routes import client_address
from queue_service.booking import service as booking
from queue_service.booking.model import KeptAppointment
from queue_service.booking.reference import parse_reference
from queue_service.booking.supply_routes import asker_of
from queue_service.platform.errors import AppointmentNotFound
from queue_service.platform.queries import Connection
from queue_service.web.hold_once import Sender
from queue_service.web.rendering import PageRequest

COOKIE = "queue_appointment_"
COOKIE_KEPT = timedelta(hours=1)
"""Time for a confirmation to be printed; then the reference and the secret are asked for again."""
MOST_COOKIES = 5
"""Appointments that one browser is remembered to have under way; a family's."""
LONGEST_SECRET = 100


def sender_of(request: PageRequest, proof: str) -> Sender:
    """Give who sent a form, for ``hold_once``."""
    return Sender(asker_of(request), request.app.state.settings.proof_of_work_bits, proof)


def remember(request: PageRequest, response: Response[str], reference: str, secret: str) -> None:
    """Let this browser open the appointment from now on."""
    response.set_cookie(_cookie(request, reference, secret, int(COOKIE_KEPT.total_seconds())))


def forget(request: PageRequest, response: Response[str], reference: str) -> None:
    """Let this browser open the appointment no more."""
    response.set_cookie(_cookie(request, reference, "", 0))


def _cookie(request: PageRequest, reference: str, secret: str, max_age: int) -> Cookie:
    return Cookie(
        key=f"{COOKIE}{parse_reference(reference)}",
        value=secret,
        path="/",
        max_age=max_age,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def remembered_secret(request: PageRequest, reference: str) -> str:
    """Give the secret that this browser has for a reference; empty when it has none."""
    return str(request.cookies.get(f"{COOKIE}{parse_reference(reference)}", ""))[:LONGEST_SECRET]


async def opened(conn: Connection, request: PageRequest, reference: str) -> KeptAppointment:
    """Give the appointment to the browser that has its secret; raises AppointmentNotFound."""
    return await _open(conn, reference, remembered_secret(request, reference))


async def open_by_secret(
    conn: Connection, request: PageRequest, now: datetime, reference: str, secret: str
) -> KeptAppointment:
    """Give the appointment to whoever types its secret, or follows a link with it.

    Counted as a failure before it is looked at, so that many guesses at once get no further than
    one after another. Raises AppointmentNotFound, TooManyAttempts.
    """
    attempt = _attempt(reference, client_address(request), now)
    await accounts.claim_attempt(conn, attempt)
    kept = await _open(conn, reference, secret[: LONGEST_SECRET + 1])
    await accounts.forgive_attempt(conn, attempt)
    return kept


async def held_here(conn: Connection, request: PageRequest, now: datetime) -> list[KeptAppointment]:
    """Give the places that this browser holds and has not confirmed, the latest first."""
    held = []
    for reference in list(_references(request))[:MOST_COOKIES]:
        with suppress(AppointmentNotFound):
            kept = await opened(conn, request, reference)
            if kept.state == "held" and kept.expires_at and kept.expires_at > now:
                held.append(kept)
    return sorted(held, key=lambda kept: kept.created_at, reverse=True)


def _references(request: PageRequest) -> Iterable[str]:
    return (name.removeprefix(COOKIE) for name in request.cookies if name.startswith(COOKIE))


async def _open(conn: Connection, reference: str, secret: str) -> KeptAppointment:
    kept = await booking.find(conn, reference)
    if not booking.opens(kept, secret):
        raise AppointmentNotFound
    return kept


def _attempt(reference: str, address: str, now: datetime) -> Attempt:
    """Name the two subjects that a try is counted under, apart from those of log-ins."""
    block = address_block(address)
    return Attempt(_subject("appointment", reference, block), _subject("appointments", block), now)


def _subject(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()
