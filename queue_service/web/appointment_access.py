"""Appointments at the pages: opened by their secret, and which of them this browser has under way."""

from contextlib import suppress
from datetime import datetime

from queue_service.accounts import service as accounts
from queue_service.booking import service as booking
from queue_service.booking.model import KeptAppointment
from queue_service.booking.supply_routes import asker_of
from queue_service.platform.errors import AppointmentNotFound
from queue_service.platform.queries import Connection
from queue_service.web.hold_once import Sender
from queue_service.web.rendering import PageRequest
from queue_service.web.visitor_secrets import LONGEST_SECRET, SecretKind

APPOINTMENTS = SecretKind("appointment")
MOST_COOKIES = 5
"""Appointments that one browser is remembered to have under way; a family's."""


def sender_of(request: PageRequest, proof: str) -> Sender:
    """Give who sent a form, for ``hold_once``."""
    return Sender(asker_of(request), request.app.state.settings.proof_of_work_bits, proof)


async def opened(conn: Connection, request: PageRequest, reference: str) -> KeptAppointment:
    """Give the appointment to the browser that has its secret; raises AppointmentNotFound."""
    return await _open(conn, reference, APPOINTMENTS.remembered(request, reference))


async def open_by_secret(
    conn: Connection, request: PageRequest, now: datetime, reference: str, secret: str
) -> KeptAppointment:
    """Give the appointment to whoever types its secret, or follows a link with it.

    Raises AppointmentNotFound, TooManyAttempts.
    """
    attempt = await APPOINTMENTS.claim_attempt(conn, request, now, reference)
    kept = await _open(conn, reference, secret[: LONGEST_SECRET + 1])
    await accounts.forgive_attempt(conn, attempt)
    return kept


async def held_here(conn: Connection, request: PageRequest, now: datetime) -> list[KeptAppointment]:
    """Give the places that this browser holds and has not confirmed, the latest first."""
    held = []
    for reference in list(APPOINTMENTS.references(request))[:MOST_COOKIES]:
        with suppress(AppointmentNotFound):
            kept = await opened(conn, request, reference)
            if kept.state == "held" and kept.expires_at and kept.expires_at > now:
                held.append(kept)
    return sorted(held, key=lambda kept: kept.created_at, reverse=True)


async def _open(conn: Connection, reference: str, secret: str) -> KeptAppointment:
    kept = await booking.find(conn, reference)
    if not booking.opens(kept, secret):
        raise AppointmentNotFound
    return kept
