"""Whether anything has happened: a mark for each table that changes as soon as anything in it does."""

from queue_service.platform.queries import Connection

TABLES = (
    "ticket",
    "ticket_event",
    "ticket_number",
    "told_wait",
    "day_contingent",
    "counter",
    "hall_alarm",
    "appointment",
    "appointment_contact",
    "pool_day",
    "timed_entry",
    "entry_booking",
    "entry_contact",
    "change",
    "staff_session",
    "answered_request",
)


async def state_of(conn: Connection) -> dict[str, str]:
    """Give the marks by table."""
    return {
        table: await conn.fetchval(f"SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {table} t")  # noqa: S608 - our own names
        for table in TABLES
    }
