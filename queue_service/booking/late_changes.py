"""Until when visitors may change what they have booked; staff may at any time."""

from datetime import datetime, timedelta

from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.errors import ChangesClosed
from queue_service.platform.queries import Connection


def closed_since(office: Office, now: datetime, starts_at: datetime) -> datetime | None:
    """Give since when it is too late to change what begins then; None while visitors may."""
    hours = office.setup.changes_close_hours
    closes = starts_at - timedelta(hours=hours)
    return closes.astimezone(office.zone) if hours and closes <= now else None


async def refuse_late_change(conn: Connection, now: datetime, slug: str, starts_at: datetime) -> None:
    """Raise ChangesClosed where visitors of this office can no longer change what begins then."""
    closed = closed_since(await offices.find_office(conn, slug), now, starts_at)
    if closed is not None:
        raise ChangesClosed(closed_at=closed)
