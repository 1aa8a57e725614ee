"""A hall for tests of the queue: clerks at counters, and tickets, made straight through the services."""

from datetime import datetime

from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import IssuedTicket, TicketRequest
from queue_service.queueing import service
from queue_service.queueing.model import FoundCounter
from queue_service.queueing.service import Actor

KIOSK = Actor("device:1")
SERVICE = "personalausweis"
OTHER_SERVICE = "reisepass"


async def make_clerks(conn: Connection, now: datetime, count: int) -> list[Actor]:
    """Add clerks who never log in, so that no password has to be hashed."""
    rows = await conn.fetch(
        """
        INSERT INTO staff_user (username, display_name, password_hash, created_at)
        SELECT 'test-clerk-' || i || '-' || (SELECT count(*) FROM staff_user), 'Clerk', '!', $2
          FROM generate_series(1, $1) AS i
        RETURNING id
        """,
        count,
        now,
    )
    return [Actor(f"staff:{row['id']}", row["id"]) for row in rows]


async def open_counters(
    conn: Connection, now: datetime, office: Office, count: int
) -> list[tuple[FoundCounter, Actor]]:
    """Open the first ``count`` counters of the office, a clerk at each, for every service."""
    seats = []
    for number, clerk in enumerate(await make_clerks(conn, now, count), start=1):
        counter = await service.find_counter(conn, f"{office.slug}.{number}")
        await service.open_counter(conn, now, counter, None, clerk)
        seats.append((await service.find_counter(conn, f"{office.slug}.{number}"), clerk))
    return seats


async def issue(
    conn: Connection, now: datetime, office: Office, code: str = SERVICE, **more: object
) -> IssuedTicket:
    """Issue a walk-in ticket as a kiosk does."""
    request = TicketRequest(service=code, **more)  # type: ignore[arg-type]  # the test's own fields
    return await service.issue_ticket(conn, now, office, request, "kiosk", KIOSK, "http://test")


async def issue_many(database: Database, now: datetime, office: Office, count: int) -> None:
    """Issue ``count`` tickets on one connection."""
    async with database.connection() as conn:
        for _ in range(count):
            await issue(conn, now, office)
