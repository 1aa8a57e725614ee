"""The people of these tests, and the places of Bremen that they work at."""

from datetime import UTC, datetime

from queue_service.accounts import service
from queue_service.accounts.model import Role
from queue_service.platform.queries import Connection

MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""10:00 in Bremen on an ordinary working day."""
HERE = "192.0.2.7"
PASSWORD = "Grünkohl mit Pinkel"


async def places(conn: Connection) -> dict[str, tuple[int, int]]:
    """Return (office id, authority id) of all offices by slug."""
    rows = await conn.fetch("SELECT slug, id, authority_id FROM office")
    return {row["slug"]: (row["id"], row["authority_id"]) for row in rows}


async def hire(
    conn: Connection,
    username: str,
    *roles: Role,
    office: str | None = None,
    authority: str | None = None,
) -> int:
    """Add a user with PASSWORD and these roles there; return the id."""
    user_id = await service.create_user(conn, MORNING, username, username.title(), PASSWORD)
    for role in roles:
        await service.grant(conn, username, role, office=office, authority=authority)
    return user_id
