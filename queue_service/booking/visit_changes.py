"""What may be done now with a visit, an appointment or a party's hour: by lifecycle, time and messages.

Staff may change at any time; visitors until so many hours before, and not to and fro all day.
"""

from datetime import datetime, timedelta
from typing import Literal, TypeVar

from msgspec.structs import replace

from queue_service.booking.confirmation_store import settle_call, told_since
from queue_service.booking.lifecycle import APPOINTMENT
from queue_service.booking.model import KeptVisit
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.errors import (
    AppointmentCancelled,
    ChangesClosed,
    HoldExpired,
    IllegalTransition,
    TooManyAttempts,
)
from queue_service.platform.queries import Connection

Visit = TypeVar("Visit", bound=KeptVisit)
NOTHING_TO_TELL = {
    "moved": "Erledigt: inzwischen wie gewünscht verschoben.",
    "cancelled": "Erledigt: inzwischen wie gewünscht abgesagt.",
}
"""What agents read in the timeline, in their language."""
MESSAGES_COUNTED = timedelta(days=1)
MOST_MESSAGES = 12
"""Messages about one visit in a day, from which on its visitor moves it no more: by three ways at once,
four moves."""


def refuse_impossible(visit: KeptVisit, now: datetime, verb: str) -> None:
    """Raise HoldExpired, AppointmentCancelled or IllegalTransition for what the lifecycle doesn't allow."""
    over = visit.expires_at is not None and visit.expires_at <= now
    if visit.state == "expired" or (over and verb != "cancel"):
        raise HoldExpired
    if visit.state == "cancelled":
        raise AppointmentCancelled
    if APPOINTMENT.target(visit.state, verb) is None:
        raise IllegalTransition(
            "The state of what was booked does not allow that.",
            state=visit.state,
            allowed=APPOINTMENT.allowed(visit.state),
        )


def closed_since(office: Office, now: datetime, starts_at: datetime) -> datetime | None:
    """Give since when it is too late to change what begins then; None while visitors may."""
    hours = office.setup.changes_close_hours
    closes = starts_at - timedelta(hours=hours)
    return closes.astimezone(office.zone) if hours and closes <= now else None


async def tell_no_more(
    conn: Connection, now: datetime, visit: KeptVisit, told: Literal["moved", "cancelled"]
) -> None:
    """Take off the call list what the office had changed before, in the transaction of the new change.

    The visit is now as its visitor wished it, and an agent would only read out an old one.
    """
    await settle_call(conn, now, visit.reference, NOTHING_TO_TELL[told])


def as_visitors_move(visit: Visit) -> Visit:
    """Give what a visitor moves: a place that was kept for emergencies becomes one of its channel's.

    That this case is urgent enough for such a place is a supervisor's decision about that place and time.
    Whoever goes to another time by themselves goes where everybody of their channel may, and counts there.
    """
    return replace(visit, emergency=False)


async def refuse_late_change(conn: Connection, now: datetime, visit: KeptVisit) -> None:
    """Raise ChangesClosed where its visitor can no longer change what is booked; holds go any time."""
    if visit.state != "booked":
        return
    closed = closed_since(await offices.find_office(conn, visit.office), now, visit.starts_at)
    if closed is not None:
        raise ChangesClosed(closed_at=closed)


async def refuse_restless_move(conn: Connection, now: datetime, visit: KeptVisit) -> None:
    """Raise TooManyAttempts when a day has brought more messages than somebody undecided needs.

    Whose number and address these are nobody has proved: moving to and fro must not ring strangers.
    """
    if await told_since(conn, visit.office_id, visit.id, now - MESSAGES_COUNTED) >= MOST_MESSAGES:
        raise TooManyAttempts("This was moved many times today; staff can still move it.")
