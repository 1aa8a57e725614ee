"""Appointments at the pages: opened by their secret, and which of them this browser has under way."""

from contextlib import suppress
from datetime import datetime

from queue_service.booking import service as booking
from queue_service.booking.model import KeptAppointment
from queue_service.booking.supply_routes import asker_of
from queue_service.platform.errors import AppointmentNotFound
from queue_service.platform.queries import Connection
from queue_service.web.hold_once import Sender
from queue_service.web.opened_by_secret import OpenedBySecret
from queue_service.web.rendering import PageRequest
from queue_service.web.visitor_secrets import SecretKind

APPOINTMENTS = SecretKind("appointment")
_opened = OpenedBySecret(APPOINTMENTS, booking.find, booking.opens, AppointmentNotFound)
opened = _opened.remembered
open_by_secret = _opened.typed
MOST_COOKIES = 5
"""Appointments that one browser is remembered to have under way; a family's."""


def sender_of(request: PageRequest, proof: str) -> Sender:
    """Give who sent a form, for ``hold_once``."""
    return Sender(asker_of(request), request.app.state.settings.proof_of_work_bits, proof)


async def held_here(conn: Connection, request: PageRequest, now: datetime) -> list[KeptAppointment]:
    """Give the places that this browser holds and has not confirmed, the latest first."""
    held = []
    for reference in list(APPOINTMENTS.references(request))[:MOST_COOKIES]:
        with suppress(AppointmentNotFound):
            kept = await opened(conn, request, reference)
            if kept.state == "held" and kept.expires_at and kept.expires_at > now:
                held.append(kept)
    return sorted(held, key=lambda kept: kept.created_at, reverse=True)
