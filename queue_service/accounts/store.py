"""The only caller of sql/queries/accounts.sql."""

from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from queue_service.accounts.login_limits import (
    FAILURES_PER_ADDRESS,
    FAILURES_PER_NAME_AND_ADDRESS,
    WINDOW,
    Attempt,
)
from queue_service.platform.errors import Conflict
from queue_service.platform.queries import Connection, load_queries

USERNAME_TAKEN = "staff_user_username_key"

_sql: Any = load_queries("accounts")


class PasswordRow(msgspec.Struct, frozen=True):
    """What a log-in is checked against."""

    id: int
    password_hash: str
    disabled: bool


class SessionRow(msgspec.Struct, frozen=True):
    """Who is logged in, with one of the roles or none."""

    user_id: int
    username: str
    display_name: str
    expires_at: datetime
    role: str | None
    authority_id: int | None
    authority: str | None
    office_id: int | None
    office: str | None


class SessionStart(msgspec.Struct, frozen=True):
    """A session to be."""

    token_hash: bytes
    user_id: int
    now: datetime
    expires_at: datetime


class UserRow(msgspec.Struct, frozen=True):
    """A user with one of the roles or none."""

    user_id: int
    username: str
    display_name: str
    disabled: bool
    role: str | None
    authority_id: int | None
    authority: str | None
    office_id: int | None
    office: str | None


class UsernameTaken(Conflict):
    """Somebody has this user name."""

    code = "username_taken"


async def create_user(
    conn: Connection, username: str, display_name: str, password_hash: str, now: datetime
) -> int:
    """Return the new user's id; raises UsernameTaken."""
    try:
        created = await _sql.create_user(
            conn, username=username, display_name=display_name, password_hash=password_hash, now=now
        )
    except asyncpg.UniqueViolationError as violation:
        if violation.constraint_name == USERNAME_TAKEN:
            raise UsernameTaken from violation
        raise
    return int(created)


async def user_password(conn: Connection, username: str) -> PasswordRow | None:
    """Return what the user's log-in is checked against."""
    row = await _sql.user_password(conn, username=username)
    return PasswordRow(**row) if row else None


async def set_password_hash(conn: Connection, username: str, password_hash: str) -> int | None:
    """Return the id of the user who has another password now."""
    changed: int | None = await _sql.set_password_hash(conn, username=username, password_hash=password_hash)
    return changed


async def replace_password_hash(conn: Connection, user_id: int, old_hash: str, new_hash: str) -> None:
    """Store the same password under newer parameters."""
    await _sql.replace_password_hash(conn, user_id=user_id, old_hash=old_hash, new_hash=new_hash)


async def disable_user(conn: Connection, username: str, now: datetime) -> int | None:
    """Return the id of the user who is disabled now."""
    disabled: int | None = await _sql.disable_user(conn, username=username, now=now)
    return disabled


async def enable_user(conn: Connection, username: str) -> int | None:
    """Return the id of the user who may log in again."""
    enabled: int | None = await _sql.enable_user(conn, username=username)
    return enabled


async def end_sessions_of(conn: Connection, user_id: int) -> None:
    """Log the user out everywhere."""
    await _sql.end_sessions_of(conn, user_id=user_id)


async def user_id(conn: Connection, username: str) -> int | None:
    """Return the id of a user name."""
    known: int | None = await _sql.user_id(conn, username=username)
    return known


async def office_id(conn: Connection, slug: str) -> int | None:
    """Return the id of an office's slug."""
    known: int | None = await _sql.office_id(conn, slug=slug)
    return known


async def authority_id(conn: Connection, slug: str) -> int | None:
    """Return the id of an authority's slug."""
    known: int | None = await _sql.authority_id(conn, slug=slug)
    return known


async def grant_role(
    conn: Connection, user: int, role: str, authority: int | None, office: int | None
) -> None:
    """Give a role; ids of authority and office, at most one of them."""
    await _sql.grant_role(conn, user_id=user, role=role, authority_id=authority, office_id=office)


async def withdraw_role(
    conn: Connection, user: int, role: str, authority: int | None, office: int | None
) -> None:
    """Take back exactly this role with this reach."""
    await _sql.withdraw_role(conn, user_id=user, role=role, authority_id=authority, office_id=office)


async def users(conn: Connection) -> list[UserRow]:
    """Return all users by name, a row for each role."""
    return [UserRow(**row) async for row in _sql.users(conn)]


async def start_session(conn: Connection, session: SessionStart, verified_hash: str) -> bool:
    """Log in; False when the user was disabled or got another password than the verified one meanwhile."""
    started = await _sql.start_session(conn, verified_hash=verified_hash, **msgspec.structs.asdict(session))
    return started is not None


async def session(conn: Connection, token_hash: bytes, now: datetime) -> list[SessionRow]:
    """Return who is logged in by this token, a row for each role; nothing when the session is over."""
    return [SessionRow(**row) async for row in _sql.session(conn, token_hash=token_hash, now=now)]


async def end_session(conn: Connection, token_hash: bytes) -> None:
    """Log out this session."""
    await _sql.end_session(conn, token_hash=token_hash)


async def lock_attempts(conn: Connection, address: str) -> None:
    """Wait until no other attempt from this address is being counted; lasts until the transaction ends."""
    async for _ in _sql.lock_attempts(conn, address=address):
        pass


async def claim_attempt(conn: Connection, attempt: Attempt) -> datetime | None:
    """Count an attempt and return None; or return the failure that must grow old before the next one."""
    full_since: datetime | None = await _sql.claim_attempt(
        conn,
        name_at_address=attempt.name_at_address,
        address=attempt.address,
        now=attempt.at,
        since=attempt.at - WINDOW,
        name_limit=FAILURES_PER_NAME_AND_ADDRESS,
        address_limit=FAILURES_PER_ADDRESS,
    )
    return full_since


async def clear_attempts(conn: Connection, attempt: Attempt) -> None:
    """The password was right: forget this name's failures at this address, and this attempt."""
    await _sql.clear_attempts(conn, **msgspec.structs.asdict(attempt))


async def sweep(conn: Connection, now: datetime, since: datetime) -> None:
    """Delete sessions over by ``now`` and failures older than ``since``."""
    await _sql.sweep_sessions(conn, now=now)
    await _sql.sweep_attempts(conn, since=since)
