"""Agents of the hotline for tests, without a log-in: people whom the database knows, with their grants."""

from queue_service.accounts.model import Grant, Principal, Role
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW


async def staff(
    conn: Connection,
    name: str,
    role: Role = Role.AGENT,
    *,
    office_id: int | None = None,
    authority_id: int | None = None,
) -> Principal:
    """Add a member of staff with a role everywhere, or where ``office_id`` or ``authority_id`` says."""
    user_id = await conn.fetchval(
        """
        INSERT INTO staff_user (username, display_name, password_hash, created_at)
        VALUES ($1, $1, '!', $2) RETURNING id
        """,
        name,
        NOW,
    )
    grant = Grant(role, authority_id=authority_id, office_id=office_id)
    return Principal(kind="staff", key=f"staff:{user_id}", user_id=user_id, grants=(grant,))
